package schema

import (
	"slices"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// Manual is all that docs/language.md tells, as data: what the decoder works by.
type Manual struct {
	Blocks    []BlockSpec
	Functions []FunctionSpec
	Rules     []RuleSpec // by name
}

// RuleSpec is one rule a catalog can break.
type RuleSpec struct {
	Name     string
	Severity Severity
	What     lang.Text
}

// Reference returns the manual of the language.
func Reference() Manual {
	m := Manual{Blocks: language.Blocks, Functions: functionSpecs}
	for _, r := range rules {
		m.Rules = append(m.Rules, RuleSpec{r.name, r.severity, r.what})
	}
	slices.SortFunc(m.Rules, func(a, b RuleSpec) int { return strings.Compare(a.Name, b.Name) })
	return m
}
