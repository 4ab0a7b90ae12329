// Package tfserver plays, for tests, a server that speaks the protocol of
// Terraform's http backend.
//
// That it plays it well is for OpenTofu to say, a client of the protocol that others
// have written. Tests of httpstore run it where it is on the PATH; it is built, from
// the module proxy alone, with
//
//	go build -C "$(go mod download -json github.com/opentofu/opentofu@v1.12.6 | jq -r .Dir)" -o ~/go/bin/tofu ./cmd/tofu
package tfserver

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Username and Password are the credentials that a server wants.
const (
	Username = "ci"
	Password = "hunter2"
)

// Server plays the http backend of Terraform as strictly as the strictest of its
// kind: a push needs the id of the lock while there is one, a serial of at least
// 1 that was not there before, a lineage, and the digest that Terraform sends.
//
// With gitlab it has GitLab's habits: POST and DELETE on .../lock, 204 for a state
// without a document, 409 in place of 423, and of a lock it keeps only the id, who
// (its own name of the user) and when.
type Server struct {
	*httptest.Server
	gitlab bool

	mu      sync.Mutex
	body    []byte
	serials map[uint64]bool
	lineage string
	held    *lock
}

// lock is what the protocol says of a lock.
type lock struct {
	ID, Operation, Info, Who, Version, Created, Path string
}

// Start makes a server without a state. The caller closes it.
func Start(gitlab bool) *Server {
	s := &Server{gitlab: gitlab, serials: map[uint64]bool{}}
	s.Server = httptest.NewServer(s)
	return s
}

// Address is that of the state.
func (s *Server) Address() string {
	if s.gitlab {
		return s.URL + "/api/v4/projects/7/terraform/state/blankets"
	}
	return s.URL + "/state?team=a"
}

// Size is the length of the document in bytes.
func (s *Server) Size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.body)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if user, password, _ := r.BasicAuth(); user != Username || password != Password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	lock, unlock := "LOCK", "UNLOCK"
	if s.gitlab {
		lock, unlock = http.MethodPost, http.MethodDelete
		if !strings.HasSuffix(r.URL.Path, "/lock") {
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

func (s *Server) read(w http.ResponseWriter) {
	switch {
	case s.body != nil:
		w.Write(s.body)
	case s.gitlab && s.held != nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, body []byte) {
	sum := md5.Sum(body)
	if r.Header.Get("Content-MD5") != base64.StdEncoding.EncodeToString(sum[:]) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if s.held != nil && r.URL.Query().Get("ID") != s.held.ID || s.held == nil && r.URL.Query().Has("ID") {
		s.refuse(w, lock{})
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
}

func (s *Server) takeLock(w http.ResponseWriter, body []byte) {
	var asked lock
	if err := json.Unmarshal(body, &asked); err != nil || asked.ID == "" || len(asked.ID) > 255 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if s.held != nil {
		s.refuse(w, asked)
		return
	}
	asked.Who = map[bool]string{true: "gitlab-ci", false: asked.Who}[s.gitlab]
	if s.gitlab {
		asked.Created = time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	}
	s.held = &asked
}

// refuse names the holder: all of it, or as GitLab does.
func (s *Server) refuse(w http.ResponseWriter, asked lock) {
	if s.held == nil {
		w.WriteHeader(http.StatusConflict)
		return
	}
	held, status := *s.held, http.StatusLocked
	if s.gitlab {
		status = http.StatusConflict
		held.Operation, held.Info, held.Version, held.Path = asked.Operation, asked.Info, asked.Version, asked.Path
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(held)
}

func (s *Server) freeLock(w http.ResponseWriter, body []byte) {
	var asked lock
	if err := json.Unmarshal(body, &asked); err != nil || s.held == nil || asked.ID != s.held.ID {
		w.WriteHeader(http.StatusConflict)
		return
	}
	s.held = nil
}
