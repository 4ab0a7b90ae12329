package main

import (
	"image"
	"image/color"
	"math"
)

// rgb reads 0xRRGGBB.
func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// solid paints one colour.
func solid(c color.RGBA) image.Image { return image.NewUniform(c) }

// shade makes a colour darker (by < 0) or lighter (by > 0); -1 is black, 1 white.
func shade(c color.RGBA, by float64) color.RGBA {
	target := 0.0
	if by > 0 {
		target = 255
	}
	mix := func(v uint8) uint8 { return uint8(math.Round(float64(v) + (target-float64(v))*math.Abs(by))) }
	return color.RGBA{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: c.A}
}

// The colours that the scenes share.
var (
	ink     = rgb(0x3b3a3c)
	paper   = rgb(0xfdfaf4)
	white   = rgb(0xffffff)
	wood    = rgb(0xc79a6b)
	leaf    = rgb(0x6f8f62)
	sealRed = rgb(0xc8322b)
)

// weave is a cloth: a colour for every pixel, repeating, so that it compresses well.
type weave func(x, y int) color.RGBA

func (w weave) ColorModel() color.Model { return color.RGBAModel }
func (w weave) Bounds() image.Rectangle { return image.Rect(-1e6, -1e6, 1e6, 1e6) }
func (w weave) At(x, y int) color.Color { return w(x, y) }

// piece is the cloth within box, which image/draw handles several times faster
// than a cloth that it has to ask for every pixel.
func (w weave) piece(box image.Rectangle) *image.RGBA {
	img := image.NewRGBA(box)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			img.SetRGBA(x, y, w(x, y))
		}
	}
	return img
}

// fabric is a colour and how it is woven. cloth returns its paint, lighter or darker.
type fabric struct {
	base color.RGBA
	knit func(color.RGBA) weave
}

func (f fabric) cloth(by float64) image.Image { return f.knit(shade(f.base, by)) }

// fleece is soft: short hairs in two tones.
func fleece(c color.RGBA) weave {
	hair := shade(c, 0.10)
	return func(x, y int) color.RGBA {
		if (x+y*5)%13 < 3 && y%4 < 2 {
			return hair
		}
		return c
	}
}

// plaid is a check of two crossing stripes.
func plaid(c color.RGBA) weave {
	dark, light := shade(c, -0.18), shade(c, 0.30)
	return func(x, y int) color.RGBA {
		x, y = x%96, y%96
		switch {
		case x < 3 || y < 3:
			return light
		case x >= 30 && x < 62 && y >= 30 && y < 62:
			return shade(dark, -0.12)
		case x >= 30 && x < 62 || y >= 30 && y < 62:
			return dark
		}
		return c
	}
}

// waffle is a grid of small hollows.
func waffle(c color.RGBA) weave {
	ridge, hollow := shade(c, 0.18), shade(c, -0.08)
	return func(x, y int) color.RGBA {
		x, y = x%14, y%14
		switch {
		case x < 3 || y < 3:
			return ridge
		case x > 5 && x < 12 && y > 5 && y < 12:
			return hollow
		}
		return c
	}
}

// terry is a towel's loops.
func terry(c color.RGBA) weave {
	loop := shade(c, -0.06)
	return func(x, y int) color.RGBA {
		if (x+(y/6%2)*4)%8 < 3 && y%6 < 3 {
			return loop
		}
		return c
	}
}

// gauze is thin: a fine grid.
func gauze(c color.RGBA) weave {
	thread := shade(c, 0.22)
	return func(x, y int) color.RGBA {
		if x%5 == 0 || y%5 == 0 {
			return thread
		}
		return c
	}
}

// linen is coarse threads of uneven length.
func linen(c color.RGBA) weave {
	thread := shade(c, -0.07)
	return func(x, y int) color.RGBA {
		if y%4 == 0 && (x*3+y*7)%23 < 15 || x%6 == 0 && (y*3+x)%17 < 9 {
			return thread
		}
		return c
	}
}
