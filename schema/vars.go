package schema

import (
	"os"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/shopctl/shopctl/lang"
)

// variable is one declared variable.
type variable struct {
	name     string
	at       Range // of the header
	ty       cty.Type
	defaults *typeexpr.Defaults
	value    cty.Value // the default until something else is given
	set      bool
	bad      bool // its declaration was reported: its value is unknown
}

// variable reads a variable block.
func (l *loader) variable(b *hcl.Block) *variable {
	v := &variable{name: b.Labels[0], at: rangeOf(b.DefRange), ty: cty.DynamicPseudoType}
	content := l.report.readBody(&variableSpec, b.Body)
	var fallback *hcl.Attribute
	for _, attr := range content.attrs {
		switch attr.Name {
		case "type":
			ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(attr.Expr)
			l.report.addHCL(diags)
			v.ty, v.defaults, v.bad = ty, defaults, diags.HasErrors()
		case "default":
			fallback = attr
		}
	}
	if fallback != nil && !v.bad {
		v.set = true
		l.assign(v, fallback.Expr)
	}
	return v
}

// assign sets a variable to the value of a constant expression.
func (l *loader) assign(v *variable, expr hcl.Expression) {
	c := &checker{report: l.report, names: &names{}, meter: l.meter}
	if !c.references(expr, nil) {
		v.bad = true
		return
	}
	value, diags := expr.Value(&hcl.EvalContext{})
	l.report.addHCL(diags)
	if diags.HasErrors() {
		v.bad = true
		return
	}
	l.set(v, value, rangeOf(expr.Range()))
}

func (l *loader) set(v *variable, value cty.Value, at Range) {
	if v.defaults != nil && !value.IsNull() {
		value = v.defaults.Apply(value)
	}
	converted, err := convert.Convert(value, v.ty)
	if err != nil || sizeOf(value) > maxTextSize || sizeOf(converted) > maxTextSize {
		reason := "too large"
		if err != nil {
			reason = err.Error()
		}
		l.report.add(ruleVariable, at,
			lang.F("var.%[1]s must be of type %[2]s: %[3]s.", "var.%[1]s 的类型应为 %[2]s（英文说明：%[3]s）。", v.name, typeexpr.TypeString(v.ty), reason),
			lang.T("Give a value of that type.", "请给出该类型的值。"))
		v.bad = true
		return
	}
	v.value, v.set = converted, true
}

// giveValues sets the variables, each source overriding the ones before:
// *.auto.vars.hcl by name, --var-file in order, --var in order.
func (l *loader) giveValues(autoFiles []string) {
	for _, name := range autoFiles {
		if _, src, ok := l.scan(name); ok {
			l.varsFile(name, src)
		}
	}
	for _, name := range l.opt.VarFiles {
		l.outsideVarsFile(name)
	}
	for _, assignment := range l.opt.Vars {
		l.varFlag(assignment)
	}
	for _, name := range sortedKeys(l.variables) {
		if v := l.variables[name]; !v.set && !v.bad {
			l.report.add(ruleNoValue, v.at, lang.F("var.%s has no default, and none was given.", "var.%s 没有默认值，也没有给出值。", name),
				lang.F("Give --var %s=VALUE, a *.auto.vars.hcl file, or a default.", "请用 --var %s=值、*.auto.vars.hcl 文件或 default 给出。", name))
			v.bad = true
		}
	}
}

// outsideVarsFile reads a --var-file, which may lie anywhere: the one who calls
// names it, not the catalog.
func (l *loader) outsideVarsFile(name string) {
	f, err := os.Open(name)
	if err == nil {
		defer f.Close()
		var src []byte
		if src, err = readAtMost(f, maxSourceSize); err == nil {
			if _, ok := l.check(name, src); ok {
				l.varsFile(name, src)
			}
			return
		}
	}
	l.report.add(ruleFileRead, wholeFile(name), lang.F("The --var-file %s cannot be read: %v.", "无法读取 --var-file %s：%v。", name, err),
		lang.T("Check the path; it is relative to the working directory.", "请检查路径；它相对于当前工作目录。"))
}

// varsFile reads NAME = VALUE lines.
func (l *loader) varsFile(name string, src []byte) {
	f, ok := l.parse(name, src)
	if !ok {
		return
	}
	attrs, diags := f.Body.JustAttributes()
	l.report.addHCL(diags)
	for _, attrName := range sortedKeys(attrs) {
		attr := attrs[attrName]
		if v := l.declared(attrName, rangeOf(attr.NameRange)); v != nil {
			l.assign(v, attr.Expr)
		}
	}
}

func (l *loader) declared(name string, at Range) *variable {
	if v := l.variables[name]; v != nil {
		return v
	}
	l.report.add(ruleUndeclaredVar, at, lang.F("There is no variable %s.", "没有变量 %s。", name),
		didYouMean(name, sortedKeys(l.variables), lang.F(`Declare it: variable "%s" { }.`, `请先声明：variable "%s" { }。`, name)))
	return nil
}

// flagFile stands for the command line in ranges.
const flagFile = "--var"

// varFlag reads NAME=VALUE: text for a string, else an expression.
func (l *loader) varFlag(assignment string) {
	at := wholeFile(flagFile)
	name, text, ok := strings.Cut(assignment, "=")
	if !ok {
		l.report.add(ruleVariable, at, lang.F("%q is not of the form NAME=VALUE.", "%q 不是 名称=值 的形式。", assignment), lang.T("Write --var NAME=VALUE.", "请写成 --var 名称=值。"))
		return
	}
	v := l.declared(strings.TrimSpace(name), at)
	if v == nil || v.bad {
		return
	}
	if v.ty.IsPrimitiveType() || v.ty == cty.DynamicPseudoType {
		l.set(v, cty.StringVal(text), at)
		return
	}
	if f := guardBytes([]byte(text)); f != nil {
		l.report.addFault(flagFile, []byte(text), f)
		return
	}
	if _, f := guardNative([]byte(text)); f != nil {
		l.report.addFault(flagFile, []byte(text), f)
		return
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), flagFile, hcl.InitialPos)
	l.report.addHCL(diags)
	if !diags.HasErrors() {
		l.assign(v, expr)
	}
}

// variableValues are the values of var; what is bad is unknown.
func (l *loader) variableValues() map[string]cty.Value {
	values := make(map[string]cty.Value, len(l.variables))
	for name, v := range l.variables {
		values[name] = cty.DynamicVal
		if !v.bad {
			values[name] = v.value
		}
	}
	return values
}
