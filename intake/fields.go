package intake

import (
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// field is one attribute of a product, by the path that plans give it.
type field struct {
	path, block, attr string
	value             func(*schema.SPU) fieldValue
}

func textValue(s string) fieldValue {
	if s == "" {
		return fieldValue{cells: []string{""}}
	}
	return fieldValue{quote(s), []string{s}}
}

// bare is a value that is written without quotes.
func bare(literal string) fieldValue { return fieldValue{literal, []string{literal}} }

func listValue(items []string) fieldValue {
	if len(items) == 0 {
		return fieldValue{}
	}
	t := newText()
	t.list("x", quoteAll(items))
	t.flush()
	return fieldValue{string(t.out[len("x = ") : len(t.out)-1]), items}
}

func pictureValue(images []schema.Image) fieldValue { return listValue(pictureNames(images)) }

// spuFields are the fields of a product that can be taken over.
var spuFields = []field{
	{"title", "", "title", func(s *schema.SPU) fieldValue { return bareIfEmpty(s.Title) }},
	{"path", "", "path", func(s *schema.SPU) fieldValue { return bareIfEmpty(s.Path) }},
	{"head_img", "", "head_img", func(s *schema.SPU) fieldValue { return pictureValue(s.HeadImg) }},
	{"third_cat_id", "", "category", func(s *schema.SPU) fieldValue { return bare(strconv.FormatUint(s.Category.ID, 10)) }},
	{"brand", "", "brand", func(s *schema.SPU) fieldValue {
		if s.Brand == "" {
			return textValue("")
		}
		return fieldValue{brandValue(s.Brand), []string{brandCell(s.Brand)}}
	}},
	{"qualification_pics", "", "qualification_pics", func(s *schema.SPU) fieldValue { return pictureValue(s.QualificationPics) }},
	{"scene_group_list", "", "scenes", func(s *schema.SPU) fieldValue { return bare(numbers(s.Scenes)) }},
	{"info_version", "", "info_version", func(s *schema.SPU) fieldValue { return textValue(s.InfoVersion) }},
	{"listing", "", "listing", func(s *schema.SPU) fieldValue {
		if s.Listing {
			return textValue("")
		}
		return bare("false")
	}},
	{"as_found", "", "as_found", func(s *schema.SPU) fieldValue { return textValue(s.AsFound) }},
	{"desc_info.desc", "desc_info", "desc", func(s *schema.SPU) fieldValue { return textValue(s.DescInfo.Desc) }},
	{"desc_info.imgs", "desc_info", "imgs", func(s *schema.SPU) fieldValue { return pictureValue(s.DescInfo.Imgs) }},
	{"component.direct_path", "component", "direct_path", func(s *schema.SPU) fieldValue { return textValue(s.Component.DirectPath) }},
	{"component.supplier", "component", "supplier", func(s *schema.SPU) fieldValue { return textValue(s.Component.Supplier) }},
	{"component.express_fee", "component", "express_fee", func(s *schema.SPU) fieldValue { return bare(fee(s.Component.ExpressFee)) }},
	{"component.product_type", "component", "product_type", func(s *schema.SPU) fieldValue { return textValue(s.Component.ProductType) }},
	{"component.sell_time", "component", "sell_time", func(s *schema.SPU) fieldValue { return textValue(s.Component.SellTime) }},
	{"component.pick_up_type", "component", "pick_up_type", func(s *schema.SPU) fieldValue { return listValue(s.Component.PickUpType) }},
	{"component.unitname", "component", "unitname", func(s *schema.SPU) fieldValue { return textValue(s.Component.UnitName) }},
	{"component.unitfactor", "component", "unitfactor", func(s *schema.SPU) fieldValue { return bare(unlike(strconv.Itoa(s.Component.UnitFactor), "0")) }},
}

// bareIfEmpty is a required text: it stays, also where it is empty.
func bareIfEmpty(s string) fieldValue { return fieldValue{quote(s), []string{s}} }

// skuFields are the fields of a SKU but for its attributes.
var skuFields = map[string]func(*schema.SKU) fieldValue{
	"thumb_img":  func(k *schema.SKU) fieldValue { return textValue(pictureName(k.ThumbImg)) },
	"sale_price": func(k *schema.SKU) fieldValue { return bare(yuan(k.SalePrice)) },
	"market_price": func(k *schema.SKU) fieldValue {
		if k.MarketPrice == k.SalePrice {
			return textValue("")
		}
		return bare(yuan(k.MarketPrice))
	},
	"stock_num": func(k *schema.SKU) fieldValue { return bare(strconv.FormatInt(k.StockNum, 10)) },
	"sku_code":  func(k *schema.SKU) fieldValue { return textValue(k.SKUCode) },
	"barcode":   func(k *schema.SKU) fieldValue { return textValue(k.Barcode) },
}

// spuField takes one field of the product over.
func (p *place) spuField(path string) {
	i := slices.IndexFunc(spuFields, func(f field) bool { return f.path == path })
	if i < 0 {
		p.byHand(path, p.outer.DefRange().Start.Line, lang.T("this field is not taken over", "该字段不会自动写回"), "")
		return
	}
	f := spuFields[i]
	old, value := f.value(p.accept.Want), f.value(p.accept.Have)
	t := target{syntax: p.outer.Body, write: p.block.Body(), row: p.row}
	if f.block != "" {
		t = p.inner(f.block)
	}
	if p.repeated {
		t.write = nil
	}
	p.set(path, t, f.attr, old, value)
}

// inner is an inner block of which there is at most one; a product that stands by
// itself gets one where it has none.
func (p *place) inner(kind string) target {
	t := target{kind: kind, syntax: &hclsyntax.Body{}, row: p.row}
	for _, b := range p.outer.Body.Blocks {
		if b.Type == kind {
			t.syntax = b.Body
		}
	}
	if p.repeated {
		return t
	}
	block := p.block.Body().FirstMatchingBlock(kind, nil)
	if block == nil {
		p.block.Body().AppendNewline()
		block = p.block.Body().AppendNewBlock(kind, nil)
	}
	t.write = block.Body()
	return t
}

// skuPlace is where a SKU is declared: a block of its own, or a row.
type skuPlace struct {
	syntax *hclsyntax.Body
	block  *hclwrite.Block
	row    *tableRow
}

// sku finds a declared SKU; nil where it cannot be edited.
func (p *place) sku(id string) *skuPlace {
	for _, b := range p.outer.Body.Blocks {
		if b.Type == "sku" && len(b.Labels) == 1 && b.Labels[0] == id {
			found := &skuPlace{syntax: b.Body}
			for _, w := range p.block.Body().Blocks() {
				if !p.repeated && w.Type() == "sku" && len(w.Labels()) == 1 && w.Labels()[0] == id {
					found.block = w
				}
			}
			return found
		}
	}
	for _, t := range p.skuTables() {
		t.ref.cells[t.ref.key] = id
		if row, err := p.rowOf(t.ref, t.iterator); err == nil && row != nil {
			return &skuPlace{syntax: t.content, row: row}
		}
	}
	return nil
}

// skuTable is a dynamic "sku" over a table.
type skuTable struct {
	ref      tableRef
	iterator string
	content  *hclsyntax.Body
}

func (p *place) skuTables() []skuTable {
	var tables []skuTable
	for _, b := range p.outer.Body.Blocks {
		if b.Type != "dynamic" || len(b.Labels) != 1 || b.Labels[0] != "sku" || b.Body.Attributes["for_each"] == nil {
			continue
		}
		t := skuTable{iterator: "sku"}
		if name := b.Body.Attributes["iterator"]; name != nil {
			t.iterator = hcl.ExprAsKeyword(name.Expr)
		}
		ref, ok := p.table(b.Body.Attributes["for_each"].Expr)
		labels, _ := hcl.ExprList(b.Body.Attributes["labels"].Expr)
		keyed := len(labels) == 1 && isTraversal(labels[0].(hclsyntax.Expression), t.iterator, "key")
		for _, inner := range b.Body.Blocks {
			t.content = inner.Body
		}
		if t.ref = ref; ok && keyed && t.content != nil {
			tables = append(tables, t)
		}
	}
	return tables
}

func (p *place) skuField(path, id, name string) {
	at, want, have := p.sku(id), skuOf(p.accept.Want, id), skuOf(p.accept.Have, id)
	if at == nil || want == nil || have == nil {
		p.byHand(path, p.outer.DefRange().Start.Line, lang.T("the SKU is made by an expression that cannot be turned round", "该 SKU 由无法反向求值的表达式生成"), "")
		return
	}
	if name == "sku_attrs" {
		p.skuAttrs(path, id, at, want, have)
		return
	}
	value := skuFields[name]
	if value == nil {
		p.byHand(path, p.outer.DefRange().Start.Line, lang.T("this field is not taken over", "该字段不会自动写回"), "")
		return
	}
	p.set(path, at.target(id), name, value(want), value(have))
	if name == "sale_price" && have.MarketPrice == want.MarketPrice && p.impliesMarket(at) && have.MarketPrice != have.SalePrice {
		market := skuFields["market_price"] // it was the sale price, and stays what it was
		p.set(path[:len(path)-len(name)]+"market_price", at.target(id), "market_price", market(want), market(have))
	}
}

func (at *skuPlace) target(id string) target {
	t := target{kind: "sku", label: id, syntax: at.syntax, row: at.row}
	if at.block != nil {
		t.write = at.block.Body()
	}
	return t
}

// impliesMarket reports whether the market price is left out, which makes it the
// sale price.
func (p *place) impliesMarket(at *skuPlace) bool {
	attr := at.syntax.Attributes["market_price"]
	if attr == nil || at.row == nil {
		return attr == nil
	}
	ref, ok := cellOf(attr.Expr, at.row.iterator)
	column := at.row.csv.column(ref.column)
	return ok && column >= 0 && at.row.csv.rows[at.row.row].cells[column].value == ""
}

// skuAttrs takes the attributes of a SKU over: as a whole in a block, cell by
// cell in a table, whose columns are the names.
func (p *place) skuAttrs(path, id string, at *skuPlace, want, have *schema.SKU) {
	old, value := fieldValue{literal: attrsLiteral(want)}, fieldValue{literal: attrsLiteral(have)}
	attr := at.syntax.Attributes["sku_attrs"]
	if at.row == nil {
		p.set(path, at.target(id), "sku_attrs", old, value)
		return
	}
	line := p.outer.DefRange().Start.Line
	if attr == nil {
		p.byHand(path, line, lang.T("the block has no sku_attrs that reads columns", "该块没有读取列的 sku_attrs"), value.literal)
		return
	}
	cells, ok := attrCells(attr.Expr, at.row.iterator, have)
	if !ok {
		p.byHand(path, attr.SrcRange.Start.Line, lang.T("its columns do not hold these attribute names", "表格的列中没有这些属性名"), value.literal)
		return
	}
	for column, text := range cells {
		at.row.csv.set(at.row.row, at.row.csv.column(column), text)
	}
	p.edited(path, at.row.file, at.row.csv.rows[at.row.row].line, old, value)
}

func attrsLiteral(k *schema.SKU) string {
	if len(k.SKUAttrs) == 0 {
		return ""
	}
	return attrsValue(k.SKUAttrs)
}

// attrCells are the cells that hold the attributes of a SKU, by column; ok is
// false when the names, or their order, are others than the block has.
func attrCells(expr hclsyntax.Expression, iterator string, k *schema.SKU) (map[string]string, bool) {
	object, ok := expr.(*hclsyntax.ObjectConsExpr)
	if !ok || len(object.Items) != len(k.SKUAttrs) {
		return nil, false
	}
	cells := map[string]string{}
	for i, item := range object.Items {
		name, literal := literalText(item.KeyExpr)
		ref, invertible := cellOf(item.ValueExpr, iterator)
		if !literal || !invertible || name != k.SKUAttrs[i].Key || !cellHolds(k.SKUAttrs[i].Value) {
			return nil, false
		}
		cells[ref.column] = k.SKUAttrs[i].Value
	}
	return cells, true
}

// presence adds a SKU that the shop has, or removes one that it has not.
func (p *place) presence(path, id string) {
	want, have := skuOf(p.accept.Want, id), skuOf(p.accept.Have, id)
	line := p.outer.DefRange().Start.Line
	switch {
	case have == nil:
		p.removeSKU(path, id, want)
	case len(p.skuTables()) > 0:
		p.insertSKU(path, have)
	case p.repeated:
		p.byHand(path, line, lang.T("all rows of the block share its SKUs", "该块的所有行共用 SKU"), "sku "+quote(id)+" { ... }")
	default:
		o := &objects{text: newText(), bundle: &Bundle{}}
		o.sku(have)
		file, _ := hclwrite.ParseConfig(o.bytes(), "", hcl.InitialPos) // we made it
		p.block.Body().AppendNewline()
		p.block.Body().AppendBlock(file.Body().Blocks()[0])
		p.file.changed = true
		p.edited(path, p.accept.Source.Range.File, line, fieldValue{}, fieldValue{literal: skuWords(have)})
	}
}

func skuWords(k *schema.SKU) string { return "sku " + quote(k.OutSKUID) + " ¥" + yuan(k.SalePrice) }

func (p *place) removeSKU(path, id string, want *schema.SKU) {
	at := p.sku(id)
	line := p.outer.DefRange().Start.Line
	old := fieldValue{literal: skuWords(want)}
	switch {
	case at == nil || at.block == nil && at.row == nil:
		p.byHand(path, line, lang.T("the SKU is made by an expression that cannot be turned round", "该 SKU 由无法反向求值的表达式生成"), "")
	case at.row != nil:
		p.edited(path, at.row.file, at.row.csv.rows[at.row.row].line, old, fieldValue{})
		at.row.csv.remove(at.row.row)
	default:
		p.block.Body().RemoveBlock(at.block)
		p.file.changed = true
		p.edited(path, p.accept.Source.Range.File, at.syntax.SrcRange.Start.Line, old, fieldValue{})
	}
}

// insertSKU adds a row for a SKU to the table whose columns can hold it.
func (p *place) insertSKU(path string, k *schema.SKU) {
	for _, t := range p.skuTables() {
		f, err := p.drift.csvFile(t.ref.file)
		cells, ok := t.cells(k)
		if err != nil || !ok || len(f.rows) == 0 {
			continue
		}
		after := len(f.rows) - 1
		for i := range f.rows {
			if f.matches(i, t.ref.cells) {
				after = i
			}
		}
		f.insert(after, cells)
		p.edited(path, t.ref.file, f.rows[after].line+1, fieldValue{}, fieldValue{literal: skuWords(k)})
		return
	}
	p.byHand(path, p.outer.DefRange().Start.Line, lang.T("its columns do not hold these attribute names", "表格的列中没有这些属性名"), "sku "+quote(k.OutSKUID)+" { ... }")
}

// cells are the cells of the row of a SKU, by column.
func (t *skuTable) cells(k *schema.SKU) (map[string]string, bool) {
	cells := map[string]string{t.ref.key: k.OutSKUID}
	for column, text := range t.ref.cells {
		cells[column] = text
	}
	for name, attr := range t.content.Attributes {
		if name == "sku_attrs" {
			attrs, ok := attrCells(attr.Expr, t.iterator, k)
			if !ok {
				return nil, false
			}
			for column, text := range attrs {
				cells[column] = text
			}
			continue
		}
		ref, invertible := cellOf(attr.Expr, t.iterator)
		value := skuFields[name]
		if !invertible || value == nil {
			return nil, false
		}
		cells[ref.column] = append(value(k).cells, "")[0]
	}
	return cells, t.content.Attributes["sku_attrs"] != nil || len(k.SKUAttrs) == 0
}
