package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// shop is a whole shop under test: a catalog directory, a state that survives
// crashes, and the sandbox behind a wire that can be cut. Time passes only when
// somebody sleeps.
type shop struct {
	t       testing.TB
	dir     string
	sandbox *sandbox.Sandbox
	server  *httptest.Server
	store   *mortalStore
	wire    *wire
	now     atomic.Int64
}

func newShop(t testing.TB, knobs sandbox.Knobs) *shop {
	s := &shop{t: t, dir: t.TempDir(), store: &mortalStore{Memory: state.NewMemory()}, wire: &wire{}}
	s.now.Store(time.Date(2026, 11, 22, 9, 0, 0, 0, schema.Beijing).UnixNano())
	var err error
	if s.sandbox, err = sandbox.New(sandbox.Options{Now: s.clock, Knobs: &knobs}); err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(s.sandbox)
	t.Cleanup(func() { s.server.Close(); s.sandbox.Close() })
	s.write("shop.hcl", shopHCL)
	s.picture("licence.png", 1)
	return s
}

const shopHCL = `
shop "test" {
  platform = "component"
  appid    = "wx0123456789abcdef"
}

merchant {
  service_agent_type  = ["wechat", "page", "phone"]
  service_agent_path  = "pages/service/index"
  service_agent_phone = "020-88880000"
}

brand "cxy" {
  brand_wording                      = "CXY"
  brand_audit_type                   = "domestic_r"
  brand_management_type              = "own"
  commodity_origin_type              = "domestic"
  trademark_type                     = "24"
  license                            = ["licence.png"]
  trademark_registrant               = "示例有限公司"
  trademark_registrant_nu            = "12345678"
  trademark_authorization_period     = "2030-01-01 00:00:00"
  trademark_registration_certificate = ["licence.png"]
}

qualification "electric" {
  category    = 1446
  license     = ["licence.png"]
  certificate = ["licence.png"]
}
`

func (s *shop) clock() time.Time { return time.Unix(0, s.now.Load()) }

func (s *shop) sleep(ctx context.Context, d time.Duration) error {
	s.now.Add(int64(max(d, 0)))
	return ctx.Err()
}

func (s *shop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// picture writes a PNG whose content is told apart by n.
func (s *shop) picture(name string, n int) {
	s.t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.RGBA{uint8(n), uint8(n >> 8), uint8(n >> 16), 255}})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		s.t.Fatal(err)
	}
	s.write(name, b.String())
}

// product writes one product with two SKUs into a file of its own. Its pictures
// are n.png, which is written too.
type product struct {
	id, title string
	fen       int
	picture   int
	extra     string // more attributes
}

func (s *shop) product(p product) {
	s.t.Helper()
	name := fmt.Sprintf("p%d.png", p.picture)
	s.picture(name, p.picture)
	var b strings.Builder
	fmt.Fprintf(&b, "spu %q {\n  title = %q\n  path = \"pages/p?id=%s\"\n  head_img = [%q]\n  %s\n", p.id, p.title, p.id, name, p.extra)
	if !strings.Contains(p.extra, "category") {
		fmt.Fprintln(&b, "  category = 1445")
	}
	for i, attr := range []string{"酒红", "蓝色"} {
		fmt.Fprintf(&b, "  sku \"%s-%d\" {\n    thumb_img = %q\n    sale_price = %d.%02d\n    market_price = 9999\n    stock_num = 20\n    sku_attrs = { \"颜色\" = %q }\n  }\n",
			p.id, i, name, p.fen/100, p.fen%100, attr)
	}
	s.write("spu-"+p.id+".hcl", b.String()+"}\n")
}

func (s *shop) remove(id string) {
	s.t.Helper()
	if err := os.Remove(filepath.Join(s.dir, "spu-"+id+".hcl")); err != nil {
		s.t.Fatal(err)
	}
}

// run is one life of the program: load, lock, observe, plan, apply.
type run struct {
	plan   *reconcile.Plan
	report *reconcile.Report
	err    error
}

func (s *shop) provider() *component.Provider {
	s.t.Helper()
	tokens, err := wechat.NewStableToken(sandbox.DefaultAppID, sandbox.DefaultSecret, wechat.Options{
		Endpoint: s.server.URL, Now: s.clock, Sleep: s.sleep, Transport: s.wire, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.t.Fatal(err)
	}
	p, err := component.New(component.Config{Endpoint: s.server.URL, AppID: sandbox.DefaultAppID, Tokens: tokens,
		Now: s.clock, Sleep: s.sleep, Transport: s.wire, Limits: []wechat.Limit{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *shop) load(tree *schema.CategoryTree) *schema.Catalog {
	s.t.Helper()
	cat, ds := schema.Load(s.dir, schema.LoadOptions{Tree: tree})
	if ds.HasErrors() {
		s.t.Fatalf("%v", ds)
	}
	return cat
}

func (s *shop) run(wait time.Duration, bend func(*reconcile.Run)) run {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.wire.die = func() { s.store.dead.Store(true); cancel() }
	s.store.revive()
	p := s.provider()
	session, _, err := state.Open(ctx, s.store, state.ShopID{Platform: "component", AppID: sandbox.DefaultAppID}, state.LockInfo{ID: "test", Operation: "apply"})
	if err != nil {
		return run{err: err}
	}
	defer session.Close(ctx)
	tree, err := p.Categories(ctx, false)
	if err != nil {
		return run{err: err}
	}
	cat := s.load(tree)
	pol := reconcile.Policy{Now: s.clock()}
	obs, err := p.Observe(ctx, reconcile.ScopeOf(cat, session.State(), pol))
	if err != nil {
		return run{err: err}
	}
	plan := reconcile.Make(cat, session.State(), obs, pol)
	r := &reconcile.Run{Catalog: cat, Provider: p, Session: session, Policy: pol, Observation: obs, Wait: wait, Now: s.clock, Sleep: s.sleep}
	if bend != nil {
		bend(r)
	}
	report, err := r.Apply(ctx, plan)
	return run{plan: plan, report: report, err: err}
}

// accepted counts the calls to a path that the platform took, with their bodies.
func (s *shop) accepted(path string) []sandbox.Call {
	var list []sandbox.Call
	for _, c := range s.sandbox.Calls() {
		if c.Path == path && c.ErrCode == 0 {
			list = append(list, c)
		}
	}
	return list
}

func (s *shop) writes() int {
	n := 0
	for _, c := range s.sandbox.Calls() {
		if c.Writing {
			n++
		}
	}
	return n
}

// mortalStore is a state in memory that a crash keeps from being written, and
// whose lock dies with its holder.
type mortalStore struct {
	*state.Memory
	dead atomic.Bool
}

var errDead = errors.New("the process is dead")

func (m *mortalStore) revive() {
	m.dead.Store(false)
	m.Memory.Break(context.Background(), "test")
}

func (m *mortalStore) Append(ctx context.Context, entries ...state.Entry) error {
	if m.dead.Load() {
		return errDead
	}
	return m.Memory.Append(ctx, entries...)
}

func (m *mortalStore) Save(ctx context.Context, s *state.State) error {
	if m.dead.Load() {
		return errDead
	}
	return m.Memory.Save(ctx, s)
}

// wire carries requests and kills the process at one of them, before or after
// the platform has done its work.
type wire struct {
	mu     sync.Mutex
	killAt int // the request, counted from 1, that is the last; 0 for none
	after  bool
	count  int
	die    func()
}

func (w *wire) arm(killAt int, after bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.killAt, w.after, w.count = killAt, after, 0
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.count++
	strike := w.killAt > 0 && w.count >= w.killAt
	last := w.count == w.killAt
	after := w.after
	w.mu.Unlock()
	if !strike {
		return http.DefaultTransport.RoundTrip(r)
	}
	if last && after {
		if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
			resp.Body.Close()
		}
	}
	w.die()
	return nil, errDead
}
