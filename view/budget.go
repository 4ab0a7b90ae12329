package view

import (
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// budgetOf says what the submissions of a plan need and find: one sentence for
// the plan, one for the two windows, one for what a refusal has taught.
func budgetOf(plan *reconcile.Plan) []lang.Text {
	b := plan.Budget
	if b.Needed == 0 {
		return nil
	}
	needed := counted(b.Needed, "product submission is needed", "product submissions are needed", "次商品提交")
	lines := []lang.Text{lang.T(needed.EN+"; "+leaving(b, plan.At).EN+".", "需要 "+needed.ZH+"；"+leaving(b, plan.At).ZH+"。")}
	lines = append(lines, windowsOf(b.Hour, b.Day)...)
	for _, c := range b.Closed {
		at := when(c.Until, plan.At)
		lines = append(lines, lang.F("%s was submitted too often in the last hour and waits until %s.", "%s 最近一小时提交次数过多，需等到 %s。", c.On, at))
	}
	return lines
}

// leaving says how many may leave now, and when the others.
func leaving(b reconcile.Budget, now time.Time) lang.Text {
	if b.Through == nil {
		return lang.T("the budget has room for all of them", "额度足够，可全部立即提交")
	}
	next, through := when(*b.Next, now), when(*b.Through, now)
	if next == through {
		return lang.F("%d may leave now, the others at %s", "现在可提交 %d 次，其余在 %s 提交", b.Ready, next)
	}
	return lang.F("%d may leave now, the others from %s on, the last at %s", "现在可提交 %d 次，其余从 %s 起提交，最后一次在 %s", b.Ready, next, through)
}

// windowsOf says how full the two windows are, and who says so where that is not
// the author.
func windowsOf(hour, day reconcile.Window) []lang.Text {
	lines := []lang.Text{lang.F(
		"Left of the budget: %d of %d this hour, %d of %d in 24 hours.",
		"剩余提交额度：一小时内 %d/%d 次，24 小时内 %d/%d 次。", hour.Left, hour.Limit, day.Left, day.Limit)}
	for _, w := range []struct {
		window reconcile.Window
		of     lang.Text
	}{{hour, lang.T("an hour", "一小时")}, {day, lang.T("24 hours", "24 小时")}} {
		if at := w.window.LearnedAt; at != nil {
			lines = append(lines, lang.F(
				"The platform refused more than %[1]d in %[2]s at %[3]s; that limit is believed for a day.",
				"%[3]s 平台拒绝了提交：%[4]s内已超过 %[1]d 次；一天之内以此为上限。", w.window.Limit, w.of.EN, clock(*at), w.of.ZH))
		}
	}
	return lines
}

// when is a time for a reader at now: without the date on the same day in Beijing.
func when(t, now time.Time) string {
	t = t.In(schema.Beijing)
	if rounded := t.Truncate(time.Minute); !rounded.Equal(t) {
		t = rounded.Add(time.Minute) // "after 21:10" is true then
	}
	if t.Format(time.DateOnly) == now.In(schema.Beijing).Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// leftBehind says what waits for the budget at the end of a run, and when to go on.
func leftBehind(r *reconcile.Report) lang.Text {
	at := r.Budget.Continue
	if at == nil {
		return lang.Text{}
	}
	n := counted(len(r.Budget.Left), "product waits", "products wait", "个商品")
	return lang.F("%[1]s for the submission budget. Next: run shopctl apply again; continue after %[2]s (or now with --wait, which sleeps until then).",
		"有 %[3]s等待提交额度。下一步：%[2]s 之后再次运行 shopctl apply（或现在加上 --wait，届时自动继续）。", n.EN, when(*at, r.Budget.At), n.ZH)
}

// waitingFor is what a run that sleeps says: what is under review, what waits for
// the budget, and until when.
func waitingFor(e reconcile.Event) lang.Text {
	look := e.Until.In(schema.Beijing).Format("15:04:05")
	if e.Left == 0 {
		return lang.F("%d under review; next look at %s", "%d 项审核中，%s 再次查看", e.Total, look)
	}
	budget := waitingForBudget(e)
	if e.Total == 0 {
		return budget
	}
	return lang.F("%[1]d under review; next look at %[2]s; %[3]s", "%[1]d 项审核中，%[2]s 再次查看；%[4]s", e.Total, look, budget.EN, budget.ZH)
}

func waitingForBudget(e reconcile.Event) lang.Text {
	n := counted(e.Left, "product waits", "products wait", "个商品")
	at := when(e.Opens, e.At)
	return lang.F("%[1]s for the submission budget until %[2]s", "%[3]s等待提交额度，%[2]s 继续", n.EN, at, n.ZH)
}
