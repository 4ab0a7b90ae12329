package schema

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/shopctl/shopctl/lang"
)

// resolver works out locals and the names of brands, which may need each other,
// each once and only when needed.
type resolver struct {
	*evaluator
	checker *checker
	vars    map[string]cty.Value
	locals  map[string]hcl.Expression
	values  map[string]cty.Value // of locals
	sizes   map[string]int       // of large ones, in bytes
	brands  []*form
	// open is the chain of what is being worked out now, for the report of a cycle.
	open []string
	deep bool // a chain was too long, and that was said
}

// maxChain is how many locals may need one another in a row. Each is worked out
// within the one before it, on the same stack.
const maxChain = 1000

// resolveAll returns the scope in which all blocks are evaluated.
func (r *resolver) resolveAll(names []string) *scope {
	r.brandNames(Range{})
	for _, name := range names {
		r.local(name, Range{})
	}
	root := r.scope()
	root.constants = constantsOf(root.context)
	return root
}

// scope is what is known so far.
func (r *resolver) scope() *scope { return r.scopeWith(r.values, r.names.brands) }

// scopeOf is what is known so far of what an expression refers to. Were it all
// that is known, many locals would take quadratic time.
func (r *resolver) scopeOf(expr hcl.Expression) *scope {
	values := map[string]cty.Value{}
	var brands map[string]bool
	for _, t := range expr.Variables() {
		name, _ := secondStep(t)
		if v, known := r.values[name]; known && t.RootName() == "local" {
			values[name] = v
		}
		if t.RootName() == string(KindBrand) {
			brands = r.names.brands
		}
	}
	return r.scopeWith(values, brands)
}

func (r *resolver) scopeWith(locals map[string]cty.Value, names map[string]bool) *scope {
	brands := make(map[string]cty.Value, len(names))
	for name := range names {
		brands[name] = cty.StringVal("brand." + name)
	}
	return &scope{context: &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"var":             cty.ObjectVal(r.vars),
			"local":           cty.ObjectVal(locals),
			string(KindBrand): cty.ObjectVal(brands),
		},
		Functions: r.names.functions,
	}}
}

// enter puts name on the chain; false means that it is on it already, or that
// the chain is too long.
func (r *resolver) enter(name string, at Range) bool {
	if len(r.open) == maxChain {
		if !r.deep {
			r.add(ruleTooDeep, at, lang.F("More than %d locals need one another in a row.", "连续互相引用的 locals 超过 %d 个。", maxChain), lang.T("Make the chain shorter.", "请缩短引用链。"))
		}
		r.deep = true
		return false
	}
	for i, open := range r.open {
		if open == name {
			chain := strings.Join(append(r.open[i:len(r.open):len(r.open)], name), " -> ")
			r.add(ruleCycle, at, lang.F("The circle is %s.", "循环为 %s。", chain), lang.T("Break the circle: give one of them a value of its own.", "请打破循环：给其中一个直接赋值。"))
			return false
		}
	}
	r.open = append(r.open, name)
	return true
}

func (r *resolver) leave() { r.open = r.open[:len(r.open)-1] }

// local works out one local value; where that fails it is unknown, which
// silences everything that depends on it.
func (r *resolver) local(name string, usedAt Range) {
	if _, done := r.values[name]; done || r.locals[name] == nil {
		return
	}
	if !r.enter("local."+name, usedAt) {
		r.values[name] = cty.DynamicVal
		return
	}
	defer r.leave()
	expr := r.locals[name]
	r.needs(expr)
	_, inCycle := r.values[name]
	v := cty.DynamicVal
	if r.checker.references(expr, nil) && !inCycle {
		before := r.meter.weighed
		v, _ = r.eval(expr, r.scopeOf(expr))
		if size := r.meter.weighed - before; size > 0 {
			r.sizes[name] = size
		}
	}
	r.values[name] = v
}

// needs works out everything that an expression refers to.
func (r *resolver) needs(expr hcl.Expression) {
	for _, t := range expr.Variables() {
		at := rangeOf(t.SourceRange())
		switch t.RootName() {
		case "local":
			name, _ := secondStep(t)
			r.local(name, at)
			r.meter.weigh(r.sizes[name], at)
		case string(KindBrand):
			r.brandNames(at)
		}
	}
}

// brandNames adds the names of the brands that for_each makes.
func (r *resolver) brandNames(usedAt Range) {
	if r.brands == nil {
		return
	}
	if !r.enter(string(KindBrand), usedAt) {
		return
	}
	defer r.leave()
	for _, f := range r.brands {
		r.needs(f.forEach.attr.Expr)
		if id := f.attr("id"); id != nil {
			r.needs(id.attr.Expr)
		}
	}
	known := r.scope()
	for _, f := range r.brands {
		quiet := &evaluator{report: newReport(), names: r.names, library: r.library, meter: r.meter}
		all := quiet.each(f, known, func(key string, s *scope) {
			r.names.brands[quiet.elementName(f, key, s)] = true
		})
		r.names.moreBrands = r.names.moreBrands || !all
	}
	r.brands = nil
}

// elementName is the name of one element of for_each: what id says, else the key.
func (e *evaluator) elementName(f *form, key string, s *scope) string {
	id := f.attr("id")
	if id == nil || id.bad {
		return key
	}
	name, ok := e.text(&AttrSpec{Name: "id", Type: TypeString, Required: true}, id.attr.Expr, s)
	if !ok {
		return key
	}
	return name
}
