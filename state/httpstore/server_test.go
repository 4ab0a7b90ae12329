package httpstore

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// server plays the http backend of Terraform as strictly as the strictest of its
// kind: a push needs the id of the lock while there is one, a serial of at least
// 1 that was not there before, a lineage, and the digest that Terraform sends.
//
// With gitlab it has GitLab's habits: POST and DELETE on .../lock, 204 for a state
// without a document, 409 in place of 423, and of a lock it keeps only the id, who
// (its own name of the user) and when.
type server struct {
	*httptest.Server
	t      *testing.T
	gitlab bool
	fault  func(r *http.Request) fault // nil for none

	mu      sync.Mutex
	body    []byte
	serials map[uint64]bool
	lineage string
	lock    *lockBody
	pushes  int
	pushed  int64 // bytes
}

// fault is what goes wrong with one request.
type fault int

const (
	none fault = iota
	unavailable
	dropBefore // the request never arrives
	dropAfter  // it is done, and the answer is lost
	cutBody    // the request breaks off in the middle
)

func serve(t *testing.T, gitlab bool) *server {
	s := &server{t: t, gitlab: gitlab, serials: map[uint64]bool{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Server.Close)
	return s
}

func (s *server) address() string {
	if s.gitlab {
		return s.URL + "/api/v4/projects/7/terraform/state/blankets"
	}
	return s.URL + "/state?team=a"
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := none
	if s.fault != nil {
		f = s.fault(r)
	}
	switch f {
	case unavailable:
		w.WriteHeader(http.StatusBadGateway)
		return
	case dropBefore:
		panic(http.ErrAbortHandler)
	case cutBody:
		io.CopyN(io.Discard, r.Body, 10)
		panic(http.ErrAbortHandler)
	}
	answer := httptest.NewRecorder()
	s.handle(answer, r)
	if f == dropAfter {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes())
}

func (s *server) handle(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if user, password, _ := r.BasicAuth(); user != "ci" || password != "hunter2" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	lock, unlock, path := "LOCK", "UNLOCK", r.URL.Path
	if s.gitlab {
		lock, unlock = http.MethodPost, http.MethodDelete
		base, isLock := strings.CutSuffix(path, "/lock")
		if isLock {
			path = base
		} else {
			lock, unlock = "", ""
		}
	}
	switch {
	case r.Method == lock:
		s.takeLock(w, body)
	case r.Method == unlock:
		s.freeLock(w, body)
	case r.Method == http.MethodGet:
		s.read(w)
	case r.Method == http.MethodPost:
		s.write(w, r, body)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (s *server) read(w http.ResponseWriter) {
	switch {
	case s.body != nil:
		w.Write(s.body)
	case s.gitlab && s.lock != nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *server) write(w http.ResponseWriter, r *http.Request, body []byte) {
	sum := md5.Sum(body)
	if r.Header.Get("Content-MD5") != base64.StdEncoding.EncodeToString(sum[:]) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if s.lock != nil && r.URL.Query().Get("ID") != s.lock.ID || s.lock == nil && r.URL.Query().Has("ID") {
		s.refuse(w, lockBody{})
		return
	}
	var top struct {
		Version int
		Serial  uint64
		Lineage string
	}
	if err := json.Unmarshal(body, &top); err != nil || top.Version != 4 || top.Serial < 1 || top.Lineage == "" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if s.serials[top.Serial] || s.lineage != "" && top.Lineage != s.lineage {
		w.WriteHeader(http.StatusConflict)
		return
	}
	s.serials[top.Serial], s.lineage, s.body = true, top.Lineage, body
	s.pushes++
	s.pushed += int64(len(body))
}

func (s *server) takeLock(w http.ResponseWriter, body []byte) {
	var asked lockBody
	if err := json.Unmarshal(body, &asked); err != nil || asked.ID == "" || len(asked.ID) > 255 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if s.lock != nil {
		s.refuse(w, asked)
		return
	}
	asked.Who = map[bool]string{true: "gitlab-ci", false: asked.Who}[s.gitlab]
	if s.gitlab {
		asked.Created = time.Now().UTC().Format("2006-01-02 15:04:05 UTC")
	}
	s.lock = &asked
}

// refuse names the holder: all of it, or as GitLab does.
func (s *server) refuse(w http.ResponseWriter, asked lockBody) {
	if s.lock == nil {
		w.WriteHeader(http.StatusConflict)
		return
	}
	held, status := *s.lock, http.StatusLocked
	if s.gitlab {
		status = http.StatusConflict
		held.Operation, held.Info, held.Version, held.Path = asked.Operation, asked.Info, asked.Version, asked.Path
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(held)
}

func (s *server) freeLock(w http.ResponseWriter, body []byte) {
	var asked lockBody
	if err := json.Unmarshal(body, &asked); err != nil || s.lock == nil || asked.ID != s.lock.ID {
		w.WriteHeader(http.StatusConflict)
		return
	}
	s.lock = nil
}
