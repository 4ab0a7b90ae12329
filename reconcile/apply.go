package reconcile

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Run makes plans true. It is used for one Apply.
type Run struct {
	Catalog  *schema.Catalog
	Provider provider.Provider
	Session  *state.Session
	Policy   Policy
	// Observation is what the plan was made from.
	Observation *provider.Observation
	// Parallelism bounds the calls about objects that are under way at the same time,
	// UploadParallelism the pictures; 4 each when zero.
	Parallelism, UploadParallelism int
	// Wait is how long to go on watching reviews after the plan is through, and
	// doing what their verdicts allow.
	Wait time.Duration
	// Allow reports whether a change may be made that was decided on the way: after
	// a verdict, a conflict or a lost answer, when the shop shows something else
	// than it did for the plan. What it does not allow is left to a human; nil
	// allows everything.
	Allow func(*Change) bool
	// Stop, when closed, ends the run gently: calls in flight finish and are
	// saved, nothing new begins. The end of Apply's context ends it at once.
	Stop <-chan struct{}
	// OnEvent hears what happens, one event at a time; nil for nobody.
	OnEvent func(Event)
	// Now and Sleep are the clock; the real one when nil.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error

	events  sync.Mutex
	mu      sync.Mutex // guards what follows
	results map[schema.Address]*Result
	failed  map[schema.ImageKey]error // uploads that did not work
	closed  map[Op]*provider.Error    // operations that a quota has ended for this run
	// noUploads is the quota that has ended the uploads for this run.
	noUploads *provider.Error
	fatal     *provider.Error // a refusal that every call would meet
	silent    int             // calls in a row that got no answer however often they were tried
	budget    *ledger         // product submissions of this run and of those before
	report    Report
}

const (
	defaultParallelism = 4
	firstPoll          = time.Second
	slowestPoll        = 30 * time.Second
	// glance is how often the platform's clock is looked at while a run sleeps.
	glance = 30 * time.Second
	// eagerPasses bounds the passes without a pause: they happen only when an
	// audit turns out to be granted at once.
	eagerPasses = 3
)

// Apply does what the plan says, as far as the budget allows, and then, for as
// long as Wait lasts, what the verdicts and the budget allow. What is finished is
// saved at once. What the platform refuses stands in the report; an error says
// that the state could not be saved, or the shop not be read again. There is a
// report beside an error, too.
func (r *Run) Apply(ctx context.Context, plan *Plan) (*Report, error) {
	r.prepare()
	start := r.Now()
	w := watch{poll: firstPoll}
	for {
		progress, err := r.pass(ctx, plan)
		if w.deadline.IsZero() {
			w.deadline = r.Now().Add(r.Wait) // Wait begins when the plan is through
		}
		if err != nil {
			return r.close(start), err
		}
		pending, left := r.pending(), r.leftovers()
		if r.over(ctx) || len(pending)+len(left) == 0 {
			return r.close(start), nil
		}
		if !w.atOnce(progress, len(r.affordable(left)), len(left)) {
			until, worth := w.next(r.Now(), len(pending), r.opens(left))
			if !worth {
				return r.close(start), nil
			}
			r.tell(Event{Kind: EventPolling, Total: len(pending), Left: len(left), Opens: r.opens(left), Until: until})
			if r.rest(ctx, until, len(pending) == 0) != nil {
				return r.close(start), nil
			}
		}
		targets := append(pending, r.affordable(left)...)
		if len(targets) == 0 {
			plan = &Plan{} // the budget opens later than it said; no targets would mean all objects
			continue
		}
		plan, err = r.look(ctx, targets)
		if err != nil {
			return r.cannotLook(ctx, start, err)
		}
	}
}

// rest sleeps until a time. While the budget alone is waited for, nobody hears from
// the platform, whose clock it is that counts: it is asked for something small now
// and then, because each of its answers tells its time.
func (r *Run) rest(ctx context.Context, until time.Time, forBudget bool) error {
	ctx, cancel := r.untilStop(ctx)
	defer cancel()
	for {
		left := until.Sub(r.Now())
		if left <= 0 {
			return nil
		}
		if forBudget {
			left = min(left, glance)
		}
		if err := r.Sleep(ctx, left); err != nil {
			return err
		}
		if !forBudget {
			return nil
		}
		if until.After(r.Now()) {
			_, _ = r.Provider.Observe(ctx, provider.Scope{Only: true, Merchant: true}) // a failure is met again where it matters
		}
	}
}

// watch decides when to look at the shop again.
type watch struct {
	deadline time.Time // of Wait
	poll     time.Duration
	eager    int // passes without a pause
	left     int // products that waited for the budget after the last pass
}

// atOnce reports whether another pass may bring more without time passing: an
// audit was granted at once, or places in the budget were not used up by those
// who were to have them.
func (w *watch) atOnce(granted bool, affordable, left int) bool {
	fewer := w.left == 0 || left < w.left
	w.left = left
	if affordable > 0 && fewer {
		return true
	}
	if granted && w.eager < eagerPasses {
		w.eager++
		return true
	}
	return false
}

// next is when to look again: soon while something is under review, else when the
// budget opens. It is not worth waiting for what comes after the deadline.
func (w *watch) next(now time.Time, pending int, opens time.Time) (until time.Time, worth bool) {
	if !now.Before(w.deadline) || pending == 0 && opens.After(w.deadline) {
		return now, false
	}
	until = w.deadline
	if !opens.IsZero() && opens.Before(until) {
		until = opens
	}
	if pending > 0 && now.Add(w.poll).Before(until) {
		until = now.Add(w.poll)
		w.poll = min(w.poll*3/2, slowestPoll)
	}
	if soon := now.Add(firstPoll); until.Before(soon) {
		until = soon
	}
	return until, true
}

// cannotLook ends the watching when the shop cannot be read any more. What was
// done is done and reported; what waits is still waiting. A quota or a busy
// platform is no failure of the run: the next one goes on.
func (r *Run) cannotLook(ctx context.Context, start time.Time, err error) (*Report, error) {
	refusal, ok := errors.AsType[*provider.Error](err)
	switch {
	case r.over(ctx):
		err = nil
	case ok && (refusal.Class == provider.ClassLater || refusal.Class == provider.ClassRetry):
		r.report.Stopped, err = refusal, nil
	}
	return r.close(start), err
}

func (r *Run) prepare() {
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Sleep == nil {
		r.Sleep = sleep
	}
	if r.Parallelism == 0 {
		r.Parallelism = defaultParallelism
	}
	if r.UploadParallelism == 0 {
		r.UploadParallelism = defaultParallelism
	}
	if r.Stop == nil {
		r.Stop = make(chan struct{})
	}
	r.results = map[schema.Address]*Result{}
	r.failed = map[schema.ImageKey]error{}
	r.closed = map[Op]*provider.Error{}
	r.budget = newLedger(r.Catalog.Shop.Budget, r.Session.State(), r.Now())
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// pause sleeps, and wakes when the run is to end.
func (r *Run) pause(ctx context.Context, d time.Duration) error {
	ctx, cancel := r.untilStop(ctx)
	defer cancel()
	return r.Sleep(ctx, d)
}

// untilStop is a context that also ends when the run is to end: for what need not be
// finished, such as reading.
func (r *Run) untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-r.Stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

func (r *Run) over(ctx context.Context) bool {
	select {
	case <-r.Stop:
		return true
	default:
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return ctx.Err() != nil || r.fatal != nil
}

// look reads what is pending again and plans for it.
func (r *Run) look(ctx context.Context, pending []schema.Address) (*Plan, error) {
	pol := r.Policy
	pol.Now, pol.Targets = r.Now(), pending
	pol.Resubmit = nil // asked for once, done once
	st := r.Session.State()
	reading, cancel := r.untilStop(ctx)
	defer cancel()
	obs, err := r.Provider.Observe(reading, ScopeOf(r.Catalog, st, pol))
	if err != nil {
		return nil, err
	}
	plan := Make(r.Catalog, st, obs, pol)
	r.settle(pending, plan)
	r.hold(plan)
	r.Policy, r.Observation = pol, obs
	return plan, nil
}

// hold takes out of a plan made on the way what nobody has approved: what Allow
// does not allow, and what breaks a guard.
func (r *Run) hold(plan *Plan) {
	guarded := plan.guarded()
	titles := byAddress(slices.Clone(plan.Changes))
	for _, addr := range plan.Only(func(c *Change) bool { return len(c.Steps) == 0 || guarded[c.Address] == "" && r.allows(c) }) {
		r.leaveToHumans(titles[addr], guarded[addr])
	}
}

func (r *Run) allows(c *Change) bool { return r.Allow == nil || r.Allow(c) }

// leaveToHumans ends the work on an object until somebody has approved the rest.
func (r *Run) leaveToHumans(c *Change, guard GuardName) {
	wait := Wait{Kind: WaitApproval, Why: ApprovalUnread}
	if guard != "" {
		wait.Why, wait.Guard = ApprovalGuard, guard
	}
	r.finish(c.Address, func(res *Result) {
		res.Title, res.Source = c.Title, c.Source
		res.Outcome, res.Waits, res.Block, res.Err = OutcomeLater, []Wait{wait}, nil, nil
	})
	r.tell(Event{Kind: EventWaiting, Address: c.Address, Wait: &wait})
}

// settle marks what waited and is no longer in the plan as done.
func (r *Run) settle(pending []schema.Address, plan *Plan) {
	open := map[schema.Address]bool{}
	for i := range plan.Changes {
		open[plan.Changes[i].Address] = true
	}
	for _, addr := range pending {
		if !open[addr] {
			r.finish(addr, func(res *Result) { res.Outcome, res.Waits = OutcomeDone, nil })
			r.tell(Event{Kind: EventSettled, Address: addr})
		}
	}
}

// pending are the objects that a verdict may still move, sorted.
func (r *Run) pending() []schema.Address {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []schema.Address
	for addr, res := range r.results {
		if res.Outcome == OutcomePending {
			list = append(list, addr)
		}
	}
	slices.SortFunc(list, schema.Address.Compare)
	return list
}

func (r *Run) tell(e Event) {
	if r.OnEvent == nil {
		return
	}
	r.events.Lock()
	defer r.events.Unlock()
	e.At = r.Now()
	r.OnEvent(e)
}

// finish changes the result of an object under the lock.
func (r *Run) finish(addr schema.Address, change func(*Result)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	res := r.results[addr]
	if res == nil {
		res = &Result{Address: addr}
		r.results[addr] = res
	}
	change(res)
}

func (r *Run) close(start time.Time) *Report {
	budget := r.spending()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Stopped = cmp.Or(r.fatal, r.report.Stopped, r.quotaOf(budget.Left))
	for _, res := range r.results {
		told := *res
		if over, ok := errors.AsType[*overBudget](told.Err); ok {
			told.Err = over.Unwrap() // what the ledger knew is no error: see Waits
		}
		r.report.Results = append(r.report.Results, told)
	}
	slices.SortFunc(r.report.Results, func(a, b Result) int { return a.Address.Compare(b.Address) })
	select {
	case <-r.Stop:
		r.report.Interrupted = true
	default:
	}
	if r.report.Stopped != nil {
		r.report.RetryAfter = r.report.Stopped.RetryAfter
	}
	r.report.Budget = budget
	r.report.Took = r.Now().Sub(start)
	return &r.report
}

// errStopped marks work that was not begun because the run ended.
var errStopped = errors.New("the run was stopped before this began")
