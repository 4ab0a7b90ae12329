package state_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

// distant is a store in memory whose server answers, or does not.
type distant struct {
	*state.Memory
	lease state.Lease

	mu       sync.Mutex
	failure  error // of every call, nil for none
	renewals int
}

func (d *distant) say(failure error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failure = failure
}

func (d *distant) ask() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failure
}

func (d *distant) Lease() *state.Lease { return &d.lease }

func (d *distant) Lock(ctx context.Context, info state.LockInfo) ([]lang.Text, error) {
	notices, err := d.Memory.Lock(ctx, info)
	if err == nil {
		d.lease.Hold(info, time.Now(), time.Minute)
	}
	return notices, err
}

func (d *distant) Renew(context.Context) error {
	if err := d.ask(); err != nil {
		return err
	}
	info, _ := d.lease.Held()
	d.lease.Hold(info, time.Now(), time.Minute)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.renewals++
	return nil
}

func (d *distant) renewed() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.renewals
}

func (d *distant) Append(ctx context.Context, entries ...state.Entry) error {
	if err := d.ask(); err != nil {
		return err
	}
	return d.Memory.Append(ctx, entries...)
}

func (d *distant) Save(ctx context.Context, s *state.State) error {
	if err := d.ask(); err != nil {
		return err
	}
	return d.Memory.Save(ctx, s)
}

var errSilent = &state.UnreachableError{Where: "distant", Err: errors.New("connection reset")}

// begin gives a locked state in a distant store.
func begin(t *testing.T, rescue state.Rescue) (*distant, *state.Remote) {
	t.Helper()
	store := &distant{Memory: state.NewMemory()}
	remote := state.NewRemote(store, rescue)
	if _, err := remote.Lock(t.Context(), state.LockInfo{ID: "1"}); err != nil {
		t.Fatal(err)
	}
	if err := remote.Save(t.Context(), state.New(statetest.Shop)); err != nil {
		t.Fatal(err)
	}
	return store, remote
}

func product(seq uint64, audit string) state.Entry {
	a := schema.Address{Kind: schema.KindSPU, Name: "719"}
	return state.Entry{Seq: seq, Kind: state.EntryRecord, Record: &state.Record{Address: a, AuditID: audit}}
}

func lines(t *testing.T, d *distant) uint64 {
	t.Helper()
	s, _, err := d.Memory.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.Seq
}

func TestRemoteLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, remote := begin(t, state.Rescue{})
		before := time.Now()
		if err := errors.Join(remote.Append(t.Context(), product(1, "")), remote.Append(t.Context(), product(2, ""))); err != nil {
			t.Fatal(err)
		}
		if time.Since(before) != 0 || lines(t, store) != 0 || remote.JournalSize() == 0 {
			t.Errorf("after %v the store has entry %d, journal of %d bytes; want no waiting", time.Since(before), lines(t, store), remote.JournalSize())
		}
		time.Sleep(state.MaxLag)
		if got := lines(t, store); got != 2 {
			t.Errorf("after MaxLag the store has entry %d, want 2", got)
		}
		if err := remote.Append(t.Context(), product(3, "RQAAA")); err != nil || lines(t, store) != 3 {
			t.Errorf("an urgent entry: %v, the store has entry %d, want 3", err, lines(t, store))
		}
		if err := errors.Join(remote.Unlock(t.Context(), "1"), remote.Close()); err != nil {
			t.Error(err)
		}
	})
}

// A store that is silent for a while stops nobody for good, and nobody runs ahead
// of it.
func TestRemoteOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, remote := begin(t, state.Rescue{})
		store.say(errSilent)
		before := time.Now()
		for seq := range uint64(2) {
			if err := remote.Append(t.Context(), product(seq+1, "")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(state.MaxLag)
		}
		go func() {
			time.Sleep(20 * time.Second)
			store.say(nil)
		}()
		if err := remote.Append(t.Context(), product(3, "")); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(before); waited < 20*time.Second || lines(t, store) != 3 {
			t.Errorf("Append returned after %v with entry %d in the store; want it to wait for the store", waited, lines(t, store))
		}
		if err := errors.Join(remote.Unlock(t.Context(), "1"), remote.Close()); err != nil {
			t.Error(err)
		}
	})
}

// A store that is silent for a lease is fenced off before others may take over,
// for ever, and what it could not write is in a file.
func TestRemoteFence(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store, remote := begin(t, state.Rescue{Dir: dir})
		time.Sleep(2*time.Minute + time.Second)
		if got := store.renewed(); got != 6 {
			t.Errorf("%d renewals in two minutes, want 6", got)
		}
		store.say(errSilent)
		before := time.Now()
		err := remote.Append(t.Context(), product(1, "RQAAA"))
		if !errors.Is(err, state.ErrLockLost) || time.Since(before) >= time.Minute {
			t.Errorf("Append after %v: %v; want ErrLockLost before the lease ends", time.Since(before), err)
		}
		store.say(nil)
		s := state.New(statetest.Shop)
		if err := remote.Save(t.Context(), s); !errors.Is(err, state.ErrLockLost) {
			t.Errorf("Save: %v, want ErrLockLost", err)
		}
		if err := remote.Append(t.Context(), product(2, "RQAAB")); !errors.Is(err, state.ErrLockLost) || lines(t, store) != 0 {
			t.Errorf("Append: %v, the store has entry %d; want ErrLockLost and none", err, lines(t, store))
		}
		if err := remote.Close(); !errors.Is(err, state.ErrLockLost) {
			t.Errorf("Close: %v, want ErrLockLost", err)
		}
	})
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files of the rescue: %v, %v", files, err)
	}
	found, err := state.ReadRescued(files[0])
	if err != nil || len(found.Entries) != 2 || found.Entries[1].Record.AuditID != "RQAAB" {
		t.Errorf("the file holds %+v, %v; want both results", found, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v; want mode 0600", info, err)
	}
}

// What Append did not take is not in a snapshot either: it stays in the file.
func TestRemoteRefused(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store, remote := begin(t, state.Rescue{Dir: dir})
		store.say(errors.New("the bucket is full"))
		err := remote.Append(t.Context(), product(1, "RQAAA"))
		if told, ok := errors.AsType[*state.RescuedError](err); !ok || told.Path == "" {
			t.Errorf("Append: %v, want an error that names the file of the rescue", err)
		}
		store.say(nil)
		if err := remote.Save(t.Context(), state.New(statetest.Shop)); err != nil {
			t.Errorf("Save: %v", err)
		}
		if err := errors.Join(remote.Unlock(t.Context(), "1"), remote.Close()); err != nil {
			t.Error(err)
		}
	})
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files of the rescue: %v, %v", files, err)
	}
	if found, err := state.ReadRescued(files[0]); err != nil || len(found.Entries) != 1 || found.Entries[0].Record.AuditID != "RQAAA" {
		t.Errorf("the file holds %+v, %v; want what was refused", found, err)
	}
}

// An error that is no silence is that of the next Append, until Save succeeds.
func TestRemoteError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, remote := begin(t, state.Rescue{})
		full := errors.New("the bucket is full")
		store.say(full)
		if err := remote.Append(t.Context(), product(1, "")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(state.MaxLag)
		if err := remote.Append(t.Context(), product(2, "")); !errors.Is(err, full) {
			t.Errorf("the next Append: %v, want the error of the one before", err)
		}
		store.say(nil)
		s := state.New(statetest.Shop)
		s.Seq = 1
		if err := remote.Save(t.Context(), s); err != nil {
			t.Errorf("Save: %v", err)
		}
		if err := remote.Append(t.Context(), product(2, "RQAAA")); err != nil || lines(t, store) != 2 {
			t.Errorf("Append after Save: %v, the store has entry %d, want 2", err, lines(t, store))
		}
		if err := errors.Join(remote.Unlock(t.Context(), "1"), remote.Close()); err != nil {
			t.Error(err)
		}
	})
}
