package schema

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/schema/raster"
)

func mustLoad(t testing.TB, files map[string][]byte, opt LoadOptions) *Catalog {
	t.Helper()
	c, ds := Load(writeFiles(t, files), opt)
	for _, d := range ds {
		t.Errorf("%s %s: %s", d.Range, d.Rule, d.Why.EN)
	}
	if c == nil {
		t.FailNow()
	}
	return c
}

func img(key []byte, path string) Image {
	return Image{Key: keyOf(raster.DigestOf(key)), Path: path}
}

func TestDesignExample(t *testing.T) {
	files := exampleFiles(t)
	c := mustLoad(t, files, LoadOptions{})
	file := func(path string) Image { return img(files[path], path) }
	drop := 0.30

	want := &Catalog{
		Shop: Shop{
			Name: "blankets", Platform: "component", AppID: "wx0123456789abcdef", Scenes: []int{1},
			State: StateConfig{Store: "local", Path: "shopctl.state.jsonl"}, Guard: Guard{MaxPriceDrop: &drop}, Budget: DefaultBudget,
			OnRemove: OnRemoveDelist, InReview: InReviewWithdraw,
		},
		Merchant: &Merchant{
			ServiceAgentType: []int{0, 1, 2}, ServiceAgentPath: "pages/service/index", ServiceAgentPhone: "020-88880000",
			DefaultReceivingAddress: &ReceivingAddress{"张三", "13800000000", "中国", "福建省", "厦门市", "思明区", "莲前街道 1 号"},
		},
		Brands: map[string]*Brand{"cxy": {
			BrandWording: "CXY", BrandAuditType: 1, BrandManagementType: 1, CommodityOriginType: 2, TrademarkType: "24",
			License: []Image{file("files/license.png")}, TrademarkRegistrationCertificate: []Image{file("files/certificate.png")},
			TrademarkRegistrant: "示例有限公司", TrademarkRegistrantNu: "12345678", TrademarkAuthorizationPeriod: "2030-01-01 00:00:00",
			Scenes: []int{1},
		}},
		Qualifications: map[string]*Qualification{"electric-blankets": {
			Category: CategoryRef{Path: "家纺/毯类/电热毯"}, License: []Image{file("files/license.png")}, Certificate: []Image{file("files/ccc.png")}, Scenes: []int{1},
		}},
		SPUs: map[string]*SPU{
			"719": {
				OutProductID: "719", Title: "毛毯百搭休闲珊瑚绒毯子100*150cm", Path: "pages/productDetail/productDetail?id=719",
				HeadImg:  []Image{file("img/719/1.png"), file("img/719/2.png")},
				DescInfo: DescInfo{Desc: "旅行毯办公室午睡毯空调毯子小被子", Imgs: []Image{file("img/719/d1.png")}},
				Category: CategoryRef{ID: 1445}, Brand: "brand.cxy", Scenes: []int{1},
				SKUs: []SKU{{
					OutSKUID: "27359029914", ThumbImg: file("img/719/red.png"), SalePrice: 990, MarketPrice: 1990, StockNum: 200,
					Barcode: "9029914", SKUCode: "sku27359029914", SKUAttrs: []Attr{{"选择颜色", "酒红"}, {"选择套装", "100cm*150cm"}},
				}},
				Listing: true, OnRemove: OnRemoveDelist, InReview: InReviewWithdraw,
			},
			"t1": towel("t1", "纯棉面巾 34*74cm", []Image{file("img/t1/2.jpg"), file("img/t1/10.jpg")},
				SKU{OutSKUID: "t1-white", ThumbImg: file("img/t1/2.jpg"), SalePrice: 1250, MarketPrice: 1250, StockNum: 10, SKUAttrs: []Attr{{"颜色", "白"}}},
				SKU{OutSKUID: "t1-blue", ThumbImg: file("img/t1/10.jpg"), SalePrice: 1250, MarketPrice: 1250, StockNum: 20, SKUAttrs: []Attr{{"颜色", "蓝"}}}),
			"t2": towel("t2", "竹纤维面巾 30*30cm", []Image{file("img/t2/1.jpg")},
				SKU{OutSKUID: "t2-white", ThumbImg: file("img/t2/1.jpg"), SalePrice: 800, MarketPrice: 800, StockNum: 30, SKUAttrs: []Attr{{"颜色", "白"}}}),
		},
	}
	ignored := cmp.FilterPath(func(p cmp.Path) bool {
		return slices.Contains([]string{"Range", "Images", "Sources", "Digest", "dir", "workshop"}, strings.TrimPrefix(p.Last().String(), "."))
	}, cmp.Ignore())
	if diff := cmp.Diff(want, c, ignored); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}

	var addresses []string
	for _, a := range c.Addresses() {
		addresses = append(addresses, a.String())
	}
	if want := []string{"merchant", "brand.cxy", "qualification.electric-blankets", "spu.719", "spu.t1", "spu.t2"}; !slices.Equal(addresses, want) {
		t.Errorf("addresses %v, want %v", addresses, want)
	}
	if source := c.Sources[Address{KindSPU, "t2"}]; source.EachKey != "t2" || source.Range.String() != "shop.hcl:81:1" {
		t.Errorf("spu.t2 comes from %v", source)
	}
	if len(c.Images) != 10 {
		t.Errorf("%d pictures, want 10", len(c.Images))
	}
	for key, got := range c.Images {
		if want := (ImageFile{Image: img(files[got.Path], got.Path), Size: int64(len(files[got.Path])), Width: 4, Height: 3}); got != want || key != want.Key {
			t.Errorf("%s: %+v, want %+v", key, got, want)
		}
	}
}

func towel(id, title string, head []Image, skus ...SKU) *SPU {
	return &SPU{OutProductID: id, Title: title, Path: "pages/productDetail/productDetail?id=" + id, HeadImg: head,
		Category: CategoryRef{Path: "家纺/毛巾/面巾"}, Scenes: []int{1}, SKUs: skus, Listing: true, OnRemove: OnRemoveDelist, InReview: InReviewWithdraw}
}

func TestLoadIsDeterministic(t *testing.T) {
	dir := writeFiles(t, exampleFiles(t))
	wrong := writeFiles(t, map[string][]byte{"a.hcl": []byte(`spu "1" { nam = 1 }`), "b.hcl": []byte(`spu "2" { title = brand.x }`), "c.hcl": []byte("x {}")})
	first, _ := Load(dir, LoadOptions{})
	_, findings := Load(wrong, LoadOptions{})
	for range 5 {
		again, _ := Load(dir, LoadOptions{})
		if again.Digest != first.Digest {
			t.Errorf("digest %s, then %s", first.Digest, again.Digest)
		}
		if _, ds := Load(wrong, LoadOptions{}); !slices.Equal(ds, findings) {
			t.Errorf("findings\n%v\nthen\n%v", findings, ds)
		}
	}
}

// The digest follows the content, not the place: a product that moves to
// another file is the same product.
func TestDigest(t *testing.T) {
	files := goodFiles(t)
	product, err := os.ReadFile("testdata/wrong/product.hcl")
	if err != nil {
		t.Fatal(err)
	}
	digest := func(name, old, changed string) string {
		files := mapsWith(files, name, strings.Replace(string(product), old, changed, 1))
		return mustLoad(t, files, LoadOptions{}).Digest
	}
	base := digest("p.hcl", "", "")
	if moved := digest("sub/other.hcl", "", "# a comment\n"); moved != base {
		t.Error("moving a product changed the digest")
	}
	for _, change := range [][2]string{{"9.9\n", "9.8\n"}, {"= true", "= false"}, {`stock              = "managed"`, ""}, {`"delist"`, `"forget"`}, {`"wait"`, `"withdraw"`}} {
		if digest("p.hcl", change[0], change[1]) == base {
			t.Errorf("%q -> %q did not change the digest", change[0], change[1])
		}
	}
}

func mapsWith(files map[string][]byte, name, content string) map[string][]byte {
	out := map[string][]byte{name: []byte(content)}
	for k, v := range files {
		out[k] = v
	}
	return out
}

// TestStampIsPinned holds the stamp of a fixed product: a stamp that changes
// with the program would send every product of every shop to review again.
func TestStampIsPinned(t *testing.T) {
	s := &SPU{
		OutProductID: "719", Title: "毛毯", Path: "p", HeadImg: []Image{{Key: "sha256:00"}}, DescInfo: DescInfo{Desc: "d"},
		Category: CategoryRef{ID: 1445}, Brand: "brand.cxy", Scenes: []int{1},
		SKUs: []SKU{{OutSKUID: "1", ThumbImg: Image{Key: "sha256:01"}, SalePrice: 990, MarketPrice: 1990, StockNum: 5, SKUAttrs: []Attr{{"颜色", "红"}}}},
	}
	const pinned = "sc1-ec8b8e73c35acff5ed46ab76efcccfb1"
	if got := s.Stamp(); got != pinned || !IsStamp(got) {
		t.Errorf("stamp %s, want %s", got, pinned)
	}
	s.SKUs[0].SalePrice, s.SKUs[0].StockNum, s.SKUs[0].SKUCode = 1, 1, "c"
	if s.Stamp() != pinned {
		t.Error("a price, a stock or a code changed the stamp")
	}
	s.Title = "毯子"
	if s.Stamp() == pinned {
		t.Error("a title did not change the stamp")
	}
}

func TestOpen(t *testing.T) {
	files := exampleFiles(t)
	dir := writeFiles(t, files)
	c, _ := Load(dir, LoadOptions{})
	key := keyOf(raster.DigestOf(files["img/719/1.png"]))
	r, err := c.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, files["img/719/1.png"]) {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
	if _, err := c.Open("sha256:none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an unknown picture: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "img/719/1.png"), pngBytes(t, 99), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Open(key); err == nil {
		t.Error("a picture that changed after loading was opened")
	}
}

// small is a catalog of one product in the native syntax.
const small = `spu "1" {
  title    = "纯棉面巾"
  path     = "p"
  head_img = ["img/a.png"]
  category = 1445
  sku "s" {
    thumb_img  = "img/a.png"
    sale_price = 1
    stock_num  = 1
    sku_attrs  = ATTRS
  }
}
`

func smallWith(t *testing.T, attrs, more string) map[string][]byte {
	return mapsWith(goodFiles(t), "p.hcl", strings.Replace(small, "ATTRS", attrs, 1)+more)
}

func TestSKUAttrsKeepTheirOrder(t *testing.T) {
	for name, test := range map[string]struct {
		attrs, more string
		want        []Attr
	}{
		"as written":         {`{ z = "1", a = "2", none = null, m = "3" }`, "", []Attr{{"z", "1"}, {"a", "2"}, {"m", "3"}}},
		"in brackets":        {`({ z = 1, a = "2" })`, "", []Attr{{"z", "1"}, {"a", "2"}}},
		"computed names":     {`{ (local.k) = "1", "${local.k}2" = "2" }`, `locals { k = "y" }`, []Attr{{"y", "1"}, {"y2", "2"}}},
		"made by a function": {`merge({ z = "1" }, { a = "2" })`, "", []Attr{{"a", "2"}, {"z", "1"}}},
		"from a local":       {`local.k`, `locals { k = { z = "1", a = null } }`, []Attr{{"z", "1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := mustLoad(t, smallWith(t, test.attrs, test.more), LoadOptions{})
			if diff := cmp.Diff(test.want, c.SPUs["1"].SKUs[0].SKUAttrs); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVariablesOverrideInOrder(t *testing.T) {
	files := smallWith(t, `{ "季节" = var.season, "尺寸" = var.sizes[0] }`, `
variable "season" {
  type    = string
  default = "默认"
}
variable "sizes" {
  type    = list(string)
  default = ["小"]
}`)
	given := writeFiles(t, map[string][]byte{"1.hcl": []byte(`season = "文件一"`), "2.hcl": []byte(`season = "文件二"`)})
	for _, test := range []struct {
		name string
		auto map[string]string
		opt  LoadOptions
		want []Attr
	}{
		{"default", nil, LoadOptions{}, []Attr{{"季节", "默认"}, {"尺寸", "小"}}},
		{"auto file over default", map[string]string{"a.auto.vars.hcl": `season = "甲"`}, LoadOptions{}, []Attr{{"季节", "甲"}, {"尺寸", "小"}}},
		{"later auto file", map[string]string{"b.auto.vars.hcl": `season = "乙"`, "a.auto.vars.hcl": `season = "甲"`}, LoadOptions{}, []Attr{{"季节", "乙"}, {"尺寸", "小"}}},
		{"auto file in JSON", map[string]string{"a.auto.vars.hcl.json": `{"sizes": ["大"]}`}, LoadOptions{}, []Attr{{"季节", "默认"}, {"尺寸", "大"}}},
		{"var file over auto file", map[string]string{"a.auto.vars.hcl": `season = "甲"`},
			LoadOptions{VarFiles: []string{filepath.Join(given, "1.hcl"), filepath.Join(given, "2.hcl")}}, []Attr{{"季节", "文件二"}, {"尺寸", "小"}}},
		{"flag over var file", nil,
			LoadOptions{VarFiles: []string{filepath.Join(given, "1.hcl")}, Vars: []string{"season=一", "season=二=三", `sizes=["大"]`}}, []Attr{{"季节", "二=三"}, {"尺寸", "大"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			all := files
			for name, content := range test.auto {
				all = mapsWith(all, name, content)
			}
			c := mustLoad(t, all, test.opt)
			if diff := cmp.Diff(test.want, c.SPUs["1"].SKUs[0].SKUAttrs); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWrongVariables(t *testing.T) {
	files := smallWith(t, `{}`, "variable \"count\" {\n  type    = number\n  default = 1\n}")
	for name, test := range map[string]struct {
		vars []string
		file string
		want string
	}{
		"not an assignment": {vars: []string{"count"}, want: "--var:1:1 variable"},
		"undeclared":        {vars: []string{"cuont=1"}, want: "--var:1:1 undeclared-variable"},
		"wrong type":        {vars: []string{"count=many"}, want: "--var:1:1 variable"},
		"missing file":      {file: "/nonexistent/x.hcl", want: "/nonexistent/x.hcl:1:1 file-unreadable"},
	} {
		t.Run(name, func(t *testing.T) {
			opt := LoadOptions{Vars: test.vars}
			if test.file != "" {
				opt.VarFiles = []string{test.file}
			}
			_, ds := Load(writeFiles(t, files), opt)
			if len(ds) != 1 || ds[0].Range.String()+" "+ds[0].Rule != test.want {
				t.Errorf("findings %v, want %s", ds, test.want)
			}
		})
	}
}

// The same catalog in the two syntaxes is the same catalog.
func TestJSONSyntax(t *testing.T) {
	native := mustLoad(t, smallWith(t, `{ z = "1", a = "2" }`, ""), LoadOptions{})
	files := mapsWith(goodFiles(t), "p.hcl.json", `{
  "//": "a comment",
  "locals": { "page": "p" },
  "spu": { "1": {
    "title": "纯棉面巾", "path": "${local.page}", "head_img": ["img/a.png"], "category": 1445,
    "sku": { "s": { "thumb_img": "img/a.png", "sale_price": 1, "stock_num": 1, "sku_attrs": { "z": "1", "a": "2" } } }
  } }
}`)
	if diff := cmp.Diff(native.SPUs, mustLoad(t, files, LoadOptions{}).SPUs); diff != "" {
		t.Error(diff)
	}
	dynamic := mapsWith(goodFiles(t), "p.hcl.json", `{
  "spu": { "all": {
    "for_each": { "1": "纯棉面巾" },
    "id": "${each.key}", "title": "${each.value}", "path": "p", "head_img": ["img/a.png"], "category": 1445,
    "dynamic": { "sku": {
      "for_each": { "s": 1 }, "labels": ["${sku.key}"],
      "content": { "thumb_img": "img/a.png", "sale_price": "${sku.value}", "stock_num": 1, "sku_attrs": { "z": "1", "a": "2" } }
    } }
  } }
}`)
	if diff := cmp.Diff(native.SPUs, mustLoad(t, dynamic, LoadOptions{}).SPUs); diff != "" {
		t.Error(diff)
	}
}

// What a SKU table says about the product "t1", in the encodings of spreadsheets.
func TestTableEncodings(t *testing.T) {
	text := "id,title\nt1,纯棉面巾\n"
	for name, raw := range map[string][]byte{
		"UTF-8":      []byte(text),
		"with BOM":   []byte("\xef\xbb\xbf" + text),
		"GBK":        gbk(t, text),
		"CRLF":       []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"empty rows": []byte(text + ",\n,\n"),
		"spaces":     []byte("id , title\n t1 , 纯棉面巾 \n"),
	} {
		t.Run(name, func(t *testing.T) {
			tbl, refused := parseTable("t.csv", raw)
			if refused != nil {
				t.Fatal(refused)
			}
			if diff := cmp.Diff([]string{"t1", "纯棉面巾"}, tbl.rows[0].cells); diff != "" || len(tbl.rows) != 1 {
				t.Errorf("%d rows, %s", len(tbl.rows), diff)
			}
		})
	}
	if _, refused := parseTable("t.csv", []byte("id,title\n1,\xff\xff\xff\n")); refused == nil {
		t.Error("bytes of no encoding were accepted")
	}
}

// What is read: hidden directories, other shops and links to directories are not.
func TestWhichFilesAreRead(t *testing.T) {
	product := func(id string) []byte {
		return []byte(strings.Replace(strings.Replace(small, "ATTRS", "{}", 1), `"1"`, `"`+id+`"`, 1))
	}
	files := goodFiles(t)
	files["sub/deep/p.hcl"] = product("deep")
	files[".hidden/p.hcl"] = product("hidden")
	files["other/shop.hcl"] = files["shop.hcl"]
	files["other/p.hcl"] = product("other")
	files["other/below/p.hcl"] = product("below")
	files["json/shop.hcl.json"] = []byte(`{"shop": {"x": {"platform": "component", "appid": "wx0123456789abcdef"}}}`)
	files["json/p.hcl"] = product("json")
	files["notes.txt"] = []byte("{{{")
	dir := writeFiles(t, files)
	if err := os.Symlink("sub", filepath.Join(dir, "linked")); err != nil {
		t.Fatal(err)
	}
	c, ds := Load(dir, LoadOptions{})
	if c == nil {
		t.Fatal(ds)
	}
	if got := sortedKeys(c.SPUs); !slices.Equal(got, []string{"deep"}) {
		t.Errorf("products %v", got)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "p.hcl")
	if err := os.WriteFile(outside, []byte(small), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		make func(path string) error
		rule string
	}{
		"a link out of the catalog": {func(p string) error { return os.Symlink(outside, p) }, "path-escapes"},
		"a link to nothing":         {func(p string) error { return os.Symlink("nothing", p) }, "file-unreadable"},
		"a device":                  {func(p string) error { return os.Symlink("/dev/zero", p) }, "path-escapes"},
		"a sparse giant":            {func(p string) error { return errors.Join(os.WriteFile(p, nil, 0o644), os.Truncate(p, maxSourceSize+1)) }, "file-too-large"},
		"NUL bytes":                 {func(p string) error { return os.WriteFile(p, []byte("locals {\n\x00}"), 0o644) }, "encoding"},
		"GBK":                       {func(p string) error { return os.WriteFile(p, gbk(t, "# 中文"), 0o644) }, "encoding"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := writeFiles(t, goodFiles(t))
			if err := test.make(filepath.Join(dir, "p.hcl")); err != nil {
				t.Fatal(err)
			}
			c, ds := Load(dir, LoadOptions{})
			if c != nil || len(ds) != 1 || ds[0].Rule != test.rule || ds[0].Range.File != "p.hcl" {
				t.Errorf("findings %v, want %s in p.hcl", ds, test.rule)
			}
		})
	}
	if c, ds := Load("/nonexistent", LoadOptions{}); c != nil || len(ds) != 1 || ds[0].Rule != "catalog-directory" {
		t.Errorf("a missing directory: %v", ds)
	}
}

// Brands made by for_each can be referred to, by name and by key.
func TestBrandsOfForEach(t *testing.T) {
	brand, err := os.ReadFile("testdata/wrong/brand.hcl")
	if err != nil {
		t.Fatal(err)
	}
	repeated := strings.NewReplacer(`brand "b1" {`, "brand \"all\" {\n  for_each = local.marks", `"B1"`, "each.value").Replace(string(brand))
	files := mapsWith(goodFiles(t), "brands.hcl", repeated+`locals {
  marks = { one = "一", two = "二" }
  pick  = brand.two
}`)
	product := strings.Replace(strings.Replace(small, "ATTRS", "{}", 1), "category = 1445", "category = 1445\n  brand = BRAND", 1)
	for expr, want := range map[string]BrandRef{"brand.one": "brand.one", `brand["t${"wo"}"]`: "brand.two", "local.pick": "brand.two", "29001": "id:29001", `""`: "", "null": ""} {
		c := mustLoad(t, mapsWith(files, "p.hcl", strings.Replace(product, "BRAND", expr, 1)), LoadOptions{})
		if got := c.SPUs["1"].Brand; got != want {
			t.Errorf("brand = %s gives %q, want %q", expr, got, want)
		}
	}
}

func TestCategoriesResolve(t *testing.T) {
	for expr, want := range map[string]uint64{`"家纺/毛巾/面巾"`: 1445, `category("家纺 / 毛巾 / 面巾")`: 1445, "1450": 1450, `"1450"`: 1450} {
		files := mapsWith(goodFiles(t), "p.hcl", strings.NewReplacer("ATTRS", "{}", "= 1445", "= "+expr).Replace(small))
		if got := mustLoad(t, files, LoadOptions{Tree: smallTree()}).SPUs["1"].Category; got != (CategoryRef{ID: want}) {
			t.Errorf("category = %s gives %v, want %d", expr, got, want)
		}
	}
}

// Prices are exact: what is written with two decimals is that many fen.
func TestPricesAreExact(t *testing.T) {
	for expr, want := range map[string]Fen{"9.90": 990, "0.07": 7, "1.1 + 2.2": 330, "19.99 * 3": 5997, `"12.5"`: 1250, `" 8 "`: 800, "99999.99": 9999999, "0.1 * 3": 30, "70.7 / 7": 1010} {
		files := mapsWith(goodFiles(t), "p.hcl", strings.NewReplacer("ATTRS", "{}", "sale_price = 1", "sale_price = "+expr).Replace(small))
		if got := mustLoad(t, files, LoadOptions{}).SPUs["1"].SKUs[0].SalePrice; got != want {
			t.Errorf("sale_price = %s gives %d fen, want %d", expr, got, want)
		}
	}
}

func TestPicturesByURL(t *testing.T) {
	const url = "https://mmecimage.cn/p/wx0123456789abcdef/a"
	files := mapsWith(goodFiles(t), "p.hcl", strings.NewReplacer("ATTRS", "{}", `["img/a.png"]`, `["`+url+`"]`).Replace(small))
	c := mustLoad(t, files, LoadOptions{})
	if got := c.SPUs["1"].HeadImg[0]; got != (Image{Key: url, URL: url}) || c.Images[url] != (ImageFile{Image: got}) {
		t.Errorf("picture %+v, in the catalog %+v", got, c.Images[url])
	}
}
