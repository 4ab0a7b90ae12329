package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra/doc"

	"github.com/shopctl/shopctl/lang"
)

//go:generate go test . -run TestCommandPages -update

// manual is where a release wants the manual pages (.ci/release-pages).
var manual = flag.String("man", "", "write the manual pages to this directory")

// Every command has a manual page.
func TestManualPages(t *testing.T) {
	dir := *manual
	if dir == "" {
		dir = t.TempDir()
	}
	root := newTestRoot(lang.EN)
	root.InitDefaultCompletionCmd()
	root.DisableAutoGenTag = true
	if err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "shopctl", Manual: "shopctl"}, dir); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"shopctl.1", "shopctl-plan.1", "shopctl-state-publish.1"} {
		if info, err := os.Stat(filepath.Join(dir, page)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", page, err)
		}
	}
}

var update = flag.Bool("update", false, "rewrite docs/cli")

// The command pages in docs/cli are what the program says of itself.
func TestCommandPages(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "cli")
	fresh := t.TempDir()
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		fresh = dir
	}
	root := newTestRoot(lang.EN)
	root.InitDefaultCompletionCmd()
	root.DisableAutoGenTag = true
	if err := doc.GenMarkdownTree(root, fresh); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(readPages(t, dir), readPages(t, fresh)); diff != "" {
		t.Errorf("docs/cli is not what the program says (go generate ./cmd/shopctl) (-have +want):\n%s", diff)
	}
}

func readPages(t *testing.T, dir string) map[string]string {
	t.Helper()
	pages := map[string]string{}
	files, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages in %s: %v", dir, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		pages[filepath.Base(f)] = string(b)
	}
	return pages
}
