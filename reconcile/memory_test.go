package reconcile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/schema"
)

// Without the shop, a plan says differences as it says them with the shop: money
// as money, what is declared in full, a SKU that comes or goes in one line.
func TestRecalled(t *testing.T) {
	sent := &schema.SPU{OutProductID: "719", Title: "毛毯百搭休闲珊瑚绒毯子", Listing: true, SKUs: []schema.SKU{
		{OutSKUID: "red", SalePrice: 990, MarketPrice: 1990}, {OutSKUID: "old.1", SalePrice: 100},
	}}
	want := &schema.SPU{OutProductID: "719", Title: "毛毯百搭休闲珊瑚绒厚毯子", SKUs: []schema.SKU{
		{OutSKUID: "red", SalePrice: 890}, {OutSKUID: "new.1", SalePrice: 200},
	}}
	type said struct {
		Path     string
		Kind     FieldKind
		Old, New string
	}
	var got []said
	for _, d := range recalled(memoDiffs(memoOf(sent), memoOf(want), costOfPath(want)), want) {
		got = append(got, said{d.Path, d.Kind, d.Old, d.New})
	}
	if diff := cmp.Diff([]said{
		{"listing", FieldShelf, "on", "off"},
		{"sku.new.1", FieldSKU, "", "¥2.00"},
		{"sku.old.1", FieldSKU, digested, ""},
		{"sku.red.market_price", FieldMoney, "1990", ""},
		{"sku.red.sale_price", FieldMoney, "990", "890"},
		{"title", FieldText, digested, "毛毯百搭休闲珊瑚绒厚毯子"},
	}, got); diff != "" {
		t.Error(diff)
	}
}
