package schema

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// jsonExpr is an expression in the JSON syntax. The library parses its strings
// as templates when it evaluates them, where no meter reaches; here they are
// parsed by ourselves and put under the meter like native ones.
type jsonExpr struct {
	hcl.Expression
	meter *meter // nil until the expression was checked
}

// UnwrapExpression lets static analysis, of types for instance, see the original.
func (e *jsonExpr) UnwrapExpression() hcl.Expression { return e.Expression }

func (e *jsonExpr) within(inner hcl.Expression) *jsonExpr { return &jsonExpr{inner, e.meter} }

// ExprList implements static analysis of lists; nil for everything else.
func (e *jsonExpr) ExprList() []hcl.Expression {
	items, diags := hcl.ExprList(e.Expression)
	if diags.HasErrors() {
		return nil
	}
	list := make([]hcl.Expression, len(items))
	for i, item := range items {
		list[i] = e.within(item)
	}
	return list
}

// ExprMap implements static analysis of objects; nil for everything else.
func (e *jsonExpr) ExprMap() []hcl.KeyValuePair {
	items, diags := hcl.ExprMap(e.Expression)
	if diags.HasErrors() {
		return nil
	}
	pairs := make([]hcl.KeyValuePair, len(items))
	for i, item := range items {
		pairs[i] = hcl.KeyValuePair{Key: e.within(item.Key), Value: e.within(item.Value)}
	}
	return pairs
}

// Value is what the library's Value gives.
func (e *jsonExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if ctx == nil {
		return e.Expression.Value(nil)
	}
	if items := e.ExprList(); items != nil {
		return tupleOf(items, ctx)
	}
	if _, diags := hcl.ExprMap(e.Expression); !diags.HasErrors() {
		return e.object(ctx)
	}
	literal, diags := e.Expression.Value(nil)
	if diags.HasErrors() || literal.IsNull() || literal.Type() != cty.String {
		return literal, diags
	}
	return e.template(literal.AsString(), ctx)
}

func tupleOf(items []hcl.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	values := make([]cty.Value, len(items))
	for i, item := range items {
		v, more := item.Value(ctx)
		values[i], diags = v, append(diags, more...)
	}
	return cty.TupleVal(values), diags
}

// object evaluates an object, the names of which are templates, too. What is
// wrong with a name is for the library to say.
func (e *jsonExpr) object(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	members := map[string]cty.Value{}
	for _, pair := range e.ExprMap() {
		key, keyDiags := pair.Key.Value(ctx)
		v, valDiags := pair.Value.Value(ctx)
		if diags = append(append(diags, keyDiags...), valDiags...); diags.HasErrors() {
			continue
		}
		name, err := convert.Convert(key, cty.String)
		if err != nil || name.IsNull() || !name.IsKnown() {
			return e.Expression.Value(ctx)
		}
		if _, twice := members[name.AsString()]; twice {
			return e.Expression.Value(ctx)
		}
		members[name.AsString()] = v
	}
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return cty.ObjectVal(members), diags
}

// template evaluates a string.
func (e *jsonExpr) template(text string, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if !strings.Contains(text, "${") && !strings.Contains(text, "%{") {
		return cty.StringVal(text), nil
	}
	at := e.Range()
	start := hcl.Pos{Line: at.Start.Line, Column: at.Start.Column + 1, Byte: at.Start.Byte + 1} // behind the quote
	expr, diags := hclsyntax.ParseTemplate([]byte(text), at.Filename, start)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if e.meter == nil {
		e.meter = &meter{}
	}
	e.meter.over(expr)
	v, more := expr.Value(ctx)
	return v, append(diags, more...)
}
