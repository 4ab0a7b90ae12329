package main

import (
	"image"
	"image/color"
	"math"
)

var (
	wine  = fabric{rgb(0x8e2438), fleece}
	blue  = fabric{rgb(0x3f6ea5), fleece}
	beige = fabric{rgb(0xe3c88f), fleece}
	grey  = fabric{rgb(0x55585e), fleece}

	coralColours = []fabric{wine, blue, beige, grey}
)

// coral draws product 719, the fleece blanket in four colours.
func coral() []picture {
	folded := func(c *canvas, f fabric) {
		c.shadow(400, 612, 560, shade(f.base, 0.62))
		c.at(140, 220, 1.3).foldedBlanket(f)
	}
	return []picture{
		{"img/719/1.png", coralPile},
		{"img/719/2.png", coralSofa},
		{"img/719/3.png", coralTea},
		{"img/719/4.png", coralBasket},
		{"img/719/5.png", coralClose},
		{"img/719/d1.png", coralColourPage},
		{"img/719/d2.png", coralSizePage},
		{"img/719/d3.png", coralClothPage},
		{"img/719/d4.png", coralUsePage},
		{"img/719/d5.png", carePage(wine)},
		{"img/719/d6.png", coralBagPage},
		{"img/719/wine.png", thumb(wine, folded)},
		{"img/719/blue.png", thumb(blue, folded)},
		{"img/719/beige.png", thumb(beige, folded)},
		{"img/719/grey.png", thumb(grey, folded)},
	}
}

func coralPile() *canvas {
	floor := rgb(0xd9c3a5)
	c := room(800, 800, rgb(0xf3e7da), floor)
	c.at(560, 250, 1).plant(rgb(0xb5694a))
	c.shadow(350, 716, 520, floor)
	for i, f := range []fabric{grey, blue, beige} {
		y := 624 - float64(i)*86
		c.at(110, y, 1.2).fill(round(0, 0, 400, 76, 34), f.cloth(0))
		c.at(110, y, 1.2).stroke(3, shade(f.base, -0.2), 26, 40, 374, 40)
	}
	c.at(138, 152, 1.06).foldedBlanket(wine)
	return c
}

func coralSofa() *canvas {
	floor := rgb(0xb98d63)
	c := room(800, 800, rgb(0xdfe7e4), floor)
	c.shadow(400, 664, 640, floor)
	c.at(70, 270, 1.1).sofa(rgb(0xc9b8a3))
	c.at(70, 270, 1.1).throwOver(wine)
	c.at(130, 330, 0.5).cushion(fabric{rgb(0x7d8f84), linen})
	return c
}

func coralTea() *canvas {
	floor := rgb(0x9a6b47)
	c := room(800, 800, rgb(0xf2ddd4), floor)
	c.shadow(330, 682, 560, floor)
	c.at(60, 300, 1.27).foldedBlanket(blue)
	c.shadow(660, 690, 190, floor)
	c.at(580, 530, 0.84).cup(white)
	c.at(640, 500, 1).steam(rgb(0xfbf2ec))
	return c
}

func coralBasket() *canvas {
	floor := rgb(0xcdbfae)
	c := room(800, 800, rgb(0xe9e2ef), floor)
	c.shadow(400, 716, 560, floor)
	for i, f := range coralColours {
		c.at(120+float64(i)*142, 270+float64(i%2)*34, 1).fill(round(0, 0, 132, 260, 60), f.cloth(0.02))
		c.at(120+float64(i)*142, 270+float64(i%2)*34, 1).fill(ellipse(66, 44, 60, 40), f.cloth(0.16))
		c.at(120+float64(i)*142, 270+float64(i%2)*34, 1).stroke(5, shade(f.base, -0.25), arc(66, 44, 36, 22, 20, 330)...)
	}
	c.at(104, 490, 1.4).basket()
	return c
}

func coralClose() *canvas {
	c := newCanvas(800, 800, rgb(0xefe3d3))
	c.at(70, 90, 1).flatBlanket(beige, 660, 620)
	c.fill(path{}.line(730, 470).curve(560, 500, 480, 710).line(730, 710), wine.cloth(0.10))
	c.stroke(6, shade(wine.base, -0.25), 730, 470, 640, 520, 560, 596, 508, 668, 482, 710)
	c.fill(round(150, 180, 330, 120, 14), solid(white))
	c.text(315, 258, 50, ink, "100×150 cm")
	return c
}

func coralColourPage() *canvas {
	c := page(900, "FOUR COLOURS", wine)
	for i, f := range coralColours {
		x, y := 200+float64(i%2)*350, 310+float64(i/2)*360
		c.swatch(x, y, 135, f)
		c.at(x-70, y-52, 0.35).foldedBlanket(f)
	}
	return c
}

func coralSizePage() *canvas {
	c := page(1000, "SIZE", blue)
	c.at(130, 260, 1).flatBlanket(blue, 400, 600)
	c.measure(130, 196, 530, 196, "100 cm", paper)
	c.measure(620, 260, 620, 860, "150 cm", paper)
	return c
}

func coralClothPage() *canvas {
	c := page(900, "CORAL FLEECE", grey)
	c.at(90, 200, 1).flatBlanket(grey, 570, 580)
	c.fill(circle(470, 560, 190), solid(white))
	c.fill(circle(470, 560, 176), weave(func(x, y int) color.RGBA { return fleece(grey.base)(x/4, y/4) }))
	c.stroke(26, rgb(0x8a6a4b), 606, 700, 690, 800)
	return c
}

func coralUsePage() *canvas {
	c := page(1000, "ANYWHERE", beige)
	for i, f := range coralColours {
		x, y := 40+float64(i%2)*350, 170+float64(i/2)*400
		c.fill(round(x, y, 320, 370, 24), solid(shade(f.base, 0.70)))
	}
	c.at(60, 240, 0.47).sofa(rgb(0xb9a58d))
	c.at(60, 240, 0.47).throwOver(wine)
	c.at(430, 270, 1).plane()
	c.at(80, 690, 1).desk()
	c.at(450, 660, 1).bed(grey)
	return c
}

func coralBagPage() *canvas {
	c := page(900, "WHAT YOU GET", grey)
	c.shadow(375, 790, 520, paper)
	c.at(175, 380, 1).foldedBlanket(wine)
	c.stroke(12, rgb(0x9bb0b8), arc(375, 330, 70, 70, 180, 360)...)
	c.fill(round(140, 320, 470, 460, 30), image.NewUniform(color.NRGBA{R: 0xb7, G: 0xca, B: 0xd1, A: 0x50}))
	c.stroke(6, rgb(0x9bb0b8), 150, 324, 600, 324, 606, 776, 144, 776, 150, 324)
	c.fill(round(470, 350, 110, 70, 8), solid(white))
	c.text(525, 398, 36, wine.base, "CXY")
	return c
}

// plane is an aircraft seat window with a view, 260 by 240.
func (c *canvas) plane() {
	c.fill(round(60, 0, 160, 220, 70), solid(white))
	c.fill(round(78, 18, 124, 184, 56), solid(rgb(0x9fc4de)))
	c.fill(ellipse(120, 150, 40, 16), solid(white))
	c.fill(ellipse(162, 100, 30, 12), solid(white))
}

// desk is an office desk with a screen and a cup, 260 by 240.
func (c *canvas) desk() {
	c.fill(round(20, 20, 150, 104, 8), solid(ink))
	c.fill(rect(30, 30, 130, 80), solid(rgb(0x8fb0c9)))
	c.fill(rect(88, 124, 14, 34), solid(ink))
	c.fill(rect(0, 158, 250, 16), solid(wood))
	c.fill(rect(14, 174, 12, 90), solid(wood))
	c.fill(rect(224, 174, 12, 90), solid(wood))
	c.at(182, 110, 0.25).cup(rgb(0xb5694a))
}

// bed is a bed with a blanket, 260 by 220.
func (c *canvas) bed(f fabric) {
	c.fill(round(0, 20, 26, 200, 8), solid(wood))
	c.fill(rect(10, 150, 250, 50), solid(shade(wood, 0.2)))
	c.fill(round(26, 96, 226, 64, 18), solid(white))
	c.fill(round(36, 70, 70, 40, 18), solid(rgb(0xe8e2d8)))
	c.fill(round(110, 88, 148, 84, 18), f.cloth(0.06))
	c.fringe(112, 256, 170, 14, f.base)
}

var (
	turquoise = fabric{rgb(0x4e9a94), plaid}
	caramel   = fabric{rgb(0xc08a4e), plaid}
	mint      = fabric{rgb(0xa5d3be), gauze}
	sky       = fabric{rgb(0x9cc3dd), gauze}
)

// flannel draws product 720, the plaid throw.
func flannel() []picture {
	return []picture{
		{"img/720/1.png", func() *canvas {
			floor := rgb(0xa87a52)
			c := room(800, 800, rgb(0xf0e6d2), floor)
			c.shadow(400, 664, 640, floor)
			c.at(70, 270, 1.1).sofa(rgb(0x8a949b))
			c.at(70, 270, 1.1).throwOver(turquoise)
			return c
		}},
		{"img/720/2.png", func() *canvas {
			floor := rgb(0xd8c6ae)
			c := room(800, 800, rgb(0xe4ece6), floor)
			c.shadow(300, 706, 460, floor)
			c.at(50, 330, 1.22).foldedBlanket(turquoise)
			c.shadow(650, 706, 260, floor)
			c.at(520, 556, 1).rolledBlanket(caramel)
			return c
		}},
		{"img/720/3.png", func() *canvas {
			c := newCanvas(800, 800, rgb(0xf3ead9))
			c.at(100, 110, 1).flatBlanket(caramel, 600, 580)
			c.fill(round(250, 640, 300, 90, 45), solid(white))
			c.text(400, 700, 46, shade(caramel.base, -0.3), "280 g/m2")
			return c
		}},
		{"img/720/d1.png", func() *canvas {
			c := page(900, "TWO CHECKS", turquoise)
			for i, f := range []fabric{turquoise, caramel} {
				c.swatch(210+float64(i)*330, 320, 145, f)
				c.at(50+float64(i)*340, 560, 0.78).foldedBlanket(f)
			}
			return c
		}},
		{"img/720/d2.png", func() *canvas {
			c := page(1000, "TWO SIZES", caramel)
			c.at(90, 300, 1).flatBlanket(caramel, 430, 560)
			c.at(90, 300, 1).flatBlanket(turquoise, 370, 450)
			c.measures(90, 290, 520, 860, "150 cm", "200 cm")
			c.text(275, 540, 44, white, "130 x 160")
			return c
		}},
		{"img/720/d3.png", carePage(turquoise)},
		{"img/720/green.png", thumb(turquoise, rolled)},
		{"img/720/caramel.png", thumb(caramel, rolled)},
	}
}

func rolled(c *canvas, f fabric) {
	c.shadow(400, 560, 560, shade(f.base, 0.62))
	c.at(120, 290, 2.1).rolledBlanket(f)
}

// cool draws cool-01, the thin blanket for summer.
func cool() []picture {
	return []picture{
		{"img/cool-01/1.png", func() *canvas {
			floor := rgb(0xe5dccb)
			c := room(800, 800, rgb(0xd7ecef), floor)
			c.at(60, 380, 1).plant(rgb(0x6d9db0))
			c.shadow(480, 702, 500, floor)
			c.at(240, 350, 1.16).foldedBlanket(mint)
			c.at(530, 90, 1).sun()
			return c
		}},
		{"img/cool-01/2.png", func() *canvas {
			floor := rgb(0xcfdde2)
			c := room(800, 800, rgb(0xf2f5ea), floor)
			c.shadow(400, 740, 700, floor)
			c.at(60, 130, 2.6).bed(sky)
			return c
		}},
		{"img/cool-01/d1.png", func() *canvas {
			c := page(900, "LIGHT AND COOL", sky)
			c.at(90, 210, 1).flatBlanket(sky, 570, 560)
			for i := range 3 {
				var xy []float64
				for t := 0.0; t <= 380; t += 10 {
					xy = append(xy, 180+t, 360+float64(i)*110+22*math.Sin(t/42))
				}
				c.stroke(14, white, xy...)
			}
			return c
		}},
		{"img/cool-01/d2.png", func() *canvas {
			c := page(900, "SIZE", mint)
			c.at(110, 270, 1).flatBlanket(mint, 420, 540)
			c.measures(110, 262, 530, 810, "150 cm", "200 cm")
			return c
		}},
		{"img/cool-01/mint.png", thumb(mint, hung)},
		{"img/cool-01/sky.png", thumb(sky, hung)},
	}
}

func hung(c *canvas, f fabric) {
	c.at(262, 120, 1.3).hangingTowel(f)
	c.at(262, 120, 1.3).fringe(4, 204, 412, 26, f.base)
}

// sun is 180 by 180.
func (c *canvas) sun() {
	gold := rgb(0xf2c35b)
	for i := range 12 {
		a := float64(i) * math.Pi / 6
		c.stroke(9, gold, 90+64*math.Cos(a), 90+64*math.Sin(a), 90+88*math.Cos(a), 90+88*math.Sin(a))
	}
	c.fill(circle(90, 90, 50), solid(gold))
}
