package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zclconf/go-cty/cty"
)

// FuzzLoad reads arbitrary bytes as a file of a catalog, in both syntaxes: the
// answer is a catalog or an error, never a panic, and soon.
func FuzzLoad(f *testing.F) {
	for _, name := range []string{"testdata/example.hcl", "testdata/wrong/product.hcl", "testdata/wrong/brand.hcl", "testdata/wrong/shop.hcl"} {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src, false)
	}
	for _, src := range []string{
		`locals { a = [for x in range(9) : table("rows.csv", x)] }`, `variable "a" { default = null }`, `brand "x" { for_each = toset(["a", null]) }`,
		`spu "x" { for_each = table("rows.csv")` + "\n" + ` id = each.value["id"]` + "\n}", `locals { a = glob("[") }`, `locals { a = pow(10, 1000) }` + "\n" + `shop "x" { guard { max_removals = pow(10, 1000) } }`,
		`variable "a" { type = object({ x = optional(string, "y") }) }`, `spu "x" { sku_attrs = { for k, v in {} : k => v } }`, `merchant { service_agent_type = toset(["phone"]) }`, `spu "a" { dynamic "sku" { for_each = null } }`,
	} {
		f.Add([]byte(src), false)
	}
	f.Add([]byte(`{"spu": {"a": [{"title": "${[for x in [1] : x]}", "sku": {"b": {"sale_price": 1e5}}}]}, "locals": {"x": "${local.x}"}}`), true)
	dir := writeFiles(f, goodFiles(f))
	f.Fuzz(func(t *testing.T, src []byte, json bool) {
		name := "wrong.hcl"
		if json {
			name += ".json"
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, src, 0o644); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(file)
		began := time.Now()
		c, ds := Load(dir, LoadOptions{Tree: smallTree()})
		if (c == nil) != ds.HasErrors() {
			t.Errorf("catalog %v, errors %v", c != nil, ds.HasErrors())
		}
		for _, d := range ds {
			checkTexts(t, d)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// FuzzTable reads arbitrary bytes as a table: an error, or rows with as many
// cells as there are columns, of valid text.
func FuzzTable(f *testing.F) {
	for _, src := range [][]byte{
		[]byte("id,title\nt1,纯棉面巾\n"), gbk(f, "id,title\nt1,纯棉面巾\n"), []byte("\xef\xbb\xbfid\n1\n"), []byte("id,id\n"), []byte("id\n\"\n"), []byte("a,b\n1\n"), []byte("\xff\xfe"),
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		tbl, refused := parseTable("t.csv", src)
		if refused != nil {
			if refused.why.EN == "" || refused.why.ZH == "" || refused.remedy.EN == "" {
				t.Errorf("a refusal without words: %+v", refused)
			}
			return
		}
		all, _ := tbl.selectRows(nil)
		if len(all) != len(tbl.rows) {
			t.Errorf("%d of %d rows without a filter", len(all), len(tbl.rows))
		}
		keys, refused := tbl.keys(all, tbl.columns[0])
		if refused == nil {
			if v := (selection{tbl, all, keys}).value(); v.LengthInt() != len(tbl.rows) || len(keys) != len(tbl.rows) {
				t.Errorf("%d objects and %d keys of %d rows", v.LengthInt(), len(keys), len(tbl.rows))
			}
		}
		for _, row := range tbl.rows {
			for i, cell := range row.cells {
				if i >= len(tbl.columns) || strings.ToValidUTF8(cell, "") != cell || cty.StringVal(cell).IsNull() {
					t.Errorf("row %d, cell %d: %q", row.line, i, cell)
				}
			}
		}
	})
}
