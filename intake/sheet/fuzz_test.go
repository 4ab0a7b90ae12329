package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/xuri/excelize/v2"
)

// FuzzXLSX reads arbitrary bytes as the first sheet of a workbook, and as a whole
// workbook: an error, or products with ids and problems with words.
func FuzzXLSX(f *testing.F) {
	f.Add([]byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>商品编码</t></is></c></row></sheetData></worksheet>`))
	f.Add([]byte(`<worksheet><sheetData><row r="9"><c r="ZZZ9"><v>1e999</v></c></row></sheetData><mergeCells><mergeCell ref="A1:C9"/></mergeCells></worksheet>`))
	f.Add([]byte(`<worksheet><sheetData><row r="0"><c r=""/></row></sheetData><mergeCells><mergeCell ref="B2:A1"/><mergeCell ref="x"/></mergeCells></worksheet>`))
	f.Add([]byte("PK\x03\x04"))
	whole := workbook(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, content := range [][]byte{raw, replacePart(t, whole, "xl/worksheets/sheet1.xml", raw)} {
			b, err := Open(writeFile(t, "x.xlsx", content))
			if err != nil {
				continue
			}
			r, err := b.Read(t.Context(), &Options{Stage: t.TempDir(), Mapping: page(), Tree: tree})
			b.Close()
			if err != nil {
				continue
			}
			for _, s := range r.SPUs {
				if s.OutProductID == "" || len(s.SKUs) == 0 {
					t.Errorf("product %+v of %q", s, raw)
				}
			}
			for _, p := range r.Problems {
				if p.Why.EN == "" || p.Remedy.EN == "" {
					t.Errorf("problem %+v of %q", p, raw)
				}
			}
		}
	})
}

// workbook is a small one.
func workbook(t testing.TB) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, cell := range []string{"商品编码", "商品标题", "类目", "售价", "库存", "主图"} {
		name, err := excelize.CoordinatesToCellName(i+1, 1)
		if err == nil {
			err = book.SetCellStr("Sheet1", name, cell)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// replacePart is an archive with another content of one part.
func replacePart(t testing.TB, archive []byte, name string, content []byte) []byte {
	t.Helper()
	old, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range old.File {
		if part.Name == name {
			continue
		}
		if err := w.Copy(part); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.Create(name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Small archives that unpack to something huge are refused before they are unpacked.
func TestWorkbookBombs(t *testing.T) {
	write := func(fill func(w *zip.Writer)) string {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		fill(w)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		name := writeFile(t, "bomb.xlsx", b.Bytes())
		if info, err := os.Stat(name); err != nil || info.Size() > 16<<20 {
			t.Fatalf("the bomb is no small file: %v %v", info, err)
		}
		return name
	}
	for name, bomb := range map[string]string{
		"one large part": write(func(w *zip.Writer) {
			w.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, UncompressedSize64: maxUnpacked + 1})
		}),
		"parts that add up": write(func(w *zip.Writer) {
			for range 3 {
				w.CreateRaw(&zip.FileHeader{Name: "x", Method: zip.Deflate, UncompressedSize64: maxUnpacked / 2})
			}
		}),
		"many parts": write(func(w *zip.Writer) {
			for range maxParts + 1 {
				w.CreateHeader(&zip.FileHeader{Name: "x"})
			}
		}),
	} {
		if b, err := Open(bomb); !errors.Is(err, errBomb) {
			t.Errorf("%s: %v, %v", name, b, err)
		}
	}
}
