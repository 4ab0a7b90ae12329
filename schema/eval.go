package schema

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/shopctl/shopctl/lang"
)

// node is a block after evaluation: Go values by attribute, not yet one of the kinds.
type node struct {
	spec    *BlockSpec
	label   string
	at      Range // of the label, or of the header where there is none
	header  Range
	eachKey string
	// repeated says that the node is one element of for_each, row which one (see
	// report.row).
	repeated bool
	row      string
	values   map[string]value
	nodes    []*node
	// partial says that inner blocks could not be made, so that their absence
	// means nothing.
	partial bool
	// held are the findings about a product's values.
	held []finding
}

// value is one attribute's value: v has the Go type that its Type stands for
// (see convert). A value that was reported as bad is present with ok false.
type value struct {
	v     any
	at    spot
	items []spot // of the elements of a list that is written out
	ok    bool
}

// evaluator turns forms into nodes.
type evaluator struct {
	*report
	names   *names
	root    *scope
	library *library
	meter   *meter
	// counted hears how many products a for_each makes; nil for nobody.
	counted func(n int)
}

// each calls yield for every element of for_each, or once for a block without
// it. The scope holds the element under the form's iterator.
func (e *evaluator) each(f *form, outer *scope, yield func(key string, s *scope)) bool {
	if f.broken {
		return false
	}
	if f.forEach == nil {
		yield("", outer)
		return true
	}
	if f.forEach.bad {
		return false
	}
	all, ok := e.elements(f, outer)
	if !ok {
		return false
	}
	if e.counted != nil && f.spec.Name == string(KindSPU) {
		e.counted(all.count)
	}
	row := e.row
	defer func() { e.row = row }()
	for i := range all.count {
		el := all.at(i)
		e.row = strings.TrimPrefix(row+" / "+el.key, " / ")
		yield(el.key, &scope{outer: outer, iterator: f.iterator, element: el})
	}
	return true
}

// elements are what a for_each repeats its block for.
type elements struct {
	count int
	at    func(i int) element
}

// elements evaluates a for_each. The rows of a table come in the order of the
// file, each made when its turn comes: a hundred thousand rows as one value take
// more memory than the products that they make. All other collections are sorted.
func (e *evaluator) elements(f *form, s *scope) (elements, bool) {
	expr := f.forEach.attr.Expr
	at := rangeOf(expr.Range())
	if rows, ok := e.rows(f, s); ok {
		ok := e.countable(len(rows.keys), at)
		return elements{len(rows.keys), func(i int) element { return element{key: rows.keys[i], table: rows.table, row: rows.rows[i]} }}, ok
	}
	collection, ok := e.eval(expr, s)
	if !ok || !e.iterable(collection, at) {
		return elements{}, false
	}
	var keys []cty.Value
	for it := collection.ElementIterator(); it.Next(); {
		key, val := it.Element()
		if collection.Type().IsSetType() {
			key = val
		}
		keys = append(keys, key)
	}
	return elements{len(keys), func(i int) element { return element{key: keys[i].AsString(), value: member(collection, keys[i])} }}, true
}

// rows are the rows of a table that a for_each goes over, if it does.
func (e *evaluator) rows(f *form, s *scope) (selection, bool) {
	if f.table != nil {
		if rows, ok := f.table.rows(e.library, s); ok {
			return rows, true
		}
	}
	return e.library.rows(f.forEach.attr.Expr, s.hcl())
}

func member(collection, key cty.Value) cty.Value {
	switch {
	case collection.Type().IsSetType():
		return key
	case collection.Type().IsObjectType():
		return collection.GetAttr(key.AsString())
	}
	return collection.Index(key)
}

// countable reports whether a for_each has no more elements than it may.
func (e *evaluator) countable(n int, at Range) bool {
	if n <= maxElements {
		return true
	}
	e.add(ruleLimit, at, lang.F("It has %d elements; %d are allowed.", "共有 %d 个元素，上限为 %d。", n, maxElements),
		lang.T("Split the table over several blocks.", "请把表格拆分到多个块。"))
	return false
}

func (e *evaluator) iterable(v cty.Value, at Range) bool {
	ty := v.Type()
	switch {
	case v.IsNull():
		e.add(ruleForEach, at, lang.T("The value is null.", "值为空（null）。"), lang.T("Give a map, or a set of strings.", "请给出 map 或字符串 set。"))
	case !v.IsWhollyKnown():
		return false // what made it unknown was reported
	case ty.IsSetType() && slices.ContainsFunc(v.AsValueSlice(), cty.Value.IsNull):
		e.add(ruleForEach, at, lang.T("One element is null.", "有一个元素为空（null）。"), lang.T("Remove it.", "请去掉它。"))
	case ty.IsMapType(), ty.IsObjectType(), ty.IsSetType() && ty.ElementType() == cty.String:
		return e.countable(v.LengthInt(), at)
	default:
		e.add(ruleForEach, at, lang.F("for_each cannot go over %[1]s: its elements have no keys.", "for_each 不能遍历%[2]s：其元素没有键。", friendly(v).EN, friendly(v).ZH),
			lang.T("Give a map: table(...), { ... }, or toset([...]) of strings.", "请使用 map：table(...)、{ ... }，或字符串的 toset([...])。"))
	}
	return false
}

// eval is the value of an expression without marks. ok is false when there is
// none; then the reason is reported.
func (e *evaluator) eval(expr hcl.Expression, s *scope) (cty.Value, bool) {
	if e.meter.spent() {
		return cty.DynamicVal, false // load reports it
	}
	before := e.count()
	v, diags := expr.Value(s.hcl())
	for _, d := range diags {
		if !e.missingMember(d) {
			e.addOneHCL(d)
		}
	}
	if diags.HasErrors() {
		return cty.DynamicVal, false
	}
	v, _ = v.UnmarkDeep()
	size := sizeOf(v)
	if size > maxTextSize {
		e.tooLarge(rangeOf(expr.Range()))
		return cty.DynamicVal, false
	}
	e.meter.weigh(size, rangeOf(expr.Range()))
	if !v.IsWhollyKnown() {
		if e.count() == before && !e.hasErrors() {
			e.add(ruleExpression, rangeOf(expr.Range()), lang.T("The value cannot be known.", "值无法确定。"), lang.T("Write the value.", "请直接写出值。"))
		}
		return v, false
	}
	return v, true
}

func (r *report) tooLarge(at Range) {
	r.add(ruleLimit, at, lang.F("The value is larger than %d bytes, or one of its numbers is.", "值超过 %d 字节，或其中的数字过大。", maxTextSize),
		lang.T("Make it smaller.", "请减小它。"))
}

func (r *report) tooMuch(at Range) {
	r.add(ruleLimit, at, lang.F("The large values of this catalog, each time they are used, are more than %d bytes.", "目录中的大值按使用次数累计超过 %d 字节。", maxWeighed),
		lang.T("Use large values less often.", "请减少对大值的使用次数。"))
}

// sizeOf is about how many bytes a value takes, counting no further than just
// above the limit: values may share parts, so that a small one looks endless.
func sizeOf(v cty.Value) int {
	size := 0
	var add func(cty.Value)
	add = func(v cty.Value) {
		size += 8
		switch ty := v.Type(); {
		case v.IsNull() || !v.IsKnown() || size > maxTextSize:
		case ty == cty.String:
			size += len(v.AsString())
		case ty == cty.Number:
			if exp := v.AsBigFloat().MantExp(nil); exp > maxBinaryExponent || exp < -maxBinaryExponent {
				size += maxTextSize
			}
		case v.CanIterateElements():
			for it := v.ElementIterator(); it.Next() && size <= maxTextSize; {
				_, item := it.Element()
				add(item)
			}
		}
	}
	add(v)
	return size
}

// maxBinaryExponent is about 10^±600.
const maxBinaryExponent = 2000

// node evaluates one element of a form. What is found about a product is held
// back for the builder (report.release).
func (e *evaluator) node(f *form, key string, s *scope) *node {
	if f.spec != &spuSpec {
		return e.evaluated(f, key, s)
	}
	e.hold = true
	n := e.evaluated(f, key, s)
	n.held, e.held, e.hold = e.held, nil, false
	return n
}

func (e *evaluator) evaluated(f *form, key string, s *scope) *node {
	n := &node{spec: f.spec, header: f.header(), at: f.header(), eachKey: key, repeated: f.forEach != nil, row: e.row, values: make(map[string]value, len(f.attrs))}
	if len(f.block.Labels) > 0 {
		n.label, n.at = f.block.Labels[0], rangeOf(f.block.LabelRanges[0])
	}
	if len(f.labels) == 1 {
		n.partial = !e.dynamicName(n, f, s)
	}
	for _, a := range f.attrs {
		n.values[a.spec.Name] = e.value(a, s)
	}
	for _, inner := range f.blocks {
		made := e.each(inner, s, func(key string, s *scope) {
			n.nodes = append(n.nodes, e.node(inner, key, s))
		})
		n.partial = n.partial || !made
	}
	return n
}

// dynamicName evaluates the label of a dynamic block.
func (e *evaluator) dynamicName(n *node, f *form, s *scope) bool {
	expr := f.labels[0]
	n.at = rangeOf(expr.Range())
	if f.label != nil {
		if p, ok := f.label(s); ok {
			n.label, ok = p.string()
			if ok {
				return true
			}
		}
	}
	v, ok := e.eval(expr, s)
	if !ok {
		return false
	}
	name, ok := e.convert(&AttrSpec{Name: "labels", Type: TypeString}, v, n.at)
	if !ok {
		return false
	}
	n.label, _ = name.(string)
	return true
}

func (e *evaluator) value(a formAttr, s *scope) value {
	if a.compiled != nil && !a.bad {
		if v, ok := a.compiled.value(a.spec, e.names, s); ok {
			return v
		}
	}
	expr := unparen(a.attr.Expr)
	at := rangeOf(expr.Range())
	out := value{at: spotOf(at)}
	if a.bad {
		return out
	}
	if a.spec.Type == TypeAttrs {
		if pairs, diags := hcl.ExprMap(expr); !diags.HasErrors() {
			out.v, out.ok = e.pairs(pairs, s)
			return out
		}
	}
	var items []Range
	if list, diags := hcl.ExprList(expr); !diags.HasErrors() {
		for _, item := range list {
			items = append(items, rangeOf(item.Range()))
			out.items = append(out.items, spotOf(items[len(items)-1]))
		}
	}
	v, ok := e.eval(expr, s)
	if ok {
		out.v, out.ok = e.convert(a.spec, v, at, items...)
	}
	return out
}

// pairs evaluates the items of an object constructor in the order in which they
// are written, which cty would forget.
func (e *evaluator) pairs(items []hcl.KeyValuePair, s *scope) ([]Attr, bool) {
	attrs, ok := make([]Attr, 0, len(items)), true
	seen := map[string]bool{}
	text := &AttrSpec{Name: "sku_attrs", Type: TypeString}
	for _, item := range items {
		key, keyOK := e.text(text, item.Key, s)
		given, valOK := e.eval(item.Value, s)
		if valOK && given.IsNull() {
			continue
		}
		val, valOK := e.textOf(text, given, rangeOf(item.Value.Range()), valOK)
		ok = ok && keyOK && valOK
		if keyOK && seen[key] {
			e.add(ruleSKUAttrKeyDup, rangeOf(item.Key.Range()), lang.F("%q stands twice in this SKU.", "%q 在该 SKU 中出现两次。", key), lang.T("Remove one of the two.", "请删除其中一个。"))
			ok = false
		}
		seen[key] = true
		attrs = append(attrs, Attr{Key: key, Value: val})
	}
	return attrs, ok
}

func (e *evaluator) text(spec *AttrSpec, expr hcl.Expression, s *scope) (string, bool) {
	v, ok := e.eval(expr, s)
	return e.textOf(spec, v, rangeOf(expr.Range()), ok)
}

func (e *evaluator) textOf(spec *AttrSpec, v cty.Value, at Range, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	s, ok := e.convert(spec, v, at)
	str, _ := s.(string)
	return str, ok
}
