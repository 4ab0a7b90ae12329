package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

// tripwire is a log that panics at the n-th call of the platform that one shop
// makes, in the goroutine that makes it.
type tripwire struct {
	slog.Handler
	shop    string
	mine    bool
	left    *atomic.Int32
	tripped *atomic.Bool
}

func newTripwire(shop string, n int) *tripwire {
	w := &tripwire{Handler: slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug}), shop: shop, left: new(atomic.Int32), tripped: new(atomic.Bool)}
	w.left.Store(int32(n))
	return w
}

func (w *tripwire) WithAttrs(attrs []slog.Attr) slog.Handler {
	own := *w
	for _, a := range attrs {
		own.mine = own.mine || a.Key == "shop" && a.Value.String() == w.shop
	}
	return &own
}

func (w *tripwire) Handle(ctx context.Context, r slog.Record) error {
	if w.mine && w.left.Add(-1) == 0 {
		w.tripped.Store(true)
		panic("a nil map")
	}
	return w.Handler.Handle(ctx, r)
}

// A panic in any goroutine below a shop, at any of its calls, is that shop's failure:
// the others are done, its lock is free, and the next run finds what was done and
// sends nothing twice.
func TestPanicStaysInItsShop(t *testing.T) {
	for n := 1; ; n++ {
		root, env, p := newFleetOf(t, 2)
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer null.Close()
		a := newApp(null, null, null, func(name string) string { return env[name] })
		a.view = &view.View{Out: io.Discard, Err: io.Discard, Lang: lang.EN}
		a.global.dir = root
		shops, err := fleet.Find(root, schema.LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		apply := func(log slog.Handler) (map[string]fleet.Result, string) {
			a.log = slog.New(log)
			results, text := map[string]fleet.Result{}, ""
			engine := fleet.Local{Shops: 2, Do: a.shopRunner(true, nil)}
			tasks := fleet.Tasks(fleet.VerbApply, shops, fleet.Options{Refresh: true, Parallelism: 4, Uploads: 1})
			if err := engine.Run(t.Context(), tasks, func(r fleet.Result, l fleet.Logs) {
				if results[r.Dir] = r; r.Dir == shops[0].Dir {
					text = string(l.Text)
				}
			}); err != nil {
				t.Fatal(err)
			}
			return results, text
		}
		wire := newTripwire(shops[0].Dir, n)
		results, log := apply(wire)
		if results[shops[1].Dir].Outcome != fleet.OutcomeDone {
			t.Errorf("call %d: the other shop is %s", n, results[shops[1].Dir].Outcome)
		}
		if !wire.tripped.Load() {
			if n < 5 {
				t.Errorf("a shop made %d calls only", n-1)
			}
			break
		}
		hurt := results[shops[0].Dir]
		if hurt.Outcome != fleet.OutcomeFailed || hurt.Error == nil || !strings.Contains(hurt.Error.What.EN, "a nil map") || !strings.Contains(log, "fleet_panic_test.go") {
			t.Errorf("call %d: the shop is %s, %+v, with the log %q", n, hurt.Outcome, hurt.Error, log)
		}
		results, _ = apply(slog.DiscardHandler)
		for i := range 2 {
			if r := results[shops[i].Dir]; r.Outcome != fleet.OutcomeDone {
				t.Errorf("call %d: in the next run %s is %s: %+v", n, r.Dir, r.Outcome, r.Error)
			}
			if got := settingsWritten(p.boxes[appidOf(i)], fmt.Sprintf("莲前街道 %d 号", i)); got != 1 {
				t.Errorf("call %d: shop %d got its settings %d times", n, i, got)
			}
		}
	}
}
