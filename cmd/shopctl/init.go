package main

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

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
	"gitignore": ".gitignore",
}

func newInit(a *app) *cobra.Command {
	var ci string
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: a.say("Write a small catalog to begin with", "生成一份可直接上手的商品目录"),
		Long: a.say("Writes a small catalog with one product, a .gitignore and a pipeline for GitHub or\nGitLab. Files that exist already are left as they are; where there is a catalog\nalready, --ci adds nothing but the pipeline.",
			"生成包含一个商品的商品目录、.gitignore，以及 GitHub 或 GitLab 的流水线配置。已存在的\n文件保持不变；目录中已有商品目录文件时，--ci 只添加流水线配置。"),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if ci != ciGitHub && ci != ciGitLab && ci != ciNone {
				return badFlag("--ci", ci, "github, gitlab, none")
			}
			dir := a.global.dir
			if len(args) == 1 {
				dir = args[0]
				if !filepath.IsAbs(dir) {
					dir = filepath.Join(a.global.dir, dir)
				}
			}
			return a.init(dir, ci, cmd.Flags().Changed("ci"))
		},
	}
	cmd.Flags().StringVar(&ci, "ci", ciGitHub, a.say("the pipeline to write, for this `host`: github, gitlab or none", "要生成哪个平台（`host`）的流水线配置：github、gitlab 或 none"))
	return cmd
}

// init writes what is missing; where there is a catalog and the pipeline was asked
// for by name, only that.
func (a *app) init(dir, ci string, named bool) error {
	var files []newFile
	var err error
	if there, _ := fs.Glob(os.DirFS(dir), "*.hcl"); !named || len(there) == 0 {
		if files, err = a.starter(dir, ci); err != nil {
			return err
		}
	}
	var advice []lang.Text
	if ci != ciNone {
		at, err := locate(dir)
		if err != nil {
			return err
		}
		p, err := pipelineFor(ci, at)
		if err != nil {
			return err
		}
		files, advice = append(files, p.newFile), p.advice
	}
	written, kept, err := a.writeMissing(dir, files)
	if err != nil {
		return err
	}
	err = a.view.Initialised(dir, written, kept)
	for _, line := range advice {
		err = errors.Join(err, a.view.Line(line))
	}
	return err
}

// starter is the catalog that init writes.
func (a *app) starter(dir, ci string) ([]newFile, error) {
	files, err := filesOf(starter, "starter")
	for i := range files {
		name := cmp.Or(starterNames[files[i].name], files[i].name)
		if name == "shop.hcl" && ci == ciGitLab {
			files[i].content = bytes.Replace(files[i].content, []byte(localState), []byte(gitlabState), 1)
		}
		files[i].name = filepath.Join(dir, filepath.FromSlash(name))
	}
	return files, err
}

// writeGitignore keeps state, caches and secrets of a catalog out of git, where
// nobody has said what to keep out of it; it returns the file.
func (a *app) writeGitignore(dir string) ([]string, error) {
	content, err := starter.ReadFile("starter/gitignore")
	if err != nil {
		return nil, err
	}
	written, _, err := a.writeMissing(dir, []newFile{{filepath.Join(dir, starterNames["gitignore"]), content}})
	return written, err
}

// writeMissing writes the files that are not there yet, with their comments in the
// language of the run, and names both kinds as they are reached from dir.
func (a *app) writeMissing(dir string, files []newFile) (written, kept []string, err error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		path, err := filepath.Abs(f.name)
		if err != nil {
			return nil, nil, err
		}
		name, err := filepath.Rel(full, path)
		if err != nil {
			return nil, nil, err
		}
		switch err := writeNew(path, commented(f.content, a.lang)); {
		case errors.Is(err, fs.ErrExist):
			kept = append(kept, name)
		case err != nil:
			return nil, nil, &view.Problem{What: lang.F("cannot write %s", "无法写入 %s", name), Err: err}
		default:
			written = append(written, name)
		}
	}
	return written, kept, nil
}

// comment is one in both languages: "#en text #zh text" in a line, or a line for
// each.
var comment = regexp.MustCompile(`^(.*?)(?:#en (.*?)(?: |$))?(?:#zh (.*))?$`)

// commented is a file of ours with the comments of one language.
func commented(content []byte, l lang.Lang) []byte {
	var lines []string
	for line := range strings.SplitSeq(string(content), "\n") {
		m := comment.FindStringSubmatch(line)
		text := lang.T(m[2], m[3])
		said := text.EN
		if l == lang.ZH {
			said = text.ZH
		}
		switch {
		case text.IsZero():
			lines = append(lines, line)
		case said != "":
			lines = append(lines, m[1]+"# "+said)
		case strings.TrimSpace(m[1]) != "":
			lines = append(lines, strings.TrimRight(m[1], " "))
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// The state block of the starter, and the one for GitLab.
const (
	localState  = "  state \"local\" {\n    path = \"shopctl.state.jsonl\"\n  }\n"
	gitlabState = "  #en Kept by GitLab; its address stands in SHOPCTL_STATE_HTTP_ADDRESS.\n  #zh 由 GitLab 保存；地址取自 SHOPCTL_STATE_HTTP_ADDRESS。\n  state \"http\" {}\n"
)

// newFile is a file that init may write.
type newFile struct {
	name    string
	content []byte
}

func filesOf(from fs.FS, dir string) ([]newFile, error) {
	var files []newFile
	err := fs.WalkDir(from, dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(from, path)
		files = append(files, newFile{strings.TrimPrefix(path, dir+"/"), content})
		return err
	})
	return files, err
}

// writeNew creates a file and never touches one that exists. One that cannot be
// written in full is taken away again, so that the next run does not find it.
func writeNew(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}
