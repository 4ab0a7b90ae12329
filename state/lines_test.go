package state_test

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

// place holds lines by kind and key, as a table would.
type place map[string]string

func (p place) write(t *testing.T, lines []state.Line) {
	t.Helper()
	written := map[string]bool{}
	for _, l := range lines {
		name := fmt.Sprint(l.Kind, " ", l.Key)
		if written[name] {
			t.Errorf("%s is written twice in one go", name)
		}
		written[name] = true
		if l.JSON == nil {
			delete(p, name)
			continue
		}
		p[name] = string(l.JSON)
	}
}

// holds wants the place to hold what a snapshot of s would, but for the header.
func (p place) holds(t *testing.T, when string, s *state.State) {
	t.Helper()
	var b bytes.Buffer
	if err := state.Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for line := range strings.Lines(b.String()) {
		want[strings.TrimSpace(line)] = true
	}
	maps.DeleteFunc(want, func(line string, _ bool) bool { return strings.HasPrefix(line, `{"version":`) })
	got := map[string]bool{}
	for _, line := range p {
		got[line] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the lines are others (-snapshot +lines):\n%s", when, diff)
	}
}

func collect(t *testing.T, l *state.Lines, s *state.State) []state.Line {
	t.Helper()
	var out []state.Line
	for line, err := range l.To(s) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, line)
	}
	return out
}

// Every kind of entry, one by one and all together, and the way back.
func TestLinesAreThoseOfASnapshot(t *testing.T) {
	empty, full := state.New(statetest.Shop), statetest.Full()
	table := place{}
	table.write(t, collect(t, state.NewLines(empty), full))
	table.holds(t, "a state from nothing", full)
	atOnce := maps.Clone(table)
	all := state.NewLines(full)

	one := state.NewLines(full)
	now := statetest.Full()
	entries := statetest.Entries(full.Seq)
	for _, e := range entries {
		lines, err := one.Append(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := now.Apply(e); err != nil {
			t.Fatal(err)
		}
		table.write(t, lines)
		table.holds(t, fmt.Sprintf("after entry %d, %s", e.Seq, e.Kind), now)
	}
	lines, err := all.Append(entries...)
	if err != nil {
		t.Fatal(err)
	}
	atOnce.write(t, lines)
	atOnce.holds(t, "after all entries at once", now)

	table.write(t, collect(t, one, full))
	table.holds(t, "back at the beginning", full)
	if lines := collect(t, state.NewLines(full), statetest.Full()); len(lines) > 0 {
		t.Errorf("the same state once more differs in %d lines: %s", len(lines), lines[0].JSON)
	}
}

func TestLineThatCannotBeReadIsRefused(t *testing.T) {
	s := state.New(statetest.Shop)
	s.Images["sha256:00"] = state.ImageRecord{}
	for _, err := range state.NewLines(state.New(statetest.Shop)).To(s) {
		if err == nil || !strings.Contains(err.Error(), "sha256:00") {
			t.Errorf("a picture without a URL: got %v, want an error that names it", err)
		}
	}
	a := schema.Address{Kind: schema.KindSPU, Name: "719"}
	if _, err := state.NewLines(s).Append(state.Entry{Kind: state.EntryForget, Address: &a}); err == nil {
		t.Error("an entry without a number: got no error")
	}
}
