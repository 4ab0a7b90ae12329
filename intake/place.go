package intake

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// hclFile is a catalog file twice: as it is read, which tells what an attribute
// is, and as it is written, where comments and spaces are kept.
type hclFile struct {
	syntax    *hclsyntax.Body
	write     *hclwrite.File
	formatted bool // it was in the canonical form, and stays so
	changed   bool
	// added are attributes that a block did not have. hclwrite would put them
	// behind its inner blocks, so they are written last, behind its attributes.
	added []addition
}

// addition is a new attribute of the block at an index of the file, or of an
// inner block of it.
type addition struct {
	index         int
	kind, label   string // of the inner block; "" for the outer one
	attr, literal string
}

func (f *hclFile) bytes() ([]byte, error) {
	out := f.write.Bytes()
	for _, a := range f.added {
		var err error
		if out, err = a.into(out); err != nil {
			return nil, err
		}
	}
	if f.formatted {
		out = hclwrite.Format(out)
	}
	return out, nil
}

// neighbour is the attribute behind which another one is looked for.
var neighbour = map[string]string{"market_price": "sale_price", "brand": "category"}

// into inserts the attribute as a line behind the last attribute of its block.
func (a addition) into(src []byte) ([]byte, error) {
	parsed, diags := hclsyntax.ParseConfig(src, "", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	body := parsed.Body.(*hclsyntax.Body).Blocks[a.index].Body
	for _, b := range body.Blocks {
		if a.kind != "" && b.Type == a.kind && strings.Join(b.Labels, "") == a.label {
			body = b.Body
			break
		}
	}
	at, indent := body.SrcRange.Start.Byte+1, 1 // behind the brace
	for _, attr := range body.Attributes {
		if end := attr.SrcRange.End.Byte; end > at {
			at, indent = end, attr.SrcRange.Start.Column-1
		}
	}
	if before := body.Attributes[neighbour[a.attr]]; before != nil {
		at = before.SrcRange.End.Byte
	}
	if n := bytes.IndexByte(src[at:], '\n'); n >= 0 {
		at += n + 1
	}
	line := strings.Repeat(" ", indent) + a.attr + " = " + a.literal + "\n"
	return slices.Concat(src[:at], []byte(line), src[at:]), nil
}

func (d *Drift) hclFile(name string) (*hclFile, error) {
	if f := d.hcl[name]; f != nil {
		return f, nil
	}
	src, err := d.read(name)
	if err != nil {
		return nil, err
	}
	parsed, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	write, diags := hclwrite.ParseConfig(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	f := &hclFile{syntax: parsed.Body.(*hclsyntax.Body), write: write, formatted: bytes.Equal(hclwrite.Format(src), src)}
	d.hcl[name] = f
	return f, nil
}

func (d *Drift) csvFile(name string) (*csvFile, error) {
	if f := d.csv[name]; f != nil {
		return f, nil
	}
	raw, err := d.read(name)
	if err != nil {
		return nil, err
	}
	f, err := parseCSV(raw)
	if err == nil {
		d.csv[name] = f
	}
	return f, err
}

func (d *Drift) read(name string) ([]byte, error) {
	f, err := d.dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// place is where a product is declared.
type place struct {
	drift  *Drift
	accept *Accept
	file   *hclFile
	index  int              // of the block in the file
	outer  *hclsyntax.Block // nil when there is none that can be edited
	block  *hclwrite.Block
	// repeated is set for an element of for_each; row is its row, nil where that is
	// no row of a table.
	repeated bool
	row      *tableRow
}

// tableRow is one row of a CSV file.
type tableRow struct {
	file     string
	csv      *csvFile
	row      int
	iterator string // the name of the row in expressions: "each", "sku"
}

// open finds the block.
func (p *place) open() error {
	at := p.accept.Source.Range
	if strings.HasSuffix(at.File, ".json") {
		return nil
	}
	f, err := p.drift.hclFile(at.File)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(f.syntax.Blocks, func(b *hclsyntax.Block) bool { return b.DefRange().Start.Byte == at.Start.Byte })
	if i < 0 {
		return fmt.Errorf("%s holds no block any more", at)
	}
	p.file, p.index, p.outer, p.block = f, i, f.syntax.Blocks[i], f.write.Body().Blocks()[i]
	forEach := p.outer.Body.Attributes["for_each"]
	if forEach == nil {
		return nil
	}
	p.repeated = true
	ref, ok := p.table(forEach.Expr)
	if !ok {
		return nil
	}
	ref.cells[ref.key] = p.accept.Source.EachKey
	p.row, err = p.rowOf(ref, "each")
	return err
}

// tableRef is a call of table(): the file, its key column, and what the filter
// wants.
type tableRef struct {
	file, key string
	cells     map[string]string
}

// table reads a call of table() whose arguments are written out.
func (p *place) table(expr hclsyntax.Expression) (tableRef, bool) {
	ref := tableRef{key: "id", cells: map[string]string{}}
	call, ok := expr.(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "table" || len(call.Args) == 0 || len(call.Args) > 3 {
		return ref, false
	}
	if ref.file, ok = literalText(call.Args[0]); !ok {
		return ref, false
	}
	if len(call.Args) > 1 {
		if ref.key, ok = literalText(call.Args[1]); !ok {
			return ref, false
		}
	}
	if len(call.Args) < 3 {
		return ref, true
	}
	filter, ok := call.Args[2].(*hclsyntax.ObjectConsExpr)
	if !ok {
		return ref, false
	}
	for _, item := range filter.Items {
		column, keyOK := literalText(item.KeyExpr)
		value, valueOK := literalText(item.ValueExpr)
		if isTraversal(item.ValueExpr, "each", "key") {
			value, valueOK = p.accept.Source.EachKey, p.repeated
		}
		if !keyOK || !valueOK {
			return ref, false
		}
		ref.cells[column] = value
	}
	return ref, true
}

// rowOf finds the row of a reference; nil when there is none.
func (p *place) rowOf(ref tableRef, iterator string) (*tableRow, error) {
	f, err := p.drift.csvFile(ref.file)
	if err != nil {
		return nil, err
	}
	row := f.find(ref.cells)
	if row < 0 {
		return nil, nil
	}
	return &tableRow{ref.file, f, row, iterator}, nil
}

// literalText is the text of a literal, or of a bare key.
func literalText(expr hclsyntax.Expression) (string, bool) {
	if key, ok := expr.(*hclsyntax.ObjectConsKeyExpr); ok {
		if word := hcl.ExprAsKeyword(key.Wrapped); word != "" {
			return word, true
		}
		return literalText(key.Wrapped)
	}
	if !isLiteral(expr) {
		return "", false
	}
	v, diags := expr.Value(nil)
	if diags.HasErrors() || v.IsNull() || v.Type().FriendlyName() != "string" {
		return "", false
	}
	return v.AsString(), true
}

// isLiteral reports whether an expression is written out: another literal can
// stand in its place.
func isLiteral(expr hclsyntax.Expression) bool {
	if len(expr.Variables()) > 0 {
		return len(expr.Variables()) == 1 && expr.Variables()[0].RootName() == string(schema.KindBrand)
	}
	computed := false
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n.(type) {
		case *hclsyntax.FunctionCallExpr, *hclsyntax.ConditionalExpr, *hclsyntax.ForExpr, *hclsyntax.BinaryOpExpr:
			computed = true
		}
		return nil
	})
	return !computed
}

// isTraversal reports whether an expression is root.name.
func isTraversal(expr hclsyntax.Expression, root, name string) bool {
	t, ok := expr.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(t.Traversal) != 2 || t.Traversal.RootName() != root {
		return false
	}
	attr, ok := t.Traversal[1].(hcl.TraverseAttr)
	return ok && attr.Name == name
}

// cellRef is how an expression reads a cell: as it is, or as a list.
type cellRef struct {
	column    string
	list      bool
	separator string
}

// cellOf recognises the expressions that can be turned round: each.value.NAME,
// each.value["NAME"], CELL == "" ? null : CELL, split(SEPARATOR, CELL) and
// compact of it.
func cellOf(expr hclsyntax.Expression, iterator string) (cellRef, bool) {
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		return cellOf(e.Expression, iterator)
	case *hclsyntax.ConditionalExpr:
		return cellOf(e.FalseResult, iterator)
	case *hclsyntax.ScopeTraversalExpr:
		column, ok := columnOf(e.Traversal, iterator)
		return cellRef{column: column}, ok
	case *hclsyntax.TemplateWrapExpr:
		return cellOf(e.Wrapped, iterator)
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "compact" && len(e.Args) == 1 {
			return cellOf(e.Args[0], iterator)
		}
		if e.Name == "split" && len(e.Args) == 2 {
			separator, literal := literalText(e.Args[0])
			ref, ok := cellOf(e.Args[1], iterator)
			ref.list, ref.separator = true, separator
			return ref, ok && literal
		}
	}
	return cellRef{}, false
}

func columnOf(t hcl.Traversal, iterator string) (string, bool) {
	if len(t) != 3 || t.RootName() != iterator {
		return "", false
	}
	if value, ok := t[1].(hcl.TraverseAttr); !ok || value.Name != "value" {
		return "", false
	}
	switch step := t[2].(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		if step.Key.Type().FriendlyName() == "string" {
			return step.Key.AsString(), true
		}
	}
	return "", false
}

// value is the new value of an attribute: as a literal, "" for none, and as
// cells, of which a list has several.
type fieldValue struct {
	literal string
	cells   []string
}

// target is the block that an attribute stands in.
type target struct {
	kind, label string // "" for the product's own block
	syntax      *hclsyntax.Body
	write       *hclwrite.Body // nil where rows share the block
	row         *tableRow      // nil where no row of a table makes it
}

// set changes one attribute, in the block or in the cell that it reads.
func (p *place) set(path string, t target, attr string, old, value fieldValue) {
	present := t.syntax.Attributes[attr]
	line := p.outer.DefRange().Start.Line
	if present != nil {
		line = present.SrcRange.Start.Line
	}
	switch {
	case (t.write != nil || t.row != nil) && present == nil && value.literal == "":
		// it is not there, and need not be
	case t.write != nil && present == nil && oneLine(t.syntax):
		p.byHand(path, line, lang.T("the block stands on one line", "该块写在一行内"), attr+" = "+value.literal)
	case t.write != nil && present == nil:
		p.file.added = append(p.file.added, addition{p.index, t.kind, t.label, attr, value.literal})
		p.file.changed = true
		p.edited(path, p.accept.Source.Range.File, line, old, value)
	case t.write != nil && isLiteral(present.Expr):
		setLiteral(t.write, attr, value.literal)
		p.file.changed = true
		p.edited(path, p.accept.Source.Range.File, line, old, value)
	case t.row != nil && present != nil:
		p.setCell(path, present.Expr, line, old, value, t.row)
	case t.row != nil:
		p.byHand(path, line, lang.F("the block has no %s that reads a column", "该块没有读取列的 %s", attr), attr+" = "+value.literal)
	default:
		p.byHand(path, line, lang.T("an expression stands there that cannot be turned round", "此处是无法反向求值的表达式"), attr+" = "+value.literal)
	}
}

func oneLine(b *hclsyntax.Body) bool {
	return len(b.Attributes) > 0 && b.SrcRange.Start.Line == b.SrcRange.End.Line
}

func (p *place) setCell(path string, expr hclsyntax.Expression, line int, old, value fieldValue, row *tableRow) {
	ref, ok := cellOf(expr, row.iterator)
	column := row.csv.column(ref.column)
	text := strings.Join(value.cells, ref.separator)
	switch {
	case !ok || column < 0 || !ref.list && len(value.cells) > 1:
		p.byHand(path, line, lang.T("an expression stands there that cannot be turned round", "此处是无法反向求值的表达式"), value.literal)
	case !cellHolds(text):
		p.byHand(path, line, lang.T("a cell cannot hold the value: cells are trimmed", "单元格无法保存该值：单元格会去掉首尾空白"), value.literal)
	default:
		row.csv.set(row.row, column, text)
		p.edited(path, row.file, row.csv.rows[row.row].line, old, value)
	}
}

// setLiteral sets or removes an attribute. What stands behind it stays.
func setLiteral(body *hclwrite.Body, attr, literal string) {
	if literal == "" {
		body.RemoveAttribute(attr)
		return
	}
	file, _ := hclwrite.ParseConfig([]byte("x = "+literal+"\n"), "", hcl.InitialPos) // we made it
	body.SetAttributeRaw(attr, file.Body().GetAttribute("x").Expr().BuildTokens(nil))
}

func (p *place) edited(path, file string, line int, old, value fieldValue) {
	p.drift.Edits = append(p.drift.Edits, Edit{Address: p.accept.Address, Path: path, At: file + ":" + strconv.Itoa(line), Old: old.literal, New: value.literal})
}

func (p *place) byHand(path string, line int, why lang.Text, value string) {
	p.drift.Edits = append(p.drift.Edits, Edit{
		Address: p.accept.Address, Path: path, At: p.accept.Source.Range.File + ":" + strconv.Itoa(line), New: value, ByHand: true, Why: why,
	})
}
