package httpstore

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
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

// lockName is what the server knows a lock by: its id, and when its lease ends
// unless the document tells of a later end. So a lock has a lease from its first
// moment, also where nothing but the name is kept of it.
func lockName(info state.LockInfo) string {
	return info.ID + untilMark + strconv.FormatInt(info.Expires.UnixMilli(), 10)
}

// untilMark stands in the name of a lock before the end of its lease, in
// milliseconds since 1970.
const untilMark = "-until-"

// splitName is the other way round. A name that is not ours is an id, and has no
// lease.
func splitName(name string) (id string, until time.Time) {
	if i := strings.LastIndex(name, untilMark); i > 0 {
		if ms, err := strconv.ParseInt(name[i+len(untilMark):], 10, 64); err == nil {
			return name[:i], time.UnixMilli(ms)
		}
	}
	return name, time.Time{}
}

// bodyOf puts all of info into Info, for servers that keep it.
func bodyOf(info state.LockInfo, name string) (*lockBody, error) {
	all, err := json.Marshal(info)
	return &lockBody{
		ID: name, Operation: info.Operation, Info: string(all), Who: info.Who, Version: info.Version,
		Created: info.Since.Format(time.RFC3339Nano), Path: "shopctl",
	}, err
}

// holder is who has a lock, and the name that the server knows it by.
type holder struct {
	state.LockInfo
	name string
}

// holder is who has the lock as the server tells it; zero when it does not say.
func (b *lockBody) holder() *holder {
	id, until := splitName(b.ID)
	var all state.LockInfo
	if json.Unmarshal([]byte(b.Info), &all) == nil && all.ID == id {
		return &holder{all, b.ID}
	}
	since, _ := time.Parse(time.RFC3339Nano, b.Created) // another form is as good as none
	return &holder{state.LockInfo{ID: id, Who: b.Who, Since: since, Expires: until}, b.ID}
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
	name, gone, err := s.lock(ctx, info)
	if err != nil {
		return nil, err
	}
	var notices []lang.Text
	if gone != nil {
		if !s.past(gone) {
			return nil, &state.LockError{Holder: gone.LockInfo}
		}
		if name, err = s.takeOver(ctx, gone, info); err != nil {
			return nil, err
		}
		notices = append(notices, state.TakenOver(gone.LockInfo))
	}
	if name, err = s.punctual(ctx, name, info); err != nil {
		return nil, err
	}
	s.name = name
	_, info.Expires = splitName(name)
	s.lease.Hold(info, s.sentAt(info.Expires), s.length)
	if err := s.announce(ctx); err != nil {
		s.lease.Drop()
		return nil, errors.Join(err, s.unlock(context.WithoutCancel(ctx), name))
	}
	return notices, nil
}

// punctual takes a lock anew whose name was made by a clock that is far from the
// server's, which is known only now, or long ago.
func (s *Store) punctual(ctx context.Context, name string, info state.LockInfo) (string, error) {
	_, until := splitName(name)
	if late := s.client.Clock.Now().Add(s.length).Sub(until); late.Abs() <= s.length/4 {
		return name, nil
	}
	return s.takeOver(ctx, &holder{info, name}, info)
}

// past reports whether a holder has let its lease end. A lock without a lease,
// such as Terraform's, never ends by itself.
func (s *Store) past(holder *holder) bool {
	return !holder.Expires.IsZero() && s.client.Clock.Now().After(holder.Expires)
}

// takeOver opens the lock of a holder that is gone with its own name, so that of
// two who try one finds it locked.
func (s *Store) takeOver(ctx context.Context, gone *holder, info state.LockInfo) (name string, err error) {
	if err := s.unlock(ctx, gone.name); err != nil {
		return "", err
	}
	name, other, err := s.lock(ctx, info)
	if err == nil && other != nil {
		err = &state.LockError{Holder: other.LockInfo}
	}
	return name, err
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
	if err := s.unlock(ctx, s.name); err != nil {
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
	holder, err := s.holder(ctx)
	if err != nil || holder == nil {
		return nil, err
	}
	return &holder.LockInfo, nil
}

func (s *Store) holder(ctx context.Context) (*holder, error) {
	if held, _ := s.lease.Held(); held.ID != "" {
		return &holder{held, s.name}, nil
	}
	probe := state.LockInfo{ID: look + rand.Text(), Operation: "look", Who: "shopctl", Since: s.client.Clock.Now()}
	name, holder, err := s.lock(ctx, probe)
	if err != nil || holder != nil {
		return holder, err
	}
	return nil, s.unlock(context.WithoutCancel(ctx), name)
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
		return &state.LockError{Holder: holder.LockInfo}
	}
	return s.unlock(ctx, holder.name)
}

// look begins the id of whoever takes a lock only to see who has it.
const look = "look-"

// How often a lock is asked for again: somebody may hold it for an instant to see
// whether it is free.
const (
	lockAttempts = 4
	lockRetry    = 50 * time.Millisecond
)

// lock asks for the lock, and answers the name under which it is ours, or who has
// it.
func (s *Store) lock(ctx context.Context, info state.LockInfo) (name string, other *holder, err error) {
	for attempt := range lockAttempts {
		if attempt > 0 {
			select {
			case <-ctx.Done():
				return "", nil, ctx.Err()
			case <-time.After(lockRetry):
			}
		}
		if name, other, err = s.lockOnce(ctx, info); err != nil || other == nil || other.ID != "" && !strings.HasPrefix(other.ID, look) {
			break
		}
	}
	return name, other, err
}

func (s *Store) lockOnce(ctx context.Context, info state.LockInfo) (name string, other *holder, err error) {
	info.Expires = s.client.Clock.Now().Add(s.length)
	name = lockName(info)
	a, err := s.ask(ctx, s.config.LockMethod, s.config.LockAddress, info, name)
	if err != nil {
		return "", nil, err
	}
	switch a.Status {
	case http.StatusOK, http.StatusCreated, http.StatusNoContent:
		return name, nil, nil
	case http.StatusLocked, http.StatusConflict:
		return s.conflict(ctx, a, info)
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return "", nil, &web.Problem{
			What:   lang.F("%s has no lock: %s, HTTP %d", "%s 不提供锁：%s，HTTP %d", s.Where(), s.config.LockMethod, a.Status),
			Remedy: lang.T("Name lock_address, lock_method, unlock_address and unlock_method as the server wants them; without a lock two runs would submit twice.", "请按服务器的要求填写 lock_address、lock_method、unlock_address 和 unlock_method；没有锁，两次运行会重复提交。"),
		}
	}
	return "", nil, s.client.Refused(s.config.LockMethod, a)
}

// conflict finds out who has the lock: it is ours when only the answer was lost.
// The document tells more than the server does.
func (s *Store) conflict(ctx context.Context, a *web.Answer, asked state.LockInfo) (name string, other *holder, err error) {
	var b lockBody
	if json.Unmarshal(a.Body, &b) != nil {
		b = lockBody{} // a server that does not say who
	}
	other = b.holder()
	if other.ID == asked.ID {
		return b.ID, nil, nil // the name has the end of the lease that was asked for first
	}
	if err := s.fetch(ctx); err != nil {
		return "", nil, err
	}
	if s.doc != nil && s.doc.Shopctl.Lease != nil && s.doc.Shopctl.Lease.ID == other.ID {
		other.LockInfo = *s.doc.Shopctl.Lease
	}
	return "", other, nil
}

// unlock gives a lock back. A second request for the same lock is refused when
// only the answer to the first was lost.
func (s *Store) unlock(ctx context.Context, name string) error {
	a, err := s.ask(ctx, s.config.UnlockMethod, s.config.UnlockAddress, state.LockInfo{Operation: "unlock", Who: "shopctl", Since: s.client.Clock.Now()}, name)
	if err != nil {
		s.leaving = name
		return err
	}
	again := s.leaving == name
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

func (s *Store) ask(ctx context.Context, method, address string, info state.LockInfo, name string) (*web.Answer, error) {
	b, err := bodyOf(info, name)
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
