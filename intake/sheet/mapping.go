package sheet

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsimple"

	"github.com/shopctl/shopctl/lang"
)

// Mapping says what the columns of a sheet hold where their names do not, and
// what to take where a sheet has nothing. It is written for an author the first
// time (WriteMapping) and read from then on.
type Mapping struct {
	Sheet  string `hcl:"sheet,optional"`
	Header int    `hcl:"header,optional"` // row of the header, from 1; 0: found by its names
	// PathTemplate is the product's page; {id} stands for its out_product_id.
	PathTemplate string `hcl:"path_template,optional"`
	// Defaults by field name, for cells that are empty and columns that are missing.
	Defaults map[string]string `hcl:"defaults,optional"`
	// Columns by header: a field name, attr:NAME, attr_name:N, attr_value:N, or ""
	// for none.
	Columns map[string]string `hcl:"columns,optional"`
}

// maxMapping is the size of a mapping file, in bytes: some thousand columns.
const maxMapping = 256 << 10

// ReadMapping reads a mapping file.
func ReadMapping(name string) (*Mapping, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if len(src) > maxMapping {
		return nil, &Error{What: lang.F("%s is too large for a mapping", "%s 过大，不是映射文件", name)}
	}
	m := &Mapping{}
	if err := hclsimple.Decode(filepath.Base(name)+".hcl", src, nil, m); err != nil {
		cause := err
		if ds, ok := errors.AsType[hcl.Diagnostics](err); ok && len(ds) > 0 {
			cause = fmt.Errorf("line %d: %s; %s", line(ds[0]), ds[0].Summary, ds[0].Detail)
		}
		return nil, &Error{What: lang.F("The mapping %s cannot be used", "映射文件 %s 无法使用", name), Err: cause}
	}
	return m, m.check(name)
}

func line(d *hcl.Diagnostic) int {
	if d.Subject == nil {
		return 1
	}
	return d.Subject.Start.Line
}

// check refuses fields that do not exist.
func (m *Mapping) check(name string) error {
	for _, header := range slices.Sorted(maps.Keys(m.Columns)) {
		field, _, _ := strings.Cut(m.Columns[header], argSeparator)
		if field != "" && specOf(Field(field)) == nil {
			return unknownField(name, field)
		}
	}
	return CheckDefaults(name, m.Defaults)
}

// CheckDefaults refuses defaults for fields that do not exist. where is what
// gave them: a file, or a flag.
func CheckDefaults(where string, defaults map[string]string) error {
	for _, field := range slices.Sorted(maps.Keys(defaults)) {
		if specOf(Field(field)) == nil {
			return unknownField(where, field)
		}
	}
	return nil
}

func unknownField(where, field string) error {
	return &Error{What: lang.F("%s: there is no field %q", "%s：没有字段 %q", where, field), Remedy: lang.F("The fields are: %s.", "可用的字段：%s。", strings.Join(fieldNames(), ", "))}
}

func fieldNames() []string {
	var names []string
	for _, f := range Fields {
		names = append(names, string(f.Name))
	}
	return names
}

// Text is a mapping file for a sheet: what was guessed, and every column that
// was not, as a comment to fill in.
func (h *Header) Text(file string, l lang.Lang) []byte {
	var b strings.Builder
	say := func(en, zh string) { b.WriteString("# " + lang.T(en, zh).In(l) + "\n") }
	say("Which column of "+file+" holds what. Change it as you like, and import again with it.", file+" 各列的含义。可自由修改，改好后再次导入。")
	if h.Sheet != "" {
		fmt.Fprintf(&b, "sheet  = %s\n", quote(h.Sheet))
	}
	fmt.Fprintf(&b, "header = %d\n\n", h.Row)
	say("The product's page; {id} is its out_product_id.", "商品页面；{id} 为 out_product_id。")
	b.WriteString("# path_template = \"pages/product/detail?id={id}\"\n\n")
	say("For cells that are empty and columns that are missing.", "用于空单元格和缺少的列。")
	b.WriteString("defaults = {\n  # \"category\"  = \"\"\n  # \"brand\"     = \"\"\n  # \"stock_num\" = \"\"\n}\n\ncolumns = {\n")
	for _, c := range h.Columns {
		b.WriteString(c.line())
	}
	b.WriteString("}\n\n")
	say("The fields (docs/import.md explains them; attr:NAME is a column for one attribute):", "可用字段（说明见 docs/import.zh-CN.md；attr:名称 表示单个规格独占一列）：")
	b.WriteString("# " + strings.Join(fieldNames(), ", ") + "\n")
	return []byte(b.String())
}

func (c *Column) line() string {
	if c.Field == noField {
		return fmt.Sprintf("  # %s = \"\" # %s: %s\n", quote(c.Header), c.Name, shortened(c.Example))
	}
	field := string(c.Field)
	if c.Arg != "" && (c.Field == Attr || c.Field == AttrName || c.Field == AttrValue) {
		field += argSeparator + c.Arg
	}
	return fmt.Sprintf("  %s = %s\n", quote(c.Header), quote(field))
}

// quote writes a string of HCL.
func quote(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(s))
}

// shortened is a value on one line, for comments and reports.
func shortened(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
