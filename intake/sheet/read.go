package sheet

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/schema"
)

// Options say how a sheet is read.
type Options struct {
	Sheet   string   // its name; empty: the first with a header that is recognised
	Mapping *Mapping // nil: by the names of the columns alone
	// Pictures is a folder of picture files that cells may name; empty for none.
	Pictures string
	// Catalog is the catalog directory, whose pictures cells may name by path.
	Catalog string
	// Stage is an empty directory in which new pictures are laid down.
	Stage string
	// Brands are those of the catalog, by block name; Tree is its category tree,
	// nil when it is not known; Qualified are the categories it has a
	// qualification for.
	Brands    map[string]*schema.Brand
	Tree      *schema.CategoryTree
	Qualified map[uint64]bool
	// Images is what the shop does with pictures that are too large.
	Images schema.ImagePolicy
	// Present are products that the catalog declares already and that the sheet may
	// change: what it has no value for stays as it is. Nil when nothing is changed.
	Present map[string]*schema.SPU
	// Progress is called now and then with the number of rows read and how many
	// there are about, Checked with the number of products that were checked.
	Progress, Checked func(done, total int)
}

// Result is what a sheet holds.
type Result struct {
	Header Header `json:"header"`
	Rows   int    `json:"rows"` // below the header, blank ones left out
	// SPUs are the products that can be taken, sorted by id. A product is taken
	// with all of its rows or not at all.
	SPUs []*schema.SPU `json:"-"`
	// Bad is how many products cannot be taken; Problems are the reasons, Warnings
	// what is worth knowing of the others. Both are in the order of the sheet.
	Bad      int              `json:"bad"`
	Problems []intake.Problem `json:"problems"`
	Warnings []intake.Problem `json:"warnings"`
	// Files are the new pictures of the products that can be taken, by path.
	Files map[string]func() (io.ReadCloser, error) `json:"-"`

	badRows map[int]bool
}

// Book is an opened spreadsheet.
type Book struct{ src source }

// Open opens a workbook or a text table, whichever the content is.
func Open(name string) (*Book, error) {
	src, err := open(name)
	if err != nil {
		return nil, err
	}
	return &Book{src}, nil
}

// Close ends the reading.
func (b *Book) Close() error { return b.src.close() }

// Header finds the sheet to read and the meaning of its columns.
func (b *Book) Header(opt *Options) (*Header, error) {
	m := opt.mapping()
	return chooseSheet(b.src, cmp.Or(opt.Sheet, m.Sheet), m)
}

func (opt *Options) mapping() *Mapping {
	if opt.Mapping == nil {
		return &Mapping{}
	}
	return opt.Mapping
}

// Read reads all products of a sheet and finds everything that is wrong with
// them, until the context ends.
func (b *Book) Read(ctx context.Context, opt *Options) (*Result, error) {
	header, err := b.Header(opt)
	if err != nil {
		return nil, err
	}
	a, err := newAssembler(b.src, header, opt)
	if err != nil {
		return nil, err
	}
	if opt.Present == nil {
		a.missingColumns()
	}
	if len(a.problems) > 0 {
		return a.result(), nil
	}
	err = b.src.rows(header.Sheet, func(r row) bool {
		if r.number > header.Row && !r.blank() {
			a.row(&r)
		}
		return ctx.Err() == nil
	})
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return nil, err
	}
	a.finish()
	if err := a.check(); err != nil {
		return nil, err
	}
	return a.result(), nil
}

// result gathers what was read.
func (a *assembler) result() *Result {
	r := &Result{Header: *a.header, Rows: a.rows, badRows: a.badRows, Files: map[string]func() (io.ReadCloser, error){}}
	for _, d := range a.drafts {
		if d.bad {
			r.Bad++
			for _, n := range d.rows {
				a.badRows[n] = true
			}
			continue
		}
		r.SPUs = append(r.SPUs, d.spu)
		for _, img := range Pictures(d.spu) {
			if a.album.staged[img.Path] {
				r.Files[img.Path] = a.album.open(img.Path)
			}
		}
	}
	slices.SortFunc(r.SPUs, func(x, y *schema.SPU) int { return strings.Compare(x.OutProductID, y.OutProductID) })
	r.Problems, r.Warnings = inOrder(a.problems), inOrder(a.warnings)
	return r
}

// Pictures are all pictures of a product.
func Pictures(s *schema.SPU) []schema.Image {
	all := slices.Concat(s.HeadImg, s.DescInfo.Imgs, s.QualificationPics)
	for _, sku := range s.SKUs {
		all = append(all, sku.ThumbImg)
	}
	return all
}

func inOrder(problems []intake.Problem) []intake.Problem {
	slices.SortStableFunc(problems, func(x, y intake.Problem) int { return cmp.Compare(x.Row, y.Row) })
	return problems
}

// Defaults merges defaults; those given last win.
func Defaults(all ...map[string]string) map[string]string {
	merged := map[string]string{}
	for _, m := range all {
		maps.Copy(merged, m)
	}
	return merged
}

// Workbook reports whether the book is an XLSX; otherwise it is a text table.
func (b *Book) Workbook() bool {
	_, ok := b.src.(*xlsxSource)
	return ok
}
