package view

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// Sheet is what was found in a spreadsheet, before anything is written.
type Sheet struct {
	File  string        `json:"file"`
	Sheet string        `json:"sheet,omitempty"`
	Row   int           `json:"header_row"`
	Named []SheetColumn `json:"columns"`
	Rows  int           `json:"rows"`
	// Products can be taken, those that the catalog declares already among them.
	Products []*schema.SPU    `json:"-"`
	Declared int              `json:"declared"`
	Bad      int              `json:"bad"`
	Pictures int              `json:"pictures"` // new files
	Links    int              `json:"links"`    // pictures by URL
	Problems []intake.Problem `json:"problems"`
	Warnings []intake.Problem `json:"warnings"`
	// Edits are what the sheet changes of declared products.
	Edits []intake.Edit `json:"edits"`
	// Tree names categories; nil when it is not known.
	Tree *schema.CategoryTree `json:"-"`
}

// SheetColumn is one column and what it was taken for.
type SheetColumn struct {
	Column string `json:"column"`
	Header string `json:"header"`
	Field  string `json:"field,omitempty"` // empty: nothing is imported from it
}

type sheetDocument struct {
	Envelope
	Sheet
	Count      int            `json:"products"`
	Categories map[string]int `json:"categories"`
	Written    []string       `json:"written"`
	BadFile    string         `json:"bad_file,omitempty"`
}

// sheetDone is what was found in a sheet and what was written of it.
func (v *View) sheetDone(s *Sheet, written []string, badFile string) error {
	doc := sheetDocument{Envelope: Envelope{"sheet", 1}, Sheet: *s, Count: len(s.Products), Categories: map[string]int{}, Written: append([]string{}, written...), BadFile: badFile}
	doc.Edits = append([]intake.Edit{}, s.Edits...)
	doc.Problems, doc.Warnings = append([]intake.Problem{}, s.Problems...), append([]intake.Problem{}, s.Warnings...)
	for _, p := range s.Products {
		doc.Categories[s.category(p)]++
	}
	return writeJSON(v.Out, doc)
}

// The preview shows so many products, and so many problems; a file of bad rows
// holds them all.
const (
	firstProducts = 5
	firstProblems = 200
)

// SheetPreview says what was found in a sheet and what would be written of it.
func (v *View) SheetPreview(s *Sheet) error {
	e := v.errPage()
	e.sheetProblems(s.Warnings, both("warning", "警告"), yellow)
	e.sheetProblems(s.Problems, both("error", "错误"), red)
	if err := e.flush(v.Err); err != nil {
		return err
	}
	p := v.outPage()
	where := s.File
	if s.Sheet != "" {
		where += " · " + s.Sheet
	}
	p.line(0, raw(where).as(bold), format(", header in row %d", "，表头在第 %d 行", s.Row))
	p.sheetColumns(s.Named)
	p.blank()
	p.sheetCategories(s)
	p.sheetProducts(s)
	p.edits(s.Edits)
	if len(s.Edits) > 0 {
		p.blank()
	}
	p.line(0, words(sentence(listed(s.summary()))))
	return p.flush(v.Out)
}

func (p *page) sheetProblems(problems []intake.Problem, word span, st style) {
	for i, b := range problems {
		if i == firstProblems {
			p.line(0, format("... and %d more.", "……另有 %d 条。", len(problems)-i))
			break
		}
		p.line(0, raw(placeOf(b)).as(bold), raw(": "), word.as(st), both(": ", "："), words(b.Why))
		if b.Value != "" {
			p.line(2, both("Value: ", "值："), raw(b.Value))
		}
		p.line(2, both("Fix: ", "处理：").as(green), words(b.Remedy))
	}
}

// placeOf is where a problem is: sheet!cell, or the row, and the product.
func placeOf(b intake.Problem) string {
	at := cmp.Or(b.Cell, strconv.Itoa(b.Row))
	if b.Sheet != "" {
		at = b.Sheet + "!" + at
	}
	if b.Object != "" {
		at += " (" + b.Object + ")"
	}
	return at
}

func (p *page) sheetColumns(columns []SheetColumn) {
	var rows [][]span
	for _, c := range columns {
		field := raw(c.Field)
		if c.Field == "" {
			field = both("not imported", "不导入").as(faint)
		}
		rows = append(rows, []span{raw(c.Column).as(faint), raw(c.Header), field})
	}
	p.table(2, rows)
}

func (s *Sheet) category(p *schema.SPU) string {
	if s.Tree != nil {
		if leaf, ok := s.Tree.Lookup(p.Category.ID); ok {
			return leaf.Path()
		}
	}
	return p.Category.String()
}

func (p *page) sheetCategories(s *Sheet) {
	products, skus := map[string]int{}, map[string]int{}
	for _, spu := range s.Products {
		products[s.category(spu)]++
		skus[s.category(spu)] += len(spu.SKUs)
	}
	var rows [][]span
	for _, c := range slices.Sorted(maps.Keys(products)) {
		rows = append(rows, []span{
			raw(c), words(counted(products[c], "product", "products", "个商品")), words(counted(skus[c], "SKU", "SKUs", "个 SKU")),
		})
	}
	p.table(2, rows)
	if len(rows) > 0 {
		p.blank()
	}
}

func (p *page) sheetProducts(s *Sheet) {
	var rows [][]span
	for _, spu := range s.Products[:min(len(s.Products), firstProducts)] {
		rows = append(rows, []span{
			raw("+ " + spu.OutProductID).as(green), raw(cells.Truncate(clean(spu.Title), titleWidth, "…")), raw(priceRange(spu)),
			words(counted(len(spu.SKUs), "SKU", "SKUs", "个 SKU")), words(counted(len(spu.HeadImg), "picture", "pictures", "张主图")),
		})
	}
	p.table(2, rows)
	if more := len(s.Products) - len(rows); more > 0 {
		p.line(2, format("... and %d more", "……另有 %d 个", more).as(faint))
	}
	if len(rows) > 0 {
		p.blank()
	}
}

func priceRange(spu *schema.SPU) string {
	if len(spu.SKUs) == 0 {
		return ""
	}
	low, high := spu.SKUs[0].SalePrice, spu.SKUs[0].SalePrice
	for _, sku := range spu.SKUs {
		low, high = min(low, sku.SalePrice), max(high, sku.SalePrice)
	}
	if low == high {
		return low.String()
	}
	return low.String() + "-" + high.String()
}

func (s *Sheet) summary() []lang.Text {
	parts := []lang.Text{
		counted(s.Rows, "row", "rows", "行"),
		counted(len(s.Products), "product can be taken", "products can be taken", "个商品可导入"),
	}
	if s.Bad > 0 {
		parts = append(parts, counted(s.Bad, "product cannot", "products cannot", "个商品有误"))
	}
	switch {
	case len(s.Edits) > 0:
		parts = append(parts, counted(len(s.Edits), "declared value changes", "declared values change", "处已声明的值有变化"))
	case s.Declared > 0:
		parts = append(parts, counted(s.Declared, "of them is in the catalog already and stays as it is", "of them are in the catalog already and stay as they are", "个已在目录中，保持不变"))
	}
	return append(parts,
		counted(s.Pictures, "new picture", "new pictures", "张新图片"),
		counted(s.Links, "picture by URL", "pictures by URL", "张图片以网址引用"))
}

// Mapped says that a mapping file was written, and how to go on.
func (v *View) Mapped(file string, unmapped int) error {
	p := v.outPage()
	p.line(0, raw("+ ").as(green), raw(file))
	p.line(0, format("It says what each column was taken for; %d are not imported. Change it, then run the same command again.",
		"其中写明了每一列的含义，有 %d 列不导入。请按需修改，然后再次运行同一命令。", unmapped))
	return p.flush(v.Out)
}

// SheetImported names what was written of a sheet. Pictures are counted only. In
// JSON it says also what was found.
func (v *View) SheetImported(s *Sheet, written []string, badFile string) error {
	if v.Format == JSON {
		return v.sheetDone(s, written, badFile)
	}
	p := v.outPage()
	pictures, changed := 0, map[string]bool{}
	for _, e := range s.Edits {
		changed[e.At[:strings.LastIndexByte(e.At, ':')]] = true
	}
	for _, f := range written {
		if isPicture(f) {
			pictures++
			continue
		}
		if changed[f] {
			p.line(0, raw("~ ").as(yellow), raw(f))
		} else {
			p.line(0, raw("+ ").as(green), raw(f))
		}
	}
	if pictures > 0 {
		p.line(0, raw("+ ").as(green), words(counted(pictures, "picture below img/", "pictures below img/", "张图片，位于 img/ 下")))
	}
	if badFile != "" {
		p.line(0, raw("! ").as(yellow), raw(badFile), both(" holds the rows that were left out, with the reasons", " 中是未导入的行及原因"))
	}
	if len(written) == 0 {
		p.line(0, both("There was nothing to write.", "没有需要写入的内容。"))
		return p.flush(v.Out)
	}
	p.line(0, both("Next: shopctl plan", "下一步：shopctl plan"))
	return p.flush(v.Out)
}

func isPicture(file string) bool {
	switch path.Ext(file) {
	case ".jpg", ".jpeg", ".png":
		return true
	}
	return false
}

// StatusText is a status in words.
func StatusText(s Status) lang.Text { return statusNames[s].word }

// reviewNames are the states of a draft in words.
var reviewNames = map[provider.Review]lang.Text{
	provider.ReviewNotAudited: lang.T("not submitted", "未提交审核"),
	provider.ReviewRunning:    lang.T("in review", "审核中"),
	provider.ReviewRejected:   lang.T("rejected", "未通过"),
	provider.ReviewApproved:   lang.T("approved", "已通过"),
}

// ReviewText is the state of a draft in words; empty where there is none.
func ReviewText(r provider.Review) lang.Text { return reviewNames[r] }

// Exported names the workbook that was written.
func (v *View) Exported(file string, c *schema.Catalog) error {
	skus := 0
	for _, spu := range c.SPUs {
		skus += len(spu.SKUs)
	}
	p := v.outPage()
	p.line(0, raw("+ ").as(green), raw(file), raw("  "), words(sentence(listed([]lang.Text{
		counted(len(c.SPUs), "product", "products", "个商品"), counted(skus, "SKU", "SKUs", "个 SKU"),
	}))))
	return p.flush(v.Out)
}
