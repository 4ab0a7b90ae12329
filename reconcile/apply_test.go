package reconcile_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
)

func quick() sandbox.Knobs {
	k := sandbox.AwkwardKnobs()
	k.StockSoldPerRead = 0
	return k
}

func (s *shop) settle(t *testing.T) {
	t.Helper()
	r := s.run(time.Hour, nil)
	if r.err != nil {
		t.Fatal(r.err)
	}
	for _, res := range r.report.Results {
		if res.Outcome != reconcile.OutcomeDone {
			t.Fatalf("%s is %s: %v %+v %+v", res.Address, res.Outcome, res.Err, res.Waits, res.Block)
		}
	}
}

// quiet demands that the shop is as declared and that a run finds nothing to do.
func (s *shop) quiet(t *testing.T) {
	t.Helper()
	before := s.writes()
	r := s.run(0, nil)
	if r.err != nil {
		t.Fatal(r.err)
	}
	if !r.plan.Empty() {
		t.Fatalf("the plan is not empty: %s", changes(r.plan))
	}
	if after := s.writes(); after != before {
		t.Fatalf("%d writing calls although nothing was to be done", after-before)
	}
}

func changes(p *reconcile.Plan) string {
	var lines []string
	for _, c := range p.Changes {
		b, _ := json.Marshal(c)
		lines = append(lines, string(b))
	}
	return strings.Join(lines, "\n")
}

// one demands that exactly n calls to path were accepted.
func (s *shop) taken(t *testing.T, path string, n int) {
	t.Helper()
	if got := len(s.accepted(path)); got != n {
		t.Errorf("%s was accepted %d times, want %d", path, got, n)
	}
}

func TestApplyFromNothing(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10, extra: "brand = brand.cxy"})
	s.product(product{id: "2", title: "二号毛毯加厚", fen: 990, picture: 10})
	s.product(product{id: "3", title: "三号电热毯加厚", fen: 990, picture: 11, extra: "category = 1446"})
	s.product(product{id: "4", title: "四号毛毯加厚", fen: 990, picture: 12, extra: "listing = false"})
	s.settle(t)
	s.quiet(t)
	s.taken(t, "/shop/spu/add", 4)
	s.taken(t, "/shop/spu/update", 0)
	s.taken(t, "/shop/img/upload", 4) // the licence and three pictures
	s.taken(t, "/shop/audit/audit_brand", 1)
	s.taken(t, "/shop/audit/audit_category", 1)
	s.taken(t, "/shop/account/update_info", 1)
}

func TestOnePriceIsOneCallWithOneSKU(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.settle(t)
	text := readFile(t, s, "spu-1.hcl")
	s.write("spu-1.hcl", strings.Replace(text, "sale_price = 9.90", "sale_price = 8.90", 1))
	before := s.writes()
	s.settle(t)
	if got := s.writes() - before; got != 1 {
		t.Errorf("%d writing calls, want one", got)
	}
	calls := s.accepted("/shop/spu/update_without_audit")
	if len(calls) != 1 || !strings.Contains(calls[0].Body, `"skus":[{"out_sku_id":"1-0","sale_price":890}]`) {
		t.Errorf("calls %+v, want one with one SKU and one member", calls)
	}
	s.quiet(t)
}

func TestOneTitleIsOneUpdate(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.settle(t)
	s.product(product{id: "1", title: "一号毛毯更厚", fen: 990, picture: 10})
	before := s.writes()
	s.settle(t)
	s.taken(t, "/shop/spu/update", 1)
	if got := s.writes() - before; got != 1 {
		t.Errorf("%d writing calls, want one", got)
	}
	s.quiet(t)
}

func TestStockBelongsToTheShop(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.settle(t)
	s.post(t, "/sandbox/edit", `{"out_product_id":"1","out_sku_id":"1-0","stock_num":3}`)
	s.quiet(t)
	s.product(product{id: "1", title: "一号毛毯更厚", fen: 990, picture: 10})
	s.settle(t)
	calls := s.accepted("/shop/spu/update")
	if len(calls) != 1 || !strings.Contains(calls[0].Body, `"stock_num":3`) {
		t.Errorf("the update does not carry the shop's own stock: %+v", calls)
	}
}

func TestTitleChangeWithdrawsTheRunningReview(t *testing.T) {
	knobs := quick()
	knobs.AuditDelay = sandbox.Duration(10 * time.Minute)
	s := newShop(t, knobs)
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	if r := s.run(0, nil); r.err != nil || r.report.Count(reconcile.OutcomePending) != 3 {
		t.Fatalf("%+v", r)
	}
	s.now.Add(int64(time.Minute))
	s.product(product{id: "1", title: "一号毛毯更厚", fen: 990, picture: 10})
	s.settle(t)
	s.taken(t, "/shop/spu/del_audit", 1)
	s.taken(t, "/shop/spu/update", 1)
	s.quiet(t)
}

func TestRejectedIsReportedAndNotSentAgain(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号测试毛毯", fen: 990, picture: 10})
	r := s.run(time.Hour, nil)
	if r.err != nil || r.report.Count(reconcile.OutcomeBlocked) != 1 {
		t.Fatalf("%v %+v", r.err, r.report)
	}
	for _, res := range r.report.Results {
		if res.Block != nil && !strings.Contains(res.Block.Reason, "你好，该提审商品") {
			t.Errorf("the reviewer's reason is lost: %+v", res.Block)
		}
	}
	before := s.writes()
	if r = s.run(time.Hour, nil); r.report.Count(reconcile.OutcomeBlocked) != 1 || s.writes() != before {
		t.Errorf("a rejected product was sent again: %s", changes(r.plan))
	}
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.settle(t)
	s.quiet(t)
}

func TestConsoleEditIsPutBack(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.settle(t)
	s.post(t, "/sandbox/edit", `{"out_product_id":"1","out_sku_id":"1-0","sale_price":100}`)
	r := s.run(time.Hour, nil)
	if r.err != nil || len(r.plan.Changes) != 1 || r.plan.Changes[0].Cause != reconcile.CauseDrift {
		t.Fatalf("%v %s", r.err, changes(r.plan))
	}
	s.taken(t, "/shop/spu/update_without_audit", 1)
	s.quiet(t)
}

func TestRemovedIsDelistedOnce(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.product(product{id: "2", title: "二号毛毯加厚", fen: 990, picture: 11})
	s.settle(t)
	s.remove("2")
	s.settle(t)
	s.quiet(t)
	s.taken(t, "/shop/spu/delisting", 1)
	s.taken(t, "/shop/spu/del", 0)
}

func TestBannedIsNotListed(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.settle(t)
	s.post(t, "/sandbox/ban", `{"out_product_id":"1","reason":"违规"}`)
	before := s.writes()
	if r := s.run(time.Hour, nil); r.err != nil || r.report.Count(reconcile.OutcomeBlocked) != 1 || s.writes() != before {
		t.Fatalf("%v %s", r.err, changes(r.plan))
	}
}

func TestLostStateIsRebuiltWithoutACall(t *testing.T) {
	s := newShop(t, quick())
	for i := range 5 {
		s.product(product{id: fmt.Sprint(i), title: fmt.Sprintf("第%d号毛毯加厚", i), fen: 990, picture: 20 + i, extra: "brand = brand.cxy"})
	}
	s.settle(t)
	s.store.Memory = newMemory()
	s.quiet(t)
	s.product(product{id: "0", title: "零号毛毯加厚", fen: 990, picture: 20, extra: "brand = brand.cxy"})
	before := len(s.accepted("/shop/img/upload"))
	s.settle(t)
	if got := len(s.accepted("/shop/img/upload")) - before; got != 0 {
		t.Errorf("%d pictures were uploaded again", got)
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name    string
		fault   string
		outcome reconcile.Outcome
		adds    int // answered with success
	}{
		{"busy once", `{"path":"/shop/spu/add","errcode":-1}`, reconcile.OutcomeDone, 1},
		{"busy after the work was done", `{"path":"/shop/spu/add","errcode":-1,"after":true}`, reconcile.OutcomeDone, 0},
		{"audit: no answer, not done", `{"path":"/shop/audit/audit_brand","drop":true}`, reconcile.OutcomeDone, 1},
		{"audit: no answer, done", `{"path":"/shop/audit/audit_brand","drop":true,"after":true}`, reconcile.OutcomeDone, 1},
		{"no answer, not done", `{"path":"/shop/spu/add","drop":true}`, reconcile.OutcomeDone, 1},
		{"no answer, done", `{"path":"/shop/spu/add","drop":true,"after":true}`, reconcile.OutcomeDone, 1},
		{"saved, not pushed to review", `{"path":"/shop/spu/add","errcode":1000017}`, reconcile.OutcomeDone, 0},
		{"token expired", `{"path":"/shop/spu/add","errcode":42001}`, reconcile.OutcomeDone, 1},
		{"submission quota spent", `{"path":"/shop/spu/add","errcode":1000019,"times":-1}`, reconcile.OutcomeLater, 0},
		{"day quota spent", `{"path":"/shop/spu/add","errcode":45009,"times":-1}`, reconcile.OutcomeLater, 0},
		{"illegal content", `{"path":"/shop/spu/add","errcode":87014,"times":-1}`, reconcile.OutcomeFailed, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newShop(t, quick())
			s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
			s.post(t, "/sandbox/fault", test.fault)
			r := s.run(time.Hour, nil)
			if r.err != nil {
				t.Fatal(r.err)
			}
			for _, res := range r.report.Results {
				if res.Address.Name == "1" && res.Outcome != test.outcome {
					t.Errorf("outcome %s (%v), want %s", res.Outcome, res.Err, test.outcome)
				}
			}
			s.taken(t, "/shop/spu/add", test.adds)
			if test.outcome == reconcile.OutcomeDone {
				s.quiet(t)
			}
		})
	}
}

func TestAQuotaStopsSubmissionsButNotPrices(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.product(product{id: "2", title: "二号毛毯加厚", fen: 990, picture: 11})
	s.settle(t)
	s.product(product{id: "1", title: "一号毛毯更厚", fen: 990, picture: 10})
	s.product(product{id: "2", title: "二号毛毯加厚", fen: 890, picture: 11})
	s.product(product{id: "3", title: "三号毛毯加厚", fen: 890, picture: 12})
	s.post(t, "/sandbox/fault", `{"path":"/shop/spu/update","errcode":1000019,"times":-1}`)
	s.post(t, "/sandbox/fault", `{"path":"/shop/spu/add","errcode":1000019,"times":-1}`)
	before := s.writes()
	r := s.run(0, nil)
	if r.err != nil || r.report.Stopped == nil || r.report.Count(reconcile.OutcomeLater) != 2 {
		t.Fatalf("%v %+v", r.err, r.report)
	}
	s.taken(t, "/shop/spu/update_without_audit", 1)
	if got := s.writes() - before; got > 3+1 { // a picture, the price, and one or two refused submissions
		t.Errorf("%d writing calls: the refusal was not heeded", got)
	}
}

func TestABurntIDIsAskedForOnce(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10, extra: `on_remove = "delete"`})
	s.settle(t)
	s.remove("1")
	s.settle(t)
	s.taken(t, "/shop/spu/del", 1)
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	blocked := func() {
		t.Helper()
		r := s.run(time.Hour, nil)
		if r.err != nil || r.report.Count(reconcile.OutcomeBlocked) != 1 {
			t.Fatalf("%v %+v", r.err, r.report.Results)
		}
		for _, res := range r.report.Results {
			if res.Block != nil && res.Block.Kind != reconcile.BlockBurnt {
				t.Errorf("block %s, want burnt", res.Block.Kind)
			}
		}
	}
	blocked()
	before := s.writes()
	blocked()
	if s.writes() != before {
		t.Error("the burnt id was asked for again")
	}
}

func TestWhatIsNeededAndFailsHoldsUpNothingElse(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10, extra: "brand = brand.cxy"})
	s.product(product{id: "2", title: "二号毛毯加厚", fen: 990, picture: 11})
	s.post(t, "/sandbox/fault", `{"path":"/shop/audit/audit_brand","errcode":990007,"times":-1}`)
	r := s.run(time.Hour, nil)
	if r.err != nil {
		t.Fatal(r.err)
	}
	want := map[string]reconcile.Outcome{"brand.cxy": reconcile.OutcomeFailed, "spu.1": reconcile.OutcomeBlocked, "spu.2": reconcile.OutcomeDone}
	for _, res := range r.report.Results {
		if outcome, ok := want[res.Address.String()]; ok && res.Outcome != outcome {
			t.Errorf("%s is %s (%v), want %s", res.Address, res.Outcome, res.Err, outcome)
		}
	}
	s.taken(t, "/shop/spu/add", 1)
}

func TestARejectedBrandBlocksItsProducts(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10, extra: "brand = brand.cxy"})
	s.post(t, "/sandbox/verdict", `{"brand_wording":"CXY","pass":false,"reason":"证书不清晰"}`)
	r := s.run(time.Hour, nil)
	if r.err != nil || r.report.Count(reconcile.OutcomeBlocked) != 2 {
		t.Fatalf("%v %+v", r.err, r.report.Results)
	}
	s.taken(t, "/shop/spu/add", 0)
	before := s.writes()
	if r = s.run(time.Hour, nil); s.writes() != before || r.report.Count(reconcile.OutcomeBlocked) != 2 {
		t.Errorf("a rejected brand was sent again: %s", changes(r.plan))
	}
}

// The hand-over to the reviewers takes its time: a draft that is on its way
// looks like one that was withdrawn.
func TestALostAnswerAfterAWithdrawal(t *testing.T) {
	knobs := quick()
	knobs.PushDelay, knobs.AuditDelay = sandbox.Duration(20*time.Second), sandbox.Duration(10*time.Minute)
	for _, fault := range []string{`{"path":"/shop/spu/update","drop":true,"after":true}`, `{"path":"/shop/spu/update","errcode":-1,"after":true}`} {
		s := newShop(t, knobs)
		s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
		s.run(0, nil)
		s.now.Add(int64(time.Minute))
		s.product(product{id: "1", title: "一号毛毯更厚", fen: 990, picture: 10})
		s.post(t, "/sandbox/fault", fault)
		s.settle(t)
		updates := 0
		for _, c := range s.sandbox.Calls() {
			if c.Path == "/shop/spu/update" {
				updates++
			}
		}
		if updates != 1 {
			t.Errorf("%s: the update was sent %d times", fault, updates)
		}
		s.quiet(t)
	}
}

func TestUploadQuotaStopsUploads(t *testing.T) {
	s := newShop(t, quick())
	for i := range 30 {
		s.product(product{id: fmt.Sprint(i), title: fmt.Sprintf("第%d号毛毯加厚", i), fen: 990, picture: 20 + i})
	}
	s.post(t, "/sandbox/fault", `{"path":"/shop/img/upload","errcode":45009,"times":-1}`)
	r := s.run(time.Hour, nil)
	if r.err != nil || r.report.Stopped == nil || r.report.Stopped.Code != 45009 || r.report.Uploaded != 0 {
		t.Fatalf("%v %+v", r.err, r.report)
	}
	sent := 0
	for _, c := range s.sandbox.Calls() {
		if c.Path == "/shop/img/upload" {
			sent++
		}
	}
	if sent > 8 {
		t.Errorf("%d uploads were sent after the quota was spent", sent)
	}
}

func TestAFailedLookKeepsTheReport(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.post(t, "/sandbox/fault", `{"path":"/shop/spu/get","errcode":45009,"times":-1}`)
	r := s.run(time.Hour, nil)
	if r.err != nil || r.report.Stopped == nil || r.report.Count(reconcile.OutcomePending) == 0 {
		t.Fatalf("%v %+v", r.err, r.report)
	}
}
