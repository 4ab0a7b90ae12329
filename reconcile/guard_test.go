package reconcile

import (
	"testing"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// How deep a price falls is told by what buyers pay now: not by a draft that
// they never saw, unless they never saw anything else.
func TestAPriceFallsFromWhatBuyersPay(t *testing.T) {
	half := 0.5
	for _, test := range []struct {
		name          string
		draft, online schema.Fen // 0: the shop does not have that copy
		want          schema.Fen
		broken        bool
	}{
		{"a lower draft was turned down", 500, 1000, 400, true},
		{"a higher draft was turned down", 2000, 1000, 900, false},
		{"it was never online", 1000, 0, 400, true},
		{"exactly as far as is allowed", 1000, 1000, 500, false},
		{"a fen further", 1000, 1000, 499, true},
	} {
		w := inSync()
		w.cat.Shop.Guard = schema.Guard{MaxPriceDrop: &half}
		w.have.Review = provider.ReviewRejected
		price := func(c *provider.Copy, p schema.Fen) { c.SPU.SKUs[0].SalePrice = p }
		price(w.have.Draft, test.draft)
		price(w.have.Online, test.online)
		if test.online == 0 {
			w.have.Online, w.have.Shelf = nil, provider.ShelfInitial
		}
		w.want.SKUs[1].SalePrice = test.want // the shop shows its SKUs the other way round
		if got := len(w.plan().Breaches) > 0; got != test.broken {
			t.Errorf("%s: the guard is broken: %v, want %v", test.name, got, test.broken)
		}
	}
}

// A removal is a product that buyers can buy and will not find, or one that is
// deleted.
func TestOnlyWhatBuyersLoseIsARemoval(t *testing.T) {
	for _, test := range []struct {
		name     string
		shelf    provider.Shelf
		review   provider.Review
		onRemove schema.OnRemove
		removals int
	}{
		{"on the shelf", provider.ShelfListed, provider.ReviewApproved, schema.OnRemoveDelist, 1},
		{"never approved, in review", provider.ShelfInitial, provider.ReviewRunning, schema.OnRemoveDelist, 0},
		{"off the shelf already", provider.ShelfDelisted, provider.ReviewApproved, schema.OnRemoveDelist, 0},
		{"forgotten, and left on the shelf", provider.ShelfListed, provider.ReviewApproved, schema.OnRemoveForget, 0},
		{"deleted from behind the shelf", provider.ShelfDelisted, provider.ReviewApproved, schema.OnRemoveDelete, 1},
	} {
		w, none := inSync(), 0
		w.cat.Shop.Guard = schema.Guard{MaxRemovals: &none}
		w.cat.SPUs = map[string]*schema.SPU{}
		w.rec.OnRemove = test.onRemove
		w.have.Shelf, w.have.Review = test.shelf, test.review
		got := 0
		for _, b := range w.plan().Breaches {
			got += len(b.Objects)
		}
		if got != test.removals {
			t.Errorf("%s: %d removals, want %d", test.name, got, test.removals)
		}
	}
}

func TestForgottenProductsAreUnmanaged(t *testing.T) {
	w := inSync()
	w.cat.SPUs = map[string]*schema.SPU{}
	if p := w.plan(); p.Unmanaged != 0 || len(p.Changes) != 1 {
		t.Errorf("a product that is remembered counts as unmanaged: %d, changes %+v", p.Unmanaged, p.Changes)
	}
	w.st.Records = map[schema.Address]*state.Record{}
	if p := w.plan(); p.Unmanaged != 1 || len(p.Changes) != 0 {
		t.Errorf("a product that nobody knows: %d unmanaged, changes %+v", p.Unmanaged, p.Changes)
	}
}
