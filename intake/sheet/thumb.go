package sheet

import (
	"bytes"
	"image"
	"image/jpeg"
	_ "image/png" // a format of catalog pictures

	"golang.org/x/image/draw"

	"io"

	"github.com/xuri/excelize/v2"

	"github.com/shopctl/shopctl/schema"
)

// A thumbnail fits into a square of so many pixels, in a row of so many points.
const (
	thumbSide = 60
	thumbRow  = 48
)

// thumbnails makes small pictures, each once.
type thumbnails struct {
	open func(key schema.ImageKey) (io.ReadCloser, error)
	made map[schema.ImageKey][]byte // nil for pictures that cannot be shown
}

// place puts the thumbnail of a picture into the first column of a row. A
// picture that is not a file has none.
func (t *thumbnails) place(book *excelize.File, sheet string, row int, img schema.Image) error {
	if img.Path == "" {
		return nil
	}
	small, known := t.made[img.Key]
	if !known {
		small = t.make(img.Key)
		t.made[img.Key] = small
	}
	if small == nil {
		return nil
	}
	return book.AddPictureFromBytes(sheet, cellName(0, row), &excelize.Picture{
		Extension: ".jpg", File: small,
		Format: &excelize.GraphicOptions{Positioning: "oneCell", OffsetX: 2, OffsetY: 2, AltText: img.Path},
	})
}

// make shrinks a picture; nil when it cannot be read any more.
func (t *thumbnails) make(key schema.ImageKey) []byte {
	r, err := t.open(key)
	if err != nil {
		return nil
	}
	defer r.Close()
	whole, _, err := image.Decode(r)
	if err != nil {
		return nil
	}
	size := whole.Bounds().Size()
	scale := float64(thumbSide) / float64(max(size.X, size.Y, 1))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(size.X)*scale)), max(1, int(float64(size.Y)*scale))))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), whole, whole.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 80}); err != nil {
		return nil
	}
	return out.Bytes()
}

// styles are the looks of the cells of an export.
type styles struct {
	header          int
	plain, rejected rowStyle
}

type rowStyle struct{ text, price int }

// rejectedFill is the light red behind rows of rejected products.
const rejectedFill = "FFD9D9"

func newStyles(book *excelize.File) (s styles, err error) {
	style := func(fill, format string, bold bool) int {
		st := &excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}, Font: &excelize.Font{Bold: bold}}
		if fill != "" {
			st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
		}
		id, failed := book.NewStyle(st)
		if failed != nil {
			err = failed
		}
		return id
	}
	s.header = style("E8EEF7", "@", true)
	s.plain = rowStyle{text: style("", "@", false), price: style("", "0.00", false)}
	s.rejected = rowStyle{text: style(rejectedFill, "@", false), price: style(rejectedFill, "0.00", false)}
	return s, err
}
