package reconcile_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// wholeWalk is the environment variable that makes the walks below go over sixty
// products and stop at every writing call, not only at some of each kind.
const wholeWalk = "SHOPCTL_WHOLE_WALK"

func whole() bool { return os.Getenv(wholeWalk) != "" }

// everyFate are the fates that leave the outcome of a call unknown, to this
// process or to the next one.
var everyFate = []fate{killedBefore, killedAfter, killedAnswered, lost, unanswered, busyDone, brokenDone}

// stock writes a catalog of sixty products, or of fewer when the walk is a short
// one, with a brand and a qualification, and loads it. bend changes a product
// before it is written; one without an id is left out.
func stock(t testing.TB, bend func(n int, p *product)) *schema.Catalog {
	t.Helper()
	s := newShop(t, quick())
	size := 10
	if whole() {
		size = 60
	}
	for n := range size {
		p := product{id: fmt.Sprintf("p%02d", n), title: fmt.Sprintf("第%02d号毛毯加厚", n), fen: 990 + n, picture: 10 + n%12}
		switch n % 6 {
		case 1:
			p.extra = "brand = brand.cxy"
		case 2:
			p.extra = "category = 1446"
		case 3:
			p.extra = "listing = false"
		}
		if bend != nil {
			bend(n, &p)
		}
		if p.id != "" {
			s.product(p)
		}
	}
	tree, err := s.provider().Categories(context.Background(), false)
	if err != nil {
		t.Fatal(err)
	}
	return s.load(tree)
}

// TestWalkOverAFreshShop lets the first apply of sixty products meet every fate
// at its writing calls, one by one.
func TestWalkOverAFreshShop(t *testing.T) {
	cat := stock(t, nil)
	walk(t, func(t testing.TB) *trial { return newTrial(t, quick(), cat) })
}

// TestWalkOverALivingShop does the same to a shop in which everything is to be
// changed at once: contents, prices, places on the shelf, products that leave,
// and submissions that are still under review.
func TestWalkOverALivingShop(t *testing.T) {
	before := stock(t, func(n int, p *product) {
		switch n % 10 {
		case 4:
			p.extra += "\n" + `on_remove = "delete"`
		case 9:
			p.id = "" // new later
		}
	})
	after := stock(t, func(n int, p *product) {
		switch n % 10 {
		case 0, 1:
			p.title = fmt.Sprintf("第%02d号毛毯更厚", n)
		case 2, 3:
			p.fen += 100
			p.extra = strings.Replace(p.extra, "listing = false", "listing = true", 1)
		case 4, 5:
			p.id = "" // deleted, or delisted
		case 6:
			if p.extra == "" {
				p.extra = "listing = false"
			}
		}
	})
	knobs := quick()
	knobs.AuditDelay = sandbox.Duration(20 * time.Second)
	half := halfway(before, after)
	walk(t, func(t testing.TB) *trial {
		tr := newTrial(t, quick(), before)
		tr.life(time.Hour)
		if err := tr.sandbox.Console().SetKnobs(knobs); err != nil {
			t.Fatal(err)
		}
		tr.cat = half
		tr.life(0) // some products are under review with content that will not be wanted
		tr.now.Add(int64(5 * time.Second))
		clear(tr.line.taken)
		tr.cat, tr.line.writes = after, 0
		return tr
	})
}

// halfway is the catalog before, where some products have a third content.
func halfway(before, after *schema.Catalog) *schema.Catalog {
	half := *before
	half.SPUs = map[string]*schema.SPU{}
	for id, spu := range before.SPUs {
		half.SPUs[id] = spu
		if next := after.SPUs[id]; next != nil && next.Title != spu.Title && strings.HasSuffix(id, "1") {
			other := *spu
			other.Title += "款"
			half.SPUs[id] = &other
		}
	}
	return &half
}

// walk runs an apply once without a fault, and then again and again with one:
// each time at another writing call.
func walk(t *testing.T, fresh func(testing.TB) *trial) {
	calm := fresh(t)
	var paths []string
	calm.line.fateOf = func(path string, _ []byte) fate {
		if writing[path] {
			paths = append(paths, path)
		}
		return answered
	}
	calm.must(t)
	if !whole() {
		t.Logf("each kind of call meets each fate once; %s=1 walks over every call of sixty products", wholeWalk)
	}
	for i, f := range everyFate {
		for _, n := range stopsOf(paths, i) {
			tr := fresh(t)
			tr.strike(n+1, f)
			if tr.life(time.Hour); !f.kills() && !tr.done() {
				t.Errorf("the run that met it did not settle it: %v %+v", tr.last.err, tr.last.report)
			}
			tr.calm()
			tr.must(t)
			if t.Failed() {
				t.Fatalf("call %d (%s in a calm run): %s", n+1, paths[n], f)
			}
		}
	}
}

// stopsOf are the calls to strike at: all of them, or one of each kind, which is
// another one for each turn.
func stopsOf(paths []string, turn int) []int {
	byPath := map[string][]int{}
	for i, path := range paths {
		byPath[path] = append(byPath[path], i)
	}
	var stops []int
	for _, all := range byPath {
		if !whole() {
			all = all[turn*(len(all)-1)/(len(everyFate)-1):][:1]
		}
		stops = append(stops, all...)
	}
	slices.Sort(stops)
	return stops
}

// must demands that the next process brings the shop to rest as it is declared,
// that nothing was submitted twice, and that nothing more is sent then.
func (tr *trial) must(t testing.TB) {
	t.Helper()
	tr.life(time.Hour) // the sandbox's clock goes on for as long
	if tr.last.err != nil {
		t.Errorf("no rest: %v", tr.last.err)
		return
	}
	for _, res := range tr.last.report.Results {
		if res.Outcome != reconcile.OutcomeDone {
			t.Errorf("%s is %s: %v %+v %+v", res.Address, res.Outcome, res.Err, res.Waits, res.Block)
		}
	}
	tr.rest(t)
	tr.asDeclared(t)
	tr.nothingTwice(t)
	if open := tr.remembered().Intents; len(open) > 0 {
		t.Errorf("open intents at rest: %v", open)
	}
}

// done reports whether the last process left everything as declared.
func (tr *trial) done() bool {
	return tr.last.err == nil && tr.last.report.Count(reconcile.OutcomeDone) == len(tr.last.report.Results)
}

// rest demands an empty plan and no writing call.
func (tr *trial) rest(t testing.TB) {
	t.Helper()
	before := tr.line.writes
	r := tr.life(0)
	switch {
	case r.err != nil:
		t.Error(r.err)
	case !r.plan.Empty():
		t.Errorf("the plan is not empty: %s", changes(r.plan))
	case tr.line.writes != before:
		t.Errorf("%d writing calls although nothing was to be done", tr.line.writes-before)
	}
}

// asDeclared compares what buyers see with the catalog, without any help of the
// program.
func (tr *trial) asDeclared(t testing.TB) {
	t.Helper()
	found := map[string]sandbox.Product{}
	for _, p := range tr.sandbox.Console().Shop().Products {
		found[p.OutProductID] = p
	}
	for id, want := range tr.cat.SPUs {
		have, ok := found[id]
		switch {
		case !ok || have.Online == nil:
			t.Errorf("%s is not in the shop", id)
		case (have.Status == 5) != want.Listing:
			t.Errorf("%s has status %d, wanted on the shelf: %v", id, have.Status, want.Listing)
		default:
			sameContent(t, want, have.Online)
		}
	}
	for id, have := range found {
		if tr.cat.SPUs[id] == nil && have.Status == 5 {
			t.Errorf("%s left the files and is on the shelf", id)
		}
	}
}

func sameContent(t testing.TB, want *schema.SPU, have *sandbox.Content) {
	t.Helper()
	if have.Title != want.Title || have.Path != want.Path || len(have.HeadImg) != len(want.HeadImg) || len(have.SKUs) != len(want.SKUs) {
		t.Errorf("%s: buyers see %+v", want.OutProductID, have)
		return
	}
	for i := range want.SKUs {
		sku := &have.SKUs[i]
		if sku.OutSKUID != want.SKUs[i].OutSKUID || sku.SalePrice != int64(want.SKUs[i].SalePrice) || sku.MarketPrice != int64(want.SKUs[i].MarketPrice) {
			t.Errorf("%s: buyers see the SKU %+v", want.OutProductID, sku)
		}
	}
}

// nothingTwice demands that no content and no audit was accepted twice, nor
// refused because the same was under review already.
func (tr *trial) nothingTwice(t testing.TB) {
	t.Helper()
	for _, call := range tr.line.doubled {
		t.Errorf("submitted although it was under review: %s", call)
	}
	for call, n := range tr.line.taken {
		path, body, _ := strings.Cut(call, " ")
		switch path {
		case "/shop/spu/add", "/shop/spu/update", "/shop/audit/audit_brand", "/shop/audit/audit_category":
			if n > 1 {
				t.Errorf("%s was accepted %d times: %s", path, n, body)
			}
		}
	}
}
