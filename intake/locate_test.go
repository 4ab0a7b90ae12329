package intake_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/schema"
)

const locatedHCL = `spu "719" {
  title = "毛毯"
  desc_info {
    imgs = ["a.png"]
  }
  sku "s.1" {
    sale_price = 9.90
  }
}

spu "towels" {
  for_each = table("towels.csv")
  id       = each.key
  title    = each.value.title
  path     = "pages/x"
}
`

func TestFind(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("products.hcl", locatedHCL)
	write("towels.csv", "id,title\n801,面巾\n802,浴巾\n")
	l, err := intake.NewLocator(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	block := schema.Source{Range: schema.Range{File: "products.hcl", Start: schema.Pos{Line: 1, Column: 1}}}
	row := schema.Source{Range: schema.Range{File: "products.hcl", Start: schema.Pos{Line: 11, Column: 1, Byte: strings.Index(locatedHCL, `spu "towels"`)}}, EachKey: "802"}
	for _, test := range []struct {
		name   string
		source schema.Source
		path   string
		want   string
	}{
		{"an attribute", block, "title", "products.hcl:2:3"},
		{"one in a block within", block, "desc_info.imgs", "products.hcl:4:5"},
		{"one of a SKU whose id has a dot", block, "sku.s.1.sale_price", "products.hcl:7:5"},
		{"one that is not written", block, "brand", "products.hcl:1:1"},
		{"the object itself", block, "", "products.hcl:1:1"},
		{"a value from a table", row, "title", "towels.csv:3:1"},
		{"a value that all rows share", row, "path", "products.hcl:15:3"},
		{"the row", row, "", "towels.csv:3:1"},
	} {
		if got := l.Find(test.source, test.path).String(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	gone := schema.Source{Range: schema.Range{File: "gone.hcl", Start: schema.Pos{Line: 3, Column: 1}}}
	if got := fmt.Sprint(l.Find(gone, "title")); got != "gone.hcl:3:1" {
		t.Errorf("a file that is gone: got %s", got)
	}
}
