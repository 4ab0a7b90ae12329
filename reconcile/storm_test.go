package reconcile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/schema"
)

// storms is the environment variable that says how many storms there are.
const storms = "SHOPCTL_STORMS"

const usualStorms = 12

// TestStorm lets a random author, a random shop and a random network loose on
// each other. When all are quiet, the shop is as declared, nothing was submitted
// twice, no audit id was lost, and nothing is left to do. A failure names its
// seed; SHOPCTL_STORMS=N runs N seeds.
func TestStorm(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(storms))
	if err != nil {
		n = usualStorms
		t.Logf("%d storms; %s=N makes N", n, storms)
	}
	for seed := range n {
		if t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { storm(t, uint64(seed)) }); t.Failed() {
			return
		}
	}
}

// weather is the chance of everything in one storm.
type weather struct{ *rand.Rand }

// one is true in one of n cases.
func (w weather) one(n int) bool { return w.IntN(n) == 0 }

func pick[T any](w weather, of ...T) T { return of[w.IntN(len(of))] }

func storm(t *testing.T, seed uint64) {
	w := weather{rand.New(rand.NewPCG(seed, 20261122))}
	a := newAuthor(t, w)
	knobs := quick()
	knobs.PushDelay = sandbox.Duration(pick(w, 0, time.Second, 20*time.Second))
	knobs.AuditDelay = sandbox.Duration(pick(w, time.Second, 3*time.Second, 10*time.Minute))
	knobs.KeepUnlisted, knobs.RefuseFreeInReview = w.one(4), w.one(4)
	// What a lenient server shows of a product that left the shelf before its first
	// approval cannot be told from an approved copy.
	knobs.LenientOnline = false
	tr := newTrial(t, knobs, a.write())
	if w.one(3) {
		tr.width = 1
	}
	if !w.one(4) { // the shop has something already
		a.noState = w.one(4)
		if tr.life(pick(w, 0, time.Hour)); a.noState {
			tr.life(time.Hour) // no audit runs any more: its id would be gone
			tr.store.Memory = newMemory()
		}
		tr.meddle(w, a)
		tr.cat = a.edit().write()
	}
	clear(tr.line.taken)
	for range w.IntN(6) {
		tr.stormyLife(w)
		tr.auditsKept(t)
		tr.now.Add(int64(w.IntN(20)) * int64(time.Second))
	}
	tr.calm()
	tr.full = nil
	tr.must(t)
}

// stormyLife is one process in bad weather.
func (tr *trial) stormyLife(w weather) {
	chance, kill := pick(w, 5, 20, 100), w.IntN(120)
	requests := 0
	tr.line.fateOf = func(path string, _ []byte) fate { // called under the line's lock
		if requests++; requests == kill {
			return pick(w, killedBefore, killedAfter, killedAnswered)
		}
		switch {
		case !w.one(chance):
			return answered
		case path == "/shop/spu/add" || path == "/shop/spu/update":
			return pick(w, lost, unanswered, busy, busyDone, broken, brokenDone, minuteFull, changed, expired, dayFull, notPushed)
		case writing[path]:
			return pick(w, lost, unanswered, busy, busyDone, broken, brokenDone, minuteFull, expired, dayFull)
		case strings.HasPrefix(path, "/shop/"):
			return pick(w, lost, unanswered, busy, broken, minuteFull, expired)
		}
		return answered // a token; its calls have tests of their own
	}
	tr.full = nil
	if w.one(6) {
		var left atomic.Int64
		left.Store(int64(w.IntN(40)))
		tr.full = func() bool { return left.Add(-1) < 0 }
	}
	tr.life(pick(w, 0, time.Minute, time.Hour))
}

// auditsKept demands that the id of every audit that runs, and whose answer a
// process heard and could save, is remembered.
func (tr *trial) auditsKept(t *testing.T) {
	t.Helper()
	if tr.line.dead || tr.full != nil {
		return // it died with the answer in its hands, or could not write it down
	}
	kept := map[string]bool{}
	for _, rec := range tr.remembered().Records {
		kept[rec.AuditID] = true
	}
	for _, audit := range tr.sandbox.Console().Shop().Audits {
		if audit.Status == 0 && tr.line.audits[audit.ID] && !kept[audit.ID] {
			t.Errorf("the id of the running audit of %s is lost", audit.Name)
		}
	}
}

// meddle is what people do in the console, and what reviewers decide.
func (tr *trial) meddle(w weather, a *author) {
	tr.now.Add(int64(10 * time.Second)) // nobody is as quick as the platform's clock
	console := tr.sandbox.Console()
	for _, p := range console.Shop().Products {
		var err error
		switch w.IntN(10) {
		case 0:
			err = console.SetTitle(p.OutProductID, "后台改过的毛毯标题")
		case 1:
			err = console.SetPrice(p.OutProductID, p.Draft.SKUs[0].OutSKUID, 123)
		case 2:
			status := pick(w, 5, 11)
			if p.Online != nil {
				err = console.Edit(p.OutProductID, sandbox.Edit{Status: &status})
			}
		case 3:
			if p.Online != nil {
				err = console.Ban(p.OutProductID, "违规")
				a.mustChange[p.OutProductID] = true
			}
		case 4:
			if p.Waiting || p.EditStatus == 2 {
				err = console.RejectNow(p.OutProductID, "图片不清晰")
				a.mustChange[p.OutProductID] = true
			}
		}
		if err != nil {
			tr.t.Fatal(err)
		}
	}
}

// author writes and edits a catalog.
type author struct {
	*shop
	weather
	tree       *schema.CategoryTree
	products   map[string]*product
	gone       map[string]bool // left the files; ids of deleted products stay taken
	version    int
	mustChange map[string]bool // turned down: the same content would be blocked
	noState    bool            // the state was lost: nobody knows what was ours
}

func newAuthor(t *testing.T, w weather) *author {
	a := &author{shop: newShop(t, quick()), weather: w, products: map[string]*product{}, gone: map[string]bool{}, mustChange: map[string]bool{}}
	var err error
	if a.tree, err = a.shop.provider().Categories(context.Background(), false); err != nil {
		t.Fatal(err)
	}
	for n := range 1 + w.IntN(12) {
		a.add(fmt.Sprintf("p%d", n))
	}
	return a
}

func (a *author) add(id string) {
	a.version++
	a.products[id] = &product{id: id, title: fmt.Sprintf("第%d版毛毯加厚", a.version), fen: 900 + a.IntN(100), picture: 10 + a.IntN(4),
		extra: pick(a.weather, "", "", "brand = brand.cxy", "category = 1446", "listing = false", `on_remove = "delete"`)}
}

// edit changes some products, adds some and takes some away.
func (a *author) edit() *author {
	for n := range len(a.products) + 3 {
		id := fmt.Sprintf("p%d", n)
		p := a.products[id]
		switch chance := a.IntN(8); {
		case p == nil && !a.gone[id]:
			a.add(id)
		case p == nil:
		case a.mustChange[id] || chance == 0:
			a.version++
			p.title = fmt.Sprintf("第%d版毛毯更厚", a.version)
		case chance == 1:
			p.fen = 800 + a.IntN(100)
		case chance == 2:
			p.picture = 10 + a.IntN(6)
		case chance == 3:
			p.extra = pick(a.weather, p.extra, "listing = false")
		case chance == 4 && !a.noState:
			a.shop.remove(id)
			a.gone[id] = true
			delete(a.products, id)
		}
	}
	return a
}

// write writes the files and loads them.
func (a *author) write() *schema.Catalog {
	for _, p := range a.products {
		a.shop.product(*p)
	}
	return a.load(a.tree)
}
