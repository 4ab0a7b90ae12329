package statetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/state"
)

// OpenLeased gives a handle on a place that is empty when a test begins, as Open
// does, whose locks have a lease of that length, over a network (nil for one that
// does not break).
type OpenLeased func(t *testing.T, lease time.Duration, network Network) state.Leased

// Network is the way to a server, as tests break it.
type Network interface {
	Cut()
	Heal()
	Shake(seed uint64) // loses requests and answers by chance
}

// shortLease is a lease that a test can wait for.
const shortLease = 2 * time.Second

// TestLeased runs what stores behind a network promise beside TestStore. Network
// makes one that is not broken yet.
func TestLeased(t *testing.T, open OpenLeased, network func() Network) {
	t.Run("an urgent entry is there when Append returns, another soon", func(t *testing.T) { lag(t, open) })
	t.Run("a lock that is renewed lasts", func(t *testing.T) { renewed(t, open) })
	t.Run("a lock whose holder is gone is taken over after its lease, with a notice", func(t *testing.T) { takenOver(t, open) })
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("a network that loses requests and answers loses nothing (%d)", seed), func(t *testing.T) { shaken(t, open, network(), seed) })
	}
	t.Run("what a run could not write is taken up by the next", func(t *testing.T) { rescued(t, open, network()) })
}

func lag(t *testing.T, open OpenLeased) {
	t.Parallel()
	store := state.NewRemote(open(t, time.Minute, nil), state.Rescue{})
	defer done(t, store)
	other := open(t, time.Minute, nil)
	defer done(t, other)
	save(t, store, state.New(Shop))
	urgent := recordEntry(1, "a", "1")
	urgent.Record.AuditID = "RQAAA1"
	for _, e := range []state.Entry{urgent, recordEntry(2, "b", "2")} {
		before := time.Now()
		if err := store.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		there := func() bool { return load(t, other).Records[e.Record.Address] != nil }
		if e.Urgent() && !there() {
			t.Error("an urgent entry is not in the store although Append has returned")
		}
		eventually(t, before.Add(2*state.MaxLag), "the entry never reaches the store", there)
	}
}

func renewed(t *testing.T, open OpenLeased) {
	t.Parallel()
	store := state.NewRemote(open(t, shortLease, nil), state.Rescue{})
	defer done(t, store)
	other := open(t, shortLease, nil)
	defer done(t, other)
	lock(t, store, "alive")
	first := mustHold(t, other).Expires
	eventually(t, time.Now().Add(5*shortLease), "the lease was not renewed past its first end", func() bool {
		if _, err := other.Lock(t.Context(), info("second")); err == nil {
			t.Fatal("a lock that is renewed was taken over")
		}
		return mustHold(t, other).Expires.After(first.Add(shortLease))
	})
	unlock(t, store, "alive")
}

func mustHold(t *testing.T, l state.Locker) *state.LockInfo {
	t.Helper()
	holder, err := l.Holder(t.Context())
	if err != nil || holder == nil || holder.Expires.IsZero() {
		t.Fatalf("Holder: %v, %v; want one with a lease", holder, err)
	}
	return holder
}

func takenOver(t *testing.T, open OpenLeased) {
	t.Parallel()
	gone := open(t, shortLease, nil)
	defer done(t, gone)
	other := open(t, shortLease, nil)
	defer done(t, other)
	lock(t, gone, "gone")
	s := state.New(Shop)
	save(t, gone, s)
	ends := mustHold(t, other).Expires
	if _, refused := errors.AsType[*state.LockError](other.Break(t.Context(), "gone")); !refused {
		t.Error("a lock was broken before its lease had ended")
	}
	eventually(t, ends.Add(5*time.Second), "the lock is never taken over", func() bool {
		notices, err := other.Lock(t.Context(), info("next"))
		if err == nil && len(notices) != 1 {
			t.Errorf("notices %v, want one that says whose lock it was", notices)
		}
		return err == nil
	})
	fenced := state.NewRemote(gone, state.Rescue{})
	if err := fenced.Save(t.Context(), s); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Save of the one who lost its lock: got %v, want ErrLockLost", err)
	}
	if err := gone.Renew(t.Context()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Renew of the one who lost its lock: got %v, want ErrLockLost", err)
	}
	unlock(t, other, "next")
}

// shaken runs sessions over a bad network, and reads over a good one.
func shaken(t *testing.T, open OpenLeased, network Network, seed uint64) {
	t.Parallel()
	dir := t.TempDir()
	want := map[string]string{}
	network.Shake(seed)
	for run := range 2 {
		store := state.NewRemote(open(t, time.Minute, network), state.Rescue{Dir: dir})
		s, notices, err := state.Open(t.Context(), store, Shop, info(fmt.Sprint("run ", run)))
		if err != nil || len(notices) != 0 {
			t.Fatalf("Open: %v, notices %v", err, notices)
		}
		for n := range 8 {
			name, id := fmt.Sprint(n%5), fmt.Sprint(run, n)
			r := &state.Record{Address: spu(name), RemoteID: id}
			if n%3 == 0 {
				r.AuditID = "RQAAA" + id
			}
			if err := s.Put(t.Context(), r, 0); err != nil {
				t.Fatal(err)
			}
			want[name] = id
		}
		if err := errors.Join(s.Close(t.Context()), store.Close()); err != nil {
			t.Fatal(err)
		}
	}
	clean := open(t, time.Minute, nil)
	defer done(t, clean)
	got := map[string]string{}
	for a, r := range load(t, clean).Records {
		got[a.Name] = r.RemoteID
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the store has (-want +got):\n%s", diff)
	}
	if holder, err := clean.Holder(t.Context()); holder != nil || err != nil {
		t.Errorf("Holder: got %v and %v, want nobody", holder, err)
	}
	noFiles(t, dir)
}

// rescued cuts the network for good in the middle of a run, and lets the next
// run on the machine go on.
func rescued(t *testing.T, open OpenLeased, network Network) {
	t.Parallel()
	dir := t.TempDir()
	rescue := state.Rescue{Dir: dir}
	store := state.NewRemote(open(t, shortLease, network), rescue)
	s, _, err := state.Open(t.Context(), store, Shop, info("cut"))
	if err != nil {
		t.Fatal(err)
	}
	first := &state.Record{Address: spu("a"), RemoteID: "1", AuditID: "RQAAA1"}
	if err := s.Put(t.Context(), first, 0); err != nil {
		t.Fatal(err)
	}
	network.Cut()
	lost := &state.Record{Address: spu("b"), RemoteID: "2", AuditID: "RQAAA2"}
	err = s.Put(t.Context(), lost, 0)
	told, ok := errors.AsType[*state.LockLostError](err)
	if !errors.Is(err, state.ErrLockLost) || !ok || told.Rescue == "" {
		t.Fatalf("Put without a network: got %v, want ErrLockLost that names the file of the rescue", err)
	}
	if _, err := s.Announce(t.Context(), state.Intent{Address: spu("c"), Call: "spu/add", At: At}); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Announce without a lock: got %v, want ErrLockLost", err)
	}
	if err := errors.Join(s.Close(t.Context()), store.Close()); !errors.Is(err, state.ErrLockLost) {
		t.Errorf("Close without a lock: got %v, want ErrLockLost", err)
	}
	network.Heal()
	next := state.NewRemote(open(t, shortLease, network), rescue)
	defer done(t, next)
	eventually(t, time.Now().Add(10*time.Second), "the next run never gets the lock", func() bool {
		s, _, err = state.Open(t.Context(), next, Shop, info("next"))
		return err == nil
	})
	for _, want := range []*state.Record{first, lost} {
		if got := s.Record(want.Address); !cmp.Equal(got, want) {
			t.Errorf("the next run found %v, want %v", got, want)
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	noFiles(t, dir)
}

func noFiles(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Clean(dir))
	if err != nil || len(files) > 0 {
		t.Errorf("files of the rescue are left: %v, %v", files, err)
	}
}

// eventually asks until the answer is yes.
func eventually(t *testing.T, deadline time.Time, complaint string, yes func() bool) {
	t.Helper()
	for !yes() {
		if time.Now().After(deadline) {
			t.Fatal(complaint)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
