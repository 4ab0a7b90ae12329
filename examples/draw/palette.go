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
		key   int
		count int
		first color.RGBA
	}
	var tones [1 << 15]tone
	box := img.Bounds()
	keys := make([]int, 0, box.Dx()*box.Dy())
	for pix := img.Pix; len(pix) > 0; pix = pix[4:] {
		c := color.RGBA{R: pix[0], G: pix[1], B: pix[2], A: pix[3]}
		key := int(c.R>>3)<<10 | int(c.G>>3)<<5 | int(c.B>>3)
		t := &tones[key]
		if t.count == 0 {
			*t = tone{key: key, first: c}
		}
		t.count++
		keys = append(keys, key)
	}
	var byUse []tone
	for _, t := range tones {
		if t.count > 0 {
			byUse = append(byUse, t)
		}
	}
	slices.SortFunc(byUse, func(a, b tone) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.key, b.key))
	})
	var palette color.Palette
	for _, t := range byUse[:min(n, len(byUse))] {
		palette = append(palette, t.first)
	}
	var index [len(tones)]uint8
	for _, t := range byUse {
		index[t.key] = uint8(palette.Index(t.first))
	}
	out := image.NewPaletted(box, palette)
	for i, key := range keys {
		out.Pix[i] = index[key]
	}
	return out
}
