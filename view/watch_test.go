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
