package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestDocsAreGenerated fails when the pages are not what the generator writes.
func TestDocsAreGenerated(t *testing.T) {
	for l, name := range pages {
		got, err := os.ReadFile(filepath.Join("../../../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, page(l)) {
			t.Errorf("%s is stale: go run ./intake/sheet/internal/gendocs", name)
		}
	}
}
