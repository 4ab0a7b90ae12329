package view

import (
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

const (
	// SlowAfter is how long an answer may take before it is said that it is waited for.
	SlowAfter = 5 * time.Second
	// seldomSpoken is the longest pause between two lines about the same waiting.
	seldomSpoken = time.Minute
)

// Waiting tells which call the platform has not answered: on a terminal in the status
// line, elsewhere in a line now and then, the more seldom the longer it lasts. It is
// used by one goroutine at a time.
type Waiting struct {
	view  *View
	said  time.Time // zero while nothing is waited for
	pause time.Duration
}

// Waiting makes a teller of calls without an answer.
func (v *View) Waiting() *Waiting { return &Waiting{view: v} }

// Look tells, at a time, of the call that has waited longest, of so many that have
// waited for longer than SlowAfter; 0 when none has.
func (w *Waiting) Look(now time.Time, oldest provider.Awaited, calls int) {
	switch {
	case calls == 0 && w.said.IsZero():
		return
	case calls == 0:
		w.said, w.pause = time.Time{}, 0
		w.view.progressOver()
		return
	case now.Sub(w.said) < w.pause:
		return
	}
	w.said, w.pause = now, w.next()
	w.view.progress(waitingForAnswer(now, oldest, calls))
}

func (w *Waiting) next() time.Duration {
	if w.view.redraws() {
		return redrawEvery
	}
	return min(max(2*w.pause, spokenEvery), seldomSpoken)
}

func waitingForAnswer(now time.Time, oldest provider.Awaited, calls int) lang.Text {
	call := oldest.Call
	if oldest.About != "" {
		call += " (" + oldest.About + ")"
	}
	text := lang.F("waiting for the platform: no answer to %s since %s, for %s", "正在等待平台：%s 自 %s 起没有应答，已等待 %s",
		call, oldest.Since.In(schema.Beijing).Format("15:04:05"), clockwise(now.Sub(oldest.Since)))
	if oldest.Tries > 1 {
		text = join(text, lang.F(", attempt %d", "，第 %d 次尝试", oldest.Tries))
	}
	if calls > 1 {
		text = join(text, lang.T("; ", "；另有 "), counted(calls-1, "other call waits too", "other calls wait too", "个请求也在等待"))
	}
	return text
}
