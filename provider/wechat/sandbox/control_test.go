package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// control sends a request to the console from this machine.
func (h *shop) control(method, path, body string) (status int, reply string) {
	h.t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestConsoleOverHTTP does one thing after the other and looks at the product
// "b1" after each: edit_status/status, title, price and stock of its SKU.
func TestConsoleOverHTTP(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.must("/shop/spu/add", h.blanket("b1"))
	for _, c := range []struct{ path, body, want string }{
		{"clock", `{"advance":"1s"}`, "2/0 珊瑚绒毯子 100x150 990 20"},
		{"verdict", `{"out_product_id":"b1","pass":false,"reason":"主图模糊","after":"1m"}`, "2/0 珊瑚绒毯子 100x150 990 20"},
		{"clock", `{"advance":"30s"}`, "2/0 珊瑚绒毯子 100x150 990 20"},
		{"verdict", `{"out_product_id":"b1","now":true,"pass":true}`, "4/5 珊瑚绒毯子 100x150 990 20"},
		{"edit", `{"out_product_id":"b1","out_sku_id":"b1-red","sale_price":880,"stock_num":3}`, "4/5 珊瑚绒毯子 100x150 880 3"},
		{"edit", `{"out_product_id":"b1","title":"毛毯","stock_num":4}`, "4/5 毛毯 880 4"},
		{"ban", `{"out_product_id":"b1","reason":"侵权"}`, "4/13 毛毯 880 4"},
		{"restore", `{"out_product_id":"b1"}`, "4/5 毛毯 880 4"},
		{"edit", `{"out_product_id":"b1","status":11}`, "4/11 毛毯 880 4"},
		{"knobs", `{"audit_delay":"never"}`, "4/11 毛毯 880 4"},
		{"verdict", `{"out_product_id":"b1","clear":true}`, "4/11 毛毯 880 4"},
		{"verdict", `{"brand_wording":"示例牌","pass":true}`, "4/11 毛毯 880 4"},
		{"verdict", `{"third_cat_id":1446,"pass":true}`, "4/11 毛毯 880 4"},
		{"fault", `{"path":"/shop/spu/get","errcode":-1}`, ""},
		{"fault", `{"errcode":-1,"times":-1}`, ""},
		{"clear_faults", `{}`, "4/11 毛毯 880 4"},
		{"complete_tasks", `{}`, "4/11 毛毯 880 4"},
		{"expire_tokens", `{}`, ""},
		{"reset", `{}`, ""},
	} {
		status, reply := h.control("POST", "/sandbox/"+c.path, c.body)
		if status != http.StatusOK {
			t.Fatalf("%s %s: status %d: %s", c.path, c.body, status, reply)
		}
		if got := h.glance("b1"); got != c.want {
			t.Errorf("after %s %s:\n got %q\nwant %q", c.path, c.body, got, c.want)
		}
	}
}

func (h *shop) glance(id string) string {
	spu, ok := h.post("/shop/spu/get", `{"out_product_id":"`+id+`","need_edit_spu":1}`)["spu"].(map[string]any)
	if !ok {
		return ""
	}
	k := spu["skus"].([]any)[0].(map[string]any)
	return fmt.Sprintf("%v/%v %v %v %v", spu["edit_status"], spu["status"], spu["title"], k["sale_price"], k["stock_num"])
}

func TestConsoleRefuses(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.listed("b1")
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "nothing", `{}`, 404},
		{"GET", "reset", ``, 404},
		{"POST", "ban", `{"out_product_id":"nobody"}`, 400},
		{"POST", "ban", `{"id":"b1"}`, 400},
		{"POST", "ban", ``, 400},
		{"POST", "edit", `{"out_product_id":"b1","out_sku_id":"other","stock_num":1}`, 400},
		{"POST", "clock", `{"advance":"-1s"}`, 400},
		{"POST", "verdict", `{"pass":true}`, 400},
		{"POST", "verdict", `{"out_product_id":"b1","now":true,"pass":true}`, 400},
		{"POST", "knobs", `{"latency":1}`, 400},
	} {
		if status, reply := h.control(c.method, "/sandbox/"+c.path, c.body); status != c.status || !strings.Contains(reply, `"error"`) {
			t.Errorf("%s %s %s: status %d, want %d: %s", c.method, c.path, c.body, status, c.status, reply)
		}
	}
}

func TestConsoleIsOnlyForThisMachine(t *testing.T) {
	h := openShop(t, Options{})
	for _, c := range []struct {
		name, remote, host, origin string
		status                     int
	}{
		{"from here", "127.0.0.1:1", "127.0.0.1:8080", "", 200},
		{"from here, version 6", "[::1]:1", "[::1]:8080", "", 200},
		{"from here, by name", "127.0.0.1:1", "localhost:8080", "", 200},
		{"from our own page", "127.0.0.1:1", "localhost:8080", "http://localhost:8080", 200},
		{"from elsewhere", "192.0.2.1:1", "127.0.0.1:8080", "", 403},
		{"under another name", "127.0.0.1:1", "shop.example.com", "", 403},
		{"from another page", "127.0.0.1:1", "localhost:8080", "https://example.com", 403},
	} {
		r := httptest.NewRequest("GET", "/sandbox/shop", nil)
		r.RemoteAddr, r.Host = c.remote, c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.name, w.Code, c.status)
		}
	}
}

func TestConsoleTells(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.listed("b1")
	for path, want := range map[string]string{
		"calls": `"path": "/shop/spu/add"`,
		"shop":  `"out_product_id": "b1"`,
		"knobs": `"audit_delay": "3s"`,
		"clock": `"beijing": "2022-05-06 12:01:00"`,
	} {
		if status, reply := h.control("GET", "/sandbox/"+path, ""); status != 200 || !strings.Contains(reply, want) {
			t.Errorf("%s: status %d, %s lacks %s", path, status, reply, want)
		}
	}
}

// TestCallsTellWritingFromReading is what tests of a client build upon.
func TestCallsTellWritingFromReading(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	body := h.blanket("b1")
	h.must("/shop/spu/add", body)
	h.refused("/shop/spu/get", idOf("b1"), 1000003)
	var writing []string
	calls := h.Calls()
	for i, c := range calls {
		if c.Seq != uint64(i+1) {
			t.Errorf("call %d has number %d", i, c.Seq)
		}
		if c.Writing {
			writing = append(writing, c.Path)
		}
	}
	if got := fmt.Sprint(writing); got != "[/shop/account/update_info /shop/img/upload /shop/spu/add]" {
		t.Errorf("writing calls: %s", got)
	}
	n := len(calls)
	if calls[n-2].Body != body {
		t.Errorf("body of add: %s", calls[n-2].Body)
	}
	if calls[n-1].ErrCode != 1000003 || calls[n-1].RID == "" {
		t.Errorf("refused call: %+v", calls[n-1])
	}
	if !strings.Contains(calls[n-3].Body, "resp_type=1 upload_type=0") {
		t.Errorf("upload: %s", calls[n-3].Body)
	}
}

// TestManyCallers uses everything at the same time; the race detector watches.
func TestManyCallers(t *testing.T) {
	h := openShop(t, Options{Dir: t.TempDir()})
	h.openForBusiness()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			id := fmt.Sprint("b", i)
			h.must("/shop/spu/add", h.blanket(id))
			if err := h.Console().Advance(time.Second); err != nil {
				t.Error(err)
			}
			h.must("/shop/spu/get_list", `{"page":1,"page_size":100,"need_edit_spu":1}`)
			h.page("/", "")
			h.Calls()
		})
	}
	all.Wait()
	ids := map[json.Number]bool{}
	for _, r := range h.must("/shop/spu/get_list", `{"page":1,"page_size":100,"need_edit_spu":1}`)["spus"].([]any) {
		ids[r.(map[string]any)["product_id"].(json.Number)] = true
	}
	if len(ids) != 8 {
		t.Errorf("%d products with ids of their own, want 8", len(ids))
	}
}
