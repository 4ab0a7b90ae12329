package schema

import (
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"github.com/shopctl/shopctl/lang"
)

// maxRepeats is how often one rule is reported for one place: a table of a
// thousand rows that all break it yields this many findings, the last of which
// tells how many more there are.
const maxRepeats = 5

// report collects the findings of one run.
type report struct {
	found   Diagnostics
	repeats map[repeatKey]int
	// row names the row of the table, or the element of for_each, that is being
	// evaluated; it is added to every finding, because the range is that of the
	// block, which all rows share.
	row string
}

type repeatKey struct {
	rule string
	rng  Range
}

func newReport() *report { return &report{repeats: map[repeatKey]int{}} }

func (r *report) add(rl rule, rng Range, why, remedy lang.Text) {
	if r.row != "" {
		why.EN += " (row " + strconv.Quote(r.row) + ")"
		why.ZH += "（行 " + strconv.Quote(r.row) + "）"
	}
	d := Diagnostic{Severity: rl.severity, Rule: rl.name, Range: rng, What: rl.what, Why: why, Remedy: remedy}
	key := repeatKey{rl.name, rng}
	r.repeats[key]++
	if r.repeats[key] <= maxRepeats {
		r.found = append(r.found, d)
	}
}

func (r *report) hasErrors() bool { return r.found.HasErrors() }

// finish returns all findings in their order; where some were left out, the last
// one of the same place says how many.
func (r *report) finish() Diagnostics {
	last := map[repeatKey]int{}
	for i, d := range r.found {
		last[repeatKey{d.Rule, d.Range}] = i
	}
	for key, i := range last {
		if more := r.repeats[key] - maxRepeats; more > 0 {
			why := &r.found[i].Why
			why.EN += " And " + strconv.Itoa(more) + " more like this."
			why.ZH += "另有 " + strconv.Itoa(more) + " 处相同。"
		}
	}
	return r.found.Sort()
}

func rangeOf(r hcl.Range) Range {
	return Range{File: r.Filename, Start: posOf(r.Start), End: posOf(r.End)}
}

func posOf(p hcl.Pos) Pos { return Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }

// wholeFile is the range of findings about a file as such: its first character.
func wholeFile(file string) Range {
	start := Pos{Line: 1, Column: 1}
	return Range{File: file, Start: start, End: start}
}
