package view

import (
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// historyDocument is the JSON form of the history of an object.
type historyDocument struct {
	Envelope
	Address  schema.Address `json:"address"`
	Verdicts []verdictRow   `json:"verdicts"`
	// Reviews say how long those took of which both ends are known.
	Reviews reviewTimes `json:"reviews"`
}

type verdictRow struct {
	state.Verdict
	TookSeconds int64 `json:"took_seconds,omitempty"`
}

type reviewTimes struct {
	Count          int   `json:"count"`
	AverageSeconds int64 `json:"average_seconds,omitempty"`
	LongestSeconds int64 `json:"longest_seconds,omitempty"`
}

var verdictNames = map[state.VerdictKind]headline{
	state.VerdictApproved:  {"✓", lang.T("approved", "已通过"), green},
	state.VerdictRejected:  {"✗", lang.T("rejected", "被驳回"), red},
	state.VerdictBanned:    {"✗", lang.T("banned", "被封禁"), red},
	state.VerdictWithdrawn: {"<", lang.T("withdrawn", "已撤回"), yellow},
	state.VerdictEdited:    {"~", lang.T("edited at once, without review", "立即修改，无需审核"), plain},
}

// History prints the verdicts on an object, the newest first.
func (v *View) History(a schema.Address, verdicts []state.Verdict) error {
	times := timesOf(verdicts)
	if v.Format == JSON {
		return writeJSON(v.Out, historyDocument{Envelope{"history", 1}, a, verdictRows(verdicts), times})
	}
	p := v.outPage()
	p.line(0, raw(a.String()).as(bold))
	if len(verdicts) == 0 {
		p.line(2, both("No verdict is known yet.", "尚无审核结果。"))
	}
	for i := range verdicts {
		p.verdict(&verdicts[i])
	}
	p.reviewTimes(times)
	return p.flush(v.Out)
}

func verdictRows(verdicts []state.Verdict) []verdictRow {
	rows := make([]verdictRow, len(verdicts))
	for i, x := range verdicts {
		rows[i] = verdictRow{Verdict: x}
		if x.SubmittedAt != nil {
			rows[i].TookSeconds = int64(x.At.Sub(*x.SubmittedAt).Seconds())
		}
	}
	return rows
}

// timesOf counts the reviews that came to a verdict of a reviewer: what was
// withdrawn or banned tells nothing of how long one takes.
func timesOf(verdicts []state.Verdict) reviewTimes {
	var times reviewTimes
	var sum int64
	for _, x := range verdictRows(verdicts) {
		if x.SubmittedAt == nil || x.Kind != state.VerdictApproved && x.Kind != state.VerdictRejected {
			continue
		}
		times.Count++
		sum += x.TookSeconds
		times.LongestSeconds = max(times.LongestSeconds, x.TookSeconds)
	}
	if times.Count > 0 {
		times.AverageSeconds = sum / int64(times.Count)
	}
	return times
}

// reviewTimes adds how long the reviews took.
func (p *page) reviewTimes(times reviewTimes) {
	if times.Count == 0 {
		return
	}
	average, longest := duration(time.Duration(times.AverageSeconds)*time.Second), duration(time.Duration(times.LongestSeconds)*time.Second)
	if times.Count == 1 {
		p.line(2, format("Its review took %[1]s.", "审核历时 %[2]s。", average.EN, average.ZH))
		return
	}
	p.line(2, format("%[1]d reviews took %[2]s on average, the longest %[3]s.", "%[1]d 次审核平均历时 %[4]s，最长 %[5]s。", times.Count, average.EN, longest.EN, average.ZH, longest.ZH))
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
	if x.Said != "" {
		p.line(4, both("the author said: ", "作者说明：").as(faint), raw(x.Said))
	}
	if x.Stamp != "" {
		p.line(4, words(lang.F("content %s", "内容 %s", x.Stamp)).as(faint))
	}
}
