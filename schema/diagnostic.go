package schema

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// Severity of a diagnostic.
type Severity string

// The severities. An error stops everything before the network is reached.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Diagnostic is one mistake, or one doubt, about what an author wrote.
//
// Rule is a short constant name of the rule that was broken ("price-decimals"),
// for machines and tests. What is short and constant; Why says what is wrong
// with this value and which rule of the platform says so; Remedy says what to
// do now. Range is what the caret marks.
type Diagnostic struct {
	Severity Severity  `json:"severity"`
	Rule     string    `json:"rule"`
	Range    Range     `json:"range"`
	What     lang.Text `json:"what"`
	Why      lang.Text `json:"why"`
	Remedy   lang.Text `json:"remedy"`
}

// Diagnostics are all findings of one run. They satisfy error, so that a
// function of ours may return them as one.
type Diagnostics []Diagnostic

// HasErrors reports whether any of them is an error.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == SeverityError })
}

// Sort orders by file, position and rule and drops exact repetitions, so that
// the same input always yields the same report.
func (ds Diagnostics) Sort() Diagnostics {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			strings.Compare(a.Range.File, b.Range.File),
			cmp.Compare(a.Range.Start.Byte, b.Range.Start.Byte),
			strings.Compare(a.Rule, b.Rule),
			strings.Compare(a.Why.EN, b.Why.EN),
		)
	})
	return slices.CompactFunc(ds, func(a, b Diagnostic) bool { return a == b })
}

// Error is the first finding and the number of the others.
func (ds Diagnostics) Error() string {
	if len(ds) == 0 {
		return "no diagnostics"
	}
	var b strings.Builder
	b.WriteString(ds[0].Range.String() + ": " + ds[0].What.EN)
	if n := len(ds) - 1; n > 0 {
		b.WriteString(" (and more)")
	}
	return b.String()
}
