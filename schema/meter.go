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
)

// meter counts the steps of for expressions: three nested loops over a thousand
// elements each would run for half an hour, and nothing could stop them.
type meter struct{ steps int }

// metered is the body or the condition of a for expression: each evaluation
// costs one step.
type metered struct {
	hclsyntax.Expression
	meter *meter
}

func (m *meter) install(f *hclsyntax.ForExpr) {
	if _, done := f.ValExpr.(metered); done {
		return
	}
	f.ValExpr = metered{f.ValExpr, m}
	if f.CondExpr != nil {
		f.CondExpr = metered{f.CondExpr, m}
	}
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
	return cty.DynamicVal, hcl.Diagnostics{{
		Severity: hcl.DiagError,
		Summary:  summaryTooMany,
		Subject:  e.Range().Ptr(),
	}}
}

// summaryTooMany marks the refusal on its way through HCL.
const summaryTooMany = "too many for steps"
