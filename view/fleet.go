package view

import (
	"time"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
)

// fleetDocument is the JSON form of what became of many shops.
type fleetDocument struct {
	Envelope
	Verb   fleet.Verb            `json:"verb"`
	Shops  []fleet.Result        `json:"shops"`
	Counts map[fleet.Outcome]int `json:"counts"`
	Totals fleetTotals           `json:"totals"`
	Took   float64               `json:"took_seconds"`
}

type fleetTotals struct {
	Counts map[string]int `json:"counts"`
	Work   fleet.Work     `json:"work"`
}

var fleetOutcomes = map[fleet.Outcome]headline{
	fleet.OutcomeDone:        {"✓", lang.T("as declared", "与声明一致"), green},
	fleet.OutcomeChanges:     {"~", lang.T("to change", "待变更"), yellow},
	fleet.OutcomePending:     {"⧗", lang.T("pending", "等待中"), blue},
	fleet.OutcomeBlocked:     {"✗", lang.T("blocked", "受阻"), red},
	fleet.OutcomeFailed:      {"✗", lang.T("failed", "失败"), red},
	fleet.OutcomeSkipped:     {"-", lang.T("not begun", "未开始"), yellow},
	fleet.OutcomeInterrupted: {"-", lang.T("interrupted", "已中断"), yellow},
}

// Fleet prints what became of all shops: what needs a human stands last,
// nearest to the prompt.
func (v *View) Fleet(r *fleet.Report) error {
	switch v.Format {
	case JSON:
		return writeJSON(v.Out, fleetModel(r))
	case Markdown:
		return v.fleetMarkdown(r)
	case HTML:
		return v.fleetPage(r)
	}
	p := v.outPage()
	p.fleetShops(r)
	p.fleetTotals(r)
	return p.flush(v.Out)
}

func fleetModel(r *fleet.Report) fleetDocument {
	counts, work := r.Totals()
	doc := fleetDocument{
		Envelope: Envelope{"fleet", 1}, Verb: r.Verb, Shops: []fleet.Result{},
		Counts: map[fleet.Outcome]int{}, Totals: fleetTotals{counts, work}, Took: r.Took.Seconds(),
	}
	for _, o := range fleet.Outcomes {
		doc.Counts[o] = r.Count(o)
	}
	for _, x := range r.Results {
		x.Objects = append([]fleet.Object{}, x.Objects...)
		if x.Counts == nil {
			x.Counts = map[string]int{}
		}
		doc.Shops = append(doc.Shops, x)
	}
	return doc
}

// fleetShops adds one line a shop, best outcome first, and what is to be known
// of it below.
func (p *page) fleetShops(r *fleet.Report) {
	width := 0
	for i := range r.Results {
		width = max(width, cellWidth(clean(r.Results[i].Dir)))
	}
	for _, o := range fleet.Outcomes {
		for i := range r.Results {
			if x := &r.Results[i]; x.Outcome == o {
				p.add(raw(fleetOutcomes[o].symbol + " ").as(fleetOutcomes[o].style))
				p.add(raw(x.Dir).as(bold))
				p.indent(width - cellWidth(clean(x.Dir)) + 2)
				p.line(0, words(fleetLine(r.Verb, x)))
				p.fleetDetails(x)
			}
		}
	}
	if len(r.Results) > 0 {
		p.blank()
	}
}

// fleetLine is one shop in one line: where it stands, what is counted, what it
// costs, how long it took.
func fleetLine(verb fleet.Verb, x *fleet.Result) lang.Text {
	parts := []lang.Text{fleetOutcomes[x.Outcome].word}
	if x.Error != nil {
		parts[0] = join(parts[0], lang.T(": ", "："), x.Error.What)
	}
	if counts := fleetCounts(verb, x.Counts); len(counts) > 0 {
		parts = append(parts, listed(counts))
	}
	if work := fleetWork(verb, x.Work); len(work) > 0 {
		parts = append(parts, listed(work))
	}
	if took := time.Duration(x.Took * float64(time.Second)); took >= time.Second {
		parts = append(parts, duration(took))
	}
	return semicolons(parts)
}

// fleetCounts are the objects of a shop, or of all shops, by what the verb counts.
func fleetCounts(verb fleet.Verb, counts map[string]int) []lang.Text {
	of := func(a reconcile.Action) int { return counts[string(a)] }
	switch verb {
	case fleet.VerbPlan:
		return tally(reconcile.Summary{
			Create: of(reconcile.ActionCreate), Update: of(reconcile.ActionUpdate), Edit: of(reconcile.ActionEdit),
			List: of(reconcile.ActionList), Delist: of(reconcile.ActionDelist), Delete: of(reconcile.ActionDelete),
			Submit: of(reconcile.ActionSubmit), Withdraw: of(reconcile.ActionWithdraw), Settings: of(reconcile.ActionSettings),
			Forget: of(reconcile.ActionForget), Wait: of(reconcile.ActionWait), Block: of(reconcile.ActionBlock),
		})
	case fleet.VerbApply:
		return outcomeCounts(func(o reconcile.Outcome) int { return counts[string(o)] })
	}
	return statusCounts(func(s Status) int { return counts[string(s)] })
}

// fleetWork is what a plan costs, or what apply has spent.
func fleetWork(verb fleet.Verb, w fleet.Work) []lang.Text {
	var parts []lang.Text
	if w.Calls > 0 {
		parts = append(parts, counted(w.Calls, "writing call", "writing calls", "次写入请求"))
	}
	if w.Submissions > 0 {
		parts = append(parts, counted(w.Submissions, "product submission", "product submissions", "次商品提交"))
	}
	if w.Uploads > 0 {
		parts = append(parts, counted(w.Uploads, "picture upload", "picture uploads", "次图片上传"))
	}
	if w.Irreversible > 0 {
		parts = append(parts, counted(w.Irreversible, "change cannot be undone", "changes cannot be undone", "项变更不可恢复"))
	}
	if w.Refused > 0 && verb == fleet.VerbApply {
		parts = append(parts, counted(w.Refused, "call refused", "calls refused", "次请求被拒绝"))
	}
	return parts
}

// fleetTotals ends the report: shops by outcome, then all objects and all work.
func (p *page) fleetTotals(r *fleet.Report) {
	var shops []lang.Text
	for _, o := range fleet.Outcomes {
		if n := r.Count(o); n > 0 {
			word := fleetOutcomes[o].word
			shops = append(shops, counted(n, word.EN, word.EN, "个"+word.ZH))
		}
	}
	n := counted(len(r.Results), "shop", "shops", "个店铺")
	p.line(0, words(n).as(bold), both(": ", "：").as(bold), words(sentence(listed(shops))))
	counts, work := r.Totals()
	if parts := append(fleetCounts(r.Verb, counts), fleetWork(r.Verb, work)...); len(parts) > 0 {
		p.line(0, both("In all: ", "合计："), words(sentence(listed(parts))))
	}
	took := duration(r.Took)
	p.line(0, both("Took "+took.EN+".", "用时 "+took.ZH+"。"))
}
