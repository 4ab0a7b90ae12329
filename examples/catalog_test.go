// Package examples holds the test that makes the example shop true: it is
// planned and applied in a sandbox whose clock the test turns.
package examples

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// clock only moves when somebody waits.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// bench is a sandbox with the example catalog before it.
type bench struct {
	t        *testing.T
	clock    *clock
	box      *sandbox.Sandbox
	provider provider.Provider
	catalog  *schema.Catalog
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, clock: &clock{now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}}
	knobs := sandbox.AwkwardKnobs()
	knobs.StockSoldPerRead = 0 // eb-150 owns its stock, so a sale would be drift
	var err error
	if b.box, err = sandbox.New(sandbox.Options{Now: b.clock.Now, Knobs: &knobs}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.box.Close() })
	server := httptest.NewServer(b.box)
	t.Cleanup(server.Close)
	tokens, err := wechat.NewStableToken(sandbox.DefaultAppID, sandbox.DefaultSecret, wechat.Options{Endpoint: server.URL, Now: b.clock.Now, Sleep: b.clock.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	b.provider, err = component.New(component.Config{Endpoint: server.URL, AppID: sandbox.DefaultAppID, Tokens: tokens, Now: b.clock.Now, Sleep: b.clock.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	tree, err := b.provider.Categories(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	var found schema.Diagnostics
	if b.catalog, found = schema.Load("catalog", schema.LoadOptions{Tree: tree}); len(found) > 0 {
		t.Fatalf("the catalog has findings: %v", found)
	}
	return b
}

// apply plans and applies with a state, as shopctl apply --wait 60s does.
func (b *bench) apply(store *state.Memory) (*reconcile.Plan, *reconcile.Report) {
	b.t.Helper()
	shop := state.ShopID{Platform: b.catalog.Shop.Platform, AppID: b.catalog.Shop.AppID}
	session, _, err := state.Open(b.t.Context(), store, shop, state.LockInfo{})
	if err != nil {
		b.t.Fatal(err)
	}
	defer session.Close(b.t.Context())
	policy := reconcile.Policy{Now: b.clock.Now()}
	seen, err := b.provider.Observe(b.t.Context(), reconcile.ScopeOf(b.catalog, session.State(), policy))
	if err != nil {
		b.t.Fatal(err)
	}
	plan := reconcile.Make(b.catalog, session.State(), seen, policy)
	run := &reconcile.Run{
		Catalog: b.catalog, Provider: b.provider, Session: session, Policy: policy, Observation: seen,
		Wait: time.Minute, Now: b.clock.Now, Sleep: b.clock.Sleep,
	}
	report, err := run.Apply(b.t.Context(), plan)
	if err != nil {
		b.t.Fatal(err)
	}
	return plan, report
}

// writes are the writing calls that the platform has seen, by path.
func (b *bench) writes() map[string]int {
	n := map[string]int{}
	for _, call := range b.box.Calls() {
		if call.Writing {
			n[call.Path]++
			if call.ErrCode != 0 {
				b.t.Errorf("%s was refused with %d: %s", call.Path, call.ErrCode, call.Reply)
			}
		}
	}
	return n
}

// The shop becomes as declared, with no call too many; the second time there is
// nothing to do, with the state and without it.
func TestShopBecomesAsDeclared(t *testing.T) {
	b := newBench(t)
	store := state.NewMemory()
	_, report := b.apply(store)
	for _, r := range report.Results {
		if r.Outcome != reconcile.OutcomeDone {
			t.Errorf("%s is %s: %v %v", r.Address, r.Outcome, r.Waits, r.Err)
		}
	}
	want := map[string]int{
		"/shop/account/update_info":  1,
		"/shop/audit/audit_brand":    1,
		"/shop/audit/audit_category": 1,
		"/shop/img/upload":           len(b.catalog.Images),
		"/shop/spu/add":              len(b.catalog.SPUs),
		"/shop/spu/delisting":        1, // cool-01
	}
	if diff := cmp.Diff(want, b.writes()); diff != "" {
		t.Errorf("writing calls (-want +have):\n%s", diff)
	}
	for name, store := range map[string]*state.Memory{"with the state": store, "without the state": state.NewMemory()} {
		plan, _ := b.apply(store)
		if !plan.Empty() {
			t.Errorf("%s, the second plan has changes: %+v", name, plan.Changes)
		}
	}
	if diff := cmp.Diff(want, b.writes()); diff != "" {
		t.Errorf("writing calls after two more runs (-want +have):\n%s", diff)
	}
}

// Every product is in its declared place: on the shelf, but for one.
func TestEveryProductIsInItsPlace(t *testing.T) {
	b := newBench(t)
	b.apply(state.NewMemory())
	for id := range b.catalog.SPUs {
		want := provider.ShelfListed
		if id == "cool-01" {
			want = provider.ShelfDelisted
		}
		have, err := b.provider.Product(t.Context(), id)
		if err != nil {
			t.Errorf("%s: %v", id, err)
		} else if have.Shelf != want {
			t.Errorf("%s: shelf %d, want %d", id, have.Shelf, want)
		}
	}
}

// product719 is the public example of this API as it has to arrive in one
// spu/add. Pictures and ids that the platform gave stand as "url" and "id".
const product719 = `{
	"out_product_id": "719",
	"title": "毛毯百搭休闲珊瑚绒毯子100*150cm",
	"path": "pages/productDetail/productDetail?id=719",
	"head_img": ["url", "url", "url", "url", "url"],
	"desc_info": {
		"desc": "旅行毯办公室午睡毯空调毯子小被子",
		"imgs": ["url", "url", "url", "url", "url", "url"]
	},
	"third_cat_id": 1445,
	"brand_id": "id",
	"info_version": "stamp",
	"scene_group_list": [1],
	"skus": [
		{"out_product_id": "719", "out_sku_id": "27359029914", "thumb_img": "url", "sale_price": 990, "market_price": 1990, "stock_num": 200,
		 "barcode": "9029914", "sku_code": "sku27359029914", "sku_attrs": [
			{"attr_key": "选择颜色", "attr_value": "酒红"}, {"attr_key": "选择套装", "attr_value": "100cm*150cm"}, {"attr_key": "选择面料", "attr_value": "珊瑚绒毯"}]},
		{"out_product_id": "719", "out_sku_id": "27359029915", "thumb_img": "url", "sale_price": 990, "market_price": 1990, "stock_num": 300,
		 "barcode": "9029915", "sku_code": "sku27359029915", "sku_attrs": [
			{"attr_key": "选择颜色", "attr_value": "蓝色"}, {"attr_key": "选择套装", "attr_value": "100cm*150cm"}, {"attr_key": "选择面料", "attr_value": "珊瑚绒毯"}]},
		{"out_product_id": "719", "out_sku_id": "27359029916", "thumb_img": "url", "sale_price": 990, "market_price": 1990, "stock_num": 400,
		 "barcode": "9029916", "sku_code": "sku27359029916", "sku_attrs": [
			{"attr_key": "选择颜色", "attr_value": "米黄"}, {"attr_key": "选择套装", "attr_value": "100cm*150cm"}, {"attr_key": "选择面料", "attr_value": "珊瑚绒毯"}]},
		{"out_product_id": "719", "out_sku_id": "27359029917", "thumb_img": "url", "sale_price": 990, "market_price": 1990, "stock_num": 500,
		 "barcode": "9029917", "sku_code": "sku27359029917", "sku_attrs": [
			{"attr_key": "选择颜色", "attr_value": "深灰"}, {"attr_key": "选择套装", "attr_value": "100cm*150cm"}, {"attr_key": "选择面料", "attr_value": "珊瑚绒毯"}]}
	]
}`

func TestProduct719ArrivesInOneCall(t *testing.T) {
	b := newBench(t)
	b.apply(state.NewMemory())
	var bodies []string
	for _, call := range b.box.Calls() {
		if strings.HasPrefix(call.Path, "/shop/spu/") && call.Writing && strings.Contains(call.Body, `"out_product_id":"719"`) {
			bodies = append(bodies, call.Path+" "+call.Body)
		}
	}
	if len(bodies) != 1 {
		t.Fatalf("writing calls about 719: %q; want one", bodies)
	}
	body, ok := strings.CutPrefix(bodies[0], "/shop/spu/add ")
	if !ok {
		t.Fatalf("719 arrived by %s", bodies[0])
	}
	if diff := cmp.Diff(object(t, product719), b.anonymous(object(t, body))); diff != "" {
		t.Errorf("product 719 as it arrived (-want +have):\n%s", diff)
	}
}

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// anonymous puts words in the place of what the platform gave or a digest made.
func (b *bench) anonymous(o map[string]any) map[string]any {
	for key, value := range o {
		switch v := value.(type) {
		case map[string]any:
			b.anonymous(v)
		case []any:
			for i, member := range v {
				if m, ok := member.(map[string]any); ok {
					b.anonymous(m)
				} else if s, ok := member.(string); ok && isURL(s) {
					v[i] = "url"
				}
			}
		case string:
			if isURL(v) {
				o[key] = "url"
			}
		}
	}
	if o["info_version"] == b.catalog.SPUs["719"].Stamp() {
		o["info_version"] = "stamp"
	}
	if id, ok := o["brand_id"].(float64); ok && id > 0 && id != noBrand {
		o["brand_id"] = "id"
	}
	return o
}

// noBrand is the platform's id for no brand; 719 has one.
const noBrand = 2100000000

func isURL(s string) bool { return strings.HasPrefix(s, "https://") }

// The catalog shows every corner of the language that a shop needs.
func TestCatalogShowsWhatItPromises(t *testing.T) {
	b := newBench(t)
	categories := map[uint64]bool{}
	var brandless, hidden, managed, fromRows []string
	for id, spu := range b.catalog.SPUs {
		categories[spu.Category.ID] = true
		note := func(list *[]string, is bool) {
			if is {
				*list = append(*list, id)
			}
		}
		note(&brandless, spu.Brand == "")
		note(&hidden, !spu.Listing)
		note(&managed, spu.StockManaged)
		note(&fromRows, b.catalog.Sources[schema.Address{Kind: schema.KindSPU, Name: id}].EachKey == id)
	}
	slices.Sort(fromRows)
	if len(b.catalog.SPUs) < 8 || len(categories) < 4 || b.catalog.Merchant == nil {
		t.Errorf("%d products in %d categories, merchant %v", len(b.catalog.SPUs), len(categories), b.catalog.Merchant)
	}
	for _, check := range []struct {
		what       string
		have, want []string
	}{
		{"without a brand", brandless, []string{"mug-01"}},
		{"off the shelf", hidden, []string{"cool-01"}},
		{"with managed stock", managed, []string{"eb-150"}},
		{"from a table", fromRows, []string{"towel-01", "towel-02", "towel-03", "towel-04"}},
	} {
		if !slices.Equal(check.have, check.want) {
			t.Errorf("products %s: %v, want %v", check.what, check.have, check.want)
		}
	}
}
