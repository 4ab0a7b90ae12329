package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The limits of what evaluation may make.
const (
	maxElements = 200_000   // of one for_each
	maxLoops    = 1_000_000 // steps of all for expressions of one run

	heavy      = 64 << 10        // bytes from which a value is weighed each time it is used
	maxWeighed = 8 * maxTextSize // bytes of all these
)

// meter counts the steps of for expressions: three nested loops over a thousand
// elements each would run for half an hour, and nothing could stop them.
//
// It also weighs large values: a name of a few bytes stands for megabytes, and each
// use of it looks at all of them.
type meter struct {
	steps, weighed int
	at             Range // where it was too much
}

func (m *meter) weigh(size int, at Range) {
	if size < heavy || m.spent() {
		return
	}
	if m.weighed += size; m.spent() {
		m.at = at
	}
}

func (m *meter) spent() bool { return m.weighed > maxWeighed }

// metered is the body or the condition of a for expression: each evaluation
// costs one step.
type metered struct {
	hclsyntax.Expression
	meter *meter
}

// bound is what a for expression goes over. Each for gives a name to a value, so
// that nested ones can double it time and again.
type bound struct{ hclsyntax.Expression }

// over puts the loops and the arithmetic of an expression under the meter. The
// loops come last, because what wraps a node hides it from the visit.
func (m *meter) over(expr hclsyntax.Expression) {
	var loops []*hclsyntax.ForExpr
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.ForExpr:
			loops = append(loops, n)
		case *hclsyntax.BinaryOpExpr:
			n.Op = boundOperation(n.Op)
		case *hclsyntax.UnaryOpExpr:
			n.Op = boundOperation(n.Op)
		}
		return nil
	})
	for _, loop := range loops {
		m.install(loop)
	}
}

func (m *meter) install(f *hclsyntax.ForExpr) {
	if _, done := f.ValExpr.(metered); done {
		return
	}
	f.ValExpr = metered{f.ValExpr, m}
	if f.CondExpr != nil {
		f.CondExpr = metered{f.CondExpr, m}
	}
	if !named(f.CollExpr) {
		f.CollExpr = bound{f.CollExpr}
	}
}

// named reports whether a collection was weighed when it was made: a local, a
// variable, or a table.
func named(expr hclsyntax.Expression) bool {
	switch expr := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return true
	case *hclsyntax.FunctionCallExpr:
		return expr.Name == "table"
	}
	return false
}

// Value refuses once the steps are used up, and says so once.
func (e metered) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	e.meter.steps++
	if e.meter.steps <= maxLoops {
		return e.Expression.Value(ctx)
	}
	if e.meter.steps > maxLoops+1 {
		return cty.DynamicVal, nil
	}
	return cty.DynamicVal, hcl.Diagnostics{refusal(summaryTooMany, e.Range())}
}

// Value refuses a collection that has grown too large.
func (e bound) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Expression.Value(ctx)
	if sizeOf(v) > maxTextSize {
		return cty.DynamicVal, append(diags, refusal(summaryTooLarge, e.Range()))
	}
	return v, diags
}

func refusal(summary string, at hcl.Range) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Subject: at.Ptr()}
}

// Summaries that mark refusals on their way through HCL.
const (
	summaryTooMany  = "too many for steps"
	summaryTooLarge = "too large to loop over"
)

// boundOperations are the operations on numbers, refusing those that nobody can
// write out: a text of a few bytes stands for a number of a billion digits.
var boundOperations = boundAll(
	hclsyntax.OpAdd, hclsyntax.OpSubtract, hclsyntax.OpMultiply, hclsyntax.OpDivide, hclsyntax.OpModulo, hclsyntax.OpNegate,
	hclsyntax.OpGreaterThan, hclsyntax.OpGreaterThanOrEqual, hclsyntax.OpLessThan, hclsyntax.OpLessThanOrEqual,
)

func boundAll(ops ...*hclsyntax.Operation) map[*hclsyntax.Operation]*hclsyntax.Operation {
	all := make(map[*hclsyntax.Operation]*hclsyntax.Operation, len(ops))
	for _, op := range ops {
		all[op] = &hclsyntax.Operation{Impl: guarded(op.Impl, nil), Type: op.Type}
	}
	return all
}

func boundOperation(op *hclsyntax.Operation) *hclsyntax.Operation {
	if b := boundOperations[op]; b != nil {
		return b
	}
	return op
}
