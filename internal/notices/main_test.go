package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module makes a module on the disk, with files below it, and a package in it.
func module(t *testing.T, path, dir string, files ...string) pkg {
	t.Helper()
	top := t.TempDir()
	for _, name := range files {
		name = filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("the text of "+filepath.Base(name)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := pkg{Dir: filepath.Join(top, filepath.FromSlash(dir))}
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.Module = &struct {
		Path, Version, Dir string
		Main               bool
	}{Path: path, Version: "v1.0.0", Dir: top}
	return p
}

// Whatever the authors of a linked package want to be told is there, and nothing
// of packages that are not linked.
func TestNotices(t *testing.T) {
	found, err := collect([]pkg{
		module(t, "example.org/b", "part/deep", "LICENSE.md", "NOTICE", "part/COPYING", "other/LICENSE-MIT", "license.go", "README"),
		module(t, "example.org/a", "", "licence.txt"),
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := render(found)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "Go ") || strings.HasPrefix(line, "example.org/") || strings.HasPrefix(line, "the text of ") {
			order = append(order, line)
		}
	}
	want := "example.org/a v1.0.0|the text of licence.txt|example.org/b v1.0.0|the text of LICENSE.md|the text of NOTICE|the text of COPYING"
	if got := strings.Join(order, "|"); !strings.HasPrefix(got, "Go go1.") || !strings.HasSuffix(got, "|"+want) {
		t.Errorf("%s, want %s at the end", got, want)
	}
}

// Nobody may hand on what has no licence.
func TestNoLicence(t *testing.T) {
	_, err := collect([]pkg{module(t, "example.org/bare", "", "README")})
	if err == nil || !strings.Contains(err.Error(), "example.org/bare v1.0.0 has no licence") {
		t.Errorf("%v", err)
	}
}

// All that the program is made of may be handed on.
func TestProgram(t *testing.T) {
	packages, err := linked("github.com/shopctl/shopctl/cmd/shopctl", []string{"linux", "windows"})
	if err != nil {
		t.Fatal(err)
	}
	found, err := collect(packages)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, n := range found {
		names[strings.Fields(n.module)[0]] = true
	}
	for _, name := range []string{"Go", "github.com/hashicorp/hcl/v2", "github.com/inconshreveable/mousetrap"} { // the last on Windows alone
		if !names[name] {
			t.Errorf("nothing of %s", name)
		}
	}
}
