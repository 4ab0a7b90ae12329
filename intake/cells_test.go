package intake

import (
	"encoding/csv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"
)

func TestCellsChangeAndNothingElse(t *testing.T) {
	const before = "id,title , price\r\n\"a\",\"毛,巾\",1\r\n\r\n b ,\"say \"\"hi\"\"\",2\r\nc,x,3"
	const after = "id,title , price\r\n\"a\",\"毛,\"\"巾\"\"\",1\r\n\r\nb2,n,\r\nc,x,9"
	for _, gbk := range []bool{false, true} {
		for _, bom := range []string{"", byteOrderMark} {
			encode := func(s string) string {
				if gbk {
					s, _ = simplifiedchinese.GBK.NewEncoder().String(s)
				}
				return bom + s
			}
			f, err := parseCSV([]byte(encode(before)))
			if err != nil {
				t.Fatal(err)
			}
			if row := f.rows[f.find(map[string]string{"id": "b"})]; row.cells[1].value != `say "hi"` || row.line != 4 {
				t.Errorf("row b is %+v", row)
			}
			f.set(f.find(map[string]string{"id": "c"}), f.column("price"), "9")
			f.set(f.find(map[string]string{"id": "a"}), f.column("title"), `毛,"巾"`)
			f.insert(f.find(map[string]string{"id": "b"}), map[string]string{"id": "b2", "title": "n"})
			f.remove(f.find(map[string]string{"id": "b"}))
			got, err := f.bytes()
			if err != nil || string(got) != encode(after) {
				t.Errorf("gbk %v, bom %q: %v\n%q\nwant\n%q", gbk, bom, err, got, encode(after))
			}
		}
	}
}

func TestRowsAreAddedToAFileWithoutALastLineEnd(t *testing.T) {
	f, _ := parseCSV([]byte("id,a\nx,1"))
	f.insert(0, map[string]string{"id": "y"})
	if got, _ := f.bytes(); string(got) != "id,a\nx,1\ny," {
		t.Errorf("%q", got)
	}
}

// The cells are those that encoding/csv reads.
func TestCellsAreReadAsCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOf(rapid.RuneFrom([]rune("ab毛,\"\n '")))
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 2), 1, 5).Draw(t, "rows")
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		_ = w.WriteAll(append([][]string{{"h", "i"}}, rows...))
		f, err := parseCSV([]byte(b.String()))
		if err != nil || len(f.rows) != len(rows) {
			t.Fatalf("%d rows of %q, %v", len(f.rows), b.String(), err)
		}
		for i, row := range rows {
			for j, want := range row {
				if got := f.rows[i].cells[j].value; got != strings.TrimSpace(want) {
					t.Fatalf("cell %d,%d is %q, want %q", i, j, got, want)
				}
			}
		}
		if got, _ := f.bytes(); string(got) != b.String() {
			t.Fatalf("%q became %q", b.String(), got)
		}
	})
}
