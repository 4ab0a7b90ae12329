package pipelines

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
)

const (
	repository = "merchant/catalog"
	hubToken   = "token-of-the-run"
	// appSecret is what no log, comment or artifact may hold.
	appSecret = "0123456789abcdef0123456789abcdef"
)

// hub is one repository on GitHub as far as our steps ask for it: comments,
// issues, pull requests, artifacts and caches; and the shop beside it.
type hub struct {
	t         *testing.T
	work      string // the repository
	server    *httptest.Server
	shop      *shop
	runs      int
	comments  []object
	issues    []object
	pulls     []object
	artifacts []artifact
	caches    []cache
}

type artifact struct {
	object
	files map[string][]byte
}

type cache struct {
	key     string
	content []byte
}

func newHub(t *testing.T) *hub {
	h := &hub{t: t, work: t.TempDir(), shop: newShop(t)}
	mux := http.NewServeMux()
	mux.Handle("GET /releases/", http.StripPrefix("/releases", releases()))
	repo := "/repos/" + repository
	mux.HandleFunc("GET "+repo+"/issues/{number}/comments", h.list(func(*http.Request) any { return h.comments }))
	mux.HandleFunc("POST "+repo+"/issues/{number}/comments", h.add(&h.comments))
	mux.HandleFunc("PATCH "+repo+"/issues/comments/{id}", h.change(&h.comments))
	mux.HandleFunc("GET "+repo+"/issues", h.list(func(*http.Request) any { return h.open() }))
	mux.HandleFunc("POST "+repo+"/issues", h.add(&h.issues))
	mux.HandleFunc("PATCH "+repo+"/issues/{id}", h.change(&h.issues))
	mux.HandleFunc("GET "+repo+"/commits/{sha}/pulls", h.list(func(*http.Request) any { return h.pulls }))
	mux.HandleFunc("GET "+repo+"/actions/artifacts", h.list(func(r *http.Request) any {
		return object{"artifacts": h.named(r.FormValue("name"))}
	}))
	h.server = httptest.NewServer(mux)
	t.Cleanup(h.server.Close)
	return h
}

// list answers with what is there to those who have the token. Lists fit one page.
func (h *hub) list(what func(*http.Request) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+hubToken {
			http.Error(w, `{"message": "Bad credentials"}`, http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(w).Encode(what(r))
	}
}

func (h *hub) add(to *[]object) http.HandlerFunc {
	return h.list(func(r *http.Request) any {
		made := h.body(r)
		id := float64(len(*to) + 1)
		made["id"], made["user"] = id+1000, object{"type": "Bot"}
		if to == &h.issues {
			made["number"], made["state"] = id, "open"
		}
		*to = append(*to, made)
		return made
	})
}

// change finds comments by id and issues by number, as GitHub does.
func (h *hub) change(in *[]object) http.HandlerFunc {
	return h.list(func(r *http.Request) any {
		key := "number"
		if in == &h.comments {
			key = "id"
		}
		for _, o := range *in {
			if fmt.Sprint(o[key]) == r.PathValue("id") {
				for k, v := range h.body(r) {
					o[k] = v
				}
				return o
			}
		}
		h.t.Errorf("%s: there is no such thing", r.URL)
		return nil
	})
}

func (h *hub) body(r *http.Request) object {
	var o object
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		h.t.Errorf("%s: %v", r.URL, err)
	}
	return o
}

func (h *hub) open() []object {
	open := []object{}
	for _, i := range h.issues {
		if i["state"] == "open" {
			open = append(open, i)
		}
	}
	return open
}

func (h *hub) named(name string) []object {
	found := []object{}
	for _, a := range h.artifacts {
		if a.object["name"] == name {
			found = append(found, a.object)
		}
	}
	return found
}

// upload is actions/upload-artifact with overwrite and if-no-files-found: ignore.
func (h *hub) upload(on trigger, name string, paths []string) error {
	files := map[string][]byte{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		files[filepath.Base(path)] = b
	}
	if len(files) == 0 {
		return nil
	}
	from := 1
	if on.foreign {
		from = 2
	}
	h.artifacts = append(h.artifacts, artifact{object{
		"name": name, "expired": false, "created_at": fmt.Sprintf("2026-11-22T12:00:%02dZ", len(h.artifacts)),
		"workflow_run": object{"id": h.runs, "head_sha": on.head, "head_branch": on.ref, "repository_id": 1, "head_repository_id": from},
	}, files})
	return nil
}

// download is actions/download-artifact of another run.
func (h *hub) download(run, name, dir string) error {
	for _, a := range h.artifacts {
		if a.object["name"] == name && fmt.Sprint(a.object["workflow_run"].(object)["id"]) == run {
			for file, content := range a.files {
				if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, file), content, 0o644)); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return fmt.Errorf("run %s has no artifact %s", run, name)
}

// newest is a file of the newest artifact of that name.
func (h *hub) newest(name, file string) string {
	for i := len(h.artifacts) - 1; i >= 0; i-- {
		if h.artifacts[i].object["name"] == name {
			return string(h.artifacts[i].files[file])
		}
	}
	h.t.Fatalf("no artifact %s", name)
	return ""
}

func (h *hub) save(path, key string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	h.caches = append(h.caches, cache{key, b})
	return err
}

func (h *hub) restore(path, prefix string) error {
	for i := len(h.caches) - 1; i >= 0; i-- {
		if strings.HasPrefix(h.caches[i].key, prefix) {
			return os.WriteFile(path, h.caches[i].content, 0o644)
		}
	}
	return nil
}

// propose commits the catalog as it is in the working tree on a branch and opens a
// pull request of it.
func (h *hub) propose(branch string, foreign bool) trigger {
	h.t.Helper()
	h.must(git(h.work, "checkout", "-q", "-B", branch), git(h.work, "add", "-A"), git(h.work, "commit", "-q", "--allow-empty", "-m", branch))
	from := repository
	if foreign {
		from = "stranger/catalog"
	}
	head := h.sha("HEAD")
	pull := object{
		"number": float64(len(h.pulls) + 1), "user": object{"login": "author"}, "merged_at": nil, "merge_commit_sha": nil,
		"head": object{"sha": head, "repo": object{"full_name": from}}, "base": object{"repo": object{"full_name": repository}},
	}
	h.pulls = append(h.pulls, pull)
	return trigger{event: "pull_request", sha: head, head: head, ref: branch, foreign: foreign,
		payload: object{"pull_request": pull, "repository": object{"default_branch": "main"}}}
}

// amend commits the working tree to the branch of a pull request.
func (h *hub) amend(on trigger) trigger {
	h.t.Helper()
	h.must(git(h.work, "commit", "-q", "-a", "-m", "again"))
	on.sha = h.sha("HEAD")
	on.head = on.sha
	on.payload["pull_request"].(object)["head"].(object)["sha"] = on.sha
	return on
}

// merge merges a pull request into main.
func (h *hub) merge(on trigger) trigger {
	h.t.Helper()
	h.must(git(h.work, "checkout", "-q", "main"), git(h.work, "merge", "-q", "--no-ff", "-m", "merge", on.head))
	pull := on.payload["pull_request"].(object)
	pull["merged_at"], pull["merge_commit_sha"] = "2026-11-22T13:00:00Z", h.sha("HEAD")
	return h.onMain("push")
}

func (h *hub) onMain(event string) trigger {
	return trigger{event: event, sha: h.sha("main"), ref: "main", payload: object{"repository": object{"default_branch": "main"}}}
}

func (h *hub) sha(ref string) string {
	cmd := exec.Command("git", "rev-parse", ref)
	cmd.Dir = h.work
	out, err := cmd.Output()
	h.must(err)
	return strings.TrimSpace(string(out))
}

func (h *hub) must(errs ...error) {
	h.t.Helper()
	if err := errors.Join(errs...); err != nil {
		h.t.Fatal(err)
	}
}

// shop is the sandbox, with the console that only people use.
type shop struct {
	t       *testing.T
	url     string
	sandbox *sandbox.Sandbox
	looked  int
}

func newShop(t *testing.T) *shop {
	box, err := sandbox.New(sandbox.Options{Secret: appSecret})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(func() { server.Close(); box.Close() })
	s := &shop{t: t, url: server.URL, sandbox: box}
	s.console("knobs", `{"audit_delay": "10h"}`) // verdicts come when the test turns the clock
	return s
}

func (s *shop) console(path, body string) {
	s.t.Helper()
	request := httptest.NewRequest("POST", "http://127.0.0.1/sandbox/"+path, strings.NewReader(body))
	request.RemoteAddr = "127.0.0.1:1"
	reply := httptest.NewRecorder()
	s.sandbox.ServeHTTP(reply, request)
	if reply.Code != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, reply.Code, reply.Body)
	}
}

// writes counts the writing calls of products since the last look: "add=1".
func (s *shop) writes() string {
	counts, order := map[string]int{}, []string{}
	calls := s.sandbox.Calls()
	for _, c := range calls[s.looked:] {
		if name, ok := strings.CutPrefix(c.Path, "/shop/spu/"); ok && c.Writing {
			if counts[name]++; counts[name] == 1 {
				order = append(order, name)
			}
		}
	}
	s.looked = len(calls)
	for i, name := range order {
		order[i] = name + "=" + strconv.Itoa(counts[name])
	}
	return strings.Join(order, " ")
}

func edit(t *testing.T, path, old, new string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(b), old) {
		t.Fatal(cmp.Or(err, fmt.Errorf("%s has no %q", path, old)))
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(b), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}
