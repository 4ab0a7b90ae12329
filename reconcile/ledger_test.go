package reconcile

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// desk is a shop whose runs follow each other, each on a machine that knows the
// state alone.
type desk struct {
	st     *state.State
	l      *ledger
	now    time.Time
	seq    uint64
	budget schema.Budget
	taken  []time.Time // when the platform took submissions, at the latest
}

func (d *desk) begin() { d.l = newLedger(d.budget, d.st, d.now) }

func (d *desk) entry(t *rapid.T, e state.Entry) uint64 {
	d.seq++
	e.Seq = d.seq
	if err := d.st.Apply(e); err != nil {
		t.Fatal(err)
	}
	return d.seq
}

// submit tries to submit a product. The answer takes a while, or never comes, or
// is a refusal, or the process is gone before it is recorded.
func (d *desk) submit(t *rapid.T, addr schema.Address) {
	if _, ok := d.l.reserve(OpAdd, addr, d.now); !ok {
		return
	}
	seq := d.entry(t, state.Entry{Kind: state.EntryIntent, Intent: &state.Intent{Address: addr, Call: string(OpAdd), At: d.now, Submits: true}})
	d.now = d.now.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "latency")) * time.Second)
	at := d.now
	switch rapid.IntRange(0, 5).Draw(t, "answer") {
	case 0: // refused
		d.l.giveBack(addr)
		d.entry(t, state.Entry{Kind: state.EntrySettle, Settles: seq, Refused: true})
		return
	case 1: // unknown until the shop is read
		d.l.spend(addr, d.now)
		d.entry(t, state.Entry{Kind: state.EntrySettle, Settles: seq})
	case 2: // killed: the next run finds the intent
		d.begin()
	default:
		d.l.spend(addr, d.now)
		d.entry(t, state.Entry{Kind: state.EntryRecord, Record: &state.Record{Address: addr, SubmittedAt: &at}, Settles: seq})
	}
	d.taken = append(d.taken, d.st.Submissions[seq].At) // the platform counted it then, or later by as much as the answer was late
}

// TestNoWindowIsEverOverfull lets runs of random shops interleave with restarts,
// lost answers and refusals: in no hour are more submissions made than the budget
// allows, and in no day.
func TestNoWindowIsEverOverfull(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := &desk{
			st:     state.New(state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"}),
			now:    time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
			budget: schema.Budget{PerHour: rapid.IntRange(1, 6).Draw(rt, "hour"), PerDay: rapid.IntRange(1, 20).Draw(rt, "day")},
		}
		d.begin()
		for n := range rapid.IntRange(1, 150).Draw(rt, "acts") {
			switch rapid.IntRange(0, 6).Draw(rt, "act") {
			case 0:
				d.begin()
			case 1:
				d.now = d.now.Add(time.Duration(rapid.IntRange(1, 200).Draw(rt, "minutes")) * time.Minute)
			default:
				d.submit(rt, spuAddress(fmt.Sprint(n)))
			}
		}
		for _, w := range []struct {
			limit  int
			length time.Duration
		}{{d.budget.PerHour, time.Hour}, {d.budget.PerDay, 24 * time.Hour}} {
			if most := fullest(d.taken, w.length); most > w.limit {
				rt.Fatalf("%d submissions within %v, the budget allows %d", most, w.length, w.limit)
			}
		}
	})
}

// fullest is the largest number of times in any window of a length.
func fullest(times []time.Time, length time.Duration) int {
	times = slices.Clone(times)
	slices.SortFunc(times, time.Time.Compare)
	most, first := 0, 0
	for i, at := range times {
		for at.Sub(times[first]) >= length {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// A schedule is what the runs will do: at each of its times, and not before, there
// is a place.
func TestAScheduleIsKept(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
		st := state.New(state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"})
		for i := range rapid.IntRange(0, 10).Draw(rt, "before") {
			at := now.Add(-time.Duration(rapid.IntRange(0, 1500).Draw(rt, "ago")) * time.Minute)
			st.Submissions[uint64(i+1)] = state.Submission{Address: spuAddress("old"), At: at}
		}
		budget := schema.Budget{PerHour: rapid.IntRange(1, 5).Draw(rt, "hour"), PerDay: rapid.IntRange(1, 12).Draw(rt, "day")}
		l := newLedger(budget, st, now)
		var queue []*Change
		for i := range rapid.IntRange(1, 30).Draw(rt, "queue") {
			queue = append(queue, &Change{Address: spuAddress(fmt.Sprint(i)), Steps: []Op{OpAdd}})
		}
		for i, at := range l.schedule(queue, now) {
			if early := at.Add(-time.Second); early.After(now) {
				if _, ok := l.reserve(OpAdd, queue[i].Address, early); ok {
					rt.Fatalf("submission %d found a place before %s", i, at)
				}
			}
			if _, ok := l.reserve(OpAdd, queue[i].Address, at); !ok {
				rt.Fatalf("submission %d found no place at %s", i, at)
			}
			l.spend(queue[i].Address, at)
		}
	})
}

// What a refusal teaches, by what went before it. Times are minutes.
func TestWhatARefusalTeaches(t *testing.T) {
	start := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	for _, test := range []struct {
		name    string
		spent   map[int]string // product by minute
		refused []string       // products, at minutes 50, 50, ... or as given in when
		when    []int
		limit   string
	}{
		{"a product that was not submitted this hour: the shop's hour is full",
			map[int]string{0: "a", 10: "b"}, []string{"c"}, nil, "hour 2"},
		{"a product that was: it alone is believed to wait",
			map[int]string{0: "a", 10: "b"}, []string{"b"}, nil, "spu.b 0"},
		{"a second one, and nothing went through in between: it was the shop after all",
			map[int]string{0: "a", 10: "b"}, []string{"b", "a"}, nil, "hour 2"},
		{"a product that was, but not this hour: the shop's hour is full",
			map[int]string{0: "a", 10: "b"}, []string{"a"}, []int{65}, "hour 1"},
		{"another refusal an hour later, before anything went through: the day is full",
			map[int]string{0: "a", 10: "b"}, []string{"c", "c"}, []int{50, 110}, "day 2"},
	} {
		l := newLedger(schema.Budget{PerHour: 10, PerDay: 100}, state.New(state.ShopID{}), at(0))
		for _, minute := range []int{0, 10} {
			addr := spuAddress(test.spent[minute])
			l.reserve(OpUpdate, addr, at(minute))
			l.spend(addr, at(minute))
		}
		var limit state.Limit
		for i, id := range test.refused {
			minute := 50
			if test.when != nil {
				minute = test.when[i]
			}
			if _, ok := l.reserve(OpUpdate, spuAddress(id), at(minute)); !ok {
				t.Fatalf("%s: there was no place at minute %d", test.name, minute)
			}
			limit = l.refused(spuAddress(id), at(minute))
		}
		if got := fmt.Sprint(limit.On, " ", limit.Count); got != test.limit {
			t.Errorf("%s: learned %s, want %s", test.name, got, test.limit)
		}
	}
}

// A place that is kept for a call which has not left yet is no submission that
// went through, so it raises no limit that a refusal teaches.
func TestKeptPlacesTeachNothing(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	budget := schema.Budget{PerHour: 10, PerDay: 100}
	for _, test := range []struct {
		name  string
		when  []time.Duration
		limit string
	}{
		{"of the hour", []time.Duration{0}, "hour 1"},
		{"of the day", []time.Duration{0, time.Hour}, "day 1"},
	} {
		l := newLedger(budget, state.New(state.ShopID{}), now)
		l.reserve(OpAdd, spuAddress("done"), now)
		l.spend(spuAddress("done"), now)
		var limit state.Limit
		for _, after := range test.when {
			l.reserve(OpAdd, spuAddress("kept"), now.Add(after))
			limit = l.refused(spuAddress("refused"), now.Add(after))
		}
		if got := fmt.Sprint(limit.On, " ", limit.Count); got != test.limit {
			t.Errorf("a refusal %s teaches %s, want %s", test.name, got, test.limit)
		}
	}
}

// A submission is out of its window when the window's length is over, to the
// nanosecond. One that was never answered counts as made now.
func TestWhenASubmissionLeavesItsWindow(t *testing.T) {
	made := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		after      time.Duration
		unanswered bool
		hour, day  int
	}{
		{after: time.Hour - 1, hour: 1, day: 1},
		{after: time.Hour, hour: 0, day: 1},
		{after: 24*time.Hour - 1, hour: 0, day: 1},
		{after: 24 * time.Hour, hour: 0, day: 0},
		{after: 24 * time.Hour, unanswered: true, hour: 1, day: 1},
	} {
		st := state.New(state.ShopID{})
		st.Submissions[7] = state.Submission{Address: spuAddress("a"), At: made}
		if test.unanswered {
			st.Intents[7] = state.Intent{Address: spuAddress("a"), At: made, Submits: true}
		}
		now := made.Add(test.after)
		hour, day := newLedger(schema.Budget{PerHour: 1, PerDay: 1}, st, now).windows(now)
		if hour.Spent != test.hour || day.Spent != test.day || hour.Left != 1-test.hour || day.Left != 1-test.day {
			t.Errorf("%v after it: hour %+v, day %+v", test.after, hour, day)
		}
	}
}

// A learned limit is forgotten a day later.
func TestALimitIsForgotten(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	l := newLedger(schema.Budget{PerHour: 10, PerDay: 100}, state.New(state.ShopID{}), now)
	limit := l.refused(spuAddress("a"), now)
	st := state.New(state.ShopID{})
	st.Limits[limit.On] = limit
	for after, want := range map[time.Duration]int{time.Hour: 1, 23 * time.Hour: 1, 24 * time.Hour: 10} {
		hour, _ := newLedger(schema.Budget{PerHour: 10, PerDay: 100}, st, now.Add(after)).windows(now.Add(after))
		if hour.Limit != want {
			t.Errorf("after %v the limit is %d, want %d", after, hour.Limit, want)
		}
	}
}
