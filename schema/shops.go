package schema

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// FindShops returns the directories at and below root that have a shop block of
// their own, sorted, relative to root and with slashes; "." is root itself. They
// may lie inside one another: each is a catalog of its own. Hidden directories
// and links are passed over. A file that cannot be read as a catalog file counts
// by its looks, so that a broken shop is found, and found broken.
func FindShops(root string) ([]string, error) {
	d, err := openDirectory(root)
	if err != nil {
		return nil, err
	}
	defer d.close()
	found := map[string]bool{}
	err = fs.WalkDir(d.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return rootError(err)
		case name != "." && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case !entry.IsDir() && isCatalogFile(name) && !found[path.Dir(name)] && d.looksLikeShop(name):
			found[path.Dir(name)] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	dirs := make([]string, 0, len(found))
	for dir := range found {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	return dirs, nil
}

// shopLine is how a shop block begins in either syntax.
var shopLine = regexp.MustCompile(`(?m)^\s*(shop\s+"?|.*"shop"\s*:)`)

// looksLikeShop reports whether a file has a shop block, or looks like it where
// it cannot be read as a catalog file.
func (d *directory) looksLikeShop(file string) bool {
	declares, broken, src := d.shopIn(file)
	return declares || broken && shopLine.Match(src)
}

// declaresShop reports whether a file has a shop block of its own.
func (d *directory) declaresShop(file string) bool {
	declares, _, _ := d.shopIn(file)
	return declares
}

// shopIn reports whether a file has a shop block, and whether it is broken, so
// that this cannot be said. src is good until the next file.
func (d *directory) shopIn(file string) (declares, broken bool, src []byte) {
	if isVarsFile(file) {
		return false, false, nil // a variable may be called shop
	}
	src, err := d.readInto(&d.looked, file, maxSourceSize)
	if err != nil {
		return false, true, nil
	}
	if !isJSON(file) && !bytes.Contains(src, []byte(shopSpec.Name)) {
		return false, guardBytes(withoutMark(src)) != nil, src
	}
	words, f := guard(file, withoutMark(src))
	return words[shopSpec.Name] > 0, f != nil, src
}

// PeekShop reads the shop block alone, with the variables and locals it may
// refer to: no product is evaluated and no picture is read. The shop is nil when
// its block cannot be read; the findings are those met on the way.
func PeekShop(dir string, opt LoadOptions) (*Shop, Diagnostics) {
	opt.shopOnly = true
	return LoadShop(dir, opt)
}
