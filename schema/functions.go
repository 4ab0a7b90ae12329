package schema

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/shopctl/shopctl/lang"
)

// functionNames are the names of all functions, for suggestions.
func functionNames() []string {
	names := make([]string, len(functionSpecs))
	for i, f := range functionSpecs {
		names[i] = f.Name
	}
	return names
}

// library are the functions that read the catalog directory; nothing else of
// the world is within reach of an expression.
type library struct {
	dir    *directory
	tree   *CategoryTree
	tables map[string]*table
	keyed  map[string]cty.Value // results of table() without a filter
}

func newLibrary(dir *directory, tree *CategoryTree) *library {
	return &library{dir: dir, tree: tree, tables: map[string]*table{}, keyed: map[string]cty.Value{}}
}

func (l *library) functions() map[string]function.Function {
	all := make(map[string]function.Function, len(functionSpecs))
	for _, f := range functionSpecs {
		all[f.Name] = f.standard
	}
	text := func(name string) function.Parameter { return function.Parameter{Name: name, Type: cty.String} }
	all["file"] = function.New(&function.Spec{Params: []function.Parameter{text("path")}, Type: function.StaticReturnType(cty.String), Impl: l.file})
	all["glob"] = function.New(&function.Spec{Params: []function.Parameter{text("pattern")}, Type: function.StaticReturnType(cty.List(cty.String)), Impl: l.glob})
	all["category"] = function.New(&function.Spec{Params: []function.Parameter{text("path")}, Type: function.StaticReturnType(cty.DynamicPseudoType), Impl: l.category})
	all["table"] = function.New(&function.Spec{Params: []function.Parameter{text("path")},
		VarParam: &function.Parameter{Name: "key_column_and_filter", Type: cty.DynamicPseudoType},
		Type:     function.StaticReturnType(cty.DynamicPseudoType), Impl: l.table})
	return all
}

// file returns the text of a file of the catalog.
func (l *library) file(args []cty.Value, _ cty.Type) (cty.Value, error) {
	name := args[0].AsString()
	raw, refused := l.read(name, maxTextSize)
	if refused != nil {
		return cty.NilVal, refused
	}
	if !utf8.Valid(raw) {
		return cty.NilVal, &callError{rule: ruleEncoding, why: lang.F("%s is not UTF-8 text.", "%s 不是 UTF-8 文本。", name), remedy: lang.T("Save it as UTF-8.", "请保存为 UTF-8。")}
	}
	return cty.StringVal(strings.TrimPrefix(string(raw), "\ufeff")), nil
}

// read reads a file for a function.
func (l *library) read(name string, limit int64) ([]byte, *callError) {
	cleaned, err := clean(name)
	var raw []byte
	if err == nil {
		raw, err = l.dir.read(cleaned, limit)
	}
	if err != nil {
		rl, why, remedy := readFailure(name, err)
		return nil, &callError{rule: rl, why: why, remedy: remedy}
	}
	return raw, nil
}

// readFailure says why a file of the catalog could not be read.
func readFailure(name string, err error) (rl rule, why, remedy lang.Text) {
	switch {
	case errors.Is(err, errEscapes):
		return rulePathEscapes, lang.F("%q leads out of the catalog directory, directly or through a link.", "%q 直接或通过链接指向目录之外。", name),
			lang.T("Copy the file into the catalog and name it relative to the catalog directory.", "请把文件复制到目录内，并使用相对于目录的路径。")
	case errors.Is(err, errTooLarge):
		return ruleFileTooLarge, lang.F("%q is larger than can be read here.", "%q 超过可读取的大小。", name), lang.T("Make it smaller.", "请减小文件。")
	case errors.Is(err, errNotRegular):
		return ruleFileRead, lang.F("%q is a directory or a device, not a file.", "%q 是目录或设备，不是文件。", name), lang.T("Name a file.", "请指定文件。")
	case errors.Is(err, fs.ErrNotExist):
		return ruleFileRead, lang.F("There is no file %q in the catalog directory.", "目录中没有文件 %q。", name),
			lang.T("Correct the path; it is relative to the catalog directory.", "请修正路径；路径相对于目录。")
	}
	return ruleFileRead, lang.F("%q cannot be read: %v.", "无法读取 %q：%v。", name, err), lang.T("Check the file and its permissions.", "请检查文件及其权限。")
}

// glob returns the files that match a pattern, in the order people count in:
// 2.png before 10.png.
func (l *library) glob(args []cty.Value, _ cty.Type) (cty.Value, error) {
	pattern, err := clean(args[0].AsString())
	if err != nil {
		rl, why, remedy := readFailure(args[0].AsString(), err)
		return cty.NilVal, &callError{rule: rl, why: why, remedy: remedy}
	}
	if _, err := path.Match(pattern, ""); err != nil {
		return cty.NilVal, function.NewArgErrorf(0, "%q is no pattern: %v", pattern, err)
	}
	names, err := fs.Glob(l.dir.root.FS(), pattern)
	if err != nil {
		return cty.NilVal, function.NewArgErrorf(0, "%q: %v", pattern, err)
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		info, err := fs.Stat(l.dir.root.FS(), name)
		return strings.HasPrefix(path.Base(name), ".") || err != nil || !info.Mode().IsRegular()
	})
	slices.SortStableFunc(names, compareNatural)
	files := make([]cty.Value, len(names))
	for i, name := range names {
		files[i] = cty.StringVal(name)
	}
	if len(files) == 0 {
		return cty.ListValEmpty(cty.String), nil
	}
	return cty.ListVal(files), nil
}

// category returns the id of a leaf by its name path; the path itself while the
// tree is not known, or does not have it: the rules about categories say so then.
func (l *library) category(args []cty.Value, _ cty.Type) (cty.Value, error) {
	name := categoryPath(args[0].AsString())
	if l.tree != nil {
		if leaves := l.tree.Resolve(name); len(leaves) == 1 {
			return cty.NumberUIntVal(leaves[0].ID), nil
		}
	}
	return cty.StringVal(name), nil
}

// table returns rows by key.
func (l *library) table(args []cty.Value, _ cty.Type) (cty.Value, error) {
	value, refused := l.tableRows(args)
	if refused != nil {
		return cty.NilVal, refused
	}
	return value, nil
}

// tableRows is table as one value, made once where there is no filter.
func (l *library) tableRows(args []cty.Value) (cty.Value, *callError) {
	name, keyColumn, filter, refused := tableArguments(args)
	if refused != nil {
		return cty.NilVal, refused
	}
	once := name + "\x00" + keyColumn
	if done, ok := l.keyed[once]; ok && filter == nil {
		return done, nil
	}
	selected, refused := l.selected(args)
	if refused != nil {
		return cty.NilVal, refused
	}
	if len(selected.rows)*len(selected.table.columns) > maxCellsAtOnce {
		return cty.NilVal, tooManyCells(name)
	}
	value := selected.value()
	if filter == nil {
		l.keyed[once] = value
	}
	return value, nil
}

// selected are the rows that a call of table asks for.
func (l *library) selected(args []cty.Value) (selection, *callError) {
	name, keyColumn, filter, refused := tableArguments(args)
	if refused != nil {
		return selection{}, refused
	}
	return l.selectRows(name, keyColumn, filter)
}

func (l *library) selectRows(name, keyColumn string, filter map[string]string) (selection, *callError) {
	t, refused := l.loadTable(name)
	if refused != nil {
		return selection{}, refused
	}
	rows, refused := t.selectRows(filter)
	if refused != nil {
		return selection{}, refused.about(2)
	}
	keys, refused := t.keys(rows, keyColumn)
	return selection{t, rows, keys}, refused
}

func (l *library) loadTable(name string) (*table, *callError) {
	if t := l.tables[name]; t != nil {
		return t, nil
	}
	raw, refused := l.read(name, maxTableSize)
	if refused != nil {
		return nil, refused
	}
	t, refused := parseTable(name, raw)
	if refused != nil {
		return nil, refused
	}
	l.tables[name] = t
	return t, nil
}

// tableArguments reads table(path[, key_column[, {column = value}]]).
func tableArguments(args []cty.Value) (name, keyColumn string, filter map[string]string, refused *callError) {
	keyColumn = "id"
	usage := &callError{rule: ruleTable, arg: -1,
		why:    lang.T("table takes a path, then a key column (text), then a filter { column = value }.", "table 的参数依次为路径、键列（文本）、筛选 { 列 = 值 }。"),
		remedy: lang.T(`Write table("rows.csv", "id", { product = each.key }).`, `请写成 table("rows.csv", "id", { product = each.key })。`)}
	if len(args) > 3 {
		return "", "", nil, usage
	}
	if len(args) > 1 {
		if args[1].IsNull() || args[1].Type() != cty.String {
			return "", "", nil, usage
		}
		keyColumn = args[1].AsString()
	}
	if len(args) == 3 {
		if filter, refused = tableFilter(args[2], usage); refused != nil {
			return "", "", nil, refused
		}
	}
	return args[0].AsString(), keyColumn, filter, nil
}

func tableFilter(v cty.Value, usage *callError) (map[string]string, *callError) {
	if v.IsNull() || !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return nil, usage
	}
	filter := map[string]string{}
	for it := v.ElementIterator(); it.Next(); {
		column, cell := it.Element()
		switch {
		case cell.IsNull():
			return nil, usage
		case cell.Type() == cty.String:
			filter[column.AsString()] = cell.AsString()
		case cell.Type() == cty.Number:
			filter[column.AsString()] = cell.AsBigFloat().Text('f', -1)
		default:
			return nil, usage
		}
	}
	return filter, nil
}

// rows are the rows of a for_each that is a call of table, in file order, without
// making one value of them. It is not ok for everything else, and when the call
// fails: evaluation will say why.
func (l *library) rows(expr hcl.Expression, ctx *hcl.EvalContext) (s selection, ok bool) {
	call, ok := unparen(expr).(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "table" || call.ExpandFinal {
		return selection{}, false
	}
	args := make([]cty.Value, len(call.Args))
	for i, arg := range call.Args {
		v, diags := arg.Value(ctx)
		if diags.HasErrors() || !v.IsWhollyKnown() || v.IsNull() {
			return selection{}, false
		}
		args[i] = v
	}
	if len(args) == 0 || args[0].Type() != cty.String {
		return selection{}, false
	}
	s, refused := l.selected(args)
	return s, refused == nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// compareNatural compares names with their numbers by value.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		na, nb := leadingDigits(a), leadingDigits(b)
		if na == 0 || nb == 0 {
			if a[0] != b[0] {
				return int(a[0]) - int(b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		da, db := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
		if len(da) != len(db) {
			return len(da) - len(db)
		}
		if c := strings.Compare(da, db); c != 0 {
			return c
		}
		a, b = a[na:], b[nb:]
	}
	return len(a) - len(b)
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}
