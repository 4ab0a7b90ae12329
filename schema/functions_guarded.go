package schema

import (
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/shopctl/shopctl/lang"
)

// guarded is f, refusing what check refuses: some standard functions make much
// of little, or recurse over foreign text.
func guarded(f function.Function, check func(args []cty.Value) bool) function.Function {
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		VarParam:    f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if !check(args) {
				return cty.NilType, &callError{rule: ruleLimit, arg: -1,
					why:    lang.T("The result would be too large, or the text is nested too deeply.", "结果会过大，或文本嵌套过深。"),
					remedy: lang.T("Use smaller values.", "请使用较小的值。")}
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	})
}

// knownText is the text of a known string argument, else "".
func knownText(v cty.Value) string {
	if v, _ = v.Unmark(); v.IsKnown() && !v.IsNull() && v.Type() == cty.String {
		return v.AsString()
	}
	return ""
}

var wideVerb = regexp.MustCompile(`%[^a-zA-Z%]*[0-9]{4}|%[^a-zA-Z%]*\*`)

// narrowFormat refuses widths of four digits and more, or given by an argument.
func narrowFormat(args []cty.Value) bool {
	return len(args) == 0 || !wideVerb.MatchString(knownText(args[0]))
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

func shallowJSON(args []cty.Value) bool {
	text := knownText(args[0])
	_, f := guardJSON([]byte(text))
	return f == nil || f.rule.name == ruleSyntax.name // syntax is for the function to report
}

// smallYAML refuses texts that could be nested deeply, by brackets or by
// indicators in one line.
func smallYAML(args []cty.Value) bool {
	text := knownText(args[0])
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

func smallJoin(args []cty.Value) bool {
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
