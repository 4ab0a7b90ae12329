package intake

import (
	"reflect"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/schema"
)

// Drifted is a declared product with the fields at the paths as the shop has
// them. Known names the pictures of the shop that the catalog has, by URL.
func (l *Live) Drifted(want *schema.SPU, paths []string, known map[string]schema.Image) (*schema.SPU, Origin, bool) {
	p := l.Seen.Products[want.OutProductID]
	if p == nil {
		return nil, Origin{}, false
	}
	from, _ := choose(p)
	if from == nil {
		return nil, Origin{}, false
	}
	have := l.declared(p, from, l.brands(&Taken{Bundle: &Bundle{Declared: l.Catalog.Sources, Brands: map[string]*schema.Brand{}}}))
	have.InfoVersion = from.SPU.InfoVersion
	have.HeadImg, have.QualificationPics, have.DescInfo.Imgs = named(have.HeadImg, known), named(have.QualificationPics, known), named(have.DescInfo.Imgs, known)
	for i := range have.SKUs {
		have.SKUs[i].ThumbImg = named([]schema.Image{have.SKUs[i].ThumbImg}, known)[0]
	}
	merged := *want
	merged.SKUs = slices.Clone(want.SKUs)
	for _, path := range paths {
		mergeField(&merged, have, path)
	}
	return &merged, Origin{p, from}, true
}

func named(images []schema.Image, known map[string]schema.Image) []schema.Image {
	list := slices.Clone(images)
	for i, img := range list {
		if file, ok := known[img.URL]; ok {
			list[i] = file
		}
	}
	return list
}

// mergeField copies one field, by the path that plans give it.
func mergeField(into, from *schema.SPU, path string) {
	id, field, isSKU := cutSKUPath(path, &Accept{Want: into, Have: from})
	have := skuOf(from, id)
	switch {
	case path == "listing":
		into.Listing = from.Listing
	case !isSKU:
		copyMember(reflect.ValueOf(into).Elem(), reflect.ValueOf(from).Elem(), path)
	case field != "" && have != nil && skuOf(into, id) != nil:
		copyMember(reflect.ValueOf(skuOf(into, id)).Elem(), reflect.ValueOf(have).Elem(), field)
	case field == "" && have == nil:
		into.SKUs = slices.DeleteFunc(into.SKUs, func(k schema.SKU) bool { return k.OutSKUID == id })
	case field == "":
		into.SKUs = append(into.SKUs, *have)
	}
}

// copyMember copies the member at a path of JSON names.
func copyMember(into, from reflect.Value, path string) {
	name, rest, inner := strings.Cut(path, ".")
	for i := range into.NumField() {
		tag, _, _ := strings.Cut(into.Type().Field(i).Tag.Get("json"), ",")
		switch {
		case tag != name:
		case inner:
			copyMember(into.Field(i), from.Field(i), rest)
		default:
			into.Field(i).Set(from.Field(i))
		}
	}
}
