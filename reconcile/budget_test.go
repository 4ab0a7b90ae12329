package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// season writes many products of one file, all with the same picture.
func (s *shop) season(n int) {
	s.t.Helper()
	s.picture("season.png", 7)
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "spu \"%04[1]d\" {\n  title    = \"第%[1]d号毛毯加厚\"\n  path     = \"pages/p?id=%[1]d\"\n  head_img = [\"season.png\"]\n  category = 1445\n  sku \"%[1]d-1\" {\n    thumb_img  = \"season.png\"\n    sale_price = 9.90\n    stock_num  = 20\n  }\n}\n", i)
	}
	s.write("season.hcl", b.String())
}

// rationed is a shop whose platform takes so many submissions in an hour.
func rationed(t *testing.T, perHour int) *shop {
	knobs := quick()
	knobs.SubmissionsPerHour, knobs.SubmissionsPerDay = perHour, 1000
	return newShop(t, knobs)
}

// refusedCalls counts the submissions that the platform turned down.
func (s *shop) refusedCalls() int {
	n := 0
	for _, c := range s.sandbox.Calls() {
		if (c.Path == "/shop/spu/add" || c.Path == "/shop/spu/update") && c.ErrCode != 0 {
			n++
		}
	}
	return n
}

// windows lets runs follow each other, each when the last one said that it could
// go on, until nothing is left; every other one on a machine that has nothing
// but the state. It counts the runs that submitted.
func (s *shop) windows(t *testing.T) int {
	t.Helper()
	for n := 1; n < 20; n++ {
		before := len(s.accepted("/shop/spu/add"))
		r := s.run(0, nil)
		if r.err != nil {
			t.Fatal(r.err)
		}
		if len(s.accepted("/shop/spu/add")) == before {
			t.Fatalf("run %d submitted nothing", n)
		}
		next := r.report.Budget.Continue
		if next == nil {
			return n
		}
		s.now.Store(next.UnixNano())
	}
	t.Fatal("it never ends")
	return 0
}

func TestAThousandProductsTakeFiveWindows(t *testing.T) {
	s := rationed(t, 200)
	s.season(1000)
	if n := s.windows(t); n != 5 {
		t.Errorf("%d windows", n)
	}
	if n := s.refusedCalls(); n != 0 {
		t.Errorf("%d submissions were refused", n)
	}
	if n := len(s.accepted("/shop/spu/add")); n != 1000 {
		t.Errorf("%d products were submitted", n)
	}
}

// A platform that takes fewer than is declared says so once.
func TestALowerLimitIsLearnedOnce(t *testing.T) {
	s := rationed(t, 150)
	s.season(600)
	if n := s.windows(t); n != 4 {
		t.Errorf("%d windows", n)
	}
	if n := s.refusedCalls(); n < 1 || n > 4 { // as many as were on their way together
		t.Errorf("%d submissions were refused", n)
	}
}

// A platform whose day is smaller than is declared says so, too: once for the
// hour, because that is what its words mean, and once for the day.
func TestALowerDayIsLearned(t *testing.T) {
	s := rationed(t, 20)
	knobs := s.sandbox.Console().Knobs()
	knobs.SubmissionsPerDay = 30
	s.must(s.sandbox.Console().SetKnobs(knobs))
	s.write("shop.hcl", strings.Replace(shopHCL, "shop \"test\" {", "shop \"test\" {\n  budget {\n    per_hour = 20\n  }\n", 1))
	s.season(60)
	start := s.clock()
	for n := 0; ; n++ {
		r := s.run(0, nil)
		if r.err != nil || n > 20 {
			t.Fatalf("%v after %d runs", r.err, n)
		}
		if r.report.Budget.Continue == nil {
			break
		}
		s.now.Store(r.report.Budget.Continue.UnixNano())
	}
	if took := s.clock().Sub(start); took > 27*time.Hour {
		t.Errorf("it took %v", took)
	}
	if n := s.refusedCalls(); n > 2*4 { // as many as were on their way together, twice
		t.Errorf("%d submissions were refused", n)
	}
}

// One run with --wait does the same as many without.
func TestAWaitingRunGoesThroughTheWindows(t *testing.T) {
	s := rationed(t, 30)
	s.write("shop.hcl", strings.Replace(shopHCL, "shop \"test\" {", "shop \"test\" {\n  budget {\n    per_hour = 30\n  }\n", 1))
	s.season(100)
	start := s.clock()
	r := s.run(4*time.Hour, nil)
	if r.err != nil || r.report.Count(reconcile.OutcomeDone) != len(r.report.Results) {
		t.Fatalf("%v, %d of %d are done", r.err, r.report.Count(reconcile.OutcomeDone), len(r.report.Results))
	}
	if took := s.clock().Sub(start); took < 3*time.Hour || took > 3*time.Hour+10*time.Minute {
		t.Errorf("it took %v", took)
	}
	if n := s.refusedCalls(); n != 0 {
		t.Errorf("%d submissions were refused", n)
	}
}

// A price does not wait behind submissions, nor does a move on the shelf, and
// nothing is withdrawn that could not be submitted again.
func TestOnlySubmissionsWaitForTheBudget(t *testing.T) {
	knobs := quick()
	s := newShop(t, knobs)
	s.write("shop.hcl", strings.Replace(shopHCL, "shop \"test\" {", "shop \"test\" {\n  budget {\n    per_hour = 4\n  }\n", 1))
	for i, id := range []string{"new", "priced", "shelved", "reviewed"} {
		if id != "new" {
			s.product(product{id: id, title: "旧毛毯加厚" + fmt.Sprint(i), fen: 990, picture: 10})
		}
	}
	s.settle(t)
	slow := knobs
	slow.AuditDelay = sandbox.Duration(24 * time.Hour)
	s.must(s.sandbox.Console().SetKnobs(slow))
	s.product(product{id: "reviewed", title: "审核中的毛毯", fen: 990, picture: 10})
	s.run(0, nil) // the fourth submission of the hour
	s.product(product{id: "reviewed", title: "更新的毛毯内容", fen: 990, picture: 10})
	s.product(product{id: "new", title: "新毛毯加厚", fen: 990, picture: 10})
	s.product(product{id: "priced", title: "旧毛毯加厚1", fen: 890, picture: 10})
	s.product(product{id: "shelved", title: "换了标题的毛毯", fen: 990, picture: 10, extra: "listing = false"})
	r := s.run(0, nil)
	if r.err != nil {
		t.Fatal(r.err)
	}
	var left []string
	for _, addr := range r.report.Budget.Left {
		left = append(left, addr.Name)
	}
	if got := strings.Join(left, " "); got != "new reviewed shelved" {
		t.Errorf("left are %s", got)
	}
	s.taken(t, "/shop/spu/update_without_audit", 1)
	s.taken(t, "/shop/spu/delisting", 1)
	s.taken(t, "/shop/spu/del_audit", 0)
	if n := s.refusedCalls(); n != 0 {
		t.Errorf("%d submissions were refused", n)
	}
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// What is to be first is first, also where its pictures come last.
func TestTheBudgetGoesToWhatIsWantedFirst(t *testing.T) {
	s := rationed(t, 3)
	s.write("shop.hcl", strings.Replace(shopHCL, "shop \"test\" {", "shop \"test\" {\n  budget {\n    per_hour = 3\n  }\n", 1))
	for i, p := range []product{
		{id: "a"}, {id: "b", extra: `deadline = "2026-11-27 20:00"`}, {id: "c", extra: `deadline = "2026-11-26 20:00"`},
		{id: "d", extra: "priority = -1\n" + `deadline = "2026-11-23 20:00"`}, {id: "e", extra: "priority = 5"},
	} {
		p.title, p.fen, p.picture = fmt.Sprintf("第%d号毛毯加厚", i), 990, 10+i
		s.product(p)
	}
	r := s.run(0, nil)
	if r.err != nil {
		t.Fatal(r.err)
	}
	sent := map[string]bool{}
	for _, res := range r.report.Results {
		if len(res.Steps) > 0 && res.Address.Kind == schema.KindSPU {
			sent[res.Address.Name] = true
		}
	}
	if len(sent) != 3 || !sent["e"] || !sent["c"] || !sent["b"] {
		t.Errorf("sent are %v, want e (priority), c and b (deadlines)", sent)
	}
	if b := r.plan.Budget; b.Needed != 5 || b.Ready != 3 || b.Hour.Left != 3 || !b.Through.Equal(b.Next.Add(0)) {
		t.Errorf("the plan says %+v", b)
	}
}

// Where the platform counts by product, only that product waits.
func TestALimitOfAProductHoldsUpNoOther(t *testing.T) {
	knobs := quick()
	knobs.ProductPerHour = 1
	s := newShop(t, knobs)
	s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10})
	s.settle(t)
	s.product(product{id: "1", title: "一号毛毯更厚", fen: 990, picture: 10})
	s.product(product{id: "2", title: "二号毛毯加厚", fen: 990, picture: 10})
	s.product(product{id: "3", title: "三号毛毯加厚", fen: 990, picture: 10})
	r := s.run(0, func(r *reconcile.Run) { r.Parallelism = 1 })
	if left := r.report.Budget.Left; r.err != nil || len(left) != 1 || left[0].Name != "1" {
		t.Fatalf("%v, left are %v", r.err, left)
	}
	s.taken(t, "/shop/spu/add", 3)
	refused := s.refusedCalls()
	s.run(0, nil)
	if n := s.refusedCalls(); refused != 1 || n != 1 {
		t.Errorf("%d submissions were refused, and %d in all after another run", refused, n)
	}
	s.now.Store(r.report.Budget.Continue.UnixNano())
	s.settle(t)
	s.quiet(t)
}
