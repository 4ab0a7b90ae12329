package main

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/view"
)

// starter is the catalog that init writes.
//
//go:embed starter
var starter embed.FS

// pipelines are the files with which a repository calls our pipelines.
//
//go:embed pipelines
var pipelines embed.FS

// starterNames are the files that get another name: under their own they would
// have an effect in this repository.
var starterNames = map[string]string{
	"gitignore":  ".gitignore",
	"github.yml": ".github/workflows/shopctl.yml",
	"gitlab.yml": ".gitlab-ci.yml",
}

// The values of init --ci.
const (
	ciGitHub = "github"
	ciGitLab = "gitlab"
	ciNone   = "none"
)

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
	if there, _ := filepath.Glob(filepath.Join(dir, "*.hcl")); !named || len(there) == 0 {
		if files, err = filesOf(starter, "starter"); err != nil {
			return err
		}
	}
	if ci != ciNone {
		name := ci + ".yml"
		content, err := pipelines.ReadFile("pipelines/" + name)
		if err != nil {
			return err
		}
		files = append(files, newFile{name, content})
	}
	if ci == ciGitLab {
		keepAtGitLab(files)
	}
	var written, kept []string
	for _, f := range files {
		name := filepath.FromSlash(cmp.Or(starterNames[f.name], f.name))
		switch err := writeNew(filepath.Join(dir, name), f.content); {
		case errors.Is(err, fs.ErrExist):
			kept = append(kept, name)
		case err != nil:
			return &view.Problem{What: lang.F("cannot write %s", "无法写入 %s", name), Err: err}
		default:
			written = append(written, name)
		}
	}
	return errors.Join(a.view.Initialised(dir, written, kept), a.nameSecrets(ci))
}

// keepAtGitLab makes the starter keep its state where a pipeline of GitLab finds it.
func keepAtGitLab(files []newFile) {
	for i := range files {
		if files[i].name == "shop.hcl" {
			files[i].content = bytes.Replace(files[i].content, []byte(localState), []byte(gitlabState), 1)
		}
	}
}

// The state block of the starter, and the one for GitLab.
const (
	localState  = "  state \"local\" {\n    path = \"shopctl.state.jsonl\"\n  }\n"
	gitlabState = "  # Kept by GitLab; its address stands in SHOPCTL_STATE_HTTP_ADDRESS.\n  state \"http\" {}\n"
)

// nameSecrets says what a pipeline needs before it can run.
func (a *app) nameSecrets(ci string) error {
	switch ci {
	case ciGitHub:
		return a.view.Line(lang.T("For the pipeline, set the secret WECHAT_APPSECRET under Settings > Secrets and variables > Actions, and put the runner on the platform's IP list (docs/pipelines.md).",
			"流水线需要：在 Settings > Secrets and variables > Actions 中设置密钥 WECHAT_APPSECRET，并把运行器的 IP 加入平台的 IP 白名单（见 docs/pipelines.zh-CN.md）。"))
	case ciGitLab:
		return a.view.Line(lang.T("For the pipeline, set the masked variables WECHAT_APPSECRET and SHOPCTL_GITLAB_TOKEN (a project access token with the scope api) under Settings > CI/CD > Variables, keep the state at GitLab (state \"http\" {} in the shop block), and put the runner on the platform's IP list (docs/pipelines.md).",
			"流水线需要：在 Settings > CI/CD > Variables 中设置变量 WECHAT_APPSECRET 和 SHOPCTL_GITLAB_TOKEN（权限范围为 api 的项目访问令牌），勾选 Masked；在 shop 块中写 state \"http\" {}，由 GitLab 保存状态；并把运行器的 IP 加入平台的 IP 白名单（见 docs/pipelines.zh-CN.md）。"))
	}
	return nil
}

// newFile is a file that init may write.
type newFile struct {
	name    string // with slashes, below the directory
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
