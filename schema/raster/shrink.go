package raster

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	xdraw "golang.org/x/image/draw"
)

// Limits are what a picture must not exceed.
type Limits struct {
	Bytes int64
	Side  int // pixels of the longer side; 0 for any
}

// Exceeds reports whether a picture of that many bytes is too large.
func (l Limits) Exceeds(v Verdict, bytes int64) bool {
	return bytes > l.Bytes || l.Side > 0 && max(v.Width, v.Height) > l.Side
}

// qualities are tried in this order until a JPEG is small enough; after them
// the picture loses pixels.
var qualities = []int{90, 85, 80, 75}

// Shrink makes a picture that keeps the limits, of one that Look found sound. A
// JPEG stays a JPEG; a PNG stays a PNG while it is small enough, or transparent.
// The picture is turned as its camera says, because that note is lost.
func Shrink(raw []byte, limits Limits) ([]byte, error) {
	img, format, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	source := upright(img, orientation(raw))
	transparent := Format(format) == PNG && !source.Opaque()
	width, height := fit(source.Bounds().Dx(), source.Bounds().Dy(), limits.Side)
	for {
		scaled := resample(source, width, height)
		if Format(format) == PNG {
			if fixed, err := encodePNG(scaled); err != nil || int64(len(fixed)) <= limits.Bytes {
				return fixed, err
			}
		}
		for _, quality := range qualities {
			if transparent {
				break
			}
			if fixed, err := encodeJPEG(scaled, quality); err != nil || int64(len(fixed)) <= limits.Bytes {
				return fixed, err
			}
		}
		width, height = max(width*4/5, 1), max(height*4/5, 1)
	}
}

// fit is the largest size of the same shape whose sides are not longer than side.
func fit(width, height, side int) (int, int) {
	longer := max(width, height)
	if side == 0 || longer <= side {
		return width, height
	}
	return max((width*side+longer/2)/longer, 1), max((height*side+longer/2)/longer, 1)
}

// resample makes a picture smaller. The filter rounds each product by itself,
// never fused with the sum that follows, so that all machines make the same
// bytes: other bytes would be another picture, and a new review.
func resample(src *image.RGBA, width, height int) *image.RGBA {
	if src.Bounds().Dx() == width && src.Bounds().Dy() == height {
		return src
	}
	dst := image.NewRGBA(image.Rect(0, 0, width, height))
	xdraw.CatmullRom.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Src, nil)
	return dst
}

func encodePNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}

func encodeJPEG(img image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}

// upright is a copy of the picture, turned and mirrored by its EXIF orientation
// (1 to 8; 1 is upright).
func upright(img image.Image, orientation int) *image.RGBA {
	b := img.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), img, b.Min, draw.Src)
	if orientation == 1 {
		return flat
	}
	w, h := b.Dx(), b.Dy()
	turned := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		turned = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := turn(orientation, x, y, w, h)
			turned.SetRGBA(tx, ty, color.RGBA(flat.RGBAAt(x, y)))
		}
	}
	return turned
}

// turn is where a point of a picture of w by h belongs (EXIF 2.32, table 6).
func turn(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
