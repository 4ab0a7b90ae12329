package schema

import (
	"errors"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/shopctl/shopctl/lang"
)

// callError is how a function of ours refuses: a finding on its way through
// HCL, which reports it at the call.
type callError struct {
	rule   rule
	arg    int // the argument to mark; -1 for the whole call
	why    lang.Text
	remedy lang.Text
}

func (e *callError) Error() string { return e.why.EN }

// about marks another argument.
func (e *callError) about(arg int) *callError {
	e.arg = arg
	return e
}

// addSyntax turns what the parser found into findings. After an unclosed string
// or block the parser has lost its way: what follows would only confuse.
func (r *report) addSyntax(diags hcl.Diagnostics) {
	for _, d := range diags {
		r.addOneHCL(d)
		if strings.HasPrefix(d.Summary, "Unterminated") || strings.HasPrefix(d.Summary, "Unclosed") || d.Summary == "Invalid multi-line string" {
			return
		}
	}
}

// addHCL turns the findings of HCL into ours.
func (r *report) addHCL(diags hcl.Diagnostics) {
	for _, d := range diags {
		r.addOneHCL(d)
	}
}

func (r *report) addOneHCL(d *hcl.Diagnostic) {
	rng := subject(d)
	if extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d); ok {
		if refused, ok := errors.AsType[*callError](extra.FunctionCallError()); ok {
			r.add(refused.rule, argumentRange(d, refused.arg, rng), refused.why, refused.remedy)
			return
		}
		if d.Summary == "Call to unknown function" {
			r.unknownFunction(extra.CalledFunctionName(), rng)
			return
		}
	}
	if d.Summary == summaryTooMany {
		r.add(ruleLimit, rng, lang.F("The for expressions of this catalog take more than %d steps.", "本目录的 for 表达式超过 %d 步。", maxLoops),
			lang.T("Loop over fewer elements, or prepare the data in a table.", "请减少循环的元素，或把数据准备在表格中。"))
		return
	}
	if much := tooMuch(); d.Summary == summaryTooLarge || strings.Contains(d.Detail, much.why.EN) { // of an operation, which hands on the text alone
		r.add(much.rule, rng, much.why, much.remedy)
		return
	}
	rl, remedy := ruleExpression, lang.T("Correct the expression.", "请修正该表达式。")
	if d.EvalContext == nil && d.Expression == nil {
		rl, remedy = ruleSyntax, lang.T("Correct the syntax here; `shopctl fmt` shows how a file is read.", "请修正此处的语法；可用 `shopctl fmt` 检查。")
	}
	r.add(rl, rng, lang.Text{EN: sentence(d.Summary, d.Detail), ZH: chineseSummary(d.Summary) + "。解析器的说明（英文）：" + oneLine(d.Detail)}, remedy)
}

func sentence(summary, detail string) string {
	return summary + ": " + oneLine(detail)
}

func oneLine(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\n", " ")) }

func subject(d *hcl.Diagnostic) Range {
	if d.Subject == nil {
		return Range{}
	}
	return rangeOf(*d.Subject)
}

// argumentRange is the range of the argument that a function refused.
func argumentRange(d *hcl.Diagnostic, arg int, otherwise Range) Range {
	call, ok := d.Expression.(*hclsyntax.FunctionCallExpr)
	if !ok {
		return otherwise
	}
	if arg < 0 || arg >= len(call.Args) {
		return rangeOf(call.Range())
	}
	return rangeOf(call.Args[arg].Range())
}

// chineseSummary is the summary of a finding of HCL in Chinese, where it is a
// common one.
func chineseSummary(summary string) string {
	if zh, ok := chineseSummaries[summary]; ok {
		return zh
	}
	return "表达式或语法有误（" + summary + "）"
}

var chineseSummaries = map[string]string{
	"Argument definition required":               "此处应为属性定义",
	"Argument or block definition required":      "此处应为属性或块",
	"Attribute redefined":                        "属性重复定义",
	"Call to unknown function":                   "调用了未知的函数",
	"Error in function call":                     "函数调用出错",
	"Extra characters after expression":          "表达式之后有多余的字符",
	"Inconsistent conditional result types":      "条件表达式两边的类型不一致",
	"Incorrect condition type":                   "条件必须是布尔值",
	"Invalid argument name":                      "属性名无效",
	"Invalid block definition":                   "块的写法无效",
	"Invalid character":                          "无效的字符",
	"Invalid expression":                         "表达式无效",
	"Invalid function argument":                  "函数参数无效",
	"Invalid index":                              "下标无效",
	"Invalid multi-line string":                  "字符串不能跨行",
	"Invalid operand":                            "运算对象的类型不对",
	"Invalid template interpolation value":       "模板中的值无法转为文本",
	"Missing attribute value":                    "属性没有值",
	"Missing item separator":                     "缺少逗号",
	"Missing key/value separator":                "缺少等号",
	"Missing newline after argument":             "属性之后应换行",
	"Missing newline after block definition":     "块之后应换行",
	"Missing required argument":                  "缺少必填属性",
	"Not enough function arguments":              "函数参数不足",
	"Too many function arguments":                "函数参数过多",
	"Unclosed configuration block":               "块没有结束",
	"Unsupported attribute":                      "没有这个成员",
	"Unterminated object constructor expression": "对象没有结束",
	"Unterminated template string":               "字符串没有结束",
	"Unterminated tuple constructor expression":  "列表没有结束",
	"Unknown variable":                           "未知的变量",
	"Incorrect JSON value type":                  "JSON 值的类型不对",
	"Missing JSON object property":               "JSON 缺少成员",
	"Invalid JSON keyword":                       "JSON 关键字无效",
	"Attempt to get attribute from null value":   "不能读取空值的成员",
	"Attempt to index null value":                "不能读取空值的元素",
	"Iteration over null value":                  "不能遍历空值",
	"Iteration over non-iterable value":          "该值不能遍历",
	"Null value as key":                          "键不能为空值",
	"Duplicate object key":                       "对象的键重复",
	"Invalid 'for' expression":                   "for 表达式无效",
	"Invalid type specification":                 "类型写法无效",
	"Unsupported operator":                       "不支持的运算符",
	"Invalid escape sequence":                    "无效的转义",
	"Invalid number literal":                     "无效的数字",
}

// missingMember reports the use of a member that an object does not have, such
// as a column of a table or a brand by its name, with the one it was meant for.
func (e *evaluator) missingMember(d *hcl.Diagnostic) bool {
	owner, name, known := absentMember(d)
	if owner == "" {
		return false
	}
	if owner == string(KindBrand) && e.names.moreBrands {
		return true
	}
	otherwise := lang.F("%[1]s has: %[2]s.", "%[1]s 有：%[2]s。", owner, strings.Join(known, ", "))
	e.add(ruleUndeclared, rangeOf(d.Expression.Range()), lang.F("There is no %q in %s.", "%[2]s 中没有 %[1]q。", name, owner), didYouMean(name, known, otherwise))
	return true
}

// absentMember finds the object and the member that a finding of HCL is about.
func absentMember(d *hcl.Diagnostic) (owner, name string, known []string) {
	switch expr := d.Expression.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		for i := 1; i < len(expr.Traversal); i++ {
			step, isAttr := expr.Traversal[i].(hcl.TraverseAttr)
			object, diags := expr.Traversal[:i].TraverseAbs(d.EvalContext)
			if diags.HasErrors() || !object.Type().IsObjectType() {
				return "", "", nil
			}
			if isAttr && !object.Type().HasAttribute(step.Name) {
				return written(expr.Traversal[:i]), step.Name, sortedKeys(object.Type().AttributeTypes())
			}
		}
	case *hclsyntax.IndexExpr:
		root, isTraversal := expr.Collection.(*hclsyntax.ScopeTraversalExpr)
		object, diags := expr.Collection.Value(d.EvalContext)
		key, keyDiags := expr.Key.Value(d.EvalContext)
		if !isTraversal || diags.HasErrors() || keyDiags.HasErrors() || !object.Type().IsObjectType() || !isText(key) {
			return "", "", nil
		}
		return written(root.Traversal), key.AsString(), sortedKeys(object.Type().AttributeTypes())
	}
	return "", "", nil
}

func isText(v cty.Value) bool {
	return v.Type() == cty.String && v.IsKnown() && !v.IsNull() && !v.IsMarked()
}

// written is a traversal of names as it is written.
func written(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		}
	}
	return b.String()
}
