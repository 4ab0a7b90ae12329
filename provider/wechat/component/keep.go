package component

import (
	"slices"
	"strings"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// A keeper lets rows do without the page they were read from, whose texts they are
// parts of. Where a row reads as the product of the same out_product_id is declared, as
// nearly all of a shop does, it takes the texts of the catalog; other texts are copied
// into blocks. What the row says stays the same.
type keeper struct {
	declared map[string]*schema.SPU
	block    strings.Builder
	picture  string // kept last: those of one product are often the same
}

// blockSize is the room of a block of texts in bytes.
const blockSize = 8 << 10

// noSPU is declared of a product that the catalog does not have.
var noSPU = new(schema.SPU)

func (k *keeper) rows(rows []*row) {
	for _, r := range rows {
		k.row(r)
	}
}

func (k *keeper) row(r *row) {
	want := k.declared[r.outProductID]
	if want == nil {
		want = noSPU
	}
	k.text(&r.outProductID, want.OutProductID)
	k.texts(&r.productID, &r.reason, &r.auditID)
	s := &r.content.SPU
	s.OutProductID = r.outProductID
	k.text(&s.Title, want.Title)
	k.text(&s.Path, want.Path)
	k.text(&s.DescInfo.Desc, want.DescInfo.Desc)
	k.texts(&s.InfoVersion, &s.Component.DirectPath, &s.Component.Supplier, &s.Component.ProductType, &s.Component.SellTime, &s.Component.UnitName)
	for i := range s.Component.PickUpType {
		k.texts(&s.Component.PickUpType[i])
	}
	for _, pictures := range [][]schema.Image{s.HeadImg, s.QualificationPics, s.DescInfo.Imgs} {
		for i := range pictures {
			k.image(&pictures[i])
		}
	}
	for i := range s.SKUs {
		sku := &s.SKUs[i]
		k.sku(sku, declaredSKU(want, i, sku.OutSKUID))
	}
	k.skuIDs(r.content)
}

// skuIDs keeps the ids of the platform. Their out_sku_ids are those of the SKUs.
func (k *keeper) skuIDs(c *provider.Copy) {
	for i := range c.SKUIDs {
		id := &c.SKUIDs[i]
		id.SKUID = k.keep(id.SKUID)
		k.text(&id.OutSKUID, declaredSKU(&c.SPU, i, id.OutSKUID).OutSKUID)
	}
}

func (k *keeper) sku(sku, want *schema.SKU) {
	k.text(&sku.OutSKUID, want.OutSKUID)
	k.text(&sku.Barcode, want.Barcode)
	k.text(&sku.SKUCode, want.SKUCode)
	k.image(&sku.ThumbImg)
	if len(sku.SKUAttrs) > 0 && slices.Equal(sku.SKUAttrs, want.SKUAttrs) {
		sku.SKUAttrs = want.SKUAttrs
	}
}

// noSKU is declared of a SKU that the catalog does not have.
var noSKU = new(schema.SKU)

// declaredSKU finds the SKU of an out_sku_id, most likely at the same place.
func declaredSKU(want *schema.SPU, at int, outSKUID string) *schema.SKU {
	if at < len(want.SKUs) && want.SKUs[at].OutSKUID == outSKUID {
		return &want.SKUs[at]
	}
	i := slices.IndexFunc(want.SKUs, func(s schema.SKU) bool { return s.OutSKUID == outSKUID })
	if i < 0 {
		return noSKU
	}
	return &want.SKUs[i]
}

func (k *keeper) image(image *schema.Image) {
	if image.URL != k.picture {
		k.picture = k.keep(image.URL)
	}
	*image = shownImage(k.picture)
}

func (k *keeper) texts(texts ...*string) {
	for _, text := range texts {
		k.text(text, "")
	}
}

// text replaces a text by the same one that is kept anyway, or by a copy.
func (k *keeper) text(text *string, same string) {
	if *text == same {
		*text = same
		return
	}
	*text = k.keep(*text)
}

func (k *keeper) keep(s string) string {
	if k.block.Len()+len(s) > k.block.Cap() {
		k.block = strings.Builder{}
		k.block.Grow(max(blockSize, len(s)))
	}
	from := k.block.Len()
	k.block.WriteString(s)
	return k.block.String()[from:]
}
