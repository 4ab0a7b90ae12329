package schema

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/shopctl/shopctl/lang"
)

// Format returns src in the canonical form. A file that cannot be parsed is
// returned as it is, with the reasons.
func Format(name string, src []byte) ([]byte, Diagnostics) {
	r := newReport()
	out := formatted(r, name, src)
	return out, r.finish()
}

func formatted(r *report, name string, src []byte) []byte {
	if _, f := guard(name, src); f != nil {
		r.addFault(name, src, f)
		return src
	}
	if _, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos); diags.HasErrors() {
		r.addSyntax(diags)
		return src
	}
	return hclwrite.Format(src)
}

// FormatDir formats every *.hcl below dir, of the same directories that Load
// reads, and returns the files that are not, or were not, in the canonical form.
// Without write nothing is changed.
func FormatDir(dir string, write bool) (changed []string, ds Diagnostics) {
	r := newReport()
	root, err := openDirectory(dir)
	if err != nil {
		r.add(ruleCatalogDir, wholeFile(dir), lang.F("%v.", "%v。", err), lang.T("Name the catalog directory with -C.", "请用 -C 指定目录。"))
		return nil, r.finish()
	}
	defer root.close()
	l := &loader{report: r, dir: root}
	files, err := root.list(l.dir.declaresShop)
	if err != nil {
		r.add(ruleCatalogDir, wholeFile("."), lang.F("The directory cannot be listed: %v.", "无法列出目录：%v。", err), lang.T("Check its permissions.", "请检查目录权限。"))
		return nil, r.finish()
	}
	for _, file := range files {
		if !isJSON(file) && l.formatFile(file, write) {
			changed = append(changed, file)
		}
	}
	return changed, r.finish()
}

// formatFile reports whether a file was not in the canonical form.
func (l *loader) formatFile(file string, write bool) bool {
	src, ok := l.readSource(file)
	if !ok {
		return false
	}
	out := formatted(l.report, file, src)
	if bytes.Equal(src, out) {
		return false
	}
	if !write {
		return true
	}
	if err := l.dir.replace(file, out); err != nil {
		l.report.add(ruleFileRead, wholeFile(file), lang.F("It cannot be written: %v.", "无法写入：%v。", err), lang.T("Check its permissions.", "请检查文件权限。"))
	}
	return true
}
