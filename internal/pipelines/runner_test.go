package pipelines

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// repositoryRoot is the checkout that is tested.
var repositoryRoot = filepath.Join("..", "..")

// step is one step of a job or of a composite action.
type step struct {
	ID   string `yaml:"id"`
	If   string `yaml:"if"`
	Uses string `yaml:"uses"`
	Run  string `yaml:"run"`
	Env  object `yaml:"env"`
	With object `yaml:"with"`
}

type input struct {
	Default any `yaml:"default"`
}

type job struct {
	If      string `yaml:"if"`
	Needs   string `yaml:"needs"`
	Uses    string `yaml:"uses"`
	With    object `yaml:"with"`
	Secrets object `yaml:"secrets"`
	Env     object `yaml:"env"`
	Steps   []step `yaml:"steps"`
}

type workflow struct {
	On   object         `yaml:"on"`
	Jobs map[string]job `yaml:"jobs"`
}

// action is action.yml.
type action struct {
	Inputs  map[string]input `yaml:"inputs"`
	Outputs map[string]struct {
		Value string `yaml:"value"`
	} `yaml:"outputs"`
	Runs struct {
		Steps []step `yaml:"steps"`
	} `yaml:"runs"`
}

func readYAML[T any](t *testing.T, path string) T {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := yaml.Unmarshal(b, &v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

// trigger is what starts a workflow.
type trigger struct {
	event   string // pull_request, push, schedule
	payload object
	sha     string // what is checked out
	head    string // the commit that artifacts belong to
	ref     string // the branch that artifacts belong to
	foreign bool   // by a fork: no secrets
}

// outcome is what one run left behind.
type outcome struct {
	jobs    map[string]bool // green, of those that ran
	log     string
	summary string
}

func (o *outcome) green() bool { return !slices.Contains(slices.Collect(maps.Values(o.jobs)), false) }

// run runs the workflow of the repository for one event.
func (h *hub) run(on trigger) *outcome {
	h.t.Helper()
	h.runs++
	on.head = firstOf(on.head, on.sha)
	caller := readYAML[workflow](h.t, filepath.Join(h.work, ".github", "workflows", "shopctl.yml"))
	if _, wanted := caller.On[on.event]; !wanted {
		h.t.Fatalf("the workflow does not run on %s", on.event)
	}
	o := &outcome{jobs: map[string]bool{}}
	for _, name := range []string{"plan", "apply", "status"} {
		h.callJob(on, name, caller.Jobs[name], o)
	}
	return o
}

// callJob runs one job of the caller, which is a reusable workflow of ours.
func (h *hub) callJob(on trigger, name string, j job, o *outcome) {
	contexts := h.contexts(on)
	needed, ran := o.jobs[j.Needs]
	contexts["success()"], contexts["cancelled()"] = needed || !ran, false
	if !h.wanted(j.If, contexts) {
		return
	}
	file, _ := strings.CutPrefix(j.Uses, "shopctl/shopctl/")
	file, _, _ = strings.Cut(file, "@")
	called := readYAML[workflow](h.t, filepath.Join(repositoryRoot, filepath.FromSlash(file)))
	declared := called.On["workflow_call"].(object)
	inputs, secrets := object{}, object{}
	for key, in := range declared["inputs"].(object) {
		inputs[key] = in.(object)["default"]
	}
	for key, value := range j.With {
		if _, ok := inputs[key]; !ok {
			h.t.Fatalf("%s has no input %s", file, key)
		}
		inputs[key] = expand(h.t, value, contexts)
	}
	contexts["secrets"] = object{"WECHAT_APPSECRET": appSecret}
	if on.foreign {
		contexts["secrets"] = object{}
	}
	for key, value := range j.Secrets {
		secrets[key] = expand(h.t, value, contexts)
	}
	contexts["inputs"], contexts["secrets"] = inputs, secrets
	for _, inner := range called.Jobs {
		r := &runner{hub: h, on: on, contexts: contexts, job: inner, dir: h.t.TempDir(), temp: h.t.TempDir()}
		o.jobs[name] = r.runJob()
		o.log += r.log.String()
		o.summary += r.page()
	}
}

func (h *hub) contexts(on trigger) object {
	return object{"github": object{
		"event_name": on.event, "event": on.payload, "sha": on.sha, "ref_name": on.ref, "repository": repository,
		"run_id": float64(h.runs), "run_attempt": float64(1), "token": hubToken,
	}}
}

// wanted is the verdict of an if, which stands for success() && (...) unless it
// asks for the status itself.
func (h *hub) wanted(condition string, contexts object) bool {
	condition = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(condition), "${{"), "}}")
	asks := strings.Contains(condition, "always()") || strings.Contains(condition, "cancelled()")
	if !asks && contexts["success()"] != true {
		return false
	}
	return condition == "" || truth(evaluate(h.t, condition+"}}", contexts))
}

// runner is the machine that one job runs on.
type runner struct {
	hub      *hub
	on       trigger
	contexts object
	job      job
	dir      string // the workspace
	temp     string // RUNNER_TEMP
	paths    []string
	log      strings.Builder
}

func (r *runner) runJob() bool {
	env := map[string]string{}
	for key, value := range r.job.Env {
		env[key] = asString(expand(r.hub.t, value, r.contexts))
	}
	_, ok := r.steps(r.job.Steps, env, r.contexts)
	return ok
}

// steps runs steps in order and gives their outputs.
func (r *runner) steps(steps []step, env map[string]string, outer object) (object, bool) {
	contexts, outputs, ok := maps.Clone(outer), object{}, true
	contexts["steps"] = outputs
	for i, s := range steps {
		contexts["always()"], contexts["success()"] = true, ok
		if !r.hub.wanted(s.If, contexts) {
			continue
		}
		given, with := maps.Clone(env), object{}
		for key, value := range s.Env {
			given[key] = asString(expand(r.hub.t, value, contexts))
		}
		for key, value := range s.With {
			with[key] = expand(r.hub.t, value, contexts)
		}
		out, err := r.step(s, i, given, with, contexts)
		if err != nil {
			fmt.Fprintf(&r.log, "step %d %s%s: %v\n", i, s.Run, s.Uses, err)
			ok = false
		}
		outputs[firstOf(s.ID, fmt.Sprintf("__%d", i))] = object{"outputs": out}
	}
	return contexts, ok
}

func (r *runner) step(s step, i int, env map[string]string, with, contexts object) (object, error) {
	name, _, _ := strings.Cut(s.Uses, "@")
	switch name {
	case "":
		return r.shell(s.Run, env)
	case "actions/checkout":
		return nil, r.checkout(asString(with["ref"]), asString(with["fetch-depth"]))
	case "actions/cache/restore":
		return nil, r.hub.restore(filepath.Join(r.dir, asString(with["path"])), asString(with["restore-keys"]))
	case "actions/cache/save":
		return nil, r.hub.save(filepath.Join(r.dir, asString(with["path"])), asString(with["key"]))
	case "actions/upload-artifact":
		return nil, r.hub.upload(r.on, asString(with["name"]), strings.Fields(asString(with["path"])))
	case "actions/download-artifact":
		return nil, r.hub.download(asString(with["run-id"]), asString(with["name"]), asString(with["path"]))
	case "shopctl/shopctl":
		return r.composite(env, with, contexts)
	}
	return nil, fmt.Errorf("step %d: the runner does not know %s", i, s.Uses)
}

// composite runs action.yml.
func (r *runner) composite(env map[string]string, with, outer object) (object, error) {
	a := readYAML[action](r.hub.t, filepath.Join(repositoryRoot, "action.yml"))
	inputs := object{}
	for key, in := range a.Inputs {
		inputs[key] = asString(expand(r.hub.t, in.Default, outer))
	}
	for key, value := range with {
		if _, ok := inputs[key]; !ok {
			return nil, fmt.Errorf("action.yml has no input %s", key)
		}
		inputs[key] = asString(value)
	}
	root, err := filepath.Abs(repositoryRoot)
	if err != nil {
		return nil, err
	}
	env = maps.Clone(env)
	env["GITHUB_ACTION_PATH"] = root
	contexts := maps.Clone(outer)
	contexts["inputs"] = inputs
	delete(contexts, "secrets") // an action sees none
	inner, ok := r.steps(a.Runs.Steps, env, contexts)
	outputs := object{}
	for key, out := range a.Outputs {
		outputs[key] = expand(r.hub.t, out.Value, inner)
	}
	if !ok {
		return outputs, errors.New("a step of the action failed")
	}
	return outputs, nil
}

// shell runs a script as the runner does, with nothing of our own environment.
func (r *runner) shell(script string, env map[string]string) (object, error) {
	given := map[string]string{
		"PATH": strings.Join(append(slices.Clone(r.paths), built, os.Getenv("PATH")), ":"), "HOME": r.temp, "LANG": "C.UTF-8", "CI": "true",
		"RUNNER_TEMP": r.temp, "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": repository, "GITHUB_API_URL": r.hub.server.URL,
		"GITHUB_SERVER_URL": "https://github.example", "GITHUB_RUN_ID": fmt.Sprint(r.hub.runs), "GITHUB_SHA": r.on.sha,
		"GITHUB_OUTPUT": filepath.Join(r.temp, "output"), "GITHUB_PATH": filepath.Join(r.temp, "path"),
		"GITHUB_STEP_SUMMARY": filepath.Join(r.temp, "summary"), "GITHUB_EVENT_PATH": filepath.Join(r.temp, "event.json"),
		"SHOPCTL_RELEASES": r.hub.server.URL + "/releases",
	}
	maps.Copy(given, env)
	event, err := json.Marshal(r.on.payload)
	if err != nil {
		return nil, err
	}
	err = errors.Join(os.WriteFile(given["GITHUB_EVENT_PATH"], event, 0o600),
		os.WriteFile(given["GITHUB_OUTPUT"], nil, 0o600), os.WriteFile(given["GITHUB_PATH"], nil, 0o600))
	if err != nil {
		return nil, err
	}
	runErr := bash(&r.log, r.dir, given, "-eo", "pipefail", "-c", script)
	r.paths = append(lines(given["GITHUB_PATH"]), r.paths...)
	outputs := object{}
	for _, line := range lines(given["GITHUB_OUTPUT"]) {
		key, value, _ := strings.Cut(line, "=")
		outputs[key] = value
	}
	return outputs, runErr
}

func (r *runner) page() string { return strings.Join(lines(filepath.Join(r.temp, "summary")), "\n") }

// bash runs bash with exactly this environment.
func bash(log *strings.Builder, dir string, env map[string]string, args ...string) error {
	cmd := exec.Command("bash", append([]string{"--noprofile", "--norc"}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	for key, value := range env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	return cmd.Run()
}

func lines(path string) []string {
	b, err := os.ReadFile(path)
	if err != nil || len(b) == 0 {
		return nil
	}
	return strings.Split(strings.TrimRight(string(b), "\n"), "\n")
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// checkout is actions/checkout: the commit of the event, or the tip of a branch.
func (r *runner) checkout(ref, depth string) error {
	fetch := []string{"fetch", "-q", "file://" + r.hub.work, firstOf(ref, r.on.sha)}
	if depth != "0" {
		fetch = append(fetch, "--depth=1")
	}
	return errors.Join(git(r.dir, "init", "-q"), git(r.dir, fetch...), git(r.dir, "checkout", "-q", "FETCH_HEAD"))
}

func git(dir string, args ...string) error {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Author", "GIT_AUTHOR_EMAIL=author@shop.example", "GIT_COMMITTER_NAME=Author", "GIT_COMMITTER_EMAIL=author@shop.example")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}
