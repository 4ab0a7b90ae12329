package httpstore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/web"
)

// lockBody is what the protocol says of a lock. GitLab keeps only ID, Who and
// Created, and fills in the rest from whoever asks.
type lockBody struct {
	ID, Operation, Info, Who, Version, Created, Path string
}

// bodyOf puts all of info into Info, for servers that keep it.
func bodyOf(info state.LockInfo) (*lockBody, error) {
	all, err := json.Marshal(info)
	return &lockBody{
		ID: info.ID, Operation: info.Operation, Info: string(all), Who: info.Who, Version: info.Version,
		Created: info.Since.Format(time.RFC3339Nano), Path: "shopctl",
	}, err
}

// info is the holder as the server tells it; zero when it does not say.
func (b *lockBody) info() state.LockInfo {
	var all state.LockInfo
	if json.Unmarshal([]byte(b.Info), &all) == nil && all.ID == b.ID {
		return all
	}
	since, _ := time.Parse(time.RFC3339Nano, b.Created) // another form is as good as none
	return state.LockInfo{ID: b.ID, Who: b.Who, Since: since}
}

// Lock implements state.Locker.
func (s *Store) Lock(ctx context.Context, info state.LockInfo) ([]lang.Text, error) {
	if held, _ := s.lease.Held(); held.ID != "" {
		return nil, &state.LockError{Holder: held}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sent := time.Now()
	info.Expires = s.client.Clock.Now().Add(s.length)
	holder, err := s.lock(ctx, info)
	if err != nil {
		return nil, err
	}
	var notices []lang.Text
	if holder != nil {
		if !s.past(holder) {
			return nil, &state.LockError{Holder: *holder}
		}
		if holder, err = s.takeOver(ctx, *holder, info); err != nil {
			return nil, err
		}
		notices = append(notices, state.TakenOver(*holder))
	}
	s.lease.Hold(info, sent, s.length)
	if err := s.announce(ctx); err != nil {
		s.lease.Drop()
		return nil, errors.Join(err, s.unlock(context.WithoutCancel(ctx), info))
	}
	return notices, nil
}

// past reports whether a holder has let its lease end. A lock without a lease,
// such as Terraform's, never ends by itself.
func (s *Store) past(holder *state.LockInfo) bool {
	return !holder.Expires.IsZero() && s.client.Clock.Now().After(holder.Expires)
}

// takeOver opens the lock of a holder that is gone with its own id, so that of
// two who try one finds it locked.
func (s *Store) takeOver(ctx context.Context, gone, info state.LockInfo) (*state.LockInfo, error) {
	if err := s.unlock(ctx, gone); err != nil {
		return nil, err
	}
	holder, err := s.lock(ctx, info)
	if err == nil && holder != nil {
		err = &state.LockError{Holder: *holder}
	}
	return &gone, err
}

// announce writes the lease into the document, for the others.
func (s *Store) announce(ctx context.Context) error {
	s.known = false
	if err := s.ready(ctx); err != nil {
		return err
	}
	if s.config.Lease == 0 && len(s.doc.Shopctl.Snapshot) > largeDocument {
		s.length = longLease
	}
	return s.push(ctx, s.doc.next())
}

// Renew implements state.Leased with a push, unless there was one lately.
func (s *Store) Renew(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, _ := s.lease.Held()
	if held.ID == "" {
		return state.ErrLockLost
	}
	if held.Expires.Sub(s.client.Clock.Now()) > s.length*3/4 {
		return nil
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.push(ctx, s.doc.next())
}

// Unlock implements state.Locker.
func (s *Store) Unlock(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	held, _ := s.lease.Held()
	switch {
	case held.ID == "":
		return state.ErrNotLocked
	case held.ID != id:
		return &state.LockError{Holder: held}
	}
	if err := s.unlock(ctx, held); err != nil {
		return err
	}
	s.lease.Drop()
	return nil
}

// Holder implements state.Locker. The protocol cannot be asked who has the lock:
// whoever tries to take it is told.
func (s *Store) Holder(ctx context.Context) (*state.LockInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.holder(ctx)
}

func (s *Store) holder(ctx context.Context) (*state.LockInfo, error) {
	if held, _ := s.lease.Held(); held.ID != "" {
		return &held, nil
	}
	probe := state.LockInfo{ID: look + rand.Text(), Operation: "look", Who: "shopctl", Since: s.client.Clock.Now()}
	holder, err := s.lock(ctx, probe)
	if err != nil || holder != nil {
		return holder, err
	}
	return nil, s.unlock(context.WithoutCancel(ctx), probe)
}

// Break implements state.Locker. A lock whose lease lasts is renewed by a process
// that lives.
func (s *Store) Break(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	holder, err := s.holder(ctx)
	switch {
	case err != nil:
		return err
	case holder == nil:
		return state.ErrNotLocked
	case holder.ID != id, !holder.Expires.IsZero() && !s.past(holder):
		return &state.LockError{Holder: *holder}
	}
	return s.unlock(ctx, *holder)
}

// look begins the id of whoever takes a lock only to see who has it.
const look = "look-"

// How often a lock is asked for again: somebody may hold it for an instant to see
// whether it is free.
const (
	lockAttempts = 4
	lockRetry    = 50 * time.Millisecond
)

// lock asks for the lock, and answers who has it when that is not us.
func (s *Store) lock(ctx context.Context, info state.LockInfo) (holder *state.LockInfo, err error) {
	for attempt := range lockAttempts {
		if attempt > 0 {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(lockRetry):
			}
		}
		if holder, err = s.lockOnce(ctx, info); err != nil || holder == nil || holder.ID != "" && !strings.HasPrefix(holder.ID, look) {
			break
		}
	}
	return holder, err
}

func (s *Store) lockOnce(ctx context.Context, info state.LockInfo) (*state.LockInfo, error) {
	a, err := s.ask(ctx, s.config.LockMethod, s.config.LockAddress, info)
	if err != nil {
		return nil, err
	}
	switch a.Status {
	case http.StatusOK, http.StatusCreated, http.StatusNoContent:
		return nil, nil
	case http.StatusLocked, http.StatusConflict:
		return s.conflict(ctx, a, info)
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return nil, &web.Problem{
			What:   lang.F("%s has no lock: %s, HTTP %d", "%s 不提供锁：%s，HTTP %d", s.Where(), s.config.LockMethod, a.Status),
			Remedy: lang.T("Name lock_address, lock_method, unlock_address and unlock_method as the server wants them; without a lock two runs would submit twice.", "请按服务器的要求填写 lock_address、lock_method、unlock_address 和 unlock_method；没有锁，两次运行会重复提交。"),
		}
	}
	return nil, s.client.Refused(s.config.LockMethod, a)
}

// conflict finds out who has the lock: nobody, when it is ours and only the
// answer was lost. The document tells more than the server does.
func (s *Store) conflict(ctx context.Context, a *web.Answer, asked state.LockInfo) (*state.LockInfo, error) {
	var b lockBody
	if json.Unmarshal(a.Body, &b) != nil {
		b = lockBody{} // a server that does not say who
	}
	if b.ID == asked.ID {
		return nil, nil
	}
	holder := b.info()
	if err := s.fetch(ctx); err != nil {
		return nil, err
	}
	if s.doc == nil || s.doc.Shopctl.Lease == nil {
		return &holder, nil
	}
	if lease := *s.doc.Shopctl.Lease; lease.ID == holder.ID {
		return &lease, nil
	}
	return &holder, nil
}

// unlock gives a lock back. A second request for the same lock is refused when
// only the answer to the first was lost.
func (s *Store) unlock(ctx context.Context, info state.LockInfo) error {
	a, err := s.ask(ctx, s.config.UnlockMethod, s.config.UnlockAddress, info)
	if err != nil {
		s.leaving = info.ID
		return err
	}
	again := s.leaving == info.ID
	s.leaving = ""
	switch a.Status {
	case http.StatusOK, http.StatusNoContent:
		return nil
	case http.StatusConflict, http.StatusLocked, http.StatusNotFound:
		if again {
			return nil
		}
		return state.ErrLockLost
	}
	return s.client.Refused(s.config.UnlockMethod, a)
}

func (s *Store) ask(ctx context.Context, method, address string, info state.LockInfo) (*web.Answer, error) {
	b, err := bodyOf(info)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	r, err := s.request(ctx, method, address, [][]byte{body})
	if err != nil {
		return nil, err
	}
	return s.client.Do(r)
}
