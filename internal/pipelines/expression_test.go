package pipelines

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// object is what YAML and JSON objects become.
type object = map[string]any

// expand replaces every ${{ expression }} of a value. A value that is nothing but
// one expression keeps its type.
func expand(t *testing.T, value any, contexts object) any {
	t.Helper()
	text, ok := value.(string)
	if !ok {
		return value
	}
	if inner, whole := strings.CutPrefix(text, "${{"); whole && strings.Index(inner, "}}") == len(inner)-2 {
		return evaluate(t, inner, contexts)
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "${{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		expression, rest, _ := strings.Cut(after, "}}")
		b.WriteString(asString(evaluate(t, expression+"}}", contexts)))
		text = rest
	}
}

// evaluate computes an expression that ends in "}}".
func evaluate(t *testing.T, expression string, contexts object) any {
	t.Helper()
	node, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return valueOf(t, node, contexts)
}

func valueOf(t *testing.T, node actionlint.ExprNode, contexts object) any {
	t.Helper()
	switch n := node.(type) {
	case *actionlint.StringNode:
		return n.Value
	case *actionlint.BoolNode:
		return n.Value
	case *actionlint.IntNode:
		return float64(n.Value)
	case *actionlint.VariableNode:
		return contexts[n.Name]
	case *actionlint.ObjectDerefNode:
		receiver, _ := valueOf(t, n.Receiver, contexts).(object)
		return property(receiver, n.Property)
	case *actionlint.NotOpNode:
		return !truth(valueOf(t, n.Operand, contexts))
	case *actionlint.CompareOpNode:
		equal := same(valueOf(t, n.Left, contexts), valueOf(t, n.Right, contexts))
		return equal == (n.Kind == actionlint.CompareOpNodeKindEq)
	case *actionlint.LogicalOpNode:
		left := valueOf(t, n.Left, contexts)
		if truth(left) == (n.Kind == actionlint.LogicalOpNodeKindOr) {
			return left
		}
		return valueOf(t, n.Right, contexts)
	case *actionlint.FuncCallNode:
		status, ok := contexts[n.Callee+"()"]
		if !ok {
			t.Fatalf("the runner has no function %s", n.Callee)
		}
		return status
	}
	t.Fatalf("the runner does not know %T", node)
	return nil
}

// property is looked up without regard to case, as the runner does.
func property(of object, name string) any {
	for key, value := range of {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return nil
}

// same compares as the runner does: strings without case, unlike types as numbers.
func same(a, b any) bool {
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return strings.EqualFold(x, y)
		}
	}
	x, okX := number(a)
	y, okY := number(b)
	return okX && okY && x == y
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case nil:
		return 0, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case float64:
		return v, true
	case int:
		return float64(v), true
	case string:
		if v == "" {
			return 0, true
		}
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64:
		return v != 0
	}
	return true
}

func asString(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// The imitation computes expressions as the runner does.
func TestExpressions(t *testing.T) {
	contexts := object{
		"github":   object{"event_name": "push", "event": object{"number": float64(7)}},
		"inputs":   object{"snapshot": "true", "issue": true, "empty": ""},
		"always()": true, "success()": false,
	}
	for expression, want := range map[string]any{
		"${{ github.event_name }}":                                 "push",
		"a-${{ github.event.number }}-${{ github.event_name }}":    "a-7-push",
		"${{ github.event.nothing.there }}":                        nil,
		"${{ inputs.snapshot == 'true' }}":                         true,
		"${{ inputs.issue == 'true' }}":                            false,
		"${{ inputs.issue == true }}":                              true,
		"${{ !success() && (inputs.empty || 'other') }}":           "other",
		"${{ always() && github.event_name != 'pull_request' }}":   true,
		"${{ inputs.empty != '' && github.event_name == 'PUSH' }}": false,
		"plain": "plain",
	} {
		if got := expand(t, expression, contexts); got != want {
			t.Errorf("%s: %v, want %v", expression, got, want)
		}
	}
}
