package view

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

func TestPlan(t *testing.T) {
	golden(t, "plan", func(v *View) error { return v.Plan(samplePlan(), sampleCatalog()) })
	golden(t, "plan-many-skus", func(v *View) error { return v.Plan(manySKUs(), nil) })
	golden(t, "plan-empty", func(v *View) error {
		return v.Plan(&reconcile.Plan{ShopName: "blankets", At: friday, Unchanged: 12, Unmanaged: 1}, nil)
	})
}

func TestReport(t *testing.T) {
	golden(t, "report", func(v *View) error { return v.Report(sampleReport()) })
	golden(t, "report-nothing", func(v *View) error { return v.Report(&reconcile.Report{}) })
	golden(t, "report-interrupted", func(v *View) error {
		return v.Report(&reconcile.Report{Calls: 1, Interrupted: true, Results: []reconcile.Result{
			{Address: spu("719"), Title: "毛毯", Outcome: reconcile.OutcomeDone, Steps: []reconcile.Op{reconcile.OpAdd}},
			{Address: spu("720"), Title: "电热毯", Outcome: reconcile.OutcomeLater},
		}})
	})
}

func TestBoard(t *testing.T) {
	golden(t, "status", func(v *View) error { return v.Board(board(sampleBoard(), nil), nil) })
	golden(t, "status-only", func(v *View) error {
		return v.Board(board(sampleBoard(), nil), []Status{StatusRejected, StatusUnmanaged})
	})
	golden(t, "status-empty", func(v *View) error { return v.Board(Board{}, nil) })
	golden(t, "status-deadline", func(v *View) error {
		return v.Board(board(sampleBoard(), sampleForecast()), nil)
	})
}

func TestState(t *testing.T) {
	s := sampleState()
	golden(t, "state-list", func(v *View) error { return v.StateList(s) })
	golden(t, "state-show", func(v *View) error { return v.StateShow(s.Records[spu("719")]) })
}

func TestHistory(t *testing.T) {
	golden(t, "history", func(v *View) error { return v.History(spu("721"), sampleHistory()) })
	golden(t, "history-none", func(v *View) error { return v.History(spu("720"), nil) })
}

func TestCategories(t *testing.T) {
	tree := schema.NewCategoryTree([]schema.Category{
		{ID: 1445, Name: "毛毯", SecondID: 1420, Second: "毯类", FirstID: 1400, First: "家纺"},
		{ID: 1446, Name: "电热毯", SecondID: 1420, Second: "毯类", FirstID: 1400, First: "家纺", Qualification: "《3C 认证证书》",
			QualificationType: schema.NeedRequired, ProductQualification: "检测报告", ProductQualificationType: schema.NeedOptional},
	})
	golden(t, "category", func(v *View) error { return v.Categories(tree.Search("毯")) })
}

func TestCode(t *testing.T) {
	golden(t, "explain", func(v *View) error {
		return v.Code(Code{
			Code: 1000002, Class: provider.ClassConflict, Source: "10.2 D",
			Meaning: lang.T("The product is in review.", "商品正在审核中。"),
			Remedy:  lang.T("Wait, or withdraw and submit again.", "请等待，或撤回后重新提交。"),
		})
	})
}

func TestFailure(t *testing.T) {
	refused := sampleReport().Results[3].Err
	golden(t, "failure", func(v *View) error { return v.Failure(refused) })
	golden(t, "failure-problem", func(v *View) error {
		return v.Failure(&Problem{What: lang.T("cannot start the sandbox", "无法启动沙箱"), Err: errors.New("disk full")})
	})
	golden(t, "failure-lock", func(v *View) error {
		return v.Failure(&state.LockError{Holder: state.LockInfo{ID: "4f2a", Operation: "apply", Who: "li@ci-7", Host: "ci-7", PID: 4242, Since: friday}})
	})
}

func TestDiagnostics(t *testing.T) {
	const file = "shop \"blankets\" {}\n\tspu \"719\" { title = \"毛毯毛毯\", price = 9.905 }\r\n"
	read := func(name string) ([]byte, error) {
		if name != "shop.hcl" {
			return nil, errors.New("no such file")
		}
		return []byte(file), nil
	}
	golden(t, "diagnostics", func(v *View) error {
		return v.Diagnostics(schema.Diagnostics{
			diagnostic("shop.hcl", 2, `"毛毯毛毯"`, file, schema.SeverityError),
			diagnostic("shop.hcl", 2, `9.905`, file, schema.SeverityWarning),
			diagnostic("gone.hcl", 1, `shop`, file, schema.SeverityError),
		}, read)
	})
	golden(t, "diagnostics-none", func(v *View) error { return v.Diagnostics(nil, read) })
}

func TestVersion(t *testing.T) {
	golden(t, "version", func(v *View) error {
		return v.Version(Version{Version: "v1.2.3", Go: "go1.26.0", Platform: "linux/amd64"})
	})
	golden(t, "version-full", func(v *View) error {
		return v.Version(Version{
			Version: "v1.2.3", Commit: "195d7c7f", Modified: true, Date: "2026-11-22T12:54:00Z", Go: "go1.26.0", Platform: "linux/amd64",
			Modules: []Module{{"github.com/hashicorp/hcl/v2", "v2.25.0"}},
		})
	})
}

// diagnostic is a finding about the first place in a file's text that reads so.
func diagnostic(file string, line int, marked, text string, severity schema.Severity) schema.Diagnostic {
	start := strings.Index(text, marked)
	lineStart := strings.LastIndexByte(text[:start], '\n') + 1
	column := utf8.RuneCountInString(text[lineStart:start]) + 1
	return schema.Diagnostic{
		Severity: severity, Rule: "price-decimals",
		Range: schema.Range{
			File:  file,
			Start: schema.Pos{Line: line, Column: column, Byte: start},
			End:   schema.Pos{Line: line, Column: column + utf8.RuneCountInString(marked), Byte: start + len(marked)},
		},
		What:   lang.T("Price with more than two decimals", "价格超过两位小数"),
		Why:    lang.T("9.905 is no whole number of fen.", "9.905 不是整数分。"),
		Remedy: lang.T("Write 9.90 or 9.91.", "请写 9.90 或 9.91。"),
	}
}

func TestCaretStandsUnderTheRange(t *testing.T) {
	for _, c := range []struct{ name, line, marked, want string }{
		{"plain", `  price = 9.905`, `9.905`, `          ^^^^^`},
		{"after wide characters", `title = "毛毯", price = 1`, `price`, `                ^^^^^`},
		{"under wide characters", `title = "毛毯"`, `毛毯`, `         ^^^^`},
		{"tabs stay", "\tprice = 1", `price`, "\t^^^^^"},
		{"ambiguous characters are narrow", `desc = “a” b`, `b`, `           ^`},
		{"long line", strings.Repeat("x", 500) + " bad", `bad`, strings.Repeat(" ", 60) + "^^^"},
		{"empty range", `title = `, ``, `^`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &page{lang: lang.EN}
			p.excerpt(diagnostic("f", 1, c.marked, c.line, schema.SeverityError).Range, []byte(c.line), red)
			lines := strings.Split(string(p.buf), "\n")
			if got := strings.TrimPrefix(lines[1], "    │ "); got != c.want {
				t.Errorf("caret line %q, want %q, under\n%s", got, c.want, lines[0])
			}
		})
	}
}

func TestColour(t *testing.T) {
	for _, c := range []struct {
		name     string
		env      map[string]string
		terminal bool
		off      bool
		want     bool
	}{
		{name: "terminal", terminal: true, want: true},
		{name: "pipe"},
		{name: "dumb terminal", env: map[string]string{"TERM": "dumb"}, terminal: true},
		{name: "NO_COLOR", env: map[string]string{"NO_COLOR": "1"}, terminal: true},
		{name: "--no-color", terminal: true, off: true},
		{name: "forced into a pipe", env: map[string]string{"CLICOLOR_FORCE": "1"}, want: true},
		{name: "not forced", env: map[string]string{"CLICOLOR_FORCE": "0"}},
		{name: "NO_COLOR beats force", env: map[string]string{"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}},
	} {
		if got := Colour(func(k string) string { return c.env[k] }, c.terminal, c.off); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestProgress(t *testing.T) {
	events := []reconcile.Event{
		{Kind: reconcile.EventUploaded, Done: 1, Total: 3, Bytes: 1_000_000, TotalBytes: 6_000_000, Began: friday},
		{Kind: reconcile.EventUploaded, Done: 2, Total: 3, Bytes: 4_000_000, TotalBytes: 6_000_000, Began: friday.Add(-3 * time.Second)},
		{Kind: reconcile.EventUploaded, Done: 3, Total: 3, Bytes: 6_000_000, TotalBytes: 6_000_000, Began: friday},
		{Kind: reconcile.EventStarted, Address: spu("719"), Op: reconcile.OpAdd, Done: 1, Total: 4000, Began: friday},
		{Kind: reconcile.EventDone, Address: spu("719"), Op: reconcile.OpAdd, Done: 1, Total: 4, Began: friday},
		{Kind: reconcile.EventRetry, Address: spu("720"), Err: errors.New("busy"), Until: friday},
		{Kind: reconcile.EventWaiting, Address: spu("719"), Wait: &reconcile.Wait{Kind: reconcile.WaitReview}},
		{Kind: reconcile.EventFailed, Address: spu("720"), Err: sampleReport().Results[3].Err},
		{Kind: reconcile.EventBlocked, Address: spu("721"), Block: &reconcile.Block{Kind: reconcile.BlockBanned}},
		{Kind: reconcile.EventPolling, Total: 1, Until: friday},
		{Kind: reconcile.EventWaiting, Address: spu("719"), Wait: &reconcile.Wait{Kind: reconcile.WaitReview}},
		{Kind: reconcile.EventPolling, Total: 1, Until: friday},
		{Kind: reconcile.EventSettled, Address: spu("719")},
	}
	run := func(v *View) error {
		var b bytes.Buffer
		out := v.Err
		v.Err = &b
		if v.Live {
			v.Err = NewStatusLine(&b)
		}
		g := v.Progress(samplePlan())
		for i, e := range events {
			e.At = friday.Add(time.Duration(i) * time.Second)
			g.Event(e)
		}
		g.Close()
		_, err := out.Write(bytes.ReplaceAll(b.Bytes(), []byte(eraseLine), []byte("\n<erase>")))
		return err
	}
	golden(t, "progress", run)
	golden(t, "progress-live", func(v *View) error {
		v.Live, v.Width = true, func() int { return 60 }
		return run(v)
	})
}

func TestImages(t *testing.T) {
	album := []reconcile.Picture{
		{Image: schema.ImageFile{Image: schema.Image{Key: "sha256:00112233445566778899", Path: "img/719/1.png"}, Size: 1_250_000, Width: 1440, Height: 1080,
			Original: &schema.Original{Size: 4_200_000, Width: 4000, Height: 3000}}, UsedBy: []schema.Address{spu("719"), spu("720"), spu("721")}, URL: "https://mmecimage.cn/p/1", At: friday},
		{Image: schema.ImageFile{Image: schema.Image{Key: "sha256:aa", Path: "img/720/1.png"}, Size: 12_500, Width: 300, Height: 300}, UsedBy: []schema.Address{spu("720")}},
		{Image: schema.ImageFile{Image: schema.Image{Key: "https://example.com/a.png", URL: "https://example.com/a.png"}}, UsedBy: []schema.Address{spu("721")}, URL: "https://mmecimage.cn/p/2", At: friday},
		{Image: schema.ImageFile{Image: schema.Image{Key: "sha256:ff"}}, URL: "https://mmecimage.cn/p/3", At: friday},
	}
	golden(t, "images", func(v *View) error { return v.Images(album) })
	catalog := &schema.Catalog{Images: map[schema.ImageKey]schema.ImageFile{}}
	for i := range album {
		catalog.Images[album[i].Image.Key] = album[i].Image
	}
	golden(t, "images-sound", func(v *View) error { return v.ImagesSound(catalog) })
}

// Reading is not told of while it is quick. On a terminal the line is redrawn,
// elsewhere there is one now and then.
func TestWork(t *testing.T) {
	run := func(v *View) error {
		var b bytes.Buffer
		out := v.Err
		v.Err = &b
		if v.Live {
			v.Err = NewStatusLine(&b)
		}
		now := friday
		w := v.Work(func() time.Time { return now })
		for second := range 25 {
			now = friday.Add(time.Duration(second) * time.Second)
			w.Loading(schema.LoadProgress{Products: 1234 * second, Total: 100_000, Pictures: 5000 * second, Bytes: int64(second) * 1e9})
		}
		w.Close()
		w = v.Work(func() time.Time { return now })
		now = now.Add(3 * time.Second)
		w.Observing(600, 0)
		now = now.Add(15 * time.Second)
		w.Observing(7200, 200_000)
		w.Close()
		_, err := out.Write(bytes.ReplaceAll(b.Bytes(), []byte(eraseLine), []byte("\n<erase>")))
		return err
	}
	golden(t, "work", run)
	golden(t, "work-live", func(v *View) error {
		v.Live, v.Width = true, func() int { return 100 }
		return run(v)
	})
}

// Titles, reasons and messages come from strangers. Whatever they hold, a
// terminal must draw it and never obey it.
func TestNothingHostileReachesTheTerminal(t *testing.T) {
	const evil = "a\x1b]0;pwned\x07\x1b[2J\u009b31m\r\n\u202e\u2028\x7f\x00\xff"
	plan, report, standings, s := samplePlan(), sampleReport(), sampleBoard(), sampleState()
	for i := range plan.Changes {
		c := &plan.Changes[i]
		c.Title = evil
		c.Notes = append(c.Notes, lang.Same(evil))
		c.Fields = append(c.Fields, reconcile.FieldDiff{Path: evil, Old: evil, New: evil})
		if c.Block != nil {
			c.Block.Reason = evil
		}
	}
	for i := range report.Results {
		report.Results[i].Title, report.Results[i].Err = evil, &provider.Error{Message: evil, RID: evil, Code: 1, Meaning: lang.Same(evil)}
	}
	for i := range standings {
		standings[i].Title, standings[i].Rejected = evil, &reconcile.Block{Reason: evil}
	}
	s.Records[spu("719")].Memo[evil] = evil
	s.Records[spu("719")].RemoteID = evil
	finding := diagnostic("f.hcl", 1, "x", "x"+evil, schema.SeverityError)
	finding.Why = lang.Same(evil)

	for name, render := range map[string]func(*View) error{
		"plan":       func(v *View) error { return v.Plan(plan, nil) },
		"report":     func(v *View) error { return v.Report(report) },
		"board":      func(v *View) error { return v.Board(board(standings, nil), nil) },
		"state list": func(v *View) error { return v.StateList(s) },
		"state show": func(v *View) error { return v.StateShow(s.Records[spu("719")]) },
		"category": func(v *View) error {
			return v.Categories([]*schema.Category{{Name: evil, Qualification: evil, QualificationType: 1}})
		},
		"code":      func(v *View) error { return v.Code(Code{Meaning: lang.Same(evil)}) },
		"failure":   func(v *View) error { return v.Failure(errors.New(evil)) },
		"formatted": func(v *View) error { return v.Formatted([]string{evil}) },
		"diagnostics": func(v *View) error {
			return v.Diagnostics(schema.Diagnostics{finding}, func(string) ([]byte, error) { return []byte("x" + evil), nil })
		},
		"progress": func(v *View) error {
			v.Progress(plan).Event(reconcile.Event{Kind: reconcile.EventFailed, Address: spu("719"), Err: errors.New(evil)})
			return nil
		},
	} {
		for _, format := range []Format{Text, JSON} {
			var b bytes.Buffer
			if err := render(&View{Out: &b, Err: &b, Lang: lang.ZH, Format: format}); err != nil {
				t.Fatal(err)
			}
			if b.Len() == 0 {
				t.Errorf("%s as %s: nothing was printed", name, format)
			}
			for _, r := range b.String() {
				if hostile(r) && r != '\n' && r != '\t' {
					t.Errorf("%s as %s leaks %U", name, format, r)
					break
				}
			}
		}
	}
}

// Every field that a plan can name has a name for people.
func TestEveryFieldHasALabel(t *testing.T) {
	for _, kind := range []any{schema.SPU{}, schema.SKU{}, schema.Merchant{}} {
		for _, path := range fieldPaths(reflect.TypeOf(kind), "") {
			if labels[path].IsZero() {
				t.Errorf("%T: %s has no label", kind, path)
			}
		}
	}
}

func fieldPaths(kind reflect.Type, prefix string) []string {
	var paths []string
	for i := range kind.NumField() {
		f := kind.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || name == "skus" || f.Tag.Get("cost") == string(schema.CostIdentity):
		case f.Type == reflect.TypeFor[schema.DescInfo](), f.Type == reflect.TypeFor[schema.Component]():
			paths = append(paths, fieldPaths(f.Type, name+".")...)
		default:
			paths = append(paths, prefix+name)
		}
	}
	return paths
}

// A new action, operation, cause, class, wait or block must not reach readers
// without words: every constant of these types that the source declares has some.
func TestEveryConstantHasWords(t *testing.T) {
	on := spu("1")
	for kind, worded := range map[string]func(value string) bool{
		"Action":  func(v string) bool { return !headlines[reconcile.Action(v)].word.IsZero() },
		"Op":      func(v string) bool { return !steps[reconcile.Op(v)].IsZero() && !done[reconcile.Op(v)].IsZero() },
		"Cause":   func(v string) bool { return !causes[reconcile.Cause(v)].IsZero() },
		"Outcome": func(v string) bool { return !outcomeNames[reconcile.Outcome(v)].word.IsZero() },
		"WaitKind": func(v string) bool {
			t := waitOf(reconcile.Wait{Kind: reconcile.WaitKind(v), On: &on})
			return t.EN != t.ZH
		},
		"Chance":      func(v string) bool { return !chanceNames[reconcile.Chance(v)].word.IsZero() },
		"ProspectWhy": func(v string) bool { return !prospectWhys[reconcile.ProspectWhy(v)].IsZero() },
		"AdviceKind": func(v string) bool {
			t := adviceOf(reconcile.Advice{Kind: reconcile.AdviceKind(v), By: at(0)}, friday)
			return t.EN != t.ZH
		},
		"BlockKind": func(v string) bool {
			b := &reconcile.Block{Kind: reconcile.BlockKind(v), On: &on}
			t := blockOf(b)
			return t.EN != t.ZH && !remedyOf(b, on).IsZero()
		},
	} {
		values := constants(t, filepath.Join("..", "reconcile"), kind)
		if len(values) == 0 {
			t.Errorf("reconcile declares no constant of type %s", kind)
		}
		for _, v := range values {
			if !worded(v) {
				t.Errorf("%s %q has no words", kind, v)
			}
		}
	}
	for _, v := range constants(t, filepath.Join("..", "state"), "VerdictKind") {
		if verdictNames[state.VerdictKind(v)].word.IsZero() {
			t.Errorf("verdict %q has no words", v)
		}
	}
	for _, v := range constants(t, filepath.Join("..", "provider"), "Class") {
		if classes[provider.Class(v)].IsZero() {
			t.Errorf("class %q has no words", v)
		}
	}
	for _, s := range Statuses {
		if statusNames[s].word.IsZero() {
			t.Errorf("status %q has no words", s)
		}
	}
}

// constants are the values of the string constants of a type in a package.
func constants(t *testing.T, dir, kind string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			name, typed := spec.Type.(*ast.Ident)
			literal, isLiteral := spec.Values[0].(*ast.BasicLit)
			if typed && name.Name == kind && isLiteral {
				if v, err := strconv.Unquote(literal.Value); err == nil {
					values = append(values, v)
				}
			}
			return true
		})
	}
	return values
}

// docs/json.md promises the shapes of our documents: whatever member a golden
// document has stands in its section, or among the shapes that all share.
func TestJSONIsDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "json.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, s := range strings.Split(string(page), "\n## ") {
		title, body, _ := strings.Cut(s, "\n")
		sections[title] = body
	}
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if json.Unmarshal(b, &doc) != nil {
			continue // a rendering that has no JSON form
		}
		kind := doc["document"].(string)
		seen[kind] = true
		text := sections[kind] + sections["Shared shapes"]
		for _, member := range members(doc) {
			if !regexp.MustCompile("[`\"]" + member + "[`\"]").MatchString(text) {
				t.Errorf("docs/json.md, section %q: no word about %q (in %s)", kind, member, file)
			}
		}
	}
	for _, kind := range []string{"plan", "report", "status", "diagnostics", "categories", "code", "state", "record", "history", "version", "error"} {
		if !seen[kind] {
			t.Errorf("no golden document of kind %q", kind)
		}
	}
}

// members are the names in a document, without the envelope and without keys
// that are data.
func members(doc any) []string {
	var names []string
	switch x := doc.(type) {
	case []any:
		for _, e := range x {
			names = append(names, members(e)...)
		}
	case map[string]any:
		for name, e := range x {
			if name == "document" || name == "version" {
				continue
			}
			names = append(names, name)
			if !slices.Contains([]string{"memo", "sku_ids", "counts", "actions"}, name) {
				names = append(names, members(e)...)
			}
		}
	}
	return names
}
