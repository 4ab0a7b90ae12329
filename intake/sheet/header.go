package sheet

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// Column is one column of a sheet and what it holds.
type Column struct {
	Index  int    `json:"-"` // from 0
	Name   string `json:"column"`
	Header string `json:"header"`
	Field  Field  `json:"field,omitempty"` // empty: nothing is imported from it
	// Arg is the number of a numbered column, or the name of an attribute with a
	// column of its own.
	Arg     string `json:"arg,omitempty"`
	Example string `json:"example,omitempty"` // of an unmapped column
}

// Header is the row that names the columns.
type Header struct {
	Sheet   string   `json:"sheet"`
	Row     int      `json:"row"` // from 1
	Columns []Column `json:"columns"`
}

// candidate says that a name may stand for a field; a lower rank is surer.
type candidate struct {
	field Field
	rank  int
}

// known are all names of columns with what they may stand for.
var known = func() map[string][]candidate {
	m := map[string][]candidate{}
	for i := range Fields {
		for rank, name := range Fields[i].names() {
			m[name] = append(m[name], candidate{Fields[i].Name, rank})
		}
	}
	return m
}()

// candidates are what a header may stand for, with its number.
func candidates(header string) (found []candidate, number string) {
	name := normal(header)
	if found = known[name]; found != nil {
		return found, ""
	}
	pattern, number := numbered(name)
	return known[pattern], number
}

// mayRepeat are the fields that several columns may hold.
func mayRepeat(f Field) bool {
	spec := specOf(f)
	return spec.Many || f == SKUAttrs || f == Attr || f == AttrName || f == AttrValue || f == Ignored
}

// recognise names the columns of a header row. Where several columns could
// hold a field, the surest name gets it, and the others what else they may mean.
func recognise(cells []string, mapping map[string]string) []Column {
	columns := make([]Column, 0, len(cells))
	for i, text := range cells {
		if strings.TrimSpace(text) == "" {
			continue
		}
		columns = append(columns, Column{Index: i, Name: columnName(i), Header: strings.TrimSpace(text)})
	}
	given := assignMapped(columns, mapping)
	for _, spec := range Fields {
		assign(columns, given, spec.Name)
	}
	return columns
}

// assignMapped takes what the mapping says, and returns which columns it names.
func assignMapped(columns []Column, mapping map[string]string) map[int]bool {
	given := map[int]bool{}
	for i := range columns {
		if text, ok := mapping[columns[i].Header]; ok {
			given[i] = true
			name, arg, _ := strings.Cut(text, argSeparator)
			columns[i].Field, columns[i].Arg = Field(name), arg
			if Field(name) == Attr && arg == "" {
				columns[i].Arg = columns[i].Header
			}
		}
	}
	return given
}

func assign(columns []Column, given map[int]bool, field Field) {
	best, bestRank := -1, 0
	for i := range columns {
		if columns[i].Field == field && given[i] && !mayRepeat(field) {
			return
		}
		if columns[i].Field != noField || given[i] {
			continue
		}
		found, number := candidates(columns[i].Header)
		at := slices.IndexFunc(found, func(c candidate) bool { return c.field == field })
		if at < 0 {
			continue
		}
		if mayRepeat(field) {
			columns[i].Field, columns[i].Arg = field, argument(field, columns[i].Header, number)
		} else if best < 0 || found[at].rank < bestRank {
			best, bestRank = i, found[at].rank
		}
	}
	if best >= 0 {
		columns[best].Field = field
	}
}

func argument(field Field, header, number string) string {
	switch field {
	case Attr, SKUAttrs:
		return header
	case Ignored:
		return ""
	}
	return number
}

// headerDepth is how many rows are looked at for a header: titles, remarks and
// blank rows may stand above it.
const headerDepth = 30

// findHeader is the first row of a sheet that names most columns. At least two
// must be recognised, one of them the product's id or its title.
func findHeader(src source, sheet string, m *Mapping) (*Header, error) {
	var best *Header
	score := 0
	err := src.rows(sheet, func(r row) bool {
		if m.Header > 0 && r.number < m.Header {
			return true
		}
		columns := recognise(r.cells, m.Columns)
		if n := recognised(columns); n > score || r.number == m.Header {
			best, score = &Header{Sheet: sheet, Row: r.number, Columns: columns}, n
		}
		return r.number < headerDepth && r.number != m.Header
	})
	if err != nil || best == nil {
		return nil, err
	}
	return best, src.rows(sheet, func(r row) bool {
		best.examples(r)
		return r.number < best.Row+headerDepth
	})
}

// recognised counts the fields; 0 when the row cannot be a header.
func recognised(columns []Column) int {
	fields := map[Field]bool{}
	for _, c := range columns {
		if c.Field != noField {
			fields[c.Field] = true
		}
	}
	if len(fields) < 2 || !fields[ProductID] && !fields[Title] {
		return 0
	}
	return len(fields)
}

// examples notes the first value of every column that is not mapped.
func (h *Header) examples(r row) {
	if r.number <= h.Row {
		return
	}
	for i := range h.Columns {
		if c := &h.Columns[i]; c.Field == noField && c.Example == "" {
			c.Example = strings.TrimSpace(r.cell(c.Index))
		}
	}
}

// Unmapped are the columns that nothing is imported from.
func (h *Header) Unmapped() []Column {
	var out []Column
	for _, c := range h.Columns {
		if c.Field == noField {
			out = append(out, c)
		}
	}
	return out
}

// of are the columns of a field, those with numbers in their order.
func (h *Header) of(f Field) []Column {
	var out []Column
	for _, c := range h.Columns {
		if c.Field == f {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Column) int { return cmp.Compare(ordinal(a.Arg), ordinal(b.Arg)) })
	return out
}

// column is the first column of a field; ok is false when there is none.
func (h *Header) column(f Field) (Column, bool) {
	if all := h.of(f); len(all) > 0 {
		return all[0], true
	}
	return Column{}, false
}

func ordinal(arg string) int {
	n, _ := strconv.Atoi(arg)
	return n
}

func columnName(i int) string { return strings.TrimRight(cellName(i, 1), "0123456789") }

// chooseSheet finds the sheet to read and its header: the one that was asked
// for, or the first whose header is recognised.
func chooseSheet(src source, name string, m *Mapping) (*Header, error) {
	sheets := src.sheets()
	if name != "" {
		if !slices.Contains(sheets, name) {
			return nil, &Error{What: lang.F("There is no sheet %q", "没有工作表 %q", name), Remedy: lang.F("There are: %s.", "现有：%s。", strings.Join(sheets, ", "))}
		}
		sheets = []string{name}
	}
	for _, sheet := range sheets {
		h, err := findHeader(src, sheet, m)
		if err != nil || h != nil {
			return h, err
		}
	}
	return nil, &Error{What: lang.T("No header row was found", "没有找到表头"),
		Remedy: lang.T("A header names the columns, at least the product's id and its title: docs/import.md lists the names. For other names, give a mapping: --map mapping.hcl with header = ROW.",
			"表头须写明各列名称，至少有商品编码和商品标题，可用的名称见 docs/import.zh-CN.md。其他名称请用 --map mapping.hcl 指定（header = 行号）。")}
}
