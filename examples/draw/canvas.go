package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// canvas is a picture and the place on it where subjects are drawn: a subject
// is written once in its own coordinates and put anywhere in any size by at.
type canvas struct {
	img   *image.RGBA
	x, y  float64 // pixels from the top left corner
	scale float64 // pixels per unit
}

// newCanvas makes a picture of w by h pixels, all in one colour.
func newCanvas(w, h int, background color.RGBA) *canvas {
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, w, h)), scale: 1}
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
	return c
}

// at is the same picture with the origin at (x, y) and s times the size.
func (c *canvas) at(x, y, s float64) *canvas {
	return &canvas{img: c.img, x: c.x + x*c.scale, y: c.y + y*c.scale, scale: c.scale * s}
}

// point is a place in the units of a subject.
type point struct{ x, y float64 }

// path is a closed outline: points where ctrl is zero are reached by a straight
// line, the others by a quadratic curve around ctrl.
type path []struct {
	to   point
	ctrl *point
}

func (p path) line(x, y float64) path {
	return append(p, path{{to: point{x, y}}}...)
}

func (p path) curve(cx, cy, x, y float64) path {
	return append(p, path{{to: point{x, y}, ctrl: &point{cx, cy}}}...)
}

// polygon takes x, y, x, y, ...
func polygon(xy ...float64) path {
	var p path
	for i := 0; i+1 < len(xy); i += 2 {
		p = p.line(xy[i], xy[i+1])
	}
	return p
}

func rect(x, y, w, h float64) path { return polygon(x, y, x+w, y, x+w, y+h, x, y+h) }

// round is a rectangle with corners of radius r.
func round(x, y, w, h, r float64) path {
	r = min(r, w/2, h/2)
	return path{}.line(x+r, y).
		line(x+w-r, y).curve(x+w, y, x+w, y+r).
		line(x+w, y+h-r).curve(x+w, y+h, x+w-r, y+h).
		line(x+r, y+h).curve(x, y+h, x, y+h-r).
		line(x, y+r).curve(x, y, x+r, y)
}

// ellipse has its centre at (x, y) and the radii rx and ry.
func ellipse(x, y, rx, ry float64) path {
	const steps = 48
	var p path
	for i := range steps {
		a := 2 * math.Pi * float64(i) / steps
		p = p.line(x+rx*math.Cos(a), y+ry*math.Sin(a))
	}
	return p
}

func circle(x, y, r float64) path { return ellipse(x, y, r, r) }

// fill paints the inside of p, with smooth edges.
func (c *canvas) fill(p path, paint image.Image) {
	box := c.bounds(p).Intersect(c.img.Bounds())
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	px := func(q point) (float32, float32) {
		return float32(c.x + q.x*c.scale - float64(box.Min.X)), float32(c.y + q.y*c.scale - float64(box.Min.Y))
	}
	r.MoveTo(px(p[0].to))
	for _, s := range p[1:] {
		x, y := px(s.to)
		if s.ctrl == nil {
			r.LineTo(x, y)
			continue
		}
		cx, cy := px(*s.ctrl)
		r.QuadTo(cx, cy, x, y)
	}
	r.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	if w, ok := paint.(weave); ok {
		paint = w.piece(box)
	}
	draw.DrawMask(c.img, box, paint, box.Min, mask, image.Point{}, draw.Over)
}

// bounds is the smallest box of whole pixels around p.
func (c *canvas) bounds(p path) image.Rectangle {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	grow := func(q point) {
		lo = point{min(lo.x, q.x), min(lo.y, q.y)}
		hi = point{max(hi.x, q.x), max(hi.y, q.y)}
	}
	for _, s := range p {
		grow(s.to)
		if s.ctrl != nil {
			grow(*s.ctrl)
		}
	}
	return image.Rect(
		int(math.Floor(c.x+lo.x*c.scale)), int(math.Floor(c.y+lo.y*c.scale)),
		int(math.Ceil(c.x+hi.x*c.scale)), int(math.Ceil(c.y+hi.y*c.scale)))
}

// stroke draws a line of the given width through the points x, y, x, y, ...
func (c *canvas) stroke(width float64, ink color.RGBA, xy ...float64) {
	paint := image.NewUniform(ink)
	for i := 0; i+1 < len(xy); i += 2 {
		if width > 2 {
			c.fill(circle(xy[i], xy[i+1], width/2), paint)
		}
		if i+3 >= len(xy) {
			continue
		}
		dx, dy := xy[i+2]-xy[i], xy[i+3]-xy[i+1]
		n := math.Hypot(dx, dy) / (width / 2)
		if n == 0 {
			continue
		}
		ox, oy := -dy/n, dx/n
		c.fill(polygon(xy[i]+ox, xy[i+1]+oy, xy[i+2]+ox, xy[i+3]+oy, xy[i+2]-ox, xy[i+3]-oy, xy[i]-ox, xy[i+1]-oy), paint)
	}
}

// arc is a stretch of an ellipse as points for stroke; angles in degrees, clockwise from the right.
func arc(x, y, rx, ry, from, to float64) []float64 {
	const step = 6
	var xy []float64
	for a := from; a <= to; a += step {
		rad := a * math.Pi / 180
		xy = append(xy, x+rx*math.Cos(rad), y+ry*math.Sin(rad))
	}
	return xy
}

var typeface = func() *opentype.Font {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		panic(err) // the font is compiled in
	}
	return f
}()

// text writes s around the middle x, on the base line y, in letters of size units.
func (c *canvas) text(x, y, size float64, ink color.RGBA, s string) {
	face, err := opentype.NewFace(typeface, &opentype.FaceOptions{Size: size * c.scale, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err) // only for a nil font
	}
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(ink), Face: face}
	px, py := c.x+x*c.scale, c.y+y*c.scale
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(math.Round(px*64)) - d.MeasureString(s)/2, Y: fixed.Int26_6(math.Round(py * 64))}
	d.DrawString(s)
}
