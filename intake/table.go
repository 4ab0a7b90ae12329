package intake

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/schema"
)

const (
	// perTable is how many products one pair of CSV files holds at most.
	perTable = 50_000
	// maxPatterns is how many sets of attribute names a table has columns for.
	maxPatterns = 8
	// byteOrderMark makes spreadsheets read UTF-8 as UTF-8.
	byteOrderMark = "\ufeff"
)

// table writes products of one category as two CSV files, for products and
// SKUs, and the block that reads them. It returns those that a table cannot
// hold: cells are trimmed, and the SKUs of a row have the columns of their kind.
func (w *writer) table(leaf string, products []*schema.SPU) (rest []*schema.SPU, err error) {
	var fit []*schema.SPU
	patterns := commonPatterns(products)
	for _, s := range products {
		if pattern, ok := patternOf(s); ok && patterns[pattern] != "" && w.bundle.fitsTable(s) {
			fit = append(fit, s)
		} else {
			rest = append(rest, s)
		}
	}
	for chunk := range slices.Chunk(fit, perTable) {
		if err := w.tableFiles(leaf, chunk, patterns); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func (w *writer) tableFiles(leaf string, products []*schema.SPU, patterns map[string]string) error {
	base := path.Join(productDir, leaf)
	number, err := w.free(func(n string) []string { return []string{base + n + ".hcl", base + n + ".csv", base + n + "-skus.csv"} })
	if err != nil {
		return err
	}
	t := &tables{bundle: w.bundle, spuFile: base + number + ".csv", skuFile: base + number + "-skus.csv", patterns: map[string]string{}}
	for _, s := range products {
		pattern, _ := patternOf(s)
		t.patterns[pattern] = patterns[pattern]
	}
	spus, skus := t.columns(products)
	if err := w.add(t.spuFile, t.csv(products, spus)); err != nil {
		return err
	}
	if err := w.add(t.skuFile, t.skuCSV(products, skus)); err != nil {
		return err
	}
	o := w.objects()
	if name := w.bundle.categoryName(products[0].Category); name != "" {
		o.fileComment(name)
	}
	t.block(o, leaf+number, products[0].Category, spus, skus)
	return w.add(base+number+".hcl", o.bytes())
}

// tables are the two CSV files of a category.
type tables struct {
	bundle           *Bundle
	spuFile, skuFile string
	// patterns names the sets of attribute names, by their keys.
	patterns map[string]string
}

// column is one column of a CSV file: how its cells are made, and the attribute
// that reads them.
type column[T any] struct {
	name  string
	block string // inner block of the attribute, "" for the outermost
	attr  string // "" for a column that no attribute reads
	kind  cellKind
	cell  func(T) string
	// always keeps the column although all its cells are empty: it must be there, or
	// people will want to fill it.
	always bool
}

// cellKind is how a cell becomes a value.
type cellKind int

const (
	cellText cellKind = iota
	cellWord          // empty means not given
	cellList          // one element a line
)

// expression reads the cell of a row.
func (c column[T]) expression(row string) string {
	cell := row + "." + c.name
	switch c.kind {
	case cellWord:
		return cell + ` == "" ? null : ` + cell
	case cellList:
		return `compact(split("\n", ` + cell + "))"
	}
	return cell
}

func (b *Bundle) spuColumns() []column[*schema.SPU] {
	type s = *schema.SPU
	pics := func(f func(s) []schema.Image) func(s) string {
		return func(p s) string { return strings.Join(pictureNames(f(p)), "\n") }
	}
	return []column[s]{
		{name: "id", attr: "id", cell: func(p s) string { return p.OutProductID }, always: true},
		{name: "title", attr: "title", cell: func(p s) string { return p.Title }, always: true},
		{name: "path", attr: "path", cell: func(p s) string { return p.Path }, always: true},
		{name: "head_img", attr: "head_img", kind: cellList, cell: pics(func(p s) []schema.Image { return p.HeadImg }), always: true},
		{name: "brand", attr: "brand", cell: func(p s) string { return brandCell(p.Brand) }, always: true},
		{name: "qualification_pics", attr: "qualification_pics", kind: cellList, cell: pics(func(p s) []schema.Image { return p.QualificationPics })},
		{name: "info_version", attr: "info_version", cell: func(p s) string { return p.InfoVersion }},
		{name: "listing", attr: "listing", cell: func(p s) string { return map[bool]string{false: "false"}[p.Listing] }, always: true},
		{name: "stock", attr: "stock", kind: cellWord, cell: func(p s) string { return map[bool]string{true: "managed"}[p.StockManaged] }},
		{name: "on_remove", attr: "on_remove", kind: cellWord, cell: func(p s) string { return unlike(string(p.OnRemove), string(b.Shop.OnRemove)) }},
		{name: "in_review", attr: "in_review", kind: cellWord, cell: func(p s) string { return unlike(string(p.InReview), string(b.Shop.InReview)) }},
		{name: "as_found", attr: "as_found", cell: func(p s) string { return p.AsFound }},
		{name: "desc", block: "desc_info", attr: "desc", cell: func(p s) string { return p.DescInfo.Desc }},
		{name: "desc_imgs", block: "desc_info", attr: "imgs", kind: cellList, cell: pics(func(p s) []schema.Image { return p.DescInfo.Imgs })},
		{name: "direct_path", block: "component", attr: "direct_path", cell: func(p s) string { return p.Component.DirectPath }},
		{name: "supplier", block: "component", attr: "supplier", cell: func(p s) string { return p.Component.Supplier }},
		{name: "express_fee", block: "component", attr: "express_fee", cell: func(p s) string { return fee(p.Component.ExpressFee) }},
		{name: "product_type", block: "component", attr: "product_type", kind: cellWord, cell: func(p s) string { return p.Component.ProductType }},
		{name: "sell_time", block: "component", attr: "sell_time", cell: func(p s) string { return p.Component.SellTime }},
		{name: "pick_up_type", block: "component", attr: "pick_up_type", kind: cellList, cell: func(p s) string { return strings.Join(p.Component.PickUpType, "\n") }},
		{name: "unitname", block: "component", attr: "unitname", cell: func(p s) string { return p.Component.UnitName }},
		{name: "unitfactor", block: "component", attr: "unitfactor", cell: func(p s) string { return unlike(strconv.Itoa(p.Component.UnitFactor), "0") }},
		{name: "note", cell: func(p s) string { return b.noteCell(p) }},
	}
}

// skuRow is one row of the SKUs' file.
type skuRow struct {
	spu *schema.SPU
	sku *schema.SKU
}

// The columns that every table of SKUs may have.
const (
	productColumn = "product"
	patternColumn = "attrs"
)

func skuColumns() []column[skuRow] {
	return []column[skuRow]{
		{name: productColumn, cell: func(r skuRow) string { return r.spu.OutProductID }, always: true},
		{name: "sku_id", cell: func(r skuRow) string { return r.sku.OutSKUID }, always: true},
		{name: "thumb_img", attr: "thumb_img", cell: func(r skuRow) string { return pictureName(r.sku.ThumbImg) }, always: true},
		{name: "sale_price", attr: "sale_price", cell: func(r skuRow) string { return yuan(r.sku.SalePrice) }, always: true},
		{name: "market_price", attr: "market_price", cell: func(r skuRow) string { return unlike(yuan(r.sku.MarketPrice), yuan(r.sku.SalePrice)) }, always: true},
		{name: "stock_num", attr: "stock_num", cell: func(r skuRow) string { return strconv.FormatInt(r.sku.StockNum, 10) }, always: true},
		{name: "sku_code", attr: "sku_code", cell: func(r skuRow) string { return r.sku.SKUCode }},
		{name: "barcode", attr: "barcode", cell: func(r skuRow) string { return r.sku.Barcode }},
	}
}

// columns are those that some product has a value for.
func (t *tables) columns(products []*schema.SPU) ([]column[*schema.SPU], []column[skuRow]) {
	spus := slices.DeleteFunc(t.bundle.spuColumns(), func(c column[*schema.SPU]) bool {
		return !c.always && !slices.ContainsFunc(products, func(s *schema.SPU) bool { return c.cell(s) != "" })
	})
	skus := slices.DeleteFunc(skuColumns(), func(c column[skuRow]) bool {
		return !c.always && !slices.ContainsFunc(products, func(s *schema.SPU) bool {
			return slices.ContainsFunc(s.SKUs, func(k schema.SKU) bool { return c.cell(skuRow{s, &k}) != "" })
		})
	})
	return spus, skus
}

func (t *tables) csv(products []*schema.SPU, columns []column[*schema.SPU]) []byte {
	return csvOf(columns, func(yield func(*schema.SPU)) {
		for _, s := range products {
			yield(s)
		}
	})
}

// skuCSV has, beside the columns of all, one for each attribute name.
func (t *tables) skuCSV(products []*schema.SPU, columns []column[skuRow]) []byte {
	columns = slices.Clone(columns)
	if len(t.patterns) > 1 {
		columns = append(columns, column[skuRow]{name: patternColumn, cell: func(r skuRow) string {
			pattern, _ := patternOf(r.spu)
			return t.patterns[pattern]
		}})
	}
	for _, key := range t.attributeNames() {
		columns = append(columns, column[skuRow]{name: key, cell: func(r skuRow) string { return attrValue(r.sku, key) }})
	}
	return csvOf(columns, func(yield func(skuRow)) {
		for _, s := range products {
			for i := range s.SKUs {
				yield(skuRow{s, &s.SKUs[i]})
			}
		}
	})
}

func csvOf[T any](columns []column[T], rows func(yield func(T))) []byte {
	var b bytes.Buffer
	b.WriteString(byteOrderMark)
	out := csv.NewWriter(&b)
	record := make([]string, len(columns))
	for i, c := range columns {
		record[i] = c.name
	}
	_ = out.Write(record) // a bytes.Buffer takes everything
	rows(func(row T) {
		for i, c := range columns {
			record[i] = c.cell(row)
		}
		_ = out.Write(record)
	})
	out.Flush()
	return b.Bytes()
}

// block writes the spu block that makes the products of the rows.
func (t *tables) block(o *objects, label string, category schema.CategoryRef, spus []column[*schema.SPU], skus []column[skuRow]) {
	o.open("spu " + quote(label))
	o.attr("for_each", "table("+quote(t.spuFile)+")")
	for _, c := range spus {
		switch {
		case c.attr == "id":
			o.attr("id", "each.key")
		case c.block == "" && c.attr != "":
			o.attr(c.attr, c.expression("each.value"))
		}
		if c.attr == "head_img" {
			o.category(category)
		}
	}
	for _, block := range []string{"desc_info", "component"} {
		t.inner(o, block, spus)
	}
	for _, pattern := range slices.Sorted(maps.Keys(t.patterns)) {
		t.skuBlock(o, pattern, skus)
	}
	o.close()
}

func (t *tables) inner(o *objects, block string, columns []column[*schema.SPU]) {
	if !slices.ContainsFunc(columns, func(c column[*schema.SPU]) bool { return c.block == block }) {
		return
	}
	o.open(block)
	for _, c := range columns {
		if c.block == block {
			o.attr(c.attr, c.expression("each.value"))
		}
	}
	o.close()
}

func (t *tables) skuBlock(o *objects, pattern string, columns []column[skuRow]) {
	filter := "{ " + productColumn + " = each.key }"
	if len(t.patterns) > 1 {
		filter = "{ " + productColumn + " = each.key, " + patternColumn + " = " + quote(t.patterns[pattern]) + " }"
	}
	o.open(`dynamic "sku"`)
	o.attr("for_each", "table("+quote(t.skuFile)+`, "sku_id", `+filter+")")
	o.attr("labels", "[sku.key]")
	o.open("content")
	for _, c := range columns {
		if c.attr != "" {
			o.attr(c.attr, c.expression("sku.value"))
		}
	}
	if keys := patternKeys(pattern); len(keys) > 0 {
		items := make([]string, len(keys))
		for i, key := range keys {
			items[i] = quote(key) + " = sku.value[" + quote(key) + "]"
		}
		o.attr("sku_attrs", "{ "+strings.Join(items, ", ")+" }")
	}
	o.close()
	o.close()
}

func (t *tables) attributeNames() []string {
	names := map[string]bool{}
	for pattern := range t.patterns {
		for _, key := range patternKeys(pattern) {
			names[key] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// patternOf are the attribute names of a product's SKUs, in order; ok is false
// when its SKUs differ in them.
func patternOf(s *schema.SPU) (pattern string, ok bool) {
	for i, sku := range s.SKUs {
		keys := attrKeys(sku)
		own := strings.Join(keys, "\x00")
		if i > 0 && own != pattern || len(keys) == 1 && own == "" {
			return "", false
		}
		pattern = own
	}
	return pattern, len(s.SKUs) > 0
}

func patternKeys(pattern string) []string {
	if pattern == "" {
		return nil
	}
	return strings.Split(pattern, "\x00")
}

// commonPatterns names the most frequent sets of attribute names that can be
// columns.
func commonPatterns(products []*schema.SPU) map[string]string {
	counts := map[string]int{}
	for _, s := range products {
		if pattern, ok := patternOf(s); ok && columnNames(patternKeys(pattern)) {
			counts[pattern]++
		}
	}
	sorted := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	names := map[string]string{}
	taken := map[string]bool{}
	for _, pattern := range sorted[:min(len(sorted), maxPatterns)] {
		name := cmp.Or(strings.Join(patternKeys(pattern), "+"), "-")
		for taken[name] {
			name += "+"
		}
		taken[name], names[pattern] = true, name
	}
	return names
}

// columnNames reports whether attribute names can be the names of columns.
func columnNames(keys []string) bool {
	reserved := map[string]bool{patternColumn: true}
	for _, c := range skuColumns() {
		reserved[c.name] = true
	}
	for _, key := range keys {
		if key == "" || !cellHolds(key) || reserved[key] {
			return false
		}
		reserved[key] = true
	}
	return true
}

// fitsTable reports whether the cells of a product hold all of it.
func (b *Bundle) fitsTable(s *schema.SPU) bool {
	if b.ownScenes(s) || s.Category.ID == 0 && s.Category.Path == "" {
		return false
	}
	lists := slices.Concat(pictureNames(s.HeadImg), pictureNames(s.QualificationPics), pictureNames(s.DescInfo.Imgs), s.Component.PickUpType)
	if slices.ContainsFunc(lists, func(e string) bool { return e == "" || !cellHolds(e) || strings.Contains(e, "\n") }) {
		return false
	}
	for _, c := range b.spuColumns() {
		if c.kind != cellList && !cellHolds(c.cell(s)) {
			return false
		}
	}
	for i := range s.SKUs {
		for _, c := range skuColumns() {
			if !cellHolds(c.cell(skuRow{s, &s.SKUs[i]})) {
				return false
			}
		}
		if slices.ContainsFunc(s.SKUs[i].SKUAttrs, func(a schema.Attr) bool { return !cellHolds(a.Value) }) {
			return false
		}
	}
	return true
}

// cellHolds reports whether a cell gives a text back as it is: cells are trimmed,
// their line ends are newlines, and they hold no NUL.
func cellHolds(s string) bool {
	return strings.TrimSpace(s) == s && !strings.ContainsAny(s, "\r\x00")
}

func attrValue(k *schema.SKU, key string) string {
	i := slices.IndexFunc(k.SKUAttrs, func(a schema.Attr) bool { return a.Key == key })
	if i < 0 {
		return ""
	}
	return k.SKUAttrs[i].Value
}

// brandCell is what the brand of a row is written as.
func brandCell(b schema.BrandRef) string { return strings.TrimPrefix(string(b), "id:") }

func fee(f *schema.Fen) string {
	if f == nil {
		return ""
	}
	return yuan(*f)
}

func unlike(value, usual string) string {
	if value == usual {
		return ""
	}
	return value
}

func pictureNames(images []schema.Image) []string {
	names := make([]string, len(images))
	for i, image := range images {
		names[i] = pictureName(image)
	}
	return names
}

func (b *Bundle) noteCell(s *schema.SPU) string {
	var notes []string
	for _, n := range b.Notes[schema.Address{Kind: schema.KindSPU, Name: s.OutProductID}] {
		notes = append(notes, harmless(n.In(b.Lang)))
	}
	return strings.Join(notes, "; ")
}
