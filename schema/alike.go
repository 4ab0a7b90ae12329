package schema

import (
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema/raster"
)

// mainPicture is the first head picture of a product, which buyers see in lists.
type mainPicture struct {
	spu   string
	image *Image
	print raster.Print
	at    Range
	row   string
}

// noteMain remembers the main picture of a product, and where it is declared.
func (b *builder) noteMain(n *node, s *SPU) {
	if len(s.HeadImg) == 0 {
		return
	}
	at := n.place("head_img")
	if items := n.values["head_img"].items; len(items) > 0 {
		at = items[0].place()
	}
	first := &s.HeadImg[0]
	b.mains = append(b.mains, mainPicture{spu: s.OutProductID, image: first, print: b.gallery.byPath[first.Path].print, at: at, row: n.row})
}

// checkAlike warns of products that buyers, and the platform's check for
// repeated listings (同款), cannot tell apart by their main pictures.
func (b *builder) checkAlike() {
	prints := make([]raster.Print, len(b.mains))
	for i, m := range b.mains {
		prints[i] = m.print
	}
	similar := raster.Twins(prints)
	same := map[ImageKey]int{}
	groups := map[int][]int{} // by the first of the group
	var order []int
	for i, m := range b.mains {
		first, known := same[m.image.Key]
		switch {
		case !known && similar[i] < 0:
			same[m.image.Key] = i
			continue
		case !known:
			first = similar[i]
			same[m.image.Key] = first
		}
		if groups[first] == nil {
			order = append(order, first)
		}
		groups[first] = append(groups[first], i)
	}
	for _, first := range order {
		b.alike(first, groups[first])
	}
}

// maxNamed is how many products of a group are named besides the first.
const maxNamed = 5

// alike warns once of a group, at the second of its products.
func (b *builder) alike(first int, others []int) {
	second := b.mains[others[0]]
	outer := b.row
	defer func() { b.row = outer }()
	b.row = second.row
	var named []string
	for _, i := range others[:min(len(others), maxNamed)] {
		named = append(named, "spu."+b.mains[i].spu+" ("+b.mains[i].image.place()+")")
	}
	var more lang.Text
	if n := len(others) - len(named); n > 0 {
		more = lang.F(" and %d more", " 等另外 %d 个", n)
	}
	names := strings.Join(named, ", ")
	leader := b.mains[first]
	b.add(rulePictureAlike, second.at,
		lang.F("To the eye, the main picture of %[1]s%[2]s is that of spu.%[3]s (%[4]s); the platform may refuse them as one product listed twice (同款).",
			"%[1]s%[5]s 的主图看起来与 spu.%[3]s（%[4]s）的相同；平台可能以“同款”为由驳回。", names, more.EN, leader.spu, leader.image.place(), more.ZH),
		lang.T("Give each product a main picture of its own; for variants of one product use SKUs.", "请为每个商品使用不同的主图；同一商品的不同款式请用 SKU。"))
}

// place is where a picture of a catalog is: its file or its URL.
func (i Image) place() string {
	if i.Path != "" {
		return i.Path
	}
	return i.URL
}
