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

// commentLimit is how many characters a comment of GitHub holds; GitLab and Gitea
// take more. A report that is larger is cut by its own rules, not by the site's.
const commentLimit = 65536

// markdown collects a comment for a pull request. Everything foreign in it is
// escaped: a title from a stranger's pull request must not mention people, load
// pictures or break out of its table.
type markdown struct {
	lang  lang.Lang
	limit int // characters
	size  int // characters so far
	b     strings.Builder
}

func (v *View) markdown() *markdown { return &markdown{lang: v.Lang, limit: commentLimit} }

func (m *markdown) say(t lang.Text) string { return t.In(m.lang) }

func (m *markdown) colon() string { return m.say(lang.T(": ", "：")) }

// put adds a piece of finished Markdown if it fits, leaving room for reserve
// characters behind it.
func (m *markdown) put(piece string, reserve int) bool {
	n := len([]rune(piece))
	if m.size+n+reserve > m.limit {
		return false
	}
	m.size += n
	m.b.WriteString(piece)
	return true
}

// PlanMarker is the first line of a plan in Markdown, by which a pipeline finds its
// own comment again. It names the shop, so that a repository of many shops has a
// comment for each.
func PlanMarker(plan *reconcile.Plan) string {
	return fmt.Sprintf("<!-- shopctl plan %s %s -->", plan.Shop.Platform, plan.Shop.AppID)
}

// tailReserve is the room, in characters, that is kept for the last lines.
const tailReserve = 1200

// planMarkdown is a plan for a pull request: what it costs, a table sorted by
// risk, and the details folded.
func (v *View) planMarkdown(plan *reconcile.Plan, catalog *schema.Catalog) string {
	m := v.markdown()
	entries := byRisk(readPlan(plan, names{catalog, plan.Pictures}))
	m.put(PlanMarker(plan)+"\n", 0)
	m.put("### "+m.say(lang.F("shopctl plan: %s", "shopctl 计划：%s", md(plan.ShopName)))+" ("+code(plan.Shop.AppID)+")\n\n", 0)
	if len(entries) > 0 {
		m.put("**"+md(m.say(riskLine(entries)))+"**\n\n", 0)
	}
	m.breaches(plan.Breaches)
	m.totals(plan)
	m.forecast(plan.Forecast)
	m.since(plan.Since)
	m.table(entries)
	m.details(entries)
	m.uploads(plan.Uploads)
	m.put("\n<sub>"+m.say(lang.F("Made %s (Beijing) from catalog %s.", "生成于 %s（北京时间），目录版本 %s。", clock(plan.At), short(plan.CatalogDigest)))+"</sub>\n", 0)
	return m.b.String()
}

// totals says in a few lines how much of what, and what it costs.
func (m *markdown) totals(plan *reconcile.Plan) {
	p := &page{lang: m.lang}
	p.counts(plan)
	m.quote(p)
}

// quote puts the lines of a page.
func (m *markdown) quote(p *page) {
	for line := range strings.Lines(strings.TrimSpace(string(p.buf))) {
		m.put("> "+md(strings.TrimSpace(line))+"  \n", 0)
	}
	m.put("\n", 0)
}

// forecast says what will be on the shelf by the deadline.
func (m *markdown) forecast(f *reconcile.Forecast) {
	if f == nil {
		return
	}
	m.put("#### "+m.say(lang.F("By %s: ", "到 %s 为止：", clock(f.Deadline)))+md(m.say(sentence(listed(chances(f)))))+"\n\n", 0)
	for _, chance := range []reconcile.Chance{reconcile.ChanceWillNot, reconcile.ChanceMay} {
		m.prospects(f, chance)
	}
	for _, a := range f.Advice {
		m.put("- **"+m.say(lang.T("Advice", "建议"))+"**"+m.colon()+md(m.say(adviceOf(a, f.At)))+"\n", 0)
	}
	for _, basis := range basesOf(f) {
		m.put("- "+md(m.say(basis))+"\n", 0)
	}
	m.put("\n", 0)
}

// prospects lists the products of one chance, the first of many.
func (m *markdown) prospects(f *reconcile.Forecast, chance reconcile.Chance) {
	name, named, more := chanceNames[chance], 0, 0
	for i := range f.Products {
		x := &f.Products[i]
		switch {
		case x.Chance != chance:
		case named == maxProspects:
			more++
		default:
			named++
			m.put("- "+name.symbol+" "+m.say(name.word)+" "+code(x.Address.String())+" "+md(cut(x.Title, maxCell))+m.colon()+md(m.say(prospectOf(x, f.At)))+"\n", 0)
		}
	}
	if more > 0 {
		m.put("- "+m.say(andMore(more))+"\n", 0)
	}
}

// since says what is new since the plan was last read.
func (m *markdown) since(c *reconcile.Comparison) {
	if c == nil {
		return
	}
	p := &page{lang: m.lang}
	p.since(c)
	m.quote(p)
}

func (m *markdown) breaches(breaches []reconcile.Breach) {
	if len(breaches) == 0 {
		return
	}
	m.put("> [!CAUTION]\n", 0)
	for _, b := range breaches {
		m.put("> **"+md(m.say(breachOf(b)))+"**"+md(m.say(breachRest(b)))+"  \n", 0)
	}
	m.put("\n", 0)
}

// table lists every change in one line, as far as there is room.
func (m *markdown) table(entries []entry) {
	if len(entries) == 0 {
		return
	}
	m.put("| | "+m.say(lang.T("object | change | cost", "对象 | 变更 | 代价"))+" |\n|---|---|---|---|\n", 0)
	for i := range entries {
		row := m.row(&entries[i])
		if i == 0 || entries[i].risk != entries[i-1].risk {
			row = "| | **" + m.say(riskNames[entries[i].risk]) + "** (" + strconv.Itoa(ofRisk(entries, entries[i].risk)) + ") | | |\n" + row
		}
		if !m.put(row, tailReserve) {
			kinds := listed(risksOf(entries[i:]))
			m.put("\n"+m.say(lang.F(
				"%[1]d more changes do not fit into a comment (%[2]s); see the whole plan: shopctl show.",
				"另有 %[1]d 项变更超出评论长度（%[3]s），请用 shopctl show 查看完整计划。", len(entries)-i, kinds.EN, kinds.ZH))+"\n", 0)
			return
		}
	}
	m.put("\n", 0)
}

// ofRisk counts the entries of a risk.
func ofRisk(entries []entry, r risk) int {
	n := 0
	for i := range entries {
		if entries[i].risk == r {
			n++
		}
	}
	return n
}

// risksOf counts entries by risk, the gravest first.
func risksOf(entries []entry) []lang.Text {
	var parts []lang.Text
	for r := riskIrreversible; r <= riskWaiting; r++ {
		if n := ofRisk(entries, r); n > 0 {
			name := riskNames[r]
			parts = append(parts, lang.F("%[1]s: %[3]d", "%[2]s %[3]d 项", name.EN, name.ZH, n))
		}
	}
	return parts
}

func (m *markdown) row(e *entry) string {
	c := e.change
	name := code(c.Address.String())
	if c.Title != "" {
		name += "<br>" + md(cut(c.Title, maxCell))
	}
	return "| " + webSymbol(e.what.symbol) + " | " + name + " | **" + md(m.say(e.what.word)) + "**" + m.reason(c) + m.gist(e) + " | " + md(m.say(m.price(e))) + " |\n"
}

// reason is the author's, in the row of a change.
func (m *markdown) reason(c *reconcile.Change) string {
	if c.Reason == "" {
		return ""
	}
	return "<br>“" + md(cut(c.Reason, maxCell)) + "”"
}

// price is the cell of a row that says what the change costs, or what it waits for.
func (m *markdown) price(e *entry) lang.Text {
	c := e.change
	switch {
	case c.Block != nil && len(c.Steps) > 0: // something is sent, and it does not suffice
		cost, block := classNames[c.Class], blockOf(c.Block)
		return lang.T(cost.EN+"; still "+block.EN, cost.ZH+"；但仍"+block.ZH)
	case c.Block != nil:
		return blockOf(c.Block)
	case len(c.Steps) == 0 && len(c.Waits) > 0:
		return waitOf(c.Waits[0])
	}
	return classNames[c.Class]
}

// classNames are the costs in a word.
var classNames = map[reconcile.Class]lang.Text{
	reconcile.ClassNone:         lang.T("nothing is sent", "不发送请求"),
	reconcile.ClassFree:         lang.T("at once, no review", "立即生效，无需审核"),
	reconcile.ClassReview:       lang.T("goes to review", "需要审核"),
	reconcile.ClassIrreversible: lang.T("cannot be undone", "不可恢复"),
}

// gistFields is how many differences a row of the table shows.
const gistFields = 3

// maxCell is how many characters of a value a row of the table shows.
const maxCell = 40

// gist is the few differences that a reviewer looks for first, by their rank.
func (m *markdown) gist(e *entry) string {
	fields := slices.Clone(e.fields)
	slices.SortStableFunc(fields, func(a, b fieldLine) int { return cmp.Compare(gistRank(&a), gistRank(&b)) })
	var b strings.Builder
	for i := range min(len(fields), gistFields) {
		b.WriteString("<br>" + m.difference(&fields[i], maxCell))
	}
	if more := len(fields) - gistFields + e.hidden; more > 0 && len(fields) > gistFields {
		b.WriteString("<br>" + m.say(andMore(more)))
	}
	return b.String()
}

// gistRank puts prices first, then whole SKUs, which have prices too, then what buyers
// read, and last what only programs read.
func gistRank(f *fieldLine) int {
	switch {
	case movesPrice(*f.diff):
		return 0
	case f.sign != "":
		return 1
	case programFields[f.path]:
		return 3
	}
	return 2
}

// programFields are the fields of a product that buyers do not see.
var programFields = map[string]bool{"path": true, "scene_group_list": true, "info_version": true, "component.direct_path": true}

// difference is one field in a line, its values cut to so many characters.
func (m *markdown) difference(f *fieldLine, limit int) string {
	name := m.say(f.label)
	switch {
	case f.sign != "":
		return "**" + f.sign + "** SKU " + code(f.sku) + md(cut(m.say(f.new)+m.say(f.more), limit))
	case f.sku != "":
		name += " " + code(f.sku)
	}
	value := md(cut(m.say(f.new), limit))
	if !f.old.IsZero() {
		value = "~~" + md(cut(m.say(f.old), limit)) + "~~ → " + value
		if f.move != "" {
			value += " **" + strings.TrimSpace(f.move) + "**"
		}
	}
	return name + m.colon() + value + md(m.say(f.whose))
}

// details unfolds each change, the gravest first, as far as there is room.
func (m *markdown) details(entries []entry) {
	for i := range entries {
		if !m.put(m.detail(&entries[i]), tailReserve) {
			m.put("\n"+m.say(lang.F("The details of %d changes do not fit into a comment; see the whole plan: shopctl show.", "另有 %d 项变更的详情超出评论长度，请用 shopctl show 查看完整计划。", len(entries)-i))+"\n", 0)
			return
		}
	}
}

// wholeValue is how many characters of a value the details show.
const wholeValue = 600

func (m *markdown) detail(e *entry) string {
	var b strings.Builder
	c := e.change
	fmt.Fprintf(&b, "<details><summary>%s %s <code>%s</code> %s</summary>\n\n", webSymbol(e.what.symbol), md(m.say(e.what.word)), md(c.Address.String()), md(c.Title))
	b.WriteString("- " + m.say(lang.T("why", "原因")) + m.colon() + md(m.say(e.why)) + "\n")
	for i := range e.fields {
		b.WriteString("- " + m.difference(&e.fields[i], wholeValue) + "\n")
	}
	if e.hidden > 0 {
		b.WriteString("- " + m.say(counted(e.hidden, "more SKU", "more SKUs", "个 SKU 未逐一列出")) + "\n")
	}
	for _, r := range e.remarks {
		b.WriteString("- " + m.say(r.label) + m.colon() + md(m.say(r.text)) + "\n")
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

func (m *markdown) uploads(uploads []reconcile.Upload) {
	p := &page{lang: m.lang}
	p.uploads(uploads)
	if text := strings.TrimSpace(string(p.buf)); text != "" {
		m.put("\n"+md(strings.ReplaceAll(text, "\n", " "))+"\n", 0)
	}
}

// md makes foreign text plain in Markdown, inside a table and out of it: nothing
// in it formats, links, loads, mentions or ends a cell.
func md(s string) string {
	return markdownSafe.Replace(clean(strings.ReplaceAll(s, "\n", " ")))
}

// A comment inside a word keeps sites from linking addresses and notifying people;
// entities keep the rest from meaning anything.
var markdownSafe = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "`", "&#96;", "*", "&#42;", "_", "&#95;", "~", "&#126;",
	"[", "&#91;", "]", "&#93;", "#", "&#35;", "\\", "&#92;", "!", "&#33;", "$", "&#36;",
	"@", "@<!-- -->", "://", ":<!-- -->//", "www.", "www<!-- -->.",
)

// code is an id in a fixed-width font.
func code(s string) string { return "<code>" + md(s) + "</code>" }

// cut shortens to so many characters, and says so with an ellipsis.
func cut(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	return string(r[:limit-1]) + "…"
}

// short is enough of a digest to tell two apart.
func short(digest string) string { return cut(digest, 13) }
