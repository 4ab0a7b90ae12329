package schema

import (
	"fmt"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// categoryUse is a use of a resolved category, to be checked once all
// qualifications are known.
type categoryUse struct {
	leaf    *Category
	product bool // else a qualification
	hasPics bool
	asFound bool
	at      Range
	header  Range
	row     string
}

// category resolves the category of a product or qualification, as far as the
// tree is known.
func (b *builder) category(n *node) CategoryRef {
	ref := get[CategoryRef](n, "category")
	if !n.has("category") {
		return ref
	}
	at := n.place("category")
	if b.tree == nil {
		if ref.Path != "" && !threeLevels(ref.Path) {
			b.add(ruleCategoryLeaf, at, lang.F("%q does not name all three levels.", "%q 没有写全三级。", ref.Path),
				lang.T(`Write "first/second/third", or the id of the leaf.`, `请写“一级/二级/三级”，或末级类目的编号。`))
		}
		return ref
	}
	leaf := b.leaf(ref, at)
	if leaf == nil {
		return ref
	}
	product := n.spec.Name == string(KindSPU)
	if product && leaf.QualificationType != NeedRequired && leaf.ProductQualificationType != NeedRequired {
		return CategoryRef{ID: leaf.ID} // there is nothing to be checked later
	}
	b.categories = append(b.categories, categoryUse{
		leaf: leaf, product: product, hasPics: n.count("qualification_pics") > 0 || n.bad("qualification_pics"),
		at: at, header: n.header, row: b.row,
	})
	return CategoryRef{ID: leaf.ID}
}

func threeLevels(path string) bool {
	levels := strings.Split(path, "/")
	for _, level := range levels {
		if level == "" {
			return false
		}
	}
	return len(levels) >= 3 // names may hold slashes themselves
}

// leaf is the leaf that a reference means, or nil after saying why there is none.
func (b *builder) leaf(ref CategoryRef, at Range) *Category {
	if ref.ID != 0 {
		if leaf, ok := b.tree.Lookup(ref.ID); ok {
			return leaf
		}
		b.unknownID(ref.ID, at)
		return nil
	}
	leaves := b.tree.Resolve(ref.Path)
	switch len(leaves) {
	case 1:
		return leaves[0]
	case 0:
		b.unknownPath(ref.Path, at)
		return nil
	}
	var ids []string
	for _, leaf := range leaves {
		ids = append(ids, fmt.Sprint(leaf.ID))
	}
	b.add(ruleCategoryTwice, at, lang.F("%[1]q is the path of several leaves: %[2]s.", "路径 %[1]q 对应多个末级类目：%[2]s。", ref.Path, strings.Join(ids, ", ")),
		lang.T("Write the id of the one you mean.", "请改写为所需类目的编号。"))
	return nil
}

func (b *builder) unknownID(id uint64, at Range) {
	for i := range b.tree.Leaves {
		leaf := &b.tree.Leaves[i]
		if leaf.FirstID == id || leaf.SecondID == id {
			b.add(ruleCategoryLeaf, at, lang.F("%d is a category with others below it.", "%d 是上级类目。", id), lang.F("Take a leaf below it, such as %d (%s).", "请选择其下的末级类目，例如 %d（%s）。", leaf.ID, leaf.Path()))
			return
		}
	}
	b.add(ruleCategory, at, lang.F("The platform has no category %d.", "平台没有类目 %d。", id), lang.T("`shopctl category search WORDS` finds it.", "可用 `shopctl category search 关键词` 查找。"))
}

func (b *builder) unknownPath(name string, at Range) {
	var paths []string
	for i := range b.tree.Leaves {
		leaf := &b.tree.Leaves[i]
		if strings.HasPrefix(leaf.Path(), name+"/") {
			b.add(ruleCategoryLeaf, at, lang.F("%q is a category with others below it.", "%q 是上级类目。", name), lang.F("Take a leaf below it, such as %q.", "请选择其下的末级类目，例如 %q。", leaf.Path()))
			return
		}
		paths = append(paths, leaf.Path())
	}
	b.add(ruleCategory, at, lang.F("The platform has no category %q.", "平台没有类目 %q。", name),
		didYouMean(name, paths, lang.T("`shopctl category search WORDS` finds it.", "可用 `shopctl category search 关键词` 查找。")))
}

// checkCategories applies what the tree demands of products and qualifications
// (reference section 4).
func (b *builder) checkCategories() {
	qualified := map[uint64]bool{}
	for _, use := range b.categories {
		if !use.product {
			qualified[use.leaf.ID] = true
		}
	}
	for _, use := range b.categories {
		b.row = use.row
		if use.product {
			b.hold = true
			b.checkProductCategory(use, qualified[use.leaf.ID])
			b.release(use.asFound)
		} else if use.leaf.QualificationType == NeedNone {
			b.add(ruleQualNeedless, use.at, lang.F("%s may be sold in without a qualification; the platform answers 1050011.", "%s 无需资质，平台会返回 1050011。", use.leaf.Path()),
				lang.T("Remove the block, unless the platform refused a product with 1000005.", "请删除该块，除非平台曾以 1000005 拒绝商品。"))
		}
	}
	b.row = ""
}

func (b *builder) checkProductCategory(use categoryUse, qualified bool) {
	if use.leaf.QualificationType == NeedRequired && !qualified {
		b.add(ruleQualMissing, use.at, lang.F("%[1]s (%[2]d) requires: %[3]s. Without it the platform answers 1000005.", "%[1]s（%[2]d）要求：%[3]s。缺少时平台返回 1000005。", use.leaf.Path(), use.leaf.ID, demand(use.leaf.Qualification)),
			lang.F(`Add qualification "..." { category = %d ... }.`, `请添加 qualification "..." { category = %d ... }。`, use.leaf.ID))
	}
	if use.leaf.ProductQualificationType == NeedRequired && !use.hasPics {
		b.add(ruleProductQual, use.header, lang.F("%[1]s (%[2]d) requires of each product: %[3]s. Without it the platform answers 1000008.", "%[1]s（%[2]d）要求每个商品提供：%[3]s。缺少时平台返回 1000008。", use.leaf.Path(), use.leaf.ID, demand(use.leaf.ProductQualification)),
			lang.T("Add qualification_pics = [...].", "请添加 qualification_pics = [...]。"))
	}
}

func demand(text string) string {
	if text == "" {
		return "-"
	}
	return shorten(strings.TrimSpace(text))
}
