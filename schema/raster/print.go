package raster

import (
	"encoding/binary"
	"image"
	"math/bits"
)

// Print is what a picture looks like from afar: pictures of the same thing in
// another size or quality have nearly the same print. The zero Print is that of
// a picture without any shapes, which looks like nothing in particular.
type Print struct {
	// Hash tells, for 8 rows of 9 cells, where it becomes darker from a cell to
	// its right neighbour ("dHash").
	Hash uint64
	// Colours are the mean red, green and blue of the four quarters: a towel in
	// red and the same one in blue have the same shapes.
	Colours [12]uint8
}

// The cells of a print, and how many points of each cell are looked at, in each
// direction.
const (
	printColumns = 9
	printRows    = 8
	printPoints  = 32
)

// minStep is how much darker, of 255, the right neighbour must be. Compression
// changes even surfaces by one or two.
const minStep = 3

// The bounds of what looks the same: of the pictures in examples/, saved again
// at half the size as JPEG of quality 50, all are within them, and no two main
// pictures of different products (TestPrintsOfTheSamePicture).
const (
	maxHashBits   = 5
	maxColourStep = 10
)

// Alike reports whether two pictures look the same.
func (p Print) Alike(q Print) bool {
	if p.Hash == 0 || q.Hash == 0 || bits.OnesCount64(p.Hash^q.Hash) > maxHashBits {
		return false
	}
	for i := range p.Colours {
		if step := int(p.Colours[i]) - int(q.Colours[i]); step > maxColourStep || step < -maxColourStep {
			return false
		}
	}
	return true
}

func printOf(img image.Image) Print {
	var p Print
	var quarters [4][4]int // red, green, blue, number of cells
	for row := range printRows {
		left := 0
		for column := range printColumns {
			cell := meanOf(img, column, row)
			luma := (299*cell[0] + 587*cell[1] + 114*cell[2]) / 1000
			if column > 0 && left-luma >= minStep {
				p.Hash |= 1 << (row*(printColumns-1) + column - 1)
			}
			left = luma
			quarter := &quarters[row*2/printRows*2+column*2/printColumns]
			for c := range cell {
				quarter[c] += cell[c]
			}
			quarter[3]++
		}
	}
	for i, quarter := range quarters {
		for c := range 3 {
			p.Colours[3*i+c] = uint8(quarter[c] / quarter[3])
		}
	}
	return p
}

// meanOf is the mean colour of a cell, on white where it is transparent, 0 to 255.
func meanOf(img image.Image, column, row int) [3]int {
	b := img.Bounds()
	var sum [3]int
	for y := range printPoints {
		for x := range printPoints {
			at := image.Pt(
				b.Min.X+(2*(column*printPoints+x)+1)*b.Dx()/(2*printColumns*printPoints),
				b.Min.Y+(2*(row*printPoints+y)+1)*b.Dy()/(2*printRows*printPoints))
			red, green, blue, alpha := img.At(at.X, at.Y).RGBA()
			paper := 0xffff - alpha
			for c, v := range [3]uint32{red, green, blue} {
				sum[c] += int(v+paper) >> 8
			}
		}
	}
	for c := range sum {
		sum[c] /= printPoints * printPoints
	}
	return sum
}

// bytes and printFrom are the form in which a print is kept.
func (p Print) bytes() []byte {
	return append(binary.BigEndian.AppendUint64(nil, p.Hash), p.Colours[:]...)
}

func printFrom(b []byte) Print {
	p := Print{Hash: binary.BigEndian.Uint64(b)}
	copy(p.Colours[:], b[8:])
	return p
}
