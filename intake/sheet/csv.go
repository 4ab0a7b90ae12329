package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/shopctl/shopctl/lang"
)

// csvSource is a text file of cells: CSV or TSV in any encoding that
// spreadsheet programs write.
type csvSource struct {
	name     string
	encoding encoding.Encoding
	comma    rune
	lines    int
}

// openCSV reads the file once to learn its encoding.
func openCSV(name string) (source, error) {
	s := &csvSource{name: name}
	var err error
	if s.encoding, s.lines, err = encodingOf(name); err != nil {
		return nil, err
	}
	f, text, err := s.text()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s.comma = separatorOf(text)
	return s, nil
}

func (s *csvSource) sheets() []string                   { return []string{""} }
func (s *csvSource) pictures(string) (*embedded, error) { return &embedded{}, nil }
func (s *csvSource) size(string) int                    { return s.lines }
func (s *csvSource) close() error                       { return nil }

// text is the file as UTF-8 without a byte order mark.
func (s *csvSource) text() (*os.File, *bufio.Reader, error) {
	f, err := os.Open(s.name)
	if err != nil {
		return nil, nil, err
	}
	return f, bufio.NewReaderSize(transform.NewReader(f, s.encoding.NewDecoder()), 1<<16), nil
}

// encodingOf tells UTF-16 by its mark, UTF-8 by being valid, and takes the rest
// for GB18030, which holds GBK. It counts the lines on its way.
func encodingOf(name string) (enc encoding.Encoding, lines int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	if mark, _ := r.Peek(2); bytes.Equal(mark, []byte("\xff\xfe")) || bytes.Equal(mark, []byte("\xfe\xff")) {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), 0, nil
	}
	valid := true
	for {
		c, size, err := r.ReadRune()
		switch {
		case errors.Is(err, io.EOF) && valid:
			return unicode.UTF8BOM, lines, nil
		case errors.Is(err, io.EOF):
			return simplifiedchinese.GB18030, lines, nil
		case err != nil:
			return nil, 0, err
		case c == 0:
			return nil, 0, &Error{What: lang.F("%s is no text: it holds NUL bytes", "%s 不是文本文件：含有 NUL 字节", filepath.Base(name)),
				Remedy: lang.T("Save the sheet as .xlsx or as CSV.", "请把表格另存为 .xlsx 或 CSV。")}
		case c == utf8.RuneError && size == 1:
			valid = false
		case c == '\n':
			lines++
		}
	}
}

// separatorOf is the separator that the first lines hold most of, outside quotes.
func separatorOf(text *bufio.Reader) rune {
	head, _ := text.Peek(1 << 14)
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(head) {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted && strings.ContainsRune(",;\t|", c):
			counts[c]++
		}
	}
	best := ','
	for _, c := range "\t;|" { // a tab goes before marks that stand in texts
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

func (s *csvSource) rows(_ string, yield func(row) bool) error {
	f, text, err := s.text()
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(text)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = s.comma, -1, true
	folded := 0 // line breaks inside cells so far: they are lines of the file, not rows
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return &Error{What: lang.F("%s is not CSV", "%s 不是有效的 CSV", filepath.Base(s.name)), Err: err}
		}
		line, _ := r.FieldPos(0)
		number := line - folded
		for i := range cells {
			folded += strings.Count(cells[i], "\n")
			cells[i] = unwrapped(cells[i])
		}
		if !yield(row{number: number, cells: cells}) {
			return nil
		}
	}
}

// unwrapped takes off what programs put around digits to keep spreadsheets from
// changing them: ="0012", '0012, and a tab.
func unwrapped(cell string) string {
	cell = strings.Trim(cell, "\t")
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) {
		return strings.TrimSuffix(inner, `"`)
	}
	if rest, ok := strings.CutPrefix(cell, "'"); ok && rest != "" && strings.Trim(rest, "0123456789") == "" {
		return rest
	}
	return cell
}
