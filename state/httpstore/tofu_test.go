package httpstore

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/httpstore/tfserver"
	"github.com/shopctl/shopctl/state/statetest"
	"github.com/shopctl/shopctl/state/web"
)

// workspace is a directory in which OpenTofu keeps its state with a test server.
// OpenTofu is a client of the same protocol that others have written: what the server
// does with it, it does with us for no other reason.
type workspace struct {
	t      *testing.T
	dir    string
	server *tfserver.Server
	env    []string

	mu    sync.Mutex
	calls []string // METHOD, and ?ID where the call names a lock
}

func newWorkspace(t *testing.T, gitlab bool) *workspace {
	tofu, err := exec.LookPath("tofu")
	if err != nil {
		t.Skip("OpenTofu is not on the PATH; state/httpstore/tfserver says how to build it")
	}
	w := &workspace{t: t, dir: t.TempDir(), server: tfserver.Start(gitlab)}
	t.Cleanup(w.server.Close)
	recorder := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		call := r.Method
		if r.URL.Query().Has("ID") {
			call += "?ID"
		}
		w.mu.Lock()
		w.calls = append(w.calls, call)
		w.mu.Unlock()
		w.server.ServeHTTP(rw, r)
	}))
	t.Cleanup(recorder.Close)
	address := recorder.URL + strings.TrimPrefix(w.server.Address(), w.server.URL)
	lock, lockMethod, unlockMethod := address, "LOCK", "UNLOCK"
	if gitlab {
		lock, lockMethod, unlockMethod = address+"/lock", http.MethodPost, http.MethodDelete
	}
	w.env = []string{
		"PATH=" + filepath.Dir(tofu), "HOME=" + t.TempDir(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"TF_HTTP_ADDRESS=" + address, "TF_HTTP_USERNAME=" + tfserver.Username, "TF_HTTP_PASSWORD=" + tfserver.Password,
		"TF_HTTP_LOCK_ADDRESS=" + lock, "TF_HTTP_LOCK_METHOD=" + lockMethod, "TF_HTTP_UNLOCK_ADDRESS=" + lock, "TF_HTTP_UNLOCK_METHOD=" + unlockMethod,
		"TF_HTTP_RETRY_MAX=0",
	}
	if err := os.WriteFile(filepath.Join(w.dir, "main.tf"), []byte("terraform {\n  backend \"http\" {}\n}\n\noutput \"a\" {\n  value = 1\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return w
}

// tofu runs a command; works says how it must end.
func (w *workspace) tofu(works bool, args ...string) (said string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "tofu", append(args, "-no-color")...)
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.CombinedOutput()
	if (err == nil) != works {
		w.t.Fatalf("tofu %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// expectCalls holds what was asked against want, whose reading calls may be made any
// number of times.
func (w *workspace) expectCalls(want ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := slices.Compact(w.calls); !slices.Equal(got, want) {
		w.t.Errorf("the server was asked %q, want %q", got, want)
	}
	w.calls = nil
}

func (w *workspace) expect(said, want string) {
	w.t.Helper()
	if !strings.Contains(said, want) {
		w.t.Errorf("tofu said %q, want %q in it", said, want)
	}
}

// OpenTofu works with the test server: it locks, writes under its lock, reads back,
// is kept away by the lock of another, and opens no lock with a wrong id.
func TestServerWithOpenTofu(t *testing.T) {
	for name, gitlab := range map[string]bool{"Terraform's protocol": false, "GitLab": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t, gitlab)
			lock, unlock := "LOCK", "UNLOCK"
			if gitlab {
				lock, unlock = "POST", "DELETE"
			}
			w.tofu(true, "init", "-input=false")
			w.calls = nil
			w.tofu(true, "apply", "-auto-approve", "-input=false")
			w.expectCalls(lock, "GET", "POST?ID", unlock)
			pulled := w.tofu(true, "state", "pull")
			w.expect(pulled, `"outputs":{"a":{"value":1`)
			w.expectCalls("GET")

			store := open(t, w.server, 0, nil)
			if _, _, err := store.Load(t.Context()); !isProblem(err, "holds a state of Terraform or OpenTofu") {
				t.Errorf("Load of a state of OpenTofu: %v", err)
			}
			held := state.LockInfo{ID: "5e0c11d2", Operation: "apply", Who: "li@ci-7"}
			name, other, err := store.lock(t.Context(), held)
			if err != nil || other != nil {
				t.Fatalf("lock: %v, %v", other, err)
			}
			w.expect(w.tofu(false, "apply", "-auto-approve", "-input=false"), name)
			w.tofu(false, "force-unlock", "-force", "another")
			w.expect(w.tofu(false, "apply", "-auto-approve", "-input=false"), name)
			w.tofu(true, "force-unlock", "-force", name)
			w.tofu(true, "apply", "-auto-approve", "-input=false")
		})
	}
}

// Neither of the two takes the other's document for its own.
func TestOpenTofuRefusesOurs(t *testing.T) {
	w := newWorkspace(t, true)
	store := open(t, w.server, 0, nil)
	if _, err := store.Lock(t.Context(), state.LockInfo{ID: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Save(t.Context(), state.New(statetest.Shop)), store.Unlock(t.Context(), "a")); err != nil {
		t.Fatal(err)
	}
	size := w.server.Size()
	w.expect(w.tofu(false, "init", "-input=false"), `OpenTofu version "shopctl", which is not a valid version`)
	w.tofu(false, "apply", "-auto-approve", "-input=false")
	if w.server.Size() != size {
		t.Error("OpenTofu wrote over our document")
	}
	if _, _, err := open(t, w.server, 0, nil).Load(t.Context()); err != nil {
		t.Errorf("our document after OpenTofu: %v", err)
	}
}

func isProblem(err error, text string) bool {
	p, ok := errors.AsType[*web.Problem](err)
	return ok && strings.Contains(p.What.EN, text)
}
