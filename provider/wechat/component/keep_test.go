package component

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/plain"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// everyMember is a product of which no member is empty.
const everyMember = `{"product_id":31,"out_product_id":"p1","title":"毛毯","path":"pages/p?id=1","direct_path":"pages/d","head_img":["http://img/1"],` +
	`"qualification_pics":["http://img/2"],"desc_info":{"desc":"暖和","imgs":["http://img/3","http://img/3"]},` +
	`"audit_info":{"submit_time":"2026-11-20 10:00:00","audit_time":"2026-11-20 11:00:00","reject_reason":"图片模糊","audit_id":"a1"},` +
	`"status":5,"edit_status":3,"third_cat_id":1445,"brand_id":29001,"info_version":"v1","scene_group_list":[1],"supplier":"甲","express_fee":12,` +
	`"product_type":"1","sell_time":"2026-12-01 00:00:00","pick_up_type":["1","2"],"unitname":"条","unitfactor":2,"skus":[` +
	`{"sku_id":41,"out_sku_id":"s1","thumb_img":"http://img/1","sale_price":990,"market_price":1990,"stock_num":3,"barcode":"690","sku_code":"C1","sku_attrs":[{"attr_key":"颜色","attr_value":"红"}]},` +
	`{"sku_id":42,"out_sku_id":"s2","thumb_img":"http://img/4","sale_price":990,"market_price":1990,"stock_num":3,"barcode":"691","sku_code":"C2","sku_attrs":[{"attr_key":"颜色","attr_value":"蓝"}]}]}`

// Whatever is declared, a row says the same as before, and nothing in it is a part
// of the page any more.
func TestRowsLetGoOfTheirPage(t *testing.T) {
	read := func(page string) *row {
		reader := pageReader{Reader: plain.NewForeignReader(page)}
		r := reader.row()
		if r == nil || !reader.Understood() {
			t.Fatal("the page is not read")
		}
		return r
	}
	same := read(strings.Clone(everyMember)).content.SPU
	other := same
	other.Title, other.SKUs = "别的", []schema.SKU{same.SKUs[1], {OutSKUID: "s3"}}
	for name, declared := range map[string]map[string]*schema.SPU{
		"nothing": nil, "the same": {"p1": &same}, "something else": {"p1": &other}, "no SKU": {"p1": {OutProductID: "p1"}},
	} {
		page := strings.Clone(everyMember)
		r := read(page)
		if inside(page, reflect.ValueOf(r).Elem(), "row") == nil {
			t.Fatal("texts are parts of the page only as long as nobody keeps them: the test sees none")
		}
		(&keeper{declared: declared}).row(r)
		if d := cmp.Diff(read(everyMember), r, cmp.AllowUnexported(row{}), cmp.AllowUnexported(provider.Copy{})); d != "" {
			t.Errorf("%s is declared: %s", name, d)
		}
		for _, path := range inside(page, reflect.ValueOf(r).Elem(), "row") {
			t.Errorf("%s is declared: %s is a part of the page", name, path)
		}
	}
}

// inside names the texts of v whose bytes are those of page.
func inside(page string, v reflect.Value, path string) (found []string) {
	switch v.Kind() {
	case reflect.String:
		from := uintptr(unsafe.Pointer(unsafe.StringData(page)))
		at := uintptr(unsafe.Pointer(unsafe.StringData(v.String())))
		if v.Len() > 0 && at >= from && at < from+uintptr(len(page)) {
			found = append(found, path)
		}
	case reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*schema.Original]() {
			found = inside(page, v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			found = append(found, inside(page, v.Field(i), path+"."+v.Type().Field(i).Name)...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			found = append(found, inside(page, v.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			found = append(found, inside(page, key, path+"[key]")...)
			found = append(found, inside(page, v.MapIndex(key), path+"[value]")...)
		}
	}
	return found
}
