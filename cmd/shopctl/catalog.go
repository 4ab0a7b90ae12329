package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

// load reads the catalog. A nil tree means that the platform's categories are
// not known here; what needs them is not checked then.
func (a *app) load(tree *schema.CategoryTree) (*schema.Catalog, schema.Diagnostics) {
	work := a.view.Work(time.Now)
	defer work.Close()
	defer a.endAtOnce()()
	return schema.Load(a.global.dir, schema.LoadOptions{
		Vars: a.global.vars, VarFiles: a.global.varFiles, Tree: tree,
		CacheDir: a.pictureCache(), Progress: work.Loading,
	})
}

// endAtOnce lets an interrupt end the program while files are read: nothing is
// under way then, and the evaluation of a catalog listens to nobody.
func (a *app) endAtOnce() (stop func()) {
	if a.ended == nil {
		return func() {}
	}
	waiting := context.AfterFunc(a.ended, func() {
		a.view.Note(lang.T("Interrupted.", "已中断。"))
		os.Exit(int(exitInterrupted))
	})
	return func() { waiting() }
}

// pictureCache is the same for the shop and its sandbox: what is kept there is
// about the files.
func (a *app) pictureCache() string {
	return filepath.Join(a.global.dir, ".shopctl", "cache", "pictures")
}

// loadShop reads the shop block alone, for commands that work whatever is wrong
// with the rest of the catalog.
func (a *app) loadShop() (*schema.Catalog, error) {
	shop, ds := schema.LoadShop(a.global.dir, schema.LoadOptions{Vars: a.global.vars, VarFiles: a.global.varFiles})
	if shop == nil {
		return nil, a.report(ds)
	}
	return &schema.Catalog{Shop: *shop}, nil
}

// invalid ends a command whose catalog has errors. They were printed already.
type invalid struct{ ds schema.Diagnostics }

func (e invalid) Error() string { return e.ds.Error() }

// report prints findings, and ends the command when one of them is an error.
func (a *app) report(ds schema.Diagnostics) error {
	if err := a.view.Diagnostics(ds, a.source); err != nil {
		return err
	}
	if ds.HasErrors() {
		return invalid{ds}
	}
	return nil
}

// reportAside is report for a command that has a result of its own: where that
// is one document, warnings are left to validate, so that there is one document.
func (a *app) reportAside(ds schema.Diagnostics) error {
	if (a.view.Format == view.JSON || a.view.Format == view.GitLab) && !ds.HasErrors() {
		return nil
	}
	return a.report(ds)
}

// source is the text of a catalog file, for the excerpts in diagnostics.
func (a *app) source(file string) ([]byte, error) { return schema.ReadSource(a.global.dir, file) }

// keptCategories is the category tree that an earlier run has kept, at any age;
// nil when there is none. old is set when the platform's may be another by now.
func (a *app) keptCategories() (tree *schema.CategoryTree, old bool) {
	tree, at := component.KeptCategories(a.cacheDir())
	return tree, time.Since(at) > 24*time.Hour
}

// sameTree reports whether two category trees, either of which may be nil, say
// the same.
func sameTree(a, b *schema.CategoryTree) bool {
	return a != nil && b != nil && reflect.DeepEqual(a.Leaves, b.Leaves)
}
