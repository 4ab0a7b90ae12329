package state

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/crash"
	"github.com/shopctl/shopctl/lang"
)

// gather is how long entries that are not urgent wait for others. What is left
// of MaxLag is for the way to the store.
const gather = MaxLag / 2

// Remote is a Backend behind a network. Around a store that asks its server once
// a call, it
//
//   - sends entries in groups: an urgent one at once, others after a moment;
//   - repeats what got no answer, and lets nobody go on while an entry is later
//     than MaxLag, so that the shop is never far ahead of the state;
//   - renews the lease of the lock, and takes nothing more when it has ended;
//   - keeps what it could not write in a file on this machine (Rescue).
type Remote struct {
	store  Leased
	rescue Rescue

	mu       sync.Mutex
	base     Header
	next     *batch // waits to be sent
	flying   *batch // is being sent
	sending  bool
	hurry    chan struct{}
	unsaved  []Entry // was taken and could not be written; a snapshot holds it
	refused  []Entry // results whose Append failed; no snapshot holds them
	kept     string  // the file of the rescue, when there is one
	err      error   // stays until Load or Save; for ever when the lock is lost
	tookOver bool

	stopRenewing func()
}

// batch is entries that are sent together.
type batch struct {
	entries []Entry
	bytes   int64
	since   time.Time
	waited  bool          // an Append waits, and fails with it
	done    chan struct{} // closed when err is set
	err     error
}

// NewRemote adds to a store what its Leased leaves out.
func NewRemote(store Leased, rescue Rescue) *Remote {
	return &Remote{store: store, rescue: rescue, hurry: make(chan struct{}, 1), stopRenewing: func() {}}
}

// Where implements Store.
func (r *Remote) Where() string { return r.store.Where() }

// JournalSize implements Store. It counts what is still on its way.
func (r *Remote) JournalSize() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	size := r.store.JournalSize()
	for _, b := range []*batch{r.flying, r.next} {
		if b != nil {
			size += b.bytes
		}
	}
	return size
}

// Append implements Store. It waits for the store when an entry is urgent, and
// when the store lags behind.
func (r *Remote) Append(ctx context.Context, entries ...Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	lines, err := encodeJournal(Header{}, entries) // what cannot be written fails here, not later
	if err != nil {
		return err
	}
	b, err := r.take(entries, int64(len(lines)))
	if err != nil || b == nil {
		return err
	}
	<-b.done
	return b.err
}

// take puts entries into the next batch, and returns it when it must be waited for.
func (r *Remote) take(entries []Entry, bytes int64) (*batch, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.base.Lineage == "" {
		return nil, ErrUnbased
	}
	if err := r.refusal(); err != nil {
		return nil, r.keepResults(entries, err)
	}
	if r.next == nil {
		r.next = &batch{since: time.Now(), done: make(chan struct{})}
	}
	b := r.next
	b.entries, b.bytes = append(b.entries, entries...), b.bytes+bytes
	if !r.sending {
		r.sending = true
		go r.drain()
	}
	if !slices.ContainsFunc(entries, func(e Entry) bool { return e.Urgent() }) && !r.late() {
		return nil, nil
	}
	b.waited = true
	r.hurryUp()
	return b, nil
}

// refusal is why nothing is taken any more, or nil. The caller holds mu.
func (r *Remote) refusal() error {
	if r.err == nil && r.store.Lease().Check() != nil {
		r.err = &LockLostError{Where: r.Where()}
	}
	return r.err
}

// late reports whether an entry has been under way for longer than MaxLag.
func (r *Remote) late() bool {
	oldest := r.next
	if r.flying != nil {
		oldest = r.flying
	}
	return time.Since(oldest.since) > MaxLag
}

func (r *Remote) hurryUp() {
	select {
	case r.hurry <- struct{}{}:
	default: // it is hurrying already
	}
}

// drain sends batches until none waits.
func (r *Remote) drain() {
	for {
		r.gather()
		b := r.pick()
		if b == nil {
			return
		}
		r.finish(b, crash.Try(func() error { return r.send(b) }))
	}
}

func (r *Remote) gather() {
	r.mu.Lock()
	var wait time.Duration
	if r.next != nil {
		wait = gather - time.Since(r.next.since)
	}
	r.mu.Unlock()
	if wait <= 0 {
		return
	}
	select {
	case <-r.hurry:
	case <-time.After(wait):
	}
}

func (r *Remote) pick() *batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flying, r.next = r.next, nil
	r.sending = r.flying != nil
	return r.flying
}

func (r *Remote) send(b *batch) error {
	i := r.insist(time.Now())
	i.failed = func(error) { r.keepPending() }
	return i.call(context.Background(), func(ctx context.Context) error {
		if err := r.store.Lease().Check(); err != nil {
			return err
		}
		return r.store.Append(ctx, b.entries...)
	})
}

// finish tells everybody who waits for a batch. After an error nothing else is
// sent: entries must reach the store in order.
func (r *Remote) finish(b *batch, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flying = nil
	if err == nil {
		if r.next == nil && len(r.unsaved)+len(r.refused) == 0 {
			r.clearRescue()
		}
		close(b.done)
		return
	}
	waiting := []*batch{b}
	if r.next != nil {
		waiting = append(waiting, r.next)
		r.next = nil
	}
	for _, b := range waiting {
		if b.waited {
			r.refused = append(r.refused, b.entries...)
		} else {
			r.unsaved = append(r.unsaved, b.entries...)
		}
	}
	r.err = r.keepResults(nil, r.lost(err))
	for _, b := range waiting {
		b.err = r.err
		close(b.done)
	}
}

// lost gives an error of the store the words for people, when it means that the
// lock is not ours any more.
func (r *Remote) lost(err error) error {
	if _, said := errors.AsType[*LockLostError](err); said || err == nil {
		return err
	}
	if errors.Is(err, ErrLockLost) {
		return &LockLostError{Where: r.Where()}
	}
	if r.store.Lease().Check() != nil {
		return &LockLostError{Where: r.Where(), Err: err}
	}
	return err
}

// Flush waits until everything that was taken is in the store.
func (r *Remote) Flush(context.Context) error {
	for {
		r.mu.Lock()
		b := r.next
		if b == nil {
			b = r.flying
		}
		err := r.err
		r.mu.Unlock()
		if b == nil {
			return err
		}
		r.hurryUp()
		<-b.done
	}
}

// Load implements Store.
func (r *Remote) Load(ctx context.Context) (s *State, notices []lang.Text, err error) {
	if err := r.Flush(ctx); errors.Is(err, ErrLockLost) {
		return nil, nil, err
	}
	err = r.insist(time.Now()).call(ctx, func(ctx context.Context) (err error) {
		s, notices, err = r.store.Load(ctx)
		return err
	})
	if err != nil {
		return nil, nil, r.lost(err)
	}
	r.rebase(s.Header)
	return s, notices, nil
}

// Save implements Store.
func (r *Remote) Save(ctx context.Context, s *State) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := r.Flush(ctx); errors.Is(err, ErrLockLost) {
		return err
	}
	i := r.insist(time.Now())
	i.attempt = r.patience() // a snapshot is large
	err := r.lost(i.call(ctx, func(ctx context.Context) error {
		if err := r.store.Lease().Check(); err != nil {
			return err
		}
		return r.store.Save(ctx, s)
	}))
	if err != nil {
		return err
	}
	r.rebase(s.Header)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unsaved = nil // s holds what Append has taken
	r.clearRescue()
	if len(r.refused) > 0 {
		return r.keep(r.refused)
	}
	return nil
}

// rebase says which state entries extend from now on, and forgets an error.
func (r *Remote) rebase(base Header) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.base = base
	if !errors.Is(r.err, ErrLockLost) {
		r.err = nil
	}
}

// insist is how long a call is repeated that begins now: for one lease, and
// never longer than the lock is ours.
func (r *Remote) insist(now time.Time) insistence {
	patience := r.patience()
	return insistence{attempt: patience / 3, until: func() time.Time {
		end := now.Add(patience)
		if info, until := r.store.Lease().Held(); info.ID != "" && until.Before(end) {
			end = until
		}
		return end
	}}
}

// patience is the length of the lease, or without one what a person waits.
func (r *Remote) patience() time.Duration {
	if length := r.store.Lease().Length(); length > 0 {
		return length
	}
	return DefaultLease / 4
}

// Close implements Store: what is on its way is sent, and the lease no longer
// renewed.
func (r *Remote) Close() error {
	err := r.Flush(context.Background())
	r.stop()
	return errors.Join(err, r.store.Close())
}

// Probe implements Prober where the store does. The findings are nil where there
// is nothing to try.
func (r *Remote) Probe(ctx context.Context) ([]Finding, error) {
	if p, ok := r.store.(Prober); ok {
		return p.Probe(ctx)
	}
	return nil, nil
}
