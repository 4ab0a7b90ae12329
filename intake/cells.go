package intake

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// csvFile is a CSV file whose cells can be changed one by one. Everything else
// stays as it is, byte for byte: encoding, byte order mark, line ends, quotes.
type csvFile struct {
	text    []byte // UTF-8, without a byte order mark
	bom     bool
	gbk     bool
	eol     string
	columns []string
	rows    []csvRow
	splices []splice
}

// csvRow is one record: its bytes in the text, its line end included, and its
// cells.
type csvRow struct {
	start, end int
	line       int // in the file, from 1
	cells      []csvCell
}

type csvCell struct {
	start, end int
	value      string // trimmed, as a catalog reads it
}

// splice puts new text in the place of bytes.
type splice struct {
	start, end int
	text       string
	cell       bool // else a whole row
}

// parseCSV reads a file that a catalog has read already, so that it is known to
// be CSV in UTF-8 or GBK.
func parseCSV(raw []byte) (*csvFile, error) {
	f := &csvFile{eol: "\n"}
	f.text, f.bom = bytes.CutPrefix(raw, []byte(byteOrderMark))
	if !utf8.Valid(f.text) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(f.text)
		if err != nil {
			return nil, err
		}
		f.text, f.gbk = decoded, true
	}
	if bytes.Contains(f.text, []byte("\r\n")) {
		f.eol = "\r\n"
	}
	line := 1
	for pos := 0; pos < len(f.text); {
		row := csvRow{start: pos, line: line}
		pos = f.record(&row)
		line += bytes.Count(f.text[row.start:pos], []byte("\n"))
		switch {
		case len(row.cells) == 1 && row.cells[0].value == "":
		case f.columns == nil:
			for _, c := range row.cells {
				f.columns = append(f.columns, c.value)
			}
		default:
			f.rows = append(f.rows, row)
		}
	}
	return f, nil
}

// record reads one record and returns where the next one begins.
func (f *csvFile) record(row *csvRow) int {
	pos := row.start
	for {
		cell := csvCell{start: pos}
		if pos < len(f.text) && f.text[pos] == '"' {
			pos = f.quoted(pos)
			inner := strings.TrimSuffix(string(f.text[cell.start+1:pos]), `"`)
			cell.value = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(inner, `""`, `"`), "\r\n", "\n"))
		} else {
			if n := bytes.IndexAny(f.text[pos:], ",\n"); n >= 0 {
				pos += n
			} else {
				pos = len(f.text)
			}
			if pos > cell.start && f.text[pos-1] == '\r' {
				pos--
			}
			cell.value = strings.TrimSpace(string(f.text[cell.start:pos]))
		}
		cell.end = pos
		row.cells = append(row.cells, cell)
		if pos < len(f.text) && f.text[pos] == ',' {
			pos++
			continue
		}
		pos += len(f.text[pos:]) - len(bytes.TrimPrefix(bytes.TrimPrefix(f.text[pos:], []byte("\r")), []byte("\n")))
		row.end = pos
		return pos
	}
}

// quoted returns where a quoted cell ends, behind its last quote.
func (f *csvFile) quoted(pos int) int {
	for pos++; pos < len(f.text); pos++ {
		if f.text[pos] != '"' {
			continue
		}
		if pos+1 < len(f.text) && f.text[pos+1] == '"' {
			pos++
			continue
		}
		return pos + 1
	}
	return len(f.text)
}

func (f *csvFile) column(name string) int { return slices.Index(f.columns, name) }

// find is the row whose cells are as given, or -1.
func (f *csvFile) find(cells map[string]string) int {
	for i := range f.rows {
		if f.matches(i, cells) {
			return i
		}
	}
	return -1
}

func (f *csvFile) matches(row int, cells map[string]string) bool {
	r := f.rows[row]
	for name, want := range cells {
		if i := f.column(name); i < 0 || i >= len(r.cells) || r.cells[i].value != want {
			return false
		}
	}
	return true
}

// set changes one cell; the last change of a cell counts.
func (f *csvFile) set(row, column int, value string) {
	c := f.rows[row].cells[column]
	f.splices = slices.DeleteFunc(f.splices, func(s splice) bool { return s.cell && s.start == c.start })
	f.splices = append(f.splices, splice{c.start, c.end, csvText(value), true})
}

func (f *csvFile) remove(row int) {
	f.splices = append(f.splices, splice{f.rows[row].start, f.rows[row].end, "", false})
}

// insert adds a row behind another one.
func (f *csvFile) insert(after int, cells map[string]string) {
	record := make([]string, len(f.columns))
	for i, name := range f.columns {
		record[i] = csvText(cells[name])
	}
	at := f.rows[after].end
	text := strings.Join(record, ",") + f.eol
	if at == len(f.text) && !bytes.HasSuffix(f.text, []byte("\n")) {
		text = f.eol + strings.TrimSuffix(text, f.eol)
	}
	f.splices = append(f.splices, splice{at, at, text, false})
}

// csvText is a cell as it stands in the file.
func csvText(value string) string {
	if strings.ContainsAny(value, "\",\r\n") || strings.TrimSpace(value) != value {
		return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
	}
	return value
}

// bytes is the file with all changes, in its own encoding.
func (f *csvFile) bytes() ([]byte, error) {
	slices.SortStableFunc(f.splices, func(a, b splice) int { return a.start - b.start })
	var out bytes.Buffer
	if f.bom {
		out.WriteString(byteOrderMark)
	}
	text, pos := []byte(nil), 0
	for _, s := range f.splices {
		text = append(append(text, f.text[pos:s.start]...), s.text...)
		pos = s.end
	}
	text = append(text, f.text[pos:]...)
	if f.gbk {
		encoded, err := simplifiedchinese.GB18030.NewEncoder().Bytes(text)
		if err != nil {
			return nil, err
		}
		text = encoded
	}
	out.Write(text)
	return out.Bytes(), nil
}
