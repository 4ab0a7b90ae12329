package view

import (
	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
)

// fleetPage writes the report as a page that needs no network: the shops by where
// they stand, the gravest first.
func (v *View) fleetPage(r *fleet.Report) error {
	w := worder{v.Lang}
	sh, err := w.shell("page.js")
	if err != nil {
		return err
	}
	p := &boardHTML{shell: sh, worder: w, Summary: w.lines(func(p *page) { p.fleetTotals(r) })}
	p.Title = "shopctl fleet " + string(r.Verb)
	p.Heading = w.say(fleetTitles[r.Verb])
	p.NothingFound = w.say(lang.T("No shop matches.", "没有符合条件的店铺。"))
	for _, x := range gravestFirst(r) {
		h := fleetOutcomes[x.Outcome]
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Class != string(x.Outcome) {
			p.Groups = append(p.Groups, htmlPosts{htmlChip: htmlChip{Class: string(x.Outcome), Word: w.say(h.word), N: r.Count(x.Outcome)}})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Cards = append(g.Cards, w.shopCard(r.Verb, x))
	}
	for _, g := range p.Groups {
		p.Chips = append(p.Chips, g.htmlChip)
	}
	return pages.ExecuteTemplate(v.Out, "board.html", p)
}

// shopCard is one shop of a fleet.
func (w worder) shopCard(verb fleet.Verb, x *fleet.Result) htmlPost {
	h := fleetOutcomes[x.Outcome]
	card := htmlPost{
		Class: string(x.Outcome), Symbol: webSymbol(h.symbol), Word: w.say(h.word),
		Address: clean(x.Dir), ProductTitle: clean(x.Name), Moment: clean(x.Shop.AppID),
	}
	add := func(label, text lang.Text, st style) {
		if !text.IsZero() {
			card.Remarks = append(card.Remarks, htmlRemark{Label: w.say(label), Text: w.say(text), Class: toneOf[st]})
		}
	}
	if x.Error != nil {
		add(lang.T("error", "错误"), x.Error.What, red)
	}
	add(lang.T("objects", "对象"), listed(fleetCounts(verb, x.Counts)), plain)
	add(lang.T("cost", "代价"), listed(fleetWork(verb, x.Work)), plain)
	for _, n := range fleetNotes(x) {
		text := n.text
		if n.title != "" {
			text = join(lang.Same(n.title+"  "), text)
		}
		add(n.label, text, n.style)
	}
	return card
}
