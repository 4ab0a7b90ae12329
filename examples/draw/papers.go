package main

import (
	"image/color"
	"math"
)

// papers draws the documents that reviewers ask for. They say SPECIMEN, and
// nothing on them is real.
func papers() []picture {
	return []picture{
		{"files/license.png", func() *canvas {
			c := document(rgb(0xb98a3c), rgb(0xfbf5e4), "BUSINESS LICENCE")
			c.emblem(400, 150, 52)
			c.entries(330, 8, 0)
			c.seal(600, 860, 92)
			return c
		}},
		{"files/trademark.png", func() *canvas {
			c := document(rgb(0x3d6b8e), rgb(0xf1f6f9), "TRADE MARK CERTIFICATE")
			c.emblem(400, 150, 52)
			c.fill(round(270, 320, 260, 170, 12), solid(white))
			c.stroke(4, rgb(0x3d6b8e), 270, 320, 530, 320, 530, 490, 270, 490, 270, 320)
			c.text(390, 438, 88, wine.base, "CXY")
			c.stroke(4, wine.base, arc(500, 356, 14, 14, 0, 360)...)
			c.text(500, 363, 20, wine.base, "R")
			c.entries(550, 5, 3)
			c.seal(600, 880, 92)
			return c
		}},
		{"files/ccc.png", func() *canvas {
			c := document(rgb(0x4c7f5b), rgb(0xf2f8f2), "SAFETY CERTIFICATE")
			for i := range 3 {
				x := 320 + float64(i)*74
				c.stroke(17, rgb(0x2e5c3d), arc(x, 160, 40, 46, 60, 300)...)
			}
			c.entries(340, 8, 5)
			c.seal(590, 880, 92)
			return c
		}},
	}
}

// document is an upright sheet of 800 by 1060 with a border and a title.
func document(border, sheet color.RGBA, title string) *canvas {
	c := newCanvas(800, 1060, sheet)
	c.stroke(10, border, 40, 40, 760, 40, 760, 1020, 40, 1020, 40, 40)
	c.stroke(3, border, 58, 58, 742, 58, 742, 1002, 58, 1002, 58, 58)
	for _, p := range []point{{58, 58}, {742, 58}, {742, 1002}, {58, 1002}} {
		c.fill(circle(p.x, p.y, 22), solid(border))
		c.fill(circle(p.x, p.y, 12), solid(sheet))
	}
	c.text(400, 290, 44, ink, title)
	c.text(400, 985, 22, shade(border, 0.2), "SPECIMEN  SPECIMEN  SPECIMEN")
	return c
}

// entries are n labelled lines of writing from y down; seed varies their lengths.
func (c *canvas) entries(y float64, n, seed int) {
	pale := rgb(0xb9b4aa)
	for i := range n {
		at := y + float64(i)*62
		c.fill(round(110, at, 110, 18, 6), solid(rgb(0x8d877c)))
		c.fill(round(250, at, 250+float64((i*53+seed*37)%190), 18, 6), solid(pale))
	}
}

// seal is a red round stamp with a star.
func (c *canvas) seal(x, y, r float64) {
	c.stroke(8, sealRed, arc(x, y, r, r, 0, 360)...)
	c.star(x, y, r*0.42, sealRed)
	for a := 200; a <= 340; a += 20 {
		p := arc(x, y, r*0.74, r*0.74, float64(a), float64(a))
		c.fill(round(p[0]-7, p[1]-7, 14, 14, 3), solid(sealRed))
	}
	c.fill(round(x-r*0.5, y+r*0.56, r, 8, 4), solid(sealRed))
}

// emblem is a gold star in a ring.
func (c *canvas) emblem(x, y, r float64) {
	c.fill(circle(x, y, r), solid(sealRed))
	c.star(x, y, r*0.62, rgb(0xf3cf5c))
	c.stroke(5, rgb(0xd9ae3d), arc(x, y, r, r, 0, 360)...)
}

func (c *canvas) star(x, y, r float64, col color.RGBA) {
	var p path
	for i := range 10 {
		d := r
		if i%2 == 1 {
			d = r * 0.4
		}
		a := math.Pi * (float64(i)/5 - 0.5)
		p = p.line(x+d*math.Cos(a), y+d*math.Sin(a))
	}
	c.fill(p, solid(col))
}
