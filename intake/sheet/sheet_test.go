package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// page is a mapping that gives every product a page.
func page() *Mapping { return &Mapping{PathTemplate: "pages/p?id={id}"} }

// tree is a category tree with a leaf name that stands twice.
var tree = schema.NewCategoryTree([]schema.Category{
	{ID: 1445, Name: "毛毯", SecondID: 1, Second: "毯类", FirstID: 2, First: "家纺"},
	{ID: 1461, Name: "面巾", SecondID: 3, Second: "毛巾", FirstID: 2, First: "家纺"},
	{ID: 7051, Name: "面巾", SecondID: 4, Second: "纸品", FirstID: 5, First: "日用"},
	{ID: 8000, Name: "3C-配件", SecondID: 6, Second: "数码", FirstID: 7, First: "电器"},
})

func readText(t *testing.T, text string, opt Options) *Result {
	t.Helper()
	return readFile(t, writeFile(t, "sheet.csv", []byte(text)), opt)
}

func writeFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func readFile(t *testing.T, name string, opt Options) *Result {
	t.Helper()
	b, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if opt.Stage == "" {
		opt.Stage = t.TempDir()
	}
	if opt.Mapping == nil {
		opt.Mapping = page()
	}
	r, err := b.Read(t.Context(), &opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// described is a product on a few lines, for comparison.
func described(s *schema.SPU) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s [%s] %s", s.OutProductID, s.Title, s.Category, pictureNames(s.HeadImg, ","))
	for _, sku := range s.SKUs {
		fmt.Fprintf(&b, "\n  %s %s %s %d (%s) %s %s", sku.OutSKUID, sku.SalePrice, sku.MarketPrice, sku.StockNum, attrText(sku.SKUAttrs), sku.Barcode, sku.ThumbImg.Path+sku.ThumbImg.URL)
	}
	return hashes.ReplaceAllString(b.String(), ".png")
}

// hashes in names of pictures depend on the encoder.
var hashes = regexp.MustCompile(`-[0-9a-f]{8}\.png`)

func all(r *Result) string {
	var parts []string
	for _, s := range r.SPUs {
		parts = append(parts, described(s))
	}
	return strings.Join(parts, "\n")
}

func problems(r *Result) string {
	var lines []string
	for _, p := range r.Problems {
		lines = append(lines, strings.TrimSpace(p.Cell+" "+p.Object+" "+p.Value+": "+p.Why.EN))
	}
	return strings.Join(lines, "\n")
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got, want = strings.TrimSpace(got), strings.TrimSpace(want); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

const pic = "https://a.example/1.png"

func TestFormsOfASheet(t *testing.T) {
	const want = `
A1 珊瑚绒毯 [1445] https://a.example/1.png
  A1-1 ¥9.90 ¥19.90 10 (颜色:红;尺码:M) 6901234567890 https://a.example/1.png
  A1-2 ¥10.90 ¥10.90 5 (颜色:蓝;尺码:L) 6901234567891 https://a.example/1.png`
	for name, text := range map[string]string{
		"a row for each SKU, attributes in one column": `
商品编码,SKU编码,商品标题,类目,售价,划线价,库存,规格,条码,主图
A1,A1-1,珊瑚绒毯,家纺/毯类/毛毯,9.9,19.90,10,颜色:红;尺码:M,6901234567890,` + pic + `
A1,A1-2,珊瑚绒毯,家纺/毯类/毛毯,10.9,,5,颜色：蓝；尺码：L,6901234567891,` + pic,
		"product cells only in the first row, attributes in columns of their own": `
款号,规格编码,名称,分类,价格,原价,库存数量,颜色,尺码,69码,图片
A1,A1-1,珊瑚绒毯,家纺 > 毯类 > 毛毯,¥9.90,¥19.90,10,红,M,6901234567890,` + pic + `
,A1-2,,,10.90元,,5,蓝,L,6901234567891,`,
		"numbered names and values": `
货号,sku,标题,类目id,销售价,市场价,库存,规格1名,规格1值,规格2名称,规格2属性值,条形码,主图1
A1,A1-1,珊瑚绒毯,1445,9.90,19.9,10,颜色,红,尺码,M,6901234567890,` + pic + `
A1,A1-2,,,10.9,,5,颜色,蓝,尺码,L,6901234567891,`,
		"a row for each product, SKUs on lines": `
out_product_id,out_sku_id,Title,Category,Price,List price,Stock,Specs,EAN,Image
A1,"A1-1
A1-2",珊瑚绒毯,家纺-毯类-毛毯,"9.9
10.9","19.9
","10
5","颜色:红;尺码:M
颜色:蓝;尺码:L","6901234567890
6901234567891",` + pic + `
`,
		"English, semicolons, a title row above": `
Export of products;;;;;;;;;
Product ID*;SKU ID;Title (required);Category;Price (yuan);Market price;Stock;Color;Size;Barcode;Images
A1;A1-1;珊瑚绒毯;毛毯;9.9;19.9;10;红;M;6901234567890;` + pic + `
A1;A1-2;;;10.9;;5;蓝;L;6901234567891;`,
	} {
		t.Run(name, func(t *testing.T) {
			r := readText(t, strings.TrimPrefix(text, "\n"), Options{Tree: tree})
			same(t, problems(r), "")
			same(t, strings.NewReplacer("Color", "颜色", "Size", "尺码").Replace(all(r)), want)
		})
	}
}

func TestEncodings(t *testing.T) {
	const text = "商品编码,商品标题,类目,售价,库存,主图\r\nA1,珊瑚绒毯,1445,9.9,10," + pic + "\r\n"
	for name, enc := range map[string]encoding.Encoding{
		"UTF-8": encoding.Nop, "UTF-8 with a mark": unicode.UTF8BOM, "GBK": simplifiedchinese.GBK, "GB18030": simplifiedchinese.GB18030,
		"UTF-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	} {
		t.Run(name, func(t *testing.T) {
			for _, comma := range []string{",", ";", "\t"} {
				raw, err := enc.NewEncoder().Bytes([]byte(strings.ReplaceAll(text, ",", comma)))
				if err != nil {
					t.Fatal(err)
				}
				r := readFile(t, writeFile(t, "x.csv", raw), Options{})
				same(t, problems(r), "")
				same(t, all(r), "A1 珊瑚绒毯 [1445] "+pic+"\n  A1 ¥9.90 ¥9.90 10 ()  "+pic)
			}
		})
	}
}

func TestBadCellsAreNamed(t *testing.T) {
	header := "商品编码,SKU编码,商品标题,类目,品牌,售价,库存,规格,条码,主图,上下架\n"
	for _, c := range []struct{ name, row, want string }{
		{"price in words", "A1,S1,珊瑚绒毯,1445,,面议,10,,,P,", "F2 spu.A1 面议: This is no price."},
		{"three decimals", "A1,S1,珊瑚绒毯,1445,,9.999,10,,,P,", "F2 spu.A1 9.999: A price has at most two decimals."},
		{"no price", "A1,S1,珊瑚绒毯,1445,,,10,,,P,", "F2 spu.A1 : sale_price is empty."},
		{"negative price", "A1,S1,珊瑚绒毯,1445,,-9.9,10,,,P,", "F2 spu.A1 -9.90: sale_price is -¥9.90."},
		{"half a piece", "A1,S1,珊瑚绒毯,1445,,9.9,1.5,,,P,", "G2 spu.A1 1.5: This is no whole number."},
		{"no stock", "A1,S1,珊瑚绒毯,1445,,9.9,0,,,P,", "G2 spu.A1 0: stock_num is 0; the platform refuses products without stock (1000015)."},
		{"failed formula", "A1,S1,珊瑚绒毯,1445,,#N/A,10,,,P,", "F2 spu.A1 #N/A: The formula of this cell has failed."},
		{"digits cut off", "A1,S1,珊瑚绒毯,1445,,9.9,10,,6.90123E+12,P,", "I2 spu.A1 6.90123E+12: The spreadsheet program has cut digits off it."},
		{"date for an id", "2026/1/2,S1,珊瑚绒毯,1445,,9.9,10,,,P,", "A2  2026/1/2: The spreadsheet program has made a date of it."},
		{"no id", ",S1,珊瑚绒毯,1445,,9.9,10,,,P,", "A2  : The product id is empty."},
		{"no title", "A1,S1,,1445,,9.9,10,,,P,", "C2 spu.A1 : title is empty."},
		{"title without Chinese", "A1,S1,Blanket,1445,,9.9,10,,,P,", "C2 spu.A1 Blanket: A title needs at least one Chinese character (1000045)."},
		{"unknown category", "A1,S1,珊瑚绒毯,家纺/毯类/地毯,,9.9,10,,,P,", "D2 spu.A1 家纺/毯类/地毯: The platform has no such category."},
		{"ambiguous category", "A1,S1,珊瑚绒毯,面巾,,9.9,10,,,P,", "D2 spu.A1 面巾: Several categories have this name."},
		{"unknown category id", "A1,S1,珊瑚绒毯,99,,9.9,10,,,P,", "D2 spu.A1 99: The platform has no category 99."},
		{"unknown brand", "A1,S1,珊瑚绒毯,1445,耐克,9.9,10,,,P,", "E2 spu.A1 耐克: The catalog declares no such brand."},
		{"half an attribute", "A1,S1,珊瑚绒毯,1445,,9.9,10,颜色:,,P,", `H2 spu.A1 颜色:: "颜色:" lacks its name or its value.`},
		{"no picture", "A1,S1,珊瑚绒毯,1445,,9.9,10,,,,", "J2 spu.A1 : Pictures: 0. Allowed: 1 to 9."},
		{"missing picture", "A1,S1,珊瑚绒毯,1445,,9.9,10,,,no.jpg,", `J2 spu.A1 no.jpg: There is no picture "no.jpg".`},
		{"shelf in words", "A1,S1,珊瑚绒毯,1445,,9.9,10,,,P,也许", "K2 spu.A1 也许: This does not say whether the product is on the shelf."},
		{"same SKU twice", "A1,S1,珊瑚绒毯,1445,,9.9,10,,,P,\nA1,S1,,,,9.9,10,,,,", `B3 spu.A1 S1: Row 2 has the SKU "S1" already.`},
		{"rows disagree", "A1,S1,珊瑚绒毯,1445,,9.9,10,颜色:红,,P,\nA1,S2,绒毯子,,,9.9,10,颜色:蓝,,,", `C3 spu.A1 绒毯子: Row 2 says "珊瑚绒毯" of the same product.`},
		{"same attributes twice", "A1,S1,珊瑚绒毯,1445,,9.9,10,颜色:红,,P,\nA1,S2,,,,9.9,10,颜色:红,,,", `H3 spu.A1 颜色:红: SKU "S1" has the same attributes.`},
		{"other attributes", "A1,S1,珊瑚绒毯,1445,,9.9,10,颜色:红,,P,\nA1,S2,,,,9.9,10,尺码:M,,,", `H3 spu.A1 尺码:M: This SKU has the attributes [尺码]; SKU "S1" has [颜色].`},
		{"lines do not fit", "A1,\"S1\nS2\",珊瑚绒毯,1445,,\"9.9\n8.9\n7.9\",10,,,P,", "F2 spu.A1 9.9 8.9 7.9: The cell has 3 lines; the row has 2 SKUs."},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := readText(t, header+strings.ReplaceAll(c.row, ",P,", ","+pic+",")+"\nB1,B1,好的毛毯,1445,CXY,9.9,10,,,"+pic+",下架\n",
				Options{Tree: tree, Brands: map[string]*schema.Brand{"cxy": {BrandWording: "CXY"}}})
			same(t, problems(r), c.want)
			for _, p := range r.Problems {
				if p.Remedy.EN == "" || p.Remedy.ZH == "" || p.Why.ZH == "" {
					t.Errorf("%s has no remedy in both languages: %+v", p.Cell, p)
				}
			}
			if len(r.SPUs) != 1 || r.SPUs[0].OutProductID != "B1" || r.SPUs[0].Brand != "brand.cxy" || r.SPUs[0].Listing {
				t.Errorf("the good product is not taken: %+v", r.SPUs)
			}
		})
	}
}

func TestDamagedTextIsNamed(t *testing.T) {
	raw, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte("商品编码,商品标题,类目,售价,库存,主图\nA1,珊瑚绒毯,1445,9.9,10," + pic + "\nA2,珊瑚"))
	if err != nil {
		t.Fatal(err)
	}
	raw = append(raw, "\xff毯,1445,9.9,10,"+pic+"\n"...)
	r := readFile(t, writeFile(t, "x.csv", raw), Options{Tree: tree})
	if len(r.Problems) != 1 || r.Problems[0].Cell != "B3" || len(r.SPUs) != 1 {
		t.Errorf("problems: %s", problems(r))
	}
}

func TestMissingColumnsAreNamedAtOnce(t *testing.T) {
	r := readText(t, "商品编码,商品标题,颜色\nA1,珊瑚绒毯,红\n", Options{Mapping: &Mapping{}})
	same(t, problems(r), `
: There is no column for category (类目).
: There is no column for sale_price (售价).
: There is no column for stock_num (库存).
: There is no column for head_img (主图).
: There is no column for path (页面路径).`)
}

// erp is an export of 3,000 rows as Chinese systems write them: GBK, CRLF, ids
// wrapped against spreadsheets, prices with thousands, a total at the end.
func erp(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("商品资料导出\r\n\r\n商品编码,规格编码,商品名称,类目,商品品牌,销售价,吊牌价,可用库存,规格属性,条形码,商品主图,上架状态,备注\r\n")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for i := range 3000 {
		p := i / 3
		row := []string{
			fmt.Sprintf(`="%06d"`, p), fmt.Sprintf("%06d-%d", p, i%3), fmt.Sprintf("珊瑚绒毯子第%d款", p), "家纺>毯类>毛毯", "无",
			fmt.Sprintf("1,%03d.50", p%1000), fmt.Sprintf("￥%d", 2000+p), fmt.Sprint(1 + i%40), "颜色:" + []string{"红", "蓝", "绿"}[i%3],
			fmt.Sprintf("\t690%010d", i), fmt.Sprintf("https://img.example.com/%d/1.jpg,https://img.example.com/%d/2.jpg", p, p), "出售中", "易碎",
		}
		if i == 1500 {
			row[5] = "待定"
		}
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	b.WriteString("合计,,,,,,,64000,,,,,\r\n")
	raw, err := simplifiedchinese.GBK.NewEncoder().Bytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestERPExport(t *testing.T) {
	name := writeFile(t, "export.csv", erp(t))
	r := readFile(t, name, Options{Tree: tree})
	if r.Rows != 3000 || len(r.SPUs) != 999 || r.Bad != 1 || r.Header.Row != 3 {
		t.Errorf("rows %d, products %d, bad %d, header in %d", r.Rows, len(r.SPUs), r.Bad, r.Header.Row)
	}
	same(t, problems(r), "F1504 spu.000500 待定: This is no price.")
	same(t, described(r.SPUs[7]), `
000007 珊瑚绒毯子第7款 [1445] https://img.example.com/7/1.jpg,https://img.example.com/7/2.jpg
  000007-0 ¥1007.50 ¥2007.00 22 (颜色:红) 6900000000021 https://img.example.com/7/1.jpg
  000007-1 ¥1007.50 ¥2007.00 23 (颜色:蓝) 6900000000022 https://img.example.com/7/1.jpg
  000007-2 ¥1007.50 ¥2007.00 24 (颜色:绿) 6900000000023 https://img.example.com/7/1.jpg`)
	if un := r.Header.Unmapped(); len(un) != 1 || un[0].Header != "备注" || un[0].Example != "易碎" {
		t.Errorf("unmapped: %+v", un)
	}
}

// writeBad reads a sheet and writes its bad rows; it returns where they are.
func writeBad(t *testing.T, source, name string, l lang.Lang) string {
	t.Helper()
	b, err := Open(source)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	r, err := b.Read(t.Context(), &Options{Tree: tree, Mapping: page(), Stage: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), name)
	if err := b.WriteBad(bad, r, l); err != nil {
		t.Fatal(err)
	}
	return bad
}

func TestBadRowsComeBackInASheetOfTheirOwn(t *testing.T) {
	bad := writeBad(t, writeFile(t, "export.csv", erp(t)), "export.bad.csv", lang.EN)
	text, err := os.ReadFile(bad)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"F1504 This is no price. Write a number in yuan, such as 9.90.", "Another row of this product has a mistake."} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if err := os.WriteFile(bad, bytes.ReplaceAll(text, []byte("待定"), []byte("9.90")), 0o644); err != nil {
		t.Fatal(err)
	}
	again := readFile(t, bad, Options{Tree: tree})
	same(t, problems(again), "")
	if len(again.SPUs) != 1 || again.SPUs[0].OutProductID != "000500" || len(again.SPUs[0].SKUs) != 3 {
		t.Errorf("the corrected rows are not the product: %s", all(again))
	}
}

// drawn is a picture of its own for each shade.
func drawn(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 300, 300))
	for i := range img.Pix {
		img.Pix[i] = color.Gray{Y: shade}.Y
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// handMade is a workbook as people make them: a title over the whole width,
// merged product cells, pictures in cells, numbers as text and text as numbers,
// a formula, a date where an id should be, and a second sheet with notes.
func handMade(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	set := func(cell string, v any) { t.Helper(); check(f.SetCellValue("上新", cell, v)) }
	check(f.SetSheetName("Sheet1", "说明"))
	_, err := f.NewSheet("上新")
	check(err)
	check(f.SetCellValue("说明", "A1", "请勿修改"))
	set("A1", "2026 年秋季上新表")
	check(f.MergeCell("上新", "A1", "I1"))
	for i, h := range []string{"款号", "商品标题", "类目", "主图", "颜色", "售价(元)", "库存", "条码", "详情图"} {
		set(string(rune('A'+i))+"3", h)
	}
	rows := [][]any{
		{1001, "珊瑚绒毯", "家纺/毯类/毛毯", "", "红", 9.9, 10, 6901234567890, ""},
		{nil, nil, nil, "", "蓝", "¥10.90 ", "5", "6901234567891", ""},
		{"1002", "法兰绒毯", nil, "", "灰", nil, 7, nil, ""},
		{nil, "羊羔绒毯", 1445, "", "白", 8, 1, nil, ""},
	}
	for i, row := range rows {
		check(f.SetSheetRow("上新", fmt.Sprintf("A%d", 4+i), &row))
	}
	check(f.SetCellFormula("上新", "F6", "F4*2"))
	check(f.SetCellValue("上新", "F6", 19.8))
	for _, m := range []string{"A4:A5", "B4:B5", "D4:D5", "C4:C6"} {
		from, to, _ := strings.Cut(m, ":")
		check(f.MergeCell("上新", from, to))
	}
	format := "yyyy-mm-dd"
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	check(err)
	set("A7", 45000)
	check(f.SetCellStyle("上新", "A7", "A7", date))
	for cell, shade := range map[string]uint8{"D4": 10, "D6": 20, "I4": 30, "D7": 40} {
		check(f.AddPictureFromBytes("上新", cell, &excelize.Picture{Extension: ".png", File: drawn(t, shade)}))
	}
	name := filepath.Join(t.TempDir(), "new.xlsx")
	check(f.SaveAs(name))
	check(f.Close())
	return name
}

func TestHandMadeWorkbook(t *testing.T) {
	r := readFile(t, handMade(t), Options{Tree: tree})
	if r.Header.Sheet != "上新" || r.Header.Row != 3 {
		t.Errorf("header: %+v", r.Header)
	}
	same(t, problems(r), "A7  2023-03-15: The spreadsheet program has made a date of it.")
	same(t, all(r), `
1001 珊瑚绒毯 [1445] img/1001/1.png
  1001-红 ¥9.90 ¥9.90 10 (颜色:红) 6901234567890 img/1001/1.png
  1001-蓝 ¥10.90 ¥10.90 5 (颜色:蓝) 6901234567891 img/1001/1.png
1002 法兰绒毯 [1445] img/1002/1.png
  1002-灰 ¥19.80 ¥19.80 7 (颜色:灰)  img/1002/1.png`)
	var names []string
	for name, open := range r.Files {
		f, err := open()
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) != 3 || len(r.SPUs[0].DescInfo.Imgs) != 1 {
		t.Errorf("pictures: %v", names)
	}
}

// The bad rows of a workbook come back in a workbook, each with its reason.
func TestBadRowsOfAWorkbook(t *testing.T) {
	bad := writeBad(t, handMade(t), "new.bad.xlsx", lang.ZH)
	book, err := excelize.OpenFile(bad)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("上新")
	if err != nil || len(rows) != 2 {
		t.Fatalf("%q %v", rows, err)
	}
	same(t, strings.Join(rows[0], "|"), "原因|款号|商品标题|类目|主图|颜色|售价(元)|库存|条码|详情图")
	same(t, strings.Join(rows[1], "|"), "A7 表格软件已把它变成日期。 请把该列设为文本格式后重新填写。|2023-03-15|羊羔绒毯|1445||白|8|1")
}

func TestMappingIsWrittenAndObeyed(t *testing.T) {
	name := writeFile(t, "x.csv", []byte("内部号,品类说明,对外名,卖多少,还剩,大图,幅面\nA1,1445,珊瑚绒毯,9.9,10,"+pic+",大\n"))
	b, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Header(&Options{}); err == nil {
		t.Fatal("a header was found where none is known")
	}
	h, err := b.Header(&Options{Mapping: &Mapping{Header: 1}})
	if err != nil {
		t.Fatal(err)
	}
	text := string(h.Text("x.csv", lang.ZH))
	for i, field := range []string{"out_product_id", "category", "title", "sale_price", "stock_num", "head_img", "attr:幅面"} {
		c := h.Columns[i].Header
		before := text
		text = strings.Replace(text, `  # "`+c+`" = "" #`, `  "`+c+`" = "`+field+`" #`, 1)
		if text == before {
			t.Errorf("no line for %s in\n%s", c, text)
		}
	}
	text = strings.Replace(text, "# path_template", "path_template", 1)
	m, err := ReadMapping(writeFile(t, "mapping.hcl", []byte(text)))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	r := readFile(t, name, Options{Mapping: m, Tree: tree})
	same(t, problems(r), "")
	same(t, all(r), "A1 珊瑚绒毯 [1445] "+pic+"\n  A1-大 ¥9.90 ¥9.90 10 (幅面:大)  "+pic)
	if r.SPUs[0].Path != "pages/product/detail?id=A1" {
		t.Errorf("path %q", r.SPUs[0].Path)
	}
}

func TestPicturesFromAFolder(t *testing.T) {
	dir := t.TempDir()
	for name, shade := range map[string]uint8{"A1/1.png": 1, "A1/10.png": 2, "A1/2.png": 3, "A1/详情1.png": 4, "A1/红.png": 5, "A2.png": 6, "A2-2.png": 7, "loose.png": 8} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), drawn(t, shade), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := readText(t, "商品编码,商品标题,类目,售价,库存,颜色,主图\nA1,珊瑚绒毯,1445,9.9,10,红,\nA2,法兰绒毯,1445,9.9,10,,\nA3,羊羔绒毯,1445,9.9,10,,LOOSE\n", Options{Tree: tree, Pictures: dir})
	same(t, problems(r), "")
	var stems []string
	for _, s := range r.SPUs {
		for _, img := range Pictures(s) {
			base := filepath.Base(img.Path)
			stems = append(stems, s.OutProductID+"/"+base[:strings.LastIndexByte(base, '-')])
		}
	}
	same(t, strings.Join(stems, " "), "A1/1 A1/2 A1/10 A1/详情1 A1/红 A2/A2 A2/A2-2 A2/A2 A3/loose A3/loose")
}

func TestFilesThatAreNoSheets(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"old.xls":   {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls file"},
		"page.xls":  {"<html><table><tr><td>商品编码</td></tr></table></html>", "a web page"},
		"torn.xlsx": {"PK\x03\x04torn", "cannot be read as a workbook"},
		"bytes.csv": {"a\x00b", "NUL bytes"},
	} {
		_, err := Open(writeFile(t, name, []byte(c.content)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("商品编码,商品标题,类目,售价,库存,主图\nA1,珊瑚绒毯,1445,9.9,10," + pic + "\n"))
	f.Add([]byte("id;title;规格\n\"a\n\";b;c:d;e:f\n"))
	f.Add([]byte("\xff\xfeid\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		name := writeFile(t, "x.csv", raw)
		b, err := Open(name)
		if err != nil {
			return
		}
		defer b.Close()
		r, err := b.Read(t.Context(), &Options{Stage: t.TempDir(), Mapping: page(), Tree: tree})
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, s := range r.SPUs {
			if s.OutProductID == "" || seen[s.OutProductID] || len(s.SKUs) == 0 {
				t.Errorf("product %+v of %q", s, raw)
			}
			seen[s.OutProductID] = true
		}
		for _, p := range r.Problems {
			if p.Row == 0 || p.Why.EN == "" || p.Remedy.EN == "" {
				t.Errorf("problem %+v of %q", p, raw)
			}
		}
	})
}

// withCellImages adds pictures to a workbook as WPS keeps them: in a list of their
// own, by the ids that formulas name.
func withCellImages(t *testing.T, name string, pictures map[string][]byte) string {
	t.Helper()
	old, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range old.File {
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	add := func(part, content string) {
		f, err := w.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	var list, rels strings.Builder
	for id, content := range pictures {
		fmt.Fprintf(&list, `<etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="%s"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="r%s"/></xdr:blipFill></xdr:pic></etc:cellImage>`, id, id)
		fmt.Fprintf(&rels, `<Relationship Id="r%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/%s.png"/>`, id, id)
		add("xl/media/"+id+".png", string(content))
	}
	add("xl/cellimages.xml", `<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">`+list.String()+`</etc:cellImages>`)
	add("xl/_rels/cellimages.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+rels.String()+`</Relationships>`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "wps.xlsx", b.Bytes())
}

func TestPicturesThatWPSKeepsInCells(t *testing.T) {
	f := excelize.NewFile()
	for i, row := range [][]any{
		{"商品编码", "商品标题", "类目", "售价", "库存", "主图"},
		{"A1", "珊瑚绒毯", 1445, 9.9, 10, `=DISPIMG("ID_1",1)`},
		{"A2", "法兰绒毯", 1445, 9.9, 10, `=_xlfn.DISPIMG("ID_9",1)`},
	} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "x.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	r := readFile(t, withCellImages(t, name, map[string][]byte{"ID_1": drawn(t, 1)}), Options{Tree: tree})
	same(t, all(r), "A1 珊瑚绒毯 [1445] img/A1/1.png\n  A1 ¥9.90 ¥9.90 10 ()  img/A1/1.png")
	same(t, problems(r), `F3 spu.A2 =_xlfn.DISPIMG("ID_9",1): The cell refers to a picture that the file does not hold.`)
}

func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"9.9": "¥9.90", "9.90 ": "¥9.90", "¥9.90": "¥9.90", "￥9.90": "¥9.90", "9.90元": "¥9.90", "1,299.00": "¥1299.00", "１２．５": "¥12.50",
		"9.9000000000000004": "¥9.90", "0.1": "¥0.10", "1.2E3": "¥1200.00", ".5": "¥0.50",
		"1,29": "", "9.999": "", "面议": "", "9.9-19.9": "", "": "", "1e99": "",
	} {
		got := ""
		if fen, wrong := yuan(text, false); wrong == nil {
			got = fen.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"0012": "0012", "6901234567890": "6901234567890", "6.9E+12": "6900000000000", "6.901234567890E12": "6901234567890", "719.0": "719", "A-1": "A-1",
		"6.90123456789012345E+17": "", "2026/1/2": "", "1月2日": "", "Jan-26": "",
	} {
		got, wrong := identifier(text, false, true)
		if wrong != nil {
			got = ""
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Exports come back as the products they were made of, in both forms and both languages.
func TestExportComesBack(t *testing.T) {
	fee := schema.Fen(600)
	brands := map[string]*schema.Brand{"cxy": {BrandWording: "CXY"}, "twin": {BrandWording: "CXY"}}
	images := func(names ...string) (all []schema.Image) {
		for _, n := range names {
			all = append(all, schema.Image{Key: schema.ImageKey(n), URL: n})
		}
		return all
	}
	spus := []*schema.SPU{
		{OutProductID: "1", Title: "珊瑚绒毯", Path: "p?id=1", Category: schema.CategoryRef{ID: 1445}, Brand: "brand.cxy", HeadImg: images(pic, "https://b.example/2.png?a=1,2"),
			DescInfo: schema.DescInfo{Desc: "第一行\n第二行\n", Imgs: images(pic)}, Listing: true, StockManaged: true,
			SKUs: []schema.SKU{
				{OutSKUID: "1-a", ThumbImg: images(pic)[0], SalePrice: 990, MarketPrice: 1990, StockNum: 3, Barcode: "0690", SKUAttrs: []schema.Attr{{Key: "颜色", Value: "红"}, {Key: "规格", Value: "a:b"}}},
				{OutSKUID: "1-b", ThumbImg: images(pic)[0], SalePrice: 1010, MarketPrice: 1010, StockNum: 4, SKUCode: "007", SKUAttrs: []schema.Attr{{Key: "颜色", Value: "蓝"}, {Key: "规格", Value: "x"}}},
			}},
		{OutProductID: "2", Title: "配件组合", Path: "p?id=2", Category: schema.CategoryRef{ID: 8000}, Brand: "brand.twin", HeadImg: images(pic), InfoVersion: "v1", OnRemove: schema.OnRemoveForget,
			Component: schema.Component{ExpressFee: &fee, PickUpType: []string{"1", "3"}, UnitName: "条", UnitFactor: 2},
			SKUs:      []schema.SKU{{OutSKUID: "2", ThumbImg: images(pic)[0], SalePrice: 5, MarketPrice: 5, StockNum: 1}}},
	}
	for _, odd := range []bool{false, true} {
		if odd {
			spus[0].SKUs[0].SKUAttrs[1].Value = "甲;乙,丙:丁"
		}
		for _, perProduct := range []bool{false, true} {
			for _, l := range []lang.Lang{lang.EN, lang.ZH} {
				var b bytes.Buffer
				if err := Export(&b, []Line{{SPU: spus[0]}, {SPU: spus[1]}}, ExportOptions{Lang: l, PerProduct: perProduct, Brands: brands, Tree: tree}); err != nil {
					t.Fatal(err)
				}
				r := readFile(t, writeFile(t, "x.xlsx", b.Bytes()), Options{Tree: tree, Brands: brands, Mapping: &Mapping{}})
				same(t, problems(r), "")
				if diff := cmp.Diff(spus, r.SPUs); diff != "" {
					t.Errorf("odd %v, per product %v, %s:\n%s", odd, perProduct, l, diff)
				}
			}
		}
	}
}

// A sheet with a few columns changes what it names, and nothing else.
func TestSheetThatChangesProducts(t *testing.T) {
	whole := readText(t, "商品编码,SKU编码,商品标题,类目,售价,划线价,库存,颜色,主图\nA1,a,珊瑚绒毯,1445,9.9,19.9,10,红,"+pic+"\nA1,b,,,9.9,,5,蓝,\n", Options{Tree: tree})
	present := map[string]*schema.SPU{"A1": whole.SPUs[0]}
	r := readText(t, "商品编码,SKU编码,售价\nA1,b,8.8\n", Options{Tree: tree, Present: present})
	same(t, problems(r), "")
	same(t, strings.Join(Changes(present["A1"], r.SPUs[0]), " "), "sku.b.sale_price")
	r = readText(t, "商品编码,SKU编码,商品标题,类目,售价,库存,颜色\nA1,c,加厚珊瑚绒毯,家纺/毛巾/面巾,9.9,5,绿\n", Options{Tree: tree, Present: present})
	same(t, problems(r), "")
	same(t, strings.Join(Changes(present["A1"], r.SPUs[0]), " "), "title third_cat_id sku.c")
	r = readText(t, "商品编码,SKU编码,商品标题,售价\nA1,a,加厚珊瑚绒毯,29.9\n", Options{Tree: tree, Present: present})
	same(t, problems(r), "D2 spu.A1 29.90: ¥29.90 is above the market price ¥19.90.")
}
