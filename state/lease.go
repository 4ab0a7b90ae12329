package state

import (
	"context"
	"sync"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// DefaultLease is how long the lock of a store behind a network lives without
// being renewed. It is renewed after a third of it.
const DefaultLease = time.Minute

// Leased is a store behind a network as its own package makes it: each call asks
// the server once, and returns when the server has answered. NewRemote adds what
// a run needs beside that: patience, groups of entries, renewal and fencing.
//
// Append and Save may be repeated with the same arguments after an
// *UnreachableError: a store knows its own write again when only the answer was
// lost. Renew may be called beside any other method.
type Leased interface {
	Backend
	// Renew prolongs the lease of the lock that is held through it, or answers
	// ErrLockLost when somebody else has it.
	Renew(ctx context.Context) error
	// Lease is the lease that is held.
	Lease() *Lease
}

// Lease is how long a lock is surely ours, by the clock that only goes forward.
// The zero value is no lock. Safe for concurrent use.
type Lease struct {
	mu     sync.Mutex
	info   LockInfo
	until  time.Time
	length time.Duration
}

// Hold says that the lock of info is ours for length from the moment sent, when
// the request for it left. Others wait for all of length; we stop at five sixths,
// so that clocks may differ by the rest.
func (l *Lease) Hold(info LockInfo, sent time.Time, length time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.info, l.until, l.length = info, sent.Add(length/6*5), length
}

// Drop says that no lock is held.
func (l *Lease) Drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.info, l.until, l.length = LockInfo{}, time.Time{}, 0
}

// Held is the lock that was taken, and until when it is surely ours; its ID is
// empty when none is held.
func (l *Lease) Held() (info LockInfo, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.info, l.until
}

// Length is for how long the lock was taken, 0 when none is held.
func (l *Lease) Length() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.length
}

// Check answers ErrLockLost when a lock was taken and its lease is past. It asks
// the clock on the wall too: the other one stands still while a machine sleeps.
func (l *Lease) Check() error {
	info, until := l.Held()
	now := time.Now()
	if info.ID != "" && !(now.Before(until) && now.Round(0).Before(until.Round(0))) {
		return ErrLockLost
	}
	return nil
}

// ServerClock is the time of a server, as its answers tell it. Leases are
// counted by it, because the machines of a fleet may disagree.
type ServerClock struct {
	mu    sync.Mutex
	ahead time.Duration
}

// resolution is below what the Date of an answer can tell: it has whole seconds,
// and was on its way.
const resolution = 2 * time.Second

// Learn takes the time at which the server says it answered.
func (c *ServerClock) Learn(date time.Time) {
	ahead := time.Until(date)
	if ahead.Abs() <= resolution {
		ahead = 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = ahead
}

// Now is the time of the server.
func (c *ServerClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// TakenOver is the notice of whoever takes over a lock whose lease is past.
func TakenOver(from LockInfo) lang.Text {
	return joined(
		lang.T("The lock of ", "已接管 "), from.people(),
		lang.F(
			" was taken over: its lease ended at %s and was not renewed, so that run is gone. What it had finished is in the state.",
			" 持有的锁：其租约已于 %s 到期且未续期，说明该运行已不存在。它已完成的操作都在状态中。",
			from.Expires.In(schema.Beijing).Format(lockTime)))
}
