package sheet

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// skus takes the SKUs of a row: one, or, where the id or the attributes of
// several stand on lines of one cell, one for each line.
func (a *assembler) skus(d *draft, r *row) {
	n := a.lines(r)
	columns := make([][]string, len(a.sku))
	for i, c := range a.sku {
		lines, wrong := a.split(r, c, n)
		if wrong != nil {
			a.complain(d, r.number, c, r.cell(c.Index), wrong)
			return
		}
		columns[i] = lines
	}
	for line := range n {
		a.oneSKU(d, r, columns, line)
	}
}

// several are the columns whose lines say how many SKUs a row has.
var several = []Field{SKUID, SKUAttrs, Attr, AttrValue}

// lines is how many SKUs a row has.
func (a *assembler) lines(r *row) int {
	n := 1
	for _, c := range a.sku {
		if slices.Contains(several, c.Field) {
			n = max(n, 1+strings.Count(strings.TrimSpace(r.cell(c.Index)), "\n"))
		}
	}
	return n
}

// split gives every SKU of a row its line of a cell; a single line holds for all.
func (a *assembler) split(r *row, c Column, n int) ([]string, *complaint) {
	text := strings.ReplaceAll(r.cell(c.Index), "\r\n", "\n")
	lines := strings.Split(text, "\n")
	if n == 1 {
		lines = []string{text}
	}
	switch {
	case len(lines) == n:
		return lines, nil
	case len(lines) == 1 && c.Field != SKUID || strings.TrimSpace(text) == "":
		return slices.Repeat([]string{strings.TrimSpace(text)}, n), nil
	}
	return nil, complain(lang.F("The cell has %d lines; the row has %d SKUs.", "单元格有 %d 行，该行有 %d 个规格。", len(lines), n),
		lang.T("Give each SKU a line, or write one line for all of them.", "每个规格写一行，或只写一行供全部规格使用。"))
}

// oneSKU reads one SKU and puts it into its product.
func (a *assembler) oneSKU(d *draft, r *row, columns [][]string, line int) {
	sku, index := a.baseSKU(d, columns, line)
	attrs := sku.SKUAttrs
	sku.SKUAttrs = nil
	for i, c := range a.sku {
		if wrong := a.skuCell(d, &sku, r, c, columns[i][line], index >= 0); wrong != nil {
			a.complain(d, r.number, c, columns[i][line], wrong)
		}
	}
	if sku.SKUAttrs == nil {
		sku.SKUAttrs = attrs
	}
	a.put(d, sku, index, r)
}

// baseSKU is the SKU that the catalog declares under the id of a line, and its
// index; index is -1 when there is none.
func (a *assembler) baseSKU(d *draft, columns [][]string, line int) (sku schema.SKU, index int) {
	id := d.spu.OutProductID
	for i, c := range a.sku {
		if c.Field == SKUID && strings.TrimSpace(columns[i][line]) != "" {
			id = strings.TrimSpace(columns[i][line])
		}
	}
	if a.isPresent(d) {
		for i, other := range d.spu.SKUs {
			if other.OutSKUID == id {
				return other, i
			}
		}
	}
	return schema.SKU{}, -1
}

// skuCell takes a cell of a SKU's column. An empty one leaves what the catalog has.
func (a *assembler) skuCell(d *draft, sku *schema.SKU, r *row, c Column, text string, present bool) *complaint {
	pics, text := a.embedded.at(place{c.Index, r.number}, text)
	text, wrong := plain(text)
	switch {
	case wrong != nil:
		return wrong
	case c.Field == AttrName:
		return nil
	case c.Field == AttrValue:
		return a.namedAttr(sku, r, c, text)
	case c.Field == ThumbImg && len(pics) > 0:
		return a.thumb(d, sku, pics[0])
	case text == "" && present:
		return nil
	case text == "":
		text = a.defaults[string(c.Field)]
	}
	return a.setSKU(d, sku, c, text, r.dates[c.Index])
}

// namedAttr is an attribute whose name stands in another cell of the row, in the
// column with the same number.
func (a *assembler) namedAttr(sku *schema.SKU, r *row, c Column, value string) *complaint {
	name := ""
	for _, other := range a.header.of(AttrName) {
		if other.Arg == c.Arg {
			name = strings.TrimSpace(strings.Split(r.cell(other.Index), "\n")[0])
		}
	}
	switch {
	case value == "":
		return nil
	case name == "":
		return complain(lang.T("The value has no name beside it.", "该取值旁边没有名称。"), lang.T("Fill the column with the attribute's name.", "请填写对应的规格名。"))
	}
	sku.SKUAttrs = append(sku.SKUAttrs, schema.Attr{Key: name, Value: value})
	return nil
}

func (a *assembler) thumb(d *draft, sku *schema.SKU, pic picture) (wrong *complaint) {
	sku.ThumbImg, wrong = a.album.embed(d.spu.OutProductID, stems[ThumbImg], pic)
	return wrong
}

// setSKU gives a SKU the value of a cell.
func (a *assembler) setSKU(d *draft, sku *schema.SKU, c Column, text string, date bool) (wrong *complaint) {
	if text == "" {
		if specOf(c.Field).Required {
			return empty(c.Field)
		}
		return nil
	}
	switch c.Field {
	case SKUID:
		sku.OutSKUID, wrong = identifier(text, date, a.exact)
	case SKUCode:
		sku.SKUCode, wrong = identifier(text, date, a.exact)
	case Barcode:
		sku.Barcode, wrong = identifier(text, date, a.exact)
	case SalePrice:
		sku.SalePrice, wrong = yuan(text, date)
	case MarketPrice:
		sku.MarketPrice, wrong = yuan(text, date)
	case StockNum:
		sku.StockNum, wrong = pieces(text, date)
	case ThumbImg:
		sku.ThumbImg, wrong = a.album.find(d.spu.OutProductID, text)
	case SKUAttrs:
		var attrs []schema.Attr
		attrs, wrong = attributes(text, c.Arg)
		sku.SKUAttrs = append(sku.SKUAttrs, attrs...)
	case Attr:
		if date {
			return complain(lang.T("The spreadsheet program has made a date of it.", "表格软件已把它变成日期。"), lang.T("Format the column as text and write the value again.", "请把该列设为文本格式后重新填写。"))
		}
		sku.SKUAttrs = append(sku.SKUAttrs, schema.Attr{Key: norm.NFC.String(c.Arg), Value: text})
	}
	return wrong
}

// put gives a SKU what the sheet leaves out, and puts it into its product: in the
// place of the one that the catalog declares, or behind the others.
func (a *assembler) put(d *draft, sku schema.SKU, index int, r *row) {
	if sku.OutSKUID == "" {
		sku.OutSKUID = derivedID(d.spu.OutProductID, sku.SKUAttrs)
	}
	if index >= 0 && d.from[index] == 0 {
		if old := d.spu.SKUs[index]; old.MarketPrice == old.SalePrice && sku.MarketPrice == old.MarketPrice {
			sku.MarketPrice = sku.SalePrice
		}
		d.spu.SKUs[index], d.from[index] = sku, r.number
		return
	}
	if sku.MarketPrice == 0 {
		sku.MarketPrice = sku.SalePrice
	}
	for i, other := range d.spu.SKUs {
		if other.OutSKUID == sku.OutSKUID {
			c, _ := a.header.column(SKUID)
			a.complain(d, r.number, c, sku.OutSKUID, complain(lang.F("Row %d has the SKU %q already.", "第 %d 行已有规格 %q。", d.from[i], sku.OutSKUID),
				lang.T("Give each SKU of a product an id or attributes of its own, or delete one of the rows.", "请让各规格的编码或属性互不相同，或删除重复的行。")))
			return
		}
	}
	d.spu.SKUs = append(d.spu.SKUs, sku)
	d.from = append(d.from, r.number)
}

// derivedID is the id of a SKU that the sheet gives none: the product's, with
// the values of the attributes behind it. It stays the same as long as they do.
func derivedID(product string, attrs []schema.Attr) string {
	parts := []string{product}
	for _, attr := range attrs {
		parts = append(parts, attr.Value)
	}
	return strings.Join(parts, "-")
}
