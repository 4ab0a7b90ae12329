package intake

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/shopctl/shopctl/schema"
)

// Locator finds where in the files the fields of declared objects stand, for
// those who write a word beside them.
type Locator struct{ files *Drift }

// NewLocator looks into a catalog directory. The caller closes it.
func NewLocator(dir string) (*Locator, error) {
	files, err := PlanDrift(dir, nil)
	if err != nil {
		return nil, err
	}
	return &Locator{files}, nil
}

// Close lets go of the directory.
func (l *Locator) Close() error { return l.files.Close() }

// Find is the place of a field, named as plans name it ("title",
// "desc_info.imgs", "sku.27359029914.sale_price"; "" for the object itself): the
// attribute, the cell's row where a table gives the value, or the object's own
// place where nothing closer can be told.
func (l *Locator) Find(source schema.Source, path string) schema.Range {
	p := &place{drift: l.files, accept: &Accept{Source: source}}
	if err := p.open(); err != nil || p.outer == nil {
		return source.Range
	}
	home := source.Range
	if p.row != nil {
		home = p.row.place()
	}
	attr := attributeAt(p.outer.Body, path)
	if attr == nil {
		return home
	}
	if p.row != nil {
		if ref, ok := cellOf(attr.Expr, p.row.iterator); ok && ref.column != "" {
			return home
		}
	}
	return placeOf(attr.SrcRange)
}

// attributeAt finds an attribute in a block or in a block within. SKUs have
// their out_sku_id as label, which may hold dots.
func attributeAt(body *hclsyntax.Body, path string) *hclsyntax.Attribute {
	if attr := body.Attributes[path]; attr != nil {
		return attr
	}
	for _, b := range body.Blocks {
		prefix := strings.Join(append([]string{b.Type}, b.Labels...), ".") + "."
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			return attributeAt(b.Body, rest)
		}
	}
	return nil
}

func (r *tableRow) place() schema.Range {
	line := r.csv.rows[r.row].line
	at := schema.Pos{Line: line, Column: 1, Byte: r.csv.rows[r.row].start}
	return schema.Range{File: r.file, Start: at, End: schema.Pos{Line: line, Column: 1, Byte: r.csv.rows[r.row].end}}
}

func placeOf(r hcl.Range) schema.Range {
	pos := func(p hcl.Pos) schema.Pos { return schema.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte} }
	return schema.Range{File: r.Filename, Start: pos(r.Start), End: pos(r.End)}
}
