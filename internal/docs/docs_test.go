// Package docs holds the test that keeps the pages true: links lead somewhere,
// and what a page says of the code can be found in the code. It has no code of
// its own.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// pages are all Markdown files of the repository, by path with slashes.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	walk(t, ".md", func(name string, data []byte) { all[name] = string(data) })
	if len(all) < 5 {
		t.Fatalf("found only %d pages", len(all))
	}
	return all
}

// walk reads every file with the extension outside hidden folders and testdata.
func walk(t *testing.T, ext string, visit func(name string, data []byte)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ext:
			return nil
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		visit(name, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	fenced  = regexp.MustCompile("(?s)```.*?```")
	heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]+`)
)

// Every relative link leads to a file that is there, and to a heading in it.
func TestLinksLeadSomewhere(t *testing.T) {
	all := pages(t)
	for name, text := range all {
		for _, m := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(target))); err != nil {
				t.Errorf("%s: the link %s leads nowhere", name, m[1])
				continue
			}
			if anchor != "" && !slices.Contains(anchors(all[target]), anchor) {
				t.Errorf("%s: %s has no heading #%s", name, target, anchor)
			}
		}
	}
}

// anchors are the names by which the headings of a page can be linked.
func anchors(text string) []string {
	var all []string
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		slug := notSlug.ReplaceAllString(strings.ToLower(m[1]), "")
		all = append(all, strings.ReplaceAll(slug, " ", "-"))
	}
	return all
}

var (
	quoted    = regexp.MustCompile("`([^`\n]+)`")
	method    = regexp.MustCompile(`^\(\*(\w+)\)\.(\w+)$`)   // (*Run).Apply
	qualified = regexp.MustCompile(`^([A-Za-z]\w*)\.(\w+)$`) // reconcile.Make, Session.Announce
	place     = regexp.MustCompile(`^[\w./-]+/[\w.-]*$`)     // schema/kinds.go, docs/cli/
)

// explaining are the pages that speak of the code.
var explaining = []string{"docs/architecture.md", "CONTRIBUTING.md"}

// What a page that explains the code names in code letters exists: functions,
// methods, types, files and folders.
func TestPagesNameWhatExists(t *testing.T) {
	known := declared(t)
	all := pages(t)
	for _, page := range explaining {
		named := 0
		for _, m := range quoted.FindAllStringSubmatch(fenced.ReplaceAllString(all[page], ""), -1) {
			exists, is := check(m[1], known)
			if is {
				named++
			}
			if is && !exists {
				t.Errorf("%s names `%s`, which does not exist", page, m[1])
			}
		}
		if named < 5 {
			t.Errorf("%s names only %d things of the code", page, named)
		}
	}
}

// check reports whether text names a thing of the code (is), and whether there
// is one of this name.
func check(text string, known names) (exists, is bool) {
	if m := method.FindStringSubmatch(text); m != nil {
		return known.members[m[1]+"."+m[2]], true
	}
	if m := qualified.FindStringSubmatch(text); m != nil {
		switch {
		case known.packages[m[1]]:
			return known.members[text], true
		case known.types[m[1]]:
			return known.members[text], true
		}
		return false, false // a file name, an address, a member of JSON
	}
	if place.MatchString(text) && !strings.HasPrefix(text, "/") {
		first, _, _ := strings.Cut(text, "/")
		if _, err := os.Stat(filepath.Join(root, first)); err != nil {
			return false, false // a place elsewhere
		}
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(text)))
		return err == nil && len(found) > 0, true
	}
	return false, false
}

// names are what the code declares: packages and types by name, and their
// members as "schema.Load" and "Session.Announce".
type names struct {
	packages, types, members map[string]bool
}

func declared(t *testing.T) names {
	known := names{packages: map[string]bool{}, types: map[string]bool{}, members: map[string]bool{}}
	walk(t, ".go", func(name string, data []byte) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, data, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		known.packages[file.Name.Name] = true
		for _, d := range file.Decls {
			known.add(file.Name.Name, d)
		}
	})
	return known
}

func (k names) add(pkg string, d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			k.members[pkg+"."+d.Name.Name] = true
			return
		}
		k.members[receiver(d.Recv.List[0].Type)+"."+d.Name.Name] = true
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				k.addType(pkg, s)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					k.members[pkg+"."+n.Name] = true
				}
			}
		}
	}
}

func (k names) addType(pkg string, s *ast.TypeSpec) {
	k.types[s.Name.Name] = true
	k.members[pkg+"."+s.Name.Name] = true
	var fields *ast.FieldList
	switch body := s.Type.(type) {
	case *ast.StructType:
		fields = body.Fields
	case *ast.InterfaceType:
		fields = body.Methods
	default:
		return
	}
	for _, f := range fields.List {
		for _, n := range f.Names {
			k.members[s.Name.Name+"."+n.Name] = true
		}
	}
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// The checks above find what they look for.
func TestChecksCanFail(t *testing.T) {
	known := declared(t)
	for text, want := range map[string]struct{ exists, is bool }{
		"reconcile.Make":       {true, true},
		"reconcile.Guess":      {false, true},
		"Session.Announce":     {true, true},
		"(*Run).Apply":         {true, true},
		"(*Run).Pray":          {false, true},
		"schema/kinds.go":      {true, true},
		"schema/nowhere.go":    {false, true},
		"spu.719":              {},
		"on_remove = \"x\"":    {},
		"/shop/spu/add":        {},
		"provider/wechat/*.go": {},
	} {
		exists, is := check(text, known)
		if exists != want.exists || is != want.is {
			t.Errorf("check(%q) = %v, %v; want %v, %v", text, exists, is, want.exists, want.is)
		}
	}
}
