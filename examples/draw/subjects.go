package main

import (
	"image/color"
	"math"
)

// room paints a wall and a floor, with a soft window of light.
func room(w, h int, wall, floor color.RGBA) *canvas {
	c := newCanvas(w, h, wall)
	fw, fh := float64(w), float64(h)
	c.fill(polygon(fw*0.12, 0, fw*0.46, 0, fw*0.72, fh*0.70, fw*0.38, fh*0.70), solid(shade(wall, 0.30)))
	c.fill(rect(0, fh*0.70, fw, fh*0.30), solid(floor))
	c.fill(rect(0, fh*0.70, fw, 5), solid(shade(floor, -0.10)))
	return c
}

// shadow lies under a subject whose foot is w wide.
func (c *canvas) shadow(x, y, w float64, floor color.RGBA) {
	c.fill(ellipse(x, y, w/2, w/16), solid(shade(floor, -0.14)))
}

// fringe hangs from y between x0 and x1.
func (c *canvas) fringe(x0, x1, y, length float64, col color.RGBA) {
	const gap = 11.0
	for i, x := 0, x0+gap/2; x < x1; i, x = i+1, x+gap {
		c.stroke(6, shade(col, []float64{0.12, -0.08}[i%2]), x, y, x+float64(i%3-1)*2, y+length)
	}
}

// foldedBlanket is 400 wide and 300 high, its foot at y = 300.
func (c *canvas) foldedBlanket(f fabric) {
	for i := range 4 {
		y := 300 - float64(i+1)*48
		by := []float64{-0.22, -0.10}[i%2]
		inset := []float64{0, 8}[i%2]
		c.fill(round(inset, y, 400-2*inset, 50, 25), f.cloth(by))
		c.stroke(3, shade(f.base, by-0.16), inset+24, y+49, 400-inset-24, y+49)
		c.stroke(3, shade(f.base, by+0.12), inset+40, y+9, 400-inset-60, y+9)
	}
	top := path{}.line(58, 40).line(342, 40).curve(372, 42, 390, 92).curve(404, 124, 372, 124).
		line(28, 124).curve(-4, 124, 10, 92).curve(28, 42, 58, 40)
	c.fill(top, f.cloth(0.06))
	flap := path{}.line(128, 44).line(300, 44).line(318, 116).line(322, 222).line(106, 222).line(110, 116)
	c.fill(flap, f.cloth(0.14))
	c.stroke(3, shade(f.base, -0.10), 110, 118, 106, 222)
	c.stroke(3, shade(f.base, -0.10), 318, 118, 322, 222)
	c.stroke(4, shade(f.base, -0.18), 108, 208, 320, 208)
	c.fringe(106, 322, 222, 34, f.base)
}

// rolledBlanket is 260 wide and 130 high: a roll seen from its end.
func (c *canvas) rolledBlanket(f fabric) {
	c.fill(round(40, 4, 230, 122, 30), f.cloth(-0.06))
	c.stroke(14, shade(f.base, -0.30), 188, 8, 188, 122)
	c.fill(ellipse(62, 65, 56, 61), f.cloth(0.14))
	var spiral []float64
	for a := 0.0; a < 5.6*math.Pi; a += 0.2 {
		r := 4 + a*2.7
		spiral = append(spiral, 62+r*math.Cos(a)*0.92, 65+r*math.Sin(a))
	}
	c.stroke(4, shade(f.base, -0.28), spiral...)
}

// flatBlanket lies open: w by h, with fringes at both ends.
func (c *canvas) flatBlanket(f fabric, w, h float64) {
	c.fringe(6, w-6, -24, 24, f.base)
	c.fringe(6, w-6, h, 24, f.base)
	c.fill(round(0, 0, w, h, 10), f.cloth(0.04))
	c.stroke(4, shade(f.base, -0.20), 14, 14, w-14, 14, w-14, h-14, 14, h-14, 14, 14)
}

// sofa is 600 wide and 340 high.
func (c *canvas) sofa(col color.RGBA) {
	c.fill(rect(70, 310, 26, 44), solid(wood))
	c.fill(rect(504, 310, 26, 44), solid(wood))
	c.fill(round(50, 0, 500, 260, 46), solid(shade(col, -0.08)))
	c.fill(round(60, 170, 480, 120, 26), solid(col))
	c.fill(round(60, 250, 480, 72, 22), solid(shade(col, -0.14)))
	c.stroke(4, shade(col, -0.22), 300, 180, 300, 300)
	c.fill(round(0, 110, 92, 216, 40), solid(shade(col, 0.10)))
	c.fill(round(508, 110, 92, 216, 40), solid(shade(col, 0.10)))
}

// throwOver is a blanket laid over the sofa of the same origin.
func (c *canvas) throwOver(f fabric) {
	c.fill(path{}.line(330, -8).line(500, -8).curve(514, 120, 500, 180).line(520, 262).line(330, 262).line(322, 180).curve(322, 60, 330, -8), f.cloth(0.05))
	c.fill(polygon(322, 180, 500, 180, 520, 262, 330, 262), f.cloth(0.16))
	c.stroke(4, shade(f.base, -0.16), 322, 181, 500, 181)
	c.fill(rect(330, 260, 190, 38), f.cloth(-0.06))
	c.fringe(332, 520, 296, 30, f.base)
}

// cup is a mug of 190 by 190 with its handle at the right.
func (c *canvas) cup(col color.RGBA) {
	c.stroke(22, shade(col, -0.08), arc(150, 100, 48, 46, -80, 84)...)
	c.fill(path{}.line(0, 16).line(150, 16).line(142, 168).curve(140, 190, 116, 190).line(34, 190).curve(10, 190, 8, 168), solid(col))
	c.fill(path{}.line(112, 16).line(150, 16).line(142, 168).curve(140, 190, 116, 190).line(96, 190).curve(112, 160, 112, 16), solid(shade(col, -0.10)))
	c.fill(round(20, 40, 12, 96, 6), solid(shade(col, 0.35)))
	c.fill(ellipse(75, 16, 75, 17), solid(shade(col, 0.16)))
	c.fill(ellipse(75, 18, 62, 12), solid(rgb(0x6b4630)))
}

// steam rises from (0, 0).
func (c *canvas) steam(col color.RGBA) {
	for i := range 3 {
		var xy []float64
		for t := 0.0; t <= 90; t += 5 {
			xy = append(xy, float64(i)*34-34+9*math.Sin(t/13+float64(i)), -t)
		}
		c.stroke(7, col, xy...)
	}
}

// plant is 160 wide and 330 high, its pot's foot at y = 330.
func (c *canvas) plant(pot color.RGBA) {
	leaves := []struct{ x, y, turn float64 }{{80, 120, 0}, {42, 150, -0.7}, {118, 150, 0.7}, {20, 196, -1.2}, {140, 196, 1.2}}
	for i, l := range leaves {
		c.stroke(5, shade(leaf, -0.25), 80, 250, l.x, l.y)
		c.leaf(l.x, l.y, l.turn, shade(leaf, float64(i%3)*0.12-0.06))
	}
	c.fill(polygon(36, 236, 124, 236, 112, 330, 48, 330), solid(pot))
	c.fill(round(28, 224, 104, 26, 6), solid(shade(pot, 0.14)))
}

func (c *canvas) leaf(x, y, turn float64, col color.RGBA) {
	sin, cos := math.Sin(turn), math.Cos(turn)
	to := func(px, py float64) (float64, float64) { return x + px*cos - py*sin, y + px*sin + py*cos }
	x0, y0 := to(0, 20)
	x1, y1 := to(0, -92)
	lx, ly := to(-48, -26)
	rx, ry := to(48, -26)
	c.fill(path{}.line(x0, y0).curve(lx, ly, x1, y1).curve(rx, ry, x0, y0), solid(col))
	c.stroke(3, shade(col, -0.2), x0, y0, x1, y1)
}

// basket is 420 wide and 200 high.
func (c *canvas) basket() {
	straw := rgb(0xd2a66c)
	c.fill(polygon(0, 0, 420, 0, 380, 200, 40, 200), weave(func(x, y int) color.RGBA {
		if (x/18+y/14)%2 == 0 {
			return shade(straw, -0.14)
		}
		return straw
	}))
	c.fill(round(-10, -12, 440, 34, 17), solid(shade(straw, -0.22)))
}

// foldedTowel is 360 wide and 62 high, with two woven bands.
func (c *canvas) foldedTowel(f fabric) {
	c.fill(round(0, 0, 360, 62, 30), f.cloth(0))
	c.fill(rect(276, 1, 10, 60), solid(shade(f.base, -0.16)))
	c.fill(rect(294, 1, 18, 60), solid(shade(f.base, -0.16)))
	c.stroke(3, shade(f.base, -0.20), 26, 34, 330, 34)
	c.stroke(3, shade(f.base, 0.35), 40, 8, 250, 8)
}

// hangingTowel is 230 wide and 420 high, over a rail.
func (c *canvas) hangingTowel(f fabric) {
	c.stroke(16, rgb(0xb9b4ac), -50, 8, 280, 8)
	c.fill(round(18, -4, 200, 330, 8), f.cloth(-0.14))
	c.fill(round(0, -6, 206, 420, 10), f.cloth(0.02))
	for _, y := range []float64{330, 352, 364} {
		c.fill(rect(0, y, 206, 7), solid(shade(f.base, -0.18)))
	}
	c.stroke(3, shade(f.base, -0.12), 8, 12, 198, 12)
}

// cushion is 320 by 320.
func (c *canvas) cushion(f fabric) {
	outline := path{}.line(0, 0).curve(160, 34, 320, 0).curve(286, 160, 320, 320).curve(160, 286, 0, 320).curve(34, 160, 0, 0)
	c.fill(outline, f.cloth(0))
	c.fill(path{}.line(320, 0).curve(286, 160, 320, 320).curve(160, 286, 0, 320).curve(190, 262, 244, 214).curve(268, 150, 320, 0), f.cloth(-0.10))
	for _, d := range []float64{0, 1} {
		c.stroke(5, shade(f.base, 0.40), arc(160, 165, 60+d*26, 60+d*26, 0, 360)...)
	}
	c.fill(circle(160, 165, 13), solid(shade(f.base, 0.40)))
}

// heatedPad is the electric blanket: 480 by 330 in perspective, with its wires showing.
func (c *canvas) heatedPad(f fabric) {
	c.fill(path{}.line(70, 0).line(410, 0).line(480, 320).curve(240, 344, 0, 320), f.cloth(0.05))
	var wire []float64
	for i := range 8 {
		t := float64(i) / 7
		y := 36 + t*246
		l, r := 70-62*t+34, 410+62*t-34
		if i%2 == 1 {
			l, r = r, l
		}
		wire = append(wire, l, y, r, y)
	}
	c.stroke(7, rgb(0xe98b4d), wire...)
	c.stroke(4, shade(f.base, -0.22), 84, 14, 396, 14, 464, 308, 16, 308, 84, 14)
}

// controller is the hand piece of the electric blanket: 120 by 230.
func (c *canvas) controller(level string) {
	body := rgb(0xf4f1ec)
	c.fill(round(4, 8, 120, 230, 30), solid(shade(body, -0.20)))
	c.fill(round(0, 0, 120, 230, 30), solid(body))
	c.fill(round(18, 22, 84, 84, 14), solid(rgb(0x24343b)))
	c.text(60, 84, 58, rgb(0xffb163), level)
	c.fill(circle(60, 150, 26), solid(rgb(0xe98b4d)))
	c.stroke(5, white, arc(60, 150, 11, 11, -50, 232)...)
	c.stroke(5, white, 60, 134, 60, 148)
	c.fill(round(26, 194, 28, 14, 7), solid(shade(body, -0.25)))
	c.fill(round(66, 194, 28, 14, 7), solid(shade(body, -0.25)))
}

// swatch is a round piece of cloth of radius r.
func (c *canvas) swatch(x, y, r float64, f fabric) {
	c.fill(circle(x, y, r+6), solid(white))
	c.fill(circle(x, y, r), f.cloth(0.04))
}

// measure is a line with a bar at both ends and a size written at its middle.
func (c *canvas) measure(x0, y0, x1, y1 float64, size string, background color.RGBA) {
	c.stroke(5, ink, x0, y0, x1, y1)
	if y0 == y1 {
		c.stroke(5, ink, x0, y0-16, x0, y0+16)
		c.stroke(5, ink, x1, y1-16, x1, y1+16)
	} else {
		c.stroke(5, ink, x0-16, y0, x0+16, y0)
		c.stroke(5, ink, x1-16, y1, x1+16, y1)
	}
	mx, my := (x0+x1)/2, (y0+y1)/2
	w := float64(len(size))*19 + 24
	c.fill(rect(mx-w/2, my-26, w, 52), solid(background))
	c.text(mx, my+12, 36, ink, size)
}
