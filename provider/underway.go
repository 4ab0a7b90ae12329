package provider

import (
	"context"
	"sync"
	"time"
)

// Underway is the calls that were sent and have had no usable answer yet, for whoever
// tells people what is waited for. It may be used by many goroutines; nil keeps nothing.
type Underway struct {
	mu    sync.Mutex
	calls map[*Awaited]struct{}
}

// Awaited is a call that waits for its answer.
type Awaited struct {
	Call  string    // as people know it: "spu/add"
	About string    // the object or the picture; "" when the call is about many or none
	Since time.Time // the first attempt left
	Tries int       // attempts so far
}

// Begin keeps a call until End. It is waited for from its first Sent on: before, it
// waits for its turn, not for the platform.
func (u *Underway) Begin(ctx context.Context, call string) *Awaited {
	a := &Awaited{Call: call, About: about(ctx)}
	if u == nil {
		return a
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.calls == nil {
		u.calls = map[*Awaited]struct{}{}
	}
	u.calls[a] = struct{}{}
	return a
}

// Sent says that an attempt at a call leaves.
func (u *Underway) Sent(a *Awaited, now time.Time) {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if a.Tries++; a.Tries == 1 {
		a.Since = now
	}
}

// End says that a call is over.
func (u *Underway) End(a *Awaited) {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.calls, a)
}

// Oldest is the call that has waited longest, and how many have waited since before a
// time; no call and 0 when none has.
func (u *Underway) Oldest(before time.Time) (oldest Awaited, calls int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for a := range u.calls {
		if a.Tries == 0 || a.Since.After(before) {
			continue
		}
		if calls++; calls == 1 || a.Since.Before(oldest.Since) {
			oldest = *a
		}
	}
	return oldest, calls
}

type aboutKey struct{}

// About names what the calls made under the context are about, for people: the
// address of an object, or the name of a picture.
func About(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, aboutKey{}, name)
}

func about(ctx context.Context) string {
	name, _ := ctx.Value(aboutKey{}).(string)
	return name
}
