package schema

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/shopctl/shopctl/schema/literal"
)

// scope is what expressions may refer to: the names of the catalog, and the
// elements of the for_each around them. What HCL needs of it is made when HCL
// has to evaluate something.
type scope struct {
	outer     *scope
	iterator  string
	element   element
	context   *hcl.EvalContext // nil until somebody asks
	constants map[string]plain // of the outermost scope: what names stand for, by their text
}

// element is one element of a for_each: a row of a table, or any other value.
type element struct {
	key   string
	value cty.Value // where table is nil
	table *table
	row   int
}

func (el element) member() cty.Value {
	if el.table == nil {
		return el.value
	}
	return el.table.object(el.table.rows[el.row])
}

func (s *scope) hcl() *hcl.EvalContext {
	if s.context == nil {
		s.context = s.outer.hcl().NewChild()
		s.context.Variables = map[string]cty.Value{s.iterator: cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(s.element.key), "value": s.element.member()})}
	}
	return s.context
}

// around is the scope with an iterator of that name; the outermost where there is none.
func (s *scope) around(iterator string) *scope {
	for s.outer != nil && s.iterator != iterator {
		s = s.outer
	}
	return s
}

// term is an expression that was compiled: it takes its value from the cells of
// rows without HCL. It is not ok for a row where HCL has to say what is wrong.
type term func(*scope) (plain, bool)

// compile makes a term of a literal, ITERATOR.key, ITERATOR.value.COLUMN, the
// name of a constant, or a text with these in it; nil of everything else.
func compile(expr hcl.Expression, iterators []string) term {
	switch expr := unparen(expr).(type) {
	case *hclsyntax.LiteralValueExpr:
		return constant(expr.Val)
	case *hclsyntax.TemplateWrapExpr:
		return compile(expr.Wrapped, iterators)
	case *hclsyntax.TemplateExpr:
		return compileTemplate(expr, iterators)
	case *hclsyntax.ScopeTraversalExpr:
		return compileName(expr.Traversal, iterators)
	}
	return nil
}

func constant(v cty.Value) term {
	p, ok := plainOf(v)
	if !ok {
		return nil
	}
	return func(*scope) (plain, bool) { return p, true }
}

func compileName(t hcl.Traversal, iterators []string) term {
	names := make([]string, len(t))
	names[0] = t.RootName()
	for i, step := range t[1:] {
		attr, ok := step.(hcl.TraverseAttr)
		if !ok {
			return nil
		}
		names[i+1] = attr.Name
	}
	root := names[0]
	switch {
	case !slices.Contains(iterators, root):
		name := written(t)
		return func(s *scope) (plain, bool) {
			p, ok := s.around("").constants[name]
			return p, ok
		}
	case len(names) == 2 && names[1] == "key":
		return func(s *scope) (plain, bool) { return plain{literal.String, s.around(root).element.key}, true }
	case len(names) == 3 && names[1] == "value":
		return column(root, names[2])
	}
	return nil
}

// column takes a cell of the current row. The number of the column is looked up
// once for each table.
func column(iterator, name string) term {
	var known *table
	number := 0
	return func(s *scope) (plain, bool) {
		el := s.around(iterator).element
		if el.table == nil {
			return plain{}, false
		}
		if el.table != known {
			known, number = el.table, slices.Index(el.table.columns, name)
		}
		if number < 0 {
			return plain{}, false
		}
		return plain{literal.String, cty.NormalizeString(el.table.rows[el.row].cells[number])}, true
	}
}

func compileTemplate(t *hclsyntax.TemplateExpr, iterators []string) term {
	parts := make([]term, len(t.Parts))
	for i, part := range t.Parts {
		if parts[i] = compile(part, iterators); parts[i] == nil {
			return nil
		}
	}
	return func(s *scope) (plain, bool) {
		var text []byte
		for _, part := range parts {
			p, ok := part(s)
			if !ok {
				return plain{}, false
			}
			text = append(text, p.text...)
		}
		return plain{literal.String, cty.NormalizeString(string(text))}, true
	}
}

// compiled is an attribute inside of a for_each that HCL need not evaluate for
// each row: one term, or those of a list or of the pairs of an object.
type compiled struct {
	at     spot
	single term
	list   []term
	places []spot // of the elements of the list
	keys   []term // of an object, with the values in list
}

// compileAttr returns nil where HCL has to evaluate the attribute.
func compileAttr(spec *AttrSpec, expr hcl.Expression, iterators []string) *compiled {
	expr = unparen(expr)
	c := &compiled{at: spotOf(rangeOf(expr.Range()))}
	_, isList := spec.element()
	switch expr := expr.(type) {
	case *hclsyntax.TupleConsExpr:
		for _, item := range expr.Exprs {
			c.list = append(c.list, compile(item, iterators))
			c.places = append(c.places, spotOf(rangeOf(item.Range())))
		}
		if !isList || slices.ContainsFunc(c.list, isNil) {
			return nil
		}
		return c
	case *hclsyntax.ObjectConsExpr:
		for _, item := range expr.Items {
			c.keys = append(c.keys, compileKey(item.KeyExpr, iterators))
			c.list = append(c.list, compile(item.ValueExpr, iterators))
		}
		if spec.Type != TypeAttrs || slices.ContainsFunc(c.keys, isNil) || slices.ContainsFunc(c.list, isNil) {
			return nil
		}
		return c
	}
	if c.single = compile(expr, iterators); c.single == nil {
		return nil
	}
	return c
}

func isNil(t term) bool { return t == nil }

// compileKey takes the key of an object, in which a bare name is a text.
func compileKey(expr hclsyntax.Expression, iterators []string) term {
	key, ok := expr.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return nil
	}
	if name := hcl.ExprAsKeyword(key.Wrapped); name != "" && !key.ForceNonLiteral {
		return constant(cty.StringVal(name))
	}
	return compile(key.Wrapped, iterators)
}

// value is the value for the rows of a scope; not ok when HCL has to judge it.
func (c *compiled) value(spec *AttrSpec, names *names, s *scope) (v value, ok bool) {
	v = value{at: c.at, items: c.places}
	switch {
	case c.single != nil:
		p, isPlain := c.single(s)
		if !isPlain {
			return value{}, false
		}
		v.v, v.ok = p.as(spec, names, c.at)
	case spec.Type == TypeAttrs:
		v.v, v.ok = c.attrs(s)
	default:
		v.v, v.ok = c.elements(spec, names, s)
	}
	return v, v.ok
}

func (c *compiled) elements(spec *AttrSpec, names *names, s *scope) ([]any, bool) {
	one, _ := spec.element()
	list := make([]any, len(c.list))
	for i, item := range c.list {
		p, ok := item(s)
		if ok {
			list[i], ok = p.as(&one, names, c.places[i])
		}
		if !ok {
			return nil, false
		}
	}
	return list, true
}

func (c *compiled) attrs(s *scope) ([]Attr, bool) {
	attrs := make([]Attr, len(c.list))
	for i := range c.list {
		key, keyOK := c.keys[i](s)
		p, ok := c.list[i](s)
		text, textOK := p.string()
		if !keyOK || !ok || !textOK || key.kind != literal.String || hasKey(attrs[:i], key.text) {
			return nil, false
		}
		attrs[i] = Attr{Key: key.text, Value: text}
	}
	return attrs, true
}

// compiledTable is a call of table(path, key column, filter) inside of another
// for_each.
type compiledTable struct {
	path, key term
	columns   []string
	cells     []term
}

// compileTable returns nil of everything but a call with a filter of plain columns.
func compileTable(expr hcl.Expression, iterators []string) *compiledTable {
	call, ok := unparen(expr).(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "table" || call.ExpandFinal || len(call.Args) != 3 {
		return nil
	}
	filter, ok := call.Args[2].(*hclsyntax.ObjectConsExpr)
	c := &compiledTable{path: compile(call.Args[0], iterators), key: compile(call.Args[1], iterators)}
	if !ok || c.path == nil || c.key == nil {
		return nil
	}
	for _, item := range filter.Items {
		key, cell := compileKey(item.KeyExpr, nil), compile(item.ValueExpr, iterators)
		if key == nil || cell == nil {
			return nil
		}
		name, _ := key(&scope{})
		if name.kind != literal.String || slices.Contains(c.columns, name.text) {
			return nil
		}
		c.columns, c.cells = append(c.columns, name.text), append(c.cells, cell)
	}
	return c
}

// rows are the rows that the call asks for; not ok when HCL has to say why not.
func (c *compiledTable) rows(l *library, s *scope) (selection, bool) {
	path, pathOK := c.path(s)
	key, keyOK := c.key(s)
	filter := make(map[string]string, len(c.columns))
	ok := pathOK && keyOK && path.kind == literal.String && key.kind == literal.String
	for i := 0; ok && i < len(c.cells); i++ {
		var cell plain
		cell, ok = c.cells[i](s)
		filter[c.columns[i]] = cell.text
		ok = ok && cell.kind != literal.True && cell.kind != literal.False
	}
	if !ok {
		return selection{}, false
	}
	selected, refused := l.selectRows(path.text, key.text, filter)
	return selected, refused == nil
}
