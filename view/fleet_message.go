package view

import (
	"strings"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
)

// FleetMessage tells a group chat how apply went over many shops: how many stand
// where, then each that needs somebody. The title is "" when nothing was done and
// nothing is wrong.
func FleetMessage(r *fleet.Report, l lang.Lang) (title string, lines []string) {
	_, work := r.Totals()
	if work.Calls == 0 && r.Count(fleet.OutcomeBlocked)+r.Count(fleet.OutcomeFailed) == 0 {
		return "", nil
	}
	n := counted(len(r.Results), "shop", "shops", "个店铺")
	title = lang.T("fleet apply is through: "+n.EN, "fleet apply 已结束："+n.ZH).In(l)
	p := &page{lang: l}
	p.fleetTotals(r)
	for line := range strings.Lines(string(p.buf)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	for _, x := range gravestFirst(r) {
		switch x.Outcome {
		case fleet.OutcomeFailed, fleet.OutcomeBlocked, fleet.OutcomeInterrupted, fleet.OutcomeSkipped:
			line := join(lang.Same(fleetOutcomes[x.Outcome].symbol+" "+x.Dir), lang.T(": ", "："), fleetLine(r.Verb, x))
			lines = append(lines, clean(line.In(l)))
		}
	}
	return title, lines
}
