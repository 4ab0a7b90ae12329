package component

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
)

const plainPage = `{"errcode":0,"errmsg":"ok","total_num":"120","spus":[{"product_id":324545,"out_product_id":"51514515",` +
	`"title":"毛毯","path":"plugin-private://wx1/pages/p?id=1","head_img":["http://img/1"],"qualification_pics":null,` +
	`"desc_info":{"desc":"","imgs":["http://img/2"]},"audit_info":{"submit_time":"2026-11-20 10:00:00","audit_id":0},` +
	`"status":5,"edit_status":"4","third_cat_id":6493,"brand_id":2100000000,"info_version":"xxx","express_fee":0,` +
	`"future":[{"a":null},true],"skus":[{"sku_id":"23424","out_sku_id":"51514515","sale_price":1300,"stock_num":100,` +
	`"sku_attrs":[{"attr_key":"选择颜色","attr_value":"红","more":1}]},{"sku_id":0,"out_sku_id":"2","barcode":null,"sku_attrs":null}],` +
	`"scene_group_list":[1]},{"out_product_id":"2","product_type":1,"pick_up_type":["1","2"],"unitfactor":3,"skus":[]}]}`

// Pages as the platform sends them are read in one pass, and mean what they mean
// to encoding/json. Others are left to it.
func TestPlainPages(t *testing.T) {
	for _, test := range []struct {
		name, change, to string
		plain            bool
	}{
		{"as it is sent", "", "", true},
		{"a code that is not 0", `"errcode":0`, `"errcode":-1`, false},
		{"no code", `"errcode":0,`, ``, false},
		{"not to its end", `]}]}`, `]}]`, false},
		{"space", `,"spus":[{`, " ,\r\n\"spus\" : [ {\t", true},
		{"escapes", `毛毯`, `\u6bdb\/\"\\`, true},
		{"half an escape", `毛毯`, `\u6b`, false},
		{"a control character", `毛毯`, "\x01", false},
		{"broken UTF-8", `毛毯`, "\xe6", false},
		{"keys in camel case", `"out_product_id":"51514515","title"`, `"outProductId":"51514515","title"`, false},
		{"a member twice", `"status":5`, `"status":5,"status":4`, false},
		{"no id at all", `"product_id":324545,"out_product_id":"51514515",`, ``, false},
		{"a fraction", `1300`, `1300.0`, false},
		{"a price in words", `1300`, `"many"`, false},
		{"a list that is one text", `["http://img/1"]`, `"http://img/1"`, false},
		{"an object that is a list", `{"desc":"","imgs":["http://img/2"]}`, `[]`, false},
		{"a zero in front", `1300`, `01300`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := strings.Replace(plainPage, test.change, test.to, 1)
			if got := new(spuList).ReadPlain(body); got != test.plain {
				t.Errorf("read in one pass: %v", got)
			}
			samePage(t, []byte(body))
		})
	}
}

func FuzzPlainPage(f *testing.F) {
	f.Add([]byte(plainPage))
	f.Add([]byte(`{"spus":[{"product_id":" 7 ","skus":[{"sku_id":-1}],"ſtatus":3}],"errcode":"0"}`))
	f.Fuzz(samePage)
}

// samePage fails when a page is read in one pass and means something else to
// encoding/json.
func samePage(t *testing.T, body []byte) {
	quick := new(spuList)
	if !quick.ReadPlain(string(body)) {
		return
	}
	slow, envelope := new(spuList), struct {
		ErrCode json.Number `json:"errcode"`
	}{}
	if err := json.Unmarshal(body, slow); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	if err := json.Unmarshal(body, &envelope); err != nil || fmt.Sprint(envelope.ErrCode) != "0" {
		t.Fatalf("%q is no success: %v %v", body, envelope, err)
	}
	if err := slow.readRows(); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	if d := cmp.Diff(slow, quick, cmp.AllowUnexported(spuList{}, row{}), cmp.AllowUnexported(provider.Copy{})); d != "" {
		t.Fatalf("%q (-encoding/json +one pass):\n%s", body, d)
	}
}

// BenchmarkListPage is one page of a hundred products with four SKUs.
func BenchmarkListPage(b *testing.B) {
	var spus []string
	for i := range pageSize {
		var skus []string
		for s := range 4 {
			skus = append(skus, fmt.Sprintf(`{"sku_id":%d,"out_sku_id":"p%d-%d","thumb_img":"https://mmecimage.cn/p/wx0123456789abcdef/H%064d","sale_price":990,"market_price":9990,"stock_num":7,"barcode":"69000%d","sku_code":"C%d","sku_attrs":[{"attr_key":"颜色","attr_value":"酒红"},{"attr_key":"尺寸","attr_value":"%dcm"}]}`, 7000+i*10+s, i, s, i, i, i, 100+s))
		}
		spus = append(spus, fmt.Sprintf(`{"product_id":%d,"out_product_id":"p%d","title":"珊瑚绒毛毯百搭休闲毯子 第%d款","path":"pages/p?id=%d","head_img":["https://mmecimage.cn/p/wx0123456789abcdef/H%064d"],"desc_info":{"desc":"旅行毯办公室午睡毯空调毯子小被子，可机洗，不掉毛不起球。","imgs":[]},"audit_info":{"submit_time":"2026-11-20 10:00:00","audit_time":"2026-11-20 12:00:00"},"status":5,"edit_status":4,"third_cat_id":1445,"brand_id":2100000000,"update_time":"2026-11-20 12:00:00","info_version":"sc1-fb46374f85f18065746fa7c445d3f3aa","skus":[%s],"scene_group_list":[1]}`, 100000+i, i, i, i, i, strings.Join(skus, ",")))
	}
	body := `{"errcode":0,"total_num":10000,"spus":[` + strings.Join(spus, ",") + `]}`
	b.Run("one pass", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if !new(spuList).ReadPlain(body) {
				b.Fatal("not read")
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			list := new(spuList)
			if err := json.Unmarshal([]byte(body), list); err != nil {
				b.Fatal(err)
			}
			if err := list.readRows(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
