package component_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/schema"
)

// One test for each contradiction in section 13 of the reference that a client
// has to live with, named by its number.

// shown reads a product of which spu/get shows spu in both copies.
func shown(t *testing.T, spu string) *provider.Product {
	t.Helper()
	p := newPlatform(t)
	p.on("spu/get", `{"errcode":0,"spu":`+spu+`}`)
	product, err := p.open().Product(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	return product
}

func addBody(t *testing.T, change func(*schema.SPU)) string {
	t.Helper()
	p := newPlatform(t)
	p.on("spu/add", ok)
	s := blanket
	change(&s)
	if _, err := p.open().Add(t.Context(), &s, blanketLinks); err != nil {
		t.Fatal(err)
	}
	return p.sent("spu/add")[0]
}

func TestTolerance1ApplySendsNoParameters(t *testing.T) {
	p := newPlatform(t)
	p.on("register/apply", ok)
	if err := p.open().API().Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{}`}, p.sent("register/apply")); diff != "" {
		t.Error(diff)
	}
}

func TestTolerance2ApplyScene(t *testing.T) {
	p := newPlatform(t)
	p.on("register/apply_scene", ok)
	if err := p.open().API().ApplyScene(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{"scene_group_id":1}`}, p.sent("register/apply_scene")); diff != "" {
		t.Error(diff)
	}
}

func TestTolerance3And4AccessInfoUnderBothNames(t *testing.T) {
	for _, info := range []string{
		`"ec_order_finished":1,"ec_after_sale_finished":1`,
		`"pay_order_finished":"1","add_aftersale_finished":"1"`,
	} {
		p := newPlatform(t)
		p.on("register/check", `{"errcode":0,"data":{"access_info":{`+info+`},"scene_group_list":[{"group_id":1,"name":"视频号","status":3,"scene_group_ext_list":[{"ext_id":2,"name":"添加推广员","status":1}]}]}}`)
		got, err := p.open().API().Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !got.AccessInfo.OrderDone() || !got.AccessInfo.AfterSaleDone() {
			t.Errorf("%s: %+v", info, got.AccessInfo)
		}
		if ext := got.Scenes[0].Exts[0]; ext.ExtID != 2 || ext.Name != "添加推广员" {
			t.Errorf("ext = %+v, want it as it came", ext)
		}
	}
}

func TestTolerance5And7CategoryAuditSendsArraysAndNumbers(t *testing.T) {
	p := newPlatform(t)
	p.on("audit/audit_category", `{"errcode":0,"audit_id":"RQAA"}`)
	q := schema.Qualification{License: []schema.Image{file("main")}, Certificate: []schema.Image{file("red")}}
	links := blanketLinks
	links.Category = &schema.Category{ID: 1446, SecondID: 1420, FirstID: 1400}
	if id, err := p.open().SubmitQualification(t.Context(), &q, links); id != "RQAA" || err != nil {
		t.Fatal(id, err)
	}
	want := `{"audit_req":{"license":["https://mmecimage.cn/p/wx/main?a=1&b=2"],"category_info":{"level1":1400,"level2":1420,"level3":1446,"certificate":["https://mmecimage.cn/p/wx/red"]},"scene_group_list":[1]}}`
	if diff := cmp.Diff([]string{want}, p.sent("audit/audit_category")); diff != "" {
		t.Error(diff)
	}
}

func TestTolerance5BrandAuditSendsArrays(t *testing.T) {
	p := newPlatform(t)
	p.on("audit/audit_brand", `{"errcode":0,"audit_id":"RQAA"}`)
	b := schema.Brand{
		BrandWording: "示例牌", BrandAuditType: 1, BrandManagementType: 1, CommodityOriginType: 2, TrademarkType: "24",
		License: []schema.Image{file("main")}, TrademarkRegistrationCertificate: []schema.Image{file("red")},
		TrademarkRegistrant: "示例有限公司", TrademarkRegistrantNu: "12345678", TrademarkAuthorizationPeriod: "2030-01-01 00:00:00", Scenes: []int{1},
	}
	if id, err := p.open().SubmitBrand(t.Context(), &b, blanketLinks); id != "RQAA" || err != nil {
		t.Fatal(id, err)
	}
	want := `{"audit_req":{"license":["https://mmecimage.cn/p/wx/main?a=1&b=2"],"brand_info":{"brand_audit_type":1,"trademark_type":"24","brand_management_type":1,"commodity_origin_type":2,"brand_wording":"示例牌",` +
		`"trademark_registration_certificate":["https://mmecimage.cn/p/wx/red"],"trademark_registrant":"示例有限公司","trademark_registrant_nu":"12345678","trademark_authorization_period":"2030-01-01 00:00:00"},"scene_group_list":[1]}}`
	if diff := cmp.Diff([]string{want}, p.sent("audit/audit_brand")); diff != "" {
		t.Error(diff)
	}
}

func TestTolerance6AuditIDIsAString(t *testing.T) {
	p := newPlatform(t)
	p.on("audit/result", `{"errcode":0,"data":{"status":"1","brand_id":"9007199254740993","reject_reason":""}}`)
	got, err := p.open().Audit(t.Context(), "123")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(provider.Verdict{Status: provider.VerdictPassed, BrandID: "9007199254740993"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{`{"audit_id":"123"}`}, p.sent("audit/result")); diff != "" {
		t.Error(diff)
	}
}

func TestTolerance8ScenesAreAlwaysSent(t *testing.T) {
	for want, declared := range map[string][]int{`"scene_group_list":[1]`: nil, `"scene_group_list":[]`: {}, `"scene_group_list":[1,3]`: {1, 3}} {
		if body := addBody(t, func(s *schema.SPU) { s.Scenes = declared }); !strings.Contains(body, want) {
			t.Errorf("scenes %v: no %s in %s", declared, want, body)
		}
	}
}

func TestTolerance9BrandIDIsAlwaysSent(t *testing.T) {
	if body := addBody(t, func(s *schema.SPU) { s.Brand = "" }); !strings.Contains(body, `"brand_id":2100000000`) {
		t.Errorf("no brand_id in %s", body)
	}
	if body := addBody(t, func(s *schema.SPU) { s.Brand = "id:29001" }); !strings.Contains(body, `"brand_id":29001`) {
		t.Errorf("no brand_id in %s", body)
	}
}

func TestTolerance10And11IDsAsNumbersAndStrings(t *testing.T) {
	for _, quote := range []string{``, `"`} {
		product := shown(t, fmt.Sprintf(`{"product_id":%[1]s9007199254740993%[1]s,"out_product_id":"a","status":5,"edit_status":4,"brand_id":%[1]s29001%[1]s,"third_cat_id":%[1]s1445%[1]s,
			"skus":[{"sku_id":%[1]s9007199254740995%[1]s,"out_sku_id":"a-1","sale_price":%[1]s990%[1]s,"stock_num":%[1]s7%[1]s}]}`, quote))
		if product.ProductID != "9007199254740993" || product.Online.SKUIDs.Of("a-1") != "9007199254740995" {
			t.Errorf("quote %q: ids %s, %v", quote, product.ProductID, product.Online.SKUIDs)
		}
		spu := product.Online.SPU
		if spu.Brand != "id:29001" || spu.Category.ID != 1445 || spu.SKUs[0].SalePrice != 990 || spu.SKUs[0].StockNum != 7 {
			t.Errorf("quote %q: %+v", quote, spu)
		}
	}
	// out_product_id as a number, as some callers have sent it.
	if product := shown(t, `{"product_id":1,"out_product_id":719}`); product.OutProductID != "719" {
		t.Errorf("out_product_id = %q", product.OutProductID)
	}
}

func TestTolerance12StatusIsOmittedInLists(t *testing.T) {
	p := newPlatform(t)
	p.on("spu/get_list", `{"errcode":0,"total_num":0,"spus":null}`)
	if _, err := p.open().Observe(t.Context(), provider.Scope{}); err != nil {
		t.Fatal(err)
	}
	for _, body := range p.sent("spu/get_list") {
		if strings.Contains(body, `"status"`) || !strings.Contains(body, `"page":1,"page_size":100`) {
			t.Errorf("body = %s", body)
		}
	}
}

func TestTolerance14StatesAreOpen(t *testing.T) {
	tests := []struct {
		status, edit int
		online       bool
	}{
		{0, 1, false}, {0, 2, false}, {5, 0, true}, {5, 2, true}, {5, 3, true}, {11, 4, true}, {13, 4, true},
		{20, 7, true}, // of the successor: kept as they are
	}
	for _, tt := range tests {
		product := shown(t, fmt.Sprintf(`{"product_id":1,"out_product_id":"a","status":%d,"edit_status":%d}`, tt.status, tt.edit))
		if product.Shelf != provider.Shelf(tt.status) || product.Review != provider.Review(tt.edit) || (product.Online != nil) != tt.online {
			t.Errorf("status %d, edit_status %d: shelf %d, review %d, online %v", tt.status, tt.edit, product.Shelf, product.Review, product.Online != nil)
		}
	}
}

func TestTolerance15HighPricesAreSent(t *testing.T) {
	body := addBody(t, func(s *schema.SPU) {
		s.SKUs = []schema.SKU{{OutSKUID: "a", SalePrice: 10_000_001, MarketPrice: 1_000_000_000}}
	})
	if !strings.Contains(body, `"sale_price":10000001,"market_price":1000000000`) {
		t.Errorf("body = %s", body)
	}
}

func TestTolerance16FreeUpdatesSendNoPath(t *testing.T) {
	p := newPlatform(t)
	p.on("spu/update_without_audit", `{"errcode":0,"data":{"product_id":0,"out_product_id":"","update_time":"1970-01-01 08:00:00"}}`) // zeroed data is a success
	price := schema.Fen(890)
	if err := p.open().UpdateFree(t.Context(), provider.Ref{ProductID: "1"}, []provider.FreeEdit{{OutSKUID: "a", SalePrice: &price}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`{"product_id":1,"skus":[{"out_sku_id":"a","sale_price":890}]}`}, p.sent("spu/update_without_audit")); diff != "" {
		t.Error(diff)
	}
}

// A lenient server shows the draft in the online view; a strict one says 1000003.
// Either way nothing is online.
func TestTolerance18NeverApprovedIsNotOnline(t *testing.T) {
	const draft = `{"errcode":0,"spu":{"product_id":1,"out_product_id":"a","title":"毛毯","status":0,"edit_status":2}}`
	for _, online := range []string{draft, `{"errcode":1000003,"errmsg":"x"}`, `{"errcode":1000011,"errmsg":"x"}`} {
		p := newPlatform(t)
		p.onFunc("spu/get", func(body map[string]any) string {
			if body["need_edit_spu"] == 1.0 {
				return draft
			}
			return online
		})
		product, err := p.open().Product(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if product.Online != nil || product.Draft == nil || product.Draft.SPU.Title != "毛毯" || product.Review != provider.ReviewRunning {
			t.Errorf("online answer %s: %+v", online, product)
		}
	}
}

func TestTolerance28AddressIsSentWhole(t *testing.T) {
	p := newPlatform(t)
	p.on("account/update_info", ok)
	m := schema.Merchant{ServiceAgentType: []int{0, 1, 2}, ServiceAgentPath: "pages/cs/cs", DefaultReceivingAddress: &schema.ReceivingAddress{ReceiverName: "张三", TelNumber: "13800000000", DetailedAddress: "示例路1号"}}
	if err := p.open().UpdateMerchant(t.Context(), &m); err != nil {
		t.Fatal(err)
	}
	want := `{"service_agent_type":[0,1,2],"service_agent_path":"pages/cs/cs","service_agent_phone":"","default_receiving_address":{"receiver_name":"张三","detailed_address":"示例路1号","tel_number":"13800000000","country":"","province":"","city":"","town":""}}`
	if diff := cmp.Diff([]string{want}, p.sent("account/update_info")); diff != "" {
		t.Error(diff)
	}
}

func TestTolerance29ProductType(t *testing.T) {
	for in, want := range map[string]string{`1`: "1", `"1"`: "1", `0`: "", `null`: ""} {
		product := shown(t, `{"product_id":1,"out_product_id":"a","product_type":`+in+`}`)
		if got := product.Draft.SPU.Component.ProductType; got != want {
			t.Errorf("product_type %s = %q, want %q", in, got, want)
		}
	}
	fee := schema.Fen(800)
	body := addBody(t, func(s *schema.SPU) {
		s.Component = schema.Component{ProductType: "1", ExpressFee: &fee, PickUpType: []string{"1"}, Supplier: "示例", SellTime: "x", UnitName: "条", UnitFactor: 1, DirectPath: "pages/buy?id=719"}
	})
	for _, want := range []string{`"direct_path":"pages/buy?id=719"`, `"supplier":"示例","express_fee":800,"product_type":"1","sell_time":"x","pick_up_type":["1"],"unitname":"条","unitfactor":1`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}

// Section 1, case leaks: an early reply of spu/get had camelCase keys.
func TestToleranceCaseLeaks(t *testing.T) {
	product := shown(t, `{"productId":9007199254740993,"outProductId":"a","title":"毛毯","headImg":["https://mmecimage.cn/p/1"],"descInfo":{"desc":"d","imgs":["https://mmecimage.cn/p/2"]},
		"auditInfo":{"rejectReason":"标题不规范","auditId":"RA"},"status":5,"editStatus":3,"thirdCatId":1445,"brandId":2100000000,"infoVersion":"v1",
		"skus":[{"skuId":7,"outSkuId":"a-1","thumbImg":"https://mmecimage.cn/p/3","salePrice":990,"skuAttrs":[{"attrKey":"颜色","attrValue":"酒红"}]}]}`)
	if product.ProductID != "9007199254740993" || product.Reason != "标题不规范" || product.AuditID != "RA" {
		t.Errorf("product = %+v", product)
	}
	spu := product.Draft.SPU
	if len(spu.HeadImg) != 1 || spu.DescInfo.Desc != "d" || spu.InfoVersion != "v1" || spu.Brand != "" ||
		spu.SKUs[0].SalePrice != 990 || spu.SKUs[0].SKUAttrs[0] != (schema.Attr{Key: "颜色", Value: "酒红"}) {
		t.Errorf("content = %+v", spu)
	}
}

// The whole of section 8.4's reply, mapped.
func TestProductMapping(t *testing.T) {
	product := shown(t, `{"product_id":403700001,"out_product_id":"a","title":"珊瑚绒毯子","path":"plugin-private://wx34345ae5855f892d/pages/item/item?id=1&b=2",
		"head_img":["https://mmecimage.cn/p/1"],"qualification_pics":[],"desc_info":{"desc":"午睡毯","imgs":null},
		"audit_info":{"submit_time":"2022-05-06 10:11:12","audit_time":"1970-01-01 08:00:00","reject_reason":"old","audit_id":"RAAA"},
		"status":5,"edit_status":2,"third_cat_id":1445,"brand_id":2100000000,"info_version":"1","create_time":"2022-05-06 10:11:12","update_time":"2022-05-06 10:12:12","cats":[],"delist_info":{},
		"skus":[{"sku_id":332200001,"out_product_id":"a","out_sku_id":"a-1","thumb_img":"","sale_price":990,"market_price":1990,"stock_num":20,"barcode":"","sku_code":"","sku_attrs":[{"attr_key":"颜色","attr_value":"酒红"}]}],"scene_group_list":[1]}`)
	content := &provider.Copy{
		SPU: schema.SPU{
			OutProductID: "a", Title: "珊瑚绒毯子", Path: "pages/item/item?id=1&b=2",
			HeadImg:  []schema.Image{{Key: "https://mmecimage.cn/p/1", URL: "https://mmecimage.cn/p/1"}},
			DescInfo: schema.DescInfo{Desc: "午睡毯"}, Category: schema.CategoryRef{ID: 1445}, InfoVersion: "1", Scenes: []int{1},
			SKUs: []schema.SKU{{OutSKUID: "a-1", SalePrice: 990, MarketPrice: 1990, StockNum: 20, SKUAttrs: []schema.Attr{{Key: "颜色", Value: "酒红"}}}},
		},
		SKUIDs: schema.SKUIDs{{OutSKUID: "a-1", SKUID: "332200001"}},
	}
	want := &provider.Product{
		ProductID: "403700001", OutProductID: "a", Draft: content, Online: content, Review: provider.ReviewRunning, Shelf: provider.ShelfListed,
		AuditID: "RAAA", SubmittedAt: time.Date(2022, 5, 6, 10, 11, 12, 0, schema.Beijing), UpdatedAt: time.Date(2022, 5, 6, 10, 12, 12, 0, schema.Beijing),
	}
	if diff := cmp.Diff(want, product); diff != "" {
		t.Error(diff)
	}
}

// audit_info may be missing, null or an empty list.
func TestAuditInfoAbsent(t *testing.T) {
	for _, info := range []string{``, `,"audit_info":null`, `,"audit_info":{}`, `,"audit_info":[]`} {
		if product := shown(t, `{"product_id":1,"out_product_id":"a","edit_status":3`+info+`}`); product.Reason != "" || !product.SubmittedAt.IsZero() {
			t.Errorf("%s: %+v", info, product)
		}
	}
}

// A success that shows no product is no success.
func TestEmptyProductIsAnError(t *testing.T) {
	for _, reply := range []string{`{"errcode":0}`, `{"errcode":0,"spu":null}`, `{"errcode":0,"spu":{}}`, `{"errcode":0,"spu":[]}`} {
		p := newPlatform(t)
		p.on("spu/get", reply)
		if product, err := p.open().Product(t.Context(), "a"); provider.ClassOf(err) != provider.ClassRetry {
			t.Errorf("%s: %+v, %v", reply, product, err)
		}
	}
}

func TestReceiptWithoutData(t *testing.T) {
	for _, reply := range []string{ok, `{"errcode":0,"data":null}`, `{"errcode":0,"data":{"product_id":0,"skus":null}}`} {
		p := newPlatform(t)
		p.on("spu/add", reply)
		got, err := p.open().Add(t.Context(), &blanket, blanketLinks)
		if err != nil || got.ProductID != "" || len(got.SKUIDs) != 0 {
			t.Errorf("%s: %+v, %v", reply, got, err)
		}
	}
}

func TestAuditWithoutVerdict(t *testing.T) {
	for code, calls := range map[int]int{1050005: 1, 990010: 5} { // an unknown audit is an answer, a busy platform is asked again
		p := newPlatform(t)
		p.on("audit/result", fmt.Sprintf(`{"errcode":%d}`, code))
		got, err := p.open().Audit(t.Context(), "RQ")
		if err != nil || got.Status != provider.VerdictUnknown || len(p.sent("audit/result")) != calls {
			t.Errorf("%d: %+v, %v after %d calls", code, got, err, len(p.sent("audit/result")))
		}
	}
	// A brand_id beside a rejection means nothing (section 9.1).
	p := newPlatform(t)
	p.on("audit/result", `{"errcode":0,"data":{"status":9,"brand_id":13446,"reject_reason":"图片模糊"}}`)
	got, err := p.open().Audit(t.Context(), "RQ")
	if diff := cmp.Diff(provider.Verdict{Status: provider.VerdictRejected, Reason: "图片模糊"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// An accepted audit without an id cannot be followed; sending it again would not help.
func TestSubmissionWithoutAuditID(t *testing.T) {
	p := newPlatform(t)
	p.on("audit/audit_brand", ok)
	if _, err := p.open().SubmitBrand(t.Context(), &schema.Brand{}, provider.Links{}); provider.ClassOf(err) != provider.ClassUnknown {
		t.Errorf("error = %v, want an unknown outcome", err)
	}
}

func TestEndpointMustBeSafe(t *testing.T) {
	if _, err := component.New(component.Config{Endpoint: "http://api.weixin.qq.com", Tokens: wechat.StaticToken("T")}); err == nil {
		t.Error("a token would travel in clear")
	}
	if _, err := component.New(component.Config{Tokens: wechat.StaticToken("T")}); err != nil {
		t.Errorf("the platform's own endpoint: %v", err)
	}
	if _, err := component.New(component.Config{}); err == nil {
		t.Error("a shop without a token source can call nothing")
	}
}
