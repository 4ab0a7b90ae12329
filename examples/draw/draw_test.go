package main

import (
	"bytes"
	"crypto/sha256"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const catalog = "../catalog"

// The files in the catalog are what the program draws. Pixels are compared
// rather than bytes, because another processor rounds curves differently and
// another Go release may compress differently.
func TestFilesAreWhatIsDrawn(t *testing.T) {
	for _, p := range pictures() {
		t.Run(p.path, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(filepath.Join(catalog, filepath.FromSlash(p.path)))
			if err != nil {
				t.Fatal(err)
			}
			drawn := p.image()
			if filepath.Ext(p.path) == ".jpg" { // JPEG is lossy: lose the same
				data, err := encode(p)
				if err != nil {
					t.Fatal(err)
				}
				drawn = decode(t, data)
			}
			if n := differing(t, drawn, decode(t, file)); n > 100 {
				t.Errorf("%d pixels of the file are not as drawn; run: go run ./examples/draw", n)
			}
		})
	}
}

// differing counts the pixels in which the pictures differ visibly.
func differing(t *testing.T, a, b image.Image) int {
	t.Helper()
	const visible = 32 << 8 // of 255 << 8
	if a.Bounds() != b.Bounds() {
		t.Fatalf("sizes differ: %v and %v", a.Bounds(), b.Bounds())
	}
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r0, g0, b0, _ := a.At(x, y).RGBA()
			r1, g1, b1, _ := b.At(x, y).RGBA()
			if apart(r0, r1) > visible || apart(g0, g1) > visible || apart(b0, b1) > visible {
				n++
			}
		}
	}
	return n
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// Every picture in the catalog comes from here, is unlike every other, and all
// of them together stay small enough to clone without a thought.
func TestPicturesAreComplete(t *testing.T) {
	const budget = 1_500_000 // bytes
	var drawn []string
	for _, p := range pictures() {
		drawn = append(drawn, p.path)
	}
	var found []string
	total := 0
	seen := map[[sha256.Size]byte]string{}
	err := fs.WalkDir(os.DirFS(catalog), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isPicture(path) {
			return err
		}
		data, err := fs.ReadFile(os.DirFS(catalog), path)
		if err != nil {
			return err
		}
		found = append(found, path)
		total += len(data)
		sum := sha256.Sum256(data)
		if twin := seen[sum]; twin != "" {
			t.Errorf("%s and %s are the same picture", path, twin)
		}
		seen[sum] = path
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(drawn)
	slices.Sort(found)
	if !slices.Equal(drawn, found) {
		t.Errorf("pictures drawn:\n%s\npictures in the catalog:\n%s", strings.Join(drawn, "\n"), strings.Join(found, "\n"))
	}
	if total > budget {
		t.Errorf("the pictures have %d bytes together, more than %d", total, budget)
	}
}

func isPicture(path string) bool {
	return slices.Contains([]string{".png", ".jpg"}, filepath.Ext(path))
}

// Reducing to a palette keeps the colours that cover the picture.
func TestReduceKeepsLargeAreas(t *testing.T) {
	c := newCanvas(40, 40, wine.base)
	c.fill(rect(0, 0, 20, 40), solid(leaf))
	c.fill(rect(0, 0, 1, 1), solid(white))
	got := reduce(c.img, 2)
	if len(got.Palette) != 2 || got.At(30, 20) != wine.base || got.At(10, 20) != leaf {
		t.Errorf("palette %v; want the two large areas, unchanged", got.Palette)
	}
	if got.At(0, 0) != leaf {
		t.Errorf("the lost colour became %v; want the nearest one left, %v", got.At(0, 0), leaf)
	}
}
