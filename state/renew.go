package state

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/crash"
	"github.com/shopctl/shopctl/lang"
)

// Lock implements Locker, and renews the lease from then on.
func (r *Remote) Lock(ctx context.Context, info LockInfo) (notices []lang.Text, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = r.insist(time.Now()).call(ctx, func(ctx context.Context) (err error) {
		notices, err = r.store.Lock(ctx, info)
		return err
	})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.err, r.unsaved, r.refused, r.kept, r.tookOver = nil, nil, nil, "", len(notices) > 0
	r.mu.Unlock()
	r.renew()
	return notices, nil
}

// TookOver reports whether the lock was taken from a run that is gone. Something
// that it sent may still arrive; a new snapshot outdates it.
func (r *Remote) TookOver() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tookOver
}

// renew keeps the lease until stop is called or the lock is lost.
func (r *Remote) renew() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	every := r.store.Lease().Length() / 3
	go func() {
		defer close(done)
		for r.prolong(ctx, every) {
		}
	}()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopRenewing = sync.OnceFunc(func() {
		cancel()
		<-done
	})
}

// prolong waits and renews once; false when there is nothing more to renew.
func (r *Remote) prolong(ctx context.Context, every time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(every):
	}
	err := crash.Try(func() error { return r.insist(time.Now()).call(ctx, r.store.Renew) })
	if ctx.Err() != nil {
		return false
	}
	if err = r.lost(err); !errors.Is(err, ErrLockLost) {
		return true // another error may pass before the lease does
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
	return false
}

func (r *Remote) stop() {
	r.mu.Lock()
	stop := r.stopRenewing
	r.mu.Unlock()
	stop()
}

// Unlock implements Locker. A lock that is lost cannot be given back, which is no
// error of its own.
func (r *Remote) Unlock(ctx context.Context, id string) error {
	info, _ := r.store.Lease().Held()
	if info.ID == id {
		_ = r.Flush(ctx) // its error was that of an Append, and is that of Save or Close
		r.stop()
	}
	lost := r.store.Lease().Check() != nil
	err := r.insist(time.Now()).call(ctx, func(ctx context.Context) error { return r.store.Unlock(ctx, id) })
	if lost {
		r.store.Lease().Drop()
		return nil
	}
	return err
}

// Holder implements Locker.
func (r *Remote) Holder(ctx context.Context) (holder *LockInfo, err error) {
	err = r.insist(time.Now()).call(ctx, func(ctx context.Context) (err error) {
		holder, err = r.store.Holder(ctx)
		return err
	})
	return holder, err
}

// Break implements Locker.
func (r *Remote) Break(ctx context.Context, id string) error {
	return r.insist(time.Now()).call(ctx, func(ctx context.Context) error { return r.store.Break(ctx, id) })
}
