package view

import (
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// historyDocument is the JSON form of the history of an object.
type historyDocument struct {
	Envelope
	Address  schema.Address  `json:"address"`
	Verdicts []state.Verdict `json:"verdicts"`
}

var verdictNames = map[state.VerdictKind]headline{
	state.VerdictApproved:  {"✓", lang.T("approved", "已通过"), green},
	state.VerdictRejected:  {"✗", lang.T("rejected", "被驳回"), red},
	state.VerdictBanned:    {"✗", lang.T("banned", "被封禁"), red},
	state.VerdictWithdrawn: {"<", lang.T("withdrawn", "已撤回"), yellow},
}

// History prints the verdicts on an object, the newest first.
func (v *View) History(a schema.Address, verdicts []state.Verdict) error {
	if v.Format == JSON {
		return writeJSON(v.Out, historyDocument{Envelope{"history", 1}, a, append([]state.Verdict{}, verdicts...)})
	}
	p := v.outPage()
	p.line(0, raw(a.String()).as(bold))
	if len(verdicts) == 0 {
		p.line(2, both("No verdict is known yet.", "尚无审核结果。"))
	}
	for i := range verdicts {
		p.verdict(&verdicts[i])
	}
	return p.flush(v.Out)
}

// verdict adds when and how it ended, how long that took, and why.
func (p *page) verdict(x *state.Verdict) {
	h, ok := verdictNames[x.Kind]
	if !ok {
		h = headline{"?", lang.Same(string(x.Kind)), plain}
	}
	spans := []span{raw(clock(x.At) + "  "), raw(h.symbol + " ").as(h.style), words(h.word).as(h.style)}
	if x.SubmittedAt != nil {
		took := duration(x.At.Sub(*x.SubmittedAt))
		spans = append(spans, words(lang.F(", submitted %[1]s, after %[2]s", "，%[1]s 提交，历时 %[3]s", clock(*x.SubmittedAt), took.EN, took.ZH)))
	}
	if x.Category != "" {
		spans = append(spans, words(lang.F(", category %s", "，类目 %s", x.Category)))
	}
	p.line(2, spans...)
	if x.Reason != "" {
		p.line(4, raw(x.Reason))
	}
	if x.Stamp != "" {
		p.line(4, words(lang.F("content %s", "内容 %s", x.Stamp)).as(faint))
	}
}
