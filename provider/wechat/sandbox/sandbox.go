package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// What a client logs in with unless Options say otherwise. They open nothing
// but a sandbox.
const (
	DefaultAppID  = "wx0123456789abcdef"
	DefaultSecret = "sandbox0sandbox0sandbox0sandbox0"
)

// Options of a Sandbox. The zero value is a shop in memory.
type Options struct {
	Dir    string           // where the shop is kept; "": only in memory
	Now    func() time.Time // the clock that reviews, quotas and tokens run on; nil: time.Now
	AppID  string           // accepted credentials; "": DefaultAppID
	Secret string           // "": DefaultSecret
	Knobs  *Knobs           // nil: those kept in Dir, else DefaultKnobs()

	// Fetch gets the picture behind an img_url (upload_type 1), at most
	// maxPicture+1 bytes of it. nil: no URL can be fetched, 1070008.
	Fetch func(ctx context.Context, url string) ([]byte, error)
	// HTTP sends the messages of Knobs.Push; nil: a client with a limit of 5 s.
	HTTP *http.Client
}

// Sandbox is one shop on the platform, as an http.Handler. It may be called by
// many goroutines; requests are handled one after the other.
type Sandbox struct {
	appID, secret string
	routes        map[string]route
	clock         func() time.Time
	fetch         func(context.Context, string) ([]byte, error)
	sleep         func(context.Context, time.Duration)
	pusher        *pusher

	mu sync.Mutex // guards what follows
	*books
	ledger  *ledger           // nil: memory only
	memory  map[string][]byte // pictures by content hash, when there is no ledger
	windows map[string]window // calls of each endpoint in the running minute and half minute
	broken  error             // the ledger failed: nothing is done any more
}

// New opens the shop in o.Dir, or a fresh one. A directory that another process
// uses is refused with ErrInUse.
func New(o Options) (*Sandbox, error) {
	s := &Sandbox{
		appID:   orElse(o.AppID, DefaultAppID),
		secret:  orElse(o.Secret, DefaultSecret),
		routes:  routes,
		clock:   o.Now,
		fetch:   o.Fetch,
		sleep:   sleep,
		memory:  map[string][]byte{},
		windows: map[string]window{},
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	knobs := DefaultKnobs()
	if o.Knobs != nil {
		knobs = o.Knobs.clone()
	}
	if err := knobs.check(); err != nil {
		return nil, err
	}
	s.books = newBooks(rand.Text(), knobs)
	if o.Dir != "" {
		if err := s.open(o.Dir, o.Knobs); err != nil {
			return nil, err
		}
	}
	s.pusher = newPusher(o.HTTP)
	return s, nil
}

// open replays the directory; given knobs win over kept ones. A fresh directory
// gets the books' first rows, so that its seed is the same after every start.
func (s *Sandbox) open(dir string, given *Knobs) error {
	l, err := openLedger(dir, s.books.put)
	if err != nil {
		return err
	}
	s.ledger = l
	fresh := l.size == 0
	if given != nil {
		k := given.clone()
		s.knobs = &k
	}
	switch {
	case fresh:
		err = l.rewrite(s.all())
	case given != nil:
		err = l.append(slices.Values([]record{s.knobs}))
	}
	if err != nil {
		return errors.Join(err, l.close())
	}
	return nil
}

// Close stops sending messages and lets go of the directory.
func (s *Sandbox) Close() error {
	s.pusher.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ledger == nil {
		return nil
	}
	s.broken = errors.New("sandbox is closed")
	err := s.ledger.close()
	s.ledger = nil
	return err
}

// now is the shop's time: the clock plus what tests have turned it by.
func (s *Sandbox) now() time.Time {
	return s.clock().Add(time.Duration(s.account.ClockOffset)).Truncate(time.Millisecond)
}

// changes are the rows that a request has changed and that are not on disk yet.
type changes map[string]record

func (c changes) add(r record) { c[r.key()] = r }

// commit writes the changes. Memory is already ahead; if the disk does not
// follow, the error is returned once, and the sandbox refuses everything from
// then on.
func (s *Sandbox) commit(c changes) error {
	if s.ledger == nil || s.broken != nil || len(c) == 0 {
		return nil
	}
	s.broken = s.ledger.append(maps.Values(c))
	if s.broken == nil && s.ledger.stale() {
		s.broken = s.ledger.rewrite(s.all())
	}
	return s.broken
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
