//go:build unix

package schema

import (
	"path/filepath"
	"syscall"
	"testing"
)

// A pipe in the catalog must not make the reader wait for its other end.
func TestPipesAreNotRead(t *testing.T) {
	dir := writeFiles(t, goodFiles(t))
	if err := syscall.Mkfifo(filepath.Join(dir, "p.hcl"), 0o644); err != nil {
		t.Fatal(err)
	}
	if c, ds := Load(dir, LoadOptions{}); c != nil || len(ds) != 1 || ds[0].Rule != "file-unreadable" {
		t.Errorf("findings %v", ds)
	}
}
