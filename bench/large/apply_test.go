package large_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/pgtest"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/postgres"
	"github.com/shopctl/shopctl/state/s3"
)

// BenchmarkApply adds every product to an empty shop, each with a picture to upload:
// as fast as the sandbox answers; against a platform that takes 50 or 200 ms for every call,
// sixteen calls about products and sixteen uploads being under way at a time; and with
// no more than fifty calls a second to any endpoint.
//
// The platform is played by a process of its own, so that cpu-us/product is what the
// program spends; the calls share the machine's cores with it all the same, and with
// whatever else runs. TestApplyKeepsTheLinesBusy tells what is lost to waiting alone.
//
// reached-% is the rate of calls that was reached, of what latency or limit allow. In
// kept-% the same run is made once more with the state in memory: it is the rate that
// was reached on the disk, of the one in memory, so that 100 minus it is what the
// writing of the state costs.
func BenchmarkApply(b *testing.B) {
	sizes(b, func(b *testing.B, n int) {
		b.Run("sandbox", func(b *testing.B) { adding{products: n}.run(b) })
		if n > 1_000 {
			return // the others take their time by waiting
		}
		b.Run("50ms", func(b *testing.B) { adding{products: n, latency: 50 * time.Millisecond}.run(b) })
		b.Run("200ms", func(b *testing.B) { adding{products: n, latency: 200 * time.Millisecond}.run(b) })
		b.Run("limited", func(b *testing.B) { adding{products: n, perSecond: 50}.run(b) })
	})
}

const parallelism = 16

// adding is an apply of a catalog to an empty shop.
type adding struct {
	products  int
	latency   time.Duration // of every call; 0 for what the sandbox takes
	perSecond float64       // calls to one endpoint; 0 for any number
}

func (a adding) run(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		inMemory := a.once(b, func(string) state.Backend { return state.NewMemory() })
		b.StartTimer()
		onDisk := a.once(b, func(dir string) state.Backend { return state.NewLocal(filepath.Join(dir, "shopctl.state.jsonl")) })
		b.ReportMetric(onDisk.rate(), "calls/s")
		b.ReportMetric(float64(onDisk.cpu.Microseconds())/float64(a.products), "cpu-us/product")
		b.ReportMetric(100*onDisk.rate()/inMemory.rate(), "kept-%")
		if most := a.most(); most > 0 {
			b.ReportMetric(100*onDisk.rate()/most, "reached-%")
		}
	}
}

// most is how many calls a second are possible; 0 where nothing bounds them. Half of
// them are uploads, which have a lane and an endpoint of their own.
func (a adding) most() float64 {
	if a.perSecond > 0 {
		return 2 * a.perSecond
	}
	if a.latency > 0 {
		return 2 * parallelism / a.latency.Seconds()
	}
	return 0
}

// pace is how fast an apply was.
type pace struct {
	calls int
	took  time.Duration
	cpu   time.Duration // of this process
}

func (p pace) rate() float64 { return float64(p.calls) / p.took.Seconds() }

// once makes the run on a platform and in a place of its own.
func (a adding) once(b *testing.B, at func(dir string) state.Backend) pace {
	w := declared(b, a.products)
	return a.apply(b, w, play(b, w.catalog.Shop.AppID, a.latency), nil, at(w.dir))
}

// apply makes the run; transport is nil for the network.
func (a adding) apply(b testing.TB, w *world, endpoint string, transport http.RoundTripper, place state.Backend) pace {
	w.catalog.Shop.Budget = schema.Budget{PerHour: 10 * a.products, PerDay: 10 * a.products}
	w.catalog.Merchant = &schema.Merchant{ServiceAgentType: []int{0}} // no product is taken without
	w.limits = a.limits()
	w.reach(b, endpoint, transport)
	session, _, err := state.Open(b.Context(), place, w.state.Shop, state.LockInfo{})
	must(b, err)
	defer func() { must(b, session.Close(context.Background())) }()
	seen := w.observe(b)
	pol := reconcile.Policy{Now: time.Now()}
	plan := reconcile.Make(w.catalog, session.State(), seen, pol)
	run := &reconcile.Run{Catalog: w.catalog, Provider: w.provider, Session: session, Policy: pol, Observation: seen,
		Parallelism: parallelism, UploadParallelism: parallelism}
	began, before := time.Now(), cpu(b)
	report, err := run.Apply(b.Context(), plan)
	took, spent := time.Since(began), cpu(b)-before
	must(b, err)
	if done := report.Count(reconcile.OutcomeDone) + report.Count(reconcile.OutcomePending); done != a.products+1 {
		b.Fatalf("%d of %d products were added; %+v", done, a.products, report.Results[0])
	}
	return pace{report.Calls, took, spent}
}

func (a adding) limits() []wechat.Limit {
	if a.perSecond == 0 {
		return []wechat.Limit{}
	}
	return []wechat.Limit{{PerSecond: a.perSecond, Burst: 1}}
}

// A child process of these tests plays the platform when the environment names an appid.
const (
	playAppID   = "SHOPCTL_BENCH_PLAY"
	playLatency = "SHOPCTL_BENCH_LATENCY"
)

func TestMain(m *testing.M) {
	if appid := os.Getenv(playAppID); appid != "" {
		if err := serve(appid, os.Getenv(playLatency)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(pgtest.Main(m))
}

// serve answers every call after a while, until its standard input ends.
func serve(appid, latency string) error {
	wait, err := time.ParseDuration(latency)
	if err != nil {
		return err
	}
	box, err := sandbox.New(sandbox.Options{AppID: appid, Knobs: &sandbox.Knobs{}})
	if err != nil {
		return err
	}
	defer box.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(wait)
		box.ServeHTTP(w, r)
	}))
	defer server.Close()
	fmt.Println(server.URL)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// play starts a platform in a process of its own and gives its address.
func play(b *testing.B, appid string, latency time.Duration) (endpoint string) {
	b.Helper()
	program, err := os.Executable()
	must(b, err)
	platform := exec.Command(program)
	platform.Env = append(os.Environ(), playAppID+"="+appid, playLatency+"="+latency.String())
	platform.Stderr = os.Stderr
	end, err := platform.StdinPipe()
	must(b, err)
	said, err := platform.StdoutPipe()
	must(b, err)
	must(b, platform.Start())
	b.Cleanup(func() {
		must(b, end.Close())
		must(b, platform.Wait())
	})
	line, err := bufio.NewReader(said).ReadString('\n')
	must(b, err)
	return strings.TrimSpace(line)
}

// BenchmarkApplyStores adds 1,000 products to an empty shop that takes 200 ms for every
// call, with the state in a file, on a PostgreSQL of the test's own, and in a bucket of
// the name bench at SHOPCTL_BENCH_S3, on a server such as
//
//	versitygw --access TESTKEYID --secret testsecret0123456789 --port 127.0.0.1:7070 posix DIR
//
// asks/product is how often the server was asked to keep something, and entries/ask
// how much at a time; both hardly depend on what else the machine does. ms/ask does.
func BenchmarkApplyStores(b *testing.B) {
	b.Run("local", func(b *testing.B) {
		stored(b, func(dir string) state.Backend { return state.NewLocal(filepath.Join(dir, "shopctl.state.jsonl")) })
	})
	b.Run("postgres", func(b *testing.B) {
		server := pgtest.Need(b)
		distant(b, func() (state.Leased, error) {
			return postgres.Open(b.Context(), server.DSN(0), fmt.Sprintf("bench_%d", time.Now().UnixNano()), "component/bench")
		})
	})
	b.Run("s3", func(b *testing.B) {
		endpoint := os.Getenv("SHOPCTL_BENCH_S3")
		if endpoint == "" {
			b.Skip("SHOPCTL_BENCH_S3 names no server")
		}
		distant(b, func() (state.Leased, error) {
			return s3.New(s3.Config{
				Endpoint: endpoint, Bucket: "bench", Key: fmt.Sprint(time.Now().UnixNano()), Region: "us-east-1", PathStyle: true,
				Credentials: s3.Credentials{KeyID: "TESTKEYID", Secret: "testsecret0123456789"},
			})
		})
	})
}

func stored(b *testing.B, at func(dir string) state.Backend) {
	a := adding{products: 1_000, latency: 200 * time.Millisecond}
	for b.Loop() {
		p := a.once(b, at)
		b.ReportMetric(100*p.rate()/a.most(), "reached-%")
		b.ReportMetric(float64(p.cpu.Microseconds())/float64(a.products), "cpu-us/product")
	}
}

// distant is stored, on a server whose work is counted.
func distant(b *testing.B, open func() (state.Leased, error)) {
	var work asks
	stored(b, func(string) state.Backend {
		store, err := open()
		must(b, err)
		work = asks{Leased: store}
		return state.NewRemote(&work, state.Rescue{})
	})
	b.ReportMetric(float64(work.times)/1_000, "asks/product")
	b.ReportMetric(float64(work.entries)/float64(work.times), "entries/ask")
	b.ReportMetric(float64(work.took.Milliseconds())/float64(work.times), "ms/ask")
}

// asks counts what a server is asked to keep, which it is once at a time.
type asks struct {
	state.Leased
	times, entries int
	took           time.Duration
}

func (a *asks) Append(ctx context.Context, entries ...state.Entry) error {
	began := time.Now()
	err := a.Leased.Append(ctx, entries...)
	a.times, a.entries, a.took = a.times+1, a.entries+len(entries), a.took+time.Since(began)
	return err
}
