package pipelines

import (
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// workflows are all that GitHub would run: ours, and the one that init writes.
func workflows(t *testing.T) []string {
	t.Helper()
	files := files(t, filepath.Join(".github", "workflows", "*.yml"))
	return append(files, filepath.Join(repositoryRoot, "cmd", "shopctl", "pipelines", "github.yml"))
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repositoryRoot, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %v", pattern, files, err)
	}
	return files
}

func TestActionlint(t *testing.T) {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range workflows(t) {
		findings, err := linter.LintFile(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			t.Error(f)
		}
	}
	findings, err := linter.Lint("wrong.yml", []byte("on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: 'echo ${{ inputs.nothing.there }}'}]\n"), nil)
	if err != nil || len(findings) == 0 {
		t.Errorf("the linter finds nothing wrong with a wrong workflow: %v", err)
	}
}

func TestShellcheck(t *testing.T) {
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("shellcheck is not installed (Debian: apt-get install shellcheck): the scripts in ci/ are not checked")
	}
	scripts := append(files(t, filepath.Join("ci", "*.sh")), files(t, filepath.Join("ci", "*", "*.sh"))...)
	scripts = append(scripts, files(t, filepath.Join(".ci", "release*"))...)
	if out, err := exec.Command(shellcheck, append([]string{"--external-sources"}, scripts...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// steps are all steps of our workflows and of the action, by file.
func steps(t *testing.T) map[string][]step {
	t.Helper()
	all := map[string][]step{"action.yml": readYAML[action](t, filepath.Join(repositoryRoot, "action.yml")).Runs.Steps}
	for _, file := range workflows(t) {
		for _, j := range readYAML[workflow](t, file).Jobs {
			all[filepath.Base(file)] = append(all[filepath.Base(file)], j.Steps...)
		}
	}
	return all
}

// What somebody else wrote (a title, a branch's name, an input) reaches a script as
// a variable, never as part of its text.
func TestScriptsGetInputsAsVariables(t *testing.T) {
	for file, steps := range steps(t) {
		for _, s := range steps {
			if strings.Contains(s.Run, "${{") {
				t.Errorf("%s: an expression in a script: %s", file, s.Run)
			}
		}
	}
}

// Every script that a step names is there, and every variable that the action
// hands over is one that a script reads.
func TestStepsNameWhatExists(t *testing.T) {
	var text strings.Builder
	for _, file := range append(files(t, filepath.Join("ci", "*.sh")), files(t, filepath.Join("ci", "*", "*.sh"))...) {
		text.WriteString(strings.Join(lines(file), "\n"))
	}
	script := regexp.MustCompile(`ci/[a-z/-]+\.sh`)
	for _, s := range steps(t)["action.yml"] {
		for _, name := range script.FindAllString(s.Run, -1) {
			files(t, filepath.FromSlash(name))
		}
		for name := range s.Env {
			if !strings.Contains(text.String(), name) {
				t.Errorf("action.yml sets %s, which no script reads", name)
			}
		}
	}
}

// Workflows ask for the rights they need and no more, and none runs a stranger's
// code with our secrets.
func TestWorkflowsAskForLittle(t *testing.T) {
	type rights struct {
		On          any `yaml:"on"`
		Permissions any
		Jobs        map[string]struct{ Permissions object }
	}
	may := map[string][]string{
		"ci.yml":             {"contents: read"},
		"release.yml":        {"contents: write"},
		"shopctl-plan.yml":   {"actions: read", "contents: read", "pull-requests: write"},
		"shopctl-apply.yml":  {"actions: read", "contents: read", "pull-requests: read"},
		"shopctl-status.yml": {"actions: read", "contents: read", "issues: write"},
		"github.yml":         {},
	}
	for _, file := range workflows(t) {
		w := readYAML[rights](t, file)
		given, ok := w.Permissions.(object)
		if !ok {
			t.Errorf("%s has no permissions: it would get the default ones", file)
		}
		var got []string
		for name, level := range given {
			got = append(got, name+": "+level.(string))
		}
		slices.Sort(got)
		if want, known := may[filepath.Base(file)]; !known || !slices.Equal(got, want) {
			t.Errorf("%s may %v, want %v", file, got, want)
		}
		if on, ok := w.On.(object); ok && on["pull_request_target"] != nil {
			t.Errorf("%s runs on pull_request_target", file)
		}
	}
	for name, j := range readYAML[rights](t, filepath.Join(repositoryRoot, "cmd", "shopctl", "pipelines", "github.yml")).Jobs {
		called := readYAML[rights](t, filepath.Join(repositoryRoot, ".github", "workflows", "shopctl-"+name+".yml"))
		for right, level := range called.Permissions.(object) {
			if j.Permissions[right] != level {
				t.Errorf("the job %s grants %s: %v, and shopctl-%s.yml asks for %v", name, right, j.Permissions[right], name, level)
			}
		}
	}
}

// The hooks name commands that exist.
func TestPreCommitHooks(t *testing.T) {
	hooks := readYAML[[]struct{ ID, Entry, Language string }](t, filepath.Join(repositoryRoot, ".pre-commit-hooks.yaml"))
	if len(hooks) != 2 {
		t.Fatalf("%d hooks, want 2", len(hooks))
	}
	for _, hook := range hooks {
		words := strings.Fields(hook.Entry)
		cmd := exec.Command(filepath.Join(built, words[0]), words[1:]...)
		cmd.Dir = filepath.Join(repositoryRoot, "cmd", "shopctl", "starter")
		if out, err := cmd.CombinedOutput(); err != nil || hook.Language != "golang" {
			t.Errorf("%s: %s: %v\n%s", hook.ID, hook.Entry, err, out)
		}
	}
}
