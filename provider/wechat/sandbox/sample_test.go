package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// samples are the documents' requests and replies (reference section 16 and the
// samples of sections 3, 8.1), in an order in which they make sense. Values are
// invented there; links to pictures are replaced by uploaded ones, and 29001 by
// the brand that was granted. wait is the time that passes before.
var samples = []struct {
	path, request, reply string
	wait                 time.Duration
}{
	{path: "/shop/register/apply", request: `{}`, reply: `{"errcode":0,"errmsg":"ok"}`},
	{path: "/shop/register/check", request: `{}`, wait: time.Minute,
		reply: `{"errcode":0,"errmsg":"ok","data":{"status":2,"access_info":{"spu_audit_success":1,"ec_order_success":0,"send_delivery_success":0,"ec_after_sale_success":0,"spu_audit_finished":1,"ec_order_finished":0,"send_delivery_finished":0,"ec_after_sale_finished":0,"test_api_finished":0,"deploy_wxa_finished":0,"open_product_task_finished":0},"scene_group_list":[{"group_id":1,"name":"视频号、公众号场景","status":3,"reason":"","scene_group_ext_list":[{"ext_id":1,"status":3},{"ext_id":2,"status":3}]}]}}`},
	{path: "/shop/register/finish_access_info", request: `{"access_info_item":6}`, reply: `{"errcode":0,"errmsg":"ok"}`},
	{path: "/shop/register/apply_scene", request: `{"scene_group_id":1}`, reply: `{"errcode":1040041,"errmsg":"检测到此任务未完成,请先完成此任务 rid: 6500aaaa-11112222-33334444"}`},
	{path: "finish the tasks"},
	{path: "/shop/register/apply_scene", request: `{"scene_group_id":1}`, reply: `{"errcode":0,"errmsg":"ok"}`},
	{path: "/shop/cat/get", request: `{}`, wait: time.Minute,
		reply: `{"errcode":0,"errmsg":"ok","third_cat_list":[{"third_cat_id":1445,"third_cat_name":"毛毯","qualification":"","qualification_type":0,"product_qualification":"","product_qualification_type":0,"first_cat_id":1400,"first_cat_name":"家纺","second_cat_id":1420,"second_cat_name":"毯类","scene_group_list":[1]}]}`},
	{path: "/shop/audit/audit_brand",
		request: `{"audit_req":{"license":["https://mmecimage.cn/p/wx0123456789abcdef/L1"],"brand_info":{"brand_audit_type":1,"trademark_type":"24","brand_management_type":1,"commodity_origin_type":2,"brand_wording":"示例牌","trademark_registration_certificate":["https://mmecimage.cn/p/wx0123456789abcdef/C1"],"trademark_registrant":"示例有限公司","trademark_registrant_nu":"12345678","trademark_authorization_period":"2030-01-01 00:00:00"},"scene_group_list":[1]}}`,
		reply:   `{"errcode":0,"errmsg":"ok","audit_id":"RQAAAHVqT2xkAAAAFTrfXw"}`},
	{path: "/shop/audit/result", request: `{"audit_id":"RQAAAHVqT2xkAAAAFTrfXw"}`, wait: time.Minute,
		reply: `{"errcode":0,"errmsg":"ok","data":{"status":1,"brand_id":29001,"reject_reason":""}}`},
	{path: "/shop/audit/audit_category",
		request: `{"audit_req":{"license":["https://mmecimage.cn/p/wx0123456789abcdef/L1"],"category_info":{"level1":1400,"level2":1420,"level3":1446,"certificate":["https://mmecimage.cn/p/wx0123456789abcdef/C2"]},"scene_group_list":[1]}}`,
		reply:   `{"errcode":0,"errmsg":"ok","audit_id":"RQAAAHVqT2xlAAAAFTrfXw"}`},
	{path: "/shop/account/get_category_list", request: `{}`, wait: time.Minute,
		reply: `{"errcode":0,"errmsg":"ok","data":[{"first_cat_id":1400,"second_cat_id":1420,"third_cat_id":1446,"first_cat_name":"家纺","second_cat_name":"毯类","third_cat_name":"电热毯"}]}`},
	{path: "/shop/account/get_brand_list", request: `{}`,
		reply: `{"errcode":0,"errmsg":"ok","data":[{"brand_id":29001,"brand_wording":"示例牌"}]}`},
	{path: "/shop/account/update_info",
		request: `{"service_agent_type":[0,1,2],"service_agent_path":"pages/cs/cs","service_agent_phone":"020-88880000","default_receiving_address":{"receiver_name":"张三","detailed_address":"示例路1号","tel_number":"13800000000","country":"中国","province":"广东省","city":"广州市","town":"海珠区"}}`,
		reply:   `{"errcode":0,"errmsg":"ok"}`},
	{path: "/shop/account/get_info", request: `{}`,
		reply: `{"errcode":0,"data":{"service_agent_path":"pages/cs/cs","service_agent_phone":"020-88880000","service_agent_type":[0,1,2],"default_receiving_address":{"receiver_name":"张三","detailed_address":"示例路1号","tel_number":"13800000000","country":"中国","province":"广东省","city":"广州市","town":"海珠区"}}}`},
	{path: "/shop/spu/add",
		request: `{"out_product_id":"blanket-1","title":"珊瑚绒毯子 100x150","path":"pages/item/item?id=1","head_img":["https://mmecimage.cn/p/wx0123456789abcdef/Ha1"],"desc_info":{"desc":"午睡毯","imgs":[]},"third_cat_id":1445,"brand_id":2100000000,"info_version":"1","skus":[{"out_product_id":"blanket-1","out_sku_id":"b1-red","thumb_img":"https://mmecimage.cn/p/wx0123456789abcdef/Ha2","sale_price":990,"market_price":1990,"stock_num":20,"sku_attrs":[{"attr_key":"颜色","attr_value":"酒红"}]}],"scene_group_list":[1]}`,
		reply:   `{"errcode":0,"errmsg":"","data":{"product_id":403700001,"out_product_id":"blanket-1","create_time":"2022-05-06 10:11:12","skus":[{"sku_id":332200001,"out_sku_id":"b1-red"}]}}`},
	{path: "reject"},
	{path: "/shop/spu/get", request: `{"out_product_id":"blanket-1","need_edit_spu":1}`,
		reply: `{"errcode":0,"errmsg":"ok","spu":{"product_id":403700001,"out_product_id":"blanket-1","title":"珊瑚绒毯子 100x150","path":"pages/item/item?id=1","head_img":["https://mmecimage.cn/p/wx0123456789abcdef/Ha1"],"qualification_pics":[],"desc_info":{"desc":"午睡毯","imgs":[]},"audit_info":{"submit_time":"2022-05-06 10:11:12","audit_time":"2022-05-06 10:13:40","reject_reason":"标题不规范","audit_id":"RAAAAAkv7eUBwBEZUURpIA"},"status":0,"edit_status":3,"third_cat_id":1445,"brand_id":2100000000,"info_version":"1","create_time":"2022-05-06 10:11:12","update_time":"2022-05-06 10:11:12","skus":[{"sku_id":332200001,"out_product_id":"blanket-1","out_sku_id":"b1-red","thumb_img":"https://mmecimage.cn/p/wx0123456789abcdef/Ha2","sale_price":990,"market_price":1990,"stock_num":20,"barcode":"","sku_code":"","sku_attrs":[{"attr_key":"颜色","attr_value":"酒红"}]}],"scene_group_list":[1]}}`},
	{path: "/shop/spu/update",
		request: `{"out_product_id":"blanket-1","title":"珊瑚绒毯子 100x150","path":"pages/item/item?id=1","head_img":["https://mmecimage.cn/p/wx0123456789abcdef/Ha1"],"desc_info":{"desc":"午睡毯","imgs":[]},"third_cat_id":1445,"brand_id":29001,"info_version":"1","skus":[{"out_product_id":"blanket-1","out_sku_id":"b1-red","thumb_img":"https://mmecimage.cn/p/wx0123456789abcdef/Ha2","sale_price":990,"market_price":1990,"stock_num":20,"sku_attrs":[{"attr_key":"颜色","attr_value":"酒红"}]}],"scene_group_list":[1]}`,
		reply:   `{"errcode":0,"errmsg":"ok","data":{"product_id":403700001,"out_product_id":"blanket-1","update_time":"2022-05-07 09:00:00","skus":[{"sku_id":332200001,"out_sku_id":"b1-red"}]}}`},
	{path: "/shop/spu/get_list", request: `{"page":1,"page_size":100,"need_edit_spu":0,"status":5}`, wait: time.Minute,
		reply: `{"errcode":0,"errmsg":"ok","total_num":1,"spus":[{"product_id":403700001,"out_product_id":"blanket-1","status":5,"edit_status":4}]}`},
	{path: "/shop/spu/update_without_audit", request: `{"product_id":403700001,"skus":[{"out_sku_id":"b1-red","sale_price":890,"market_price":1990,"stock_num":18}]}`,
		reply: `{"errcode":0,"errmsg":"ok","data":{"product_id":403700001,"out_product_id":"blanket-1","update_time":"2022-05-07 09:05:00"}}`},
	{path: "/shop/spu/delisting", request: `{"out_product_id":"blanket-1"}`, reply: `{"errcode":0,"errmsg":"ok"}`},
	{path: "/shop/spu/listing", request: `{"out_product_id":"blanket-1"}`, reply: `{"errcode":0,"errmsg":"ok"}`},
	{path: "/shop/spu/update",
		request: `{"product_id":403700001,"out_product_id":"blanket-1","title":"珊瑚绒毯子 100x200","path":"pages/item/item?id=1","head_img":["https://mmecimage.cn/p/wx0123456789abcdef/Ha1"],"third_cat_id":1445,"brand_id":2100000000,"skus":[{"out_product_id":"blanket-1","out_sku_id":"b1-red","thumb_img":"https://mmecimage.cn/p/wx0123456789abcdef/Ha2","sale_price":990,"market_price":1990,"stock_num":20}]}`,
		reply:   `{"errcode":0,"errmsg":"ok","data":{"product_id":403700001,"out_product_id":"blanket-1","update_time":"2022-05-07 09:00:00","skus":[{"sku_id":332200001,"out_sku_id":"b1-red"}]}}`},
	{path: "/shop/spu/update", request: `{"out_product_id":"blanket-1"}`, wait: time.Second, reply: `{"errcode":1000002,"errmsg":"… rid: …"}`},
	{path: "/shop/spu/del_audit", request: `{"product_id":403700001}`, reply: `{"errcode":0,"errmsg":"ok"}`},
	{path: "/shop/spu/del", request: `{"out_product_id":"blanket-1"}`, reply: `{"errcode":0,"errmsg":"ok"}`},
	{path: "/cgi-bin/clear_quota", request: `{"appid":"wx0123456789abcdef"}`, reply: `{"errcode":0,"errmsg":"ok"}`},
	{path: "/cgi-bin/openapi/quota/get", request: `{"cgi_path":"/shop/spu/add"}`, reply: `{"errcode":0,"errmsg":"ok","quota":{"daily_limit":10000,"used":12,"remain":9988}}`},
}

// undocumented members stand in real replies beside those of the samples
// (reference section 8.4), or in SDKs and messages (3.2), or belong to the
// generation of 2021.
var undocumented = []string{"cats", "delist_info", "product_type", "name", "errmsg",
	"pay_order_success", "pay_order_finished", "add_aftersale_success", "add_aftersale_finished"}

func TestSamples(t *testing.T) {
	k := DefaultKnobs()
	k.StartUnjoined, k.ErrMsg, k.SKUIDs = true, "ok", "number"
	h := openShop(t, Options{Knobs: &k})
	learned := []string{}
	for _, s := range samples {
		h.turn(s.wait)
		switch s.path {
		case "finish the tasks":
			h.account.setTasks(1)
			continue
		case "reject":
			h.turn(time.Second)
			h.must("/shop/cat/get", `{}`)
			if err := h.Console().RejectNow("blanket-1", "标题不规范"); err != nil {
				t.Fatal(err)
			}
			continue
		case "/shop/register/check":
			h.account.Tasks["spu_audit_success"] = 1 // the sample has had a product approved
		}
		got := h.post(s.path, strings.NewReplacer(learned...).Replace(h.withPictures(s.request)))
		var want map[string]any
		dec := json.NewDecoder(strings.NewReader(s.reply))
		dec.UseNumber()
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("%s: %v", s.path, err)
		}
		if fmt.Sprint(got["errcode"]) != fmt.Sprint(want["errcode"]) {
			t.Fatalf("%s %s\n got %v\nwant %v", s.path, s.request, got, want)
		}
		for _, d := range mismatches("", want, got, s.path == "/shop/spu/get_list") {
			t.Errorf("%s: %s", s.path, d)
		}
		learned = append(learned, learn(want, got)...)
	}
}

// withPictures replaces the links of a sample by uploaded ones.
func (h *shop) withPictures(request string) string {
	for _, name := range []string{"L1", "C1", "C2", "Ha1", "Ha2"} {
		link := "https://mmecimage.cn/p/wx0123456789abcdef/" + name
		if strings.Contains(request, `"`+link+`"`) {
			request = strings.ReplaceAll(request, `"`+link+`"`, `"`+h.upload(1)+`"`)
		}
	}
	return request
}

// learn pairs the ids of a sample's reply with ours, for later requests.
func learn(want, got map[string]any) (pairs []string) {
	for name, w := range want {
		switch g := got[name].(type) {
		case map[string]any:
			pairs = append(pairs, learn(w.(map[string]any), g)...)
		case string:
			if name == "audit_id" {
				pairs = append(pairs, w.(string), g)
			}
		case json.Number:
			if name == "product_id" || name == "brand_id" {
				pairs = append(pairs, fmt.Sprint(w), g.String())
			}
		}
	}
	return pairs
}

// mismatches compares the shape of two JSON values: the same members with the
// same kinds of values. Of arrays the first elements are compared. partial lets
// got have more members.
func mismatches(path string, want, got any, partial bool) (list []string) {
	if w, g := fmt.Sprintf("%T", want), fmt.Sprintf("%T", got); w != g {
		return []string{fmt.Sprintf("%s is a %s, want a %s", path, g, w)}
	}
	switch want := want.(type) {
	case map[string]any:
		got := got.(map[string]any)
		for name, v := range want {
			list = append(list, mismatches(path+"."+name, v, got[name], partial)...)
		}
		for name := range got {
			if _, known := want[name]; !known && !partial && !slices.Contains(undocumented, name) {
				list = append(list, path+"."+name+" is not in the sample")
			}
		}
	case []any:
		got := got.([]any)
		if len(want) > 0 && len(got) == 0 {
			return []string{path + " is empty"}
		}
		if len(want) > 0 {
			list = append(list, mismatches(path+"[0]", want[0], got[0], partial)...)
		}
	}
	return list
}

func TestTokenSample(t *testing.T) {
	h := openShop(t, Options{Secret: "0123456789abcdef0123456789abcdef"})
	got := h.request(http.MethodPost, "/cgi-bin/stable_token", "application/json",
		`{"grant_type":"client_credential","appid":"wx0123456789abcdef","secret":"0123456789abcdef0123456789abcdef","force_refresh":false}`)
	var want map[string]any
	dec := json.NewDecoder(strings.NewReader(`{"access_token":"68_ExampleToken","expires_in":7200}`))
	dec.UseNumber()
	if err := dec.Decode(&want); err != nil {
		t.Fatal(err)
	}
	for _, d := range mismatches("", want, got, false) {
		t.Error(d)
	}
	if got["expires_in"] != json.Number("7200") {
		t.Errorf("expires_in %v, want 7200", got["expires_in"])
	}
}
