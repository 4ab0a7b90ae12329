package sheet

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// finder reads categories and brands as people write them, each wording once.
type finder struct {
	tree       *schema.CategoryTree
	brands     map[string]*schema.Brand
	categories map[string]found
	leaves     map[string][]*schema.Category // by the name of the leaf alone
}

type found struct {
	ref   schema.CategoryRef
	wrong *complaint
}

func newFinder(opt *Options) *finder {
	f := &finder{tree: opt.Tree, brands: opt.Brands, categories: map[string]found{}, leaves: map[string][]*schema.Category{}}
	if f.tree != nil {
		for i := range f.tree.Leaves {
			leaf := &f.tree.Leaves[i]
			f.leaves[leaf.Name] = append(f.leaves[leaf.Name], leaf)
		}
	}
	return f
}

func (f *finder) category(text string) (schema.CategoryRef, *complaint) {
	known, ok := f.categories[text]
	if !ok {
		known.ref, known.wrong = f.look(text)
		f.categories[text] = known
	}
	return known.ref, known.wrong
}

var levels = regexp.MustCompile(`\s*(?:>>|->|/|>|＞|／|»|\\)\s*`)

// look reads a leaf id, a path, or the name of a leaf.
func (f *finder) look(text string) (schema.CategoryRef, *complaint) {
	if id, ok := number(text); ok && id.IsInt() && id.Sign() > 0 && id.Num().IsUint64() {
		return schema.CategoryRef{ID: id.Num().Uint64()}, nil
	}
	for _, path := range []string{levels.ReplaceAllString(text, "/"), levels.ReplaceAllString(strings.ReplaceAll(text, "-", ">"), "/")} {
		if f.tree == nil && strings.Count(path, "/") >= 2 {
			return schema.CategoryRef{Path: path}, nil
		}
		if f.tree != nil && len(f.tree.Resolve(path)) == 1 {
			return schema.CategoryRef{ID: f.tree.Resolve(path)[0].ID}, nil
		}
	}
	return f.leaf(text)
}

// leaf finds a category by the name of its leaf, or says what it may mean.
func (f *finder) leaf(text string) (schema.CategoryRef, *complaint) {
	parts := levels.Split(text, -1)
	leaves := f.leaves[parts[len(parts)-1]]
	if len(leaves) == 1 && len(parts) == 1 {
		return schema.CategoryRef{ID: leaves[0].ID}, nil
	}
	if f.tree == nil {
		return schema.CategoryRef{}, complain(lang.T("This does not name all three levels of a category.", "没有写全三级类目。"),
			lang.T("Write first/second/third, or the leaf's id: shopctl category search WORDS.", "请写“一级/二级/三级”或末级类目编号：shopctl category search 关键词。"))
	}
	why := lang.T("The platform has no such category.", "平台没有该类目。")
	if len(leaves) == 0 {
		return schema.CategoryRef{}, complain(why, lang.T("Find the right one: shopctl category search WORDS.", "请查找正确的类目：shopctl category search 关键词。"))
	}
	var options []string
	for _, leaf := range leaves[:min(len(leaves), 5)] {
		options = append(options, leaf.Path()+" ("+strconv.FormatUint(leaf.ID, 10)+")")
	}
	if len(parts) == 1 {
		why = lang.T("Several categories have this name.", "有多个类目同名。")
	}
	return schema.CategoryRef{}, complain(why, lang.F("Write one of: %s.", "请从中选择：%s。", strings.Join(options, ", ")))
}

// noBrand are the words for none.
var noBrand = []string{"无", "无品牌", "其他", "none", "no brand", "-", "/"}

func (f *finder) brand(text string) (schema.BrandRef, *complaint) {
	if slices.Contains(noBrand, strings.ToLower(text)) {
		return "", nil
	}
	name := strings.TrimPrefix(text, "brand.")
	if f.brands[name] != nil {
		return schema.BrandRef("brand." + name), nil
	}
	for _, key := range slices.Sorted(maps.Keys(f.brands)) {
		if strings.EqualFold(f.brands[key].BrandWording, text) {
			return schema.BrandRef("brand." + key), nil
		}
	}
	if id, ok := strings.CutPrefix(text, "id:"); ok && id != "" && strings.Trim(id, "0123456789") == "" {
		return schema.BrandRef(text), nil
	}
	declared := slices.Sorted(maps.Keys(f.brands))
	if len(declared) == 0 {
		return "", complain(lang.T("The catalog declares no brand.", "目录中没有声明任何品牌。"),
			lang.T(`Declare it first (brand "name" { ... }), or write 无 in the cell.`, `请先在目录中声明（brand "名称" { ... }），或在单元格中写“无”。`))
	}
	return "", complain(lang.T("The catalog declares no such brand.", "目录中没有声明该品牌。"),
		lang.F("Declare it, or write one of: %s.", "请先声明，或从中选择：%s。", strings.Join(declared, ", ")))
}
