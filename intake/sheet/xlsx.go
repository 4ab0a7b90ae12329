package sheet

import (
	"archive/zip"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/shopctl/shopctl/lang"
)

// xlsxSource reads a workbook: rows as a stream, and the few parts that do not
// come with rows (merged ranges, pictures) from the archive itself, because
// excelize would hold the whole sheet in memory for them.
type xlsxSource struct {
	name    string
	book    *excelize.File
	archive *zip.ReadCloser
	parts   map[string]string // sheet name to its part of the archive
	dated   bool              // some style of the book is a date
}

// The largest workbook that is opened. What a part says of its size is true: the
// reader of archives stops where it was a lie.
const (
	maxParts    = 100_000
	maxUnpacked = 1 << 30 // bytes of all parts together
)

var errBomb = errors.New("it unpacks to more than a workbook holds")

// sane refuses archives that are small and unpack to something huge.
func sane(archive *zip.Reader) error {
	var unpacked uint64
	for _, part := range archive.File {
		unpacked += min(part.UncompressedSize64, maxUnpacked+1)
	}
	if len(archive.File) > maxParts || unpacked > maxUnpacked {
		return errBomb
	}
	return nil
}

func openXLSX(name string) (source, error) {
	archive, err := zip.OpenReader(name)
	if err == nil {
		if err = sane(&archive.Reader); err != nil {
			archive.Close()
		}
	}
	if err != nil {
		return nil, notAWorkbook(name, err)
	}
	book, err := excelize.OpenFile(name)
	if err != nil {
		archive.Close()
		return nil, notAWorkbook(name, err)
	}
	s := &xlsxSource{name: name, book: book, archive: archive, dated: hasDates(book)}
	if s.parts, err = sheetParts(&archive.Reader); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func notAWorkbook(name string, err error) error {
	return &Error{What: lang.F("%s cannot be read as a workbook", "无法将 %s 作为工作簿读取", filepath.Base(name)),
		Remedy: lang.T("Open it with a spreadsheet program and save it as .xlsx again.", "请用表格软件打开后重新另存为 .xlsx。"), Err: err}
}

func (s *xlsxSource) close() error { return errors.Join(s.book.Close(), s.archive.Close()) }

var dimension = regexp.MustCompile(`<(?:\w+:)?dimension ref="[A-Z]+[0-9]+:([A-Z]+[0-9]+)"`)

// size reads what the sheet says of itself before its cells.
func (s *xlsxSource) size(sheet string) int {
	f, err := s.archive.Open(s.parts[sheet])
	if err != nil {
		return 0
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, _ := io.ReadFull(f, head) // a short part is as good
	if m := dimension.FindSubmatch(head[:n]); m != nil {
		_, rows, _ := excelize.CellNameToCoordinates(string(m[1]))
		return rows
	}
	return 0
}

// sheets leaves out hidden sheets, and those that export writes for itself.
func (s *xlsxSource) sheets() []string {
	var names []string
	for _, name := range s.book.GetSheetList() {
		if visible, err := s.book.GetSheetVisible(name); err == nil && visible && !strings.HasPrefix(name, "_") {
			names = append(names, name)
		}
	}
	return names
}

// rows streams a sheet. Merged ranges are filled with the value of their first cell.
func (s *xlsxSource) rows(sheet string, yield func(row) bool) error {
	merges, err := s.merges(sheet)
	if err != nil {
		return err
	}
	plain, err := s.book.Rows(sheet)
	if err != nil {
		return err
	}
	defer plain.Close()
	shown, err := s.book.Rows(sheet) // read only in books with dates
	if err != nil {
		return err
	}
	defer shown.Close()
	for number := 1; plain.Next(); number++ {
		cells, err := plain.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		r := row{number: number, cells: cells}
		if s.dated && shown.Next() {
			looks, err := shown.Columns()
			if err != nil {
				return err
			}
			r.dates = datesAmong(cells, looks)
		}
		merges.fill(&r)
		if !yield(r) {
			return nil
		}
	}
	return plain.Error()
}

var (
	dateFormat = regexp.MustCompile(`(?i)y|d|[年月日]`)
	dateText   = regexp.MustCompile(`\d\s*[-/年月.]\s*\d|\d[年月日]|[A-Za-z]{3}-\d|\d-[A-Za-z]{3}`)
)

// hasDates reports whether any cell style of a book shows numbers as dates.
func hasDates(book *excelize.File) bool {
	for i := 0; ; i++ {
		style, err := book.GetStyle(i)
		if err != nil {
			return false
		}
		n := style.NumFmt
		builtIn := n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58
		if builtIn || style.CustomNumFmt != nil && dateFormat.MatchString(withoutLiterals(*style.CustomNumFmt)) {
			return true
		}
	}
}

var literals = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.`)

// withoutLiterals drops quoted text and colours of a number format: [Red] is no date.
func withoutLiterals(format string) string { return literals.ReplaceAllString(format, "") }

// datesAmong finds the numbers that the sheet shows as dates.
func datesAmong(cells, looks []string) map[int]bool {
	var dates map[int]bool
	for i, c := range cells {
		if i >= len(looks) || looks[i] == c || !dateText.MatchString(looks[i]) {
			continue
		}
		if _, err := strconv.ParseFloat(c, 64); err != nil {
			continue
		}
		if dates == nil {
			dates = map[int]bool{}
		}
		dates[i] = true
		cells[i] = looks[i] // what people see is what the report must name
	}
	return dates
}
