package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"
)

// shop is a sandbox on a clock that the test turns, with a token at hand.
type shop struct {
	*Sandbox
	t     testing.TB
	at    time.Time
	token string
}

// openShop starts a shop on 2022-05-06 at noon in Beijing.
func openShop(t testing.TB, o Options) *shop {
	t.Helper()
	h := &shop{t: t, at: time.Date(2022, 5, 6, 4, 0, 0, 0, time.UTC)}
	o.Now = func() time.Time { return h.at }
	if o.Knobs == nil {
		k := DefaultKnobs()
		o.Knobs = &k
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h.Sandbox = s
	h.login()
	return h
}

func (h *shop) login() {
	h.t.Helper()
	h.token = ""
	got := h.post("/cgi-bin/stable_token", `{"grant_type":"client_credential","appid":"`+h.appID+`","secret":"`+h.secret+`"}`)
	h.token, _ = got["access_token"].(string)
	if h.token == "" {
		h.t.Fatalf("no token: %v", got)
	}
}

// turn lets time pass. Reviews run when the next request arrives.
func (h *shop) turn(d time.Duration) { h.at = h.at.Add(d) }

// request sends anything and decodes the reply.
func (h *shop) request(method, path, contentType, body string) map[string]any {
	h.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	dec := json.NewDecoder(w.Body)
	dec.UseNumber()
	var got map[string]any
	if err := dec.Decode(&got); err != nil {
		h.t.Fatalf("%s %s: reply is no JSON object: %v", method, path, err)
	}
	return got
}

// post sends JSON with the token.
func (h *shop) post(path, body string) map[string]any {
	h.t.Helper()
	if h.token != "" {
		path += "?access_token=" + h.token
	}
	return h.request(http.MethodPost, path, "application/json", body)
}

// must posts and wants errcode 0.
func (h *shop) must(path, body string) map[string]any {
	h.t.Helper()
	got := h.post(path, body)
	if got["errcode"] != json.Number("0") {
		h.t.Fatalf("%s %s\n got %v", path, body, got)
	}
	return got
}

// refused posts and wants the errcode.
func (h *shop) refused(path, body string, code int) {
	h.t.Helper()
	if got := h.post(path, body); got["errcode"] != json.Number(fmt.Sprint(code)) {
		h.t.Errorf("%s %s\n got %v\nwant errcode %d", path, body, got, code)
	}
}

// pixel is a PNG of one colour.
func pixel(shade uint8) []byte {
	img := image.NewGray(image.Rect(0, 0, 2, 2))
	img.Pix[0] = shade
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// form makes a multipart body of fields and one file.
func form(values map[string]string, filename string, media []byte) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, v := range values {
		w.WriteField(name, v)
	}
	if media != nil {
		part, _ := w.CreateFormFile("media", filename)
		part.Write(media)
	}
	w.Close()
	return w.FormDataContentType(), b.String()
}

// upload stores a picture and returns its link.
func (h *shop) upload(shade uint8) string {
	h.t.Helper()
	kind, body := form(map[string]string{"resp_type": "1", "upload_type": "0"}, "a.png", pixel(shade))
	got := h.request(http.MethodPost, uploadPath+"?access_token="+h.token, kind, body)
	info, _ := got["img_info"].(map[string]any)
	link, _ := info["temp_img_url"].(string)
	if link == "" {
		h.t.Fatalf("upload: %v", got)
	}
	return link
}

// openForBusiness makes the settings without which no product is taken.
func (h *shop) openForBusiness() {
	h.t.Helper()
	h.must("/shop/account/update_info", `{"service_agent_type":[0,1,2],"service_agent_path":"pages/cs/cs","service_agent_phone":"020-88880000"}`)
}

// fields is an object of a request body.
type fields = map[string]any

// blanket is a product that the platform takes, with changes.
func (h *shop) blanket(id string, changes ...fields) string {
	h.t.Helper()
	link := h.upload(1)
	b := fields{
		"out_product_id": id, "title": "珊瑚绒毯子 100x150", "path": "pages/item/item?id=" + id,
		"head_img": []string{link}, "desc_info": fields{"desc": "午睡毯", "imgs": []string{link}},
		"third_cat_id": 1445, "brand_id": noBrand, "info_version": "1", "scene_group_list": []int{1},
		"skus": []fields{{
			"out_product_id": id, "out_sku_id": id + "-red", "thumb_img": link,
			"sale_price": 990, "market_price": 1990, "stock_num": 20,
			"sku_attrs": []fields{{"attr_key": "颜色", "attr_value": "酒红"}},
		}},
	}
	for _, c := range changes {
		maps.Copy(b, c)
	}
	maps.DeleteFunc(b, func(_ string, v any) bool { return v == nil })
	out, err := json.Marshal(b)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(out)
}

// listed adds a product and lets its review pass.
func (h *shop) listed(id string) {
	h.t.Helper()
	h.must("/shop/spu/add", h.blanket(id))
	h.turn(time.Minute)
}

func idOf(id string) string { return `{"out_product_id":"` + id + `"}` }

// spu reads one copy of a product: 0 online, 1 draft.
func (h *shop) spu(id string, needEdit int) map[string]any {
	h.t.Helper()
	got := h.must("/shop/spu/get", fmt.Sprintf(`{"out_product_id":%q,"need_edit_spu":%d}`, id, needEdit))
	return got["spu"].(map[string]any)
}

func TestAProductGoesOnTheShelf(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	added := h.must("/shop/spu/add", h.blanket("b1"))["data"].(map[string]any)
	if added["out_product_id"] != "b1" || added["create_time"] != "2022-05-06 12:00:00" {
		t.Errorf("add answered %v", added)
	}
	h.refused("/shop/spu/get", idOf("b1"), 1000003)
	for _, step := range []struct {
		pass         time.Duration
		edit, status string
	}{{0, "1", "0"}, {time.Second, "2", "0"}, {3 * time.Second, "4", "5"}} {
		h.turn(step.pass)
		got := h.spu("b1", 1)
		if got["edit_status"] != json.Number(step.edit) || got["status"] != json.Number(step.status) {
			t.Errorf("after %v: edit_status %v, status %v; want %+v", step.pass, got["edit_status"], got["status"], step)
		}
	}
	if got := h.spu("b1", 0)["title"]; got != "珊瑚绒毯子 100x150" {
		t.Errorf("online title is %q", got)
	}
}

func matches(pattern, s string) bool { return regexp.MustCompile(pattern).MatchString(s) }

// categoryAudit is a request to audit a leaf, with changes of audit_req.
func (h *shop) categoryAudit(c category, changes fields) string {
	req := fields{
		"license":          []string{h.upload(5)},
		"category_info":    fields{"level1": c.FirstID, "level2": c.SecondID, "level3": c.ID, "certificate": []string{h.upload(6)}},
		"scene_group_list": []int{1},
	}
	maps.Copy(req, changes)
	maps.DeleteFunc(req, func(_ string, v any) bool { return v == nil })
	return jsonOf(fields{"audit_req": req})
}

// brandAudit is a request to audit a brand, an own domestic R mark unless
// changes of brand_info say otherwise.
func (h *shop) brandAudit(wording string, changes fields) string {
	brand := fields{
		"brand_audit_type": 1, "trademark_type": "24", "brand_management_type": 1, "commodity_origin_type": 2,
		"brand_wording": wording, "trademark_registration_certificate": []string{h.upload(7)},
		"trademark_registrant": "示例有限公司", "trademark_registrant_nu": "12345678",
		"trademark_authorization_period": "2030-01-01 00:00:00",
	}
	maps.Copy(brand, changes)
	maps.DeleteFunc(brand, func(_ string, v any) bool { return v == nil })
	return jsonOf(fields{"audit_req": fields{"license": []string{h.upload(5)}, "brand_info": brand, "scene_group_list": []int{1}}})
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
