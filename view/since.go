package view

import (
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

var strayNames = map[reconcile.StrayKind]lang.Text{
	reconcile.StrayContent: lang.T("the files declare something else by now", "文件的声明已经改变"),
	reconcile.StrayShop:    lang.T("the shop was edited since: another value would be overwritten", "店铺之后又被修改，将会覆盖别的值"),
	reconcile.StrayFields:  lang.T("more fields differ than were read", "有差异的字段比审阅时多"),
	reconcile.StraySteps:   lang.T("other calls are needed", "需要执行的步骤不同"),
}

// Since tells how a plan stands to one that was read before.
func (v *View) Since(c *reconcile.Comparison) error {
	p := v.errPage()
	p.since(c)
	return p.flush(v.Err)
}

func (p *page) since(c *reconcile.Comparison) {
	p.line(0, words(sinceTotals(c)))
	for i := range c.Strayed {
		s := &c.Strayed[i]
		p.line(2, raw("! ").as(red), raw(s.Address.String()).as(bold), raw("  "), words(strayNames[s.Kind]).as(red))
		for j := range s.Fields {
			f := readField(&reconcile.Change{Address: s.Address, Cause: s.Fields[j].Cause}, &s.Fields[j], names{})
			name := f.label.In(p.lang)
			if f.sku != "" {
				name = "SKU " + f.sku + " " + name
			}
			p.line(6, append([]span{raw(name + "  ").as(faint)}, f.spans()...)...)
		}
		if len(s.Steps) > 0 {
			p.line(6, words(stepped(s.Steps, steps)))
		}
	}
	p.addressList("+ ", lang.T("not in the plan that was read", "审阅的计划中没有"), c.New)
	p.addressList("✓ ", lang.T("partly done since", "之后已部分完成"), c.Less)
	p.addressList("✓ ", lang.T("not needed any more", "已不再需要"), c.Done)
	p.blank()
}

// addressList names the objects of one list, the first of many.
func (p *page) addressList(symbol string, what lang.Text, list []schema.Address) {
	if len(list) == 0 {
		return
	}
	shown := list[:min(len(list), maxBreachObjects)]
	text := lang.T(what.EN+": "+addresses(shown).EN, what.ZH+"："+addresses(shown).ZH)
	if more := andMore(len(list) - len(shown)); !more.IsZero() {
		text = lang.T(text.EN+", "+more.EN, text.ZH+"，"+more.ZH)
	}
	p.line(2, raw(symbol), words(text))
}

// sinceTotals is one sentence: how much of what was read still stands.
func sinceTotals(c *reconcile.Comparison) lang.Text {
	parts := []lang.Text{counted(len(c.Held), "change as it was read", "changes as they were read", "项与审阅时一致")}
	for _, part := range []struct {
		n            int
		one, many, z string
	}{
		{len(c.Strayed), "not as it was read", "not as they were read", "项与审阅时不符"},
		{len(c.New), "new", "new", "项新增"},
		{len(c.Less), "partly done since", "partly done since", "项已部分完成"},
		{len(c.Done), "not needed any more", "not needed any more", "项已不再需要"},
	} {
		if part.n > 0 {
			parts = append(parts, counted(part.n, part.one, part.many, part.z))
		}
	}
	t := sentence(listed(parts))
	return lang.T("Against the plan that was read: "+t.EN, "与已审阅的计划相比："+t.ZH)
}
