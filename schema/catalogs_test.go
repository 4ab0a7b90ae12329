package schema

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// pixel is a small picture; shade makes different ones.
func pixel(shade uint8) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 4, 3))
	for i := range img.Pix {
		img.Pix[i] = shade
	}
	img.Set(0, 0, color.RGBA{shade, 0, 0, 255})
	return img
}

func pngBytes(t testing.TB, shade uint8) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, pixel(shade)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegBytes(t testing.TB, shade uint8) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, pixel(shade), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gbk(t testing.TB, s string) []byte {
	b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// writeFiles makes a catalog directory of files by path.
func writeFiles(t testing.TB, files map[string][]byte) string {
	dir := t.TempDir()
	for name, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// exampleFiles is the catalog of the design, section 4, with its pictures and tables.
func exampleFiles(t testing.TB) map[string][]byte {
	catalog, err := os.ReadFile("testdata/example.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"shop.hcl":              catalog,
		"files/license.png":     pngBytes(t, 1),
		"files/certificate.png": pngBytes(t, 2),
		"files/ccc.png":         pngBytes(t, 3),
		"img/719/1.png":         pngBytes(t, 11),
		"img/719/2.png":         pngBytes(t, 12),
		"img/719/d1.png":        pngBytes(t, 13),
		"img/719/red.png":       pngBytes(t, 14),
		"img/t1/2.jpg":          jpegBytes(t, 20),
		"img/t1/10.jpg":         jpegBytes(t, 21),
		"img/t2/1.jpg":          jpegBytes(t, 22),
		"towels.csv":            gbk(t, "id,title\nt1,纯棉面巾 34*74cm\nt2,竹纤维面巾 30*30cm\n"),
		"towel-skus.csv":        []byte("\xef\xbb\xbfsku_id,product,price,stock,image,color\nt1-white,t1,12.5,10,img/t1/2.jpg,白\nt1-blue,t1,12.50,20,img/t1/10.jpg,蓝\nt2-white,t2,8,30,img/t2/1.jpg,白\n"),
	}
}
