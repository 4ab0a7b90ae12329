package view

import (
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// Progress tells what Apply is doing: one line per object that is finished
// with, and on a terminal a status line below them.
type Progress struct {
	view   *View
	titles map[schema.Address]string
	said   map[schema.Address]string // the last line of each object
	failed int                       // uploads
	shown  time.Time
	spoken time.Time // when the uploading was last told in a line of its own
}

// Progress makes a listener for the events of one run of a plan. While it is
// in use, whatever else is written to Err stays above the status line. Close
// ends it.
func (v *View) Progress(plan *reconcile.Plan) *Progress {
	g := &Progress{view: v, titles: map[schema.Address]string{}, said: map[schema.Address]string{}}
	for i := range plan.Changes {
		g.titles[plan.Changes[i].Address] = plan.Changes[i].Title
	}
	return g
}

// Event shows one event. Apply sends them one at a time. What is said of an
// object is not said again, so that looking at a review once more adds no line.
func (g *Progress) Event(e reconcile.Event) {
	p := g.view.errPage()
	if spans := g.finished(e); spans != nil {
		p.line(0, spans...)
	}
	line := string(p.buf)
	if line != "" && (e.Kind == reconcile.EventUploaded || g.said[e.Address] != line) {
		g.said[e.Address] = line
		p.flush(g.view.Err)
	}
	g.redraw(e)
}

// Close takes the status line away.
func (g *Progress) Close() { g.view.progressOver() }

// finished is the line for an event after which an object, or the uploading, is
// over for this run; nil for all others.
func (g *Progress) finished(e reconcile.Event) []span {
	switch e.Kind {
	case reconcile.EventUploaded:
		return g.uploads(e)
	case reconcile.EventSettled:
		return g.object("✓ ", green, e, lang.T("as declared", "已与声明一致"))
	case reconcile.EventWaiting:
		if e.Wait != nil {
			return g.object("⧗ ", blue, e, waitOf(*e.Wait))
		}
	case reconcile.EventBlocked:
		if e.Block != nil {
			return g.object("✗ ", red, e, blockOf(e.Block))
		}
	case reconcile.EventPolling:
		if e.Left > 0 {
			return []span{raw("⧗ ").as(blue), words(waitingForBudget(e))}
		}
	case reconcile.EventFailed:
		return g.object("✗ ", red, e, adviceOn(e.Err).What)
	}
	return nil
}

// uploads is the line for the last picture: how many arrived, and why others did not.
func (g *Progress) uploads(e reconcile.Event) []span {
	if e.Err != nil {
		g.failed++
	}
	switch {
	case e.Done < e.Total:
		return nil
	case g.failed > 0:
		t := counted(g.failed, "picture not uploaded", "pictures not uploaded", "张图片未能上传")
		return []span{raw("✗ ").as(red), words(t), both("; the report says why", "，原因见报告")}
	}
	return []span{raw("✓ ").as(green), words(counted(e.Total, "picture uploaded", "pictures uploaded", "张图片已上传"))}
}

func (g *Progress) object(symbol string, st style, e reconcile.Event, what lang.Text) []span {
	name := []span{raw(symbol).as(st), raw(e.Address.String()).as(bold)}
	if title := g.titles[e.Address]; title != "" {
		name = append(name, raw(" "+title))
	}
	return append(name, both(": ", "："), words(what))
}

// redrawEvery keeps a terminal readable and a slow connection free.
const redrawEvery = 100 * time.Millisecond

// redraw shows where the run is. Events say when they happened, so no other
// clock is needed.
func (g *Progress) redraw(e reconcile.Event) {
	if !g.view.redraws() {
		g.speak(e)
		return
	}
	if e.Kind == reconcile.EventUploaded && e.Done == e.Total {
		g.view.progressOver()
		return
	}
	if e.At.Sub(g.shown) < redrawEvery && e.Kind != reconcile.EventPolling {
		return
	}
	t := g.doing(e)
	if t.IsZero() {
		return
	}
	g.shown = e.At
	g.view.progress(t)
}

// speak tells of a long uploading where lines cannot be redrawn. Objects have
// lines of their own.
func (g *Progress) speak(e reconcile.Event) {
	if e.Kind != reconcile.EventUploaded || e.Done == e.Total || e.At.Sub(e.Began) < patience || e.At.Sub(g.spoken) < spokenEvery {
		return
	}
	g.spoken = e.At
	g.view.progress(uploading(e))
}

// uploading is how far the uploads are: files, bytes, rate, time left.
func uploading(e reconcile.Event) lang.Text {
	text := join(lang.T("uploading pictures: ", "正在上传图片："), outOf(e.Done, e.Total))
	took := e.At.Sub(e.Began)
	if e.TotalBytes == 0 { // pictures by URL alone: their size is not known
		return join(text, pace{e.Done, e.Total, took}.tail())
	}
	text = join(text, lang.F(", %s of %s", "，%s / %s", lang.Size(e.Bytes), lang.Size(e.TotalBytes)))
	if took < patience || e.Bytes == 0 {
		return text
	}
	rate := float64(e.Bytes) / took.Seconds()
	left := time.Duration(float64(e.TotalBytes-e.Bytes) / rate * float64(time.Second))
	return join(text, lang.F(", %s/s, %s left", "，每秒 %s，还需 %s", lang.Size(int64(rate)), clockwise(left)))
}

func (g *Progress) doing(e reconcile.Event) lang.Text {
	switch e.Kind {
	case reconcile.EventUploaded:
		return uploading(e)
	case reconcile.EventStarted:
		t := steps[e.Op]
		return lang.T(e.Address.String()+": "+t.EN+howFar(e).EN, e.Address.String()+"："+t.ZH+howFar(e).ZH)
	case reconcile.EventRetry:
		return lang.F("%s: tried again at %s", "%[1]s：%[2]s 重试", e.Address, e.Until.In(schema.Beijing).Format("15:04:05"))
	case reconcile.EventPolling:
		return waitingFor(e)
	}
	return lang.Text{}
}

// howFar is how far the run is, where the event knows.
func howFar(e reconcile.Event) lang.Text {
	if e.Total == 0 {
		return lang.Text{}
	}
	tail := pace{e.Done, e.Total, e.At.Sub(e.Began)}.tail()
	return join(lang.T(" (", "（"), outOf(e.Done, e.Total), tail, lang.T(")", "）"))
}
