package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/shopctl/shopctl/schema/literal"
)

// decoder makes nodes of blocks as literal reads them, without HCL and without
// a word: a block that is not plainly right goes the long way (checker.form,
// evaluator.evaluated), which says what is wrong with it. So all findings have
// one origin, whichever way a block took.
type decoder struct {
	*source
	names     *names
	constants map[string]plain // what names in expressions stand for, by their text
	supply    *supply
}

// supply is what nodes of any file are made of.
type supply struct {
	// attrs are sales attributes by how they are written: a shop has few of them, and
	// each stands in thousands of SKUs. They are never changed.
	attrs map[string][]Attr
	nodes []*node // empty ones, to be used again
}

// maxShared is for how many different attributes it is worth looking.
const maxShared = 10_000

func (s *supply) node() *node {
	if last := len(s.nodes) - 1; last >= 0 {
		n := s.nodes[last]
		s.nodes = s.nodes[:last]
		return n
	}
	return &node{values: map[string]value{}}
}

// takeBack empties a node that nobody needs any more, and those in it.
func (s *supply) takeBack(n *node) {
	for _, inner := range n.nodes {
		s.takeBack(inner)
	}
	clear(n.values)
	*n = node{values: n.values, nodes: n.nodes[:0]}
	s.nodes = append(s.nodes, n)
}

// left is an attribute that HCL has to evaluate.
type left struct {
	node *node
	spec *AttrSpec
	attr *literal.Attr
}

// constantsOf are the texts and numbers that names stand for in all blocks.
func constantsOf(ctx *hcl.EvalContext) map[string]plain {
	constants := map[string]plain{}
	for root, object := range ctx.Variables {
		for it := object.ElementIterator(); it.Next(); {
			name, v := it.Element()
			if p, ok := plainOf(v); ok {
				constants[root+"."+name.AsString()] = p
			}
		}
	}
	return constants
}

// node makes a node of a block that repeats nothing. It is not ok when the block
// has to go the long way. What is left is evaluated and then set by the caller.
func (d *decoder) node(spec *BlockSpec, b *literal.Block, rest []left) (n *node, _ []left, ok bool) {
	n = d.bare(spec, b)
	if n == nil {
		return nil, nil, false
	}
	for i := range b.Attrs {
		a := spec.attr(string(d.Bytes(b.Attrs[i].Name)))
		if a == nil || a.Name == forEachSpec.Name || a.Name == "id" {
			return nil, nil, false
		}
		v := value{at: d.spot(b.Attrs[i].Value)}
		if v.v, v.ok = d.value(a, b.Attrs[i].Value, &v.items); !v.ok {
			rest = append(rest, left{n, a, &b.Attrs[i]})
		}
		n.values[a.Name] = v
	}
	if !n.complete() {
		return nil, nil, false
	}
	for i := range b.Blocks {
		kind := spec.block(string(d.Bytes(b.Blocks[i].Type)))
		if kind == nil || kind.Single && n.first(kind.Name) != nil {
			return nil, nil, false
		}
		var inner *node
		if inner, rest, ok = d.node(kind, &b.Blocks[i], rest); !ok {
			return nil, nil, false
		}
		n.nodes = append(n.nodes, inner)
	}
	return n, rest, true
}

// bare is the node of a block without its content; nil when its labels are wrong.
func (d *decoder) bare(spec *BlockSpec, b *literal.Block) *node {
	if spec.hasLabel() != (len(b.Labels) == 1) || len(b.Labels) > 1 {
		return nil
	}
	n := d.supply.node()
	n.spec = spec
	n.header = d.place(b.Type.Start, b.Type.End)
	n.at = n.header
	if len(b.Labels) == 1 {
		n.label, n.at = d.Label(b.Labels[0]), d.place(b.Labels[0].Start, b.Labels[0].End)
		n.header.End = n.at.End
		n.at.File = n.header.File
	}
	return n
}

// complete reports whether all attributes that are required were written.
func (n *node) complete() bool {
	for i := range n.spec.Attrs {
		if a := &n.spec.Attrs[i]; a.Required {
			if _, given := n.values[a.Name]; !given {
				return false
			}
		}
	}
	return true
}

// value is a literal as the Go type that the attribute's Type stands for, with
// the places of the elements of a list. It is not ok when HCL has to say what it
// is, or what is wrong with it.
func (d *decoder) value(spec *AttrSpec, v literal.Value, items *[]spot) (any, bool) {
	switch {
	case v.Kind == literal.List:
		return d.list(spec, v, items)
	case v.Kind == literal.Object && spec.Type == TypeAttrs:
		return d.sharedAttrs(v)
	case v.Kind == literal.Null:
		return nil, !spec.Required
	}
	p, ok := d.plain(v)
	if !ok {
		return nil, false
	}
	return p.as(spec, d.names, d.spot(v))
}

// plain is a value that needs no evaluation: a literal, the name of a constant,
// or a text with names of constants in it.
func (d *decoder) plain(v literal.Value) (plain, bool) {
	switch v.Kind {
	case literal.String, literal.Word:
		return plain{literal.String, d.Text(v)}, true
	case literal.Number:
		return plain{v.Kind, string(d.Raw(v))}, true
	case literal.True, literal.False:
		return plain{kind: v.Kind}, true
	case literal.Reference:
		p, ok := d.constants[string(d.Raw(v))]
		return p, ok
	case literal.Template:
		return d.template(v)
	}
	return plain{}, false
}

func (d *decoder) template(v literal.Value) (plain, bool) {
	pieces := d.Parts(v)
	if len(pieces) == 1 { // "${name}" is what name is
		return d.plain(pieces[0])
	}
	var text []byte
	for _, piece := range pieces {
		if piece.Kind == literal.Text {
			text = append(text, d.Text(piece)...)
			continue
		}
		p, ok := d.plain(piece)
		if !ok {
			return plain{}, false
		}
		text = append(text, p.text...)
	}
	return plain{literal.String, cty.NormalizeString(string(text))}, true
}

func (d *decoder) list(spec *AttrSpec, v literal.Value, items *[]spot) (any, bool) {
	element, isList := spec.element()
	if !isList {
		return nil, false
	}
	parts := d.Parts(v)
	list := make([]any, len(parts))
	places := make([]spot, len(parts))
	for i, part := range parts {
		p, ok := d.plain(part)
		if ok {
			list[i], ok = p.as(&element, d.names, d.spot(part))
		}
		if !ok {
			return nil, false
		}
		places[i] = d.spot(part)
	}
	*items = places
	return list, true
}

// sharedAttrs are the pairs of an object, the same list wherever the same is written
// out. What names stand for is the same in all files.
func (d *decoder) sharedAttrs(v literal.Value) ([]Attr, bool) {
	if attrs, known := d.supply.attrs[string(d.Raw(v))]; known {
		return attrs, true
	}
	attrs, ok := d.attrs(v)
	if ok && len(d.supply.attrs) < maxShared {
		d.supply.attrs[string(d.Raw(v))] = attrs
	}
	return attrs, ok
}

// attrs are the pairs of an object in the order in which they are written.
func (d *decoder) attrs(v literal.Value) ([]Attr, bool) {
	parts := d.Parts(v)
	attrs := make([]Attr, 0, len(parts)/2)
	for i := 0; i < len(parts); i += 2 {
		if parts[i+1].Kind == literal.Null {
			continue
		}
		p, ok := d.plain(parts[i+1])
		if !ok {
			return nil, false
		}
		text, ok := p.string()
		attr := Attr{Key: d.Text(parts[i]), Value: text}
		if !ok || hasKey(attrs, attr.Key) {
			return nil, false
		}
		attrs = append(attrs, attr)
	}
	return attrs, true
}

func hasKey(attrs []Attr, key string) bool {
	for i := range attrs {
		if attrs[i].Key == key {
			return true
		}
	}
	return false
}
