package main

import "fmt"

// towel is one product of towels.csv: its cloth in the colours of its SKUs.
type towel struct {
	id     string
	skus   []string // picture names, as in towel-skus.csv
	cloths []fabric
	wall   uint32
	floor  uint32
	word   string
	size   [2]string
}

var towelRange = []towel{
	{"towel-01", []string{"white", "coral", "navy"}, []fabric{{rgb(0xefe8da), terry}, {rgb(0xe79a8b), terry}, {rgb(0x3c4d70), terry}},
		0xdcebe9, 0xbfb29f, "LONG STAPLE COTTON", [2]string{"34 cm", "74 cm"}},
	{"towel-02", []string{"sage", "lilac"}, []fabric{{rgb(0xa9bb97), terry}, {rgb(0xc4b3d6), terry}},
		0xf1ecdd, 0xc8a57d, "BAMBOO", [2]string{"33 cm", "72 cm"}},
	{"towel-03", []string{"sand", "slate"}, []fabric{{rgb(0xd6bf9b), waffle}, {rgb(0x6f7a83), waffle}},
		0xe6e3ea, 0x9c8f86, "WAFFLE", [2]string{"35 cm", "75 cm"}},
	{"towel-04", []string{"mixed"}, []fabric{{rgb(0xf3c9c4), gauze}, {rgb(0xf4e0a8), gauze}, {rgb(0xbfdcc8), gauze}, {rgb(0xb5d2e6), gauze}, {rgb(0xd8c6e6), gauze}},
		0xfaf1e6, 0xe2cdb4, "SIX LAYERS OF GAUZE", [2]string{"25 cm", "25 cm"}},
}

// towels draws the products of the table.
func towels() []picture {
	var all []picture
	for i, t := range towelRange {
		dir := "img/" + t.id + "/"
		all = append(all,
			picture{dir + "head-1.jpg", func() *canvas { return t.stack(i) }},
			picture{dir + "head-2.jpg", t.rail},
			picture{dir + "detail-1.png", t.clothPage},
			picture{dir + "detail-2.png", t.sizePage})
		for j, name := range t.skus {
			all = append(all, picture{fmt.Sprintf("%s%s.png", dir, name), t.thumb(j)})
		}
	}
	return all
}

// stack shows all the colours, folded on a bench.
func (t towel) stack(turn int) *canvas {
	floor := rgb(t.floor)
	c := room(800, 800, rgb(t.wall), floor)
	c.shadow(400, 690, 640, floor)
	for i := range 5 {
		x := 150.0 + float64((i*2+turn)%3-1)*16
		c.at(x, 590-float64(i)*88, 1.4).foldedTowel(t.cloths[(i+turn)%len(t.cloths)])
	}
	return c
}

// rail shows them hanging side by side.
func (t towel) rail() *canvas {
	c := newCanvas(800, 800, rgb(t.wall))
	for x := 0.0; x < 800; x += 100 {
		c.stroke(2, shade(rgb(t.wall), -0.06), x, 0, x, 800)
		c.stroke(2, shade(rgb(t.wall), -0.06), 0, x, 800, x)
	}
	n := min(3, len(t.cloths))
	for i := range n {
		c.at(400-float64(n)*120+float64(i)*240+18, 170, 1).hangingTowel(t.cloths[i])
	}
	return c
}

func (t towel) clothPage() *canvas {
	c := page(880, t.word, t.cloths[len(t.cloths)-1])
	for i, f := range t.cloths {
		x := 375 + (float64(i)-float64(len(t.cloths)-1)/2)*(600/float64(len(t.cloths)))
		c.swatch(x, 330, 260/float64(len(t.cloths)+1)+40, f)
	}
	for i, f := range t.cloths[:min(3, len(t.cloths))] {
		c.at(150, 740-float64(i)*80, 1.25).foldedTowel(f)
	}
	return c
}

func (t towel) sizePage() *canvas {
	c := page(980, "SIZE", t.cloths[0])
	h := 620.0
	if t.size[0] == t.size[1] {
		h = 380
	}
	last := t.cloths[len(t.cloths)-1]
	c.fill(round(150, 270, 380, h, 12), last.cloth(0.02))
	c.stroke(5, shade(last.base, -0.16), 164, 284, 516, 284, 516, 256+h, 164, 256+h, 164, 284)
	c.measures(150, 262, 530, 270+h, t.size[0], t.size[1])
	return c
}

func (t towel) thumb(i int) func() *canvas {
	return thumb(t.cloths[i], func(c *canvas, f fabric) {
		if t.id == "towel-04" {
			for j, f := range t.cloths {
				c.at(150, 560-float64(j)*82, 1.35).foldedTowel(f)
			}
			return
		}
		c.at(150, 480, 1.4).foldedTowel(f)
		c.at(158, 394, 1.36).foldedTowel(f)
		c.at(146, 308, 1.4).foldedTowel(f)
	})
}
