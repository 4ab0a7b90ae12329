package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// names turns ids into what people know: pictures into file names, SKUs into
// their attributes. It looks them up in the catalog, which may be nil.
type names struct{ catalog *schema.Catalog }

// picture is the file name of a picture, or "" when the catalog does not know it.
func (n names) picture(key string) string {
	if n.catalog == nil {
		return ""
	}
	image := n.catalog.Images[schema.ImageKey(key)]
	if image.Path != "" {
		return image.Path
	}
	return image.URL
}

// sku finds a SKU in the catalog; nil when it is not declared.
func (n names) sku(a schema.Address, outSKUID string) *schema.SKU {
	if n.catalog == nil || n.catalog.SPUs[a.Name] == nil {
		return nil
	}
	skus := n.catalog.SPUs[a.Name].SKUs
	if i := slices.IndexFunc(skus, func(s schema.SKU) bool { return s.OutSKUID == outSKUID }); i >= 0 {
		return &skus[i]
	}
	return nil
}

// attributes is " (颜色 酒红 / 套装 100cm*150cm)", or nothing for a SKU without any.
func attributes(sku *schema.SKU) string {
	if sku == nil || len(sku.SKUAttrs) == 0 {
		return ""
	}
	var parts []string
	for _, a := range sku.SKUAttrs {
		parts = append(parts, a.Key+" "+a.Value)
	}
	return " (" + strings.Join(parts, " / ") + ")"
}

// splitPath takes "sku.27359029914.sale_price" apart. An out_sku_id may hold
// dots; no field of a SKU does.
func splitPath(path string) (outSKUID, field string) {
	rest, ok := strings.CutPrefix(path, "sku.")
	if !ok {
		return "", path
	}
	dot := strings.LastIndexByte(rest, '.')
	if dot < 0 || labels[rest[dot+1:]].IsZero() {
		return rest, ""
	}
	return rest[:dot], rest[dot+1:]
}

// maxWholeSKUs is how many SKUs that come or go a plan names before it only
// counts them.
const maxWholeSKUs = 10

// fields adds the differences of a change, those of one SKU under its name. The
// title of a new product stands in its headline already.
func (p *page) fields(c *reconcile.Change, n names) {
	last, whole := "", 0
	width := p.labelWidth(c.Fields)
	for _, f := range c.Fields {
		id, field := splitPath(f.Path)
		switch {
		case f.Kind == reconcile.FieldSKU:
			if whole++; whole <= maxWholeSKUs {
				p.wholeSKU(c.Address, f, n)
			}
			continue
		case f.Path == "title" && f.New == c.Title && c.Action == reconcile.ActionCreate:
			continue
		}
		indent := 4
		if id != "" {
			if id != last {
				p.line(4, raw("SKU "+id).as(bold), raw(attributes(n.sku(c.Address, id))))
			}
			indent = 6
		}
		last = id
		label := labelOf(field).In(p.lang)
		pad := strings.Repeat(" ", width-cellWidth(label))
		p.line(indent, append([]span{raw(label + pad + "  ").as(faint)}, change(f, c.Cause, n)...)...)
	}
	if more := whole - maxWholeSKUs; more > 0 {
		p.line(4, words(counted(more, "more SKU", "more SKUs", "个 SKU 未逐一列出")))
	}
}

func (p *page) labelWidth(fields []reconcile.FieldDiff) int {
	width := 0
	for _, f := range fields {
		_, field := splitPath(f.Path)
		if f.Kind != reconcile.FieldSKU {
			width = max(width, cellWidth(labelOf(field).In(p.lang)))
		}
	}
	return width
}

// wholeSKU adds a SKU that comes or goes. One that comes is in the catalog; of
// one that goes, the difference itself says what it was.
func (p *page) wholeSKU(a schema.Address, f reconcile.FieldDiff, n names) {
	id := strings.TrimPrefix(f.Path, "sku.")
	if f.Old != "" {
		p.line(4, raw("- SKU "+id).as(red), raw(" ("+f.Old+")"))
		return
	}
	if sku := n.sku(a, id); sku != nil {
		p.line(4, raw("+ SKU "+id).as(green), raw(attributes(sku)+" "+sku.SalePrice.String()),
			words(lang.F("  market price %s, stock %d", "  市场价 %s，库存 %d", sku.MarketPrice, sku.StockNum)).as(faint))
		return
	}
	p.line(4, raw("+ SKU "+id).as(green), raw(" ("+f.New+")"))
}

// change is "old -> new" in the words of the field's kind, with a word about
// whose edit it is where that is not the cause of the whole change.
func change(f reconcile.FieldDiff, cause reconcile.Cause, n names) []span {
	var spans []span
	switch {
	case f.Kind == reconcile.FieldPictures:
		spans = []span{words(pictures(f, n))}
	case f.Old == "":
		spans = []span{value(f.Kind, f.New)}
	default:
		spans = []span{value(f.Kind, f.Old).as(faint), raw(" -> "), value(f.Kind, f.New), raw(priceMove(f)).as(bold)}
	}
	if f.Cause != cause {
		spans = append(spans, whose(f).as(magenta))
	}
	return spans
}

func whose(f reconcile.FieldDiff) span {
	switch f.Cause {
	case reconcile.CauseFile:
		return both("  (changed in the files)", "（文件中有改动）")
	case reconcile.CauseDrift:
		return both("  (changed in the shop)", "（店铺中被改动）")
	case reconcile.CauseBoth:
		return both("  (changed in the files and in the shop)", "（文件与店铺都有改动）")
	}
	return raw("")
}

var shelves = map[string]lang.Text{
	"on":     lang.T("on the shelf", "在架"),
	"off":    lang.T("off the shelf", "未上架"),
	"banned": lang.T("taken down by the platform", "被平台下架"),
}

func value(kind reconcile.FieldKind, s string) span {
	switch kind {
	case reconcile.FieldMoney:
		if fen, err := strconv.ParseInt(s, 10, 64); err == nil {
			return raw(schema.Fen(fen).String())
		}
	case reconcile.FieldShelf:
		if t, ok := shelves[s]; ok {
			return words(t)
		}
	}
	if s == "" {
		return both("(none)", "（无）")
	}
	return raw(s)
}

// priceMove is " (-10.1%)" for a price that had a value before.
func priceMove(f reconcile.FieldDiff) string {
	if f.Kind != reconcile.FieldMoney {
		return ""
	}
	from, err1 := strconv.ParseInt(f.Old, 10, 64)
	to, err2 := strconv.ParseInt(f.New, 10, 64)
	if err1 != nil || err2 != nil || from == 0 {
		return ""
	}
	return fmt.Sprintf(" (%+.1f%%)", float64(to-from)/float64(from)*100)
}

// maxPictureNames is how many pictures a plan names before it only counts them.
const maxPictureNames = 3

// pictures says how many there are before and after, and names those that come.
func pictures(f reconcile.FieldDiff, n names) lang.Text {
	before, after := lines(f.Old), lines(f.New)
	var come []string
	for _, key := range after {
		if name := n.picture(key); name != "" && !slices.Contains(before, key) {
			come = append(come, name)
		}
	}
	t := counted(len(after), "picture", "pictures", "张图片")
	if len(before) > 0 {
		old := counted(len(before), "picture", "pictures", "张图片")
		t = lang.T(old.EN+" -> "+t.EN, old.ZH+" -> "+t.ZH)
	}
	if len(come) == 0 {
		return t
	}
	more := lang.Text{}
	if over := len(come) - maxPictureNames; over > 0 {
		come = come[:maxPictureNames]
		more = lang.F(" and %d more", " 等另外 %d 张", over)
	}
	list := strings.Join(come, ", ")
	return lang.T(t.EN+": "+list+more.EN, t.ZH+"："+list+more.ZH)
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
