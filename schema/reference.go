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

// WordOf is the word of the language for a number of the platform: 1 of
// brand_audit_type is "domestic_r". ok is false for an attribute without words
// and for a number without one.
func WordOf(kind Kind, attribute string, number int) (w Word, ok bool) {
	for _, block := range language.Blocks {
		if block.Name != string(kind) {
			continue
		}
		for _, attr := range block.Attrs {
			for _, word := range attr.Words {
				if attr.Name == attribute && word.Value == number {
					return word, true
				}
			}
		}
	}
	return Word{}, false
}
