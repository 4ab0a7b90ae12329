package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
)

// FleetMarker is the first line of a report about many shops in Markdown, by which a
// pipeline finds its own comment again.
func FleetMarker(verb fleet.Verb) string { return fmt.Sprintf("<!-- shopctl fleet %s -->", verb) }

// fleetTitles head a report about many shops.
var fleetTitles = map[fleet.Verb]lang.Text{
	fleet.VerbPlan:   lang.T("Plan for many shops", "多店铺变更计划"),
	fleet.VerbApply:  lang.T("Applied to many shops", "多店铺变更结果"),
	fleet.VerbStatus: lang.T("Status of many shops", "多店铺状态"),
}

// gravestFirst sorts shops for a reader: what needs somebody stands first.
func gravestFirst(r *fleet.Report) []*fleet.Result {
	var shops []*fleet.Result
	for _, o := range slices.Backward(fleet.Outcomes) {
		for i := range r.Results {
			if r.Results[i].Outcome == o {
				shops = append(shops, &r.Results[i])
			}
		}
	}
	return shops
}

// fleetMarkdown is the report for a comment: all shops in one table, the gravest
// first, and folded what is to be known of each.
func (v *View) fleetMarkdown(r *fleet.Report) error {
	m := v.markdown()
	m.put(FleetMarker(r.Verb)+"\n### "+m.say(fleetTitles[r.Verb])+"\n\n", 0)
	p := &page{lang: m.lang}
	p.fleetTotals(r)
	m.quote(p)
	shops := gravestFirst(r)
	m.shops(r.Verb, shops)
	for i, x := range shops {
		if detail := m.shop(x); detail != "" && !m.put(detail, tailReserve) {
			m.put("\n"+m.say(lang.F("The details of %d more shops do not fit into a comment: --log-dir keeps them.", "另有 %d 个店铺的详情超出评论长度，可用 --log-dir 保存。", len(shops)-i))+"\n", 0)
			break
		}
	}
	_, err := io.WriteString(v.Out, m.b.String())
	return err
}

// shops lists every shop in one line, as far as there is room.
func (m *markdown) shops(verb fleet.Verb, shops []*fleet.Result) {
	if len(shops) == 0 {
		return
	}
	m.put("| | "+m.say(lang.T("shop | stands | objects | cost", "店铺 | 状况 | 对象 | 代价"))+" |\n|---|---|---|---|---|\n", 0)
	for i, x := range shops {
		h := fleetOutcomes[x.Outcome]
		stands := "**" + md(m.say(h.word)) + "**"
		if x.Error != nil {
			stands += "<br>" + md(m.say(x.Error.What))
		}
		name := code(x.Dir)
		if x.Name != "" {
			name += "<br>" + md(cut(x.Name, maxCell))
		}
		row := []string{h.symbol, name, stands, md(m.say(listed(fleetCounts(verb, x.Counts)))), md(m.say(listed(fleetWork(verb, x.Work))))}
		if !m.put("| "+strings.Join(row, " | ")+" |\n", tailReserve) {
			m.put("\n"+m.say(lang.F("%d more shops do not fit into a comment: --log-dir keeps them.", "另有 %d 个店铺超出评论长度，可用 --log-dir 保存。", len(shops)-i))+"\n", 0)
			break
		}
	}
	m.put("\n", 0)
}

// shop unfolds what is to be known of a shop; "" when that is nothing.
func (m *markdown) shop(x *fleet.Result) string {
	notes := fleetNotes(x)
	if len(notes) == 0 {
		return ""
	}
	var b strings.Builder
	h := fleetOutcomes[x.Outcome]
	fmt.Fprintf(&b, "<details><summary>%s %s %s</summary>\n\n", h.symbol, code(x.Dir), md(m.say(h.word)))
	for _, n := range notes {
		b.WriteString("- ")
		if !n.label.IsZero() {
			b.WriteString("**" + md(m.say(n.label)) + "**")
			if n.title != "" {
				b.WriteString(" " + md(cut(n.title, maxCell)))
			}
			b.WriteString(m.colon())
		}
		b.WriteString(md(m.say(n.text)) + "\n")
	}
	b.WriteString("\n</details>\n")
	return b.String()
}
