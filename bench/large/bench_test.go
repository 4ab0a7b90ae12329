package large_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/shopctl/shopctl/bench/large"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// The parts of a run, by themselves, on catalogs of 1,000 and 10,000 products, and
// of 100,000 when SHOPCTL_BENCH_LARGE is set:
//
//	go test ./bench/large -run '^$' -bench . -benchtime 3x
//	SHOPCTL_BENCH_LARGE=1 go test ./bench/large -run '^$' -bench 'Plan/100000' -benchtime 1x
//
// cpu-us/product is user and system time of the whole process, in which the
// platform is played too, but for BenchmarkApply: where there is one, the program's own is less.
// live-B/product is what is in use when the part is done.

func sizes(b *testing.B, run func(b *testing.B, products int)) {
	all := []int{1_000, 10_000}
	if os.Getenv("SHOPCTL_BENCH_LARGE") != "" {
		all = append(all, 100_000)
	}
	for _, n := range all {
		b.Run(fmt.Sprint(n), func(b *testing.B) { run(b, n) })
	}
}

// perProduct measures do b.N times.
func perProduct(b *testing.B, products int, do func()) {
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		do()
	}
	spent := cpu(b) - before
	per := float64(b.N) * float64(products)
	b.ReportMetric(float64(spent.Microseconds())/per, "cpu-us/product")
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/float64(products), "live-B/product")
}

func cpu(b testing.TB) time.Duration {
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func must(b testing.TB, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// world is a catalog, the platform on which it is true, and the state of it.
type world struct {
	dir      string
	catalog  *schema.Catalog
	provider *component.Provider
	state    *state.State
	limits   []wechat.Limit // of the calls; none when empty
}

func load(b testing.TB, dir string) *schema.Catalog {
	b.Helper()
	catalog, ds := schema.Load(dir, schema.LoadOptions{CacheDir: filepath.Join(dir, ".shopctl", "cache", "pictures")})
	if ds.HasErrors() {
		b.Fatal(ds)
	}
	return catalog
}

// settled is a shop in which everything is as declared and known.
func settled(b *testing.B, products int) *world {
	b.Helper()
	w := declared(b, products)
	w.connect(b, large.NewShop(w.catalog, w.sandbox(b)))
	plan := w.plan(b)
	for _, r := range plan.Learned.Records {
		w.state.Records[r.Address] = r
	}
	for key, url := range plan.Learned.Images {
		w.state.Images[key] = state.ImageRecord{URL: url, At: time.Now()}
	}
	if again := w.plan(b); !again.Empty() || len(again.Learned.Records) > 0 {
		b.Fatalf("not settled: %d changes, %d records learned", len(again.Changes), len(again.Learned.Records))
	}
	return w
}

func declared(b testing.TB, products int) *world {
	b.Helper()
	w := &world{dir: b.TempDir(), limits: []wechat.Limit{}}
	must(b, large.Catalog{Dir: w.dir, Products: products}.Write())
	w.catalog = load(b, w.dir)
	w.state = state.New(state.ShopID{Platform: w.catalog.Shop.Platform, AppID: w.catalog.Shop.AppID})
	w.state.Lineage = "00112233445566778899aabbccddeeff"
	return w
}

func (w *world) sandbox(b *testing.B) http.Handler {
	box, err := sandbox.New(sandbox.Options{AppID: w.catalog.Shop.AppID, Knobs: &sandbox.Knobs{}})
	must(b, err)
	b.Cleanup(func() { box.Close() })
	return box
}

func (w *world) connect(b *testing.B, platform http.Handler) {
	server := httptest.NewServer(platform)
	b.Cleanup(server.Close)
	w.reach(b, server.URL, nil)
}

// reach makes a client of the platform at an endpoint; transport is nil for the network.
func (w *world) reach(b testing.TB, endpoint string, transport http.RoundTripper) {
	log := slog.New(slog.DiscardHandler)
	tokens, err := wechat.NewStableToken(w.catalog.Shop.AppID, sandbox.DefaultSecret, wechat.Options{Endpoint: endpoint, Log: log, Transport: transport})
	must(b, err)
	w.provider, err = component.New(component.Config{
		Endpoint: endpoint, AppID: w.catalog.Shop.AppID, Tokens: tokens, Log: log, Limits: w.limits, Concurrency: 64, Transport: transport,
	})
	must(b, err)
}

func (w *world) observe(b testing.TB) *provider.Observation {
	seen, err := w.provider.Observe(context.Background(), reconcile.ScopeOf(w.catalog, w.state, reconcile.Policy{}))
	must(b, err)
	return seen
}

func (w *world) plan(b *testing.B) *reconcile.Plan {
	return reconcile.Make(w.catalog, w.state, w.observe(b), reconcile.Policy{Now: time.Now()})
}

// BenchmarkLoad reads and validates the files, the pictures being known.
func BenchmarkLoad(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		w := declared(b, n)
		perProduct(b, n, func() { w.catalog = load(b, w.dir) })
		runtime.KeepAlive(w)
	})
}

// BenchmarkObserve lists both copies of every product.
func BenchmarkObserve(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		w := settled(b, n)
		perProduct(b, n, func() { w.observe(b) })
	})
}

// BenchmarkPlan decides that there is nothing to do.
func BenchmarkPlan(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		w := settled(b, n)
		seen := w.observe(b)
		perProduct(b, n, func() {
			if plan := reconcile.Make(w.catalog, w.state, seen, reconcile.Policy{Now: time.Now()}); !plan.Empty() {
				b.Fatal("there are changes")
			}
		})
	})
}

// BenchmarkState reads and writes the state of a settled shop.
func BenchmarkState(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		w := settled(b, n)
		var file bytes.Buffer
		must(b, state.Encode(&file, w.state))
		b.Run("write", func(b *testing.B) {
			perProduct(b, n, func() {
				file.Reset()
				must(b, state.Encode(&file, w.state))
			})
			b.ReportMetric(float64(file.Len())/float64(n), "file-B/product")
		})
		b.Run("read", func(b *testing.B) {
			var st *state.State
			perProduct(b, n, func() {
				var err error
				st, err = state.Decode(bytes.NewReader(file.Bytes()))
				must(b, err)
			})
			runtime.KeepAlive(st)
		})
	})
}
