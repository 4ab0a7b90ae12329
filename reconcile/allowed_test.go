package reconcile_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/reconcile"
)

// While a run waits for reviews, somebody edits the shop. What nobody has read
// is not overwritten, whether the run is held to a plan, to what is free, or to
// the guards.
func TestWhatNobodyHasReadIsLeftWhileARunWaits(t *testing.T) {
	guard := func(s *shop) {
		limit := "\n  guard {\n    max_price_drop = \"30%\"\n  }\n}"
		s.write("shop.hcl", strings.Replace(shopHCL, "\n}", limit, 1))
	}
	for _, test := range []struct {
		name  string
		first func(*shop)
		then  string // what the colleague does in the console while the run waits
		path  string
		allow func(*reconcile.Plan) func(*reconcile.Change) bool
	}{
		{"a price, in a plan that was read", nil, `{"out_product_id":"1","sale_price":1500}`, "/shop/spu/update_without_audit",
			func(p *reconcile.Plan) func(*reconcile.Change) bool { return p.Approver() }},
		{"the shelf, in a plan that was read", nil, `{"out_product_id":"1","status":11}`, "/shop/spu/listing",
			func(p *reconcile.Plan) func(*reconcile.Change) bool { return p.Approver() }},
		{"a title, where only what is free is allowed", nil, `{"out_product_id":"1","title":"同事改的毛毯标题"}`, "/shop/spu/update",
			func(*reconcile.Plan) func(*reconcile.Change) bool { return (*reconcile.Change).Free }},
		{"a price that the guard does not let fall", guard, `{"out_product_id":"1","sale_price":99000}`, "/shop/spu/update_without_audit",
			func(*reconcile.Plan) func(*reconcile.Change) bool { return nil }},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShop(t, quick())
			if test.first != nil {
				test.first(s)
			}
			s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
			s.settle(t)
			s.product(product{id: "1", title: "一号毛毯更厚", fen: 990, picture: 10})
			s.run(0, nil) // in review by now, so that the next run only waits
			before := len(s.accepted(test.path))
			edited := false
			r := s.run(time.Hour, func(r *reconcile.Run) {
				plan := reconcile.Make(r.Catalog, r.Session.State(), r.Observation, r.Policy)
				r.Allow = test.allow(plan)
				r.Sleep = func(ctx context.Context, d time.Duration) error {
					if !edited {
						edited = true
						s.now.Add(int64(time.Hour)) // the review is over, and then
						s.post(t, "/sandbox/edit", test.then)
					}
					return s.sleep(ctx, d)
				}
			})
			if r.err != nil || !edited {
				t.Fatalf("edited %v, error %v", edited, r.err)
			}
			if n := len(s.accepted(test.path)) - before; n != 0 {
				t.Errorf("%d calls of %s that nobody has approved", n, test.path)
			}
			for _, res := range r.report.Results {
				if res.Address.Name == "1" && (res.Outcome != reconcile.OutcomeLater || len(res.Waits) != 1 || res.Waits[0].Kind != reconcile.WaitApproval) {
					t.Errorf("got %+v, want it left to a human", res)
				}
			}
		})
	}
}
