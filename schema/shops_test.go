package schema_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/schema"
)

const shopBlock = "shop \"s\" {\n  platform = \"component\"\n  appid = \"wx0123456789abcdef\"\n}\n"

// tree is a directory with these files.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Every directory with a shop block is a shop, wherever it lies and however
// broken it is.
func TestFindShops(t *testing.T) {
	const block = shopBlock
	root := tree(t, map[string]string{
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
		"shops/notepad/shop.hcl":      "\ufeff" + block,
	})
	if err := os.Symlink(filepath.Join(root, "shops", "b"), filepath.Join(root, "shops", "link")); err != nil {
		t.Fatal(err)
	}
	got, err := schema.FindShops(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".", "shops/b", "shops/b/outlet", "shops/gbk", "shops/json", "shops/notepad", "shops/torn"}
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
	dir := tree(t, map[string]string{
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
	})
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

// A directory without a shop block is not read; the shops near it are named, and
// what may be a shop block that cannot be read is told as what it is.
func TestNoShopHere(t *testing.T) {
	const torn = "spu \"x\" {\n  title = [\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		dir   string
		rule  string
		says  []string
	}{
		{"nothing is read", map[string]string{"products.hcl": "spu \"a\" {\n}\n", "below/torn.hcl": torn}, "", "shop-count", []string{"shopctl init"}},
		{"shops below", map[string]string{"shops/a/shop.hcl": shopBlock, "shops/b c/s.hcl": shopBlock, "torn.hcl": "", "below/torn.hcl": torn}, "", "shop-count", []string{"/shops/a or -C '", "/shops/b c'. All", "fleet plan"}},
		{"not all of many", map[string]string{"1/s.hcl": shopBlock, "2/s.hcl": shopBlock, "3/s.hcl": shopBlock, "4/s.hcl": shopBlock, "5/s.hcl": shopBlock, "6/s.hcl": shopBlock}, "", "shop-count", []string{"/5 or another one. All"}},
		{"the shop above", map[string]string{"a/shop.hcl": shopBlock, "a/products/winter/p.hcl": "spu \"a\" {\n}\n"}, "a/products/winter", "shop-count", []string{"-C ", "/a"}},
		{"saved as UTF-16", map[string]string{"shop.hcl": "\xff\xfes\x00h\x00o\x00p\x00"}, "", "encoding", []string{"UTF-8"}},
		{"torn", map[string]string{"shop.hcl": "shop \"s\" {\n  appid = [\n"}, "", "syntax", nil},
		{"a variable called shop", map[string]string{"x.auto.vars.hcl": "shop = 1\n"}, "", "shop-count", []string{"shopctl init"}},
	} {
		_, ds := schema.Load(filepath.Join(tree(t, c.files), filepath.FromSlash(c.dir)), schema.LoadOptions{})
		if len(ds) == 0 || ds[0].Rule != c.rule || c.rule == "shop-count" && len(ds) > 1 {
			t.Errorf("%s: %v, want %s", c.name, ds, c.rule)
			continue
		}
		for _, word := range c.says {
			if !strings.Contains(ds[0].Remedy.EN, word) {
				t.Errorf("%s: %q does not say %q", c.name, ds[0].Remedy.EN, word)
			}
		}
	}
}
