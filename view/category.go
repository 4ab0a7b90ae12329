package view

import (
	"strconv"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// categoriesDocument is the JSON form of category leaves.
type categoriesDocument struct {
	Envelope
	Categories []*schema.Category `json:"categories"`
}

var needs = map[schema.Need]lang.Text{
	schema.NeedNone:     lang.T("not needed", "不需要"),
	schema.NeedRequired: lang.T("required", "必须"),
	schema.NeedOptional: lang.T("optional", "选填"),
}

// Categories prints leaves of the category tree with what each demands of the
// shop and of its products.
func (v *View) Categories(leaves []*schema.Category) error {
	if v.Format == JSON {
		return writeJSON(v.Out, categoriesDocument{Envelope{"categories", 1}, append([]*schema.Category{}, leaves...)})
	}
	p := v.outPage()
	for _, c := range leaves {
		p.line(0, raw(strconv.FormatUint(c.ID, 10)).as(bold), raw("  "+c.Path()))
		p.demand(both("shop qualification", "类目资质"), c.QualificationType, c.Qualification)
		p.demand(both("product qualification", "商品资质"), c.ProductQualificationType, c.ProductQualification)
	}
	p.line(0, words(sentence(counted(len(leaves), "category", "categories", "个类目"))))
	return p.flush(v.Out)
}

// demand adds what a leaf asks for; a leaf that asks for nothing adds nothing.
func (p *page) demand(what span, need schema.Need, text string) {
	if need == schema.NeedNone {
		return
	}
	word, ok := needs[need]
	if !ok {
		word = lang.F("type %d", "类型 %d", int(need))
	}
	spans := []span{what.as(faint), raw(" "), words(word).as(yellow)}
	if text != "" {
		spans = append(spans, both(": ", "："), raw(text))
	}
	p.line(4, spans...)
}
