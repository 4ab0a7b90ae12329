package raster

import "image"

// resample makes a picture smaller with the Catmull-Rom filter, in whole
// numbers. golang.org/x/image/draw has the same filter in floating point, which
// arm64 rounds otherwise than amd64 (it fuses multiplication and addition): the
// same catalog would then have other pictures on another machine, and every
// product would go to review again.
func resample(src *image.RGBA, width, height int) *image.RGBA {
	b := src.Bounds()
	if b.Dx() == width && b.Dy() == height {
		return src
	}
	// Rows first: the lines of the source become as short as those of the result.
	columns, rows := tapsOf(b.Dx(), width), tapsOf(b.Dy(), height)
	narrow := make([]int16, b.Dy()*width*4)
	for y := range b.Dy() {
		line := src.Pix[y*src.Stride:]
		for x := range width {
			t := &columns[x]
			var sum [4]int64
			for i, weight := range t.weights {
				p := (t.first + i) * 4
				for c := range sum {
					sum[c] += weight * int64(line[p+c])
				}
			}
			for c := range sum {
				narrow[(y*width+x)*4+c] = int16(rounded(sum[c]<<fraction, t.total))
			}
		}
	}
	dst := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		t := &rows[y]
		for x := range width {
			var sum [4]int64
			for i, weight := range t.weights {
				p := ((t.first+i)*width + x) * 4
				for c := range sum {
					sum[c] += weight * int64(narrow[p+c])
				}
			}
			store(dst.Pix[y*dst.Stride+x*4:], sum, t.total<<fraction)
		}
	}
	return dst
}

// fraction is how many bits after the point are kept between the two steps.
const fraction = 6

// store writes one point. Colours are premultiplied, so none is above alpha.
func store(pix []uint8, sum [4]int64, total int64) {
	alpha := min(max(rounded(sum[3], total), 0), 255)
	for c := range 3 {
		pix[c] = uint8(min(max(rounded(sum[c], total), 0), alpha))
	}
	pix[3] = uint8(alpha)
}

// rounded is n/d to the nearest whole number; d is positive.
func rounded(n, d int64) int64 {
	if n < 0 {
		return -((-n + d/2) / d)
	}
	return (n + d/2) / d
}

// taps are the points of a line of the source that make one of the result.
type taps struct {
	first   int
	weights []int64
	total   int64
}

// tapsOf are the taps of a line of from points that becomes one of to points, to
// being at most from.
func tapsOf(from, to int) []taps {
	all := make([]taps, to)
	for x := range all {
		// Two points of the result on either side count; their middle is at
		// (2x+1)·from / (2·to) of the source.
		first := max(((2*x-3)*from)/(2*to), 0)
		last := min(((2*x+5)*from)/(2*to), from-1)
		t := &all[x]
		t.first = first
		for s := first; s <= last; s++ {
			distance := int64((2*s+1)*to - (2*x+1)*from)
			weight := catmullRom(distance << unit / int64(2*from))
			t.weights = append(t.weights, weight)
			t.total += weight
		}
	}
	return all
}

// unit is how many bits after the point weights have.
const unit = 16

// catmullRom is the filter at a distance, both with unit bits after the point.
func catmullRom(t int64) int64 {
	const one = 1 << unit
	t = max(t, -t)
	t2 := t * t >> unit
	t3 := t2 * t >> unit
	switch {
	case t < one:
		return (3*t3-5*t2)/2 + one
	case t < 2*one:
		return (-t3+5*t2)/2 - 4*t + 2*one
	}
	return 0
}
