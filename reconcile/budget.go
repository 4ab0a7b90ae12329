package reconcile

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Budget says how many product submissions the platform takes from the shop now,
// and what that means for a plan. spu/add and spu/update count together, in any
// hour and in any 24 hours, withdrawn ones included (reference section 8.9).
type Budget struct {
	Hour Window `json:"hour"`
	Day  Window `json:"day"`
	// Needed is how many submissions the plan needs, Ready how many of them may
	// leave at once.
	Needed int `json:"needed"`
	Ready  int `json:"ready"`
	// Next is when the first of the others may leave, Through when the last; nil
	// when all may leave at once.
	Next    *time.Time `json:"next,omitempty"`
	Through *time.Time `json:"through,omitempty"`
	// Closed are the products that were submitted too often in the last hour.
	Closed []Closure `json:"closed,omitempty"`
}

// Window is one of the two sliding windows.
type Window struct {
	Limit int `json:"limit"`
	Spent int `json:"spent"`
	Left  int `json:"left"`
	// LearnedAt is when the platform's refusal taught the limit, which is lower than
	// the declared one; nil for the declared one.
	LearnedAt *time.Time `json:"learned_at,omitempty"`
}

// Closure is a product that may not be submitted until a time.
type Closure struct {
	On    string    `json:"on"` // its address
	Until time.Time `json:"until"`
}

const (
	anHour = time.Hour
	aDay   = 24 * time.Hour
	// limitLasts is how long a learned limit is believed: a day later the platform
	// may be more generous, or others may submit less.
	limitLasts = 24 * time.Hour
)

// ledger is the arithmetic of the budget. What it was told to be spent, it never
// lets be exceeded: in no hour more than perHour, in no 24 hours more than perDay.
type ledger struct {
	perHour, perDay int
	// learnedHour and learnedDay are what refusals have taught; nil for nothing.
	learnedHour, learnedDay *state.Limit
	spent                   []spending // by time, of the last 24 hours
	// open are the products with a place that is not spent; true while the call is
	// under way.
	open map[schema.Address]bool
	// closed are products, by their addresses, and operations that wait, each until
	// a time.
	closed map[string]time.Time
	// doubt is set when a refusal may have been about one product alone, until
	// another product goes through.
	doubt bool
}

// spending is one submission that counts.
type spending struct {
	at time.Time
	of schema.Address
}

// newLedger reads what the state knows. A submission that is not answered may
// reach the platform at any time, so it counts as made now.
func newLedger(budget schema.Budget, st *state.State, now time.Time) *ledger {
	l := &ledger{
		perHour: cmp.Or(budget.PerHour, schema.DefaultBudget.PerHour), perDay: cmp.Or(budget.PerDay, schema.DefaultBudget.PerDay),
		open: map[schema.Address]bool{}, closed: map[string]time.Time{},
	}
	for seq, sub := range st.Submissions {
		at := sub.At
		if _, open := st.Intents[seq]; open && now.After(at) {
			at = now
		}
		if now.Sub(at) < aDay {
			l.spent = append(l.spent, spending{at, sub.Address})
		}
	}
	slices.SortFunc(l.spent, func(a, b spending) int { return cmp.Or(a.at.Compare(b.at), a.of.Compare(b.of)) })
	for _, limit := range st.Limits {
		if limit.Until.After(now) {
			l.believe(limit)
		}
	}
	return l
}

// copy is a ledger to try things with: it may be spent from, and not be closed.
// What is on its way counts as spent now.
func (l *ledger) copy() *ledger {
	c := *l
	c.spent = slices.Clone(l.spent)
	return &c
}

// believe makes a learned limit count.
func (l *ledger) believe(limit state.Limit) {
	switch limit.On {
	case state.LimitHour:
		l.learnedHour = &limit
	case state.LimitDay:
		l.learnedDay = &limit
	default:
		l.closed[limit.On] = limit.Until
	}
}

// hourLimit is the limit of an hour at a time: the declared one, or the lower one
// that a refusal has taught. None at all would be for ever, so it is at least one.
func (l *ledger) hourLimit(now time.Time) int { return lower(l.perHour, l.learnedHour, now) }

func (l *ledger) dayLimit(now time.Time) int { return lower(l.perDay, l.learnedDay, now) }

func lower(declared int, learned *state.Limit, now time.Time) int {
	if learned == nil || !learned.Until.After(now) {
		return declared
	}
	return min(declared, max(learned.Count, 1))
}

// within counts what was spent less than a window before now, what is on its way
// included.
func (l *ledger) within(window time.Duration, now time.Time) int {
	n := len(l.open)
	for i := len(l.spent) - 1; i >= 0 && now.Sub(l.spent[i].at) < window; i-- {
		n++
	}
	return n
}

// pausedUntil is the hour after a refusal in which the platform takes nothing.
func (l *ledger) pausedUntil() time.Time {
	var until time.Time
	for _, learned := range []*state.Limit{l.learnedHour, l.learnedDay} {
		if learned != nil && until.Before(learned.At.Add(anHour)) {
			until = learned.At.Add(anHour)
		}
	}
	return until
}

// opens is when the next submission may leave: now, or when the window has room.
func (l *ledger) opens(now time.Time) time.Time {
	at := now
	if paused := l.pausedUntil(); at.Before(paused) {
		at = paused
	}
	for _, w := range []struct {
		limit  int
		length time.Duration
	}{{l.hourLimit(at), anHour}, {l.dayLimit(at), aDay}} {
		if free := l.newest(w.limit, now).Add(w.length); free.After(at) {
			at = free
		}
	}
	return at
}

// newest is when the nth newest submission was made, those on their way being made
// now; long ago when there are not so many. The next one may leave as soon as it
// is out of the window.
func (l *ledger) newest(n int, now time.Time) time.Time {
	switch before := n - len(l.open); {
	case before <= 0:
		return now
	case before <= len(l.spent):
		return l.spent[len(l.spent)-before].at
	}
	return time.Time{}
}

// closedUntil is until when this operation on this product waits, whatever the
// windows say; zero when it does not.
func (l *ledger) closedUntil(op Op, addr schema.Address, now time.Time) time.Time {
	until := l.closed[string(op)]
	if own := l.closed[addr.String()]; own.After(until) {
		until = own
	}
	if !until.After(now) {
		return time.Time{}
	}
	return until
}

// may is when this operation on this product may leave, now or later.
func (l *ledger) may(op Op, addr schema.Address, now time.Time) time.Time {
	at := l.opens(now)
	if until := l.closedUntil(op, addr, now); until.After(at) {
		return until
	}
	return at
}

// reserve keeps a place for a submission that is about to leave. It fails when
// there is none, and says when there will be.
func (l *ledger) reserve(op Op, addr schema.Address, now time.Time) (until time.Time, ok bool) {
	if at := l.may(op, addr, now); at.After(now) {
		return at, false
	}
	l.open[addr] = false
	return now, true
}

// depart notes that the call of a product with a place leaves now. It fails, and
// gives the place back, when a refusal has closed the window since.
func (l *ledger) depart(op Op, addr schema.Address, now time.Time) (until time.Time, ok bool) {
	delete(l.open, addr)
	if at := l.may(op, addr, now); at.After(now) {
		return at, false
	}
	l.open[addr] = true
	return now, true
}

// waiting counts the places of calls that are not under way.
func (l *ledger) waiting() int {
	n := 0
	for _, left := range l.open {
		if !left {
			n++
		}
	}
	return n
}

// spend ends a reservation with a submission that counts from now on.
func (l *ledger) spend(addr schema.Address, now time.Time) {
	if _, open := l.open[addr]; !open {
		return
	}
	delete(l.open, addr)
	i, _ := slices.BinarySearchFunc(l.spent, now, func(s spending, at time.Time) int { return cmp.Or(s.at.Compare(at), -1) })
	l.spent = slices.Insert(l.spent, i, spending{now, addr})
}

// passed notes that the platform has taken a submission: what was refused before
// was refused for reasons of its own.
func (l *ledger) passed() { l.doubt = false }

// giveBack ends a reservation without a submission.
func (l *ledger) giveBack(addr schema.Address) { delete(l.open, addr) }

// refused reads what a refusal means for the budget, and believes it. The
// platform's words, "this product was submitted too often in the last hour", may
// mean the product or the shop (reference section 8.9):
//
//   - A product that was not submitted in this hour cannot have been too often:
//     the shop is meant. The limit is what went through.
//   - Any other is believed to be meant itself, and waits for an hour, unless the
//     one before it was refused too and nothing went through in between.
//   - A refusal that comes an hour after the last one, before anything went
//     through, is not about the hour but about the day.
func (l *ledger) refused(addr schema.Address, now time.Time) state.Limit {
	l.giveBack(addr)
	limit := state.Limit{At: now, Until: now.Add(limitLasts)}
	switch last := l.learnedHour; {
	case l.own(addr, now) && !l.doubt:
		l.doubt = true
		limit.On, limit.Until = addr.String(), now.Add(anHour)
	case last != nil && now.Sub(last.At) >= anHour && !l.spentSince(last.At):
		limit.On, limit.Count = state.LimitDay, l.within(aDay, now)-l.waiting()
	default:
		limit.On, limit.Count = state.LimitHour, l.within(anHour, now)-l.waiting()
	}
	l.believe(limit)
	return limit
}

// close takes note of a spent quota of the call itself (45009, 45011). It is
// not kept for the next run: quotas of calls can be reset in the console at any
// time (reference section 2.5), so every run asks once.
func (l *ledger) close(op Op, addr schema.Address, until time.Time) {
	l.giveBack(addr)
	l.closed[string(op)] = until
}

// own reports whether the product itself was submitted in the last hour.
func (l *ledger) own(addr schema.Address, now time.Time) bool {
	return slices.ContainsFunc(l.spent, func(s spending) bool { return s.of == addr && now.Sub(s.at) < anHour })
}

func (l *ledger) spentSince(at time.Time) bool {
	return len(l.spent) > 0 && l.spent[len(l.spent)-1].at.After(at)
}

// schedule is when each submission of a queue may leave, at the limit and in its
// order. The ledger is not changed.
func (l *ledger) schedule(queue []*Change, now time.Time) []time.Time {
	plan := l.copy()
	times := make([]time.Time, len(queue))
	at := now
	for i, c := range queue {
		at = plan.opens(at)
		plan.spent = append(plan.spent, spending{at, c.Address}) // opens never goes back
		times[i] = at
		if until := plan.closedUntil(c.submission(), c.Address, at); !until.IsZero() {
			times[i] = until
		}
	}
	return times
}

// windows say how full the two are.
func (l *ledger) windows(now time.Time) (hour, day Window) {
	hour = windowOf(l.hourLimit(now), l.within(anHour, now), l.learnedHour, now)
	day = windowOf(l.dayLimit(now), l.within(aDay, now), l.learnedDay, now)
	if now.Before(l.pausedUntil()) {
		hour.Left = 0
	}
	return hour, day
}

func windowOf(limit, spent int, learned *state.Limit, now time.Time) Window {
	w := Window{Limit: limit, Spent: spent, Left: max(0, limit-spent)}
	if learned != nil && learned.Until.After(now) {
		w.LearnedAt = timePtr(learned.At)
	}
	return w
}

// budgetFor says what the budget means for the changes of a plan, and tells each
// of them when it may be submitted.
func (l *ledger) budgetFor(queue []*Change, now time.Time) Budget {
	b := Budget{Needed: len(queue)}
	b.Hour, b.Day = l.windows(now)
	for i, at := range l.schedule(queue, now) {
		if !at.After(now) {
			b.Ready++
			continue
		}
		queue[i].SubmitAt = timePtr(at)
		if b.Next == nil || at.Before(*b.Next) {
			b.Next = timePtr(at)
		}
		if b.Through == nil || at.After(*b.Through) {
			b.Through = timePtr(at)
		}
	}
	for on, until := range l.closed {
		if until.After(now) {
			b.Closed = append(b.Closed, Closure{on, until})
		}
	}
	slices.SortFunc(b.Closed, func(x, y Closure) int { return cmp.Compare(x.On, y.On) })
	return b
}

// submission is the submitting step of a change, "" when it has none.
func (c *Change) submission() Op {
	for _, op := range c.Steps {
		if op.Submits() {
			return op
		}
	}
	return ""
}

// queue are the changes that submit a product, in the order in which they use up
// the budget: the higher priority, the earlier deadline, the place in the files.
// Only declared products are ever submitted.
func (pl *planner) queue(changes []Change) []*Change {
	var queue []*Change
	for i := range changes {
		if changes[i].submission() != "" {
			queue = append(queue, &changes[i])
		}
	}
	return inTurn(pl.cat, queue, func(c *Change) schema.Address { return c.Address })
}

// turn is the place of a product in the queue.
type turn struct {
	order schema.Order
	at    schema.Range
	addr  schema.Address
}

func (a turn) compare(b turn) int {
	return cmp.Or(
		cmp.Compare(b.order.Priority, a.order.Priority),
		compareDeadlines(a.order.Deadline, b.order.Deadline),
		cmp.Compare(a.at.File, b.at.File),
		cmp.Compare(a.at.Start.Byte, b.at.Start.Byte),
		a.addr.Compare(b.addr),
	)
}

// inTurn sorts declared products by who is submitted first.
func inTurn[T any](cat *schema.Catalog, list []T, address func(T) schema.Address) []T {
	type placed struct {
		turn
		item T
	}
	all := make([]placed, len(list))
	for i, item := range list {
		addr := address(item)
		all[i] = placed{turn{cat.SPUs[addr.Name].Order, cat.Sources[addr].Range, addr}, item}
	}
	slices.SortFunc(all, func(a, b placed) int { return a.compare(b.turn) })
	for i := range all {
		list[i] = all[i].item
	}
	return list
}

// compareDeadlines puts the earlier first, and none last.
func compareDeadlines(a, b time.Time) int {
	switch {
	case a.Equal(b):
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	}
	return a.Compare(b)
}
