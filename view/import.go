package view

import (
	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/lang"
)

// Import is what was taken over from a shop.
type Import struct {
	Written  []string `json:"written"`
	Products int      `json:"products"`
	// Known is how many products of the shop are declared already.
	Known          int `json:"known"`
	Brands         int `json:"brands"`
	Qualifications int `json:"qualifications"`
	// AsFound is how many of the products break rules of today.
	AsFound  int              `json:"as_found"`
	Problems []intake.Problem `json:"problems"`
}

// Imported says what was written of a shop, and what could not be.
func (v *View) Imported(i *Import) error {
	if v.Format == JSON {
		doc := *i
		doc.Written, doc.Problems = append([]string{}, i.Written...), append([]intake.Problem{}, i.Problems...)
		return writeJSON(v.Out, struct {
			Envelope
			Import
		}{Envelope{"import", 1}, doc})
	}
	e := v.errPage()
	for _, b := range i.Problems {
		e.line(0, raw(b.Object).as(bold), both(": ", "："), words(b.Why))
		e.line(2, both("Fix: ", "处理：").as(green), words(b.Remedy))
	}
	if err := e.flush(v.Err); err != nil {
		return err
	}
	p := v.outPage()
	for _, f := range i.Written {
		p.line(0, raw("+ ").as(green), raw(f))
	}
	p.line(0, words(sentence(listed([]lang.Text{
		counted(i.Products, "product written", "products written", "个商品已写入"),
		counted(i.Known, "declared already", "declared already", "个已声明"),
		counted(i.Brands, "brand", "brands", "个品牌"),
		counted(i.Qualifications, "qualification", "qualifications", "项类目资质"),
	}))))
	if i.AsFound > 0 {
		p.line(0, words(sentence(counted(i.AsFound,
			"product breaks rules of today and is kept as it was found (as_found)", "products break rules of today and are kept as they were found (as_found)",
			"个商品不符合现行规则，按原样保留（as_found）"))))
	}
	return p.flush(v.Out)
}

// Drift shows which fields of the files an accepted drift would change.
func (v *View) Drift(edits []intake.Edit) error {
	p := v.outPage()
	if len(edits) == 0 {
		p.line(0, both("Nothing was changed in the shop.", "店铺中没有改动。"))
	}
	p.edits(edits)
	return p.flush(v.Out)
}

// edits lists what changes in the files, product by product.
func (p *page) edits(edits []intake.Edit) {
	last := ""
	for _, e := range edits {
		if at := e.Address.String(); at != last {
			p.line(0, raw(at).as(bold))
			last = at
		}
		if e.ByHand {
			p.line(2, raw(e.At).as(faint), raw(" "+e.Path+": "), both("by hand: ", "需手工修改：").as(yellow), words(e.Why))
			if e.New != "" {
				p.line(4, both("Write: ", "请写：").as(green), raw(e.New))
			}
			continue
		}
		p.line(2, raw(e.At).as(faint), raw(" "+e.Path+": "), raw(orDash(e.Old)).as(red), raw(" → "), raw(orDash(e.New)).as(green))
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// DriftWritten names the files that took a drift over.
func (v *View) DriftWritten(edits []intake.Edit, written []string) error {
	if v.Format == JSON {
		return writeJSON(v.Out, struct {
			Envelope
			Edits   []intake.Edit `json:"edits"`
			Written []string      `json:"written"`
		}{Envelope{"drift", 1}, append([]intake.Edit{}, edits...), append([]string{}, written...)})
	}
	p := v.outPage()
	for _, f := range written {
		p.line(0, raw("~ ").as(yellow), raw(f))
	}
	return p.flush(v.Out)
}
