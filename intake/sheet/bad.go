package sheet

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/shopctl/shopctl/lang"
)

// rowWriter takes the rows of a new sheet.
type rowWriter interface {
	write(cells []string) error
	close() error
}

// WriteBad writes the rows of the products that were not taken to a new file in
// the form of the source, each with the reasons in a first column. The file can
// be corrected and imported like the source: its header is the same.
func (b *Book) WriteBad(name string, r *Result, l lang.Lang) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	w, err := b.badWriter(f, r)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	defer func() { err = errors.Join(err, w.close(), f.Close()) }()
	reasons := r.reasons(l)
	var failed error
	err = b.src.rows(r.Header.Sheet, func(row row) bool {
		switch {
		case row.number == r.Header.Row:
			failed = w.write(append([]string{reasonHeader.In(l)}, row.cells...))
		case row.number > r.Header.Row && r.badRows[row.number]:
			failed = w.write(append([]string{reasons[row.number]}, row.cells...))
		}
		return failed == nil
	})
	return errors.Join(err, failed)
}

// reasonHeader is a header that import ignores.
var reasonHeader = lang.T("Reason", "原因")

// reasons are what is wrong with each row. A row that is bad only because of
// another row of its product says so.
func (r *Result) reasons(l lang.Lang) map[int]string {
	all := map[int]string{}
	for _, p := range r.Problems {
		text := strings.TrimSpace(p.Cell + " " + p.Why.In(l) + " " + p.Remedy.In(l))
		if all[p.Row] != "" {
			text = all[p.Row] + "\n" + text
		}
		all[p.Row] = text
	}
	for number := range r.badRows {
		if all[number] == "" {
			all[number] = lang.T("Another row of this product has a mistake.", "该商品的其他行有误。").In(l)
		}
	}
	return all
}

func (b *Book) badWriter(f io.Writer, r *Result) (rowWriter, error) {
	if s, ok := b.src.(*csvSource); ok {
		if _, err := io.WriteString(f, "\ufeff"); err != nil { // or Excel takes it for GBK
			return nil, err
		}
		w := csv.NewWriter(f)
		w.Comma = s.comma
		return &csvRows{w}, nil
	}
	book := excelize.NewFile()
	sheet := r.Header.Sheet
	if err := book.SetSheetName("Sheet1", sheet); err != nil {
		return nil, err
	}
	stream, err := book.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	return &xlsxRows{out: f, book: book, stream: stream}, nil
}

type csvRows struct{ w *csv.Writer }

func (c *csvRows) write(cells []string) error { return c.w.Write(cells) }

func (c *csvRows) close() error {
	c.w.Flush()
	return c.w.Error()
}

type xlsxRows struct {
	out    io.Writer
	book   *excelize.File
	stream *excelize.StreamWriter
	number int
}

func (x *xlsxRows) write(cells []string) error {
	x.number++
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = c
	}
	return x.stream.SetRow(cellName(0, x.number), values)
}

func (x *xlsxRows) close() error {
	return errors.Join(x.stream.Flush(), x.book.Write(x.out), x.book.Close())
}
