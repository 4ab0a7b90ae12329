package schema

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/schema/raster"
)

// chunk is one chunk of a PNG.
func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// afterHeader puts a chunk behind the header of a PNG.
func afterHeader(raw, c []byte) []byte {
	const header = 8 + 25 // signature, IHDR
	return slices.Concat(raw[:header], c, raw[header:])
}

func movingPNG(t testing.TB) []byte {
	return afterHeader(pngBytes(t, 5), chunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0}))
}

// claiming is a small PNG whose header claims another size.
func claiming(t testing.TB, width, height uint32) []byte {
	raw := slices.Clone(pngBytes(t, 6))
	binary.BigEndian.PutUint32(raw[16:], width)
	binary.BigEndian.PutUint32(raw[20:], height)
	binary.BigEndian.PutUint32(raw[29:], crc32.ChecksumIEEE(raw[12:29]))
	return raw
}

// noise is a picture without any shapes.
func noise(width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	x := uint32(1)
	for i := range img.Pix {
		x = x*1664525 + 1013904223
		img.Pix[i] = uint8(x >> 24)
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	return img
}

func encoded(t testing.TB, encode func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// largeFiles is a catalog with one product, whose pictures are too large: one in
// bytes, one in pixels.
func largeFiles(t testing.TB, images string) map[string][]byte {
	files := goodFiles(t)
	files["shop.hcl"] = []byte(strings.Replace(string(files["shop.hcl"]), "# more", images, 1))
	heavy := encoded(t, func(w io.Writer) error { return png.Encode(w, noise(200, 160)) })
	files["img/heavy.png"] = afterHeader(heavy, chunk("juNk", make([]byte, maxImageSize))) // remarks of a camera, say
	files["img/wide.jpg"] = encoded(t, func(w io.Writer) error { return jpeg.Encode(w, noise(300, 30), nil) })
	files["p.hcl"] = []byte(strings.NewReplacer("ATTRS", "{}", `["img/a.png"]`, `["img/heavy.png", "img/wide.jpg", "img/a.png"]`).Replace(small))
	return files
}

// What is too large is an error that names the way out, or is made smaller.
func TestLargePictures(t *testing.T) {
	for _, test := range []struct {
		images string
		want   []string // findings
		sizes  []string // of head_img, "widthxheight"
	}{
		{"", []string{"picture-size"}, nil},
		{"images {\nmax_side = 100\n}", []string{"picture-side", "picture-size"}, nil},
		{"images {\nfix = true\n}", nil, []string{"200x160", "300x30", "4x3"}},
		{"images {\nfix = true\nmax_side = 100\n}", nil, []string{"100x80", "100x10", "4x3"}},
	} {
		dir := writeFiles(t, largeFiles(t, test.images))
		c, ds := Load(dir, LoadOptions{})
		var got []string
		for _, d := range ds {
			got = append(got, d.Rule)
			if !strings.Contains(d.Remedy.EN, "fix = true") {
				t.Errorf("%s: the remedy does not name fix: %s", d.Rule, d.Remedy.EN)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: findings %v, want %v", test.images, got, test.want)
		}
		if c == nil {
			continue
		}
		for i, img := range c.SPUs["1"].HeadImg {
			checkSent(t, c, c.Images[img.Key], test.sizes[i])
		}
	}
}

// checkSent demands that what is sent for a picture is what its key, size and
// pixels say, and is small enough.
func checkSent(t *testing.T, c *Catalog, img ImageFile, size string) {
	t.Helper()
	r, err := c.Open(img.Key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	v := raster.Look(raw)
	if v.Fault != raster.Sound || keyOf(raster.DigestOf(raw)) != img.Key || int64(len(raw)) != img.Size || len(raw) > maxImageSize {
		t.Errorf("%s: sent %d bytes with %+v, want %+v", img.Path, len(raw), v, img)
	}
	if got := itoa(img.Width) + "x" + itoa(img.Height); got != size || v.Width != img.Width {
		t.Errorf("%s: %s pixels, want %s", img.Path, got, size)
	}
	if filepath.Ext(img.FileName()) != v.Format.Extension() {
		t.Errorf("%s: sent as %s, which holds %s", img.Path, img.FileName(), v.Format)
	}
}

func itoa(n int) string { return strings.TrimSuffix(string(Canonical(n)), "\n") }

// The files stay as they are; another machine makes the same pictures of them,
// with or without a cache, and whatever is in it.
func TestSmallerPicturesAreTheSameEverywhere(t *testing.T) {
	files := largeFiles(t, "images {\nfix = true\nmax_side = 100\n}")
	here, cache := writeFiles(t, files), t.TempDir()
	first, ds := Load(here, LoadOptions{CacheDir: cache})
	if first == nil {
		t.Fatal(ds)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(here, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s has changed (%v)", name, err)
		}
	}
	again, _ := Load(here, LoadOptions{CacheDir: cache})
	for _, torn := range []string{"not a picture", string(files["img/heavy.png"])} {
		kept, _ := filepath.Glob(filepath.Join(cache, "shrunk", "*"))
		if len(kept) != 2 {
			t.Fatalf("kept %q, want two pictures", kept)
		}
		for _, name := range kept {
			if err := os.WriteFile(name, []byte(torn), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		despite, _ := Load(here, LoadOptions{CacheDir: cache})
		if despite == nil || despite.Digest != first.Digest {
			t.Errorf("what is kept as %.10q was believed", torn)
		}
	}
	there, _ := Load(writeFiles(t, files), LoadOptions{})
	if again.Digest != first.Digest || there.Digest != first.Digest {
		t.Error("the same pictures were made differently")
	}
}

// A verdict is remembered by content: another file with the same bytes is known,
// the same file with other bytes is not, and a torn file of verdicts is of no weight.
func TestVerdictsAreKeptByContent(t *testing.T) {
	files, cache := goodFiles(t), t.TempDir()
	dir := writeFiles(t, files)
	load := func() bool { c, _ := Load(dir, LoadOptions{CacheDir: cache}); return c != nil }
	file := filepath.Join(cache, "pictures.txt")
	lines := func() int {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(b, []byte("\n"))
	}
	if !load() || lines() != 2 {
		t.Fatalf("%d lines after the first run, want the header and one picture", lines())
	}
	replace := func(raw []byte) {
		if err := os.WriteFile(filepath.Join(dir, "img/a.png"), raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	replace(files["bad/cut.png"])
	if load() {
		t.Error("a damaged file passed on the verdict of the one before")
	}
	replace(pngBytes(t, 77))
	if !load() || lines() != 4 {
		t.Errorf("%d lines, want three verdicts", lines())
	}
	if err := os.WriteFile(file, []byte(keptHeader+"\n12 sound\n"+strings.Repeat("ab", 32)+" - jpeg x 3 00\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if !load() {
		t.Error("a torn cache keeps a good catalog from loading")
	}
}

// Progress counts every product and every file once.
func TestLoadTellsHowFarItIs(t *testing.T) {
	for name, files := range map[string]map[string][]byte{"blocks": manyBlocks(t, 300), "tables": manyRows(t, 300)} {
		var last LoadProgress
		told := 0
		c, ds := Load(writeFiles(t, files), LoadOptions{Progress: func(p LoadProgress) {
			if p.Products < last.Products || p.Total < p.Products || p.Bytes < last.Bytes {
				t.Errorf("%s: %+v after %+v", name, p, last)
			}
			last = p
			told++
		}})
		want := LoadProgress{Products: 300, Total: 300, Pictures: 1, Bytes: int64(len(files["img/a.png"]))}
		if c == nil || last != want || told < 3 {
			t.Errorf("%s: the last of %d was %+v, want %+v (%v)", name, told, last, want, ds)
		}
	}
}
