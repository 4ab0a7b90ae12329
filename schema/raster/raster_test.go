package raster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	xdraw "golang.org/x/image/draw"
)

// scene is a picture with shapes: a few boxes on a ground that becomes lighter.
func scene(width, height int, seed uint64) *image.RGBA {
	random := rand.New(rand.NewPCG(seed, 7))
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{uint8(255 * x / width), uint8(255 * y / height), 128, 255})
		}
	}
	for range 6 {
		at := image.Rect(random.IntN(width), random.IntN(height), random.IntN(width), random.IntN(height))
		shade := color.RGBA{uint8(random.IntN(256)), uint8(random.IntN(256)), uint8(random.IntN(256)), 255}
		draw.Draw(img, at, image.NewUniform(shade), image.Point{}, draw.Src)
	}
	return img
}

func asJPEG(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A picture that is cut off anywhere is damaged, and one that is damaged is
// never sound: every prefix is tried of a JPEG and of a PNG.
func TestEveryPrefixIsFaulty(t *testing.T) {
	for name, raw := range map[string][]byte{"jpeg": asJPEG(t, scene(40, 30, 1), 80), "png": asPNG(t, scene(40, 30, 1))} {
		if v := Look(raw); v.Fault != Sound || v.Width != 40 || v.Height != 30 || string(v.Format) != name {
			t.Fatalf("%s: %+v", name, v)
		}
		for n := range len(raw) {
			v := Look(raw[:n])
			if v.Fault == Sound || n > 8 && v.Fault != Damaged {
				t.Fatalf("%s cut off after %d of %d bytes: %+v", name, n, len(raw), v)
			}
		}
	}
}

// A verdict reads back as it was written; other words are refused.
func TestVerdictsReadBack(t *testing.T) {
	for _, raw := range [][]byte{nil, []byte("GIF89a"), []byte("\xff\xd8\xff"), asJPEG(t, scene(20, 20, 2), 90), asPNG(t, scene(30, 20, 3))} {
		want := Look(raw)
		line, err := want.AppendText(nil)
		if err != nil {
			t.Fatal(err)
		}
		var got Verdict
		if err := got.UnmarshalText(line); err != nil || got != want {
			t.Errorf("%s reads back as %+v, want %+v (%v)", line, got, want, err)
		}
	}
	zero := "0000000000000000000000000000000000000000"
	for _, line := range []string{"", "- - 0 0 " + zero, "- jpeg x 3 " + zero, "- gif 1 1 " + zero, "odd jpeg 1 1 " + zero, "- jpeg 1 1 00", "- jpeg 1 1 " + zero + " x"} {
		if new(Verdict).UnmarshalText([]byte(line)) == nil {
			t.Errorf("%q passes for a verdict", line)
		}
	}
}

func TestNamesOfOtherFormats(t *testing.T) {
	for begin, want := range map[string]string{
		"GIF89a": "GIF", "RIFF\x00\x00\x00\x00WEBPVP8 ": "WebP", "\x00\x00\x00\x18ftypheic": "HEIC", "\x00\x00\x00\x18ftypavif": "AVIF",
		"\x00\x00\x00\x18ftypmp42": "", "<svg xmlns": "SVG", "II*\x00": "TIFF", "BM6\x00": "BMP", "%PDF-1.7": "PDF", "hello": "", "": "",
	} {
		if got := NameOf([]byte(begin)); got != want {
			t.Errorf("%q is called %q, want %q", begin, got, want)
		}
	}
}

// A new version of this program, of its libraries or of Go must make the same
// bytes of the same picture: other bytes are another picture for the platform,
// and every product that shows it would be reviewed again. Whoever has to change
// these digests should say so in the changelog.
func TestShrunkBytesArePinned(t *testing.T) {
	transparent := scene(300, 200, 9)
	draw.Draw(transparent, image.Rect(20, 20, 120, 90), image.Transparent, image.Point{}, draw.Src)
	for _, test := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"jpeg", asJPEG(t, scene(300, 200, 9), 95), "4420f9b8"},
		{"png", asPNG(t, scene(300, 200, 9)), "e59a07ed"},
		{"transparent png", asPNG(t, transparent), "0c5e000b"},
	} {
		fixed, err := Shrink(test.raw, Limits{Bytes: 1 << 20, Side: 120})
		if err != nil {
			t.Fatal(err)
		}
		if got := DigestOf(fixed); fmt.Sprintf("%x", got[:4]) != test.want {
			t.Errorf("%s: the digest begins with %x, want %s", test.name, got[:4], test.want)
		}
	}
}

// What comes out of Shrink keeps the limits, the shape and the format, and is
// the same each time.
func TestShrinkKeepsTheLimits(t *testing.T) {
	transparent := scene(400, 300, 4)
	draw.Draw(transparent, image.Rect(50, 50, 200, 200), image.Transparent, image.Point{}, draw.Src)
	for _, test := range []struct {
		name   string
		raw    []byte
		limits Limits
		format Format
	}{
		{"jpeg, by side", asJPEG(t, scene(400, 300, 4), 95), Limits{Bytes: 1 << 20, Side: 100}, JPEG},
		{"png, by side", asPNG(t, scene(400, 300, 4)), Limits{Bytes: 1 << 20, Side: 100}, PNG},
		{"png, by bytes: a JPEG", asPNG(t, noisy(400, 300)), Limits{Bytes: 60_000}, JPEG},
		{"transparent png, by bytes: fewer pixels", asPNG(t, transparent), Limits{Bytes: 2000}, PNG},
		{"jpeg, very few bytes: fewer pixels", asJPEG(t, noisy(400, 300), 95), Limits{Bytes: 3000}, JPEG},
	} {
		fixed, err := Shrink(test.raw, test.limits)
		if err != nil {
			t.Fatal(err)
		}
		v := Look(fixed)
		if v.Fault != Sound || v.Format != test.format || test.limits.Exceeds(v, int64(len(fixed))) {
			t.Errorf("%s: %d bytes, %+v", test.name, len(fixed), v)
		}
		if ratio := float64(v.Width) / float64(v.Height); ratio < 1.25 || ratio > 1.42 {
			t.Errorf("%s: %dx%d has lost its shape", test.name, v.Width, v.Height)
		}
		if again, _ := Shrink(test.raw, test.limits); !bytes.Equal(again, fixed) {
			t.Errorf("%s: made differently the second time", test.name)
		}
	}
}

func noisy(width, height int) *image.RGBA {
	random := rand.New(rand.NewPCG(3, 3))
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = uint8(random.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

// withOrientation puts an EXIF segment into a JPEG.
func withOrientation(raw []byte, order binary.AppendByteOrder, mark string, o uint16) []byte {
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 2) // entries
	tiff = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x010f), 2), 4), 0x41414100)
	tiff = order.AppendUint16(order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3), 1), o), 0)
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2)), body...)
	return append(append(append([]byte{}, raw[:2]...), segment...), raw[2:]...)
}

// However the camera was held, the red corner comes out at the top left.
func TestShrinkTurnsAsTheCameraSays(t *testing.T) {
	corners := map[uint16]image.Point{ // where the corner that belongs at the top left is stored
		1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {0, 1}, 7: {1, 1}, 8: {1, 0},
	}
	for o, corner := range corners {
		img := image.NewRGBA(image.Rect(0, 0, 64, 48))
		draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
		at := image.Rect(0, 0, 24, 24).Add(image.Pt(corner.X*40, corner.Y*24))
		draw.Draw(img, at, image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
		for mark, order := range map[string]binary.AppendByteOrder{"II": binary.LittleEndian, "MM": binary.BigEndian} {
			raw := withOrientation(asJPEG(t, img, 95), order, mark, o)
			fixed, err := Shrink(raw, Limits{Bytes: 1 << 20, Side: 32})
			if err != nil {
				t.Fatal(err)
			}
			out, err := jpeg.Decode(bytes.NewReader(fixed))
			if err != nil {
				t.Fatal(err)
			}
			_, g, _, _ := out.At(3, 3).RGBA()
			_, far, _, _ := out.At(out.Bounds().Dx()-3, out.Bounds().Dy()-3).RGBA()
			if g>>8 > 90 || far>>8 < 200 {
				t.Errorf("orientation %d (%s): the corner came out elsewhere", o, mark)
			}
		}
	}
}

// Broken EXIF is no reason to fail.
func FuzzOrientation(f *testing.F) {
	f.Add(withOrientation(asJPEG(f, scene(8, 8, 1), 50), binary.LittleEndian, "II", 6))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if o := orientation(raw); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}

// A picture of the example catalog looks the same in another size and quality;
// the main pictures of its products do not look like each other.
func TestPrintsOfTheSamePicture(t *testing.T) {
	files, err := filepath.Glob("../../examples/catalog/img/*/*.??g")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d pictures (%v)", len(files), err)
	}
	var mains []string
	var prints []Print
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		print := Look(raw).Print
		if base := filepath.Base(name); base == "1.png" || base == "head-1.jpg" {
			mains, prints = append(mains, name), append(prints, print)
		}
		half := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx()/2, img.Bounds().Dy()/2))
		xdraw.ApproxBiLinear.Scale(half, half.Bounds(), img, img.Bounds(), draw.Src, nil)
		if again := Look(asJPEG(t, half, 50)).Print; print.Hash != 0 && !print.Alike(again) {
			t.Errorf("%s saved again: %+v, was %+v", name, again, print)
		}
	}
	for i, twin := range Twins(prints) {
		if twin >= 0 {
			t.Errorf("%s looks like %s", mains[i], mains[twin])
		}
	}
}

// Twins finds what comparing each with each finds.
func TestTwinsMissesNone(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 11))
	prints := []Print{{}, {}}
	for range 400 {
		p := Print{Hash: random.Uint64()}
		prints = append(prints, p)
		for range random.IntN(3) {
			p.Hash ^= 1 << random.IntN(64)
			p.Colours[random.IntN(12)] += uint8(random.IntN(14))
			prints = append(prints, p)
		}
	}
	got := Twins(prints)
	for i := range prints {
		want := false
		for j := range i {
			want = want || prints[j].Alike(prints[i])
		}
		if (got[i] >= 0) != want {
			t.Errorf("print %d has the twin %d, and there is one: %v", i, got[i], want)
		}
	}
}

// BenchmarkTwins compares the main pictures of 100,000 products.
func BenchmarkTwins(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	prints := make([]Print, 100_000)
	for i := range prints {
		prints[i].Hash = random.Uint64() &^ 0xffff // all have the same white edge
	}
	for b.Loop() {
		Twins(prints)
	}
}
