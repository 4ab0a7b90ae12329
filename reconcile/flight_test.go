package reconcile_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// gate holds calls of spu/add until as many as announced are announced, and then
// ends the run. It counts how many are under way together.
type gate struct {
	provider.Provider
	session   *state.Session
	announced int
	stop      func()

	mu        sync.Mutex
	open      bool // stays so when what was announced is taken back
	now, most int
}

func (g *gate) Add(ctx context.Context, s *schema.SPU, links provider.Links) (provider.Receipt, error) {
	g.mu.Lock()
	g.now++
	g.most = max(g.most, g.now)
	g.mu.Unlock()
	for !g.opened() {
		runtime.Gosched()
	}
	g.stop()
	defer func() {
		g.mu.Lock()
		g.now--
		g.mu.Unlock()
	}()
	return g.Provider.Add(ctx, s, links)
}

// opened reports whether enough calls have been announced, now or before; those
// that are over stay in the ledger.
func (g *gate) opened() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = g.open || len(g.session.State().Submissions) >= g.announced
	return g.open
}

// While calls are under way others are announced, and no more are under way than
// Parallelism says. What was announced and did not leave before the run ended is
// taken back: it is not looked for, and spends nothing of the budget.
func TestTheNextCallIsAnnouncedWhileOthersAreUnderWay(t *testing.T) {
	for _, test := range []struct{ parallelism, announced, sent int }{{1, 1, 1}, {2, 3, 2}} {
		t.Run(fmt.Sprint(test.parallelism), func(t *testing.T) {
			s := newShop(t, sandbox.Knobs{})
			s.write("shop.hcl", shopHCL[:strings.Index(shopHCL, "brand ")])
			for n := range 5 {
				s.product(product{id: fmt.Sprint("p", n), title: fmt.Sprintf("毛毯百搭休闲珊瑚绒毯子 %d 号", n), fen: 990, picture: n})
			}
			g := &gate{announced: test.announced}
			var session *state.Session
			r := s.run(0, func(r *reconcile.Run) {
				stop := make(chan struct{})
				session = r.Session
				g.Provider, g.session, g.stop = r.Provider, session, sync.OnceFunc(func() { close(stop) })
				r.Provider, r.Stop, r.Parallelism = g, stop, test.parallelism
			})
			if r.err != nil {
				t.Fatal(r.err)
			}
			if sent := len(s.accepted("/shop/spu/add")); g.most != test.sent || sent != test.sent {
				t.Errorf("%d calls were made, %d together", sent, g.most)
			}
			if open, spent := session.Intents(), session.State().Submissions; len(open) != 0 || len(spent) != test.sent {
				t.Errorf("%d calls are open, %d submissions spent", len(open), len(spent))
			}
			if later := r.report.Count(reconcile.OutcomeLater); later != 5-test.sent {
				t.Errorf("%d products are left for later: %+v", later, r.report.Results)
			}
		})
	}
}
