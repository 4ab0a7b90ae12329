package intake_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// TestMain keeps the random shops few unless -rapid.checks says how many: each is
// written, read and planned several times.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "12"); err != nil {
		panic(err)
	}
	flag.Parse()
	os.Exit(m.Run())
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, schema.Beijing)

// world is a shop, and a directory that it is taken over into.
type world struct {
	t       testing.TB
	dir     string
	shop    *provider.Observation
	state   *state.State
	tree    *schema.CategoryTree
	keep    bool // links instead of files
	layout  intake.Layout
	reading int // how often the shop was read: its URLs change each time
}

func newWorld(t testing.TB, products ...*provider.Product) *world {
	w := &world{t: t, dir: t.TempDir(), layout: intake.AsBlocks, state: state.New(state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"})}
	w.tree = schema.NewCategoryTree([]schema.Category{
		{ID: 1445, Name: "毛毯", SecondID: 1420, Second: "毯类", FirstID: 1400, First: "家纺"},
		{ID: 1446, Name: "电热毯", SecondID: 1420, Second: "毯类", FirstID: 1400, First: "家纺", Qualification: "3C", QualificationType: schema.NeedRequired},
		{ID: 1461, Name: "面巾", SecondID: 1421, Second: "毛巾", FirstID: 1400, First: "家纺", ProductQualificationType: schema.NeedRequired},
	})
	w.shop = &provider.Observation{
		At: noon, Products: map[string]*provider.Product{},
		Brands:     map[string]provider.BrandGrant{"CXY": {BrandID: "29001", Wording: "CXY"}, "示例 牌": {BrandID: "29002", Wording: "示例 牌"}},
		Categories: map[uint64]bool{1446: true},
		Merchant:   &schema.Merchant{ServiceAgentType: []int{0, 1, 2}, ServiceAgentPath: "pages/cs", ServiceAgentPhone: "020-1"},
	}
	for _, p := range products {
		w.shop.Products[p.OutProductID] = p
	}
	return w
}

// read is the shop as one reading shows it: every picture under a new URL.
func (w *world) read() *provider.Observation {
	w.reading++
	seen := *w.shop
	seen.Products = map[string]*provider.Product{}
	for id, p := range w.shop.Products {
		shown := *p
		shown.Draft, shown.Online = w.shown(p.Draft), w.shown(p.Online)
		seen.Products[id] = &shown
	}
	return &seen
}

func (w *world) shown(c *provider.Copy) *provider.Copy {
	if c == nil {
		return nil
	}
	s := *c
	s.SPU.HeadImg, s.SPU.QualificationPics, s.SPU.DescInfo.Imgs = w.links(s.SPU.HeadImg), w.links(s.SPU.QualificationPics), w.links(s.SPU.DescInfo.Imgs)
	s.SPU.SKUs = slices.Clone(s.SPU.SKUs)
	for i := range s.SPU.SKUs {
		if s.SPU.SKUs[i].ThumbImg.URL != "" {
			s.SPU.SKUs[i].ThumbImg = w.links([]schema.Image{s.SPU.SKUs[i].ThumbImg})[0]
		}
	}
	return &s
}

func (w *world) links(images []schema.Image) []schema.Image {
	var shown []schema.Image
	for _, img := range images {
		url := fmt.Sprintf("%s?reply=%d", img.URL, w.reading)
		shown = append(shown, schema.Image{Key: schema.ImageKey(url), URL: url})
	}
	return shown
}

// fetch draws a picture for each link, the same whatever its query; those below
// /gone/ are not to be had.
func fetch(_ context.Context, url string) ([]byte, string, error) {
	path, _, _ := bytes.Cut([]byte(url), []byte("?"))
	if bytes.Contains(path, []byte("/gone/")) {
		return nil, "", errors.New("its host answers HTTP status 404")
	}
	sum := crc32.ChecksumIEEE(path)
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		img.Set(i%8, i/8, color.RGBA{byte(sum), byte(sum >> 8), byte(sum >> 16), 255})
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), ".png", err
}

// load reads the catalog; nil while there is none.
func (w *world) load() *schema.Catalog {
	catalog, ds := schema.Load(w.dir, schema.LoadOptions{Tree: w.tree})
	if ds.HasErrors() {
		for _, d := range ds {
			src, _ := os.ReadFile(w.dir + "/" + d.Range.File)
			w.t.Errorf("%s: %s: %s\n%s", d.Range, d.Rule, d.Why.EN, src)
		}
		w.t.FailNow()
	}
	if changed, _ := schema.FormatDir(w.dir, false); len(changed) > 0 {
		src, _ := os.ReadFile(w.dir + "/" + changed[0])
		w.t.Errorf("fmt would change %v:\n%s", changed, src)
	}
	return catalog
}

// importLive does what the command does.
func (w *world) importLive() *intake.Taken {
	w.t.Helper()
	shop := schema.Shop{Name: "shop", Platform: "component", AppID: "wx0123456789abcdef", Scenes: []int{1}}
	if entries, _ := os.ReadDir(w.dir); len(entries) == 0 {
		if _, _, err := intake.Write(w.dir, &intake.Bundle{Shop: shop, NewShop: true}, w.layout); err != nil {
			w.t.Fatal(err)
		}
	}
	catalog := w.load()
	taken := (&intake.Live{Seen: w.read(), Catalog: catalog, Shop: catalog.Shop, Tree: w.tree}).Take()
	if !w.keep {
		if err := taken.Pictures(context.Background(), w.dir, fetch, func(int) {}); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := taken.Seal(w.dir); err != nil {
		w.t.Fatal(err)
	}
	if _, _, err := intake.Write(w.dir, taken.Bundle, w.layout); err != nil {
		w.t.Fatal(err)
	}
	catalog = w.load()
	for id, origin := range taken.From {
		if catalog.SPUs[id] == nil {
			continue
		}
		rec, images := reconcile.Adopt(nil, catalog.SPUs[id], origin.Product, origin.Copy)
		w.state.Records[rec.Address] = rec
		w.remember(images)
	}
	return taken
}

func (w *world) remember(images map[schema.ImageKey]string) {
	for key, url := range images {
		w.state.Images[key] = state.ImageRecord{URL: url}
	}
}

// plan is what apply would do now.
func (w *world) plan() *reconcile.Plan {
	return reconcile.Make(w.load(), w.state, w.read(), reconcile.Policy{Now: noon.Add(24 * time.Hour)})
}

// mustDoNothing plans, and learns what a plan learns, twice.
func (w *world) mustDoNothing() {
	w.t.Helper()
	for range 2 {
		plan := w.plan()
		for _, c := range plan.Changes {
			if len(c.Steps) > 0 {
				w.t.Errorf("%s: %v %+v", c.Address, c.Steps, c.Fields)
			}
		}
		if n := len(plan.Uploads); n > 0 {
			w.t.Errorf("%d pictures would be uploaded", n)
		}
		for _, rec := range plan.Learned.Records {
			w.state.Records[rec.Address] = rec
		}
		w.remember(plan.Learned.Images)
	}
}

func picture(name string) schema.Image {
	return schema.Image{URL: "https://mmecimage.cn/p/wx/" + name}
}

func copyOf(id string) *provider.Copy {
	return &provider.Copy{SPU: schema.SPU{
		OutProductID: id, Title: "毛毯百搭休闲 " + id, Path: "pages/item?id=" + id, HeadImg: []schema.Image{picture("h" + id)},
		Category: schema.CategoryRef{ID: 1445}, Scenes: []int{1},
		SKUs: []schema.SKU{{OutSKUID: id + "-1", ThumbImg: picture("t" + id), SalePrice: 990, MarketPrice: 1990, StockNum: 5, SKUAttrs: []schema.Attr{{Key: "颜色", Value: "红"}}}},
	}, SKUIDs: schema.SKUIDs{{OutSKUID: id + "-1", SKUID: "1"}}}
}

func productOf(id string, change func(*provider.Product)) *provider.Product {
	p := &provider.Product{
		ProductID: "403700001", OutProductID: id, Draft: copyOf(id), Online: copyOf(id), Review: provider.ReviewApproved, Shelf: provider.ShelfListed,
		SubmittedAt: noon.Add(-48 * time.Hour), AuditedAt: noon.Add(-47 * time.Hour), UpdatedAt: noon.Add(-47 * time.Hour),
	}
	change(p)
	return p
}

// shapes are the products that are known to be odd (reference section 8).
var shapes = map[string]func(*provider.Product){
	"on the shelf":            func(*provider.Product) {},
	"no draft is shown":       func(p *provider.Product) { p.Draft = nil },
	"edit 0 and on the shelf": func(p *provider.Product) { p.Review = provider.ReviewNone },
	"an unknown edit_status":  func(p *provider.Product) { p.Review = 7 },
	"an unknown shelf":        func(p *provider.Product) { p.Shelf = 6 },
	"delisted":                func(p *provider.Product) { p.Shelf = provider.ShelfDelisted },
	"banned":                  func(p *provider.Product) { p.Shelf = provider.ShelfBanned },
	"banned in review":        func(p *provider.Product) { p.Shelf = provider.ShelfBanned; p.Review = provider.ReviewRunning },
	"new, in review":          func(p *provider.Product) { p.Online, p.Shelf, p.Review = nil, 0, provider.ReviewRunning },
	"new, rejected": func(p *provider.Product) {
		p.Online, p.Shelf, p.Review, p.Reason = nil, 0, provider.ReviewRejected, "不清晰"
	},
	"new, saved":              func(p *provider.Product) { p.Online, p.Shelf, p.Review = nil, 0, provider.ReviewNotAudited },
	"new, edit 0":             func(p *provider.Product) { p.Online, p.Shelf, p.Review = nil, 0, provider.ReviewNone },
	"new, approved, unlisted": func(p *provider.Product) { p.Online, p.Shelf = nil, 0 },
	"only a draft, status 5":  func(p *provider.Product) { p.Online, p.Review = nil, provider.ReviewNone },
	"other draft, in review":  func(p *provider.Product) { p.Draft.SPU.Title = "毛毯新标题"; p.Review = provider.ReviewRunning },
	"other draft, rejected":   func(p *provider.Product) { p.Draft.SPU.Title = "毛毯新标题"; p.Review = provider.ReviewRejected },
	"other draft, withdrawn":  func(p *provider.Product) { p.Draft.SPU.Title = "毛毯新标题"; p.Review = provider.ReviewNotAudited },
	"other draft, approved":   func(p *provider.Product) { p.Draft.SPU.Title = "毛毯新标题" },
	"delisted, other draft":   func(p *provider.Product) { p.Draft.SPU.Title = "毛毯新标题"; p.Review, p.Shelf = 2, 11 },
	"a foreign info_version":  both(func(s *schema.SPU) { s.InfoVersion = "1" }),
	"another stamp of ours":   both(func(s *schema.SPU) { s.InfoVersion = "sc1-00112233445566778899aabbccddeeff" }),
	"versions that differ":    func(p *provider.Product) { p.Draft.SPU.InfoVersion, p.Online.SPU.InfoVersion = "2", "1" },
	"no thumb_img":            both(func(s *schema.SPU) { s.SKUs[0].ThumbImg = schema.Image{} }),
	"no head_img":             both(func(s *schema.SPU) { s.HeadImg = nil }),
	"twelve head_img":         both(func(s *schema.SPU) { s.HeadImg = slices.Repeat(s.HeadImg, 12) }),
	"a detail page": both(func(s *schema.SPU) {
		s.DescInfo = schema.DescInfo{Desc: "第一行\n ${x}", Imgs: []schema.Image{picture("d")}}
	}),
	"no SKU":                  both(func(s *schema.SPU) { s.SKUs = nil }),
	"SKU without attributes":  both(func(s *schema.SPU) { s.SKUs[0].SKUAttrs = nil }),
	"attributes that differ":  both(func(s *schema.SPU) { s.SKUs = append(s.SKUs, schema.SKU{OutSKUID: "x", SalePrice: 1, MarketPrice: 1}) }),
	"the same attributes":     both(func(s *schema.SPU) { k := s.SKUs[0]; k.OutSKUID = "x"; s.SKUs = append(s.SKUs, k) }),
	"an attribute twice":      both(func(s *schema.SPU) { s.SKUs[0].SKUAttrs = slices.Repeat(s.SKUs[0].SKUAttrs, 2) }),
	"an empty attribute":      both(func(s *schema.SPU) { s.SKUs[0].SKUAttrs = []schema.Attr{{}, {Key: "颜色"}} }),
	"market below sale":       both(func(s *schema.SPU) { s.SKUs[0].MarketPrice = 1 }),
	"market price 0":          both(func(s *schema.SPU) { s.SKUs[0].MarketPrice = 0 }),
	"price 0":                 both(func(s *schema.SPU) { s.SKUs[0].SalePrice = 0 }),
	"stock 0":                 both(func(s *schema.SPU) { s.SKUs[0].StockNum = 0 }),
	"short title":             both(func(s *schema.SPU) { s.Title = "巾" }),
	"no title":                both(func(s *schema.SPU) { s.Title = "" }),
	"English title":           both(func(s *schema.SPU) { s.Title = "A towel ☃" }),
	"decomposed title":        both(func(s *schema.SPU) { s.Title = "毛毯 cafe\u0301" }),
	"spaces around the title": both(func(s *schema.SPU) { s.Title = "  毛毯大号\t" }),
	"a slash before the path": both(func(s *schema.SPU) { s.Path = "/pages/item" }),
	"no path":                 both(func(s *schema.SPU) { s.Path = "" }),
	"a long code":             both(func(s *schema.SPU) { s.SKUs[0].SKUCode, s.SKUs[0].Barcode = "12345678901234567890123", "\"6,9\"" }),
	"a retired category":      both(func(s *schema.SPU) { s.Category.ID = 999 }),
	"category 0":              both(func(s *schema.SPU) { s.Category.ID = 0 }),
	"an unqualified category": both(func(s *schema.SPU) { s.Category.ID = 1461 }),
	"a qualified category":    both(func(s *schema.SPU) { s.Category.ID = 1446 }),
	"a granted brand":         both(func(s *schema.SPU) { s.Brand = "id:29002" }),
	"a brand of nobody":       both(func(s *schema.SPU) { s.Brand = "id:777" }),
	"other scenes":            both(func(s *schema.SPU) { s.Scenes = []int{3, 1} }),
	"no scenes":               both(func(s *schema.SPU) { s.Scenes = nil }),
	"bad scenes":              both(func(s *schema.SPU) { s.Scenes = []int{0, 1, 1} }),
	"extensions": both(func(s *schema.SPU) {
		fee := schema.Fen(0)
		s.Component = schema.Component{DirectPath: "p", Supplier: "s\"", ExpressFee: &fee, ProductType: "2", PickUpType: []string{"1"}, UnitName: "条", UnitFactor: 2}
	}),
	"extensions without words": both(func(s *schema.SPU) {
		fee := schema.Fen(-1)
		s.Component = schema.Component{ExpressFee: &fee, ProductType: "1", PickUpType: []string{"9"}, UnitFactor: -2}
	}),
	"a picture that is gone": both(func(s *schema.SPU) { s.HeadImg = []schema.Image{picture("gone/1")} }),
}

// both changes the two copies in the same way.
func both(change func(*schema.SPU)) func(*provider.Product) {
	return func(p *provider.Product) { change(&p.Draft.SPU); change(&p.Online.SPU) }
}

// Whatever a shop has: import, then plan, does nothing, and importing again adds
// nothing. So for each odd shape by itself, so that a failure names its shape.
func TestEveryShapeComesHome(t *testing.T) {
	for _, layout := range []intake.Layout{intake.AsBlocks, intake.AsTable} {
		for _, name := range slices.Sorted(maps.Keys(shapes)) {
			t.Run(string(layout)+"/"+name, func(t *testing.T) {
				w := newWorld(t, productOf("719", shapes[name]))
				w.layout = layout
				taken := w.importLive()
				if len(taken.SPUs) != 1 {
					t.Fatalf("took %d products: %+v", len(taken.SPUs), taken.Problems)
				}
				w.mustDoNothing()
				if again := w.importLive(); len(again.SPUs)+len(again.Brands)+len(again.Qualifications) > 0 || again.Known != 1 {
					t.Errorf("a second import takes %d products, %d brands", len(again.SPUs), len(again.Brands))
				}
				w.mustDoNothing()
			})
		}
	}
}

func TestKeptLinksComeHome(t *testing.T) {
	w := newWorld(t, productOf("719", shapes["a detail page"]))
	w.keep = true
	w.importLive()
	if w.load().SPUs["719"].HeadImg[0].URL == "" {
		t.Error("a picture was fetched")
	}
	w.mustDoNothing()
}

// What cannot be named in a file is told, and left in the shop.
func TestWhatCannotBeTakenIsTold(t *testing.T) {
	nameless := productOf(" 7", func(*provider.Product) {})
	noSKU := productOf("8", both(func(s *schema.SPU) { s.SKUs[0].OutSKUID = "" }))
	w := newWorld(t, nameless, noSKU, productOf("9", func(*provider.Product) {}))
	w.shop.Nameless = []string{"403700009"}
	w.shop.Merchant.DefaultReceivingAddress = &schema.ReceivingAddress{ReceiverName: "张三", TelNumber: "1"} // without a street
	taken := w.importLive()
	if len(taken.SPUs) != 1 || len(taken.Problems) != 4 || taken.Merchant != nil {
		t.Errorf("took %d, problems %+v", len(taken.SPUs), taken.Problems)
	}
	w.mustDoNothing()
}

// Shops of many products with several oddities each, under URLs that never stay.
func TestShopsComeHome(t *testing.T) {
	names := slices.Sorted(maps.Keys(shapes))
	rapid.Check(t, func(rt *rapid.T) {
		var products []*provider.Product
		for i := range rapid.IntRange(1, 5).Draw(rt, "products") {
			id := rapid.SampledFrom([]string{"719", "a.b", "毛毯", "a/b", "..", "\"q\"", "${x}", "Ａ"}).Draw(rt, "id") + fmt.Sprint(i)
			p := productOf(id, func(*provider.Product) {})
			for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 3, rapid.ID).Draw(rt, "shapes") {
				if p.Draft != nil && p.Online != nil && (len(p.Draft.SPU.SKUs) > 0 && len(p.Online.SPU.SKUs) > 0) {
					shapes[name](p)
				}
			}
			text := rapid.StringOf(rapid.RuneFrom([]rune("毛a1 \t\n\"\\$%{}#,;:'`~é\u0301\u200d\ufeff\u202e😀=")))
			if rapid.Bool().Draw(rt, "words") && p.Draft != nil {
				p.Draft.SPU.Title, p.Draft.SPU.DescInfo.Desc = text.Draw(rt, "title"), text.Draw(rt, "desc")
				if len(p.Draft.SPU.SKUs) > 0 {
					p.Draft.SPU.SKUs[0].SKUAttrs = []schema.Attr{{Key: text.Draw(rt, "key"), Value: text.Draw(rt, "value")}}
				}
			}
			products = append(products, p)
		}
		w := newWorld(t, products...)
		w.layout = rapid.SampledFrom([]intake.Layout{intake.AsBlocks, intake.AsTable}).Draw(rt, "layout")
		w.importLive()
		w.mustDoNothing()
		if again := w.importLive(); len(again.SPUs) > 0 {
			rt.Fatalf("a second import takes %d products", len(again.SPUs))
		}
		if t.Failed() {
			rt.FailNow()
		}
	})
}
