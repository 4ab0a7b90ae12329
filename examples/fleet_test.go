package examples

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"testing"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/schema"
)

// The example of many shops: three that do not fight, each without findings, and
// each with a true copy of what they share.
func TestFleet(t *testing.T) {
	shops, err := fleet.Find("fleet", schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if fights := fleet.Fights("fleet", shops, func(c schema.StateConfig) schema.StateConfig { return c }); len(fights) > 0 {
		t.Errorf("the shops fight: %v", fights)
	}
	tree := newBench(t).catalog.Tree
	modules := contents(t, "fleet/modules")
	var dirs []string
	prices := map[schema.Fen]bool{}
	for _, s := range shops {
		dirs = append(dirs, s.Dir)
		catalog, ds := schema.Load(path.Join("fleet", s.Dir), schema.LoadOptions{Tree: tree})
		if len(ds) > 0 {
			t.Fatalf("%s has findings: %v", s.Dir, ds)
		}
		prices[catalog.SPUs["mug-01"].SKUs[0].SalePrice] = true
		if !maps.Equal(modules, contents(t, path.Join("fleet", s.Dir, "shared"))) {
			t.Errorf("%s/shared is not modules/ (examples/fleet/share.sh)", s.Dir)
		}
	}
	if want := []string{"shops/chaju", "shops/nuanju", "shops/qingliang"}; !slices.Equal(dirs, want) {
		t.Errorf("shops %v, want %v", dirs, want)
	}
	if len(prices) != 2 {
		t.Errorf("the shared product has the prices %v; one shop asks another", prices)
	}
}

// contents are the files below a directory, by path.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path.Join(dir, name))
		files[name] = string(b)
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(files), err)
	}
	return files
}
