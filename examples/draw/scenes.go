package main

import (
	"image/color"
	"slices"
)

// pictures lists every picture of the catalog.
func pictures() []picture {
	return slices.Concat(papers(), coral(), flannel(), cool(), electric(), towels(), mugs(), cushions())
}

// thumb is the picture of one SKU: the subject alone before its own colour.
func thumb(f fabric, subject func(*canvas, fabric)) func() *canvas {
	return func() *canvas {
		c := newCanvas(800, 800, shade(f.base, 0.78))
		c.fill(circle(400, 400, 330), solid(shade(f.base, 0.62)))
		subject(c, f)
		return c
	}
}

// page is one picture of a detail page: a heading over an empty sheet.
func page(h int, heading string, tone fabric) *canvas {
	c := newCanvas(750, h, paper)
	c.fill(rect(0, 0, 750, 120), solid(behindWhite(tone.base)))
	c.text(375, 78, 46, white, heading)
	c.fill(rect(335, 96, 80, 5), solid(white))
	return c
}

// behindWhite is the colour, darkened until white letters stand out on it.
func behindWhite(c color.RGBA) color.RGBA {
	for int(c.R)+int(c.G)+int(c.B) > 3*160 {
		c = shade(c, -0.06)
	}
	return c
}

// carePage shows how to wash it.
func carePage(f fabric) func() *canvas {
	return func() *canvas {
		c := page(820, "CARE", f)
		line := shade(f.base, -0.10)
		for i, label := range []string{"30 C", "LOW", "NO", "SHADE"} {
			c.at(90+float64(i%2)*330, 190+float64(i/2)*310, 1).careSign(i, line, label)
		}
		return c
	}
}

// careSign is one of the laundry signs: wash tub, iron, no bleach, dry.
func (c *canvas) careSign(sign int, line color.RGBA, label string) {
	switch sign {
	case 0:
		c.stroke(9, line, 10, 30, 40, 170, 200, 170, 230, 30)
		c.stroke(9, line, 22, 62, 60, 50, 100, 66, 140, 50, 180, 66, 218, 54)
	case 1:
		c.stroke(9, line, 20, 170, 60, 90, 190, 90, 220, 170, 20, 170)
		c.stroke(9, line, 90, 90, 100, 50, 180, 50)
		c.fill(circle(120, 134, 11), solid(line))
	case 2:
		c.stroke(9, line, 120, 20, 220, 170, 20, 170, 120, 20)
		c.stroke(9, line, 30, 30, 210, 180)
		c.stroke(9, line, 210, 30, 30, 180)
	default:
		c.stroke(9, line, 30, 20, 210, 20, 210, 175, 30, 175, 30, 20)
		c.stroke(9, line, 60, 60, 60, 140)
		c.stroke(9, line, 34, 86, 100, 24)
	}
	c.text(120, 236, 40, ink, label)
}

// measures is a subject's size in words: a line across and a line down.
func (c *canvas) measures(x0, y0, x1, y1 float64, across, down string) {
	c.measure(x0, y0-50, x1, y0-50, across, paper)
	c.measure(x1+70, y0, x1+70, y1, down, paper)
}
