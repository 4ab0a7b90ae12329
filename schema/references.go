package schema

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/shopctl/shopctl/lang"
)

// names are what expressions may refer to.
type names struct {
	vars, locals, brands map[string]bool
	// moreBrands says that a for_each of brands could not be evaluated, which was
	// reported: names that are not known may be among its elements.
	moreBrands bool
	functions  map[string]function.Function
}

// references checks every name an expression uses, and reports each that does
// not exist, once, however often the expression is evaluated later.
func (c *checker) references(expr hcl.Expression, iterators []string) bool {
	ok := c.calls(expr)
	for _, t := range expr.Variables() {
		ok = c.reference(t, iterators) && ok
	}
	return ok
}

func (c *checker) reference(t hcl.Traversal, iterators []string) bool {
	root := t.RootName()
	rng := rangeOf(t.SourceRange())
	switch {
	case slices.Contains(iterators, root):
		return c.iteratorMember(t, root, rng)
	case root == "var":
		return c.member(t, "var", c.names.vars, lang.T(`Declare it: variable "..." { }.`, `请先声明：variable "..." { }。`))
	case root == "local":
		return c.member(t, "local", c.names.locals, lang.T("Declare it in a locals block.", "请在 locals 块中声明。"))
	case root == string(KindBrand):
		if len(t) == 1 { // brand[KEY]: the key is known on evaluation only
			return true
		}
		if name, _ := secondStep(t); c.names.moreBrands && !c.names.brands[name] {
			return false
		}
		return c.member(t, "brand", c.names.brands, lang.T(`Declare it: brand "..." { ... }.`, `请先声明：brand "..." { ... }。`))
	}
	c.undeclared(root, iterators, rng)
	return false
}

// member checks root.NAME.
func (c *checker) member(t hcl.Traversal, root string, known map[string]bool, otherwise lang.Text) bool {
	name, rng := secondStep(t)
	if name == "" {
		c.add(ruleUndeclared, rangeOf(t.SourceRange()),
			lang.F("%[1]s alone is nothing; a name must follow.", "不能单独使用 %[1]s，后面必须有名称。", root),
			lang.F("Write %s.NAME.", "请写成 %s.NAME。", root))
		return false
	}
	if known[name] {
		return true
	}
	whole := rangeOf(hcl.RangeBetween(t[0].SourceRange(), rng))
	near := Nearest(name, sortedKeys(known))
	if near != "" {
		otherwise = lang.F("Did you mean %s?", "是否想写 %s？", root+"."+near)
	}
	c.add(ruleUndeclared, whole, lang.F("There is no %s.", "没有 %s。", root+"."+name), otherwise)
	return false
}

// secondStep is the name after the root: root.NAME or root["NAME"].
func secondStep(t hcl.Traversal) (string, hcl.Range) {
	if len(t) < 2 {
		return "", hcl.Range{}
	}
	switch step := t[1].(type) {
	case hcl.TraverseAttr:
		return step.Name, step.SrcRange
	case hcl.TraverseIndex:
		if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() {
			return step.Key.AsString(), step.SrcRange
		}
	}
	return "", hcl.Range{}
}

// iteratorMember checks each.key and each.value.
func (c *checker) iteratorMember(t hcl.Traversal, root string, rng Range) bool {
	name, _ := secondStep(t)
	if name == "key" || name == "value" {
		return true
	}
	c.add(ruleUndeclared, rng,
		lang.F("%[1]s has two members, %[1]s.key and %[1]s.value.", "%[1]s 只有两个成员：%[1]s.key 与 %[1]s.value。", root),
		lang.F("Write %[1]s.key or %[1]s.value.", "请写 %[1]s.key 或 %[1]s.value。", root))
	return false
}

func (c *checker) undeclared(root string, iterators []string, rng Range) {
	if root == "each" {
		c.add(ruleUndeclared, rng, lang.T("each exists only inside of a block with for_each.", "each 只能在带 for_each 的块中使用。"),
			lang.T("Add for_each to the block, or write the value.", "请给该块添加 for_each，或直接写值。"))
		return
	}
	known := append([]string{"var", "local", "brand"}, iterators...)
	c.add(ruleUndeclared, rng, lang.F("There is nothing named %s.", "没有名为 %s 的对象。", root),
		didYouMean(root, known, lang.F("Names begin with one of: %s. A text needs quotes.", "名称须以下列之一开头：%s。文本需要加引号。", strings.Join(known, ", "))))
}

// calls checks the functions that an expression calls and puts its for loops
// and its arithmetic under the meter. The JSON syntax hides both until evaluation.
func (c *checker) calls(expr hcl.Expression) bool {
	if j, isJSON := expr.(*jsonExpr); isJSON {
		j.meter = c.meter
	}
	native, isNative := expr.(hclsyntax.Expression)
	if !isNative {
		return true
	}
	ok := true
	_ = hclsyntax.VisitAll(native, func(n hclsyntax.Node) hcl.Diagnostics {
		if call, isCall := n.(*hclsyntax.FunctionCallExpr); isCall && !c.known(call.Name) {
			c.unknownFunction(call.Name, rangeOf(call.NameRange))
			ok = false
		}
		return nil
	})
	c.meter.over(native)
	return ok
}

func (c *checker) known(function string) bool {
	_, known := c.names.functions[function]
	return known
}

func (r *report) unknownFunction(name string, rng Range) {
	r.add(ruleUnknownFunction, rng, lang.F("There is no function %s.", "没有函数 %s。", name),
		didYouMean(name, functionNames(), lang.T("docs/language.md lists the functions.", "docs/language.zh-CN.md 列出了所有函数。")))
}
