package pipelines

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/state/httpstore/tfserver"
)

const (
	jobToken     = "token-of-the-job"
	projectToken = "glpat-of-the-project"
	gitlabAPI    = "/api/v4/projects/7"
)

// glJob is a job of the GitLab template.
type glJob struct {
	Extends   string `yaml:"extends"`
	Stage     string
	Rules     []struct{ If, When string }
	Variables map[string]string
	Before    []string `yaml:"before_script"`
	Script    []string
	Artifacts struct {
		Paths   []string
		Reports map[string]string
	}
}

// lab is one project on GitLab as far as our steps ask for it, and the shop.
type lab struct {
	*hub     // the repository, the shop and the releases
	api      *httptest.Server
	state    *tfserver.Server
	notes    []object
	requests []object
	ran      []glRun // pipelines' jobs, the newest last
	// jobSuffix is what the jobs of another shop than the first are called by.
	jobSuffix string
}

// glRun is a job that ran, with its artifacts by path.
type glRun struct {
	pipeline, project int
	name              string
	green             bool
	log               string
	files             map[string][]byte
}

func newLab(t *testing.T) *lab {
	l := &lab{hub: newHub(t), state: tfserver.Start(true)}
	t.Cleanup(l.state.Close)
	mux := http.NewServeMux()
	mux.HandleFunc(gitlabAPI+"/terraform/state/", l.terraform)
	mux.HandleFunc("GET /api/v4/user", l.private(func(*http.Request) any { return object{"id": 42} }))
	mux.HandleFunc("GET "+gitlabAPI+"/merge_requests/{iid}/notes", l.private(func(*http.Request) any { return l.notes }))
	mux.HandleFunc("POST "+gitlabAPI+"/merge_requests/{iid}/notes", l.private(func(r *http.Request) any {
		note := l.body(r)
		note["id"], note["author"] = len(l.notes)+100, object{"id": 42}
		l.notes = append(l.notes, note)
		return note
	}))
	mux.HandleFunc("PUT "+gitlabAPI+"/merge_requests/{iid}/notes/{id}", l.private(func(r *http.Request) any {
		for _, note := range l.notes {
			if fmt.Sprint(note["id"]) == r.PathValue("id") {
				note["body"] = l.body(r)["body"]
			}
		}
		return object{}
	}))
	mux.HandleFunc("GET "+gitlabAPI+"/repository/commits/{sha}/merge_requests", l.private(func(*http.Request) any { return l.requests }))
	mux.HandleFunc("GET "+gitlabAPI+"/merge_requests/{iid}/pipelines", l.private(func(*http.Request) any { return l.pipelines() }))
	mux.HandleFunc("GET "+gitlabAPI+"/pipelines/{id}/jobs", l.private(func(r *http.Request) any { return l.jobs(r.PathValue("id")) }))
	mux.HandleFunc("GET "+gitlabAPI+"/jobs/{id}/artifacts/{path...}", func(w http.ResponseWriter, r *http.Request) {
		for i, run := range l.ran {
			if content, ok := run.files[r.PathValue("path")]; ok && fmt.Sprint(i) == r.PathValue("id") {
				_, _ = w.Write(content)
				return
			}
		}
		http.NotFound(w, r)
	})
	mux.HandleFunc("GET "+gitlabAPI+"/jobs/artifacts/main/raw/{path...}", l.published)
	l.api = httptest.NewServer(mux)
	t.Cleanup(l.api.Close)
	l.init()
	return l
}

// init makes a repository as init --ci gitlab makes it.
func (l *lab) init() {
	l.t.Helper()
	init := exec.Command(filepath.Join(built, "shopctl"), "init", "--ci", "gitlab")
	init.Dir = l.work
	if out, err := init.CombinedOutput(); err != nil {
		l.t.Fatalf("init: %v\n%s", err, out)
	}
	edit(l.t, filepath.Join(l.work, ".gitlab-ci.yml"), "SHOPCTL_STATE_NAME: shopctl", "SHOPCTL_STATE_NAME: blankets\n  SHOPCTL_WAIT: 0s")
	l.must(git(l.work, "init", "-q", "-b", "main"), git(l.work, "commit", "-q", "--allow-empty", "-m", "empty"))
}

// terraform passes on to the state what a job may ask.
func (l *lab) terraform(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user != "gitlab-ci-token" || password != jobToken {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	r.SetBasicAuth(tfserver.Username, tfserver.Password)
	l.state.ServeHTTP(w, r)
}

// private answers those who have the project's token. Lists fit one page.
func (l *lab) private(what func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("PRIVATE-TOKEN") != projectToken {
			http.Error(w, `{"message": "401 Unauthorized"}`, http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(what(r))
	}
}

// published is the newest artifact of a job on main; the project is public.
func (l *lab) published(w http.ResponseWriter, r *http.Request) {
	for _, run := range slices.Backward(l.ran) {
		if content, ok := run.files[r.PathValue("path")]; ok && run.name == r.FormValue("job") {
			_, _ = w.Write(content)
			return
		}
	}
	http.NotFound(w, r)
}

// pipelines are those of merge requests, the newest first.
func (l *lab) pipelines() []object {
	list := []object{}
	for _, run := range slices.Backward(l.ran) {
		if run.name == "shopctl:plan"+l.jobSuffix {
			list = append(list, object{"id": run.pipeline, "project_id": run.project})
		}
	}
	return list
}

func (l *lab) jobs(pipeline string) []object {
	list := []object{}
	for i, run := range l.ran {
		if status := map[bool]string{true: "success", false: "failed"}[run.green]; fmt.Sprint(run.pipeline) == pipeline {
			list = append(list, object{"id": i, "name": run.name, "status": status})
		}
	}
	return list
}

// pipeline runs the jobs whose rules fit, in the order of their stages.
func (l *lab) pipeline(on trigger) map[string]glRun {
	l.t.Helper()
	l.runs++
	included := readYAML[struct{ Include []map[string]string }](l.t, filepath.Join(l.work, ".gitlab-ci.yml"))
	_, file, found := strings.Cut(included.Include[0]["remote"], "/shopctl/shopctl/v0/")
	if !found {
		l.t.Fatalf("included: %v", included)
	}
	template := filepath.Join(repositoryRoot, filepath.FromSlash(file))
	jobs := readYAML[map[string]glJob](l.t, template)
	ran := map[string]glRun{}
	ok := true
	for _, name := range []string{"shopctl:plan", "shopctl:apply", "shopctl:status"} {
		j, vars := jobs[name], l.variables(on, template)
		when, wanted := ruled(j, vars)
		if !wanted || !ok && when != "always" {
			continue
		}
		vars["CI_JOB_NAME"] = name + l.jobSuffix
		run := l.job(on, name, j, jobs[j.Extends], vars)
		run.name += l.jobSuffix
		ok = ok && run.green
		l.ran, ran[name] = append(l.ran, run), run
	}
	return ran
}

// variables are what GitLab sets, what the files say, and what the settings hold.
func (l *lab) variables(on trigger, template string) map[string]string {
	project := "7"
	if on.foreign {
		project = "8"
	}
	vars := map[string]string{
		"CI_PIPELINE_SOURCE": on.event, "CI_PROJECT_ID": project, "CI_API_V4_URL": l.api.URL + "/api/v4", "CI_JOB_ID": fmt.Sprint(len(l.ran)),
		"CI_JOB_TOKEN": jobToken, "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_SHA": on.sha,
	}
	if on.event == "merge_request_event" {
		maps.Copy(vars, map[string]string{"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": project, "CI_MERGE_REQUEST_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "1"})
	} else {
		vars["CI_COMMIT_BRANCH"] = on.ref
	}
	for _, file := range []string{template, filepath.Join(l.work, ".gitlab-ci.yml")} {
		maps.Copy(vars, readYAML[struct{ Variables map[string]string }](l.t, file).Variables)
	}
	vars["SHOPCTL_RELEASES"], vars["SHOPCTL_ENDPOINT"] = l.server.URL+"/releases", l.shop.url
	if !on.foreign {
		vars["WECHAT_APPSECRET"], vars["SHOPCTL_GITLAB_TOKEN"] = appSecret, projectToken
	}
	return vars
}

// ruled is the verdict of the rules of a job: all of ours compare two words.
func ruled(j glJob, vars map[string]string) (when string, wanted bool) {
	for _, rule := range j.Rules {
		left, right, _ := strings.Cut(os.Expand(rule.If, func(name string) string { return vars[name] }), " == ")
		if left == strings.Trim(right, `"`) {
			return rule.When, true
		}
	}
	return "", false
}

// job runs before_script and script in one shell, as the runner does.
func (l *lab) job(on trigger, name string, j, base glJob, vars map[string]string) glRun {
	l.t.Helper()
	dir, bin := l.t.TempDir(), l.t.TempDir()
	vars["CI_PROJECT_DIR"] = dir
	for _, more := range []map[string]string{base.Variables, j.Variables} {
		for key, value := range more {
			vars[key] = os.Expand(value, func(name string) string { return vars[name] })
		}
	}
	vars["SHOPCTL_HOME"] = l.t.TempDir()
	vars["PATH"], vars["HOME"] = bin+":"+os.Getenv("PATH"), bin
	l.must(os.WriteFile(filepath.Join(bin, "apk"), []byte("#!/bin/sh\n"), 0o755), // the tools are there
		git(dir, "clone", "-q", "file://"+l.work, "."), git(dir, "checkout", "-q", "--detach", on.sha))
	var log strings.Builder
	script := strings.Join(append(slices.Clone(base.Before), j.Script...), "\n")
	err := errors.Join(bash(&log, dir, vars, "-c", "exec sh -e -c \"$0\"", script))
	run := glRun{pipeline: l.runs, project: 7, name: name, green: err == nil, log: log.String(), files: map[string][]byte{}}
	if on.foreign {
		run.project = 8
	}
	for _, path := range append(slices.Collect(maps.Values(j.Artifacts.Reports)), j.Artifacts.Paths...) {
		if b, err := os.ReadFile(filepath.Join(dir, path)); err == nil {
			run.files[path] = b
		}
	}
	return run
}

// request turns what GitHub calls a pull request into a merge request.
func (l *lab) request(on trigger) trigger {
	on.event = "merge_request_event"
	return on
}

// mergeRequest merges it into main.
func (l *lab) mergeRequest(on trigger) trigger {
	pushed := l.merge(on)
	l.requests = []object{{"iid": 1, "state": "merged", "merge_commit_sha": pushed.sha, "squash_commit_sha": nil, "sha": on.head}}
	return pushed
}

func (l *lab) want(runs map[string]glRun, name string, green bool, says ...string) glRun {
	l.t.Helper()
	run, ok := runs[name]
	if !ok || run.green != green {
		l.t.Fatalf("%s: ran %v, green %v, want %v\n%s", name, ok, run.green, green, run.log)
	}
	for _, s := range says {
		if !strings.Contains(run.log, s) {
			l.t.Errorf("%s: nothing says %q:\n%s", name, s, run.log)
		}
	}
	for _, secret := range []string{appSecret, jobToken, projectToken} {
		if strings.Contains(run.log, secret) {
			l.t.Errorf("%s: a secret is in the log", name)
		}
	}
	return run
}

// The same story at GitLab, with the state that it keeps.
func TestGitLabFromChangeToRejection(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.jobSuffix = " shops/毛毯" // a job finds what the one of the same shop has left
	change := l.request(l.propose("first", false))
	l.want(l.pipeline(change), "shopctl:plan", true, "blanket-1")
	if len(l.notes) != 1 || !strings.HasPrefix(l.notes[0]["body"].(string), "<!-- shopctl plan component wx") {
		t.Fatalf("notes: %v", l.notes)
	}
	edit(t, l.products(), "29.90", "28.90")
	change = l.request(l.amend(change))
	l.want(l.pipeline(change), "shopctl:plan", true)
	if body := l.notes[0]["body"].(string); len(l.notes) != 1 || !strings.Contains(body, "28.90") {
		t.Errorf("the note was not replaced: %v", l.notes)
	}
	l.wantWrites("")

	pushed := l.pipeline(l.mergeRequest(change))
	l.want(pushed, "shopctl:apply", true, "The plan was reviewed in !1", "Applying the plan that was reviewed", "still in review")
	l.want(pushed, "shopctl:status", true)
	l.wantWrites("add=1")

	l.shop.console("verdict", `{"out_product_id": "blanket-1", "reason": "主图模糊，请更换", "once": true}`)
	l.shop.console("clock", `{"advance": "24h"}`)
	scheduled := l.pipeline(l.onMain("schedule"))
	status := l.want(scheduled, "shopctl:status", false)
	if report := string(status.files[".shopctl-ci/status.codequality.json"]); !strings.Contains(report, "主图模糊，请更换") || !strings.Contains(report, `"products.hcl"`) {
		t.Errorf("the Code Quality report does not name the line: %s", report)
	}
	l.wantWrites("")

	calls := len(l.shop.sandbox.Calls())
	edit(t, l.products(), "珊瑚绒午睡毯", "珊瑚绒加厚午睡毯")
	fork := l.request(l.propose("stranger", true))
	run := l.want(l.pipeline(fork), "shopctl:plan", true, "This run has no secrets", "no SHOPCTL_GITLAB_TOKEN")
	if now := len(l.shop.sandbox.Calls()); now != calls || len(run.files[".shopctl-ci/plan.json"]) == 0 {
		t.Errorf("the plan of a fork called the shop %d times, files %v", now-calls, slices.Collect(maps.Keys(run.files)))
	}
	l.want(l.pipeline(l.mergeRequest(fork)), "shopctl:apply", true, "no reviewed plan for this commit", "a human must approve it")
	l.wantWrites("")
}
