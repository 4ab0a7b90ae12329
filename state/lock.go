package state

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/shopctl/shopctl/lang"
)

// How long Lock goes on trying: another process may hold the lock for an instant
// to see whether it is free (Holder), or be about to say who it is.
const (
	lockPatience = 100 * time.Millisecond
	lockRetry    = 10 * time.Millisecond
)

// fileLock is an advisory lock of the kernel on PATH.lock. Who holds it stands
// in PATH.holder, which is a file of its own because a locked file cannot be
// read on every system.
type fileLock struct {
	path string

	mu   sync.Mutex
	held *flock.Flock
	id   string
}

func (l *fileLock) file() *flock.Flock { return flock.New(l.path + ".lock") }

func (l *fileLock) holderFile() string { return l.path + ".holder" }

// Lock implements Locker with an advisory lock of the kernel on PATH.lock.
//
// The kernel frees the lock when the process that holds it ends, however it
// ends. So a run that was killed leaves nothing to unlock, and a lock that is
// held belongs to a process that lives: Break always refuses it.
func (l *Local) Lock(ctx context.Context, info LockInfo) ([]lang.Text, error) {
	f := &l.lock
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held != nil {
		return nil, &LockError{Holder: f.read()}
	}
	if err := os.MkdirAll(filepath.Dir(l.path), 0o755); err != nil {
		return nil, err
	}
	held, err := f.take(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.write(l.disk, info); err != nil {
		return nil, errors.Join(fmt.Errorf("say who locks the state: %w", err), held.Unlock())
	}
	f.held, f.id = held, info.ID
	return nil, nil
}

func (l *fileLock) take(ctx context.Context) (*flock.Flock, error) {
	patient, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	lock := l.file()
	switch ok, err := lock.TryLockContext(patient, lockRetry); {
	case ok:
		return lock, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &LockError{Holder: l.read()}
	default:
		return nil, err
	}
}

func (l *fileLock) write(d disk, info LockInfo) error {
	b, err := json.Marshal(info)
	if err != nil {
		return err
	}
	_, err = replaceFile(d, l.holderFile(), func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
	return err
}

// read is the holder as it named itself; zero when it cannot be read.
func (l *fileLock) read() (info LockInfo) {
	if b, err := readRegular(l.holderFile(), maxHolder); err != nil || json.Unmarshal(b, &info) != nil {
		return LockInfo{}
	}
	return info
}

// Unlock implements Locker.
func (l *Local) Unlock(_ context.Context, id string) error {
	f := &l.lock
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.held == nil:
		return ErrNotLocked
	case f.id != id:
		return &LockError{Holder: f.read()}
	}
	err := errors.Join(l.disk.remove(f.holderFile()), f.held.Unlock())
	f.held, f.id = nil, ""
	return err
}

// Holder implements Locker. A holder that is written down and holds nothing any
// more was killed: that is nobody.
func (l *Local) Holder(context.Context) (*LockInfo, error) {
	f := &l.lock
	f.mu.Lock()
	defer f.mu.Unlock()
	free, err := f.free()
	if err != nil || free {
		return nil, err
	}
	info := f.read()
	return &info, nil
}

func (l *fileLock) free() (bool, error) {
	if l.held != nil {
		return false, nil
	}
	if _, err := os.Stat(l.path + ".lock"); errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	probe := l.file()
	free, err := probe.TryRLock()
	return free, errors.Join(err, probe.Unlock())
}

// Break implements Locker. There is never anything to break; see Lock.
func (l *Local) Break(ctx context.Context, _ string) error {
	holder, err := l.Holder(ctx)
	if err != nil {
		return err
	}
	return refuseToBreak(holder)
}

// refuseToBreak answers Break where every holder is known to live.
func refuseToBreak(holder *LockInfo) error {
	if holder == nil {
		return ErrNotLocked
	}
	return &LockError{Holder: *holder}
}
