package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// TestGuard refuses what would break the parser or the evaluator, before they see it.
func TestGuard(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, 100_000) }
	for name, test := range map[string]struct{ src, rule string }{
		"brackets":               {"a = " + many("["), "too-deep"},
		"parentheses":            {"a = " + many("("), "too-deep"},
		"templates":              {"a = " + many(`"${`), "too-deep"},
		"objects":                {"a = " + many("{a="), "too-deep"},
		"blocks":                 {many("a {\n"), "too-deep"},
		"brackets after a quote": {`a = "]]]]"` + "\n" + many("b = [\n"), "too-deep"},
		"minus signs":            {"a = " + many("-") + "1", "too-deep"},
		"spaced not signs":       {"a = " + many("! ") + "true", "too-deep"},
		"sums":                   {"a = 1" + many("+1"), "too-deep"},
		"conditionals":           {"a = 1" + many("?1:1"), "too-deep"},
		"indexes":                {"a = x" + many("[0]"), "too-deep"},
		"lines of a for":         {"a = {for k, v in x : k => 1" + many("\n+1") + "}", "too-deep"},
		"template directives":    {"a = \"" + many("%{if true}") + "\"", "too-deep"},
		"in a heredoc":           {"a = <<EOT\n" + many("${[") + "\nEOT\n", "too-deep"},
		"exponent":               {"a = 1e401", "number-size"},
		"negative exponent":      {"a = 1e-1000000000", "number-size"},
		"exponent of no int":     {"a = 1e99999999999999999999", "number-size"},
		"digits":                 {"a = 1" + many("0"), "number-size"},
		"NUL":                    {"a = 1\x00", "encoding"},
		"UTF-16":                 {"a\xff\xfe = 1", "encoding"},
	} {
		if _, f := guard("x.hcl", []byte(test.src)); f == nil || f.rule.name != test.rule {
			t.Errorf("%s: %v, want %s", name, f, test.rule)
		}
	}
	for name, src := range map[string]string{"brackets": many("["), "template in a string": `{"a": "` + many("${[") + `"}`, "exponent": `{"a": 1e999}`} {
		if _, f := guardJSON([]byte(src)); f == nil {
			t.Errorf("JSON %s passed", name)
		}
	}
}

// TestGuardLetsPass holds what looks deep and is not.
func TestGuardLetsPass(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, 5000) }
	for name, src := range map[string]string{
		"brackets in strings":   `a = "` + many("[") + `"`,
		"brackets in comments":  "# " + many("[") + "\n// " + many("(") + "\n/* " + many("{") + " */",
		"brackets in a heredoc": "a = <<-EOT\n" + strings.Repeat("[\n", 3000) + "  EOT\nb = 1",
		"escaped templates":     `a = "` + strings.Repeat("$${%%{", 1500) + `"`,
		"escaped quotes":        `a = "` + many(`\"[`) + `"`,
		"a long list":           "a = [" + many("-1,") + "]",
		"many attributes":       many("a = x.y.z + 1\n"),
		"an exponent":           "a = 1e400",
		"a word like a number":  "a1e999 = b2e999",
	} {
		if _, f := guard("x.hcl", []byte(src)); f != nil {
			t.Errorf("%s: %s at %d", name, f.rule.name, f.at)
		}
	}
}

func TestGuardFindsBlockTypes(t *testing.T) {
	words, _ := guardNative([]byte("# c\nshop \"x\" {\n  spu = 1\n}\nspu \"a\" {}\n  locals {\n}\n/* c */ brand \"b\" {}\n"))
	if got, want := fmt.Sprint(sortedKeys(words)), "[brand locals shop spu]"; got != want {
		t.Errorf("words %s, want %s", got, want)
	}
}

// FuzzGuard holds the scanner to the lexer of HCL: it must never count fewer
// open brackets than there are, or deep nesting would slip past it.
func FuzzGuard(f *testing.F) {
	for _, src := range []string{
		small, `a = "x ${b["y"]} $${z} \" %{if c}[%{endif}"`, "a = <<EOT\n${[1]}\n EOT\n EOT\nb = [", "a = [ /* ] */ # ]\n]", "/* [", "a = \"$\"\nb = \"$$\"", "a = {for k, v in {} : k => v}", "${ } ]",
		"a=<<E\n$${[(\nE\n[", "a = \"${\"}\"}\"", "\"\\\n\"[", "a ~} [ \"${~ [ ~}\"",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if guardBytes(src) != nil {
			return
		}
		s := &scanner{src: src, start: true, words: map[string]int{}}
		if s.run() != nil {
			return
		}
		tokens, _ := hclsyntax.LexConfig(src, "x.hcl", hcl.InitialPos)
		if got, want := s.deepest, lexedDepth(tokens); got < want {
			t.Errorf("the scanner saw %d open brackets, the lexer %d", got, want)
		}
	})
}

// lexedDepth is the largest number of brackets and templates that are open at
// once in a stream of tokens, where a closing token ends the innermost of its kind.
func lexedDepth(tokens hclsyntax.Tokens) int {
	closes := map[hclsyntax.TokenType]hclsyntax.TokenType{
		hclsyntax.TokenCBrace: hclsyntax.TokenOBrace, hclsyntax.TokenCBrack: hclsyntax.TokenOBrack, hclsyntax.TokenCParen: hclsyntax.TokenOParen,
		hclsyntax.TokenCQuote: hclsyntax.TokenOQuote, hclsyntax.TokenCHeredoc: hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateSeqEnd: hclsyntax.TokenTemplateInterp,
	}
	opens := map[hclsyntax.TokenType]bool{}
	for _, open := range closes {
		opens[open] = true
	}
	var stack []hclsyntax.TokenType
	deepest := 0
	for _, tok := range tokens {
		kind := tok.Type
		if kind == hclsyntax.TokenTemplateControl {
			kind = hclsyntax.TokenTemplateInterp
		}
		if opens[kind] {
			stack = append(stack, kind)
			deepest = max(deepest, len(stack))
		}
		if open, isClose := closes[kind]; isClose {
			for i := len(stack) - 1; i >= 0; i-- {
				// "~}" ends a template, and is read as an end of braces elsewhere
				if stack[i] == open || kind == hclsyntax.TokenTemplateSeqEnd && stack[i] == hclsyntax.TokenOBrace {
					stack = stack[:i]
					break
				}
			}
		}
	}
	return deepest
}
