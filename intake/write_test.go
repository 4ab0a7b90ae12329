package intake

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// towel is a product with everything that is written as it is.
func towel(id string) *schema.SPU {
	fee := schema.Fen(600)
	return &schema.SPU{
		OutProductID: id, Title: `毛巾"大号" ${x} %{y}\`, Path: "pages/item?id=" + id, Listing: true,
		HeadImg:  []schema.Image{{URL: "https://mmecimage.cn/p/wx/H" + id}, {URL: "https://mmecimage.cn/p/wx/Ha2"}, {URL: "https://mmecimage.cn/p/wx/Ha3"}},
		Category: schema.CategoryRef{ID: 1445}, Brand: "id:29001", Scenes: []int{1},
		DescInfo:  schema.DescInfo{Desc: "第一行\n第二行,\t\"引号\"", Imgs: []schema.Image{{URL: "https://mmecimage.cn/p/wx/Hd"}}},
		Component: schema.Component{Supplier: "厦门仓", ExpressFee: &fee, PickUpType: []string{"1", "3"}},
		SKUs: []schema.SKU{
			{OutSKUID: id + "-红", ThumbImg: schema.Image{URL: "https://mmecimage.cn/p/wx/Hr"}, SalePrice: 990, MarketPrice: 1990, StockNum: 20, SKUCode: "c1", Barcode: "69",
				SKUAttrs: []schema.Attr{{Key: "颜色", Value: "酒红"}, {Key: `尺 码="大"`, Value: "100*150,\ncm"}}},
			{OutSKUID: id + ".2", ThumbImg: schema.Image{URL: "https://mmecimage.cn/p/wx/Hr"}, SalePrice: 1000, MarketPrice: 1000, StockNum: 5,
				SKUAttrs: []schema.Attr{{Key: "颜色", Value: "蓝"}, {Key: `尺 码="大"`, Value: "100*150,\ncm"}}},
		},
	}
}

func bundle(spus ...*schema.SPU) *Bundle {
	return &Bundle{
		Shop:    schema.Shop{Name: "towels", Platform: "component", AppID: "wx0123456789abcdef", Scenes: []int{1}, OnRemove: schema.OnRemoveDelist, InReview: schema.InReviewWithdraw},
		NewShop: true, SPUs: spus,
	}
}

// load reads what was written, and holds it to `shopctl fmt`.
func load(t *testing.T, dir string) *schema.Catalog {
	t.Helper()
	catalog, ds := schema.Load(dir, schema.LoadOptions{})
	for _, d := range ds {
		t.Errorf("%s: %s: %s", d.Range, d.Rule, d.Why.EN)
	}
	if catalog == nil {
		t.FailNow()
	}
	if changed, _ := schema.FormatDir(dir, false); len(changed) > 0 {
		src, _ := os.ReadFile(filepath.Join(dir, changed[0]))
		want, _ := schema.Format(changed[0], src)
		t.Errorf("fmt would change %v:\n%s\nto\n%s", changed, src, want)
	}
	return catalog
}

// same compares all that is sent, and how a product is treated.
func same(t *testing.T, got, want *schema.SPU) {
	t.Helper()
	if got == nil {
		t.Fatalf("%q is not in the catalog", want.OutProductID)
	}
	for _, images := range [][]schema.Image{want.HeadImg, want.QualificationPics, want.DescInfo.Imgs} {
		keyed(images)
	}
	for i := range want.SKUs {
		keyed([]schema.Image{want.SKUs[i].ThumbImg}[:0])
		if want.SKUs[i].ThumbImg.Key == "" {
			want.SKUs[i].ThumbImg.Key = schema.ImageKey(want.SKUs[i].ThumbImg.URL)
		}
	}
	if a, b := schema.Canonical(got), schema.Canonical(want); !bytes.Equal(a, b) {
		t.Errorf("read back\n%s\nwritten\n%s", a, b)
	}
	if got.Listing != want.Listing || got.StockManaged != want.StockManaged || got.AsFound != want.AsFound {
		t.Errorf("%s: listing %v, managed %v, as found %q; want %v, %v, %q", got.OutProductID,
			got.Listing, got.StockManaged, got.AsFound, want.Listing, want.StockManaged, want.AsFound)
	}
}

func keyed(images []schema.Image) {
	for i := range images {
		if images[i].Key == "" {
			images[i].Key = schema.ImageKey(images[i].URL)
		}
	}
}

func TestBlocksReadBackAsWritten(t *testing.T) {
	b := bundle(towel("1.a-b"), towel("719"))
	b.SPUs[0].Title = "毛巾大号加厚吸水"
	b.SPUs[1].Title = "毛巾百搭休闲${x}"
	b.SPUs[1].Listing = false
	b.Notes = map[schema.Address][]lang.Text{{Kind: schema.KindSPU, Name: "719"}: {lang.T("taken from the draft\nwhich is under review", "取自草稿")}}
	dir := t.TempDir()
	written, skipped, err := Write(dir, b, AsBlocks)
	if err != nil || len(skipped) != 0 || len(written) != 2 {
		t.Fatalf("wrote %v, skipped %v, %v", written, skipped, err)
	}
	catalog := load(t, dir)
	for _, s := range b.SPUs {
		same(t, catalog.SPUs[s.OutProductID], s)
	}
}

func TestTablesReadBackAsWritten(t *testing.T) {
	plain, odd, ragged := towel("719"), towel("720"), towel("721")
	plain.Title, odd.Title, ragged.Title = "毛巾,\"大号\"", " 毛巾前有空格", "毛巾规格不同"
	ragged.SKUs[1].SKUAttrs = ragged.SKUs[1].SKUAttrs[:1]
	ragged.SKUs[0].SKUAttrs = ragged.SKUs[0].SKUAttrs[:1]
	plain.Listing = false
	b := bundle(plain, odd, ragged)
	b.Notes = map[schema.Address][]lang.Text{{Kind: schema.KindSPU, Name: "719"}: {lang.T("from the draft", "取自草稿")}}
	dir := t.TempDir()
	written, _, err := Write(dir, b, AsTable)
	want := []string{"shop.hcl", "products/1445.csv", "products/1445-skus.csv", "products/1445.hcl", "products/1445-2.hcl"}
	if err != nil || !slices.Equal(written, want) {
		t.Fatalf("wrote %v, %v", written, err)
	}
	catalog := load(t, dir)
	for _, s := range b.SPUs {
		same(t, catalog.SPUs[s.OutProductID], s)
	}
	if catalog.Sources[schema.Address{Kind: schema.KindSPU, Name: "720"}].EachKey != "" {
		t.Error("a title that a cell would trim is in a table")
	}
}

func TestWriteAddsOnlyWhatIsNew(t *testing.T) {
	dir := t.TempDir()
	b := bundle(towel("1"), towel("2"))
	b.SPUs[0].Title, b.SPUs[1].Title = "毛巾一号", "毛巾二号"
	if _, _, err := Write(dir, &Bundle{Shop: b.Shop, NewShop: true, SPUs: b.SPUs[:1]}, AsBlocks); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(filepath.Join(dir, "products/1445.hcl"))
	if err != nil {
		t.Fatal(err)
	}
	b.NewShop, b.Declared = false, load(t, dir).Sources
	written, skipped, err := Write(dir, b, AsBlocks)
	if err != nil || len(written) != 1 || written[0] != "products/1445-2.hcl" || len(skipped) != 1 || skipped[0].Name != "1" {
		t.Fatalf("wrote %v, skipped %v, %v", written, skipped, err)
	}
	if after, _ := os.ReadFile(filepath.Join(dir, "products/1445.hcl")); !bytes.Equal(first, after) {
		t.Error("a file that was there was changed")
	}
	catalog := load(t, dir)
	same(t, catalog.SPUs["2"], b.SPUs[1])
}
