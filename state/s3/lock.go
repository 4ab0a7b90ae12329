package s3

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
)

func (s *Store) lockName() string { return s.name("lock.json") }

// Lock implements state.Locker.
func (s *Store) Lock(ctx context.Context, info state.LockInfo) ([]lang.Text, error) {
	s.lockMu.Lock()
	defer s.lockMu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if held, _ := s.lease.Held(); held.ID != "" {
		return nil, &state.LockError{Holder: held}
	}
	holder, etag, err := s.bucket.holder(ctx, s.lockName())
	if err != nil {
		return nil, err
	}
	c, notices := condition{absent: true}, []lang.Text(nil)
	switch {
	case holder == nil:
	case holder.ID == info.ID: // the answer to an earlier attempt was lost
		c = condition{etag: etag}
	case s.past(holder):
		c, notices = condition{etag: etag}, []lang.Text{state.TakenOver(*holder)}
	default:
		return nil, &state.LockError{Holder: *holder}
	}
	err = s.hold(ctx, info, c)
	if errors.Is(err, errCondition) {
		return nil, s.taken(ctx)
	}
	if err != nil {
		return nil, err
	}
	return notices, s.confirm(ctx, info)
}

// taken names whoever was faster.
func (s *Store) taken(ctx context.Context) error {
	holder, _, err := s.bucket.holder(ctx, s.lockName())
	if err == nil && holder == nil {
		holder = &state.LockInfo{}
	}
	if err != nil {
		return err
	}
	return &state.LockError{Holder: *holder}
}

// confirm reads the lock back: a server that takes no notice of conditions lets
// two have it, and the last to write is the one.
func (s *Store) confirm(ctx context.Context, info state.LockInfo) error {
	holder, _, err := s.bucket.holder(ctx, s.lockName())
	if err == nil && (holder == nil || holder.ID != info.ID) {
		err = s.taken(ctx)
	}
	if err != nil {
		s.lease.Drop()
	}
	return err
}

// past reports whether a holder has let its lease end, by the server's clock.
func (s *Store) past(holder *state.LockInfo) bool {
	return !holder.Expires.IsZero() && s.bucket.client.Clock.Now().After(holder.Expires)
}

// hold writes the lock with a new lease. The caller holds lockMu.
func (s *Store) hold(ctx context.Context, info state.LockInfo, c condition) error {
	sent := time.Now()
	info.Expires = s.bucket.client.Clock.Now().Add(s.length)
	body, err := json.Marshal(info)
	if err != nil {
		return err
	}
	etag, err := s.bucket.replace(ctx, s.lockName(), body, c)
	if err != nil {
		return err
	}
	s.lockETag = etag
	s.lease.Hold(info, sent, s.length)
	return nil
}

// Renew implements state.Leased.
func (s *Store) Renew(ctx context.Context) error {
	s.lockMu.Lock()
	defer s.lockMu.Unlock()
	held, _ := s.lease.Held()
	if held.ID == "" {
		return state.ErrLockLost
	}
	err := s.hold(ctx, held, condition{etag: s.lockETag})
	if !errors.Is(err, errCondition) {
		return err
	}
	holder, etag, err := s.bucket.holder(ctx, s.lockName())
	if err != nil {
		return err
	}
	if holder == nil || holder.ID != held.ID {
		return state.ErrLockLost
	}
	// An earlier renewal of ours arrived, and its answer did not.
	err = s.hold(ctx, held, condition{etag: etag})
	if errors.Is(err, errCondition) {
		return state.ErrLockLost
	}
	return err
}

// Unlock implements state.Locker.
func (s *Store) Unlock(ctx context.Context, id string) error {
	s.lockMu.Lock()
	defer s.lockMu.Unlock()
	held, _ := s.lease.Held()
	switch {
	case held.ID == "":
		return state.ErrNotLocked
	case held.ID != id:
		return &state.LockError{Holder: held}
	}
	holder, _, err := s.bucket.holder(ctx, s.lockName())
	if err != nil {
		return err
	}
	if holder != nil && holder.ID != id {
		return state.ErrLockLost
	}
	if holder != nil && s.lease.Check() == nil { // one that is about to end may be taken over now: it is left to end
		err = s.bucket.remove(ctx, s.lockName())
	}
	if err == nil {
		s.lease.Drop()
	}
	return err
}

// Holder implements state.Locker.
func (s *Store) Holder(ctx context.Context) (*state.LockInfo, error) {
	holder, _, err := s.bucket.holder(ctx, s.lockName())
	return holder, err
}

// Break implements state.Locker. A lock whose lease lasts is renewed by a process
// that lives.
func (s *Store) Break(ctx context.Context, id string) error {
	holder, _, err := s.bucket.holder(ctx, s.lockName())
	switch {
	case err != nil:
		return err
	case holder == nil:
		return state.ErrNotLocked
	case holder.ID != id, !s.past(holder):
		return &state.LockError{Holder: *holder}
	}
	return s.bucket.remove(ctx, s.lockName())
}
