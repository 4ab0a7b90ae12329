package view

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
)

// FleetProgress tells how far a run over many shops is: on a terminal a region
// with one line for every shop at work, elsewhere a line for every shop that is
// through. It may be used by many goroutines.
type FleetProgress struct {
	view  *View
	verb  fleet.Verb
	total int
	now   func() time.Time

	mu     sync.Mutex
	over   int
	failed int
	doing  map[string]lang.Text // by directory
	shown  time.Time
}

// FleetProgress begins a run over so many shops. Close ends it.
func (v *View) FleetProgress(verb fleet.Verb, shops int, now func() time.Time) *FleetProgress {
	return &FleetProgress{view: v, verb: verb, total: shops, now: now, doing: map[string]lang.Text{}}
}

// maxDoing is how many shops at work have a line: the region must fit into a
// small terminal.
const maxDoing = 12

// Doing tells what is being done in a shop.
func (g *FleetProgress) Doing(dir string, what lang.Text) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.view.statusLine() == nil {
		g.say(raw(dir).as(bold), both(": ", "："), words(what))
		return
	}
	_, known := g.doing[dir]
	g.doing[dir] = what
	if now := g.now(); !known || now.Sub(g.shown) >= redrawEvery {
		g.shown = now
		g.redraw()
	}
}

// Done tells that a shop is through.
func (g *FleetProgress) Done(r fleet.Result) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.doing, r.Dir)
	g.over++
	if r.Outcome == fleet.OutcomeFailed {
		g.failed++
	}
	h := fleetOutcomes[r.Outcome]
	g.say(raw(h.symbol+" ").as(h.style), raw(r.Dir).as(bold), both(": ", "："), words(fleetLine(g.verb, &r)))
	if g.view.statusLine() != nil {
		g.redraw()
	}
}

// Again tells that shops that were through are worked on again.
func (g *FleetProgress) Again(shops int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.over -= shops
}

// Close takes the region away.
func (g *FleetProgress) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.view.progressOver()
}

func (g *FleetProgress) say(spans ...span) {
	p := g.view.errPage()
	p.line(0, spans...)
	p.flush(g.view.Err)
}

// redraw shows one line for every shop at work, in their order, and a line for
// all below them.
func (g *FleetProgress) redraw() {
	var lines []string
	add := func(t lang.Text) { lines = append(lines, g.view.cut(clean(t.In(g.view.Lang)))) }
	for i, dir := range slices.Sorted(maps.Keys(g.doing)) {
		if i == maxDoing {
			break
		}
		add(join(lang.Same(dir), lang.T(": ", "："), g.doing[dir]))
	}
	all := join(outOf(g.over, g.total), lang.T(" shops", " 个店铺"))
	if g.failed > 0 {
		all = join(all, lang.F(", %d failed", "，%d 个失败", g.failed))
	}
	add(all)
	g.view.statusLine().Set(strings.Join(lines, "\n"))
}
