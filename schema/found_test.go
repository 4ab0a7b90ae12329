package schema

import (
	"strings"
	"testing"
)

// An odd product as shops have them: no rule of today would let it pass.
const oddHCL = `
spu "odd" {
  title    = "巾"
  path     = "/pages/item"
  head_img = []
  category = 1445
  as_found = "SEAL"

  sku "a" {
    sale_price   = 20
    market_price = 10
    stock_num    = 0
  }
  sku "b" {
    sale_price   = 0
    market_price = 0
    stock_num    = 0
    sku_attrs    = { "颜色" = "" }
  }
}
`

func oddSPU() *SPU {
	return &SPU{
		OutProductID: "odd", Title: "巾", Path: "/pages/item", Category: CategoryRef{ID: 1445}, Scenes: []int{1},
		SKUs: []SKU{
			{OutSKUID: "a", SalePrice: 2000, MarketPrice: 1000},
			{OutSKUID: "b", SKUAttrs: []Attr{{Key: "颜色"}}},
		},
	}
}

func TestContentAsItWasFoundIsOnlyWarnedAbout(t *testing.T) {
	files := func(seal string) map[string][]byte {
		f := goodFiles(t)
		f["odd.hcl"] = []byte(strings.Replace(oddHCL, "SEAL", seal, 1))
		return f
	}
	catalog, ds := Load(writeFiles(t, files(oddSPU().Seal())), LoadOptions{})
	if ds.HasErrors() || len(ds) < 8 {
		t.Fatalf("found %v", ds)
	}
	if got := catalog.SPUs["odd"]; string(Canonical(got)) != string(Canonical(oddSPU())) {
		t.Errorf("read %s", Canonical(got))
	}
	edited := oddSPU()
	edited.Title = "帕"
	_, ds = Load(writeFiles(t, files(edited.Seal())), LoadOptions{})
	rules := map[string]bool{}
	for _, d := range ds {
		rules[d.Rule] = d.Severity == SeverityError
	}
	for _, rule := range []string{"title-length", "head-img-count", "stock", "price-positive", "price-above-market", "missing-required", "sku-attr-empty", "sku-attr-keys"} {
		if !rules[rule] {
			t.Errorf("after a change %s is no error: %v", rule, rules)
		}
	}
	if isError, said := rules["as-found"]; !said || isError {
		t.Error("nobody says that the content changed")
	}
}

// Prices and stock are no reviewed content: they may change under the seal.
func TestPricesDoNotBreakTheSeal(t *testing.T) {
	cheaper := oddSPU()
	cheaper.SKUs[0].SalePrice, cheaper.SKUs[1].StockNum = 1, 5
	if cheaper.Seal() != oddSPU().Seal() {
		t.Error("a price is part of the seal")
	}
	moved := oddSPU()
	moved.HeadImg = []Image{{Key: "sha256:1", Path: "img/a.png"}}
	reencoded := oddSPU()
	reencoded.HeadImg = []Image{{Key: "sha256:2", Path: "img/a.png"}}
	if moved.Seal() == oddSPU().Seal() || moved.Seal() != reencoded.Seal() {
		t.Error("pictures count by their names")
	}
}

// A row that is against the rules is an error although five rows before it, at
// the same place, were only warned about.
func TestSoftFindingsDoNotHideHardOnes(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("id,as_found\n")
	for _, id := range strings.Split("a b c d e f", " ") {
		s := &SPU{OutProductID: id, Title: "巾", Path: "p", HeadImg: []Image{{URL: "https://a.example/1"}}, Category: CategoryRef{ID: 1445}, Scenes: []int{1},
			SKUs: []SKU{{OutSKUID: "s", ThumbImg: Image{URL: "https://a.example/1"}}}}
		seal := s.Seal()
		if id == "f" {
			seal = ""
		}
		rows.WriteString(id + "," + seal + "\n")
	}
	files := goodFiles(t)
	files["found.csv"] = []byte(rows.String())
	files["found.hcl"] = []byte(`
spu "rows" {
  for_each = table("found.csv")
  id       = each.key
  title    = "巾"
  path     = "p"
  head_img = ["https://a.example/1"]
  category = 1445
  as_found = each.value.as_found
  sku "s" {
    thumb_img  = "https://a.example/1"
    sale_price = 1
    stock_num  = 1
  }
}
`)
	_, ds := Load(writeFiles(t, files), LoadOptions{})
	for _, d := range ds {
		if d.Rule == "title-length" && d.Severity == SeverityError && strings.Contains(d.Why.EN, `row "f"`) {
			return
		}
	}
	t.Errorf("row f passes: %v", ds)
}
