package sheet

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/shopctl/shopctl/schema"
)

// pathOf are the fields that plans, and so the editor of files, name otherwise.
var pathOf = map[Field]string{Category: "third_cat_id"}

// Changes are the paths of the fields in which a product as a sheet has it
// differs from the one that is declared: "title", "sku.ID.sale_price", and
// "sku.ID" for a SKU that is not declared yet. SKUs that the sheet does not name
// stay as they are.
func Changes(declared, wanted *schema.SPU) []string {
	var paths []string
	for _, spec := range Fields {
		if !spec.SKU && !equal(productValue(declared, spec.Name), productValue(wanted, spec.Name)) {
			paths = append(paths, cmp.Or(pathOf[spec.Name], string(spec.Name)))
		}
	}
	for i := range wanted.SKUs {
		sku := &wanted.SKUs[i]
		path := "sku." + sku.OutSKUID
		at := slices.IndexFunc(declared.SKUs, func(s schema.SKU) bool { return s.OutSKUID == sku.OutSKUID })
		if at < 0 {
			paths = append(paths, path)
			continue
		}
		for _, field := range skuChanges(&declared.SKUs[at], sku) {
			paths = append(paths, path+"."+string(field))
		}
	}
	return paths
}

func skuChanges(declared, wanted *schema.SKU) []Field {
	var fields []Field
	for _, spec := range Fields {
		if spec.Name == MarketPrice && declared.MarketPrice == declared.SalePrice && wanted.MarketPrice == wanted.SalePrice {
			continue // it is left out, and follows the sale price
		}
		if spec.SKU && !equal(skuField(declared, spec.Name), skuField(wanted, spec.Name)) {
			fields = append(fields, spec.Name)
		}
	}
	return fields
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
