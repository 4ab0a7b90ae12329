// Package arrows holds the test that keeps the imports of this repository
// pointing one way. It has no code of its own.
package arrows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/shopctl/shopctl/"

// rooms are the folders of the house and what each may import of the others.
// A folder without a line of its own belongs to the nearest one above it.
//
//	lang <- schema <- state
//	        schema <- provider <- provider/wechat <- provider/wechat/component
//	        schema, state, provider <- reconcile <- view
//	reconcile, view, provider/wechat/push <- listen
//	lang <- notify
//	everything <- cmd
//
// The sandbox plays the platform, so it must not know the client.
var rooms = map[string][]string{
	"lang":                      {},
	"schema":                    {"lang", "internal/crash"},
	"state":                     {"lang", "schema", "internal/plain", "internal/crash"},
	"state/postgres":            {"lang", "state"},
	"state/web":                 {"lang", "state"},
	"state/httpstore":           {"lang", "state", "state/web"},
	"state/s3":                  {"lang", "state", "state/web"},
	"provider":                  {"lang", "schema"},
	"provider/wechat":           {"lang", "schema", "provider", "internal/crash"},
	"provider/wechat/component": {"lang", "schema", "provider", "provider/wechat", "internal/plain", "internal/crash"},
	"provider/wechat/push":      {},
	"provider/wechat/sandbox":   {"lang"},
	"reconcile":                 {"lang", "schema", "state", "provider", "internal/crash"},
	"intake":                    {"lang", "schema", "state", "provider"},
	"intake/sheet":              {"lang", "schema", "intake"},
	"fleet":                     {"lang", "schema", "state", "provider", "internal/crash"},
	"fleet/queue":               {"lang", "fleet", "state", "state/postgres"},
	"view":                      {"lang", "schema", "state", "provider", "reconcile", "intake", "fleet"},
	"cmd":                       {"lang", "schema", "state", "state/web", "state/httpstore", "state/s3", "state/postgres", "provider", "provider/wechat", "provider/wechat/component", "provider/wechat/push", "provider/wechat/sandbox", "reconcile", "intake", "intake/sheet", "fleet", "fleet/queue", "view", "listen", "notify"},
	"notify":                    {"lang"},
	"listen":                    {"lang", "schema", "state", "provider", "provider/wechat/push", "reconcile", "view"},
	"examples/draw":             {},
	"bench":                     {"schema", "provider/wechat/sandbox"},
	"internal/termshot":         {},
	"internal/pgtest":           {},
	"internal/crash":            {},
	"internal/plain":            {},
	"internal/pipelines":        {},
	"internal/sbom":             {},
	"internal/notices":          {},
}

// kept are the libraries that only some rooms may see.
var kept = map[string][]string{
	"github.com/hashicorp/hcl":        {"schema", "intake", "intake/sheet"},
	"github.com/zclconf/go-cty":       {"schema", "intake"},
	"github.com/xuri/excelize":        {"intake/sheet"},
	"github.com/go-resty/resty":       {"provider/wechat", "provider/wechat/component"},
	"github.com/spf13/cobra":          {"cmd"},
	"github.com/mattn/go-runewidth":   {"view", "cmd", "internal/termshot"},
	"github.com/jackc/pgx":            {"state/postgres", "fleet/queue", "internal/pgtest"},
	"github.com/riverqueue/river":     {"fleet/queue"},
	"github.com/aws":                  {"state/s3"},
	"github.com/prometheus":           {"listen", "cmd"},
	"net/http":                        {"state/web", "state/httpstore", "state/s3", "provider/wechat", "provider/wechat/component", "provider/wechat/sandbox", "listen", "notify", "cmd", "bench"},
	"github.com/chromedp":             {},
	"github.com/rogpeppe/go-internal": {},
	"pgregory.net/rapid":              {},
}

// forCommands are the functions that belong to whoever starts the program:
// they read its surroundings or end it.
var forCommands = map[string][]string{
	"os":  {"Getenv", "LookupEnv", "Environ", "ExpandEnv", "Exit"},
	"log": {"Fatal", "Fatalf", "Fatalln"},
}

// pkg is what go list says about a package, tests left out.
type pkg struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range packages(t) {
		for _, wrong := range wrongImports(p) {
			t.Error(wrong)
		}
	}
}

func TestOnlyCommandsReadTheEnvironmentAndExit(t *testing.T) {
	for _, p := range packages(t) {
		if p.Name == "main" {
			continue
		}
		for _, name := range p.GoFiles {
			for _, wrong := range commandCalls(t, filepath.Join(p.Dir, name), nil) {
				t.Error(wrong)
			}
		}
	}
}

// The two checks above find what they look for.
func TestChecksCanFail(t *testing.T) {
	imports := []struct{ from, to string }{
		{module + "lang", module + "schema"},
		{module + "schema", module + "state"},
		{module + "reconcile", module + "provider/wechat/component"},
		{module + "provider/providertest", module + "provider/wechat"},
		{module + "provider/wechat/sandbox", module + "schema"},
		{module + "view", "github.com/hashicorp/hcl/v2/hclsyntax"},
		{module + "state", "net/http"},
		{module + "state", "github.com/jackc/pgx/v5"},
		{module + "newroom", module + "lang"},
	}
	for _, i := range imports {
		if len(wrongImports(pkg{ImportPath: i.from, Imports: []string{i.to}})) == 0 {
			t.Errorf("%s may import %s", i.from, i.to)
		}
	}
	src := "package p\nimport env \"os\"\nfunc f() string { env.Exit(1); return env.Getenv(\"X\") }\n"
	if got := commandCalls(t, "p.go", src); len(got) != 2 {
		t.Errorf("found %q; want os.Exit and os.Getenv", got)
	}
}

// wrongImports are the imports of p that point the wrong way.
func wrongImports(p pkg) []string {
	room := roomOf(p.ImportPath)
	if room == "" {
		return []string{p.ImportPath + ": has no room; give it a line in rooms, with what it may import"}
	}
	var wrong []string
	for _, to := range p.Imports {
		if target := roomOf(to); strings.HasPrefix(to, module) && target != room && !slices.Contains(rooms[room], target) {
			wrong = append(wrong, fmt.Sprintf("%s must not import %s", p.ImportPath, to))
		}
		for library, owners := range kept {
			if within(to, library) && !slices.Contains(owners, room) {
				wrong = append(wrong, fmt.Sprintf("%s must not import %s, which is kept to %v", p.ImportPath, to, owners))
			}
		}
	}
	return wrong
}

// roomOf is the nearest room at or above an import path, "" for none.
func roomOf(importPath string) string {
	best := ""
	for room := range maps.Keys(rooms) {
		if within(importPath, module+room) && len(room) > len(best) {
			best = room
		}
	}
	return best
}

// within reports whether path is dir or lies below it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

// commandCalls are the uses of forCommands in a Go file; src replaces the
// file's content when it is not nil.
func commandCalls(t *testing.T, name string, src any) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	local := map[string]string{} // name in this file -> import path
	for _, spec := range file.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		if spec.Name != nil {
			local[spec.Name.Name] = path
		} else {
			local[path[strings.LastIndex(path, "/")+1:]] = path
		}
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(forCommands[local[x.Name]], sel.Sel.Name) {
				found = append(found, fmt.Sprintf("%s: %s.%s belongs to a command", files.Position(sel.Pos()), local[x.Name], sel.Sel.Name))
			}
		}
		return true
	})
	return found
}

// packages lists the packages of this repository.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Name,Dir,GoFiles,Imports", module+"...")
	out, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if len(p.GoFiles) > 0 { // a folder of tests alone may look everywhere
			all = append(all, p)
		}
	}
	if len(all) < 5 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	return all
}
