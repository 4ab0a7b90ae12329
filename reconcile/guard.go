package reconcile

import (
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// breaches are the guards of the shop block that the changes break and nobody
// has waved through, in the order in which they are documented.
func (pl *planner) breaches(changes []Change) []Breach {
	guard := pl.cat.Shop.Guard
	var found []Breach
	if limit := guard.MaxPriceDrop; limit != nil {
		found = append(found, pl.priceDrop(changes, *limit))
	}
	if limit := guard.MaxRemovals; limit != nil {
		found = append(found, count(GuardRemovals, *limit, changes, pl.leaves))
	}
	if limit := guard.MaxChanges; limit != nil {
		found = append(found, count(GuardChanges, *limit, changes, func(c *Change) bool { return len(c.Steps) > 0 }))
	}
	broken := []Breach{}
	for _, b := range found {
		if b.Actual > b.Limit && !pl.pol.Override[b.Guard] {
			broken = append(broken, b)
		}
	}
	return broken
}

func count(name GuardName, limit int, changes []Change, counts func(*Change) bool) Breach {
	b := Breach{Guard: name, Limit: float64(limit)}
	for i := range changes {
		if counts(&changes[i]) {
			b.Actual++
			b.Objects = append(b.Objects, changes[i].Address)
		}
	}
	return b
}

// leaves reports whether a product that is on the shelf now leaves it, or the shop.
func (pl *planner) leaves(c *Change) bool {
	if c.runs(OpDelete) {
		return true
	}
	if !c.runs(OpDelist) || pl.obs == nil {
		return c.runs(OpDelist)
	}
	have := pl.obs.Products[c.Address.Name]
	return have != nil && have.Shelf == provider.ShelfListed
}

// priceDrop finds the deepest fall of a sale price against what buyers pay now.
func (pl *planner) priceDrop(changes []Change, limit float64) Breach {
	b := Breach{Guard: GuardPriceDrop, Limit: limit}
	for i := range changes {
		drop := pl.deepestDrop(&changes[i])
		if drop > limit {
			b.Objects = append(b.Objects, changes[i].Address)
		}
		b.Actual = max(b.Actual, drop)
	}
	return b
}

// deepestDrop is a fraction: 0.4 when a SKU falls from ¥10.00 to ¥6.00.
func (pl *planner) deepestDrop(c *Change) float64 {
	want := pl.cat.SPUs[c.Address.Name]
	if pl.obs == nil || want == nil || c.Address.Kind != schema.KindSPU || !c.runs(OpUpdate) && !c.runs(OpUpdateFree) {
		return 0
	}
	now := pricesNow(pl.obs.Products[c.Address.Name])
	deepest := 0.0
	for _, sku := range want.SKUs {
		if was := now[sku.OutSKUID]; was > 0 {
			deepest = max(deepest, float64(was-sku.SalePrice)/float64(was))
		}
	}
	return deepest
}

// pricesNow are the sale prices that buyers see; of a product that was never
// online, those that were last submitted.
func pricesNow(have *provider.Product) map[string]schema.Fen {
	prices := map[string]schema.Fen{}
	if have == nil {
		return prices
	}
	for _, c := range []*provider.Copy{have.Draft, have.Online} {
		if c == nil {
			continue
		}
		for _, sku := range c.SPU.SKUs {
			prices[sku.OutSKUID] = sku.SalePrice
		}
	}
	return prices
}

// Summary counts the plan.
func (p *Plan) Summary() Summary {
	s := Summary{Uploads: len(p.Uploads), Calls: len(p.Uploads)}
	counters := map[Action]*int{
		ActionCreate: &s.Create, ActionUpdate: &s.Update, ActionEdit: &s.Edit, ActionList: &s.List,
		ActionDelist: &s.Delist, ActionDelete: &s.Delete, ActionSubmit: &s.Submit, ActionWithdraw: &s.Withdraw,
		ActionSettings: &s.Settings, ActionForget: &s.Forget, ActionWait: &s.Wait, ActionBlock: &s.Block,
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		*counters[c.Action]++
		for _, op := range c.Steps {
			s.Calls += op.Calls()
		}
		s.Submissions += c.Submissions
		switch {
		case c.Class == ClassIrreversible:
			s.Irreversible++
		case c.Class == ClassReview:
			s.Reviews++
		}
		if len(c.Waits) > 0 {
			s.Waiting++
		}
		if c.Block != nil {
			s.Blocked++
		}
	}
	return s
}
