// Command gendocs writes docs/language.md and docs/language.zh-CN.md from the
// specification that the decoder itself works by. Run it in the repository's root:
//
//	go run ./schema/internal/gendocs
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// pages are the files by language, relative to the repository's root.
var pages = map[lang.Lang]string{
	lang.EN: "docs/language.md",
	lang.ZH: "docs/language.zh-CN.md",
}

func main() {
	for l, name := range pages {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			fail(err)
		}
		if err := os.WriteFile(name, page(l, schema.Reference()), 0o644); err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gendocs:", err)
	os.Exit(1)
}
