package schema

import (
	"bytes"
	"runtime"

	"github.com/hashicorp/hcl/v2"

	"github.com/shopctl/shopctl/internal/crash"
	"github.com/shopctl/shopctl/schema/literal"
)

// batchOfProducts are the products of one file. Where literal can read them,
// blocks is nil: the file is read when its turn comes and dropped again.
type batchOfProducts struct {
	file   string
	blocks []*hcl.Block
}

// products makes the SPUs of all files, in their order.
func (l *loader) products(c *checker, e *evaluator, b *builder) {
	p := &production{loader: l, checker: c, evaluator: e, builder: b, constants: e.root.constants, supply: &supply{attrs: map[string][]Attr{}}}
	e.counted = func(elements int) { l.pace.expect(elements - 1) }
	defer func() { e.counted = nil }()
	files := append(l.mixed, l.bulk...)
	for i, s := range inOrder(files, p.read) {
		p.file(files[i], s)
	}
	p.build()
}

// production turns files into products.
type production struct {
	*loader
	checker   *checker
	evaluator *evaluator
	builder   *builder
	constants map[string]plain
	supply    *supply
	// waiting are products that are not made yet: some at a time, so that their
	// pictures can be decoded side by side.
	waiting []*node
}

// atATime is how many products are made together.
const atATime = 256

func (p *production) wait(n *node) {
	if p.waiting = append(p.waiting, n); len(p.waiting) == atATime {
		p.build()
	}
}

func (p *production) build() {
	p.builder.spus(p.waiting)
	p.pace.products(len(p.waiting))
	for _, n := range p.waiting {
		p.supply.takeBack(n)
	}
	clear(p.waiting)
	p.waiting = p.waiting[:0]
}

// read reads a file for its products; nil when HCL has to. It reports nothing.
func (p *production) read(products batchOfProducts) *source {
	if products.blocks != nil {
		return nil
	}
	src, err := p.dir.read(products.file, maxSourceSize)
	if err != nil {
		return nil
	}
	return p.source(products.file, withoutMark(src))
}

// file makes nodes of the products of a file, s where literal could read it.
func (p *production) file(products batchOfProducts, s *source) {
	switch {
	case s != nil:
		d := &decoder{source: s, names: p.checker.names, constants: p.constants, supply: p.supply}
		for i := range s.Blocks {
			if b := &s.Blocks[i]; string(s.Bytes(b.Type)) == spuSpec.Name {
				p.literal(d, b)
			}
		}
		return
	case products.blocks == nil:
		if _, src, ok := p.scan(products.file); ok {
			products.blocks = p.parseBlocks(products.file, bytes.Clone(src))
		}
	}
	p.written(products.blocks)
}

// literal makes a node of a block without HCL, if it can be had so.
func (p *production) literal(d *decoder, b *literal.Block) {
	n, rest, ok := d.node(&spuSpec, b, nil)
	if !ok {
		p.written(p.parseBlock(d.source, b))
		return
	}
	p.evaluator.rest(p.checker, d.source, n, rest)
	p.wait(n)
}

// written makes nodes of products as HCL sees them.
func (p *production) written(blocks []*hcl.Block) {
	for _, block := range blocks {
		if block.Type == spuSpec.Name {
			p.evaluate(p.evaluator, p.checker.form(&spuSpec, block, nil), p.wait)
		}
	}
}

// rest evaluates the attributes of a product that are no literals. What is found
// about them is held back, as by evaluator.node.
func (e *evaluator) rest(c *checker, s *source, n *node, rest []left) {
	attrs := make([]formAttr, len(rest))
	for i, r := range rest {
		expr := s.expression(r.attr.Value)
		attrs[i] = c.attr(r.spec, &hcl.Attribute{Name: r.spec.Name, Expr: expr}, nil)
	}
	e.hold = true
	for i, a := range attrs {
		rest[i].node.values[a.spec.Name] = e.value(a, e.root)
	}
	n.held, e.held, e.hold = e.held, nil, false
}

// inOrder yields what work makes of each element, in their order. It works ahead
// on as many as there are processors.
func inOrder[T, R any](all []T, work func(T) R) func(yield func(int, R) bool) {
	return func(yield func(int, R) bool) {
		type made struct {
			result  R
			crashed *crash.Panic
		}
		done := make([]chan made, len(all))
		start := func(i int) {
			if i < len(all) {
				done[i] = make(chan made, 1)
				go func() {
					var m made
					m.crashed = crash.Catch(func() { m.result = work(all[i]) })
					done[i] <- m
				}()
			}
		}
		ahead := runtime.GOMAXPROCS(0)
		for i := range ahead {
			start(i)
		}
		for i := range all {
			m := <-done[i]
			m.crashed.Rethrow()
			done[i] = nil
			start(i + ahead)
			if !yield(i, m.result) {
				return
			}
		}
	}
}
