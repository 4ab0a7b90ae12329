// Command gendocs writes docs/import.md and docs/import.zh-CN.md with the table
// by which the importer itself recognises columns. Run it in the repository's root:
//
//	go run ./intake/sheet/internal/gendocs
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/shopctl/shopctl/intake/sheet"
	"github.com/shopctl/shopctl/lang"
)

// pages are the files by language, relative to the repository's root.
var pages = map[lang.Lang]string{
	lang.EN: "docs/import.md",
	lang.ZH: "docs/import.zh-CN.md",
}

func main() {
	for l, name := range pages {
		if err := os.WriteFile(name, page(l), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "gendocs:", err)
			os.Exit(1)
		}
	}
}

// page is the manual of import and export in one language.
func page(l lang.Lang) []byte {
	var b strings.Builder
	b.WriteString(before.In(l))
	b.WriteString(lang.T("| field | header of exports | other names | holds |\n", "| 字段 | 导出时的表头 | 其他可用名称 | 内容 |\n").In(l))
	b.WriteString("|---|---|---|---|\n")
	for _, f := range sheet.Fields {
		field := "`" + string(f.Name) + "`"
		if f.Required {
			field += lang.T(" (required)", "（必填）").In(l)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", field, f.Header.In(l), strings.Join(f.Aliases, lang.T(", ", "、").In(l)), f.Doc.In(l))
	}
	b.WriteString(after.In(l))
	return []byte(b.String())
}
