package main

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/view"
)

// starter is the catalog that init writes.
//
//go:embed starter
var starter embed.FS

// starterNames are the files that get another name: under their own they would
// have an effect in this repository.
var starterNames = map[string]string{
	"gitignore":    ".gitignore",
	"workflow.yml": ".github/workflows/shopctl.yml",
}

func newInit(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: a.say("Write a small catalog to begin with", "生成一份可直接上手的商品目录"),
		Long: a.say("Writes a small catalog with one product, a .gitignore and a CI workflow. Files\nthat exist already are left as they are.",
			"生成包含一个商品的商品目录、.gitignore 和 CI 配置。已存在的文件保持不变。"),
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.init(a.global.dir)
			}
			if filepath.IsAbs(args[0]) {
				return a.init(args[0])
			}
			return a.init(filepath.Join(a.global.dir, args[0]))
		},
	}
}

func (a *app) init(dir string) error {
	var written, kept []string
	err := fs.WalkDir(starter, "starter", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, _ := filepath.Rel("starter", filepath.FromSlash(path))
		if hidden, ok := starterNames[name]; ok {
			name = filepath.FromSlash(hidden)
		}
		content, err := starter.ReadFile(path)
		if err != nil {
			return err
		}
		switch err := writeNew(filepath.Join(dir, name), content); {
		case errors.Is(err, fs.ErrExist):
			kept = append(kept, name)
		case err != nil:
			return &view.Problem{What: lang.F("cannot write %s", "无法写入 %s", name), Err: err}
		default:
			written = append(written, name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.view.Initialised(dir, written, kept)
}

// writeNew creates a file and never touches one that exists.
func writeNew(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
