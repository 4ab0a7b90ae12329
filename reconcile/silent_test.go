package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// mute is a platform that answers no spu/add, and no reading of what was added:
// after it was tried as often as the client tries, or never.
type mute struct {
	provider.Provider
	hangs  func() // instead of an answer to a reading; nil where it fails
	speaks func(id string) bool
	adds   int
	looks  int
}

func (m *mute) Add(ctx context.Context, s *schema.SPU, links provider.Links) (provider.Receipt, error) {
	m.adds++
	if m.speaks != nil && m.speaks(s.OutProductID) {
		return m.Provider.Add(ctx, s, links)
	}
	return provider.Receipt{}, &provider.Error{Class: provider.ClassUnknown, Call: "spu/add", Err: errors.New("no answer")}
}

func (m *mute) Observe(ctx context.Context, scope provider.Scope) (*provider.Observation, error) {
	m.looks++
	if m.hangs == nil {
		return nil, &provider.Error{Class: provider.ClassRetry, Call: "spu/get", Err: errors.New("no answer")}
	}
	m.hangs()
	<-ctx.Done()
	return nil, ctx.Err()
}

func tenProducts(t *testing.T) *shop {
	s := newShop(t, sandbox.Knobs{})
	s.write("shop.hcl", shopHCL[:strings.Index(shopHCL, "brand ")])
	for n := range 10 {
		s.product(product{id: fmt.Sprint("p", n), title: fmt.Sprintf("毛毯百搭休闲珊瑚绒毯子 %d 号", n), fen: 990, picture: 1})
	}
	return s
}

// A platform that does not answer any more ends the run after three objects, each of
// which would wait for minutes; one that answers about some goes on.
func TestARunEndsWhenNobodyAnswers(t *testing.T) {
	for _, test := range []struct {
		name                string
		speaks              func(id string) bool
		adds, failed, later int
	}{
		{"never", nil, 3, 3, 7},
		{"about every other product", func(id string) bool { return strings.Contains("p0 p2 p4 p6 p8", id) }, 10, 5, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := &mute{speaks: test.speaks}
			r := tenProducts(t).run(0, func(r *reconcile.Run) {
				m.Provider, r.Provider, r.Parallelism = r.Provider, m, 1
			})
			if r.err != nil {
				t.Fatal(r.err)
			}
			failed, later := r.report.Count(reconcile.OutcomeFailed), r.report.Count(reconcile.OutcomeLater)
			if m.adds != test.adds || failed != test.failed || later != test.later {
				t.Errorf("%d products were tried, %d failed, %d are left for later; want %d, %d, %d", m.adds, failed, later, test.adds, test.failed, test.later)
			}
			if stopped := r.report.Stopped != nil; stopped != (test.later > 0) {
				t.Errorf("stopped: %+v", r.report.Stopped)
			}
		})
	}
}

// An interrupt does not wait for the answer to a reading. What was sent stays open, and
// the report says that its outcome is not known.
func TestAnInterruptWaitsForNoReading(t *testing.T) {
	m := &mute{}
	r := tenProducts(t).run(0, func(r *reconcile.Run) {
		stop := make(chan struct{})
		m.hangs = func() { close(stop) }
		m.Provider, r.Provider, r.Parallelism, r.Stop = r.Provider, m, 1, stop
	})
	if r.err != nil || m.looks != 1 || !r.report.Interrupted {
		t.Fatalf("%v, %d looks, interrupted: %v", r.err, m.looks, r.report.Interrupted)
	}
	if later := r.report.Count(reconcile.OutcomeLater); later != 9 {
		t.Errorf("%d products are left for later, want 9", later)
	}
	for _, res := range r.report.Results {
		if res.Outcome == reconcile.OutcomeFailed && provider.ClassOf(res.Err) != provider.ClassUnknown {
			t.Errorf("%s: %v, want that nobody knows", res.Address, res.Err)
		}
	}
}
