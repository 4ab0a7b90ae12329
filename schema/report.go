package schema

import (
	"slices"
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
	repeats map[repeatKey]*repeat
	// row names the row of the table, or the element of for_each, that is being
	// evaluated; it is added to every finding, because the range is that of the
	// block, which all rows share.
	row string
	// incomplete says that a file could not be parsed: what seems to be missing
	// may stand there, so findings of absence are kept back.
	incomplete bool
	// held are the findings about the product that is being read. They are kept
	// back until it is known whether its content is as it was found in the shop.
	held []finding
	hold bool
}

// finding is one call of add.
type finding struct {
	rule        rule
	at          Range
	why, remedy lang.Text
	row         string
}

type repeatKey struct {
	rule     string
	severity Severity
	rng      Range
}

// repeat is what was said at one place about one rule.
type repeat struct {
	whys     map[string]bool
	leftOut  map[string]bool // by row and reason
	reported int
}

func newReport() *report { return &report{repeats: map[repeatKey]*repeat{}} }

// absences are the rules about what is not there.
var absences = map[string]bool{ruleUndeclared.name: true, ruleUndeclaredVar.name: true, ruleNoValue.name: true, ruleShopCount.name: true, ruleQualMissing.name: true, ruleInvalidBrandID.name: true}

func (r *report) add(rl rule, rng Range, why, remedy lang.Text) {
	if r.incomplete && absences[rl.name] {
		return
	}
	f := finding{rl, rng, why, remedy, r.row}
	if r.hold {
		r.held = append(r.held, f)
		return
	}
	r.put(f)
}

func (r *report) put(f finding) {
	key := repeatKey{f.rule.name, f.rule.severity, f.at}
	said := r.repeats[key]
	if said == nil {
		said = &repeat{whys: map[string]bool{}, leftOut: map[string]bool{}}
		r.repeats[key] = said
	}
	if said.whys[f.why.EN] || said.reported == maxRepeats {
		if f.row != "" || !said.whys[f.why.EN] {
			said.leftOut[f.row+"\x00"+f.why.EN] = true
		}
		return
	}
	said.whys[f.why.EN] = true
	said.reported++
	if f.row != "" {
		f.why.EN += " (row " + strconv.Quote(f.row) + ")"
		f.why.ZH += "（行 " + strconv.Quote(f.row) + "）"
	}
	r.found = append(r.found, Diagnostic{Severity: f.rule.severity, Rule: f.rule.name, Range: f.at, What: f.rule.what, Why: f.why, Remedy: f.remedy})
}

// release reports what was held back. Where the content is as it was found in
// the shop, the rules about content are warnings.
func (r *report) release(asFound bool) {
	held := r.held
	r.held, r.hold = nil, false
	for _, f := range held {
		if asFound {
			f.rule = f.rule.softened()
		}
		r.put(f)
	}
}

// count is how many findings there are so far, held back or not.
func (r *report) count() int { return len(r.found) + len(r.held) }

func (r *report) hasErrors() bool {
	return r.found.HasErrors() || slices.ContainsFunc(r.held, func(f finding) bool { return f.rule.severity == SeverityError })
}

// finish returns all findings in their order; where some were left out, the last
// one of the same place says how many.
func (r *report) finish() Diagnostics {
	last := map[repeatKey]int{}
	for i, d := range r.found {
		last[repeatKey{d.Rule, d.Severity, d.Range}] = i
	}
	for key, i := range last {
		if more := len(r.repeats[key].leftOut); more > 0 {
			why := &r.found[i].Why
			why.EN += " And " + strconv.Itoa(more) + " more like this."
			why.ZH += "另有 " + strconv.Itoa(more) + " 处同样的问题。"
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
