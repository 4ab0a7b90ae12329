package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"
)

// sku is the only SKU of a blanket, with changes.
func (h *shop) sku(id string, changes fields) []fields {
	k := fields{
		"out_product_id": id, "out_sku_id": id + "-red", "thumb_img": h.upload(2),
		"sale_price": 990, "market_price": 1990, "stock_num": 20,
	}
	maps.Copy(k, changes)
	return []fields{k}
}

// TestAddRefuses breaks one rule of a product's content at a time.
func TestAddRefuses(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.listed("taken")
	link := h.upload(3)
	many := func(n int) (list []string) {
		for range n {
			list = append(list, link)
		}
		return list
	}
	skus := func(changes fields) fields { return fields{"skus": h.sku("b1", changes)} }
	for _, c := range []struct {
		name   string
		change fields
		code   int
	}{
		{"no out_product_id", fields{"out_product_id": nil}, 1000001},
		{"id in use", fields{"out_product_id": "taken", "skus": h.sku("taken", nil)}, 1000012},
		{"id of 129 bytes", fields{"out_product_id": strings.Repeat("x", 129)}, 990008},

		{"no title", fields{"title": nil}, 1000014},
		{"title of two characters", fields{"title": "毛毯"}, 1000045},
		{"title of 61 characters", fields{"title": strings.Repeat("毯", 61)}, 1000045},
		{"title without Chinese", fields{"title": "blanket 100x150"}, 1000045},
		{"title with an emoji", fields{"title": "毛毯毛毯😀"}, 1000045},
		{"title with a hidden character", fields{"title": "毛毯毛毯\u200b"}, 1000045},
		{"title with a forbidden word", fields{"title": "毛毯" + ForbiddenWord}, 87014},
		{"description with a forbidden word", fields{"desc_info": fields{"desc": ForbiddenWord}}, 87014},

		{"no path", fields{"path": nil}, 1000014},
		{"path is an address", fields{"path": "https://example.com/item"}, 9401020},
		{"path with a space", fields{"path": "pages/item item"}, 9401020},
		{"description of 2001 characters", fields{"desc_info": fields{"desc": strings.Repeat("毯", 2001)}}, 990008},

		{"no head_img", fields{"head_img": nil}, 1000014},
		{"ten head_img", fields{"head_img": many(10)}, 990008},
		{"51 detail pictures", fields{"desc_info": fields{"imgs": many(51)}}, 990008},
		{"six qualification pictures", fields{"qualification_pics": many(6)}, 990008},
		{"picture elsewhere", fields{"head_img": []string{"https://example.com/a.png"}}, 1070010},
		{"picture link made by hand", fields{"head_img": []string{"https://mmecimage.cn/p/" + DefaultAppID + "/" + mediaID("x")}}, 1070011},
		{"picture link of another shop", fields{"head_img": []string{strings.Replace(link, DefaultAppID, "wx9999999999999999", 1)}}, 1070011},
		{"picture not on the store's host", fields{"head_img": []string{"https://" + storeHost + "/161/20304/x"}}, 1070011},
		{"picture link is no link", fields{"head_img": []string{"a.png"}}, 1000035},
		{"detail picture elsewhere", fields{"desc_info": fields{"imgs": []string{"https://example.com/a.png"}}}, 1070010},

		{"no category", fields{"third_cat_id": nil}, 1000014},
		{"unknown category", fields{"third_cat_id": 99999}, 1000009},
		{"second-level category", fields{"third_cat_id": 1420}, 1000007},
		{"category without its grant", fields{"third_cat_id": 1446}, 1000005},
		{"no brand", fields{"brand_id": nil}, 1000014},
		{"brand of another account", fields{"brand_id": 29001}, 1000006},
		{"scene not opened", fields{"scene_group_list": []int{1, 3}}, 1000042},

		{"no SKU", fields{"skus": []fields{}}, 1000020},
		{"skus missing", fields{"skus": nil}, 1000020},
		{"SKU without id", skus(fields{"out_sku_id": ""}), 990007},
		{"SKU without its product's id", skus(fields{"out_product_id": ""}), 990007},
		{"SKU of another product", skus(fields{"out_product_id": "b2"}), 9401020},
		{"SKU without picture", skus(fields{"thumb_img": ""}), 1000014},
		{"SKU without price", skus(fields{"sale_price": 0}), 1000014},
		{"negative price", skus(fields{"sale_price": -1}), 9401020},
		{"market price below price", skus(fields{"market_price": 989}), 9401020},
		{"price above ¥10 million", skus(fields{"market_price": 1_000_000_001}), 9401020},
		{"no stock", skus(fields{"stock_num": 0}), 1000015},
		{"stock above 10 million", skus(fields{"stock_num": 10_000_001}), 990008},
		{"sku_code of 21 characters", skus(fields{"sku_code": strings.Repeat("x", 21)}), 990008},
		{"attribute of 41 characters", skus(fields{"sku_attrs": []fields{{"attr_key": "颜色", "attr_value": strings.Repeat("红", 41)}}}), 990008},
		{"attribute with a forbidden word", skus(fields{"sku_attrs": []fields{{"attr_key": "颜色", "attr_value": ForbiddenWord}}}), 87014},
		{"same SKU twice", fields{"skus": append(h.sku("b1", nil), h.sku("b1", nil)...)}, 9401005},

		{"unknown member", fields{"colour": "red"}, 47001},
		{"member in other case", fields{"Title": "珊瑚绒毯子"}, 47001},
		{"platform's id in add", fields{"product_id": 1}, 47001},
		{"unknown member of a SKU", skus(fields{"sku_id": 1}), 47001},
		{"id as a number", fields{"out_product_id": 719}, 47001},
		{"price as a string", skus(fields{"sale_price": "990"}), 47001},
		{"price with a fraction", skus(fields{"sale_price": 9.9}), 47001},
		{"array where an object is expected", fields{"desc_info": []string{}}, 47001},
		{"null", fields{"qualification_pics": json.RawMessage("null")}, 47001},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.t = t
			h.refused("/shop/spu/add", h.blanket("b1", c.change), c.code)
		})
	}
	h.t = t
	h.must("/shop/spu/add", h.blanket("b1"))
}

// TestCallsRefuse goes through what every other endpoint refuses. The shop has
// one listed product, "on"; one in review, "busy"; one that was only added,
// "new"; and one banned, "banned".
func TestCallsRefuse(t *testing.T) {
	const cs = `"service_agent_path":"p","service_agent_phone":"1"`
	for _, c := range []struct {
		name, path, body string
		code             int
	}{
		{"unknown endpoint", "/shop/spu/put", `{}`, 40066},
		{"empty body", "/shop/cat/get", ``, 44002},
		{"only spaces", "/shop/cat/get", "\n ", 44002},
		{"no JSON", "/shop/cat/get", `{]`, 47001},
		{"text after the JSON", "/shop/cat/get", `{} {}`, 47001},
		{"comment in the JSON", "/shop/cat/get", `{} // all`, 47001},
		{"array as the body", "/shop/cat/get", `[]`, 47001},
		{"null as the body", "/shop/cat/get", `null`, 47001},
		{"not UTF-8", "/shop/spu/get", "{\"out_product_id\":\"\xff\"}", 47001},

		{"get without id", "/shop/spu/get", `{}`, 1000001},
		{"get unknown", "/shop/spu/get", idOf("nobody"), 1000011},
		{"get unknown product_id", "/shop/spu/get", `{"product_id":7}`, 1000011},
		{"get with ids of two products", "/shop/spu/get", `{"product_id":7,"out_product_id":"on"}`, 1000011},
		{"get online copy of what was never approved", "/shop/spu/get", idOf("new"), 1000003},
		{"product_id as a string", "/shop/spu/get", `{"product_id":"7"}`, 47001},
		{"update unknown", "/shop/spu/update", `{"out_product_id":"nobody"}`, 1000011},
		{"update without id", "/shop/spu/update", `{}`, 1000001},
		{"update in review", "/shop/spu/update", idOf("busy"), 1000002},
		{"update without SKUs", "/shop/spu/update", idOf("on"), 1000020},
		{"delete in review", "/shop/spu/del", idOf("busy"), 1000002},
		{"delete unknown", "/shop/spu/del", idOf("nobody"), 1000011},
		{"withdraw what is not in review", "/shop/spu/del_audit", idOf("on"), 1000016},
		{"withdraw before the push", "/shop/spu/del_audit", idOf("new"), 1000016},
		{"list what was never approved", "/shop/spu/listing", idOf("new"), 1000003},
		{"list what is banned", "/shop/spu/listing", idOf("banned"), 9401022},
		{"delist what is banned", "/shop/spu/delisting", idOf("banned"), 9401022},
		{"free update of what was never approved", "/shop/spu/update_without_audit", idOf("new"), 1000003},
		{"free update of a SKU that is not online", "/shop/spu/update_without_audit",
			`{"out_product_id":"on","skus":[{"out_sku_id":"other","stock_num":1}]}`, 1000004},
		{"free update to no price", "/shop/spu/update_without_audit",
			`{"out_product_id":"on","skus":[{"out_sku_id":"on-red","sale_price":0}]}`, 9401020},
		{"free update of a title", "/shop/spu/update_without_audit", `{"out_product_id":"on","title":"毛毯毛毯"}`, 47001},
		{"flash sale that is over", "/shop/spu/update_without_audit",
			`{"out_product_id":"on","limited_discount_info":{"start_time":1,"end_time":2}}`, 9401020},

		{"list without page", "/shop/spu/get_list", `{"page_size":10}`, 990007},
		{"list without page_size", "/shop/spu/get_list", `{"page":1}`, 990007},
		{"negative page", "/shop/spu/get_list", `{"page":-1,"page_size":10}`, 9401020},
		{"page of 101", "/shop/spu/get_list", `{"page":1,"page_size":101}`, 990005},
		{"half a range", "/shop/spu/get_list", `{"page":1,"page_size":1,"start_create_time":"2022-05-06 00:00:00"}`, 990007},
		{"range backwards", "/shop/spu/get_list",
			`{"page":1,"page_size":1,"start_update_time":"2022-05-07 00:00:00","end_update_time":"2022-05-06 00:00:00"}`, 990009},
		{"range of something else", "/shop/spu/get_list",
			`{"page":1,"page_size":1,"start_create_time":"yesterday","end_create_time":"today"}`, 9401020},

		{"no kind of service", "/shop/account/update_info", `{}`, 990007},
		{"unknown kind of service", "/shop/account/update_info", `{"service_agent_type":[3],` + cs + `}`, 9401020},
		{"page without path", "/shop/account/update_info", `{"service_agent_type":[1]}`, 990007},
		{"phone without number", "/shop/account/update_info", `{"service_agent_type":[2]}`, 990007},
		{"half an address", "/shop/account/update_info",
			`{"service_agent_type":[0],"default_receiving_address":{"receiver_name":"张三"}}`, 990007},

		{"unknown audit", "/shop/audit/result", `{"audit_id":"RQAAAHVqT2xkAAAAFTrfXw"}`, 1050005},
		{"no audit_id", "/shop/audit/result", `{}`, 990007},
		{"audit_id as a number", "/shop/audit/result", `{"audit_id":12345}`, 1050005},
		{"no certificates outside the component", "/shop/audit/get_miniapp_certificate", `{"req_type":2}`, 1050006},
		{"certificates without type", "/shop/audit/get_miniapp_certificate", `{}`, 990007},
		{"certificates of an unknown type", "/shop/audit/get_miniapp_certificate", `{"req_type":3}`, 9401020},

		{"open twice", "/shop/register/apply", `{}`, 990022},
		{"finish nothing", "/shop/register/finish_access_info", `{}`, 990007},
		{"finish an unknown task", "/shop/register/finish_access_info", `{"access_info_item":12}`, 9401020},
		{"apply for no scene", "/shop/register/apply_scene", `{}`, 990007},
		{"apply for an unknown scene", "/shop/register/apply_scene", `{"scene_group_id":3}`, 9401020},

		{"quota of an unknown path", "/cgi-bin/openapi/quota/get", `{"cgi_path":"/shop/spu/put"}`, 76021},
		{"unknown rid", "/cgi-bin/openapi/rid/get", `{"rid":"61138036-369570df-662222ee"}`, 76001},
		{"clear the quota of somebody else", "/cgi-bin/clear_quota", `{"appid":"wx9"}`, 40013},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := sharedShop(t)
			h.refused(c.path, c.body, c.code)
		})
	}
}

// sharedShop is the shop of TestCallsRefuse, which changes nothing in it.
func sharedShop(t *testing.T) *shop {
	t.Helper()
	h := openShop(t, Options{})
	h.openForBusiness()
	c := h.Console()
	h.listed("on")
	h.listed("banned")
	if err := c.Ban("banned", "涉嫌虚假宣传"); err != nil {
		t.Fatal(err)
	}
	if err := c.ScriptVerdict("busy", Verdict{After: Never}); err != nil {
		t.Fatal(err)
	}
	h.listed("busy") // it is not: the reviewer never decides
	h.must("/shop/spu/add", h.blanket("new"))
	return h
}

func TestUpdateRefusesWhatAddRefuses(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	h.listed("b1")
	h.refused("/shop/spu/update", h.blanket("b1", fields{"title": "blanket"}), 1000045)
	h.refused("/shop/spu/update", h.blanket("b1", fields{"skus": h.sku("b1", fields{"stock_num": -1})}), 9401020)
	h.must("/shop/spu/update", h.blanket("b1", fields{"skus": h.sku("b1", fields{"stock_num": 0})})) // 1000015 is only for add
}

func TestProductQualification(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	cream := leafNamed(t, "面霜")
	h.refused("/shop/spu/add", h.blanket("c", fields{"third_cat_id": cream.ID}), 1000005)
	h.must("/shop/audit/audit_category", h.categoryAudit(cream, nil))
	h.turn(time.Minute)
	h.refused("/shop/spu/add", h.blanket("c", fields{"third_cat_id": cream.ID}), 1000008)
	h.must("/shop/spu/add", h.blanket("c", fields{"third_cat_id": cream.ID, "qualification_pics": []string{h.upload(4)}}))
}

func leafNamed(t *testing.T, name string) category {
	t.Helper()
	for _, c := range tree {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no category %s", name)
	return category{}
}

// TestKnobsRefuse turns one knob and adds a product that passes without it.
func TestKnobsRefuse(t *testing.T) {
	for _, c := range []struct {
		name   string
		turn   func(*Knobs)
		change fields // of the product
		sku    fields // of its SKU
		code   int
	}{
		{"retired category", func(k *Knobs) { k.RetiredCategories = []int{1445} }, nil, nil, 1000040},
		{"category only said to be free", func(k *Knobs) { k.DisputedCategories = []int{1445} }, nil, nil, 1000005},
		{"deposit due", func(k *Knobs) { k.DepositDue = true }, nil, nil, 1000021},
		{"scenes required", func(k *Knobs) { k.RequireScenes = true }, fields{"scene_group_list": nil}, nil, 990007},
		{"market price must be higher", func(k *Knobs) { k.MarketAboveSale = true }, nil, fields{"market_price": 990}, 9401020},
		{"lower price limit", func(k *Knobs) { k.MaxPrice = 1989 }, nil, nil, 9401020},
		{"caller's address", func(k *Knobs) { k.AllowedIPs = []string{"10.0.0.1"} }, nil, nil, 40164},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := openShop(t, Options{})
			h.openForBusiness()
			body := h.blanket("b1", c.change, fields{"skus": h.sku("b1", c.sku)})
			k := h.Console().Knobs()
			c.turn(&k)
			if err := h.Console().SetKnobs(k); err != nil {
				t.Fatal(err)
			}
			h.refused("/shop/spu/add", body, c.code)
			if err := h.Console().SetKnobs(DefaultKnobs()); err != nil {
				t.Fatal(err)
			}
			h.must("/shop/spu/add", body)
		})
	}
}

func TestUnknownProductCode(t *testing.T) {
	k := DefaultKnobs()
	k.UnknownProductCode = 1000001
	h := openShop(t, Options{Knobs: &k})
	h.refused("/shop/spu/get", idOf("nobody"), 1000001)
}

func TestEveryRefusalHasItsRID(t *testing.T) {
	h := openShop(t, Options{})
	shape := fmt.Sprintf(" rid: %s-%s-%s", "[0-9a-f]{8}", "[0-9a-f]{8}", "[0-9a-f]{8}")
	got := h.post("/shop/spu/get", `{"out_product_id":"nobody"}`)
	msg := got["errmsg"].(string)
	if !matches(shape+"$", msg) {
		t.Fatalf("errmsg %q does not end with %s", msg, shape)
	}
	rid := msg[len(msg)-26:]
	asked := h.must("/cgi-bin/openapi/rid/get", `{"rid":"`+rid+`"}`)["request"].(map[string]any)
	if asked["request_body"] != `{"out_product_id":"nobody"}` {
		t.Errorf("rid/get answered %v", asked)
	}
	h.turn(8 * 24 * time.Hour)
	h.login()
	h.refused("/cgi-bin/openapi/rid/get", `{"rid":"`+rid+`"}`, 76001)
}

func TestTheWrongMethod(t *testing.T) {
	h := openShop(t, Options{})
	for path, code := range map[string]string{
		"/shop/cat/get":  "43002",
		stableTokenPath:  "43002",
		"/shop/spu/get":  "43002",
		uploadPath:       "43002",
		"/shop/spu/none": "40066",
	} {
		got := h.request(http.MethodGet, path+"?access_token="+h.token, "", "")
		if got["errcode"] != json.Number(code) {
			t.Errorf("GET %s: %v, want %s", path, got, code)
		}
	}
}
