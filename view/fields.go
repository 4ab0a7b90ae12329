package view

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// names turns ids into what people know: pictures into file names, SKUs into
// their attributes. It looks them up in the catalog, which may be nil, and in
// what a saved plan says of its pictures.
type names struct {
	catalog *schema.Catalog
	refs    map[schema.ImageKey]reconcile.PictureRef
}

// picture is the file name of a picture, or "" when the catalog does not know it.
func (n names) picture(key string) string {
	ref := n.refs[schema.ImageKey(key)]
	if n.catalog != nil {
		image := n.catalog.Images[schema.ImageKey(key)]
		ref = cmp.Or(reconcile.PictureRef{Path: image.Path, URL: image.URL}, ref)
	}
	return cmp.Or(ref.Path, ref.URL)
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

// fields adds the differences of a change, those of one SKU under its name.
func (p *page) fields(e *entry) {
	last := ""
	width := p.labelWidth(e.fields)
	for i := range e.fields {
		f := &e.fields[i]
		if f.sign != "" {
			p.line(4, raw(f.sign+" SKU "+f.sku).as(signStyle(f.sign)), words(f.new), words(f.more).as(faint))
			continue
		}
		indent := 4
		if f.sku != "" {
			if f.sku != last {
				p.line(4, raw("SKU "+f.sku).as(bold), raw(f.attrs))
			}
			indent = 6
		}
		last = f.sku
		label := f.label.In(p.lang)
		pad := strings.Repeat(" ", width-cellWidth(label))
		p.line(indent, append([]span{raw(label + pad + "  ").as(faint)}, f.spans()...)...)
	}
	if e.hidden > 0 {
		p.line(4, words(counted(e.hidden, "more SKU", "more SKUs", "个 SKU 未逐一列出")))
	}
}

func signStyle(sign string) style {
	if sign == "-" {
		return red
	}
	return green
}

func (p *page) labelWidth(fields []fieldLine) int {
	width := 0
	for i := range fields {
		if fields[i].sign == "" {
			width = max(width, cellWidth(fields[i].label.In(p.lang)))
		}
	}
	return width
}

// spans is "old -> new" with a word about whose edit it is where that is not the
// cause of the whole change.
func (f *fieldLine) spans() []span {
	spans := []span{words(f.new)}
	if !f.old.IsZero() {
		spans = []span{words(f.old).as(faint), raw(" -> "), words(f.new), raw(f.move).as(bold)}
	}
	if !f.whose.IsZero() {
		spans = append(spans, words(f.whose).as(magenta))
	}
	return spans
}

func whose(c reconcile.Cause) lang.Text {
	switch c {
	case reconcile.CauseFile:
		return lang.T("  (changed in the files)", "（文件中有改动）")
	case reconcile.CauseDrift:
		return lang.T("  (changed in the shop)", "（店铺中被改动）")
	case reconcile.CauseBoth:
		return lang.T("  (changed in the files and in the shop)", "（文件与店铺都有改动）")
	}
	return lang.Text{}
}

var shelves = map[string]lang.Text{
	"on":     lang.T("on the shelf", "在架"),
	"off":    lang.T("off the shelf", "未上架"),
	"banned": lang.T("taken down by the platform", "被平台下架"),
}

func value(kind reconcile.FieldKind, s string) lang.Text {
	switch kind {
	case reconcile.FieldMoney:
		if fen, err := strconv.ParseInt(s, 10, 64); err == nil {
			return lang.Same(schema.Fen(fen).String())
		}
	case reconcile.FieldShelf:
		if t, ok := shelves[s]; ok {
			return t
		}
	}
	if s == "" {
		return lang.T("(none)", "（无）")
	}
	return lang.Same(s)
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
