package schema

import (
	"bytes"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/shopctl/shopctl/schema/literal"
)

// bothWays loads a directory by our own reader and by HCL alone, and demands the
// same objects at the same places, and the same findings.
func bothWays(t testing.TB, dir string, opt LoadOptions) (same bool) {
	t.Helper()
	own, found := load(dir, opt)
	opt.byHCL = true
	byHCL, wanted := load(dir, opt)
	same = true
	if diff := cmp.Diff(wanted, found, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("findings (-HCL +own):\n%s", diff)
		same = false
	}
	if diff := cmp.Diff(byHCL, own, cmpopts.IgnoreUnexported(Catalog{}, CategoryTree{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("catalog (-HCL +own):\n%s", diff)
		same = false
	}
	return same
}

// corpus are catalogs by name: right ones, generated ones, and wrong ones, each of
// which is the good one with one file that is not.
func corpus(t *testing.T) map[string]map[string][]byte {
	all := map[string]map[string][]byte{"design": exampleFiles(t), "blocks": manyBlocks(t, 20), "tables": manyRows(t, 20), "example": {}}
	example := os.DirFS("../examples/catalog")
	err := fs.WalkDir(example, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all["example"][name], err = fs.ReadFile(example, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range []string{"shop", "merchant", "brand", "product", "files"} {
		archive, err := txtar.ParseFile(filepath.Join("testdata/wrong", group+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		good, _ := os.ReadFile(filepath.Join("testdata/wrong", group+".hcl")) // files.txt has none
		for _, part := range archive.Files {
			name, file, _ := strings.Cut(part.Name, " | ")
			src := string(part.Data)
			if group != "files" {
				src = change(t, string(good), src)
			}
			if file == "" {
				file = "wrong.hcl"
			}
			all[group+"/"+name] = map[string][]byte{file: []byte(marker.ReplaceAllString(src, ""))}
		}
	}
	return all
}

// shelf holds directories of catalogs for tests that load many: wrong ones share
// what is good in them.
type shelf struct {
	t    *testing.T
	good string
	opt  LoadOptions
}

func newShelf(t *testing.T) *shelf {
	return &shelf{t: t, good: writeFiles(t, goodFiles(t)), opt: LoadOptions{Tree: smallTree(), CacheDir: t.TempDir()}}
}

// with calls do with the directory of a catalog of the corpus.
func (s *shelf) with(name string, files map[string][]byte, do func(dir string)) {
	group, _, isWrong := strings.Cut(name, "/")
	if !isWrong {
		do(writeFiles(s.t, files))
		return
	}
	shop := goodFiles(s.t)["shop.hcl"]
	if group == "shop" {
		write(s.t, s.good, "shop.hcl", nil)
		defer write(s.t, s.good, "shop.hcl", shop)
	}
	for file, content := range files {
		write(s.t, s.good, file, content)
		defer os.Remove(filepath.Join(s.good, file))
	}
	do(s.good)
}

// TestBothWays holds our own reader to HCL over whole catalogs.
func TestBothWays(t *testing.T) {
	shelf := newShelf(t)
	for name, files := range corpus(t) {
		shelf.with(name, files, func(dir string) {
			if !bothWays(t, dir, shelf.opt) {
				t.Errorf("catalog %s", name)
			}
		})
	}
}

var (
	damages    = flag.Int("damages", 40, "how often TestBothWaysMutated damages a catalog")
	damageSeed = flag.Uint64("damage-seed", 7, "of TestBothWaysMutated")
)

// TestBothWaysMutated does the same over catalogs that were damaged at random:
//
//	go test ./schema -run BothWaysMutated -damages 2000 -damage-seed 8 -timeout 1h
func TestBothWaysMutated(t *testing.T) {
	shelf, all := newShelf(t), corpus(t)
	for number, name := range sortedKeys(all) {
		random := rand.New(rand.NewPCG(*damageSeed, uint64(number)))
		sources := slices.DeleteFunc(sortedKeys(all[name]), func(file string) bool { return filepath.Ext(file) != ".hcl" && filepath.Ext(file) != ".csv" })
		if len(sources) == 0 {
			continue
		}
		shelf.with(name, all[name], func(dir string) {
			for range mutations(name) {
				file := sources[random.IntN(len(sources))]
				damaged := mutate(random, all[name][file])
				write(t, dir, file, damaged)
				if !bothWays(t, dir, shelf.opt) {
					t.Fatalf("%s, %s:\n%s", name, file, damaged)
				}
				write(t, dir, file, all[name][file])
			}
		})
	}
}

// mutations is how often a catalog is damaged: the wrong ones are many.
func mutations(name string) int {
	if strings.Contains(name, "/") {
		return (*damages + 19) / 20
	}
	return *damages
}

func write(t testing.TB, dir, file string, content []byte) {
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(file)), content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// pieces are what mutate puts into sources.
var pieces = []string{
	"\n", "\r\n", "\"", "{", "}", "[", "]", "(", ")", ",", "=", " = ", "${local.page}", "$${", "%{", "\\n", "\\u4e2d", "\\x", "#", "//", "/* x */", "/*", "null", "true", "0", "-1", "1.5", "0.999", "1e3",
	"local.page", "brand.cxy", "brand.nobody", "each.key", "each.value.title", "var.x", "<<EOT\nx\nEOT\n", "upper(\"a\")", "e\u0301", "👨‍👩‍👧", "红", " ", "\t", "\"\"", "[]", "{}", "[\"img/a.png\"]", "spu \"x\" {\n}\n", "sku \"1\" {\n}\n", "title = 1\n", "for_each = {}\n",
	"stock_num = \"7\"\n", "desc_info {\n  desc = \"x\"\n}\n", "as_found = \"x\"\n",
}

// mutate changes a source in up to three places: characters or lines are
// removed, repeated or moved, or something else is put in.
func mutate(random *rand.Rand, src []byte) []byte {
	for range 1 + random.IntN(3) {
		lines := bytes.SplitAfter(src, []byte("\n"))
		line, other := random.IntN(len(lines)), random.IntN(len(lines))
		at := random.IntN(len(src) + 1)
		piece := []byte(pieces[random.IntN(len(pieces))])
		switch random.IntN(6) {
		case 0:
			lines[line] = nil
			src = bytes.Join(lines, nil)
		case 1:
			src = bytes.Join(slices.Insert(lines, other, lines[line]), nil)
		case 2:
			src = slices.Insert(bytes.Clone(src), at, piece...)
		case 3:
			src = append(bytes.Clone(src[:at]), src[min(at+1, len(src)):]...)
		case 4: // another value
			name, _, isAttr := bytes.Cut(lines[line], []byte("="))
			if isAttr {
				lines[line] = append(append(append(bytes.Clone(name), "= "...), piece...), '\n')
			}
			src = bytes.Join(lines, nil)
		case 5: // something after a word
			if i := bytes.LastIndexByte(src[:at], ' '); i >= 0 {
				src = slices.Insert(bytes.Clone(src), i, piece...)
			}
		}
	}
	return src
}

// TestLiteralsNeedNoHCL keeps the short ways open: products that are written out
// leave nothing to HCL, and neither do the rows of tables.
func TestLiteralsNeedNoHCL(t *testing.T) {
	known := &names{brands: map[string]bool{"cxy": true}, functions: newLibrary(nil, nil).functions()}
	s, ok := newSource("p0.hcl", manyBlocks(t, 20)["p0.hcl"])
	if !ok || len(s.Blocks) != 10 {
		t.Fatal("the file was not read")
	}
	d := &decoder{source: s, names: known, constants: map[string]plain{"brand.cxy": {literal.String, "brand.cxy"}}, supply: &supply{attrs: map[string][]Attr{}}}
	for i := range s.Blocks {
		n, rest, ok := d.node(&spuSpec, &s.Blocks[i], nil)
		if !ok || len(rest) > 0 || len(n.all("sku")) != 4 {
			t.Errorf("block %d: taken %t, attributes left: %d", i, ok, len(rest))
		}
	}
	s, _ = newSource("p.hcl", manyRows(t, 1)["p.hcl"])
	body, _ := s.block(&s.Blocks[0])
	c := &checker{report: newReport(), meter: &meter{}, names: known}
	product := c.form(&spuSpec, c.readBody(&language, body).blocks[0], nil)
	sku := product.blocks[0]
	if sku.table == nil || sku.label == nil {
		t.Error("the rows of SKUs need HCL")
	}
	for _, a := range append(product.attrs, sku.attrs...) {
		if a.compiled == nil {
			t.Errorf("%s needs HCL", a.spec.Name)
		}
	}
}
