package listen

import (
	"context"
	"errors"
	"image"
	"image/png"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/provider/wechat/push"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

const shopHCL = `
shop "blankets" {
  platform = "component"
  appid    = "wx0123456789abcdef"
}
merchant {
  service_agent_type  = ["wechat", "page", "phone"]
  service_agent_path  = "pages/service/index"
  service_agent_phone = "020-88880000"
}
spu "719" {
  title    = "毛毯百搭休闲珊瑚绒毯子"
  path     = "pages/p?id=719"
  head_img = ["p.png"]
  category = 1445
  sku "719-red" {
    thumb_img    = "p.png"
    sale_price   = 9.90
    market_price = 19.90
    stock_num    = 200
    sku_attrs    = { "颜色" = "酒红" }
  }
}
`

var shopID = state.ShopID{Platform: "component", AppID: sandbox.DefaultAppID}

// between is a provider that lets something happen after each reading.
type between struct {
	provider.Provider
	happens []func()
	reads   int
}

func (b *between) Observe(ctx context.Context, scope provider.Scope) (*provider.Observation, error) {
	obs, err := b.Provider.Observe(ctx, scope)
	if b.reads++; b.reads <= len(b.happens) {
		b.happens[b.reads-1]()
	}
	return obs, err
}

// openShop is a shop in the sandbox in which product 719 was submitted.
func openShop(t *testing.T) (*Shop, *sandbox.Sandbox, *between) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shop.hcl"), []byte(shopHCL), 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "p.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(file, image.NewGray(image.Rect(0, 0, 300, 300))), file.Close()); err != nil {
		t.Fatal(err)
	}
	knobs := sandbox.Knobs{AuditDelay: sandbox.Never}
	box, err := sandbox.New(sandbox.Options{Knobs: &knobs})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(func() { server.Close(); box.Close() })
	tokens, err := wechat.NewStableToken(sandbox.DefaultAppID, sandbox.DefaultSecret, wechat.Options{Endpoint: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	p, err := component.New(component.Config{Endpoint: server.URL, AppID: sandbox.DefaultAppID, Tokens: tokens, Log: slog.New(slog.DiscardHandler), Limits: []wechat.Limit{}})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := p.Categories(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	load := func(context.Context) (*schema.Catalog, error) {
		catalog, ds := schema.Load(dir, schema.LoadOptions{Tree: tree})
		if ds.HasErrors() {
			return nil, errors.New(ds.Error())
		}
		return catalog, nil
	}
	catalog, err := load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := &between{Provider: p}
	s := &Shop{
		Load: load, Catalog: catalog, Provider: b, Backend: state.NewMemory(), ID: shopID, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Lock: func() state.LockInfo { return state.LockInfo{ID: "listen", Operation: "listen"} },
	}
	submit(t, s, p)
	return s, box, b
}

// submit applies the catalog once.
func submit(t *testing.T, s *Shop, p provider.Provider) {
	t.Helper()
	ctx := t.Context()
	session, _, err := state.Open(ctx, s.Backend, shopID, state.LockInfo{ID: "apply"})
	if err != nil {
		t.Fatal(err)
	}
	pol := reconcile.Policy{Now: time.Now()}
	obs, err := p.Observe(ctx, reconcile.ScopeOf(s.Catalog, session.State(), pol))
	if err != nil {
		t.Fatal(err)
	}
	plan := reconcile.Make(s.Catalog, session.State(), obs, pol)
	run := &reconcile.Run{Catalog: s.Catalog, Provider: p, Session: session, Policy: pol, Observation: obs}
	if _, err := run.Apply(ctx, plan); err != nil {
		t.Fatal(err)
	}
	if err := session.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// rejection is what the state remembers of a rejection of 719.
func rejection(t *testing.T, s *Shop) string {
	t.Helper()
	st, _, err := state.Read(t.Context(), s.Backend, shopID)
	if err != nil {
		t.Fatal(err)
	}
	rec := st.Records[spu("719")].Unpacked()
	if rec == nil || rec.Rejected == nil {
		return ""
	}
	return rec.Rejected.Reason
}

func TestShopLearnsAVerdict(t *testing.T) {
	s, box, _ := openShop(t)
	if err := box.Console().RejectNow("719", "标题不规范"); err != nil {
		t.Fatal(err)
	}
	board, err := s.Read(t.Context(), []schema.Address{spu("719")})
	if err != nil {
		t.Fatal(err)
	}
	row := board[len(board)-1]
	if row.Address != spu("719") || row.Rejected == nil || row.Rejected.Reason != "标题不规范" {
		t.Errorf("the board shows %+v", row)
	}
	if got := rejection(t, s); got != "标题不规范" {
		t.Errorf("the state remembers %q", got)
	}
}

// While the shop is read nobody is kept from the state. What somebody else wrote
// meanwhile is newer than the reading, which is begun anew; in the end under the
// lock.
func TestShopIsOutrun(t *testing.T) {
	for outrun := range attempts + 1 {
		s, box, b := openShop(t)
		if err := box.Console().RejectNow("719", "标题不规范"); err != nil {
			t.Fatal(err)
		}
		write := func() {
			session, _, err := state.Open(t.Context(), s.Backend, shopID, state.LockInfo{ID: "apply"})
			if err != nil {
				t.Fatalf("the lock was held during a reading: %v", err)
			}
			key := schema.ImageKey(time.Now().String())
			if err := errors.Join(session.PutImage(t.Context(), key, "https://mmecimage.cn/p/1", time.Now()), session.Close(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		for range outrun {
			b.happens = append(b.happens, write)
		}
		if _, err := s.Read(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if b.reads != outrun+1 || rejection(t, s) != "标题不规范" {
			t.Errorf("outrun %d times: %d readings, the state remembers %q", outrun, b.reads, rejection(t, s))
		}
	}
}

func TestShopWaitsForTheLock(t *testing.T) {
	s, _, _ := openShop(t)
	session, _, err := state.Open(t.Context(), s.Backend, shopID, state.LockInfo{ID: "apply"})
	if err != nil {
		t.Fatal(err)
	}
	if board, err := s.Read(t.Context(), nil); !locked(err) || len(board) == 0 || s.Free(t.Context()) {
		t.Errorf("%d rows, %v; want a board and the lock's error", len(board), err)
	}
	if err := session.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context(), nil); err != nil || !s.Free(t.Context()) {
		t.Error(err)
	}
}

func locked(err error) bool {
	_, is := errors.AsType[*state.LockError](err)
	return is
}

// A catalog with a mistake does not take the board away.
func TestBrokenCatalogIsNotTaken(t *testing.T) {
	s, _, _ := openShop(t)
	s.Load = func(context.Context) (*schema.Catalog, error) { return nil, errors.New("a slip of the pen") }
	if board, err := s.Read(t.Context(), nil); err != nil || len(board) == 0 {
		t.Errorf("%d rows, %v", len(board), err)
	}
}

func TestFind(t *testing.T) {
	s, _, _ := openShop(t)
	if _, err := s.Read(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	st, _, err := state.Read(t.Context(), s.Backend, shopID)
	if err != nil {
		t.Fatal(err)
	}
	remote := st.Records[spu("719")].RemoteID
	for _, c := range []struct {
		name string
		m    push.Message
		want bool
		all  bool
	}{
		{"by our id", push.Message{Kind: push.KindProduct, OutProductID: "719"}, true, false},
		{"by the platform's id", push.Message{Kind: push.KindProduct, ProductID: remote}, true, false},
		{"unknown product", push.Message{Kind: push.KindProduct, OutProductID: "720"}, false, false},
		{"our id goes before the platform's", push.Message{Kind: push.KindProduct, OutProductID: "720", ProductID: remote}, false, false},
		{"no id", push.Message{Kind: push.KindProduct}, false, false},
		{"brand", push.Message{Kind: push.KindBrand}, false, true},
		{"category without an audit_id", push.Message{Kind: push.KindCategory}, false, true},
		{"scene", push.Message{Kind: push.KindScene}, false, true},
		{"order", push.Message{Kind: push.KindOther, OutProductID: "719"}, false, false},
	} {
		objects, all := s.Find(c.m)
		if got := len(objects) == 1 && objects[0] == spu("719"); got != c.want || all != c.all {
			t.Errorf("%s: %v, %v", c.name, objects, all)
		}
	}
}
