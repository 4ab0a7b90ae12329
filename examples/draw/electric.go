package main

var heat = fabric{rgb(0xd9b8a6), fleece}

// electric draws eb-150, the electric blanket.
func electric() []picture {
	return []picture{
		{"img/eb-150/1.png", func() *canvas {
			floor := rgb(0xc9a98c)
			c := room(800, 800, rgb(0xf6e3d6), floor)
			c.shadow(400, 640, 720, floor)
			c.at(60, 230, 1.2).heatedPad(heat)
			c.cable(300, 630, 560, 560)
			c.at(560, 470, 1.1).controller("4")
			return c
		}},
		{"img/eb-150/2.png", func() *canvas {
			floor := rgb(0x6d5f6b)
			c := room(800, 800, rgb(0x8d8299), floor)
			c.shadow(400, 742, 700, floor)
			c.at(60, 150, 2.6).bed(heat)
			c.fill(circle(640, 150, 64), solid(rgb(0xf7e7b4)))
			c.fill(circle(670, 134, 56), solid(rgb(0x8d8299)))
			return c
		}},
		{"img/eb-150/3.png", func() *canvas {
			c := newCanvas(800, 800, rgb(0xe7d3c7))
			c.fill(circle(400, 400, 320), solid(rgb(0xf6e9e0)))
			c.at(180, 180, 1.9).controller("6")
			c.at(470, 260, 1.4).controller("2")
			return c
		}},
		{"img/eb-150/d1.png", func() *canvas {
			c := page(900, "SIX LEVELS", heat)
			for i := range 6 {
				h := 120 + float64(i)*80
				tone := shade(rgb(0xe98b4d), 0.55-float64(i)*0.13)
				c.fill(round(80+float64(i)*102, 780-h, 80, h, 14), solid(tone))
				c.text(120+float64(i)*102, 840, 44, ink, string(rune('1'+i)))
			}
			return c
		}},
		{"img/eb-150/d2.png", func() *canvas {
			c := page(900, "OFF AFTER 8 HOURS", heat)
			c.fill(circle(375, 500, 280), solid(shade(heat.base, 0.2)))
			c.fill(circle(375, 500, 250), solid(white))
			for i := range 12 {
				p := arc(375, 500, 224, 224, float64(i)*30, float64(i)*30)
				c.fill(circle(p[0], p[1], 9), solid(ink))
			}
			c.stroke(14, ink, 375, 500, 375, 330)
			c.stroke(18, rgb(0xe98b4d), 375, 500, 480, 590)
			c.fill(circle(375, 500, 20), solid(ink))
			return c
		}},
		{"img/eb-150/d3.png", func() *canvas {
			c := page(900, "SIZE", heat)
			c.at(90, 330, 1).heatedPad(heat)
			c.measures(90, 320, 570, 650, "150 cm", "180 cm")
			c.text(330, 770, 40, ink, "100 W   220 V   50 Hz")
			return c
		}},
		{"img/eb-150/single.png", thumb(heat, func(c *canvas, f fabric) {
			c.at(110, 200, 1.1).heatedPad(f)
			c.at(520, 400, 1).controller("3")
		})},
		{"img/eb-150/dual.png", thumb(heat, func(c *canvas, f fabric) {
			c.at(130, 160, 1.1).heatedPad(f)
			c.at(170, 430, 1).controller("3")
			c.at(520, 430, 1).controller("5")
		})},
	}
}

// cable hangs between two places.
func (c *canvas) cable(x0, y0, x1, y1 float64) {
	var xy []float64
	for i := range 21 {
		t := float64(i) / 20
		xy = append(xy, x0+(x1-x0)*t, y0+(y1-y0)*t+t*(1-t)*240)
	}
	c.stroke(9, rgb(0x8b827b), xy...)
}
