package reconcile

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// maxLooks bounds how often one object is read again and planned anew in one
// pass because the platform saw it in another state than we did.
const maxLooks = 4

// lookPause is the pause before an object is read again; it grows with each look.
const lookPause = 500 * time.Millisecond

// change does what can be done now about one object, and notes where it ends.
func (p *pass) change(ctx context.Context, planned *Change) {
	defer p.another()
	own := *planned // what is planned stays as it was shown
	c := &own
	if need, failed := p.failedNeed(c); failed {
		c.blockOn(need, "")
	}
	var err error
	for look := range maxLooks {
		err = p.steps(ctx, c)
		if err == nil || look == maxLooks-1 || !p.worthAnotherLook(c, err) {
			break
		}
		p.tell(Event{Kind: EventRetry, Address: c.Address, Err: err, Until: p.Now().Add(lookPause << look)})
		if p.pause(ctx, lookPause<<look) != nil {
			break
		}
		next, lookErr := p.lookAgain(ctx, c)
		if errors.Is(lookErr, errStopped) {
			break
		}
		if lookErr != nil {
			err = lookErr
			break
		}
		if burnt(err, next) {
			c, err = next, p.burn(ctx, next)
			break
		}
		if next == nil { // as declared, whatever the answer was
			p.finish(c.Address, func(res *Result) { p.describe(res, c); res.Outcome = OutcomeDone })
			return
		}
		if len(next.Steps) > 0 && !p.allows(next) {
			p.leaveToHumans(next, "")
			return
		}
		c = next
	}
	p.conclude(c, err)
}

// another counts an object that is over for this pass.
func (p *pass) another() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes.done++
}

// howFar adds to an event how many objects are over.
func (p *pass) howFar(e Event) Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changes.event(e)
}

// failedNeed finds an object that c needs and that has failed in this run.
func (p *pass) failedNeed(c *Change) (schema.Address, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, need := range c.Needs {
		if res := p.results[need]; res != nil && res.Outcome == OutcomeFailed {
			return need, true
		}
	}
	return schema.Address{}, false
}

// steps makes the calls of a change, one after the other, as far as the budget
// allows.
func (p *pass) steps(ctx context.Context, c *Change) error {
	if c.held() {
		return nil
	}
	reserved, err := p.reserve(c)
	switch {
	case err != nil:
		return p.leave(ctx, c, err)
	case reserved:
		defer p.giveBack(c) // what was submitted is spent by then
	}
	return p.calls(ctx, c)
}

// calls makes the calls of a change that may begin.
func (p *pass) calls(ctx context.Context, c *Change) error {
	for i, op := range c.Steps {
		if err := p.admit(ctx, c.Steps[i:]); err != nil {
			return err
		}
		p.tell(p.howFar(Event{Kind: EventStarted, Address: c.Address, Op: op}))
		if err := p.step(ctx, c, c.Steps[i:]); err != nil {
			c.Steps = c.Steps[i:]
			return err
		}
		p.finish(c.Address, func(res *Result) {
			res.Steps = append(res.Steps, op)
			p.report.Calls += op.Calls()
		})
		p.tell(p.howFar(Event{Kind: EventDone, Address: c.Address, Op: op}))
	}
	return nil
}

// held reports whether the change may not begin before something outside has
// happened. A shelf move or a free edit is held by nothing.
func (c *Change) held() bool {
	return c.submission() != "" && slices.ContainsFunc(c.Waits, func(w Wait) bool { return w.Kind == WaitBrand || w.Kind == WaitQualification })
}

// admit refuses to begin a call when the run is over, or when the quota of this
// step or of a later one is spent: what is not to be on the shelf is not created
// when it could not be taken off it. (Submissions have a ledger: see reserve.)
func (p *pass) admit(ctx context.Context, steps []Op) error {
	if p.over(ctx) || p.broken() {
		return errStopped
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, op := range steps {
		if refusal := p.closed[op]; refusal != nil {
			return refusal
		}
	}
	return nil
}

// step makes the first call of steps, announced before and recorded after.
func (p *pass) step(ctx context.Context, c *Change, steps []Op) error {
	op := steps[0]
	if op == OpForget {
		return p.keep(p.Session.Forget(ctx, c.Address, 0))
	}
	send, err := p.prepareCall(c, op)
	if err != nil {
		return err
	}
	seq, err := p.depart(ctx, c, steps)
	if err != nil {
		return err
	}
	land := sync.OnceFunc(p.land)
	defer land()
	rec := p.recordOf(c.Address)
	err = send(provider.About(ctx, c.Address.String()), rec)
	p.count(err)
	refusal, _ := errors.AsType[*provider.Error](err)
	if err == nil && !blind(op) {
		land()
	}
	switch {
	case err == nil, refusal != nil && refusal.Class == provider.ClassNoop:
		return p.succeeded(ctx, c, op, rec, seq, refusal)
	case refusal == nil, refusal.Class == provider.ClassUnknown:
		p.spent(c, op, false)
		return err // the intent stays open: only reading the shop settles it
	}
	return p.refused(ctx, c, op, rec, seq, refusal)
}

// count notes a call that was not answered with success. (Successes are counted
// with the steps of their objects.)
func (p *pass) count(err error) {
	p.heard(err)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && provider.ClassOf(err) != provider.ClassNoop {
		p.report.Refused++
	}
}

// succeeded saves the result of a call. A noop is a success: the platform says
// that it is as wanted already.
func (p *pass) succeeded(ctx context.Context, c *Change, op Op, rec *state.Record, seq uint64, noop *provider.Error) error {
	if op == OpDelete {
		return p.keep(p.Session.Forget(ctx, c.Address, seq))
	}
	p.spent(c, op, true)
	p.sent(c, op, rec, noop != nil)
	if err := p.Session.Put(ctx, rec, seq); err != nil {
		return p.stateFailed(err, unsaved(c.Address, rec.AuditID)...)
	}
	return p.settleIntents(ctx, c.Address)
}

// refused saves what a refusal has changed all the same, and hands it on.
func (p *pass) refused(ctx context.Context, c *Change, op Op, rec *state.Record, seq uint64, refusal *provider.Error) error {
	p.note(refusal)
	p.heed(c, op, refusal)
	var save error
	if p.savedAnyway(c, op, rec, refusal) {
		p.spent(c, op, true)
		save = p.Session.Put(ctx, rec, seq)
	} else {
		save = p.Session.Refuse(ctx, seq)
	}
	if err := p.keep(save); err != nil {
		return err
	}
	if err := p.settleIntents(ctx, c.Address); err != nil {
		return err
	}
	if op.Submits() && refusal.Class == provider.ClassLater {
		return p.learnLimit(ctx, c, op, refusal)
	}
	return refusal
}

func (p *pass) keep(err error) error {
	if err != nil {
		return p.stateFailed(err)
	}
	return nil
}

// stampOf names the declared content of an object, "" where it has none.
func (p *pass) stampOf(addr schema.Address) string {
	if addr.Kind == schema.KindSPU {
		if s := p.Catalog.SPUs[addr.Name]; s != nil {
			return s.Stamp()
		}
		return ""
	}
	if c := p.pl.claims[addr]; c != nil {
		return c.stamp
	}
	return ""
}

// worthAnotherLook reports whether reading the object again can help.
func (p *pass) worthAnotherLook(c *Change, err error) bool {
	if p.broken() {
		return false
	}
	switch provider.ClassOf(err) {
	case provider.ClassUnknown:
		return true
	case provider.ClassConflict:
		shelf := c.Steps[0] == OpList || c.Steps[0] == OpDelist
		refusal, _ := errors.AsType[*provider.Error](err)
		return c.Address.Kind == schema.KindSPU && !(shelf && refusal.Conflict == provider.ConflictNotOnline)
	}
	return errors.Is(err, provider.ErrNotFound)
}

// read asks the platform, or answers errStopped when the run is to end meanwhile.
func (p *pass) read(ctx context.Context, scope provider.Scope) (*provider.Observation, error) {
	reading, cancel := p.untilStop(ctx)
	defer cancel()
	obs, err := p.Provider.Observe(reading, scope)
	if err != nil && reading.Err() != nil {
		return nil, errStopped
	}
	p.heard(err)
	return obs, err
}

// lookAgain reads one object and decides about it anew. nil means that it is as
// declared.
func (p *pass) lookAgain(ctx context.Context, c *Change) (*Change, error) {
	p.mu.Lock()
	pl := p.pl.after(nil, c.Address, p.Now())
	p.mu.Unlock()
	obs, err := p.read(provider.About(ctx, c.Address.String()), pl.scope(append(pl.needs(c.Address), c.Address)))
	if err != nil {
		return nil, err
	}
	pl.obs = obs
	pl.readClaims()
	p.mu.Lock()
	p.seen[c.Address] = obs.Products[c.Address.Name]
	p.mu.Unlock()
	v := pl.object(c.Address)
	if v.learned != nil {
		if err := p.keep(p.Session.Put(ctx, v.learned, 0)); err != nil {
			return nil, err
		}
	}
	if v.change != nil {
		for _, up := range pl.uploads([]Change{*v.change}) {
			p.upload(ctx, &up)
		}
	}
	if v.change != nil && v.change.unsure() {
		return v.change, nil
	}
	return v.change, p.settleIntents(ctx, c.Address)
}

// burnt reports whether the shop refuses an out_product_id as taken although it
// does not have it: ids of deleted products may stay burnt (reference section 8.2).
func burnt(err error, next *Change) bool {
	refusal, ok := errors.AsType[*provider.Error](err)
	return ok && refusal.Conflict == provider.ConflictExists && next != nil && next.runs(OpAdd)
}

// burn remembers it, so that the next run does not ask again.
func (p *pass) burn(ctx context.Context, c *Change) error {
	c.Steps, c.Fields, c.Block = nil, nil, &Block{Kind: BlockBurnt}
	rec := p.recordOf(c.Address)
	rec.Burnt = true
	return p.keep(p.Session.Put(ctx, rec, 0))
}

// settleIntents closes what was announced about an object that has been read since.
func (p *pass) settleIntents(ctx context.Context, addr schema.Address) error {
	for seq, intent := range p.Session.Intents() {
		if intent.Address == addr {
			if err := p.keep(p.Session.Settle(ctx, seq)); err != nil {
				return err
			}
		}
	}
	return nil
}

// conclude notes where an object ends in this pass.
func (p *pass) conclude(c *Change, err error) {
	outcome, waits := p.outcome(c, err)
	news := true
	p.finish(c.Address, func(res *Result) {
		news = res.Outcome != outcome || len(waits) == 0 || len(res.Waits) == 0 || res.Waits[0].Kind != waits[0].Kind
		p.describe(res, c)
		res.Outcome, res.Waits, res.Block, res.Err = outcome, waits, c.Block, nil
		if outcome == OutcomeFailed || outcome == OutcomeLater {
			res.Err = err
		}
	})
	switch outcome {
	case OutcomeFailed:
		p.tell(Event{Kind: EventFailed, Address: c.Address, Err: err})
	case OutcomePending:
		if news { // not at every poll
			p.tell(Event{Kind: EventWaiting, Address: c.Address, Wait: &waits[0]})
		}
	case OutcomeBlocked:
		p.tell(Event{Kind: EventBlocked, Address: c.Address, Block: c.Block})
	case OutcomeDone:
		p.tell(Event{Kind: EventSettled, Address: c.Address})
	}
}

func (p *pass) describe(res *Result, c *Change) {
	res.Title, res.Source = c.Title, c.Source
}

// outcome is where the object stands after its steps.
func (p *pass) outcome(c *Change, err error) (Outcome, []Wait) {
	refusal, _ := errors.AsType[*provider.Error](err)
	over, _ := errors.AsType[*overBudget](err)
	switch {
	case errors.Is(err, errStopped):
		return OutcomeLater, nil
	case over != nil:
		return OutcomeLater, []Wait{{Kind: WaitQuota, Until: &over.until}}
	case refusal != nil && refusal.Class == provider.ClassLater:
		return OutcomeLater, []Wait{{Kind: WaitQuota}}
	case refusal != nil && refusal.Conflict == provider.ConflictInReview && c.Address.Kind == schema.KindSPU:
		return OutcomePending, []Wait{{Kind: WaitReview}}
	case refusal != nil && refusal.Conflict == provider.ConflictInReview:
		return OutcomePending, []Wait{auditWait(p.recordOf(c.Address), nil)}
	case refusal != nil && refusal.Conflict == provider.ConflictNotOnline:
		return OutcomePending, []Wait{{Kind: WaitReview}}
	case err != nil:
		return OutcomeFailed, nil
	case c.Block != nil:
		return OutcomeBlocked, nil
	}
	if waits := p.waits(c); len(waits) > 0 {
		return OutcomePending, waits
	}
	return OutcomeDone, nil
}

// waits are what the object waits for after its steps: what it waited for
// before, or the review that the last step has begun.
func (p *pass) waits(c *Change) []Wait {
	now := p.Now()
	switch {
	case c.held():
		return c.Waits
	case c.submission() != "":
		return []Wait{{Kind: WaitReview, Since: &now}}
	case c.runs(OpSubmitBrand), c.runs(OpSubmitCategory):
		if rec := p.Session.Record(c.Address); rec == nil || rec.AuditPending {
			return []Wait{{Kind: WaitAudit, Since: &now}}
		}
	}
	return c.Waits
}
