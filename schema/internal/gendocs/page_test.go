package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopctl/shopctl/schema"
)

// TestDocsAreGenerated fails when the pages are not what the generator writes.
func TestDocsAreGenerated(t *testing.T) {
	for l, name := range pages {
		got, err := os.ReadFile(filepath.Join("../../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, page(l, schema.Reference())) {
			t.Errorf("%s is stale: go run ./schema/internal/gendocs", name)
		}
	}
}
