package view

import (
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// Work tells how far a piece of work is that may take long, and nothing when it
// does not: on a terminal in the status line, elsewhere in a line now and then.
// It is used by one goroutine at a time.
type Work struct {
	view  *View
	now   func() time.Time
	began time.Time
	shown time.Time
}

// Work begins a piece of work. Close ends it.
func (v *View) Work(now func() time.Time) *Work {
	return &Work{view: v, now: now, began: now()}
}

// Close takes the status line away.
func (w *Work) Close() { w.view.progressOver() }

// Loading shows how far the reading of the catalog is.
func (w *Work) Loading(p schema.LoadProgress) {
	w.show(p.Products, p.Total, func(tail lang.Text) lang.Text {
		text := join(lang.T("reading the catalog: ", "正在读取目录："), outOf(p.Products, p.Total), lang.T(" products", " 个商品"))
		if p.Pictures > 0 {
			text = join(text, lang.F(", %s pictures (%s)", "，%s 张图片（%s）", grouped(p.Pictures), lang.Size(p.Bytes)))
		}
		return join(text, tail)
	})
}

// Observing shows how far the reading of the shop is, in copies of products:
// most products have two.
func (w *Work) Observing(done, total int) {
	w.show(done, total, func(tail lang.Text) lang.Text {
		return join(lang.T("reading the shop: ", "正在读取店铺："), outOf(done, total), lang.T(" drafts and online copies", " 份草稿与线上内容"), tail)
	})
}

// Fetching shows how many of the shop's pictures are here.
func (w *Work) Fetching(done, total int, bytes int64) {
	w.show(done, total, func(tail lang.Text) lang.Text {
		return join(lang.T("fetching pictures: ", "正在下载图片："), outOf(done, total), lang.F(" (%s)", "（%s）", lang.Size(bytes)), tail)
	})
}

// Reading shows how many rows of a sheet were read, of about how many.
func (w *Work) Reading(done, total int) {
	w.show(done, total, func(tail lang.Text) lang.Text {
		return join(lang.T("reading the sheet: ", "正在读取表格："), outOf(done, total), lang.T(" rows", " 行"), tail)
	})
}

// Checking shows how many products of a sheet were checked, with their pictures.
func (w *Work) Checking(done, total int) {
	w.show(done, total, func(tail lang.Text) lang.Text {
		return join(lang.T("checking: ", "正在检查："), outOf(done, total), lang.T(" products", " 个商品"), tail)
	})
}

// Exporting shows how many products were written into a sheet.
func (w *Work) Exporting(done, total int) {
	w.show(done, total, func(tail lang.Text) lang.Text {
		return join(lang.T("writing the sheet: ", "正在写入表格："), outOf(done, total), lang.T(" products", " 个商品"), tail)
	})
}

func (w *Work) show(done, total int, text func(tail lang.Text) lang.Text) {
	now := w.now()
	every := spokenEvery
	if w.view.Live {
		every = redrawEvery
	}
	if now.Sub(w.began) < patience || !w.shown.IsZero() && now.Sub(w.shown) < every {
		return
	}
	w.shown = now
	w.view.progress(text(pace{done, total, now.Sub(w.began)}.tail()))
}

// progress puts a line into the status line, or, where there is none, below the
// others.
func (v *View) progress(t lang.Text) {
	if v.Tell != nil {
		v.Tell(t)
		return
	}
	status := v.statusLine()
	if status == nil {
		v.Note(t)
		return
	}
	status.Set(v.cut(clean(t.In(v.Lang))))
}

// progressOver takes the status line away.
func (v *View) progressOver() {
	if status := v.statusLine(); status != nil {
		status.Set("")
	}
}

// redraws reports whether what is shown of progress replaces what was shown.
func (v *View) redraws() bool { return v.Live && (v.Tell != nil || v.statusLine() != nil) }

// statusLine is the line at the bottom of the terminal; nil where lines cannot be
// redrawn.
func (v *View) statusLine() *StatusLine {
	status, ok := v.Err.(*StatusLine)
	if !ok || !v.Live {
		return nil
	}
	return status
}

// cut makes a line fit into the terminal.
func (v *View) cut(line string) string {
	if w := v.width(); w > 0 {
		return cells.Truncate(line, w-1, "…")
	}
	return line
}
