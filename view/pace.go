package view

import (
	"fmt"
	"strconv"
	"time"

	"github.com/shopctl/shopctl/lang"
)

// patience is how long a piece of work may take before anything is said of it,
// and spokenEvery how often it is said where lines cannot be redrawn.
const (
	patience    = 2 * time.Second
	spokenEvery = 10 * time.Second
)

// pace is how far a piece of work is, and how fast.
type pace struct {
	done, total int // total is 0 while it is not known
	took        time.Duration
}

// tail is the rate and the time left, as far as they are known: nothing is
// foretold in the first moments.
func (p pace) tail() lang.Text {
	if p.took < patience || p.done == 0 {
		return lang.Text{}
	}
	rate := float64(p.done) / p.took.Seconds()
	text := lang.F(", %s/s", "，每秒 %s", perSecond(rate))
	if p.total <= p.done {
		return text
	}
	left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second))
	return join(text, lang.F(", %s left", "，还需 %s", clockwise(left)))
}

func perSecond(rate float64) string {
	if rate < 10 {
		return strconv.FormatFloat(rate, 'f', 1, 64)
	}
	return grouped(int(rate))
}

// clockwise is a span of time as a stopwatch shows it.
func clockwise(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// grouped is a number with commas between its thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// outOf is "12,300 of 100,000", or the first alone while the total is not known.
func outOf(done, total int) lang.Text {
	if total == 0 {
		return lang.Same(grouped(done))
	}
	return lang.F("%s of %s", "%s / %s", grouped(done), grouped(total))
}

func join(parts ...lang.Text) lang.Text {
	var all lang.Text
	for _, p := range parts {
		all = lang.T(all.EN+p.EN, all.ZH+p.ZH)
	}
	return all
}
