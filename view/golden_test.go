package view

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/lang"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden renders something in both languages, in colour, and as JSON, and holds
// each against testdata/golden/NAME.*.
func golden(t *testing.T, name string, render func(*View) error) {
	t.Helper()
	for _, c := range []struct {
		suffix string
		view   View
	}{
		{"en.txt", View{Lang: lang.EN, Format: Text}},
		{"zh.txt", View{Lang: lang.ZH, Format: Text}},
		{"colour.txt", View{Lang: lang.EN, Format: Text, OutColour: true, ErrColour: true}},
		{"json", View{Lang: lang.EN, Format: JSON}},
	} {
		var b bytes.Buffer
		v := c.view
		v.Out, v.Err = &b, &b
		if err := render(&v); err != nil {
			t.Fatalf("%s: %v", c.suffix, err)
		}
		compare(t, filepath.Join("testdata", "golden", name+"."+c.suffix), b.Bytes())
	}
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test ./view -update writes it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
