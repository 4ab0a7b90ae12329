package schema

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// A directory without a shop block is no catalog, and may be anything: a
// repository of shops, a part of one, a home directory. It is not read; the
// shops near it are named instead.

// How far is looked for them.
const (
	maxDirsBelow  = 1000 // directories, those nearer first
	maxAbove      = 8    // parents
	maxShopsNamed = 5    // shops that are named
)

// mayDeclareShop reports whether a file lies directly in the directory that has a
// shop block, or cannot be read as it is and so may have one. Files further down
// do not count: with a shop block they are catalogs of their own.
func (d *directory) mayDeclareShop() bool {
	files, _, err := d.entries(".")
	if err != nil {
		return true // to be reported by whoever lists it
	}
	slices.SortStableFunc(files, shopFileFirst)
	return slices.ContainsFunc(files, func(file string) bool {
		declares, broken, _ := d.shopIn(file)
		return declares || broken
	})
}

// shopFileFirst puts the file first in which the block usually stands.
func shopFileFirst(a, b string) int {
	usual := func(file string) int {
		if strings.HasPrefix(path.Base(file), "shop.") {
			return 0
		}
		return 1
	}
	return usual(a) - usual(b)
}

// reportNoShop says that there is no shop block, and where the next ones are.
// dir is the directory as whoever asked has named it.
func (l *loader) reportNoShop(dir string) {
	below, more := l.dir.shopsBelow()
	above := shopAbove(dir)
	why := lang.T("There is no shop block in the catalog directory.", "目录中没有 shop 块。")
	remedy := lang.T(`Add shop "name" { platform = "component"  appid = "wx..." }, name the right directory with -C, or begin a catalog with shopctl init.`,
		`请添加 shop "名称" { platform = "component"  appid = "wx..." }，或用 -C 指定正确的目录，或用 shopctl init 新建商品目录。`)
	switch {
	case len(below) > 0:
		why = lang.T("There is no shop block in this directory, but there is further down.", "该目录中没有 shop 块，但下级目录中有。")
		remedy = chooseShop(dir, below, more)
	case above != "":
		why = lang.T("There is no shop block in this directory, but there is further up: it is a part of that catalog.", "该目录中没有 shop 块，但上级目录中有：它是该商品目录的一部分。")
		remedy = lang.F("Name that one: -C %s", "请指定：-C %s", lang.Argument(above))
	}
	l.report.add(ruleShopCount, wholeFile("."), why, remedy)
}

// chooseShop says how to name one of the shops below dir, or all of them.
func chooseShop(dir string, shops []string, more bool) lang.Text {
	var each []string
	for _, shop := range shops {
		each = append(each, "-C "+lang.Argument(filepath.Join(dir, filepath.FromSlash(shop))))
	}
	list := lang.T(strings.Join(each, " or "), strings.Join(each, " 或 "))
	if more {
		list = lang.T(list.EN+" or another one", list.ZH+" 等")
	}
	fleet := "shopctl fleet plan"
	if dir != "." {
		fleet = "shopctl -C " + lang.Argument(dir) + " fleet plan"
	}
	return lang.T("Name the shop: "+list.EN+". All of them at once: "+fleet, "请指定店铺："+list.ZH+"。处理全部店铺："+fleet)
}

// shopsBelow are the nearest directories below that have a shop block, sorted,
// and whether there may be more. What cannot be read is passed over.
func (d *directory) shopsBelow() (shops []string, more bool) {
	_, level, _ := d.entries(".")
	for visited := 0; len(level) > 0; {
		var next []string
		for _, dir := range level {
			if visited++; visited > maxDirsBelow || len(shops) > maxShopsNamed {
				break
			}
			files, dirs, _ := d.entries(dir)
			if slices.ContainsFunc(files, d.looksLikeShop) {
				shops = append(shops, dir)
			}
			next = append(next, dirs...)
		}
		if visited > maxDirsBelow || len(shops) > maxShopsNamed {
			return shops[:min(len(shops), maxShopsNamed)], true
		}
		level = next
	}
	return shops, false
}

// shopAbove is the nearest directory above dir with a shop block, as it is
// reached from where dir is; "" for none.
func shopAbove(dir string) string {
	full, err := filepath.Abs(dir)
	for range maxAbove {
		dir, full = filepath.Join(dir, ".."), filepath.Dir(full)
		if err != nil || full == filepath.Dir(full) {
			return ""
		}
		if hasShop(dir) {
			return dir
		}
	}
	return ""
}

func hasShop(dir string) bool {
	d, err := openDirectory(dir)
	if err != nil {
		return false
	}
	defer d.close()
	files, _, _ := d.entries(".")
	return slices.ContainsFunc(files, d.looksLikeShop)
}
