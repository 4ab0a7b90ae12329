package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// How Apply spends the budget: at the beginning of a pass the places there are go
// to the first of the queue; each takes its place before its first call, so that
// nothing is withdrawn that could not be replaced, and gives it back when nothing
// was submitted. What finds no place is left, with the time at which there will
// be one. Nothing else waits with it: what needs no submission is done.

// overBudget is why a submission is left for later.
type overBudget struct {
	op      Op
	until   time.Time
	refusal *provider.Error // that taught it, nil where the ledger knew
}

func (e *overBudget) Error() string {
	return fmt.Sprintf("the submission budget is spent until %s", e.until.Format(time.RFC3339))
}

func (e *overBudget) Unwrap() error {
	if e.refusal == nil {
		return nil
	}
	return e.refusal
}

// allot gives the places that there are now to the first of the queue that may
// use them, and leaves the others.
func (p *pass) allot(queue []*Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	plan := p.budget.copy()
	p.left = map[schema.Address]time.Time{}
	for _, c := range queue {
		if c.held() || c.Block != nil {
			continue
		}
		at := plan.may(c.submission(), c.Address, now)
		if at.After(now) {
			p.left[c.Address] = at
			continue
		}
		plan.spent = append(plan.spent, spending{now, c.Address})
	}
}

// reserve takes a place in the budget for a change that submits. false means that
// it needs none.
func (p *pass) reserve(c *Change) (bool, error) {
	op := c.submission()
	if op == "" {
		return false, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until, left := p.left[c.Address]; left {
		return false, &overBudget{op: op, until: until}
	}
	until, ok := p.budget.reserve(op, c.Address, p.Now())
	if !ok {
		return false, &overBudget{op: op, until: until}
	}
	return true, nil
}

// giveBack returns the place of a change that ended before it was submitted.
func (p *pass) giveBack(c *Change) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.budget.giveBack(c.Address)
}

// spent counts a submission that the platform has taken, or may have taken.
func (p *pass) spent(c *Change, op Op, taken bool) {
	if !op.Submits() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.budget.spend(c.Address, p.Now())
	if taken {
		p.budget.passed()
	}
}

// learnLimit remembers what the refusal of a submission teaches. The error says
// until when the product waits.
func (p *pass) learnLimit(ctx context.Context, c *Change, op Op, refusal *provider.Error) error {
	p.mu.Lock()
	now := p.Now()
	var learned *state.Limit
	if refusal.SubmissionLimit {
		limit := p.budget.refused(c.Address, now)
		learned = &limit
	} else {
		p.budget.close(op, c.Address, now.Add(cmp.Or(refusal.RetryAfter, anHour)))
	}
	until := p.budget.may(op, c.Address, now)
	p.mu.Unlock()
	if learned != nil {
		if err := p.keep(p.Session.Learn(ctx, *learned)); err != nil {
			return err
		}
	}
	return &overBudget{op, until, refusal}
}

// unrationed are the steps that go on when nothing can be submitted: a free edit,
// or a move on the shelf. A submission that is under review is not withdrawn for
// a successor that has to wait, and nothing follows a product that is not there.
func (c *Change) unrationed() []Op {
	if c.runs(OpAdd) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Steps), func(op Op) bool { return op == OpUpdate || op == OpWithdraw })
}

// leave does what a change can do without its submission.
func (p *pass) leave(ctx context.Context, c *Change, spent error) error {
	rest := *c
	if rest.Steps = c.unrationed(); len(rest.Steps) > 0 {
		if err := p.calls(ctx, &rest); err != nil {
			c.Steps = rest.Steps
			return err
		}
	}
	return spent
}

// leftover is one product that waits for the budget.
type leftover struct {
	addr schema.Address
	op   Op
}

// leftovers are the products that wait for the budget, in the order of the queue.
func (r *Run) leftovers() []leftover {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []leftover
	for addr, res := range r.results {
		if over, ok := errors.AsType[*overBudget](res.Err); ok && res.Outcome == OutcomeLater {
			list = append(list, leftover{addr, over.op})
		}
	}
	return inTurn(r.Catalog, list, func(l leftover) schema.Address { return l.addr })
}

// affordable are the first of the leftovers for which there is a place now.
func (r *Run) affordable(left []leftover) []schema.Address {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.Now()
	plan := r.budget.copy()
	var list []schema.Address
	for _, l := range left {
		if !plan.may(l.op, l.addr, now).After(now) {
			list = append(list, l.addr)
			plan.spent = append(plan.spent, spending{now, l.addr})
		}
	}
	return list
}

// opens is when the first of the leftovers may go on; zero when there are none.
func (r *Run) opens(left []leftover) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	var first time.Time
	for _, l := range left {
		if at := r.budget.may(l.op, l.addr, r.Now()); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

// spending is where the budget stands, for the report.
func (r *Run) spending() Spending {
	left := r.leftovers()
	s := Spending{At: r.Now(), Left: make([]schema.Address, len(left)), Continue: timePtr(r.opens(left))}
	for i, l := range left {
		s.Left[i] = l.addr
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Hour, s.Day = r.budget.windows(s.At)
	return s
}

// quotaOf is a refusal for which some of the products are left, nil when the ledger
// alone left them.
func (r *Run) quotaOf(left []schema.Address) *provider.Error {
	for _, addr := range left {
		if over, ok := errors.AsType[*overBudget](r.results[addr].Err); ok && over.refusal != nil {
			return over.refusal
		}
	}
	return nil
}
