package sheet

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/shopctl/shopctl/lang"
)

// row is one row of a sheet: the text of its cells. A number is its plain
// digits, not what a narrow column shows of it.
type row struct {
	number int // from 1, as people see it
	cells  []string
	// dates says which cells are dates; most rows have none.
	dates map[int]bool
}

func (r *row) cell(i int) string {
	if i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}

func (r *row) blank() bool {
	for _, c := range r.cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// source is an opened spreadsheet. It can be read several times.
type source interface {
	// sheets are the visible sheets that may hold products; a CSV has one, "".
	sheets() []string
	// rows calls yield for every row of a sheet, blank ones too, until it
	// returns false.
	rows(sheet string, yield func(row) bool) error
	// size is how many rows a sheet has, about, for telling the time left; 0 when
	// it is not known.
	size(sheet string) int
	// pictures are those that lie in the cells of a sheet.
	pictures(sheet string) (*embedded, error)
	close() error
}

// Error is a spreadsheet that cannot be read at all.
type Error struct {
	What, Remedy lang.Text
	Err          error // cause; may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.What.EN + ": " + e.Err.Error()
	}
	return e.What.EN
}

func (e *Error) Unwrap() error { return e.Err }

// The first bytes of what is no CSV, whatever its name says.
var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte("\xd0\xcf\x11\xe0") // .xls, and .xlsx with a password
)

// open looks at the content, not at the name: exports are often named wrongly.
func open(name string) (source, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	f.Close()
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	switch start := bytes.ToLower(bytes.TrimSpace(head)); {
	case bytes.HasPrefix(head, zipMagic):
		return openXLSX(name)
	case bytes.HasPrefix(head, oleMagic):
		return nil, &Error{What: lang.F("%s is an old .xls file, or it is protected by a password", "%s 是旧版 .xls 文件，或带有密码", filepath.Base(name)),
			Remedy: lang.T("Open it and save it as .xlsx without a password.", "请打开后另存为不带密码的 .xlsx。")}
	case bytes.HasPrefix(start, []byte("<")):
		return nil, &Error{What: lang.F("%s is a web page under the name of a spreadsheet", "%s 实际上是网页，只是用了表格的文件名", filepath.Base(name)),
			Remedy: lang.T("Open it with a spreadsheet program and save it as .xlsx.", "请用表格软件打开后另存为 .xlsx。")}
	}
	return openCSV(name)
}

// cellName is "C12" for column 2, row 12.
func cellName(column, number int) string {
	name, err := excelize.CoordinatesToCellName(column+1, number)
	if err != nil {
		return ""
	}
	return name
}
