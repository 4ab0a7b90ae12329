package schema_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/shopctl/shopctl/schema"
)

// Every directory with a shop block is a shop, wherever it lies and however
// broken it is.
func TestFindShops(t *testing.T) {
	const block = "shop \"s\" {\n  platform = \"component\"\n  appid = \"wx0123456789abcdef\"\n}\n"
	root := t.TempDir()
	for name, text := range map[string]string{
		"shop.hcl":                    block,
		"products/a.hcl":              "spu \"a\" {\n}\n",
		"shops/b/shop.hcl":            block,
		"shops/b/products/c.hcl":      "spu \"c\" {\n}\n",
		"shops/b/outlet/any-name.hcl": "locals {\n  x = 1\n}\n" + block,
		"shops/json/shop.hcl.json":    `{"shop": {"s": {"platform": "component"}}}`,
		"shops/torn/shop.hcl":         "shop \"torn\" {\n  appid = [\n",
		"shops/gbk/shop.hcl":          "shop \"\xc3\xab\xcc\xba\" {\n}\n",
		"shops/notes/readme.txt":      block,
		"shops/vars/x.auto.vars.hcl":  "shop = 1\n",
		".hidden/shop.hcl":            block,
		"elsewhere/.git/shop.hcl":     block,
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(root, "shops", "b"), filepath.Join(root, "shops", "link")); err != nil {
		t.Fatal(err)
	}
	got, err := schema.FindShops(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".", "shops/b", "shops/b/outlet", "shops/gbk", "shops/json", "shops/torn"}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if _, err := schema.FindShops(filepath.Join(root, "nowhere")); err == nil {
		t.Error("a directory that is not there has shops")
	}
}

// The shop block is read with the values it refers to, and with nothing else:
// what is wrong with products does not matter.
func TestPeekShop(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"shop.hcl": `variable "id" {
  type = string
}
locals {
  store = "${var.id}.jsonl"
}
shop "s" {
  platform = "component"
  appid    = var.id
  state "local" {
    path = local.store
  }
}
spu "mixed" {
  title = nonsense(1)
}
`,
		"bulk.hcl": "spu \"a\" {\n  title = local.nothing\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shop, ds := schema.PeekShop(dir, schema.LoadOptions{Vars: []string{"id=wx0123456789abcdef"}})
	if shop == nil {
		t.Fatalf("no shop: %v", ds)
	}
	if shop.Name != "s" || shop.AppID != "wx0123456789abcdef" || shop.State.Path != "wx0123456789abcdef.jsonl" {
		t.Errorf("peeked %+v", shop)
	}
	if ds.HasErrors() {
		t.Errorf("findings about what was not looked at: %v", ds)
	}
	if shop, ds := schema.PeekShop(dir, schema.LoadOptions{}); shop != nil || !ds.HasErrors() {
		t.Errorf("without its variable: %+v, %v", shop, ds)
	}
}
