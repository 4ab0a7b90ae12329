package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/shopctl/shopctl/lang"
)

// form is a block as it is written: its attributes and inner blocks are known
// and its references are checked, but nothing is evaluated. A block with
// for_each is one form and many nodes.
type form struct {
	spec   *BlockSpec
	block  *hcl.Block
	attrs  []formAttr
	blocks []*form
	// forEach repeats the block; nil when it stands for itself.
	forEach *formAttr
	// table is the for_each where it is a call of table that was compiled.
	table *compiledTable
	// iterator is the name under which the element is known inside: "each", or
	// for a dynamic block its label or what it says.
	iterator string
	// labels are the label expressions of a dynamic block, label the only one
	// where it was compiled.
	labels []hcl.Expression
	label  term
	// misspelt are attributes whose name was reported as unknown.
	misspelt map[string]bool
	// broken says that something about the block as a whole was reported: it
	// yields no nodes.
	broken bool
}

// formAttr is one attribute. Bad says that its references were reported already.
type formAttr struct {
	spec *AttrSpec
	attr *hcl.Attribute
	bad  bool
	// compiled is how it is evaluated without HCL, nil when it cannot be.
	compiled *compiled
}

func (f *form) attr(name string) *formAttr {
	for i := range f.attrs {
		if f.attrs[i].spec.Name == name {
			return &f.attrs[i]
		}
	}
	return nil
}

func (f *form) header() Range { return rangeOf(f.block.DefRange) }

// checker makes forms of blocks: it knows which names may be referred to.
type checker struct {
	*report
	names *names
	meter *meter
	byHCL bool // see LoadOptions
	// found is set inside of a product with as_found: what is missing there is
	// judged when its content is known.
	found bool
}

// form reads a block of the given spec; iterators are the names of the
// elements that its expressions may use.
func (c *checker) form(spec *BlockSpec, b *hcl.Block, iterators []string) *form {
	f := &form{spec: spec, block: b}
	content := c.readBody(spec, b.Body)
	f.misspelt = content.misspelt
	for _, attr := range content.attrs {
		if attr.Name == forEachSpec.Name {
			c.forEach(f, attr, iterators)
			f.iterator = "each"
			iterators = append(iterators[:len(iterators):len(iterators)], "each")
		}
	}
	for _, attr := range content.attrs {
		if attr.Name != forEachSpec.Name {
			f.attrs = append(f.attrs, c.attr(spec.attr(attr.Name), attr, iterators))
		}
	}
	outer := c.found
	c.found = c.found || f.attr(asFoundName) != nil
	c.blocks(f, content.blocks, iterators)
	c.required(f)
	c.found = outer
	return f
}

// attr checks one attribute. What is evaluated for many rows is compiled.
func (c *checker) attr(spec *AttrSpec, attr *hcl.Attribute, iterators []string) formAttr {
	a := formAttr{spec: spec, attr: attr, bad: !c.references(attr.Expr, iterators)}
	if len(iterators) > 0 && !c.byHCL {
		a.compiled = compileAttr(spec, attr.Expr, iterators)
	}
	return a
}

func (c *checker) forEach(f *form, attr *hcl.Attribute, iterators []string) {
	f.forEach = &formAttr{spec: &forEachSpec, attr: attr, bad: !c.references(attr.Expr, iterators)}
	if len(iterators) > 0 && !c.byHCL {
		f.table = compileTable(attr.Expr, iterators)
	}
}

func (c *checker) blocks(f *form, blocks []*hcl.Block, iterators []string) {
	first := map[string]*hcl.Block{}
	for _, b := range blocks {
		if b.Type == dynamicBlock {
			f.blocks = append(f.blocks, c.dynamic(f.spec.block(b.Labels[0]), b, iterators))
			continue
		}
		spec := f.spec.block(b.Type)
		if earlier := first[b.Type]; earlier != nil && spec.Single {
			c.add(ruleRepeatedBlock, rangeOf(b.DefRange),
				lang.F("%s stands already at %s.", "%s 已在 %s 出现。", b.Type, rangeOf(earlier.DefRange)),
				lang.T("Keep one of the two.", "请只保留一个。"))
			continue
		}
		first[b.Type] = b
		f.blocks = append(f.blocks, c.form(spec, b, iterators))
	}
}

// required reports what is missing, at the block's header.
func (c *checker) required(f *form) {
	for i := range f.spec.Attrs {
		spec := &f.spec.Attrs[i]
		idNeeded := spec.Name == "id" && f.forEach != nil && f.spec.Name == string(KindSPU)
		later := c.found || spec.Paper && f.attr(grantedName) != nil
		if (spec.Required && !later || idNeeded) && f.attr(spec.Name) == nil && !f.misspelt[spec.Name] {
			c.missing(f.spec, spec, f.header())
		}
	}
	if id := f.attr("id"); id != nil && f.forEach == nil && f.spec.ForEach {
		c.add(ruleIDWithoutEach, rangeOf(id.attr.NameRange),
			lang.T("Without for_each the label of the block is its id.", "没有 for_each 时，块的标签就是标识。"),
			lang.T("Remove id and put its value in the label.", "请删除 id，把它的值写在标签里。"))
	}
}

func (r *report) missing(block *BlockSpec, attr *AttrSpec, rng Range) {
	r.add(ruleMissing, rng,
		lang.F("%[1]s needs the attribute %[2]s: %[3]s", "%[1]s 必须有属性 %[2]s：%[4]s", block.Name, attr.Name, attr.Doc.EN, attr.Doc.ZH),
		lang.F("Add %[1]s = ..., %[2]s.", "请添加 %[1]s = ...，值为%[3]s。", attr.Name, attr.Type.Phrase().EN, attr.Type.Phrase().ZH))
}

// dynamic reads dynamic "name" { for_each, labels, iterator, content { ... } }.
func (c *checker) dynamic(spec *BlockSpec, b *hcl.Block, iterators []string) *form {
	outer := c.readBody(&dynamicSpec, b.Body)
	f := &form{spec: spec, block: b, iterator: spec.Name}
	for _, attr := range outer.attrs {
		switch attr.Name {
		case "for_each":
			c.forEach(f, attr, iterators)
		case "iterator":
			f.iterator = hcl.ExprAsKeyword(attr.Expr)
		}
	}
	iterators = append(iterators[:len(iterators):len(iterators)], f.iterator)
	for _, attr := range outer.attrs {
		if attr.Name == "labels" {
			f.labels, _ = hcl.ExprList(attr.Expr)
			f.broken = f.broken || !c.references(attr.Expr, iterators)
			if len(f.labels) == 1 && !c.byHCL {
				f.label = compile(f.labels[0], iterators)
			}
		}
	}
	f.broken = !c.wellFormed(f, len(outer.blocks)) || f.broken
	for _, content := range outer.blocks {
		inner := c.form(spec, &hcl.Block{Type: spec.Name, Body: content.Body, DefRange: content.DefRange, TypeRange: content.TypeRange}, iterators)
		f.attrs, f.blocks = inner.attrs, inner.blocks
	}
	return f
}

var dynamicSpec = BlockSpec{
	Name: dynamicBlock,
	Attrs: []AttrSpec{
		{Name: "for_each", Type: TypeAny}, {Name: "labels", Type: TypeStrings}, {Name: "iterator", Type: TypeString},
	},
	Blocks: []BlockSpec{{Name: "content"}},
}

func (c *checker) wellFormed(f *form, contents int) bool {
	var why lang.Text
	switch {
	case f.forEach == nil:
		why = lang.T("for_each is missing.", "缺少 for_each。")
	case f.iterator == "":
		why = lang.T("iterator must be a bare name.", "iterator 必须是一个名称（不加引号）。")
	case contents != 1:
		why = lang.F("It holds %d content blocks; it needs one.", "其中有 %d 个 content 块，应为一个。", contents)
	case len(f.labels) != 1:
		why = lang.T("labels must be a list of one expression.", "labels 必须是只含一个表达式的列表。")
	default:
		return true
	}
	c.add(ruleDynamic, rangeOf(f.block.DefRange), why,
		lang.T(`Write dynamic "sku" { for_each = ...  labels = [sku.key]  content { ... } }.`, `请写成 dynamic "sku" { for_each = ...  labels = [sku.key]  content { ... } }。`))
	return false
}

// unparen is the expression inside of round brackets.
func unparen(expr hcl.Expression) hcl.Expression {
	for {
		p, ok := expr.(*hclsyntax.ParenthesesExpr)
		if !ok {
			return expr
		}
		expr = p.Expression
	}
}
