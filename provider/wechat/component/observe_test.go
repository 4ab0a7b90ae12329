package component_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// row is a product as a list shows it.
func row(id, status, edit int) string {
	return fmt.Sprintf(`{"product_id":%d,"out_product_id":"p%d","status":%d,"edit_status":%d}`, id, id, status, edit)
}

// lists answers get_list from the rows of each plane. total says what total_num
// is, given the number of all rows and of the rows on the page.
func (p *platform) lists(drafts, online []string, total func(all, page int) int) {
	p.onFunc("spu/get_list", func(body map[string]any) string {
		rows := online
		if body["need_edit_spu"] == 1.0 {
			rows = drafts
		}
		size, page := int(body["page_size"].(float64)), int(body["page"].(float64))
		from, to := min((page-1)*size, len(rows)), min(page*size, len(rows))
		return list(rows[from:to], total(len(rows), to-from))
	})
}

func list(rows []string, total int) string {
	raw := make([]json.RawMessage, len(rows))
	for i, r := range rows {
		raw[i] = json.RawMessage(r)
	}
	b, err := json.Marshal(map[string]any{"errcode": 0, "total_num": total, "spus": raw})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func all(all, _ int) int   { return all }
func page(_, page int) int { return page }
func none(_, _ int) int    { return 0 }

func rows(n, status, edit int) []string {
	var list []string
	for id := 1; id <= n; id++ {
		list = append(list, row(id, status, edit))
	}
	return list
}

// However total_num is meant, every page is read.
func TestObserveReadsAllPages(t *testing.T) {
	for _, n := range []int{0, 1, 99, 100, 101, 250} {
		for name, total := range map[string]func(int, int) int{"all": all, "page": page, "none": none} {
			p := newPlatform(t)
			p.lists(rows(n, 5, 4), rows(n, 5, 4), total)
			o, err := p.open().Observe(t.Context(), provider.Scope{})
			if err != nil {
				t.Fatal(err)
			}
			if len(o.Products) != n {
				t.Errorf("total_num is %s: %d of %d products", name, len(o.Products), n)
			}
		}
	}
}

// A server that ignores the page number, or that shows rows twice while they shift.
func TestObserveEndsAndDoesNotDouble(t *testing.T) {
	p := newPlatform(t)
	p.on("spu/get_list", list(rows(100, 5, 4), 100_000))
	o, err := p.open().Observe(t.Context(), provider.Scope{})
	if err != nil || len(o.Products) != 100 || len(p.sent("spu/get_list")) != 4 {
		t.Errorf("%d products after %d calls, %v", len(o.Products), len(p.sent("spu/get_list")), err)
	}
	p = newPlatform(t)
	shifted := slices.Insert(rows(150, 5, 4), 100, row(100, 5, 4))
	p.lists(shifted, shifted, all)
	if o, err = p.open().Observe(t.Context(), provider.Scope{}); err != nil || len(o.Products) != 150 {
		t.Errorf("%d products, %v", len(o.Products), err)
	}
}

// A page that is short although more is announced does not end the list.
func TestObserveReadsOnAfterAShortPage(t *testing.T) {
	p := newPlatform(t)
	p.onFunc("spu/get_list", func(body map[string]any) string {
		n := int(body["page"].(float64))
		rows := rows(90, 5, 4)
		return list(rows[min((n-1)*30, 90):min(n*30, 90)], 90) // a server that gives 30 at most
	})
	if o, err := p.open().Observe(t.Context(), provider.Scope{}); err != nil || len(o.Products) != 90 {
		t.Errorf("%d products, %v", len(o.Products), err)
	}
}

func TestObserveJoinsTheTwoCopies(t *testing.T) {
	p := newPlatform(t)
	p.lists(
		[]string{row(1, 0, 2), row(2, 5, 3), row(3, 5, 0)},
		[]string{row(1, 0, 2), row(2, 5, 3), row(4, 11, 0)}, all) // p1: a lenient server
	o, err := p.open().Observe(t.Context(), provider.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for id, product := range o.Products {
		got[id] = fmt.Sprintf("draft %v online %v review %d shelf %d", product.Draft != nil, product.Online != nil, product.Review, product.Shelf)
	}
	want := map[string]string{
		"p1": "draft true online false review 2 shelf 0",
		"p2": "draft true online true review 3 shelf 5",
		"p3": "draft true online false review 0 shelf 5",
		"p4": "draft false online true review 0 shelf 11",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Of a deleted and a re-added product, the younger counts.
func TestObservePrefersTheYounger(t *testing.T) {
	p := newPlatform(t)
	old, young := `{"product_id":9,"out_product_id":"a","status":11}`, `{"product_id":10,"out_product_id":"a","status":5}`
	for _, rows := range [][]string{{old, young}, {young, old}} {
		p.lists(rows, rows, all)
		o, err := p.open().Observe(t.Context(), provider.Scope{})
		if err != nil || o.Products["a"].ProductID != "10" {
			t.Errorf("%+v, %v", o.Products["a"], err)
		}
	}
}

// A declared product that the lists do not show is looked up before it is
// believed to be absent; one that nobody asked for is not.
func TestObserveConfirmsAbsence(t *testing.T) {
	p := newPlatform(t)
	p.lists(rows(2, 5, 4), rows(2, 5, 4), all)
	p.onFunc("spu/get", func(body map[string]any) string {
		if body["out_product_id"] == "p3" {
			return `{"errcode":0,"spu":` + row(3, 0, 1) + `}`
		}
		return `{"errcode":1000011,"errmsg":"x"}`
	})
	o, err := p.open().Observe(t.Context(), provider.Scope{Products: []string{"p1", "p3", "p4"}})
	if err != nil {
		t.Fatal(err)
	}
	if o.Products["p1"] == nil || o.Products["p2"] == nil || o.Products["p3"] == nil || o.Products["p4"] != nil || len(o.Products) != 3 {
		t.Errorf("products = %v", o.Products)
	}
}

// Few products are read by themselves; many through the lists, without the others.
func TestObserveOnly(t *testing.T) {
	p := newPlatform(t)
	p.onFunc("spu/get", func(body map[string]any) string {
		var id int
		fmt.Sscanf(body["out_product_id"].(string), "p%d", &id)
		return `{"errcode":0,"spu":` + row(id, 5, 4) + `}`
	})
	o, err := p.open().Observe(t.Context(), provider.Scope{Only: true, Products: []string{"p7", "p8", "p7"}})
	if err != nil || len(o.Products) != 2 || len(p.sent("spu/get_list")) != 0 || len(p.sent("spu/get")) != 4 {
		t.Errorf("%d products, %d lists, %d gets, %v", len(o.Products), len(p.sent("spu/get_list")), len(p.sent("spu/get")), err)
	}
	p.lists(rows(50, 5, 4), rows(50, 5, 4), all)
	var ids []string
	for id := 1; id <= 21; id++ {
		ids = append(ids, fmt.Sprintf("p%d", id))
	}
	o, err = p.open().Observe(t.Context(), provider.Scope{Only: true, Products: ids})
	if err != nil || len(o.Products) != 21 || len(p.sent("spu/get")) != 4 {
		t.Errorf("%d products, %d gets, %v", len(o.Products), len(p.sent("spu/get")), err)
	}
	// What nobody remembers is found in the lists or not at all: a saved plan of
	// 3,000 new products must not cost 3,000 calls.
	o, err = p.open().Observe(t.Context(), provider.Scope{Only: true, Products: ids, Fresh: []string{"p30", "new"}})
	if err != nil || len(o.Products) != 22 || o.Products["p30"] == nil || len(p.sent("spu/get")) != 4 {
		t.Errorf("%d products, %d gets, %v", len(o.Products), len(p.sent("spu/get")), err)
	}
}

func TestObserveTheRest(t *testing.T) {
	p := newPlatform(t)
	p.lists(nil, nil, none)
	p.on("account/get_info", `{"errcode":0,"data":{"service_agent_path":"pages/cs","service_agent_phone":null,"service_agent_type":["2",0,1],"default_receiving_address":{"receiver_name":"张三","tel_number":13800000000}}}`)
	p.on("account/get_brand_list", `{"errcode":0,"errmsg":"ok","data":[{"brand_id":29001,"brand_wording":"示例牌"}]}`)
	p.on("account/get_category_list", `{"errcode":0,"data":[{"first_cat_id":1400,"second_cat_id":1420,"third_cat_id":1446,"third_cat_name":"电热毯"}]}`)
	p.onFunc("audit/result", func(body map[string]any) string {
		if body["audit_id"] == "known" {
			return `{"errcode":0,"data":{"status":0,"brand_id":0,"reject_reason":""}}`
		}
		return `{"errcode":1050005}`
	})
	got, err := p.open().Observe(t.Context(), provider.Scope{Merchant: true, Brands: true, Qualifications: true, AuditIDs: []string{"known", "lost"}})
	if err != nil {
		t.Fatal(err)
	}
	want := &provider.Observation{
		At: testNow,
		Merchant: &schema.Merchant{ServiceAgentType: []int{0, 1, 2}, ServiceAgentPath: "pages/cs",
			DefaultReceivingAddress: &schema.ReceivingAddress{ReceiverName: "张三", TelNumber: "13800000000"}},
		Brands:     map[string]provider.BrandGrant{"示例牌": {BrandID: "29001", Wording: "示例牌"}},
		Categories: map[uint64]bool{1446: true},
		Products:   map[string]*provider.Product{},
		Verdicts:   map[string]provider.Verdict{"known": {Status: provider.VerdictPending}, "lost": {Status: provider.VerdictUnknown}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMerchantWithoutSettingsIsNil(t *testing.T) {
	for _, data := range []string{`null`, `{}`, `[]`, `{"service_agent_type":[],"service_agent_path":"","default_receiving_address":{}}`, `{"default_receiving_address":null,"service_agent_type":null}`} {
		p := newPlatform(t)
		p.lists(nil, nil, none)
		p.on("account/get_info", `{"errcode":0,"data":`+data+`}`)
		o, err := p.open().Observe(t.Context(), provider.Scope{Merchant: true})
		if err != nil || o.Merchant != nil {
			t.Errorf("%s: %+v, %v", data, o.Merchant, err)
		}
	}
}

// Half an observation would look like a shop without products.
func TestObserveFailsAsAWhole(t *testing.T) {
	p := newPlatform(t)
	p.onFunc("spu/get_list", func(body map[string]any) string {
		if body["need_edit_spu"] == 1.0 {
			return `{"errcode":48001,"errmsg":"api unauthorized"}`
		}
		return list(rows(1, 5, 4), 1)
	})
	o, err := p.open().Observe(t.Context(), provider.Scope{})
	if o != nil || provider.ClassOf(err) != provider.ClassPermission {
		t.Errorf("%+v, %v", o, err)
	}
}

// Products without an out_product_id cannot be declared; their ids are told.
func TestObserveNamesTheNameless(t *testing.T) {
	p := newPlatform(t)
	nameless := func(id int) string { return fmt.Sprintf(`{"product_id":%d,"out_product_id":"","status":5}`, id) }
	p.lists([]string{row(1, 5, 4), nameless(9), nameless(8)}, []string{nameless(9)}, all)
	o, err := p.open().Observe(t.Context(), provider.Scope{})
	if err != nil || len(o.Products) != 1 || !slices.Equal(o.Nameless, []string{"8", "9"}) {
		t.Errorf("%d products, nameless %v, %v", len(o.Products), o.Nameless, err)
	}
}
