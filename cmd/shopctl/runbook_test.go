package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	exitsWith  = regexp.MustCompile(` # exits with (\d+)$`)
)

// commands are the lines of all shell blocks of a page, as one shell script that
// holds each line to exit code 0, or to the one that the page names.
func commands(page string) string {
	var script strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(page, -1) {
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSuffix(line, "\n")
			want := "0"
			if m := exitsWith.FindStringSubmatch(line); m != nil {
				want = m[1]
			}
			script.WriteString(line + "\ncode=$?; [ $code = " + want + " ] || { echo \"exit code $code\"; exit 9; }\n")
		}
	}
	return script.String()
}

func pageCommands(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	script := commands(string(page))
	if strings.Count(script, "shopctl ") < 10 {
		t.Fatalf("only these commands were found in %s:\n%s", name, script)
	}
	return script
}

// The run book is tried word for word: every command of the page, in its order,
// in a copy of what the page begins with. Both languages have the same commands.
func TestRunBook(t *testing.T) {
	script := pageCommands(t, "runbook.md")
	if chinese := pageCommands(t, "runbook.zh-CN.md"); chinese != script {
		t.Errorf("the pages have different commands:\n%s\n%s", script, chinese)
	}
	file := filepath.Join(t.TempDir(), "runbook.txtar")
	text := "exec sh runbook.sh\n" + runBookEnds + "-- runbook.sh --\n" + script
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Files: []string{file}, Setup: func(env *testscript.Env) error {
		env.Setenv("WECHAT_APPSECRET", "")
		env.Setenv("LC_ALL", "en_US.UTF-8")
		return os.CopyFS(filepath.Join(env.WorkDir, "examples"), os.DirFS(filepath.Join("..", "..", "examples")))
	}})
}

// runBookEnds is what is true when the page is over.
const runBookEnds = `stdout '5 of 5 products wanted on the shelf are there'
stdout 'price  ¥29.90 -> ¥26.90'
exec grep -c 'sale_price   = 26.90' evening/products/1445.hcl
stdout '^2$'
exec grep -c 'sale_price   = 25.00' evening/products/7051.hcl
stdout '^1$'
`
