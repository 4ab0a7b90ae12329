package component_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

func file(name string) schema.Image {
	return schema.Image{Key: schema.ImageKey("sha256:" + name), Path: name}
}

var (
	blanketLinks = provider.Links{Images: map[schema.ImageKey]string{
		"sha256:main": "https://mmecimage.cn/p/wx/main?a=1&b=2",
		"sha256:red":  "https://mmecimage.cn/p/wx/red",
	}}
	blanket = schema.SPU{
		OutProductID: "719", Title: "毛毯百搭休闲珊瑚绒毯子100*150cm", Path: "pages/productDetail/productDetail?id=719&from=<a>",
		HeadImg: []schema.Image{file("main")}, DescInfo: schema.DescInfo{Desc: "旅行毯"},
		Category: schema.CategoryRef{ID: 1445}, InfoVersion: "v1", Scenes: []int{1},
		SKUs: []schema.SKU{{
			OutSKUID: "27359029914", ThumbImg: file("red"), SalePrice: 990, MarketPrice: 1990, StockNum: 200,
			SKUCode: "sku27359029914", Barcode: "9029914",
			SKUAttrs: []schema.Attr{{Key: "选择颜色", Value: "酒红"}, {Key: "选择套装", Value: "100cm*150cm"}},
		}},
	}
)

// The whole body, byte for byte: raw UTF-8, no HTML escaping, brand_id and
// third_cat_id as numbers, out_product_id in each SKU, attributes in order.
func TestAddSendsTheDocumentedBody(t *testing.T) {
	p := newPlatform(t)
	p.on("spu/add", `{"errcode":0,"errmsg":"","data":{"product_id":10000000000000719,"out_product_id":"719","create_time":"2022-05-06 10:11:12","skus":[{"sku_id":332200001,"out_sku_id":"27359029914"}]}}`)
	got, err := p.open().Add(t.Context(), &blanket, blanketLinks)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(provider.Receipt{ProductID: "10000000000000719", SKUIDs: schema.SKUIDs{{OutSKUID: "27359029914", SKUID: "332200001"}}}, got); diff != "" {
		t.Error(diff)
	}
	want := `{"out_product_id":"719","title":"毛毯百搭休闲珊瑚绒毯子100*150cm","path":"pages/productDetail/productDetail?id=719&from=<a>",` +
		`"head_img":["https://mmecimage.cn/p/wx/main?a=1&b=2"],"desc_info":{"desc":"旅行毯","imgs":[]},"third_cat_id":1445,"brand_id":2100000000,"info_version":"v1",` +
		`"skus":[{"out_product_id":"719","out_sku_id":"27359029914","thumb_img":"https://mmecimage.cn/p/wx/red","sale_price":990,"market_price":1990,"stock_num":200,` +
		`"barcode":"9029914","sku_code":"sku27359029914","sku_attrs":[{"attr_key":"选择颜色","attr_value":"酒红"},{"attr_key":"选择套装","attr_value":"100cm*150cm"}]}],"scene_group_list":[1]}`
	if diff := cmp.Diff([]string{want}, p.sent("spu/add")); diff != "" {
		t.Error(diff)
	}
}

func TestUpdateSendsLargeIDsAsExactNumbers(t *testing.T) {
	p := newPlatform(t)
	p.on("spu/update", `{"errcode":0,"data":{"product_id":18446744073709551615}}`)
	links := blanketLinks
	links.BrandID = "9007199254740993" // 2^53 + 1
	if _, err := p.open().Update(t.Context(), provider.Ref{ProductID: "18446744073709551615", OutProductID: "719"}, &blanket, links); err != nil {
		t.Fatal(err)
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal([]byte(p.sent("spu/update")[0]), &body); err != nil {
		t.Fatal(err)
	}
	for member, want := range map[string]string{"product_id": "18446744073709551615", "out_product_id": `"719"`, "brand_id": "9007199254740993"} {
		if got := string(body[member]); got != want {
			t.Errorf("%s = %s, want %s", member, got, want)
		}
	}
}

// What is not resolved never leaves: no call is made.
func TestAddRefusesWhatIsNotResolved(t *testing.T) {
	tests := []struct {
		name   string
		change func(*schema.SPU)
	}{
		{"picture not uploaded", func(s *schema.SPU) { s.HeadImg = []schema.Image{file("other")} }},
		{"brand not granted", func(s *schema.SPU) { s.Brand = "brand.cxy" }},
		{"category only by path", func(s *schema.SPU) { s.Category = schema.CategoryRef{Path: "家纺/毯子/毛毯"} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlatform(t)
			s := blanket
			tt.change(&s)
			_, err := p.open().Add(t.Context(), &s, blanketLinks)
			if provider.ClassOf(err) != provider.ClassFix {
				t.Errorf("error = %v, want one of class fix", err)
			}
			if n := len(p.sent("spu/add")); n != 0 {
				t.Errorf("%d calls were made", n)
			}
		})
	}
}

// Each writing call names the product by product_id alone once it is known.
func TestRefs(t *testing.T) {
	p := newPlatform(t)
	for _, path := range []string{"spu/listing", "spu/delisting", "spu/del", "spu/del_audit", "spu/update_without_audit"} {
		p.on(path, ok)
	}
	shop, price, stock, none := p.open(), schema.Fen(890), int64(0), ""
	known, unknown := provider.Ref{ProductID: "403700001", OutProductID: "a"}, provider.Ref{OutProductID: "a"}
	edits := []provider.FreeEdit{{OutSKUID: "a-1", SalePrice: &price}, {OutSKUID: "a-2", StockNum: &stock, Barcode: &none}}
	for _, ref := range []provider.Ref{known, unknown} {
		err := errors.Join(shop.List(t.Context(), ref), shop.Delist(t.Context(), ref), shop.Delete(t.Context(), ref),
			shop.Withdraw(t.Context(), ref), shop.UpdateFree(t.Context(), ref, edits))
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"spu/listing", "spu/delisting", "spu/del", "spu/del_audit"} {
		if diff := cmp.Diff([]string{`{"product_id":403700001}`, `{"out_product_id":"a"}`}, p.sent(path)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	// Only the given members change; zero and "" are values, absence is none.
	want := `"skus":[{"out_sku_id":"a-1","sale_price":890},{"out_sku_id":"a-2","stock_num":0,"barcode":""}]}`
	if diff := cmp.Diff([]string{`{"product_id":403700001,` + want, `{"out_product_id":"a",` + want}, p.sent("spu/update_without_audit")); diff != "" {
		t.Error(diff)
	}
}
