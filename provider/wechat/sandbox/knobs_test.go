package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestHowRepliesLook turns one knob and looks at several replies.
func TestHowRepliesLook(t *testing.T) {
	for _, c := range []struct {
		name string
		turn func(*Knobs)
		look func(h *shop) string // of one reply
		want []string             // the different looks that were seen, sorted
	}{
		{"errmsg ok", func(k *Knobs) { k.ErrMsg = "ok" }, errmsg, []string{"ok"}},
		{"errmsg empty", func(k *Knobs) { k.ErrMsg = "empty" }, errmsg, []string{""}},
		{"errmsg absent", func(k *Knobs) { k.ErrMsg = "absent" }, errmsg, []string{"<nil>"}},
		{"errmsg in turns", func(k *Knobs) { k.ErrMsg = "turns" }, errmsg, []string{"", "<nil>", "ok"}},
		{"sku_id as a number", func(k *Knobs) { k.SKUIDs = "number" }, kindOfSKUID, []string{"json.Number"}},
		{"sku_id as a string", func(k *Knobs) { k.SKUIDs = "string" }, kindOfSKUID, []string{"string"}},
		{"sku_id in turns", func(k *Knobs) { k.SKUIDs = "turns" }, kindOfSKUID, []string{"json.Number", "string"}},
		{"ids that a float64 loses", func(k *Knobs) { k.SmallIDs = false }, idSurvivesFloat, []string{"false"}},
		{"ids that it keeps", func(k *Knobs) { k.SmallIDs = true }, idSurvivesFloat, []string{"true"}},
		{"freight is not echoed", func(*Knobs) {}, freight, []string{"<nil>"}},
		{"freight is echoed", func(k *Knobs) { k.EchoExtensions = true }, freight, []string{"500"}},
		{"total_num", func(*Knobs) {}, totalOfSmallPage, []string{"3"}},
		{"total_num of the page", func(k *Knobs) { k.PageCountAsTotal = true }, totalOfSmallPage, []string{"2"}},
		{"newest first", func(*Knobs) {}, order, []string{"c b a"}},
		{"oldest first", func(k *Knobs) { k.ListOrder = "oldest" }, order, []string{"a b c"}},
		{"rows twice", func(k *Knobs) { k.DuplicateRows = true }, order, []string{"c b b a a"}},
		{"no copy before approval", func(k *Knobs) { k.AuditDelay = Never }, onlineTitle, []string{"<nil>"}},
		{"the draft before approval", func(k *Knobs) { k.AuditDelay, k.LenientOnline = Never, true }, onlineTitle, []string{"珊瑚绒毯子 100x150"}},
		{"stock stays", func(*Knobs) {}, stock, []string{"20"}},
		{"stock is sold", func(k *Knobs) { k.StockSoldPerRead = 7 }, stock, []string{"0", "13", "6"}},
		{"free updates answer", func(*Knobs) {}, freeReply, []string{"a"}},
		{"free updates answer nothing", func(k *Knobs) { k.ZeroedFreeReply = true }, freeReply, []string{"0  1970-01-01 08:00:00"}},
		{"refusals end with a rid", func(*Knobs) {}, refusalHasRID, []string{"true"}},
		{"refusals without", func(k *Knobs) { k.NoRID = true }, refusalHasRID, []string{"false"}},
		{"escapes", func(*Knobs) {}, escaped, []string{"珊瑚绒毯子"}},
		{"garbled escapes", func(k *Knobs) { k.GarbleEscapes = true }, escaped, []string{`\u73caua`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := DefaultKnobs()
			c.turn(&k)
			h := openShop(t, Options{Knobs: &k})
			h.openForBusiness()
			for _, id := range []string{"a", "b", "c"} {
				h.must("/shop/spu/add", h.blanket(id, fields{"express_fee": 500}))
			}
			h.turn(time.Minute)
			seen := map[string]bool{}
			for range 6 {
				seen[c.look(h)] = true
			}
			if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func errmsg(h *shop) string { return fmt.Sprint(h.must("/shop/account/get_info", `{}`)["errmsg"]) }

func kindOfSKUID(h *shop) string {
	return fmt.Sprintf("%T", h.spu("a", 1)["skus"].([]any)[0].(map[string]any)["sku_id"])
}

func idSurvivesFloat(h *shop) string {
	id := h.spu("a", 1)["product_id"].(json.Number)
	f, _ := id.Float64()
	return fmt.Sprint(strconv.FormatFloat(f, 'f', 0, 64) == string(id))
}

func freight(h *shop) string { return fmt.Sprint(h.spu("a", 1)["express_fee"]) }

func totalOfSmallPage(h *shop) string {
	return fmt.Sprint(h.must("/shop/spu/get_list", `{"page":1,"page_size":2,"need_edit_spu":1}`)["total_num"])
}

func order(h *shop) string {
	var ids []string
	for page := 1; ; page++ {
		rows := h.must("/shop/spu/get_list", fmt.Sprintf(`{"page":%d,"page_size":2}`, page))["spus"].([]any)
		for _, r := range rows {
			ids = append(ids, r.(map[string]any)["out_product_id"].(string))
		}
		if len(rows) == 0 {
			return strings.Join(ids, " ")
		}
	}
}

func onlineTitle(h *shop) string {
	spu, _ := h.post("/shop/spu/get", idOf("a"))["spu"].(map[string]any)
	return fmt.Sprint(spu["title"])
}

func stock(h *shop) string {
	return fmt.Sprint(h.spu("a", 0)["skus"].([]any)[0].(map[string]any)["stock_num"])
}

func freeReply(h *shop) string {
	d := h.must("/shop/spu/update_without_audit", idOf("a"))["data"].(map[string]any)
	if d["product_id"] == json.Number("0") {
		return fmt.Sprint(d["product_id"], " ", d["out_product_id"], " ", d["update_time"])
	}
	return d["out_product_id"].(string)
}

func refusalHasRID(h *shop) string {
	return fmt.Sprint(strings.Contains(h.post("/shop/spu/get", `{}`)["errmsg"].(string), " rid: "))
}

func escaped(h *shop) string {
	h.must("/shop/account/update_info", `{"service_agent_type":[0,1],"service_agent_path":"\u73ca\u745a\u7ed2\u6bef\u5b50"}`)
	path := h.must("/shop/account/get_info", `{}`)["data"].(map[string]any)["service_agent_path"].(string)
	if strings.HasPrefix(path, `\u73ca`) {
		return `\u73caua`
	}
	return path
}

// TestNoKnobs: the zero value has no delays and no limits.
func TestNoKnobs(t *testing.T) {
	h := openShop(t, Options{Knobs: &Knobs{}})
	h.openForBusiness()
	for i := range 300 {
		h.must("/shop/spu/add", h.blanket(fmt.Sprint("b", i)))
	}
	if got := h.spu("b299", 0); got["status"] != json.Number("5") {
		t.Errorf("status %v right after add, want 5", got["status"])
	}
}

func TestKnobsSurviveJSON(t *testing.T) {
	for _, want := range []Knobs{{}, DefaultKnobs(), AwkwardKnobs(), {AuditDelay: Never, AllowedIPs: []string{"::1"}}} {
		var got Knobs
		if err := json.Unmarshal([]byte(jsonOf(want)), &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\nbecame %+v", want, got)
		}
	}
}

func TestKnobsRefuseUnknownWords(t *testing.T) {
	h := openShop(t, Options{})
	for _, patch := range []string{
		`{"errmsg":"sometimes"}`, `{"sku_ids":"float"}`, `{"picture_urls":"lost"}`, `{"list_order":"best"}`,
		`{"push":{"url":"http://localhost/","format":"yaml"}}`, `{"audit_delay":"soon"}`, `{"audit_dely":"1s"}`, `{`,
		`{"push":{"url":"http://example.com/"}}`, `{"push":{"url":"ftp://127.0.0.1/"}}`, `{"push":{"url":"http://127.0.0.1/","secure":true,"aeskey":"short"}}`,
	} {
		if err := h.Console().mergeKnobs([]byte(patch)); err == nil {
			t.Errorf("%s was accepted", patch)
		}
	}
	if got := h.Console().Knobs(); !equalJSON(got, DefaultKnobs()) {
		t.Errorf("a refused patch changed the knobs: %+v", got)
	}
	if err := h.Console().mergeKnobs([]byte(`{"audit_delay":"never","daily_limits":{"/shop/cat/get":1}}`)); err != nil {
		t.Fatal(err)
	}
	if got := h.Console().Knobs(); got.AuditDelay != Never || got.DailyLimits["/shop/cat/get"] != 1 || got.PushDelay != DefaultKnobs().PushDelay {
		t.Errorf("merged knobs are %+v", got)
	}
}

// TestFaults injects one fault, adds three products and reads which exist.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   Fault
		answers string // to the three adds: errcode, or "drop"
		exist   string
	}{
		{"one", Fault{Path: "/shop/spu/add", ErrCode: -1}, "-1 0 0", "b c"},
		{"not another endpoint", Fault{Path: "/shop/spu/update", ErrCode: -1}, "0 0 0", "a b c"},
		{"the second", Fault{Path: "/shop/spu/add", ErrCode: 990010, Skip: 1}, "0 990010 0", "a c"},
		{"two", Fault{Path: "/shop/spu/add", ErrCode: -2, Times: 2}, "-2 -2 0", "c"},
		{"all", Fault{Path: "/shop/spu/add", ErrCode: 45009, Times: -1}, "45009 45009 45009", ""},
		{"by name", Fault{Naming: `"out_product_id":"b"`, ErrCode: 1000011}, "0 1000011 0", "a c"},
		{"dropped before the work", Fault{Path: "/shop/spu/add", Drop: true}, "drop 0 0", "b c"},
		{"dropped after the work", Fault{Path: "/shop/spu/add", Drop: true, After: true}, "drop 0 0", "a b c"},
		{"error after the work", Fault{Path: "/shop/spu/add", ErrCode: -1, After: true}, "-1 0 0", "a b c"},
		{"saved, not pushed", Fault{Path: "/shop/spu/add", ErrCode: 1000017}, "1000017 0 0", "a b c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := openShop(t, Options{})
			h.openForBusiness()
			bodies := []string{h.blanket("a"), h.blanket("b"), h.blanket("c")}
			if err := h.Console().Inject(c.fault); err != nil {
				t.Fatal(err)
			}
			var answers, exist []string
			for _, body := range bodies {
				answers = append(answers, h.attempt("/shop/spu/add", body))
			}
			for _, p := range h.Console().Shop().Products {
				exist = append(exist, p.OutProductID)
			}
			if got := strings.Join(answers, " "); got != c.answers {
				t.Errorf("answers %s, want %s", got, c.answers)
			}
			if got := strings.Join(exist, " "); got != c.exist {
				t.Errorf("products %s, want %s", got, c.exist)
			}
		})
	}
}

// attempt is the errcode of a call, or "drop" when there is no answer.
func (h *shop) attempt(path, body string) (answer string) {
	defer func() {
		if recover() != nil {
			answer = "drop"
		}
	}()
	return string(h.post(path, body)["errcode"].(json.Number))
}

func TestADroppedReplyIsAClosedConnection(t *testing.T) {
	h := openShop(t, Options{})
	server := httptest.NewServer(h)
	defer server.Close()
	if err := h.Console().Inject(Fault{Drop: true, After: true}); err != nil {
		t.Fatal(err)
	}
	res, err := server.Client().Post(server.URL+"/shop/cat/get", "application/json", strings.NewReader(`{}`))
	if err == nil {
		res.Body.Close()
		t.Fatalf("status %d, want no answer", res.StatusCode)
	}
}

func TestFaultsCanBeTakenBack(t *testing.T) {
	h := openShop(t, Options{})
	if err := h.Console().Inject(Fault{ErrCode: -1, Times: -1}); err != nil {
		t.Fatal(err)
	}
	h.refused("/shop/cat/get", `{}`, -1)
	if err := h.Console().ClearFaults(); err != nil {
		t.Fatal(err)
	}
	h.must("/shop/cat/get", `{}`)
}

func TestLatency(t *testing.T) {
	h := openShop(t, Options{})
	if err := h.Console().mergeKnobs([]byte(`{"latency":"2s"}`)); err != nil {
		t.Fatal(err)
	}
	var slept time.Duration
	h.Sandbox.sleep = func(_ context.Context, d time.Duration) { slept += d }
	if err := h.Console().Inject(Fault{Latency: Duration(3 * time.Second)}); err != nil {
		t.Fatal(err)
	}
	h.must("/shop/cat/get", `{}`)
	h.must("/shop/cat/get", `{}`)
	if slept != 7*time.Second {
		t.Errorf("slept %v, want 7s", slept)
	}
}

func TestListFilters(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	for _, id := range []string{"a", "b", "c"} { // created at 12:00, 12:01 and 12:02
		h.listed(id)
	}
	h.must("/shop/spu/delisting", idOf("a"))
	h.must("/shop/spu/update_without_audit", idOf("b")) // updated at 12:03
	h.must("/shop/spu/add", h.blanket("d"))             // created at 12:03, no online copy
	const noon = `"2022-05-06 12:00:00"`
	for filter, want := range map[string]string{
		``:                   "c b a",
		`,"status":5`:        "c b",
		`,"status":11`:       "a",
		`,"status":13`:       "",
		`,"need_edit_spu":1`: "d c b a",
		`,"start_create_time":` + noon + `,"end_create_time":"2022-05-06 12:01:00"`:                                                                 "b a",
		`,"start_update_time":"2022-05-06 12:02:30","end_update_time":"2022-05-06 12:03:00"`:                                                        "b",
		`,"start_create_time":` + noon + `,"end_create_time":` + noon + `,"start_update_time":` + noon + `,"end_update_time":"2022-05-06 13:00:00"`: "a",
	} {
		var ids []string
		for _, r := range h.must("/shop/spu/get_list", `{"page":1,"page_size":100`+filter+`}`)["spus"].([]any) {
			ids = append(ids, r.(map[string]any)["out_product_id"].(string))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
	if n := len(h.must("/shop/spu/get_list", `{"page":1000000000000,"page_size":100}`)["spus"].([]any)); n != 0 {
		t.Errorf("%d products on a page far away", n)
	}
}
