package main

import (
	"context"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// situation is all that a decision is made from: a valid catalog, what is
// remembered of its shop, what the shop has now, and the word of the flags. A
// command that only looks asks for it without the lock. The caller closes the shop.
type situation struct {
	*desired
	state  *state.State
	seen   *provider.Observation // nil when the shop was not read
	policy reconcile.Policy
}

// situation reads all of it. Without refresh the shop itself is not read.
func (a *app) situation(ctx context.Context, pol reconcile.Policy, refresh bool) (_ *situation, err error) {
	if !refresh {
		return a.remembered(ctx, pol, "")
	}
	d, err := a.desire(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.shop.close()
		}
	}()
	st, err := a.readState(ctx, d.shop.state, d.shop.id)
	if err != nil {
		return nil, err
	}
	return a.lookAt(ctx, d, st, pol)
}

// lookAt reads what the plan needs of the shop, for a policy that is about objects
// somebody knows.
func (a *app) lookAt(ctx context.Context, d *desired, st *state.State, pol reconcile.Policy) (*situation, error) {
	if err := known(pol, d.catalog, st); err != nil {
		return nil, err
	}
	pol.Hosted, pol.Now = d.shop.provider.Hosts, d.shop.now()
	seen, err := a.observe(ctx, d, st, pol)
	if err != nil {
		return nil, err
	}
	pol.Now = d.shop.now() // the platform has told its time by now
	return &situation{d, st, seen, pol}, nil
}

func (s *situation) plan() *reconcile.Plan {
	return reconcile.Make(s.catalog, s.state, s.seen, s.policy)
}

func (s *situation) board() *view.Board {
	plan := s.plan()
	return &view.Board{
		ShopName: plan.ShopName, Shop: plan.Shop, At: plan.At, Forecast: plan.Forecast,
		Standings: reconcile.BoardOf(plan, s.catalog, s.state, s.seen, s.policy),
	}
}
