// Command draw makes every picture of examples/catalog. The pictures are drawn,
// not photographed, so that the example is free to copy and small to clone.
//
//	go run ./examples/draw            # writes into examples/catalog
//	go run ./examples/draw DIRECTORY
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
)

func main() {
	dir := filepath.FromSlash("examples/catalog")
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if err := writeAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// writeAll writes every picture below dir.
func writeAll(dir string) error {
	for _, p := range pictures() {
		data, err := encode(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		name := filepath.Join(dir, filepath.FromSlash(p.path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// picture is one file: where it lies in the catalog, with slashes, and who draws it.
type picture struct {
	path string
	draw func() *canvas
}

// image draws the picture. PNGs get a palette: flat colours need no more, and
// a clone stays small.
func (p picture) image() image.Image {
	img := p.draw().img
	if filepath.Ext(p.path) == ".png" {
		return reduce(img, 64)
	}
	return img
}

// encode draws the picture in the format that its name ends in.
func encode(p picture) ([]byte, error) {
	var b bytes.Buffer
	var err error
	if filepath.Ext(p.path) == ".jpg" {
		err = jpeg.Encode(&b, p.image(), &jpeg.Options{Quality: 80})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, p.image())
	}
	return b.Bytes(), err
}
