package schema

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFormat(t *testing.T) {
	for name, test := range map[string]struct{ src, want, rule string }{
		"aligned":      {"locals {\na=1\n  bcd =  2 # c\n}\n", "locals {\n  a   = 1\n  bcd = 2 # c\n}\n", ""},
		"as it is":     {"a = 1\n", "a = 1\n", ""},
		"syntax error": {"a = = 1\n", "a = = 1\n", "syntax"},
		"too deep":     {"a = " + deep, "a = " + deep, "too-deep"},
	} {
		out, ds := Format("x.hcl", []byte(test.src))
		rule := ""
		if len(ds) > 0 {
			rule = ds[0].Rule
		}
		if string(out) != test.want || rule != test.rule {
			t.Errorf("%s: %q %v, want %q %s", name, out, ds, test.want, test.rule)
		}
	}
}

var deep = func() string {
	b := make([]byte, 1000)
	for i := range b {
		b[i] = '['
	}
	return string(b)
}()

func TestFormatDir(t *testing.T) {
	files := map[string][]byte{"a.hcl": []byte("a=1\n"), "b.hcl": []byte("b = 1\n"), "sub/c.hcl": []byte("c  = 1\n"), "d.hcl.json": []byte(`{ "a" :1}`), ".hidden/e.hcl": []byte("e=1\n")}
	dir := writeFiles(t, files)
	want := []string{"a.hcl", "sub/c.hcl"}
	if changed, ds := FormatDir(dir, false); !slices.Equal(changed, want) || len(ds) > 0 {
		t.Errorf("would change %v (%v), want %v", changed, ds, want)
	}
	if src, err := os.ReadFile(filepath.Join(dir, "a.hcl")); err != nil || string(src) != "a=1\n" {
		t.Errorf("checking wrote %q, %v", src, err)
	}
	if changed, ds := FormatDir(dir, true); !slices.Equal(changed, want) || len(ds) > 0 {
		t.Errorf("changed %v (%v), want %v", changed, ds, want)
	}
	if src, err := os.ReadFile(filepath.Join(dir, "sub/c.hcl")); err != nil || string(src) != "c = 1\n" {
		t.Errorf("wrote %q, %v", src, err)
	}
	if changed, _ := FormatDir(dir, true); len(changed) > 0 {
		t.Errorf("the second time changed %v", changed)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 5 {
		t.Errorf("%d entries in the directory, %v", len(entries), err)
	}
}
