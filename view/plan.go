package view

import (
	"io"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// planDocument is the JSON form of a plan. Its lists are never null.
type planDocument struct {
	Envelope
	*reconcile.Plan
	Changes  []reconcile.Change `json:"changes"`
	Uploads  []reconcile.Upload `json:"uploads"`
	Breaches []reconcile.Breach `json:"breaches"`
	Summary  planSummary        `json:"summary"`
}

// planSummary counts the changes by what happens, and what they cost.
type planSummary struct {
	Actions      map[reconcile.Action]int `json:"actions"`
	Reviews      int                      `json:"reviews"`
	Submissions  int                      `json:"submissions"`
	Calls        int                      `json:"calls"`
	Irreversible int                      `json:"irreversible"`
	Waiting      int                      `json:"waiting"`
	Blocked      int                      `json:"blocked"`
}

func planModel(plan *reconcile.Plan) planDocument {
	s := plan.Summary()
	doc := planDocument{
		Envelope: Envelope{reconcile.PlanDocument, reconcile.PlanVersion}, Plan: plan,
		Changes:  append([]reconcile.Change{}, plan.Changes...),
		Uploads:  append([]reconcile.Upload{}, plan.Uploads...),
		Breaches: append([]reconcile.Breach{}, plan.Breaches...),
		Summary: planSummary{
			Actions: map[reconcile.Action]int{}, Reviews: s.Reviews, Submissions: s.Submissions, Calls: s.Calls,
			Irreversible: s.Irreversible, Waiting: s.Waiting, Blocked: s.Blocked,
		},
	}
	for i := range doc.Changes {
		c := &doc.Changes[i]
		doc.Summary.Actions[c.Action]++
		c.Steps = append([]reconcile.Op{}, c.Steps...)
	}
	return doc
}

// WritePlan writes a plan in its saved form.
func WritePlan(w io.Writer, plan *reconcile.Plan) error { return writeJSON(w, planModel(plan)) }

// Plan prints what apply would do. The catalog gives pictures and SKUs their
// names; it may be nil.
func (v *View) Plan(plan *reconcile.Plan, catalog *schema.Catalog) error {
	switch v.Format {
	case JSON:
		return writeJSON(v.Out, planModel(plan))
	case HTML:
		return v.planPage(v.Out, plan, catalog)
	case Markdown:
		_, err := io.WriteString(v.Out, v.planMarkdown(plan, catalog))
		return err
	}
	p := v.outPage()
	if plan.Since != nil {
		p.since(plan.Since)
	}
	if !plan.Empty() {
		p.line(0, format("Shop %s (%s)", "店铺 %s（%s）", plan.ShopName, plan.Shop.AppID).as(bold))
		p.blank()
	}
	entries := readPlan(plan, names{catalog, plan.Pictures})
	for i := range entries {
		p.change(&entries[i])
		p.blank()
	}
	p.uploads(plan.Uploads)
	p.breaches(plan.Breaches)
	p.summary(plan)
	p.forecast(plan.Forecast)
	return p.flush(v.Out)
}

// change adds one object: what happens, why, to which fields, at what cost.
func (p *page) change(e *entry) {
	c := e.change
	p.line(0, raw(e.what.symbol+" ").as(e.what.style), words(e.what.word).as(e.what.style), raw("  "+c.Address.String()).as(bold), raw("  "+c.Title))
	p.remark(words(lang.T("why", "原因")), e.why, plain)
	p.fields(e)
	for _, r := range e.remarks {
		p.remark(words(r.label), r.text, r.style)
	}
}

// remark adds a labelled line under a change; an empty text adds nothing.
func (p *page) remark(label span, text lang.Text, st style) {
	if text.IsZero() {
		return
	}
	const column = 9
	pad := column - cellWidth(label.clean(p.lang))
	p.line(4, label.as(faint), raw("         "[:max(pad, 1)]), words(text).as(st))
}

func addresses(list []schema.Address) lang.Text {
	var names []string
	for _, a := range list {
		names = append(names, a.String())
	}
	return lang.T(strings.Join(names, ", "), strings.Join(names, "、"))
}

func classStyle(c reconcile.Class) style {
	switch c {
	case reconcile.ClassReview:
		return yellow
	case reconcile.ClassIrreversible:
		return red
	}
	return plain
}

// sourceOf is the place an object is declared at, with the row it was made from.
func sourceOf(s schema.Source) lang.Text {
	if s.Range.File == "" {
		return lang.Text{}
	}
	if s.EachKey == "" {
		return lang.Same(s.Range.String())
	}
	return lang.F("%s, row %s", "%s，行 %s", s.Range, s.EachKey)
}

func (p *page) uploads(uploads []reconcile.Upload) {
	if len(uploads) == 0 {
		return
	}
	var size, before, after int64
	shrunk := 0
	for _, u := range uploads {
		size += u.Size
		if u.OriginalSize > 0 {
			shrunk++
			before += u.OriginalSize
			after += u.Size
		}
	}
	t := counted(len(uploads), "picture is", "pictures are", "张图片")
	p.line(0, both(t.EN+" uploaded first, each once ("+lang.Size(size)+").", "先上传 "+t.ZH+"，每张只传一次（"+lang.Size(size)+"）。"))
	if shrunk > 0 {
		t := counted(shrunk, "picture is", "pictures are", "张图片")
		sizes := lang.Size(before) + " -> " + lang.Size(after)
		p.line(0, both(t.EN+" shrunk: "+sizes+". The files stay as they are.", "其中 "+t.ZH+"会缩小："+sizes+"。原文件不变。"))
	}
	p.blank()
}

// breaches adds the guards that the plan breaks, with the way past them.
func (p *page) breaches(breaches []reconcile.Breach) {
	for _, b := range breaches {
		p.line(0, raw("! ").as(red), words(breachOf(b)).as(red))
		for i, a := range b.Objects {
			if i == maxBreachObjects {
				p.line(4, words(andMore(len(b.Objects)-i)))
				break
			}
			p.line(4, raw(a.String()))
		}
		p.line(4, words(overrideOf(b)))
		p.blank()
	}
}

// breachOf says which guard is broken and by how much, overrideOf how to go past it.
func breachOf(b reconcile.Breach) lang.Text {
	limit, actual := strconv.Itoa(int(b.Limit)), strconv.Itoa(int(b.Actual))
	if b.Guard == reconcile.GuardPriceDrop {
		limit, actual = percent(b.Limit), percent(b.Actual)
	}
	return lang.F("guard %s: %s is more than the limit %s", "超出保护限制 %s：%s，上限 %s", b.Guard, actual, limit)
}

func overrideOf(b reconcile.Breach) lang.Text {
	return lang.F("apply refuses this plan; if it is meant: --override-guard %s", "apply 会拒绝执行；若确认无误：--override-guard %s", b.Guard)
}

// breachRest goes on from breachOf in a sentence: which objects break the guard, the
// first of many, and the way past it.
func breachRest(b reconcile.Breach) lang.Text {
	objects, override := someOf(b.Objects), overrideOf(b)
	return lang.T(" ("+objects.EN+"). "+override.EN, "（"+objects.ZH+"）。"+override.ZH)
}

// andMore counts what a list leaves out; nothing when it leaves out nothing.
func andMore(n int) lang.Text {
	if n <= 0 {
		return lang.Text{}
	}
	return lang.F("and %d more", "另有 %d 个", n)
}

// maxBreachObjects is how many objects are named under a broken guard.
const maxBreachObjects = 10

// summary ends a plan: what it counts, and what cannot be undone.
func (p *page) summary(plan *reconcile.Plan) {
	p.counts(plan)
	if n := plan.Summary().Irreversible; n > 0 {
		p.line(0, words(sentence(counted(n, "change cannot be undone", "changes cannot be undone", "项变更不可恢复"))).as(red))
	}
}

// counts says how many of what, what goes to review, what stays.
func (p *page) counts(plan *reconcile.Plan) {
	if plan.Empty() {
		p.line(0, both("No changes. The shop is as declared.", "没有变更，店铺与声明一致。").as(green))
		p.line(0, words(sentence(listed(untouched(plan)))))
		return
	}
	s := plan.Summary()
	p.line(0, both("Plan: ", "计划：").as(bold), words(sentence(listed(tally(s)))))
	calls := counted(s.Calls, "writing call", "writing calls", "次写入请求")
	if s.Reviews > 0 {
		p.line(0, format("%d to review.", "%d 项需要审核。", s.Reviews))
	}
	for _, line := range budgetOf(plan) {
		p.line(0, words(line))
	}
	p.line(0, words(lang.T(calls.EN+" in all.", "共 "+calls.ZH+"。")))
	p.line(0, words(sentence(listed(untouched(plan)))))
}

// tally counts the changes by what happens, leaving out what does not occur.
func tally(s reconcile.Summary) []lang.Text {
	var parts []lang.Text
	for _, c := range []struct {
		n      int
		en, zh string
	}{
		{s.Create, "to create", "个新建"},
		{s.Submit, "to submit for audit", "个提交资质审核"},
		{s.Update, "to update", "个更新"},
		{s.Edit, "to edit at once", "个即时修改"},
		{s.Settings, "to change settings", "个修改商家设置"},
		{s.List, "to list", "个上架"},
		{s.Delist, "to delist", "个下架"},
		{s.Delete, "to delete", "个删除"},
		{s.Withdraw, "to withdraw from review", "个撤回审核"},
		{s.Forget, "to forget", "个不再管理"},
		{s.Wait, "waiting", "个等待中"},
		{s.Block, "blocked", "个受阻"},
	} {
		if c.n > 0 {
			parts = append(parts, counted(c.n, c.en, c.en, c.zh))
		}
	}
	return parts
}

// untouched counts what the plan leaves alone.
func untouched(plan *reconcile.Plan) []lang.Text {
	parts := []lang.Text{counted(plan.Unchanged, "unchanged", "unchanged", "个未变")}
	if plan.Adopted > 0 {
		parts = append(parts, lang.F("%d of them new to the state", "其中 %d 个首次记入状态", plan.Adopted))
	}
	if plan.Unmanaged > 0 {
		parts = append(parts, counted(plan.Unmanaged, "in the shop but not in the files", "in the shop but not in the files", "个只在店铺中、不归文件管理"))
	}
	return parts
}
