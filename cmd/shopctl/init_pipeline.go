package main

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// pipelines are the files with which a repository calls our pipelines.
//
//go:embed pipelines
var pipelines embed.FS

// The values of init --ci.
const (
	ciGitHub = "github"
	ciGitLab = "gitlab"
	ciNone   = "none"
)

// pipeline is the file by which a host runs a shop, and what is left to be done by
// hand.
type pipeline struct {
	newFile
	advice []lang.Text
}

// placeOf is where a shop lies in its repository: hosts read pipelines from the
// root of one alone.
type placeOf struct {
	root  string // of the repository; of the shop where there is no repository yet
	below string // the shop, below the root and with slashes; "." is the root itself
}

// locate finds the repository of a directory, which need not exist yet.
func locate(dir string) (placeOf, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return placeOf{}, err
	}
	for root := full; ; root = filepath.Dir(root) {
		if _, err := os.Lstat(filepath.Join(root, ".git")); err == nil {
			below, err := filepath.Rel(root, full)
			return placeOf{root: root, below: filepath.ToSlash(below)}, err
		}
		if root == filepath.Dir(root) {
			return placeOf{root: full, below: "."}, nil
		}
	}
}

// name is the shop in the names of files, states and secrets: "" for the root.
func (p placeOf) name() string {
	if p.below == "." {
		return ""
	}
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(p.below), "-"), "-")
	if notInPaths.MatchString(p.below) { // something was lost that may tell it from another
		sum := sha256.Sum256([]byte(p.below))
		name = strings.TrimPrefix(name+"-"+hex.EncodeToString(sum[:3]), "-")
	}
	return name
}

var (
	notInNames = regexp.MustCompile(`[^a-z0-9]+`)
	notInPaths = regexp.MustCompile(`[^a-z0-9/-]`)
)

// suffixed adds the name of the shop, if it has one.
func (p placeOf) suffixed(word, separator string) string {
	if name := p.name(); name != "" {
		return word + separator + name
	}
	return word
}

// yaml is the directory as it is written in YAML.
func (p placeOf) yaml() string {
	if notInPaths.MatchString(p.below) && p.below != "." {
		return strconv.Quote(p.below)
	}
	return p.below
}

// pipelineFor is the file for one of the hosts.
func pipelineFor(ci string, at placeOf) (pipeline, error) {
	if ci == ciGitHub {
		return at.gitHub()
	}
	return at.gitLab()
}

// gitHub is a workflow of its own for every shop.
func (p placeOf) gitHub() (pipeline, error) {
	content, err := pipelines.ReadFile("pipelines/github.yml")
	secret := strings.ReplaceAll(strings.ToUpper(p.suffixed("WECHAT_APPSECRET", "_")), "-", "_")
	file := ".github/workflows/" + p.suffixed("shopctl", "-") + ".yml"
	text := strings.NewReplacer(
		"name: shopctl\n", "name: "+p.title()+"\n",
		"directory: .\n", "directory: "+p.yaml()+"\n",
		"secrets.WECHAT_APPSECRET ", "secrets."+secret+" ",
		"secret WECHAT_APPSECRET.", "secret "+secret+".", "密钥 WECHAT_APPSECRET。", "密钥 "+secret+"。",
		"  pull_request:\n", "  pull_request:\n"+p.paths(file),
		"    branches: [main]\n", "    branches: [main]\n"+p.paths(file),
	).Replace(string(content))
	return pipeline{newFile{filepath.Join(p.root, filepath.FromSlash(file)), []byte(text)}, []lang.Text{lang.F(
		"For the pipeline, set the secret %s under Settings > Secrets and variables > Actions, and put the runner on the platform's IP list (docs/pipelines.md).",
		"流水线需要：在 Settings > Secrets and variables > Actions 中设置密钥 %s，并把运行器的 IP 加入平台的 IP 白名单（见 docs/pipelines.zh-CN.md）。", secret)}}, err
}

// title is the name of the workflow.
func (p placeOf) title() string {
	if p.below == "." {
		return "shopctl"
	}
	return strconv.Quote("shopctl " + p.below)
}

// paths keeps the workflow of one shop of many to what concerns it.
func (p placeOf) paths(file string) string {
	if p.below == "." {
		return ""
	}
	return "    paths: [" + strconv.Quote(p.below+"/**") + ", " + file + "]\n"
}

// gitLabFile is the one file that GitLab reads, at the root.
const gitLabFile = ".gitlab-ci.yml"

// gitLab is that file, or one to be included in it where it is there already: by
// itself, or as one more shop beside others.
func (p placeOf) gitLab() (pipeline, error) {
	there, err := os.ReadFile(filepath.Join(p.root, gitLabFile))
	if err != nil || p.isRunBy(string(there)) {
		return p.gitLabPipeline("gitlab.yml", gitLabFile, gitLabNeeds("WECHAT_APPSECRET"))
	}
	file := ".gitlab/" + p.suffixed("shopctl", "-") + ".yml"
	template, needs := "gitlab.yml", gitLabNeeds("WECHAT_APPSECRET")
	if strings.Contains(string(there), "shopctl.gitlab-ci.yml") {
		template, needs = "gitlab-shop.yml", gitLabNeeds("WECHAT_APPSECRET_<appid>")
	}
	include := lang.F("%s is there already. Add below its include:", "%s 已存在。请在其 include: 下加入：", gitLabFile)
	return p.gitLabPipeline(template, file, include, lang.Same("  - local: "+file), needs)
}

// isRunBy reports whether a pipeline is that of this shop already.
func (p placeOf) isRunBy(pipeline string) bool {
	return strings.Contains(strings.ReplaceAll(pipeline, "\r", "")+"\n", "SHOPCTL_DIRECTORY: "+p.yaml()+"\n")
}

func (p placeOf) gitLabPipeline(template, file string, advice ...lang.Text) (pipeline, error) {
	content, err := pipelines.ReadFile("pipelines/" + template)
	text := strings.NewReplacer(
		"SHOPCTL_DIRECTORY: .\n", "SHOPCTL_DIRECTORY: "+p.yaml()+"\n",
		"SHOPCTL_STATE_NAME: shopctl", "SHOPCTL_STATE_NAME: "+p.suffixed("shopctl", "-"),
		`SHOP"`, strings.TrimPrefix(strconv.Quote(p.below), `"`),
	).Replace(string(content))
	return pipeline{newFile{filepath.Join(p.root, filepath.FromSlash(file)), []byte(text)}, advice}, err
}

func gitLabNeeds(secret string) lang.Text {
	return lang.F("For the pipeline, set the masked variables %s and SHOPCTL_GITLAB_TOKEN (a project access token with the scope api) under Settings > CI/CD > Variables, keep the state at GitLab (state \"http\" {} in the shop block), and put the runner on the platform's IP list (docs/pipelines.md).",
		"流水线需要：在 Settings > CI/CD > Variables 中设置变量 %s 和 SHOPCTL_GITLAB_TOKEN（权限范围为 api 的项目访问令牌），勾选 Masked；在 shop 块中写 state \"http\" {}，由 GitLab 保存状态；并把运行器的 IP 加入平台的 IP 白名单（见 docs/pipelines.zh-CN.md）。", secret)
}
