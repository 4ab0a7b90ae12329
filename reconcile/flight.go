package reconcile

import (
	"context"
	"slices"

	"github.com/shopctl/shopctl/state"
)

// flight is the calls of one lane that are under way. Waiting for the state to be on
// the disk takes no place in it: while one call is written down, before it leaves or
// after it succeeded, another is under way. What was refused keeps its place until
// its lesson is learned, so that no other call runs into the same refusal; so does an
// audit until its id is saved.
type flight chan struct{}

// abreast is how many objects are worked on so that n calls are under way nearly all
// the time: those, one less to follow them, and one less whose results are being
// saved. With one, nothing begins before what stands before it is over.
func abreast(n int) int { return 3*max(n, 1) - 2 }

// announced is how many calls may be under way or announced to follow them: after a
// kill nobody knows of the latter that they never left.
func announced(n int) int { return 2*max(n, 1) - 1 }

func newFlights(r *Run) (flights [lanes]flight) {
	flights[laneObjects] = make(flight, max(r.Parallelism, 1))
	flights[laneUploads] = make(flight, max(r.UploadParallelism, 1))
	return flights
}

// enter waits for a place. It fails when the run ends first.
func (f flight) enter(ctx context.Context, stop <-chan struct{}) error {
	select {
	case f <- struct{}{}:
		return nil
	case <-stop:
	case <-ctx.Done():
	}
	return errStopped
}

func (f flight) leave() { <-f }

// depart announces the first of steps, durably, and takes a place for it among the
// calls under way. Whoever gets no error makes the call and lands.
func (p *pass) depart(ctx context.Context, c *Change, steps []Op) (seq uint64, err error) {
	if err := p.ready.enter(ctx, p.Stop); err != nil {
		return 0, err
	}
	if blind(steps[0]) {
		seq, err = p.departBlind(ctx, c, steps)
	} else {
		seq, err = p.departReady(ctx, c, steps)
	}
	if err != nil {
		p.ready.leave()
	}
	return seq, err
}

// land gives back what depart took.
func (p *pass) land() {
	p.flights[laneObjects].leave()
	p.ready.leave()
}

// departReady announces a call while others are under way, and waits for its place then.
func (p *pass) departReady(ctx context.Context, c *Change, steps []Op) (seq uint64, err error) {
	if seq, err = p.announce(ctx, c, steps[0]); err != nil {
		return 0, err
	}
	if err := p.board(ctx, c, steps); err != nil {
		if ctx.Err() != nil {
			return 0, errStopped
		}
		if unsent := p.keep(p.Session.Refuse(ctx, seq)); unsent != nil {
			return 0, unsent
		}
		return 0, err
	}
	return seq, nil
}

// blind reports whether no reading tells that a call was made: if the program died
// between its announcement and its departure, nobody would know. So it is announced
// when its place is there, and leaves at once.
func blind(op Op) bool { return op == OpSubmitBrand || op == OpSubmitCategory }

func (p *pass) departBlind(ctx context.Context, c *Change, steps []Op) (seq uint64, err error) {
	if err := p.board(ctx, c, steps); err != nil {
		return 0, err
	}
	if seq, err = p.announce(ctx, c, steps[0]); err != nil {
		p.flights[laneObjects].leave()
	}
	return seq, err
}

// board takes a place, and makes sure that the call may still be made then.
func (p *pass) board(ctx context.Context, c *Change, steps []Op) error {
	places := p.flights[laneObjects]
	if err := places.enter(ctx, p.Stop); err != nil {
		return err
	}
	err := p.admit(ctx, steps)
	if err == nil {
		err = p.stillPaid(c, steps)
	}
	if err != nil {
		places.leave()
	}
	return err
}

// stillPaid makes sure that steps which end in a submission have their place in the
// budget: a refusal of another one may have lowered the limit since it was taken.
func (p *pass) stillPaid(c *Change, steps []Op) error {
	if !slices.ContainsFunc(steps, Op.Submits) {
		return nil
	}
	op := c.submission()
	p.mu.Lock()
	defer p.mu.Unlock()
	if until, ok := p.budget.depart(op, c.Address, p.Now()); !ok {
		return &overBudget{op: op, until: until}
	}
	return nil
}

// announce writes down that a call is about to leave.
func (p *pass) announce(ctx context.Context, c *Change, op Op) (seq uint64, err error) {
	seq, err = p.Session.Announce(ctx, state.Intent{Address: c.Address, Call: string(op), Stamp: p.stampOf(c.Address), At: p.Now(), Submits: op.Submits()})
	if ctx.Err() != nil {
		return 0, errStopped
	}
	if err != nil {
		return 0, p.stateFailed(err)
	}
	return seq, nil
}
