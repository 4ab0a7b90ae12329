package schema

import (
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/shopctl/shopctl/lang"
)

// guarded is f, refusing what check refuses, numbers that nobody can write out,
// and results that are too large: some standard functions make much of little,
// or recurse over foreign text. check may be nil.
func guarded(f function.Function, check func(args []cty.Value) bool) function.Function {
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		VarParam:    f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if !writable(args...) || check != nil && !check(args) {
				return cty.NilType, tooMuch()
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v, err := f.Call(args)
			if err == nil && sizeOf(v) > maxTextSize {
				return cty.NilVal, tooMuch()
			}
			return v, err
		},
	})
}

func tooMuch() *callError {
	return &callError{rule: ruleLimit, arg: -1,
		why:    lang.T("A value or the result would be too large, or the text is nested too deeply.", "某个值或结果会过大，或文本嵌套过深。"),
		remedy: lang.T("Use smaller values.", "请使用较小的值。")}
}

// writable reports whether none of the values is a number of so many digits that
// computing with it, or writing it out, takes for ever.
func writable(values ...cty.Value) bool {
	for _, v := range values {
		if v, _ = v.Unmark(); v.IsKnown() && !v.IsNull() && v.Type() == cty.Number && sizeOf(v) > maxTextSize {
			return false
		}
	}
	return true
}

// smallArguments refuses arguments that are large when they are written out: values may
// share parts, so that a tree of few bytes has endless leaves.
func smallArguments(args []cty.Value) bool {
	for _, v := range args {
		if sizeOf(v) > maxTextSize {
			return false
		}
	}
	return true
}

// knownText is the text of a known string argument, else "".
func knownText(v cty.Value) string {
	if v, _ = v.Unmark(); v.IsKnown() && !v.IsNull() && v.Type() == cty.String {
		return v.AsString()
	}
	return ""
}

var wideVerb = regexp.MustCompile(`%[^a-zA-Z%]*[0-9]{4}|%[^a-zA-Z%]*\*`)

// maxWidth is the largest width that format takes.
const maxWidth = 999

// narrowFormat refuses widths of four digits and more, or given by an argument,
// and formats that repeat much of it many times.
func narrowFormat(args []cty.Value) bool {
	if len(args) == 0 || !smallArguments(args) {
		return len(args) == 0
	}
	text := knownText(args[0])
	longest := maxWidth
	for _, v := range args[1:] {
		longest = max(longest, sizeOf(v))
	}
	return !wideVerb.MatchString(text) && strings.Count(text, "%")*longest <= maxTextSize
}

// narrowList is narrowFormat for each of as many formats as the longest list has
// elements.
func narrowList(args []cty.Value) bool {
	times := 1
	for _, v := range args {
		if v, _ = v.Unmark(); v.IsKnown() && !v.IsNull() && v.CanIterateElements() {
			times = max(times, v.LengthInt())
		}
	}
	return narrowFormat(args) && times*(len(knownText(args[0]))+strings.Count(knownText(args[0]), "%")*maxWidth) <= maxTextSize
}

func smallIndent(args []cty.Value) bool {
	spaces, _ := args[0].Unmark()
	if !spaces.IsKnown() || spaces.IsNull() {
		return true
	}
	n, _ := spaces.AsBigFloat().Float64()
	lines := strings.Count(knownText(args[1]), "\n") + 1
	return n*float64(lines) <= maxTextSize
}

// fewDigits refuses texts of more digits than a number can have: to read them takes
// time that grows with the square of their number.
func fewDigits(args []cty.Value) bool { return len(knownText(args[0])) <= maxBinaryExponent }

func shallowJSON(args []cty.Value) bool {
	text := knownText(args[0])
	_, f := guardJSON([]byte(text))
	return f == nil || f.rule.name == ruleSyntax.name // syntax is for the function to report
}

// alias is what looks like an alias in YAML. Sixteen make at most 360 times their
// text, when each doubles the one before.
var alias = regexp.MustCompile(`(?m)(?:^|[\s\[{,])\*[^\s*]`)

const (
	maxAliases   = 16
	maxAliasText = 16 << 10 // bytes of a text with aliases
)

// smallYAML refuses texts that could be nested deeply, by brackets or by
// indicators in one line, or that aliases could multiply.
func smallYAML(args []cty.Value) bool {
	text := knownText(args[0])
	if n := len(alias.FindAllStringIndex(text, maxAliases+1)); n > maxAliases || n > 0 && len(text) > maxAliasText {
		return false
	}
	if len(text) > 1<<20 || strings.Count(text, "[")+strings.Count(text, "{") > 10*maxDepth {
		return false
	}
	for line := range strings.Lines(text) {
		if strings.Count(line, "- ")+strings.Count(line, "? ")+strings.Count(line, ": ") > maxDepth {
			return false
		}
	}
	return true
}

// smallCSV refuses texts of more cells than a value can hold.
func smallCSV(args []cty.Value) bool {
	text := knownText(args[0])
	return strings.Count(text, ",")+strings.Count(text, "\n") <= maxCellsAtOnce/2
}

func smallJoin(args []cty.Value) bool {
	if !smallArguments(args) {
		return false
	}
	size, separator := 0, len(knownText(args[0]))
	for _, list := range args[1:] {
		list, _ = list.Unmark()
		if !list.IsKnown() || list.IsNull() {
			continue
		}
		for _, item := range list.AsValueSlice() {
			if size += separator + len(knownText(item)); size > maxTextSize {
				return false
			}
		}
	}
	return true
}

func smallReplace(args []cty.Value) bool {
	text, old, replacement := knownText(args[0]), knownText(args[1]), knownText(args[2])
	return strings.Count(text, old)*len(replacement) <= maxTextSize
}

func smallSplit(args []cty.Value) bool {
	return strings.Count(knownText(args[1]), knownText(args[0])) < maxElements
}

// fewMatches refuses a pattern that matches everywhere in a long text.
func fewMatches(args []cty.Value) bool {
	return countMatches(knownText(args[0]), knownText(args[1]), maxElements) < maxElements
}

// smallRegexReplace weighs what takes the place of the matches: the replacement,
// and in the place of each $ in it a part of the match.
func smallRegexReplace(args []cty.Value) bool {
	text, pattern, replacement := knownText(args[0]), knownText(args[1]), knownText(args[2])
	if strings.Count(replacement, "$")*len(text) > maxTextSize {
		return false
	}
	n := countMatches(pattern, text, maxLoops)
	return n < maxLoops && n*len(replacement) <= maxTextSize
}

// countMatches counts up to limit; a pattern that is none has no matches, and
// the function itself says so.
func countMatches(pattern, text string, limit int) int {
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return 0
	}
	return len(compiled.FindAllStringIndex(text, limit))
}

func smallProduct(args []cty.Value) bool {
	product := 1
	for _, arg := range args {
		arg, _ = arg.Unmark()
		if arg.IsKnown() && !arg.IsNull() && arg.CanIterateElements() {
			product *= max(arg.LengthInt(), 1)
		}
		if product > maxElements {
			return false
		}
	}
	return true
}
