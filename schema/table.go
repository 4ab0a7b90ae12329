package schema

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/shopctl/shopctl/lang"
)

// table is one CSV file: a header row and rows of text.
type table struct {
	file    string
	columns []string
	rows    []tableRow
	// indexes hold, for a set of filter columns, the rows of each combination of values.
	indexes map[string]map[string][]int
}

type tableRow struct {
	cells []string
	line  int // in the file, from 1
}

// The limits of tables. Cells take memory whether they hold something or not: a
// file of commas would need sixty times its size.
const (
	maxColumns     = 1000
	maxCells       = 10_000_000 // of one table, read row by row
	maxCellsAtOnce = 3_000_000  // of one value, which takes some 150 bytes for each
)

// parseTable reads CSV: UTF-8, with or without a byte order mark, or GBK.
func parseTable(file string, raw []byte) (*table, *callError) {
	text, refused := decodeText(file, raw)
	if refused != nil {
		return nil, refused
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	r.ReuseRecord = false
	t := &table{file: file, indexes: map[string]map[string][]int{}}
	for {
		record, err := r.Read()
		if record == nil && err != nil {
			if perr, ok := errors.AsType[*csv.ParseError](err); ok {
				return nil, tableError(file, perr.Line, lang.F("this is not CSV: %v", "不是有效的 CSV：%v", perr.Err))
			}
			break // the end: the reader has no other errors on bytes
		}
		line, _ := r.FieldPos(0)
		if refused := t.add(record, line); refused != nil {
			return nil, refused
		}
	}
	if t.columns == nil {
		return nil, tableError(file, 1, lang.T("the header row is missing", "缺少表头"))
	}
	return t, nil
}

// add takes the header, or one row.
func (t *table) add(record []string, line int) *callError {
	for i, cell := range record {
		record[i] = strings.TrimSpace(cell)
	}
	if t.columns == nil {
		return t.header(record, line)
	}
	blank := !slices.ContainsFunc(record, func(cell string) bool { return cell != "" })
	switch {
	case blank: // spreadsheets leave such rows at the end
		return nil
	case len(record) != len(t.columns):
		return tableError(t.file, line, lang.F("cells in this row: %d, in the header: %d", "该行有 %d 个单元格，表头有 %d 个", len(record), len(t.columns)))
	}
	if t.rows = append(t.rows, tableRow{record, line}); len(t.rows)*len(t.columns) > maxCells {
		return tableError(t.file, line, lang.F("the table has more than %d cells", "表格超过 %d 个单元格", maxCells))
	}
	return nil
}

func (t *table) header(columns []string, line int) *callError {
	if len(columns) > maxColumns {
		return tableError(t.file, line, lang.F("the table has %d columns; %d are allowed", "表格有 %d 列，上限为 %d 列", len(columns), maxColumns))
	}
	seen := map[string]bool{}
	for _, name := range columns {
		if name == "" || seen[name] {
			return tableError(t.file, line, lang.F("the column name %q is empty or stands twice", "列名 %q 为空或重复", name))
		}
		seen[name] = true
	}
	t.columns = columns
	return nil
}

func tableError(file string, line int, what lang.Text) *callError {
	at := file + ":" + strconv.Itoa(line)
	return &callError{rule: ruleTable, why: lang.T(at+": "+what.EN+".", at+"："+what.ZH+"。"),
		remedy: lang.T("Correct the table and save it as CSV with commas.", "请修正表格，并保存为逗号分隔的 CSV。")}
}

// decodeText returns UTF-8 of what spreadsheets write: UTF-8 with or without a
// byte order mark, or GBK (decoded as GB18030, which holds it).
func decodeText(file string, raw []byte) ([]byte, *callError) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return nil, tableError(file, 1, lang.T("the text is neither UTF-8 nor GBK", "文本既不是 UTF-8 也不是 GBK"))
		}
		raw = decoded
	}
	if i := bytes.IndexByte(raw, 0); i >= 0 {
		return nil, tableError(file, 1+bytes.Count(raw[:i], []byte("\n")), lang.T("it holds a NUL byte, so it is no text", "含有 NUL 字节，不是文本"))
	}
	return raw, nil
}

func (t *table) column(name string) (int, *callError) {
	for i, c := range t.columns {
		if c == name {
			return i, nil
		}
	}
	return 0, &callError{rule: ruleTable,
		why:    lang.F("%s has no column %q.", "%s 没有列 %q。", t.file, name),
		remedy: didYouMean(name, t.columns, lang.F("It has the columns %[1]s.", "它的列有 %[1]s。", strings.Join(t.columns, ", ")))}
}

// selectRows returns the numbers of the rows whose cells equal the filter, in
// file order, through an index over the filter's columns.
func (t *table) selectRows(filter map[string]string) ([]int, *callError) {
	names := sortedKeys(filter)
	columns := make([]int, len(names))
	want := make([]string, len(names))
	for i, name := range names {
		column, refused := t.column(name)
		if refused != nil {
			return nil, refused
		}
		columns[i], want[i] = column, filter[name]
	}
	name := strings.Join(names, "\x00")
	index := t.indexes[name]
	if index == nil {
		index = map[string][]int{}
		for i, row := range t.rows {
			key := row.key(columns)
			index[key] = append(index[key], i)
		}
		t.indexes[name] = index
	}
	return index[strings.Join(want, "\x00")], nil
}

// key joins the cells of some columns; cells hold no NUL.
func (r tableRow) key(columns []int) string {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = r.cells[c]
	}
	return strings.Join(cells, "\x00")
}

// selection are some rows of a table with their keys, in file order.
type selection struct {
	table *table
	rows  []int
	keys  []string
}

// value is the selection as objects by key.
func (s selection) value() cty.Value {
	if len(s.rows) == 0 {
		return cty.MapValEmpty(s.table.rowType())
	}
	objects := make(map[string]cty.Value, len(s.rows))
	for i, row := range s.rows {
		objects[s.keys[i]] = s.table.object(s.table.rows[row])
	}
	return cty.MapVal(objects)
}

// keys are the cells of the key column, which must differ and not be empty.
func (t *table) keys(rows []int, keyColumn string) ([]string, *callError) {
	column, refused := t.column(keyColumn)
	if refused != nil {
		return nil, refused.about(1)
	}
	lines := make(map[string]int, len(rows))
	keys := make([]string, 0, len(rows))
	for _, i := range rows {
		row := t.rows[i]
		key := cty.NormalizeString(row.cells[column])
		if refused := t.keyError(key, row.line, lines[key], keyColumn); refused != nil {
			return nil, refused
		}
		lines[key] = row.line
		keys = append(keys, key)
	}
	return keys, nil
}

func (t *table) keyError(key string, line, earlier int, column string) *callError {
	where := t.file + ":" + strconv.Itoa(line)
	switch {
	case key == "":
		return &callError{rule: ruleTableKey, why: lang.F("%s: the cell in the key column %q is empty.", "%s：键列 %q 的单元格为空。", where, column),
			remedy: lang.T("Fill the cell, or name another key column as second argument.", "请填写该单元格，或在第二个参数指定其他键列。")}
	case earlier != 0:
		return &callError{rule: ruleTableKey, why: lang.F("%s: the key %q stands already in line %d.", "%s：键 %q 已在第 %d 行出现。", where, key, earlier),
			remedy: lang.T("Give each row a key of its own.", "请让每行的键各不相同。")}
	}
	return nil
}

func (t *table) object(row tableRow) cty.Value {
	values := make(map[string]cty.Value, len(t.columns))
	for i, name := range t.columns {
		values[name] = cty.StringVal(row.cells[i])
	}
	return cty.ObjectVal(values)
}

func (t *table) rowType() cty.Type {
	types := make(map[string]cty.Type, len(t.columns))
	for _, name := range t.columns {
		types[name] = cty.String
	}
	return cty.Object(types)
}

func tooManyCells(name string) *callError {
	return &callError{rule: ruleLimit,
		why:    lang.F("%s has more than %d cells, too many for one value.", "%s 超过 %d 个单元格，无法作为一个值。", name, maxCellsAtOnce),
		remedy: lang.T("Write for_each = table(...) without anything around it, which goes row by row, or give a filter.", "请直接写 for_each = table(...)，逐行读取；或加上筛选条件。")}
}
