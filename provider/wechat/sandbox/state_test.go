package sandbox

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// TestTransitions walks through the state model (reference section 8.0). A
// state is edit_status/status, followed by the titles of draft and online copy:
// each submission carries a title of its own, A, B, C, ...
func TestTransitions(t *testing.T) {
	for _, c := range []struct {
		name  string
		knobs func(*Knobs)
		walk  []string // action, state, action, state, ...
	}{
		{"a first approval lists", nil, []string{
			"add", "1/0 A -",
			"push", "2/0 A -",
			"verdict", "4/5 A A",
		}},
		{"a first approval that does not list", func(k *Knobs) { k.KeepUnlisted = true }, []string{
			"add", "1/0 A -", "pass", "4/0 A A", "listing", "4/5 A A",
		}},
		{"a rejection", nil, []string{
			"reject", "", "add", "1/0 A -", "pass", "3/0 A -",
			"accept", "3/0 A -", "update", "1/0 B -", "pass", "4/5 B B",
		}},
		{"an update sells the old content until it is approved", nil, []string{
			"add", "1/0 A -", "pass", "4/5 A A",
			"update", "1/5 B A", "push", "2/5 B A", "verdict", "4/5 B B",
		}},
		{"a rejected update leaves the product listed", nil, []string{
			"add", "1/0 A -", "pass", "4/5 A A", "reject", "4/5 A A",
			"update", "1/5 B A", "pass", "3/5 B A",
		}},
		{"an update before the push replaces the draft", nil, []string{
			"add", "1/0 A -", "update", "1/0 B -", "pass", "4/5 B B",
		}},
		{"a withdrawn review stays withdrawn", nil, []string{
			"add", "1/0 A -", "push", "2/0 A -", "del_audit", "1/0 A -", "pass", "1/0 A -",
			"update", "1/0 B -", "pass", "4/5 B B",
		}},
		{"off and on the shelf", nil, []string{
			"add", "1/0 A -", "pass", "4/5 A A",
			"delisting", "4/11 A A", "delisting", "4/11 A A", "listing", "4/5 A A", "listing", "4/5 A A",
		}},
		{"off the shelf before the first approval", nil, []string{
			"add", "1/0 A -", "delisting", "1/11 A -", "pass", "4/11 A A", "listing", "4/5 A A",
		}},
		{"an approved update leaves a delisted product delisted", nil, []string{
			"add", "1/0 A -", "pass", "4/5 A A", "delisting", "4/11 A A", "update", "1/11 B A", "pass", "4/11 B B",
		}},
		{"unless a knob lists it", func(k *Knobs) { k.RelistOnApproval = true }, []string{
			"add", "1/0 A -", "pass", "4/5 A A", "delisting", "4/11 A A", "update", "1/11 B A", "pass", "4/5 B B",
		}},
		{"listing during a review", nil, []string{
			"add", "1/0 A -", "pass", "4/5 A A", "delisting", "4/11 A A", "update", "1/11 B A", "push", "2/11 B A",
			"listing", "2/5 B A",
		}},
		{"a ban ends with an approved update", nil, []string{
			"add", "1/0 A -", "pass", "4/5 A A", "ban", "4/13 A A", "update", "1/13 B A", "pass", "4/5 B B",
		}},
		{"unless a knob keeps it", func(k *Knobs) { k.KeepBanned = true }, []string{
			"add", "1/0 A -", "pass", "4/5 A A", "ban", "4/13 A A", "update", "1/13 B A", "pass", "4/13 B B",
			"restore", "4/5 B B",
		}},
		{"a free update writes both copies", nil, []string{
			"add", "1/0 A -", "pass", "4/5 A A", "free", "4/5 A A", "update", "1/5 B A", "free", "1/5 B A",
		}},
		{"a push that fails waits for another update", nil, []string{
			"unpushed add", "1/0 A -", "pass", "1/0 A -", "update", "1/0 B -", "pass", "4/5 B B",
		}},
		{"a review that never ends is ended by hand", func(k *Knobs) { k.AuditDelay = Never }, []string{
			"add", "1/0 A -", "pass", "2/0 A -", "approve now", "4/5 A A",
		}},
		{"an edit in the console needs no review", nil, []string{
			"add", "1/0 A -", "pass", "4/5 A A", "edit", "4/5 X X",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := DefaultKnobs()
			if c.knobs != nil {
				c.knobs(&k)
			}
			w := &walker{shop: openShop(t, Options{Knobs: &k})}
			w.openForBusiness()
			for i := 0; i < len(c.walk); i += 2 {
				w.act(c.walk[i])
				if got := w.state(); got != c.walk[i+1] {
					t.Fatalf("step %d, %s: got %q, want %q", i/2+1, c.walk[i], got, c.walk[i+1])
				}
			}
		})
	}
}

// walker makes the steps of TestTransitions on the product "p".
type walker struct {
	*shop
	submissions int
}

// content is a product whose title ends in the next letter.
func (w *walker) content() string {
	w.submissions++
	return w.blanket("p", fields{"title": "珊瑚绒毯子" + string(rune('A'-1+w.submissions))})
}

func (w *walker) act(action string) {
	w.t.Helper()
	c := w.Console()
	check := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatalf("%s: %v", action, err)
		}
	}
	switch action {
	case "add":
		w.must("/shop/spu/add", w.content())
	case "unpushed add":
		check(c.Inject(Fault{Path: "/shop/spu/add", ErrCode: 1000017}))
		w.refused("/shop/spu/add", w.content(), 1000017)
	case "update":
		w.must("/shop/spu/update", w.content())
	case "free":
		w.must("/shop/spu/update_without_audit", `{"out_product_id":"p","skus":[{"out_sku_id":"p-red","stock_num":7}]}`)
		for needEdit := range 2 {
			if got := w.spu("p", needEdit)["skus"].([]any)[0].(map[string]any)["stock_num"]; got != json.Number("7") {
				w.t.Errorf("stock of copy %d is %v, want 7", needEdit, got)
			}
		}
	case "push":
		w.turn(time.Second)
	case "verdict":
		w.turn(3 * time.Second)
	case "pass":
		w.turn(time.Minute)
	case "reject":
		check(c.ScriptVerdict("p", Verdict{Reason: "标题不规范"}))
	case "accept":
		check(c.ClearVerdict("p"))
	case "approve now":
		check(c.ApproveNow("p"))
	case "ban":
		check(c.Ban("p", "涉嫌虚假宣传"))
	case "restore":
		check(c.Restore("p"))
	case "edit":
		check(c.SetTitle("p", "珊瑚绒毯子X"))
	default:
		w.must("/shop/spu/"+action, idOf("p"))
	}
}

// state reads both copies through the API; "" when there is no product.
func (w *walker) state() string {
	w.t.Helper()
	got := w.post("/shop/spu/get", `{"out_product_id":"p","need_edit_spu":1}`)
	draft, ok := got["spu"].(map[string]any)
	if !ok {
		return ""
	}
	online := "-"
	if o, ok := w.post("/shop/spu/get", idOf("p"))["spu"].(map[string]any); ok {
		online = last(o["title"])
	}
	return fmt.Sprintf("%v/%v %s %s", draft["edit_status"], draft["status"], last(draft["title"]), online)
}

func last(v any) string { s := v.(string); return s[len(s)-1:] }

func TestRejectReasonAndTimes(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.must("/shop/spu/add", h.blanket("b1", fields{"title": "测试毛毯请勿拍下"}))
	info := func() map[string]any { return h.spu("b1", 1)["audit_info"].(map[string]any) }
	if got := info(); got["audit_time"] != nil || got["reject_reason"] != nil || got["submit_time"] != "2022-05-06 12:00:00" {
		t.Errorf("before the verdict: %v", got)
	}
	h.turn(24 * time.Hour) // nobody asks for a day; the verdict came in its own time
	h.login()
	got := info()
	if got["audit_time"] != "2022-05-06 12:00:04" || !matches("^你好，该提审商品", got["reject_reason"].(string)) {
		t.Errorf("after the verdict: %v", got)
	}
	h.must("/shop/spu/update", h.blanket("b1"))
	if got := info(); got["reject_reason"] != nil {
		t.Errorf("after another update: %v", got)
	}
}

func TestDeletingBurnsTheID(t *testing.T) {
	for _, reuse := range []bool{false, true} {
		k := DefaultKnobs()
		k.ReuseDeleted = reuse
		h := openShop(t, Options{Knobs: &k})
		h.openForBusiness()
		h.listed("b1")
		h.must("/shop/spu/del", idOf("b1"))
		h.refused("/shop/spu/get", idOf("b1"), 1000011)
		if n := len(h.must("/shop/spu/get_list", `{"page":1,"page_size":10}`)["spus"].([]any)); n != 0 {
			t.Errorf("%d products are listed after del", n)
		}
		if reuse {
			h.must("/shop/spu/add", h.blanket("b1"))
		} else {
			h.refused("/shop/spu/add", h.blanket("b1"), 1000012)
		}
	}
}

func TestUpdateReplacesTheDraft(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.listed("b1")
	was := h.spu("b1", 0)
	skus := append(h.sku("b1", nil), h.sku("b1", fields{"out_sku_id": "b1-blue"})...)
	h.must("/shop/spu/update", h.blanket("b1", fields{"desc_info": nil, "info_version": nil, "skus": skus}))
	h.turn(time.Minute)
	is := h.spu("b1", 0)
	if is["desc_info"].(map[string]any)["desc"] != "" || is["info_version"] != "" {
		t.Errorf("omitted members were kept: %v", is)
	}
	if n := len(is["skus"].([]any)); n != 2 {
		t.Errorf("%d SKUs, want 2", n)
	}
	if a, b := firstSKU(was), firstSKU(is); a != b {
		t.Errorf("sku_id changed from %s to %s", a, b)
	}
}

func firstSKU(spu map[string]any) string {
	return fmt.Sprint(spu["skus"].([]any)[0].(map[string]any)["sku_id"])
}

func TestFreeUpdateChangesOnlyWhatItNames(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.listed("b1")
	h.must("/shop/spu/update_without_audit", `{"out_product_id":"b1","skus":[{"out_sku_id":"b1-red","sale_price":890,"sku_code":"k"}]}`)
	got := h.spu("b1", 0)["skus"].([]any)[0].(map[string]any)
	for name, want := range map[string]any{"sale_price": json.Number("890"), "market_price": json.Number("1990"),
		"stock_num": json.Number("20"), "sku_code": "k", "barcode": ""} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if n := h.submissions(time.Time{}, nil); n != 1 {
		t.Errorf("%d submissions, want the one of add", n)
	}
}

func TestFreeUpdateDuringAReview(t *testing.T) {
	k := DefaultKnobs()
	k.AuditDelay = Never
	h := openShop(t, Options{Knobs: &k})
	h.openForBusiness()
	h.listed("b1")
	if err := h.Console().ApproveNow("b1"); err != nil {
		t.Fatal(err)
	}
	h.must("/shop/spu/update", h.blanket("b1"))
	h.turn(time.Minute)
	free := `{"out_product_id":"b1","skus":[{"out_sku_id":"b1-red","stock_num":1}]}`
	h.must("/shop/spu/update_without_audit", free)
	k.RefuseFreeInReview = true
	if err := h.Console().SetKnobs(k); err != nil {
		t.Fatal(err)
	}
	h.refused("/shop/spu/update_without_audit", free, 1000002)
}

func TestQuickPriceReview(t *testing.T) {
	k := DefaultKnobs()
	k.QuickPriceReview, k.AuditDelay = true, Duration(time.Hour)
	h := openShop(t, Options{Knobs: &k})
	h.openForBusiness()
	first := h.blanket("b1")
	h.must("/shop/spu/add", first)
	h.turn(90 * time.Minute)
	var same fields
	if err := json.Unmarshal([]byte(first), &same); err != nil {
		t.Fatal(err)
	}
	same["skus"].([]any)[0].(map[string]any)["sale_price"] = 890
	h.must("/shop/spu/update", jsonOf(same))
	h.turn(time.Second)
	if got := h.spu("b1", 1)["edit_status"]; got != json.Number("4") {
		t.Errorf("edit_status %v a second after a change of price, want 4", got)
	}
	same["title"] = "珊瑚绒毯子 150x200"
	h.must("/shop/spu/update", jsonOf(same))
	h.turn(time.Second)
	if got := h.spu("b1", 1)["edit_status"]; got != json.Number("2") {
		t.Errorf("edit_status %v a second after a change of title, want 2", got)
	}
	if n := h.submissions(time.Time{}, nil); n != 2 {
		t.Errorf("%d submissions counted, want 2: the change of price is free", n)
	}
}

func TestAVerdictForOneReview(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	if err := h.Console().ScriptVerdict("b1", Verdict{Reason: "主图模糊", After: Duration(time.Hour), Once: true}); err != nil {
		t.Fatal(err)
	}
	h.must("/shop/spu/add", h.blanket("b1"))
	h.turn(time.Hour)
	if got := h.spu("b1", 1)["edit_status"]; got != json.Number("2") {
		t.Errorf("edit_status %v before the scripted time, want 2", got)
	}
	h.turn(time.Second)
	if got := h.spu("b1", 1)["edit_status"]; got != json.Number("3") {
		t.Errorf("edit_status %v, want 3", got)
	}
	h.must("/shop/spu/update", h.blanket("b1"))
	h.turn(time.Minute)
	if got := h.spu("b1", 1)["edit_status"]; got != json.Number("4") {
		t.Errorf("edit_status %v after the next review, want 4", got)
	}
}
