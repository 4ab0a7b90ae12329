package view

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
)

// moved is the sample board after the green blanket has passed its review.
func moved() []reconcile.Standing {
	standings := sampleBoard()
	for i := range standings {
		if standings[i].Address == spu("723") {
			standings[i].Review, standings[i].Shelf = provider.ReviewApproved, provider.ShelfListed
		}
	}
	return standings
}

func TestWatch(t *testing.T) {
	golden(t, "watch", func(v *View) error {
		w := v.Watch(nil, false)
		if err := w.Show(board(sampleBoard(), nil), *at(1)); err != nil {
			return err
		}
		b := board(moved(), nil)
		b.At = *at(1)
		if err := w.Show(b, *at(2)); err != nil {
			return err
		}
		return w.Close(b)
	})
}

// On a terminal the board is redrawn in place, no line wider and no more of them
// than it has room for.
func TestWatchInPlace(t *testing.T) {
	for name, l := range map[string]lang.Lang{"en": lang.EN, "zh": lang.ZH} {
		var out bytes.Buffer
		const width, height = 72, 10
		line := NewStatusLine(&out)
		v := &View{Out: &out, Err: line, Lang: l, Format: Text, Live: true, Width: func() int { return width }, Height: func() int { return height }}
		w := v.Watch(nil, true)
		if err := w.Show(board(sampleBoard(), sampleForecast()), *at(1)); err != nil {
			t.Fatal(err)
		}
		region := strings.Split(line.line, "\n")
		if len(region) >= height {
			t.Errorf("%d lines on a terminal of %d", len(region), height)
		}
		for _, text := range region {
			if cellWidth(text) >= width {
				t.Errorf("%q is %d cells wide", text, cellWidth(text))
			}
		}
		compare(t, filepath.Join("testdata", "golden", "watch-in-place."+name+".txt"), []byte(line.line+"\n"))
		out.Reset()
		b := board(moved(), nil)
		if err := w.Show(b, *at(2)); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "→") {
			t.Errorf("the change is not told above the board: %q", out.String())
		}
		out.Reset()
		if err := w.Close(b); err != nil || !strings.Contains(out.String(), "spu.719") || line.line != "" {
			t.Errorf("%v: the whole board does not stay", err)
		}
	}
}

// Every line of JSON is a document.
func TestWatchInJSON(t *testing.T) {
	var out bytes.Buffer
	w := (&View{Out: &out, Lang: lang.EN, Format: JSON}).Watch(nil, true)
	for _, standings := range [][]reconcile.Standing{sampleBoard(), moved(), moved()} {
		if err := w.Show(board(standings, nil), *at(1)); err != nil {
			t.Fatal(err)
		}
	}
	var documents []string
	for line := range strings.Lines(out.String()) {
		var e Envelope
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		documents = append(documents, e.Document)
	}
	if got := strings.Join(documents, " "); got != "status status-change" {
		t.Errorf("documents %q, want the board and one change", got)
	}
}

// A terminal that has got another size is drawn from its top: nobody knows where
// the lines of before have gone.
func TestWatchIsDrawnAnewAfterAResize(t *testing.T) {
	var out bytes.Buffer
	width := 72
	v := &View{Out: &out, Err: NewStatusLine(&out), Lang: lang.EN, Format: Text, Live: true, Width: func() int { return width }, Height: func() int { return 10 }}
	w := v.Watch(nil, true)
	show := func() string {
		out.Reset()
		if err := w.Show(board(sampleBoard(), nil), *at(1)); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const clear = "\x1b[2J\x1b[H"
	if first := show(); w.Resized() || strings.Contains(first, clear) {
		t.Errorf("the first board clears the screen: %q", first)
	}
	width = 40
	if !w.Resized() {
		t.Error("a narrower terminal was not noticed")
	}
	if second := show(); w.Resized() || !strings.HasPrefix(second, clear) {
		t.Errorf("after a resize: %q", second)
	}
}

// A shop that cannot be read is told once, with the time, and once more when it can.
func TestWatchTellsATroubleOnce(t *testing.T) {
	var out bytes.Buffer
	v := &View{Out: &out, Err: &out, Lang: lang.EN, Format: Text}
	w := v.Watch(nil, false)
	b := board(sampleBoard(), nil)
	gone := &Problem{What: lang.T("the shop does not answer", "店铺没有响应")}
	for step, do := range []func() error{
		func() error { return w.Show(b, *at(1)) },
		func() error { return w.Trouble(*at(1), gone) },
		func() error { return w.Show(b, *at(2)) },
		func() error { return w.Trouble(*at(2), gone) },
		func() error { b.At = *at(3); return w.Show(b, *at(4)) },
		func() error { b.At = *at(5); return w.Show(b, *at(6)) },
	} {
		if err := do(); err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
	}
	for text, want := range map[string]int{"17:01:00  The board cannot be brought up to date: the shop does not answer": 1, "does not answer": 1, "17:03:00  The board is up to date again.": 1} {
		if got := strings.Count(out.String(), text); got != want {
			t.Errorf("%q is said %d times, want %d:\n%s", text, got, want, out.String())
		}
	}
}
