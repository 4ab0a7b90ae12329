package state

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// TestLedgerIsAFold lets sessions announce, answer, refuse and lose submissions,
// and end or die at any point. What the next one finds is what was announced and
// not refused, and it is the same whether it was read from the snapshot or replayed
// from the journal.
func TestLedgerIsAFold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		store := NewMemory()
		open := func() *Session {
			store.holder = nil // the lock of a process that died
			s, _, err := Open(rt.Context(), store, sampleShop, LockInfo{ID: "test"})
			must(t, err)
			return s
		}
		s, now := open(), sampleTime
		want := map[uint64]Submission{}
		for n := range rapid.IntRange(1, 200).Draw(rt, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "minutes")) * time.Minute)
			addr := spu(fmt.Sprint(n))
			seq, err := s.Announce(rt.Context(), Intent{Address: addr, Call: "add", At: now, Submits: true})
			must(t, err)
			want[seq] = Submission{addr, now}
			switch rapid.IntRange(0, 4).Draw(rt, "fate") {
			case 0:
				must(t, s.Refuse(rt.Context(), seq))
				delete(want, seq)
			case 1:
				must(t, s.Settle(rt.Context(), seq))
			case 2:
				at := now.Add(time.Second)
				must(t, s.Put(rt.Context(), &Record{Address: addr, SubmittedAt: &at}, seq))
				want[seq] = Submission{addr, at}
			case 3: // it died
				s = open()
			}
			if rapid.IntRange(0, 9).Draw(rt, "end") == 0 {
				must(t, s.Close(rt.Context()))
				s = open()
			}
		}
		replayed, _, err := Read(rt.Context(), store, sampleShop)
		must(t, err)
		if d := cmp.Diff(s.State(), replayed, cmpopts.EquateEmpty()); d != "" {
			rt.Fatalf("the journal tells another state (-session +journal):\n%s", d)
		}
		must(t, s.Close(rt.Context()))
		snapshot, err := Decode(bytes.NewReader(store.snapshot))
		must(t, err)
		if d := cmp.Diff(replayed.Submissions, snapshot.Submissions); d != "" {
			rt.Fatalf("the snapshot tells another ledger (-journal +snapshot):\n%s", d)
		}
		for seq, sub := range want {
			kept, ok := snapshot.Submissions[seq]
			if recent := now.Sub(sub.At) < 24*time.Hour; recent && (!ok || !kept.At.Equal(sub.At) || kept.Address != sub.Address) {
				rt.Fatalf("the submission %d of %v is kept as %v", seq, sub, kept)
			}
		}
		for seq := range snapshot.Submissions {
			if _, spent := want[seq]; !spent {
				rt.Fatalf("the refused submission %d was not given back", seq)
			}
		}
	})
}

// The ledger does not grow with the years.
func TestLedgerIsPruned(t *testing.T) {
	s := New(sampleShop)
	for n := range 10_000 {
		at := sampleTime.Add(time.Duration(n) * time.Hour)
		must(t, s.Apply(Entry{Seq: s.Seq + 1, Kind: EntryIntent, Intent: &Intent{Address: spu("1"), Call: "add", At: at, Submits: true}}))
		must(t, s.Apply(Entry{Seq: s.Seq + 1, Kind: EntrySettle, Settles: s.Seq}))
	}
	if n := len(s.Submissions); n < 25 || n > 25+pruneEvery {
		t.Errorf("%d submissions are kept, want those of 25 hours", n)
	}
}

// A submission whose outcome is not known is kept however old it is, and an answer
// never moves one back in time: the platform cannot have counted it before it was
// announced.
func TestWhatTheLedgerHoldsOnTo(t *testing.T) {
	s, early := New(sampleShop), sampleTime.Add(-time.Hour)
	must(t,
		s.Apply(Entry{Seq: 1, Kind: EntryIntent, Intent: &Intent{Address: spu("open"), Call: "add", At: sampleTime, Submits: true}}),
		s.Apply(Entry{Seq: 2, Kind: EntryIntent, Intent: &Intent{Address: spu("2"), Call: "add", At: sampleTime, Submits: true}}),
		s.Apply(Entry{Seq: 3, Kind: EntryRecord, Record: &Record{Address: spu("2"), SubmittedAt: &early}, Settles: 2}))
	if at := s.Submissions[2].At; !at.Equal(sampleTime) {
		t.Errorf("it counts from %v, want %v", at, sampleTime)
	}
	later := sampleTime.Add(10 * LedgerKeeps)
	must(t, s.Apply(Entry{Seq: pruneEvery, Kind: EntryIntent, Intent: &Intent{Address: spu("3"), Call: "add", At: later, Submits: true}}))
	if _, kept := s.Submissions[1]; !kept || len(s.Submissions) != 2 {
		t.Errorf("kept are %v, want the one without an answer and the newest", s.Submissions)
	}
}

func TestLimitsThatAreOverAreDropped(t *testing.T) {
	s := New(sampleShop)
	for n, on := range []string{"spu.1", "spu.2", LimitHour} {
		at := sampleTime.Add(time.Duration(n) * time.Hour)
		must(t, s.Apply(Entry{Seq: uint64(n + 1), Kind: EntryLimit, Limit: &Limit{On: on, At: at, Until: at.Add(90 * time.Minute)}}))
	}
	if _, gone := s.Limits["spu.1"]; gone || len(s.Limits) != 2 {
		t.Errorf("kept are %v", s.Limits)
	}
	at := s.Limits["spu.2"].Until // it is over at that very moment
	must(t, s.Apply(Entry{Seq: 4, Kind: EntryLimit, Limit: &Limit{On: LimitDay, At: at, Until: at.Add(time.Hour)}}))
	if _, kept := s.Limits["spu.2"]; kept || len(s.Limits) != 2 {
		t.Errorf("kept are %v", s.Limits)
	}
}
