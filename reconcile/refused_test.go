package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
)

// When the quota of a call is spent, nothing is taken back to make room for it.
func TestASpentQuotaWithdrawsNothing(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.product(product{id: "2", title: "二号毛毯加厚", fen: 990, picture: 10})
	s.settle(t)
	slow := quick()
	slow.AuditDelay = sandbox.Duration(24 * time.Hour)
	s.must(s.sandbox.Console().SetKnobs(slow))
	s.product(product{id: "1", title: "一号毛毯更厚", fen: 990, picture: 10})
	s.run(0, nil)
	s.now.Add(int64(time.Minute)) // the review has begun
	s.product(product{id: "1", title: "一号毛毯最厚", fen: 990, picture: 10})
	s.product(product{id: "2", title: "二号毛毯更厚", fen: 990, picture: 10, extra: "priority = 1"})
	s.post(t, "/sandbox/fault", `{"path":"/shop/spu/update","errcode":45009,"times":-1}`)
	r := s.run(0, func(r *reconcile.Run) { r.Parallelism = 1 })
	if r.err != nil || r.report.Count(reconcile.OutcomeLater) != 2 {
		t.Fatalf("%v %+v", r.err, r.report)
	}
	s.taken(t, "/shop/spu/del_audit", 0)
}

// A product that is not to be on the shelf is not created while it could not be
// taken off it: its approval would list it.
func TestASpentQuotaOfALaterStepHoldsTheFirst(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.settle(t)
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10, extra: "listing = false"})
	s.product(product{id: "2", title: "二号毛毯加厚", fen: 990, picture: 10, extra: "listing = false"})
	s.post(t, "/sandbox/fault", `{"path":"/shop/spu/delisting","errcode":45009,"times":-1}`)
	r := s.run(0, func(r *reconcile.Run) { r.Parallelism = 1 })
	if r.err != nil || r.report.Count(reconcile.OutcomeLater) != 2 {
		t.Fatalf("%v %+v", r.err, r.report)
	}
	s.taken(t, "/shop/spu/add", 1)
}

// A product that has no approved copy cannot be listed, however often one asks.
func TestListingWhatWasNeverApprovedIsAskedOnce(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10, extra: "listing = false"})
	s.settle(t)
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.post(t, "/sandbox/fault", `{"path":"/shop/spu/listing","errcode":1000003,"times":-1}`)
	r := s.run(0, nil)
	if r.err != nil || r.report.Count(reconcile.OutcomePending) != 1 {
		t.Fatalf("%v %+v", r.err, r.report)
	}
	asked := 0
	for _, c := range s.sandbox.Calls() {
		if c.Path == "/shop/spu/listing" {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("%d listing calls, want one", asked)
	}
}

// That an object waits is told once, not at every look while it does.
func TestWaitingIsToldOnce(t *testing.T) {
	slow := quick()
	slow.AuditDelay = sandbox.Duration(20 * time.Minute)
	s := newShop(t, slow)
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	told := 0
	r := s.run(time.Hour, func(r *reconcile.Run) {
		r.OnEvent = func(e reconcile.Event) {
			if e.Kind == reconcile.EventWaiting && e.Address.Name == "1" {
				told++
			}
		}
	})
	if r.err != nil || told != 1 {
		t.Errorf("%v, told %d times", r.err, told)
	}
}

// A submission that was not answered counts, whether or not the platform took it:
// it is made again when the budget has room for another.
func TestAnUnansweredSubmissionIsSpent(t *testing.T) {
	s := newShop(t, quick())
	s.write("shop.hcl", strings.Replace(shopHCL, "shop \"test\" {", "shop \"test\" {\n  budget {\n    per_hour = 1\n  }\n", 1))
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.post(t, "/sandbox/fault", `{"path":"/shop/spu/add","drop":true}`)
	r := s.run(0, nil)
	if r.err != nil || r.report.Count(reconcile.OutcomeLater) != 1 || r.report.Budget.Hour.Left != 0 {
		t.Fatalf("%v %+v", r.err, r.report)
	}
	s.taken(t, "/shop/spu/add", 0)
	s.now.Add(int64(time.Hour))
	s.settle(t)
	s.taken(t, "/shop/spu/add", 1)
}
