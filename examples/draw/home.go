package main

var (
	ochre      = fabric{rgb(0xd39a3f), linen}
	teal       = fabric{rgb(0x2f7f86), linen}
	terracotta = fabric{rgb(0xc0654a), linen}
	olive      = fabric{rgb(0x8a8f52), linen}
)

// mugs draws mug-01, the product without a brand.
func mugs() []picture {
	one := func(c *canvas, f fabric) {
		c.shadow(390, 640, 420, shade(f.base, 0.62))
		c.at(200, 250, 2.05).cup(f.base)
	}
	return []picture{
		{"img/mug-01/1.png", func() *canvas {
			floor := wood
			c := room(800, 800, rgb(0xe8eee9), floor)
			c.shadow(270, 690, 330, floor)
			c.at(110, 400, 1.55).cup(ochre.base)
			c.at(220, 370, 1.4).steam(white)
			c.shadow(580, 700, 300, floor)
			c.at(460, 452, 1.3).cup(teal.base)
			return c
		}},
		{"img/mug-01/2.png", func() *canvas {
			floor := rgb(0xd9cfc1)
			c := room(800, 800, rgb(0xd3e3e5), floor)
			c.at(80, 340, 2).desk()
			c.shadow(640, 720, 220, floor)
			c.at(560, 520, 1.05).cup(teal.base)
			return c
		}},
		{"img/mug-01/3.png", func() *canvas {
			c := newCanvas(800, 800, rgb(0xf4e6c9))
			c.fill(circle(390, 420, 330), solid(rgb(0xe9cf98)))
			c.at(190, 260, 2.2).cup(ochre.base)
			c.text(350, 520, 72, white, "350 ml")
			return c
		}},
		{"img/mug-01/d1.png", func() *canvas {
			c := page(820, "MATT GLAZE", teal)
			c.at(120, 300, 2).cup(teal.base)
			c.measure(120, 220, 420, 220, "82 mm", paper)
			c.measure(640, 330, 640, 680, "95 mm", paper)
			return c
		}},
		{"img/mug-01/d2.png", func() *canvas {
			c := page(820, "TWO COLOURS", ochre)
			c.at(70, 330, 1.35).cup(ochre.base)
			c.at(420, 330, 1.35).cup(teal.base)
			c.swatch(170, 680, 60, ochre)
			c.swatch(520, 680, 60, teal)
			return c
		}},
		{"img/mug-01/ochre.png", thumb(ochre, one)},
		{"img/mug-01/teal.png", thumb(teal, one)},
	}
}

// cushions draws cushion-01.
func cushions() []picture {
	one := func(c *canvas, f fabric) { c.at(170, 170, 1.44).cushion(f) }
	return []picture{
		{"img/cushion-01/1.png", func() *canvas {
			floor := rgb(0xb08a68)
			c := room(800, 800, rgb(0xe9e4d4), floor)
			c.shadow(400, 664, 640, floor)
			c.at(70, 270, 1.1).sofa(rgb(0x9aa79f))
			c.at(150, 330, 0.72).cushion(terracotta)
			c.at(410, 340, 0.68).cushion(olive)
			return c
		}},
		{"img/cushion-01/2.png", func() *canvas {
			c := newCanvas(800, 800, rgb(0xefe0d6))
			c.at(60, 240, 1.25).cushion(olive)
			c.at(330, 150, 1.35).cushion(terracotta)
			return c
		}},
		{"img/cushion-01/d1.png", func() *canvas {
			c := page(860, "SIZE", olive)
			c.at(130, 290, 1.25).cushion(olive)
			c.measures(130, 280, 530, 690, "45 cm", "45 cm")
			return c
		}},
		{"img/cushion-01/d2.png", func() *canvas {
			c := page(860, "HIDDEN ZIP", terracotta)
			c.fill(round(90, 220, 570, 500, 30), terracotta.cloth(0))
			c.stroke(8, shade(terracotta.base, -0.3), 90, 480, 660, 480)
			for x := 110.0; x < 560; x += 20 {
				c.stroke(5, shade(terracotta.base, 0.5), x, 470, x, 490)
			}
			c.fill(round(566, 458, 56, 44, 12), solid(rgb(0xd9d3c8)))
			c.fill(round(614, 470, 60, 20, 10), solid(rgb(0xb9b2a6)))
			return c
		}},
		{"img/cushion-01/terracotta.png", thumb(terracotta, one)},
		{"img/cushion-01/olive.png", thumb(olive, one)},
	}
}
