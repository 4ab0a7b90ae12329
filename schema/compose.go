package schema

import (
	"slices"

	"golang.org/x/text/unicode/norm"
)

// Composed is an SPU with its text in the form that a catalog has it in: HCL
// composes characters (Unicode NFC), so that files cannot say otherwise. It is
// the SPU itself where nothing has to be composed. Ids stay as they are.
func (s *SPU) Composed() *SPU {
	plain := true
	s.texts(func(text *string) { plain = plain && norm.NFC.IsNormalString(*text) })
	if plain {
		return s
	}
	c := *s
	c.SKUs = slices.Clone(c.SKUs)
	for i := range c.SKUs {
		c.SKUs[i].SKUAttrs = slices.Clone(c.SKUs[i].SKUAttrs)
	}
	c.texts(func(text *string) { *text = norm.NFC.String(*text) })
	return &c
}

// texts visits what people write.
func (s *SPU) texts(visit func(*string)) {
	for _, text := range []*string{
		&s.Title, &s.Path, &s.DescInfo.Desc,
		&s.Component.DirectPath, &s.Component.Supplier, &s.Component.SellTime, &s.Component.UnitName,
	} {
		visit(text)
	}
	for i := range s.SKUs {
		k := &s.SKUs[i]
		visit(&k.Barcode)
		visit(&k.SKUCode)
		for j := range k.SKUAttrs {
			visit(&k.SKUAttrs[j].Key)
			visit(&k.SKUAttrs[j].Value)
		}
	}
}
