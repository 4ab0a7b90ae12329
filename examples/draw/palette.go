package main

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// reduce keeps the n colours that cover most of the picture and gives every
// other pixel the nearest of them. Colours are compared in steps of 8, so that
// the smooth edges between two areas do not crowd the areas out.
func reduce(img *image.RGBA, n int) *image.Paletted {
	type tone struct {
		key   uint32
		count int
		first color.RGBA
	}
	tones := map[uint32]*tone{}
	box := img.Bounds()
	keys := make([]uint32, 0, box.Dx()*box.Dy())
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := img.RGBAAt(x, y)
			key := uint32(c.R>>3)<<10 | uint32(c.G>>3)<<5 | uint32(c.B>>3)
			t := tones[key]
			if t == nil {
				t = &tone{key: key, first: c}
				tones[key] = t
			}
			t.count++
			keys = append(keys, key)
		}
	}
	byUse := make([]*tone, 0, len(tones))
	for _, t := range tones {
		byUse = append(byUse, t)
	}
	slices.SortFunc(byUse, func(a, b *tone) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.key, b.key))
	})
	var palette color.Palette
	for _, t := range byUse[:min(n, len(byUse))] {
		palette = append(palette, t.first)
	}
	index := make(map[uint32]uint8, len(tones))
	for _, t := range byUse {
		index[t.key] = uint8(palette.Index(t.first))
	}
	out := image.NewPaletted(box, palette)
	for i, key := range keys {
		out.Pix[i] = index[key]
	}
	return out
}
