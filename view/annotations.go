package view

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// An annotation is a remark beside a line of a file in a pull request.
type annotation struct {
	level string // "error" or "warning"
	rule  string // a short constant name
	at    schema.Range
	title lang.Text
	text  lang.Text
}

// annotate writes remarks in the form of --format github (commands on the log of
// an Action) or gitlab (a Code Quality report).
func (v *View) annotate(list []annotation) error {
	if v.Format == GitLab {
		return v.codeQuality(list)
	}
	var b strings.Builder
	for _, a := range list {
		at := ""
		if a.at.File != "" {
			at = "file=" + githubProperty(v.inRepository(a.at.File)) + ",line=" + fmt.Sprint(a.at.Start.Line) + ",col=" + fmt.Sprint(a.at.Start.Column) + ","
		}
		fmt.Fprintf(&b, "::%s %stitle=%s::%s\n", a.level, at, githubProperty(a.title.In(v.Lang)), githubData(a.text.In(v.Lang)))
	}
	_, err := io.WriteString(v.Out, b.String())
	return err
}

// inRepository is the path of a catalog file as the repository knows it.
func (v *View) inRepository(file string) string { return path.Join(v.Dir, file) }

// GitHub's own escapes: a percent sign, the ends of lines, and in properties
// what separates them. Whatever a terminal would act on is made visible first,
// so that a reason cannot begin a command of its own.
func githubData(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "%", "%25"), "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Join(lines, "%0A")
}

func githubProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(githubData(s))
}

// codeQuality is the report that GitLab shows beside the lines of a merge request.
func (v *View) codeQuality(list []annotation) error {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	severities := map[string]string{"error": "critical", "warning": "minor"}
	issues := []issue{}
	for _, a := range list {
		text := a.title.In(v.Lang) + ": " + a.text.In(v.Lang)
		sum := sha256.Sum256([]byte(a.rule + "\n" + a.at.String() + "\n" + text))
		issues = append(issues, issue{
			Description: text, CheckName: a.rule, Fingerprint: hex.EncodeToString(sum[:16]), Severity: severities[a.level],
			Location: location{v.inRepository(a.at.File), lines{max(a.at.Start.Line, 1)}},
		})
	}
	b, err := json.MarshalIndent(issues, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(v.Out, escapeControls(string(b))+"\n")
	return err
}

// boardAnnotations are what needs a human, beside the line that it is about.
func boardAnnotations(posts []post) []annotation {
	var list []annotation
	for i := range posts {
		x := &posts[i]
		if !x.status.NeedsHuman() || x.why.IsZero() {
			continue
		}
		name, word := x.standing.Address.String(), x.word.word
		list = append(list, annotation{
			level: "error", rule: string(x.status), at: x.at, title: lang.T(name+" "+word.EN, name+" "+word.ZH),
			text: lang.T(x.why.EN+". "+x.remedy.EN, x.why.ZH+"。"+x.remedy.ZH),
		})
	}
	return list
}

func (v *View) locate(source schema.Source, field string) schema.Range {
	if v.Locate == nil {
		return source.Range
	}
	return v.Locate(source, field)
}

func diagnosticAnnotations(ds schema.Diagnostics) []annotation {
	var list []annotation
	for _, d := range ds {
		level := "error"
		if d.Severity == schema.SeverityWarning {
			level = "warning"
		}
		list = append(list, annotation{
			level: level, rule: d.Rule, at: d.Range, title: d.What,
			text: lang.T(strings.TrimSpace(d.Why.EN+" "+d.Remedy.EN), d.Why.ZH+d.Remedy.ZH),
		})
	}
	return list
}
