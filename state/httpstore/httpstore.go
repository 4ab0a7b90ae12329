// Package httpstore keeps a state with a server that speaks the protocol of
// Terraform's http backend: GitLab, Gitea and smaller ones.
//
// The protocol has one document a state, and no way to add to it, so every push
// carries all of it: the snapshot as it was packed once, and what came since. It
// has no lease either. The name of a lock says until when its first lease lasts,
// because GitLab keeps nothing else of it; then the holder writes the end of its
// lease into the document, with every push and at least once a third of the lease.
// The server refuses a push under another lock than the one it knows, which keeps
// out whoever has lost it.
package httpstore

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/web"
)

// Config is where the server is and how it wants to be asked.
type Config struct {
	Address string // of the document, without secrets
	// LockAddress and UnlockAddress are Address when empty, the methods LOCK and
	// UNLOCK; an address of GitLab has GitLab's own.
	LockAddress, LockMethod     string
	UnlockAddress, UnlockMethod string
	Username, Password          string        // none when both are empty
	Lease                       time.Duration // when 0: state.DefaultLease, longLease for a large document
	Transport                   http.RoundTripper
}

// Store is one state on a server. It asks once for each call and is made patient
// by state.NewRemote.
type Store struct {
	config Config
	client web.Client
	lease  state.Lease
	length time.Duration // of a lease; set under mu

	mu      sync.Mutex // guards what follows, and keeps to one push at a time
	known   bool       // doc is what the server has
	doc     *document  // nil when it has none
	unsure  *document  // was pushed and not answered
	late    string     // the push that had not arrived when it was looked for
	base    state.Header
	journal int64  // bytes
	name    string // of the lock that is held, as the server knows it
	leaving string // the name of the lock whose return was not answered
}

var _ state.Leased = (*Store)(nil)

// A lease is renewed by a push of the whole document. Where that is more than
// largeDocument bytes packed, about 2,500 products, it is renewed less often.
const (
	largeDocument = 1 << 20
	longLease     = 5 * time.Minute
)

// gitlab is the path of a state that GitLab manages.
var gitlab = regexp.MustCompile(`/api/v4/projects/[^/]+/terraform/state/[^/]+$`)

// New is the state at an address. Nothing is asked before it is used.
func New(c Config) (*Store, error) {
	u, err := url.Parse(c.Address)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, &web.Problem{
			What:   lang.T("the address of the state is no address", "状态的地址无效"),
			Remedy: lang.T("Write it as https://host/path, without user and password: those stand in the environment.", "请写成 https://主机/路径，不要包含用户名和密码：它们应放在环境变量中。"),
		}
	}
	if gitlab.MatchString(u.Path) {
		lock := *u
		lock.Path += "/lock"
		lock.RawPath = ""
		c.LockAddress, c.UnlockAddress = cmp.Or(c.LockAddress, lock.String()), cmp.Or(c.UnlockAddress, lock.String())
		c.LockMethod, c.UnlockMethod = cmp.Or(c.LockMethod, http.MethodPost), cmp.Or(c.UnlockMethod, http.MethodDelete)
	}
	c.LockAddress, c.LockMethod = cmp.Or(c.LockAddress, c.Address), cmp.Or(c.LockMethod, "LOCK")
	c.UnlockAddress, c.UnlockMethod = cmp.Or(c.UnlockAddress, c.Address), cmp.Or(c.UnlockMethod, "UNLOCK")
	return &Store{config: c, length: cmp.Or(c.Lease, state.DefaultLease), client: web.Client{Where: u.Scheme + "://" + u.Host + u.Path, Transport: c.Transport}}, nil
}

// Where is the address without its query.
func (s *Store) Where() string { return s.client.Where }

// Lease implements state.Leased.
func (s *Store) Lease() *state.Lease { return &s.lease }

// JournalSize implements state.Store.
func (s *Store) JournalSize() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal
}

// Close implements state.Store. There is nothing to close.
func (s *Store) Close() error { return nil }

// Load implements state.Store.
func (s *Store) Load(ctx context.Context) (*state.State, []lang.Text, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.fetch(ctx); err != nil {
		return nil, nil, err
	}
	st, journal, notices, err := s.doc.state(s.Where())
	if err != nil {
		return nil, nil, err
	}
	s.base, s.journal = st.Header, journal
	return st, notices, nil
}

// Append implements state.Store.
func (s *Store) Append(ctx context.Context, entries ...state.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.base.Lineage == "" {
		return state.ErrUnbased
	}
	lines, err := state.EncodeJournal(s.base, entries)
	if err != nil {
		return err
	}
	group, err := pack(func(w io.Writer) error { _, err := w.Write(lines); return err })
	if err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	if j := s.doc.Shopctl.Journal; len(j) == 0 || j[len(j)-1] != group { // it is there when only the answer was lost
		next := s.doc.next()
		next.Shopctl.Journal = append(j[:len(j):len(j)], group)
		if err := s.push(ctx, next); err != nil {
			return err
		}
	}
	s.journal += int64(len(lines))
	return nil
}

// Save implements state.Store.
func (s *Store) Save(ctx context.Context, st *state.State) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	saved := *st
	saved.Serial++
	snapshot, err := pack(func(w io.Writer) error { return state.Encode(w, &saved) })
	if err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	if s.doc.Shopctl.Snapshot != snapshot || len(s.doc.Shopctl.Journal) > 0 { // it is there when only the answer was lost
		next := s.doc.next()
		next.Shopctl.Snapshot, next.Shopctl.Journal = snapshot, nil
		if err := s.push(ctx, next); err != nil {
			return err
		}
	}
	st.Header, s.base, s.journal = saved.Header, saved.Header, 0
	return nil
}

// ready sees to it that doc is what the server has.
func (s *Store) ready(ctx context.Context) error {
	if s.unsure != nil {
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	if !s.known {
		if err := s.fetch(ctx); err != nil {
			return err
		}
	}
	if s.doc == nil {
		s.doc = newDocument()
	}
	return nil
}

// settle finds out whether a push without an answer arrived.
func (s *Store) settle(ctx context.Context) error {
	before := s.doc
	if err := s.fetch(ctx); err != nil {
		return err
	}
	sent := s.unsure
	s.unsure, s.late = nil, sent.Shopctl.Write
	switch {
	case s.doc != nil && s.doc.Shopctl.Write == sent.Shopctl.Write:
		s.renewed(sent)
		return nil
	case s.doc == nil && before.Serial == 0, s.doc != nil && s.doc.Shopctl.Write == before.Shopctl.Write:
		return nil
	}
	return s.overtaken()
}

// renewed is called when a document of ours is with the server: its lease counts
// from the moment it was sent, which its Expires tells.
func (s *Store) renewed(d *document) {
	if info, _ := s.lease.Held(); d.Shopctl.Lease != nil && d.Shopctl.Lease.ID == info.ID {
		s.lease.Hold(*d.Shopctl.Lease, s.sentAt(d.Shopctl.Lease.Expires), s.length)
	}
}

// sentAt is when the request left, by our clock, that made a lease end then.
func (s *Store) sentAt(expires time.Time) time.Time {
	return time.Now().Add(expires.Sub(s.client.Clock.Now()) - s.length)
}

// overtaken is the error when somebody else has pushed.
func (s *Store) overtaken() error {
	s.known, s.base = false, state.Header{}
	if info, _ := s.lease.Held(); info.ID != "" {
		return state.ErrLockLost
	}
	return &web.Problem{
		What:   lang.F("the state in %s was changed by somebody else meanwhile", "%s 中的状态在此期间被他人修改", s.Where()),
		Remedy: lang.T("Run the command again.", "请重新执行命令。"),
	}
}

// fetch reads the document.
func (s *Store) fetch(ctx context.Context) error {
	r, err := s.request(ctx, http.MethodGet, s.config.Address, nil)
	if err != nil {
		return err
	}
	a, err := s.client.Do(r)
	if err != nil {
		return err
	}
	switch {
	case a.Status == http.StatusNotFound, a.Status == http.StatusNoContent, a.Status == http.StatusOK && len(bytes.TrimSpace(a.Body)) == 0:
		s.doc, s.known = nil, true
		return nil
	case a.Status != http.StatusOK:
		return s.client.Refused(http.MethodGet, a)
	}
	doc, err := parse(a.Body, s.Where())
	if err != nil {
		return err
	}
	s.doc, s.known = doc, true
	return nil
}

// push replaces the document by next, which becomes doc when the server has it.
func (s *Store) push(ctx context.Context, next *document) error {
	held, _ := s.lease.Held()
	address := s.config.Address
	next.Shopctl.Lease = nil
	if held.ID != "" {
		held.Expires = s.client.Clock.Now().Add(s.length)
		next.Shopctl.Lease = &held
		address = withID(address, s.name)
	}
	parts, err := next.encode()
	if err != nil {
		return err
	}
	r, err := s.request(ctx, http.MethodPost, address, parts)
	if err != nil {
		return err
	}
	sent := time.Now()
	a, err := s.client.Do(r)
	if _, silent := errors.AsType[*state.UnreachableError](err); silent {
		s.unsure = next
	}
	if err != nil {
		return err
	}
	switch a.Status {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent:
	case http.StatusConflict, http.StatusLocked, http.StatusPreconditionFailed:
		return s.conflicting(ctx)
	default:
		return s.client.Refused(http.MethodPost, a)
	}
	s.doc, s.known = next, true
	if held.ID != "" {
		s.lease.Hold(held, sent, s.length)
	}
	return nil
}

// conflicting is the error when a push is refused: somebody else has the lock or
// has pushed, unless it was an earlier push of ours, which arrived late.
func (s *Store) conflicting(ctx context.Context) error {
	if err := s.fetch(ctx); err != nil {
		return err
	}
	if s.late != "" && s.doc != nil && s.doc.Shopctl.Write == s.late {
		return &state.UnreachableError{Where: s.Where(), Err: errors.New("an earlier request arrived late")}
	}
	return s.overtaken()
}

// withID names the lock under which a push is made.
func withID(address, id string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // New has parsed it
	}
	q := u.Query()
	q.Set("ID", id)
	u.RawQuery = q.Encode()
	return u.String()
}

func (s *Store) request(ctx context.Context, method, address string, parts [][]byte) (*http.Request, error) {
	var readers []io.Reader
	var length int64
	for _, p := range parts {
		readers = append(readers, bytes.NewReader(p))
		length += int64(len(p))
	}
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, &web.Problem{
			What:   lang.F("%s cannot be asked: the address or the method %q is not valid", "无法请求 %s：地址或方法 %q 无效", s.Where(), method),
			Remedy: lang.T("Check the state block.", "请检查 state 块。"),
		}
	}
	if length > 0 {
		r.Body, r.ContentLength = io.NopCloser(io.MultiReader(readers...)), length
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Content-MD5", contentMD5(parts))
	}
	if s.config.Username != "" || s.config.Password != "" {
		r.SetBasicAuth(s.config.Username, s.config.Password)
	}
	return r, nil
}
