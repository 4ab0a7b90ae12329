package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// A verdict that came while nobody ran is in the state after the object was read
// again. The shop is left alone, and so are calls about other objects whose
// outcome is not known: the reading did not tell of them.
func TestLearnWithoutARun(t *testing.T) {
	s := newShop(t, sandbox.DefaultKnobs())
	s.product(product{id: "719", title: "毛毯百搭休闲珊瑚绒毯子", fen: 990, picture: 1})
	s.product(product{id: "720", title: "毛毯百搭休闲法兰绒毯子", fen: 990, picture: 2})
	if r := s.run(0, nil); r.err != nil {
		t.Fatal(r.err)
	}
	s.now.Add(int64(2 * time.Second))
	if err := s.sandbox.Console().RejectNow("719", "标题不规范"); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	s.store.revive()
	session, _, err := state.Open(ctx, s.store, state.ShopID{Platform: "component", AppID: sandbox.DefaultAppID}, state.LockInfo{ID: "test", Operation: "listen"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close(ctx)
	brand := schema.Address{Kind: schema.KindBrand, Name: "cxy"}
	rejected := schema.Address{Kind: schema.KindSPU, Name: "719"}
	for _, addr := range []schema.Address{brand, rejected} {
		if _, err := session.Announce(ctx, state.Intent{Address: addr, Call: string(reconcile.OpSubmitBrand), At: s.clock()}); err != nil {
			t.Fatal(err)
		}
	}
	before := len(s.accepted("/shop/spu/update")) + len(s.accepted("/shop/spu/add"))
	tree, err := s.provider().Categories(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	pol := reconcile.Policy{Now: s.clock(), Targets: []schema.Address{rejected}}
	cat := s.load(tree)
	obs, err := s.provider().Observe(ctx, reconcile.ScopeOf(cat, session.State(), pol))
	if err != nil {
		t.Fatal(err)
	}
	if err := reconcile.Learn(ctx, cat, session, obs, pol); err != nil {
		t.Fatal(err)
	}
	if got := obs.Products["719"]; got == nil || got.Reason != "标题不规范" || obs.Products["720"] != nil {
		t.Errorf("read %+v; want the product that was asked for alone", obs.Products)
	}
	if rec := session.Record(rejected); rec == nil || rec.Rejected == nil || rec.Rejected.Reason != "标题不规范" {
		t.Errorf("the state remembers %+v", rec)
	}
	var open []schema.Address
	for _, intent := range session.Intents() {
		open = append(open, intent.Address)
	}
	if len(open) != 1 || open[0] != brand {
		t.Errorf("open intents: %v, want that of the brand", open)
	}
	if after := len(s.accepted("/shop/spu/update")) + len(s.accepted("/shop/spu/add")); after != before {
		t.Errorf("%d submissions", after-before)
	}
}
