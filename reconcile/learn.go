package reconcile

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Learn tells the state what the shop shows, without a run: verdicts, ids, prices
// of today. Of a policy with targets, it learns about these alone. Nothing may have
// been written to the state since obs was read.
func Learn(ctx context.Context, cat *schema.Catalog, session *state.Session, obs *provider.Observation, pol Policy) error {
	st := session.State()
	looked := newPlanner(cat, st, obs, pol).looked()
	return learn(ctx, session, Make(cat, st, obs, pol), looked, pol.Now)
}

// looked says of which objects the observation tells: of all, unless the policy
// has targets.
func (pl *planner) looked() func(schema.Address) bool {
	if len(pl.pol.Targets) == 0 {
		return func(schema.Address) bool { return true }
	}
	set := map[schema.Address]bool{}
	for _, target := range pl.pol.Targets {
		set[target] = true
		for _, need := range pl.needs(target) {
			set[need] = true
		}
	}
	return func(addr schema.Address) bool { return set[addr] }
}

// learn saves what reading the shop has taught, and closes the intents of
// earlier runs about what was looked at: the observation is younger than they
// are, so it has settled them.
func learn(ctx context.Context, session *state.Session, plan *Plan, looked func(schema.Address) bool, now time.Time) error {
	if err := session.PutAll(ctx, plan.Learned.Records, plan.Learned.Images, now); err != nil {
		return err
	}
	var writes errgroup.Group
	writes.SetLimit(learnWidth)
	unsure := plan.unsure()
	for seq, intent := range session.Intents() {
		if looked(intent.Address) && !unsure[intent.Address] {
			writes.Go(func() error { return session.Settle(ctx, seq) })
		}
	}
	return writes.Wait()
}

// learnWidth is how many entries of the journal wait for the disk together.
const learnWidth = 64

// unsure are the objects whose last audit may or may not have been submitted:
// no reading tells, so their intents stay open.
func (p *Plan) unsure() map[schema.Address]bool {
	unsure := map[schema.Address]bool{}
	for i := range p.Changes {
		if p.Changes[i].unsure() {
			unsure[p.Changes[i].Address] = true
		}
	}
	return unsure
}

func (c *Change) unsure() bool {
	return slices.ContainsFunc(c.Waits, func(w Wait) bool { return w.AuditUnknown })
}
