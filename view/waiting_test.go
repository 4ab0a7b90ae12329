package view

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
)

// Where lines cannot be redrawn, a platform that is silent for five minutes is told of
// in few lines, the next silence at once again.
func TestWaitingOffATerminal(t *testing.T) {
	var err bytes.Buffer
	start := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	w := (&View{Err: &err, Lang: lang.EN}).Waiting()
	silence := func(from, to time.Duration, call provider.Awaited, calls int) {
		call.Since = start.Add(from)
		for at := from + SlowAfter; at <= to; at += time.Second {
			w.Look(start.Add(at), call, calls)
		}
		w.Look(start.Add(to), provider.Awaited{}, 0)
	}
	silence(0, 5*time.Minute, provider.Awaited{Call: "spu/add", About: "spu.towel", Tries: 1}, 1)
	silence(6*time.Minute, 6*time.Minute+8*time.Second, provider.Awaited{Call: "spu/get", Tries: 2}, 4)
	const call = "waiting for the platform: no answer to spu/add (spu.towel) since 09:00:00, for "
	want := []string{"waiting for the platform: no answer to spu/get since 09:06:00, for 0:05, attempt 2; 3 other calls wait too"}
	for i, seconds := range []int{5, 15, 35, 75, 135, 195, 255} {
		want = append(want[:i], fmt.Sprintf("%s%d:%02d", call, seconds/60, seconds%60), want[len(want)-1])
	}
	if got := strings.TrimSpace(err.String()); got != strings.Join(want, "\n") {
		t.Errorf("said:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

// On a terminal the status line counts the seconds, and goes when the answer comes.
func TestWaitingOnATerminal(t *testing.T) {
	var screen bytes.Buffer
	w := (&View{Err: NewStatusLine(&screen), Lang: lang.ZH, Live: true}).Waiting()
	start := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	call := provider.Awaited{Call: "img/upload", About: "a.jpg", Since: start, Tries: 1}
	w.Look(start.Add(5*time.Second), call, 2)
	w.Look(start.Add(6*time.Second), call, 1)
	w.Look(start.Add(7*time.Second), provider.Awaited{}, 0)
	const text = "正在等待平台：img/upload (a.jpg) 自 09:00:00 起没有应答，已等待 "
	want := eraseLine + text + "0:05；另有 1 个请求也在等待" + eraseLine + text + "0:06" + eraseLine
	if got := screen.String(); got != want {
		t.Errorf("drew %q\nwant %q", got, want)
	}
}
