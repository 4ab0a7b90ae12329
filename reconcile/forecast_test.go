package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// reviewed is a shop whose budget is so many an hour, and whose reviews all take
// as long; five of them it remembers.
func reviewed(t *testing.T, perHour int, takes time.Duration) *shop {
	knobs := quick()
	knobs.PushDelay, knobs.AuditDelay = 0, sandbox.Duration(takes)
	s := newShop(t, knobs)
	s.write("shop.hcl", strings.Replace(shopHCL, "shop \"test\" {", fmt.Sprintf("shop \"test\" {\n  budget {\n    per_hour = %d\n  }\n", perHour), 1))
	for i := range 5 {
		s.product(product{id: fmt.Sprintf("old%d", i), title: fmt.Sprintf("旧%d号毛毯加厚", i), fen: 990, picture: 10})
	}
	s.settle(t)
	s.now.Add(int64(time.Hour))
	return s
}

// foresee plans for a deadline, and changes nothing.
func (s *shop) foresee(t *testing.T, deadline time.Time) *reconcile.Forecast {
	t.Helper()
	p := s.provider()
	tree, err := p.Categories(t.Context(), false)
	s.must(err)
	cat, st := s.load(tree), s.remembered()
	pol := reconcile.Policy{Now: s.clock(), Deadline: deadline}
	obs, err := p.Observe(t.Context(), reconcile.ScopeOf(cat, st, pol))
	s.must(err)
	return reconcile.Make(cat, st, obs, pol).Forecast
}

// onShelf are the products that buyers can buy.
func (s *shop) onShelf() map[string]bool {
	on := map[string]bool{}
	for _, p := range s.sandbox.Console().Shop().Products {
		on[p.OutProductID] = p.Status == 5
	}
	return on
}

// What is forecast is what happens: 5 products an hour, each half an hour under
// review, a stream in one hour and three quarters.
func TestTheForecastComesTrue(t *testing.T) {
	s := reviewed(t, 5, 30*time.Minute)
	for i := range 12 {
		s.product(product{id: fmt.Sprintf("new%02d", i), title: fmt.Sprintf("新%d号毛毯加厚", i), fen: 990, picture: 11})
	}
	stream := s.clock().Add(105 * time.Minute)
	f := s.foresee(t, stream)
	if f.There != 5 || f.Will != 10 || f.May != 0 || f.WillNot != 2 {
		t.Fatalf("forecast are %d there, %d will, %d may, %d will not", f.There, f.Will, f.May, f.WillNot)
	}
	if why := f.Products[11].Why; why != reconcile.WhyBudget {
		t.Errorf("the last one is late because of %s", why)
	}
	s.run(stream.Sub(s.clock()), nil)
	s.now.Store(stream.UnixNano())
	s.must(s.sandbox.Console().Settle())
	on := s.onShelf()
	for _, p := range f.Products {
		if on[p.Address.Name] != (p.Chance == reconcile.ChanceWill) {
			t.Errorf("%s: forecast %s, on the shelf %v", p.Address, p.Chance, on[p.Address.Name])
		}
	}
	s.run(3*time.Hour, nil)
	st := s.remembered()
	for _, p := range f.Products {
		verdict := reconcile.History(st, p.Address)[0]
		if off := verdict.At.Sub(*p.Likely); off < -time.Minute || off > time.Minute {
			t.Errorf("%s was approved %v after the likely time", p.Address, off)
		}
	}
}

// Reviews that are under way are judged by those that took longer.
func TestARunningReviewIsForecast(t *testing.T) {
	s := reviewed(t, 100, 30*time.Minute)
	s.product(product{id: "new", title: "新毛毯加厚款", fen: 990, picture: 11})
	s.run(0, nil)
	s.now.Add(int64(20 * time.Minute))
	for minutes, want := range map[int]reconcile.Chance{5: reconcile.ChanceWillNot, 15: reconcile.ChanceWill} {
		f := s.foresee(t, s.clock().Add(time.Duration(minutes)*time.Minute))
		if p := f.Products[0]; p.Chance != want || p.Why != reconcile.WhyReview || p.Basis.Source != reconcile.BasisHistory {
			t.Errorf("in %d minutes: %+v, want %s", minutes, p, want)
		}
	}
}

// A shop without a past is told what is known of the platform, and that it is that.
func TestWithoutAPastTheReferenceIsAsked(t *testing.T) {
	s := newShop(t, quick())
	s.product(product{id: "new", title: "新毛毯加厚款", fen: 990, picture: 11})
	for wait, want := range map[time.Duration]reconcile.Chance{time.Minute: reconcile.ChanceWillNot, time.Hour: reconcile.ChanceMay, 25 * time.Hour: reconcile.ChanceWill} {
		p := s.foresee(t, s.clock().Add(wait)).Products[0]
		if p.Chance != want || p.Basis.Source != reconcile.BasisReference || p.Likely != nil {
			t.Errorf("in %v: %+v, want %s", wait, p, want)
		}
	}
}

func TestAdviceBringsMoreToTheShelf(t *testing.T) {
	s := reviewed(t, 5, 30*time.Minute)
	for i := range 4 { // off the shelf, and first in the files
		s.product(product{id: fmt.Sprintf("a%d", i), title: fmt.Sprintf("备用%d号毛毯", i), fen: 990, picture: 11, extra: "listing = false"})
	}
	for i := range 3 {
		s.product(product{id: fmt.Sprintf("b%d", i), title: fmt.Sprintf("主推%d号毛毯", i), fen: 990, picture: 11})
	}
	stream := s.clock().Add(45 * time.Minute)
	f := s.foresee(t, stream)
	if f.Will != 1 || f.WillNot != 2 || len(f.Advice) < 2 {
		t.Fatalf("%+v", f)
	}
	first, leave := f.Advice[0], f.Advice[1]
	if first.Kind != reconcile.AdviceFirst || first.Gain != 2 || len(first.Objects) != 3 || leave.Kind != reconcile.AdviceLeaveOut || len(leave.Objects) != 4 {
		t.Fatalf("the advice is %+v", f.Advice)
	}
	for _, addr := range first.Objects { // heed it
		text := readFile(t, s, "spu-"+addr.Name+".hcl")
		s.write("spu-"+addr.Name+".hcl", strings.Replace(text, "category =", "priority = 1\n  category =", 1))
	}
	if f := s.foresee(t, stream); f.Will != 3 || f.WillNot != 0 {
		t.Errorf("with the advice heeded: %d will, %d will not", f.Will, f.WillNot)
	}
}

func TestWhatIsRejectedWillNotBeThere(t *testing.T) {
	s := reviewed(t, 100, 30*time.Minute)
	s.product(product{id: "old0", title: "旧零号毛毯换了标题", fen: 990, picture: 10})
	s.must(s.sandbox.Console().ScriptVerdict("old0", sandbox.Verdict{Reason: "标题含有极限词"}))
	s.run(time.Hour, nil)
	f := s.foresee(t, s.clock().Add(time.Hour))
	p := f.Products[0]
	if p.Chance != reconcile.ChanceWillNot || p.Why != reconcile.WhyBlocked || p.Block.Reason != "标题含有极限词" || !p.ShowsOld {
		t.Errorf("%+v", p)
	}
	if a := f.Advice[0]; a.Kind != reconcile.AdviceRepair || a.By.Sub(s.clock()) != 30*time.Minute {
		t.Errorf("%+v", a)
	}
}

// Reviewers sleep: what is submitted in the evening is judged by evenings.
func TestTheHourOfTheDayCounts(t *testing.T) {
	st := state.New(state.ShopID{Platform: "component", AppID: sandbox.DefaultAppID})
	add := func(n int, category string, submitted time.Time, took time.Duration) {
		addr := schema.Address{Kind: schema.KindSPU, Name: fmt.Sprintf("%s-%d-%v", category, n, took)}
		rec := &state.Record{Address: addr}
		rec.Judge(state.Verdict{Kind: state.VerdictApproved, At: submitted.Add(took), SubmittedAt: &submitted, Category: category})
		st.Records[addr] = rec
	}
	morning, evening := time.Date(2026, 11, 20, 10, 0, 0, 0, schema.Beijing), time.Date(2026, 11, 20, 23, 0, 0, 0, schema.Beijing)
	for n := range 5 {
		add(n, "1445", morning, time.Hour)
		add(n, "1445", evening, 10*time.Hour)
		add(n, "9", morning, 3*time.Hour)
	}
	cat := &schema.Catalog{SPUs: map[string]*schema.SPU{}, Sources: map[schema.Address]schema.Source{}}
	plan := &reconcile.Plan{}
	for _, category := range []uint64{1445, 9, 7} {
		id := fmt.Sprint(category)
		cat.SPUs[id] = &schema.SPU{OutProductID: id, Listing: true, Category: schema.CategoryRef{ID: category}}
		plan.Changes = append(plan.Changes, reconcile.Change{Address: schema.Address{Kind: schema.KindSPU, Name: id}, Steps: []reconcile.Op{reconcile.OpAdd}})
	}
	for _, test := range []struct {
		at     time.Time
		likely []time.Duration // of 1445, 7 (a category without a past), 9
	}{
		{morning, []time.Duration{time.Hour, time.Hour, 3 * time.Hour}},
		{evening.Add(2 * time.Hour), []time.Duration{10 * time.Hour, 10 * time.Hour, 3 * time.Hour}},
	} {
		plan.At = test.at
		f := reconcile.Foresee(test.at.Add(time.Hour), cat, st, nil, plan)
		for i, p := range f.Products {
			if got := p.Likely.Sub(test.at); got != test.likely[i] {
				t.Errorf("submitted at %s: %s takes %v, want %v", test.at.Format("15:04"), p.Address, got, test.likely[i])
			}
		}
	}
}

// The forecast of some products counts these, and keeps the advice about them and
// that which names nobody.
func TestForecastOfSome(t *testing.T) {
	spuOf := func(id string) schema.Address { return schema.Address{Kind: schema.KindSPU, Name: id} }
	whole := &reconcile.Forecast{There: 5, Will: 1, WillNot: 1, Products: []reconcile.Prospect{{Address: spuOf("1"), Chance: reconcile.ChanceWill}, {Address: spuOf("2"), Chance: reconcile.ChanceWillNot}}, Advice: []reconcile.Advice{
		{Kind: reconcile.AdviceFirst, Objects: []schema.Address{spuOf("2")}}, {Kind: reconcile.AdviceRepair, Objects: []schema.Address{spuOf("1")}}, {Kind: reconcile.AdviceKeepGoing},
	}}
	part := whole.Of(func(a schema.Address) bool { return a == spuOf("1") || a == spuOf("3") }, 2)
	if part.There != 1 || part.Will != 1 || part.WillNot != 0 || len(part.Products) != 1 {
		t.Errorf("%+v", part)
	}
	if len(part.Advice) != 2 || part.Advice[0].Kind != reconcile.AdviceRepair || part.Advice[1].Kind != reconcile.AdviceKeepGoing {
		t.Errorf("advice %+v", part.Advice)
	}
}

// A place before the deadline is worth nothing to a product whose reviews take longer
// than is left: advice to send it first would not come true.
func TestNoAdviceThatDoesNotHelp(t *testing.T) {
	s := reviewed(t, 5, 30*time.Minute)
	knobs := s.sandbox.Console().Knobs()
	knobs.AuditDelay = sandbox.Duration(3 * time.Hour)
	s.must(s.sandbox.Console().SetKnobs(knobs))
	for i := range 5 { // reviews of this category take three hours
		s.product(product{id: fmt.Sprintf("slow%d", i), title: fmt.Sprintf("慢%d号四件套", i), fen: 990, picture: 12, extra: "category = 7001"})
	}
	s.run(4*time.Hour, nil)
	s.now.Add(int64(time.Hour))
	for i := range 4 { // off the shelf, and first in the files
		s.product(product{id: fmt.Sprintf("a%d", i), title: fmt.Sprintf("备用%d号毛毯", i), fen: 990, picture: 11, extra: "listing = false"})
	}
	for i := range 3 {
		s.product(product{id: fmt.Sprintf("b%d", i), title: fmt.Sprintf("主推%d号四件套", i), fen: 990, picture: 13, extra: "category = 7001"})
	}
	f := s.foresee(t, s.clock().Add(45*time.Minute))
	if f.WillNot != 3 {
		t.Fatalf("%+v", f)
	}
	for _, a := range f.Advice {
		if a.Kind != reconcile.AdviceKeepGoing {
			t.Errorf("advice that does not help: %+v", a)
		}
	}
}

// What was rejected cannot be repaired in time when less is left than the shortest review.
func TestNoRepairThatComesTooLate(t *testing.T) {
	s := reviewed(t, 100, 30*time.Minute)
	s.product(product{id: "old0", title: "旧零号毛毯换了标题", fen: 990, picture: 10})
	s.must(s.sandbox.Console().ScriptVerdict("old0", sandbox.Verdict{Reason: "标题含有极限词"}))
	s.run(time.Hour, nil)
	if f := s.foresee(t, s.clock().Add(10*time.Minute)); f.WillNot != 1 || len(f.Advice) != 0 {
		t.Errorf("%+v", f)
	}
}
