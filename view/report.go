package view

import (
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// done says what a succeeded call did, for the closing report.
var done = map[reconcile.Op]lang.Text{
	reconcile.OpUpdateMerchant: lang.T("settings replaced", "设置已更新"),
	reconcile.OpSubmitBrand:    lang.T("brand submitted", "品牌已提交审核"),
	reconcile.OpSubmitCategory: lang.T("category submitted", "类目已提交审核"),
	reconcile.OpAdd:            lang.T("created and submitted", "已新建并提交审核"),
	reconcile.OpUpdate:         lang.T("new content submitted", "新内容已提交审核"),
	reconcile.OpUpdateFree:     lang.T("edited at once", "已即时修改"),
	reconcile.OpWithdraw:       lang.T("review withdrawn", "已撤回审核"),
	reconcile.OpList:           lang.T("put on the shelf", "已上架"),
	reconcile.OpDelist:         lang.T("taken off the shelf", "已下架"),
	reconcile.OpDelete:         lang.T("deleted", "已删除"),
	reconcile.OpForget:         lang.T("forgotten", "已不再管理"),
}

// reportDocument is the JSON form of what apply did.
type reportDocument struct {
	Envelope
	Results     []resultDocument          `json:"results"`
	Counts      map[reconcile.Outcome]int `json:"counts"`
	Uploaded    int                       `json:"uploaded"`
	Calls       int                       `json:"calls"`
	Refused     int                       `json:"refused"`
	Stopped     *refusal                  `json:"stopped,omitempty"`
	RetryAfter  float64                   `json:"retry_after_seconds,omitempty"`
	Interrupted bool                      `json:"interrupted"`
	Took        float64                   `json:"took_seconds"`
	Budget      reconcile.Spending        `json:"budget"`
}

type resultDocument struct {
	Address schema.Address    `json:"address"`
	Title   string            `json:"title,omitempty"`
	Outcome reconcile.Outcome `json:"outcome"`
	Steps   []reconcile.Op    `json:"steps"`
	Waits   []reconcile.Wait  `json:"waits,omitempty"`
	Block   *reconcile.Block  `json:"block,omitempty"`
	Error   *refusal          `json:"error,omitempty"`
}

// outcomes is the order of the closing report: what needs a human stands last,
// nearest to the prompt.
var outcomes = []reconcile.Outcome{
	reconcile.OutcomeDone, reconcile.OutcomePending, reconcile.OutcomeLater, reconcile.OutcomeBlocked, reconcile.OutcomeFailed,
}

var outcomeNames = map[reconcile.Outcome]headline{
	reconcile.OutcomeDone:    {"✓", lang.T("Done", "已完成"), green},
	reconcile.OutcomePending: {"⧗", lang.T("Pending", "等待中"), blue},
	reconcile.OutcomeLater:   {"…", lang.T("Left for later", "留待稍后"), yellow},
	reconcile.OutcomeBlocked: {"✗", lang.T("Blocked", "受阻"), red},
	reconcile.OutcomeFailed:  {"✗", lang.T("Failed", "失败"), red},
}

// Report prints what apply did and left undone, and what to run next.
func (v *View) Report(r *reconcile.Report) error {
	if v.Format == JSON {
		return writeJSON(v.Out, reportModel(r))
	}
	p := v.outPage()
	for _, o := range outcomes {
		p.outcome(r, o)
	}
	p.numbers(r)
	p.next(r)
	return p.flush(v.Out)
}

func reportModel(r *reconcile.Report) reportDocument {
	doc := reportDocument{
		Envelope: Envelope{"report", 1}, Results: []resultDocument{}, Counts: map[reconcile.Outcome]int{},
		Uploaded: r.Uploaded, Calls: r.Calls, Refused: r.Refused, RetryAfter: r.RetryAfter.Seconds(), Interrupted: r.Interrupted, Took: r.Took.Seconds(),
		Budget: r.Budget,
	}
	doc.Budget.Left = append([]schema.Address{}, r.Budget.Left...)
	if r.Stopped != nil {
		doc.Stopped = refusalOf(r.Stopped)
	}
	for _, o := range outcomes {
		doc.Counts[o] = r.Count(o)
	}
	for i := range r.Results {
		x := &r.Results[i]
		doc.Results = append(doc.Results, resultDocument{
			x.Address, x.Title, x.Outcome, append([]reconcile.Op{}, x.Steps...), x.Waits, x.Block, refusalOf(x.Err),
		})
	}
	return doc
}

// outcome adds the objects that ended in one way.
func (p *page) outcome(r *reconcile.Report, o reconcile.Outcome) {
	if r.Count(o) == 0 {
		return
	}
	h := outcomeNames[o]
	p.line(0, words(h.word).as(h.style), words(lang.T(":", "：")).as(h.style))
	for i := range r.Results {
		if x := &r.Results[i]; x.Outcome == o {
			p.result(x, h)
		}
	}
	p.blank()
}

func (p *page) result(x *reconcile.Result, h headline) {
	spans := []span{raw(h.symbol + " ").as(h.style), raw(x.Address.String()).as(bold)}
	if x.Title != "" {
		spans = append(spans, raw("  "+x.Title))
	}
	if len(x.Steps) > 0 {
		spans = append(spans, raw("  "), words(stepped(x.Steps, done)).as(faint))
	}
	if len(x.Waits) > 0 && x.Waits[0].Kind == reconcile.WaitApproval {
		spans = append(spans, raw("  "), words(approvalOf(x.Waits[0])))
	}
	p.line(2, spans...)
	if x.Outcome == reconcile.OutcomeLater {
		return // whatever else it waits for is the same for all of them, and said once below
	}
	for _, w := range x.Waits {
		p.line(6, words(waitOf(w)))
	}
	if x.Block != nil {
		p.line(6, words(blockOf(x.Block)).as(red))
		p.line(6, both("Fix: ", "处理：").as(green), words(remedyOf(x.Block, x.Address)))
	}
	if x.Err != nil {
		p.advice(6, raw(""), adviceOn(x.Err))
	}
	if at := sourceOf(x.Source); x.Outcome != reconcile.OutcomeDone && !at.IsZero() {
		p.line(6, words(at).as(faint))
	}
}

// numbers adds the totals of the run.
func (p *page) numbers(r *reconcile.Report) {
	parts := outcomeCounts(r.Count)
	if len(parts) > 0 {
		p.line(0, both("Apply: ", "执行结果：").as(bold), words(sentence(listed(parts))))
	} else {
		p.line(0, both("Nothing to do. The shop is as declared.", "无需操作，店铺与声明一致。").as(green))
	}
	if r.Calls == 0 && r.Refused == 0 {
		p.line(0, both("No writing calls were made.", "没有发送任何写入请求。"))
		return
	}
	calls := counted(r.Calls, "successful writing call", "successful writing calls", "次写入请求成功")
	if r.Uploaded > 0 {
		uploads := counted(r.Uploaded, "picture upload", "picture uploads", "次图片上传")
		calls = lang.T(calls.EN+" ("+uploads.EN+")", calls.ZH+"（其中 "+uploads.ZH+"）")
	}
	took := duration(r.Took)
	p.line(0, words(lang.T(calls.EN+", took "+took.EN+".", calls.ZH+"，用时 "+took.ZH+"。")))
}

// outcomeCounts counts objects by outcome, leaving out what does not occur.
func outcomeCounts(count func(reconcile.Outcome) int) []lang.Text {
	var parts []lang.Text
	for _, c := range []struct {
		outcome reconcile.Outcome
		en, zh  string
	}{
		{reconcile.OutcomeDone, "done", "项完成"},
		{reconcile.OutcomePending, "pending", "项等待中"},
		{reconcile.OutcomeLater, "left for later", "项留待稍后"},
		{reconcile.OutcomeBlocked, "blocked", "项受阻"},
		{reconcile.OutcomeFailed, "failed", "项失败"},
	} {
		if n := count(c.outcome); n > 0 {
			parts = append(parts, counted(n, c.en, c.en, c.zh))
		}
	}
	return parts
}

// next says what to run next, if anything is left.
func (p *page) next(r *reconcile.Report) {
	if r.Interrupted {
		p.line(0, both("Interrupted. What was done is recorded; run shopctl apply again to go on.",
			"已中断。已完成的操作均有记录，再次运行 shopctl apply 即可继续。").as(yellow))
		return
	}
	if r.Stopped != nil {
		p.advice(0, both("Stopped early: ", "提前停止：").as(yellow), adviceOn(r.Stopped))
	}
	if n := leftToHumans(r); n > 0 {
		p.line(0, format("%d left because a human must approve it: it needs more than --approve free allows, breaks a guard, or was not in the plan that was read. shopctl plan shows it.",
			"有 %d 项留给人工决定：超出 --approve free 的范围、触发了保护限制，或不在已审阅的计划中。请用 shopctl plan 查看。", n))
		if n == len(r.Results)-r.Count(reconcile.OutcomeDone) {
			return
		}
	}
	switch {
	case r.Budget.Continue != nil:
		p.line(0, words(leftBehind(r)).as(yellow))
	case r.RetryAfter > 0:
		after := duration(r.RetryAfter)
		p.line(0, both("Next: run shopctl apply again in "+after.EN+".", "下一步："+after.ZH+"后再次运行 shopctl apply。"))
	case r.Count(reconcile.OutcomeBlocked)+r.Count(reconcile.OutcomeFailed) > 0:
		p.line(0, both("Next: solve what is blocked or failed, then run shopctl apply again.", "下一步：处理受阻或失败的内容，然后再次运行 shopctl apply。"))
	case r.Count(reconcile.OutcomePending)+r.Count(reconcile.OutcomeLater) > 0:
		p.line(0, both("Next: run shopctl apply again when the reviews are over (or now with --wait 30m); shopctl status shows where they are.",
			"下一步：审核结束后再次运行 shopctl apply（或现在用 --wait 30m 等待）；shopctl status 可查看进度。"))
	}
}

// leftToHumans counts what the run was not allowed to do.
func leftToHumans(r *reconcile.Report) int {
	n := 0
	for i := range r.Results {
		if x := &r.Results[i]; len(x.Waits) > 0 && x.Waits[0].Kind == reconcile.WaitApproval {
			n++
		}
	}
	return n
}
