package sheet

import (
	"reflect"
	"slices"

	"github.com/shopctl/shopctl/schema"
)

// Change is one value of a declared product that a sheet changes.
type Change struct {
	SKU   string // out_sku_id; empty for the product itself
	Field Field
	// Old and New are of the field's type: string, bool, int64, schema.Fen,
	// []schema.Image, schema.Image, []schema.Attr, []string, schema.CategoryRef or
	// schema.BrandRef. A zero New means that the attribute goes.
	Old, New any
}

// Changes are the differences between a product as it is declared and as a sheet
// has it, and the SKUs that are not declared yet.
func Changes(declared, wanted *schema.SPU) (changes []Change, added []schema.SKU) {
	for _, spec := range Fields {
		if spec.SKU {
			continue
		}
		if was, is := productValue(declared, spec.Name), productValue(wanted, spec.Name); !equal(was, is) {
			changes = append(changes, Change{Field: spec.Name, Old: was, New: is})
		}
	}
	for i := range wanted.SKUs {
		sku := &wanted.SKUs[i]
		at := slices.IndexFunc(declared.SKUs, func(s schema.SKU) bool { return s.OutSKUID == sku.OutSKUID })
		if at < 0 {
			added = append(added, *sku)
			continue
		}
		changes = append(changes, skuChanges(&declared.SKUs[at], sku)...)
	}
	return changes, added
}

func skuChanges(declared, wanted *schema.SKU) []Change {
	var changes []Change
	for _, spec := range Fields {
		if spec.Name == MarketPrice && declared.MarketPrice == declared.SalePrice && wanted.MarketPrice == wanted.SalePrice {
			continue // it is left out, and follows the sale price
		}
		if was, is := skuField(declared, spec.Name), skuField(wanted, spec.Name); spec.SKU && !equal(was, is) {
			changes = append(changes, Change{SKU: wanted.OutSKUID, Field: spec.Name, Old: was, New: is})
		}
	}
	return changes
}

// productValue is the value of a product's field, in its own type.
func productValue(s *schema.SPU, field Field) any {
	c := &s.Component
	switch field {
	case Title:
		return s.Title
	case Path:
		return s.Path
	case Category:
		return s.Category
	case Brand:
		return s.Brand
	case HeadImg:
		return s.HeadImg
	case DescImgs:
		return s.DescInfo.Imgs
	case QualPics:
		return s.QualificationPics
	case Desc:
		return s.DescInfo.Desc
	case Listing:
		return s.Listing
	case InfoVersion:
		return s.InfoVersion
	case DirectPath:
		return c.DirectPath
	case Supplier:
		return c.Supplier
	case ExpressFee:
		if c.ExpressFee == nil {
			return ""
		}
		return *c.ExpressFee
	case ProductType:
		return c.ProductType
	case SellTime:
		return c.SellTime
	case PickUpType:
		return c.PickUpType
	case UnitName:
		return c.UnitName
	case UnitFactor:
		return int64(c.UnitFactor)
	}
	return nil
}

func skuField(s *schema.SKU, field Field) any {
	switch field {
	case ThumbImg:
		return s.ThumbImg
	case SalePrice:
		return s.SalePrice
	case MarketPrice:
		return s.MarketPrice
	case StockNum:
		return s.StockNum
	case SKUCode:
		return s.SKUCode
	case Barcode:
		return s.Barcode
	case SKUAttrs:
		return s.SKUAttrs
	}
	return nil
}

// equal compares values of one field. Pictures are the same by where they are.
func equal(a, b any) bool {
	switch a := a.(type) {
	case schema.Image:
		b := b.(schema.Image)
		return a.Path == b.Path && a.URL == b.URL
	case []schema.Image:
		return slices.EqualFunc(a, b.([]schema.Image), func(x, y schema.Image) bool { return equal(x, y) })
	case []string:
		return slices.Equal(a, b.([]string))
	case []schema.Attr:
		return slices.Equal(a, b.([]schema.Attr))
	}
	return reflect.DeepEqual(a, b)
}
