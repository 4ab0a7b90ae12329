package sandbox

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func (h *shop) page(target, acceptLanguage string) (body string, header http.Header) {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Accept-Language", acceptLanguage)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		h.t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String(), w.Header()
}

func TestThePageShowsTheShop(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.listed("b1")
	h.must("/shop/spu/update", h.blanket("b1", fields{"title": "珊瑚绒毯子 150x200"}))
	h.must("/shop/spu/add", h.blanket("b2", fields{"title": "测试毛毯勿拍", "skus": h.sku("b2", fields{"sale_price": 1205})}))
	h.listed("b3")
	h.must("/shop/spu/delisting", idOf("b3"))
	h.listed("b4")
	if err := h.Console().Ban("b4", "涉嫌虚假宣传"); err != nil {
		t.Fatal(err)
	}
	h.must("/shop/spu/add", h.blanket("b5"))
	h.audit("/shop/audit/audit_brand", h.brandAudit("驰名示例", nil))
	h.audit("/shop/audit/audit_category", h.categoryAudit(leaves[1446], nil))
	h.turn(2 * time.Second)
	for language, want := range map[string][]string{
		"zh-CN,zh": {`<html lang="zh">`, "沙箱小店", "已上架", "审核通过", "审核驳回", "驳回原因：你好", "已下架", "违规下架", "涉嫌虚假宣传", "审核中", "库存", "近 1 小时提审"},
		"en-US,en": {`<html lang="en">`, "Sandbox shop", "on the shelf", "passed", "rejected", "never listed", "off the shelf", "banned", "in review", "stock"},
	} {
		got, header := h.page("/", language)
		want = append(want, "¥9.90", "<del>¥19.90</del>", "¥12.05", "珊瑚绒毯子 150x200", "酒红", "家纺/毯类/毛毯", "驰名示例", "家纺/毯类/电热毯", "6<small> / 200")
		for _, s := range want {
			if !strings.Contains(got, s) {
				t.Errorf("%s: the page lacks %q", language, s)
			}
		}
		if strings.Count(got, "<article") != 5 {
			t.Errorf("%d cards, want 5", strings.Count(got, "<article"))
		}
		if !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("policy is %q", header.Get("Content-Security-Policy"))
		}
		for id := range h.pictures {
			if strings.Contains(got, `src="/img/`+id+`"`) {
				return
			}
		}
		t.Error("no uploaded picture is shown")
	}
}

func TestTheDraftsDifferencesAreNamed(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.listed("b1")
	h.must("/shop/spu/update", h.blanket("b1", fields{"title": "珊瑚绒毯子 150x200", "desc_info": nil, "direct_path": "pages/buy"}))
	if got, _ := h.page("/?lang=zh", ""); !strings.Contains(got, "草稿与线上不同：详情、") || !strings.Contains(got, "标题") || !strings.Contains(got, "页面路径") {
		t.Error("the page does not say in what the draft differs")
	}
	if got, _ := h.page("/?lang=en", ""); !strings.Contains(got, "The draft differs in: details, ") || !strings.Contains(got, "title") {
		t.Error("the page does not say so in English")
	}
}

func TestThePageEscapes(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	hostile := `毛毯"><img src=x onerror=alert(1)>`
	h.must("/shop/spu/add", h.blanket("<b>", fields{
		"title": hostile, "desc_info": fields{"desc": "</details><script>alert(2)</script>"},
		"skus": []fields{{
			"out_product_id": "<b>", "out_sku_id": "'><script>", "thumb_img": h.upload(1), "sale_price": 1, "market_price": 1, "stock_num": 1,
			"sku_attrs": []fields{{"attr_key": `"><script>`, "attr_value": "<script>alert(3)</script>"}},
		}},
	}))
	if err := h.Console().ScriptVerdict("<b>", Verdict{Reason: "<script>alert(4)</script>"}); err != nil {
		t.Fatal(err)
	}
	h.turn(time.Minute)
	got, _ := h.page("/", "")
	if n := strings.Count(got, "<script"); n != 1 { // our own
		t.Errorf("%d scripts on the page", n)
	}
	if strings.Contains(got, "<img src=x") {
		t.Error("a title became an element")
	}
}

func TestThePageIsOnlyLookedAt(t *testing.T) {
	h := openShop(t, Options{})
	calls := len(h.Calls())
	for target, status := range map[string]int{"/": 405, "/favicon.ico": 404, "/shop": 404} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, target, nil))
		if w.Code != status {
			t.Errorf("POST %s: status %d, want %d", target, w.Code, status)
		}
	}
	if got := len(h.Calls()); got != calls {
		t.Errorf("%d API calls were counted", got-calls)
	}
}
