package httpstore

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/httpstore/tfserver"
	"github.com/shopctl/shopctl/state/statetest"
	"github.com/shopctl/shopctl/state/web/webtest"
)

func open(t *testing.T, s *tfserver.Server, lease time.Duration, network statetest.Network) *Store {
	t.Helper()
	c := Config{Address: s.Address(), Username: tfserver.Username, Password: tfserver.Password, Lease: lease}
	if network != nil {
		c.Transport = network.(*webtest.Transport)
	}
	store, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// servers runs a test against both kinds.
func servers(t *testing.T, run func(t *testing.T, start func(*testing.T) *tfserver.Server)) {
	for name, gitlab := range map[string]bool{"Terraform's protocol": false, "GitLab": true} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T) *tfserver.Server {
				s := tfserver.Start(gitlab)
				t.Cleanup(s.Close)
				return s
			})
		})
	}
}

func TestStore(t *testing.T) {
	servers(t, func(t *testing.T, start func(*testing.T) *tfserver.Server) {
		t.Run("alone", func(t *testing.T) {
			statetest.TestStore(t, perTest(start, func(t *testing.T, s *tfserver.Server) state.Backend { return open(t, s, 0, nil) }))
		})
		t.Run("made patient", func(t *testing.T) {
			statetest.TestStore(t, perTest(start, func(t *testing.T, s *tfserver.Server) state.Backend {
				return state.NewRemote(open(t, s, 0, nil), state.Rescue{})
			}))
		})
	})
}

// GitLab tells least of a lock, so it is the one to wait for.
func TestLeased(t *testing.T) {
	at := places(func(t *testing.T) *tfserver.Server {
		s := tfserver.Start(true)
		t.Cleanup(s.Close)
		return s
	})
	statetest.TestLeased(t, func(t *testing.T, lease time.Duration, network statetest.Network) state.Leased {
		return open(t, at(t), lease, network)
	}, func() statetest.Network { return new(webtest.Transport) })
}

// A run that is killed between its lock and its first push leaves a lock of which
// GitLab keeps nothing but the name: that has the lease.
func TestKilledBeforeTheFirstPush(t *testing.T) {
	const lease = time.Second
	servers(t, func(t *testing.T, start func(*testing.T) *tfserver.Server) {
		t.Parallel()
		server := start(t)
		gone := open(t, server, lease, nil)
		if _, other, err := gone.lock(t.Context(), state.LockInfo{ID: "gone", Operation: "apply"}); err != nil || other != nil {
			t.Fatalf("lock: %v, %v", other, err)
		}
		next := open(t, server, lease, nil)
		holder, err := next.Holder(t.Context())
		if err != nil || holder == nil || holder.ID != "gone" || holder.Expires.IsZero() {
			t.Fatalf("Holder: %+v, %v; want gone, with a lease", holder, err)
		}
		if _, refused := errors.AsType[*state.LockError](next.Break(t.Context(), "gone")); !refused {
			t.Error("the lock was broken before its lease had ended")
		}
		for deadline := holder.Expires.Add(5 * time.Second); ; {
			notices, err := next.Lock(t.Context(), state.LockInfo{ID: "next", Operation: "apply"})
			if err == nil && len(notices) != 1 {
				t.Errorf("notices %v, want one that says whose lock it was", notices)
			}
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the lock is never taken over: %v", err)
			}
			time.Sleep(20 * time.Millisecond)
		}
		if err := gone.announce(t.Context()); err == nil {
			t.Error("the run that was taken over still writes")
		}
	})
}

// The first lease is by the server's clock, which is known only from its answer.
func TestLockOfAMachineWhoseClockIsWrong(t *testing.T) {
	servers(t, func(t *testing.T, start func(*testing.T) *tfserver.Server) {
		server := start(t)
		early := open(t, server, time.Minute, nil)
		early.client.Clock.Learn(time.Now().Add(-time.Hour)) // what this machine believes before it has asked
		if _, err := early.Lock(t.Context(), state.LockInfo{ID: "early"}); err != nil {
			t.Fatal(err)
		}
		_, until := splitName(early.name)
		if left := time.Until(until); left < 30*time.Second {
			t.Errorf("the name of the lock gives it %s, want nearly a minute", left)
		}
		if err := early.Unlock(t.Context(), "early"); err != nil {
			t.Error(err)
		}
	})
}

// A lock that is not ours has no lease, whatever it is called.
func TestNamesOfLocks(t *testing.T) {
	at := time.UnixMilli(1763826060123)
	for _, c := range []struct {
		name, id string
		until    time.Time
	}{
		{lockName(state.LockInfo{ID: "77c1e0d2", Expires: at}), "77c1e0d2", at},
		{"2b6a6738-5dd5-50d6-c0ae-f6352977666b", "2b6a6738-5dd5-50d6-c0ae-f6352977666b", time.Time{}},
		{"a-until-tomorrow", "a-until-tomorrow", time.Time{}},
		{"-until-1763826060123", "-until-1763826060123", time.Time{}},
		{"", "", time.Time{}},
	} {
		if id, until := splitName(c.name); id != c.id || !until.Equal(c.until) {
			t.Errorf("splitName(%q): %q, %s; want %q, %s", c.name, id, until, c.id, c.until)
		}
	}
}

// perTest gives every test a server of its own.
func perTest(start func(*testing.T) *tfserver.Server, open func(*testing.T, *tfserver.Server) state.Backend) statetest.Open {
	at := places(start)
	return func(t *testing.T) state.Backend { return open(t, at(t)) }
}

func places(start func(*testing.T) *tfserver.Server) func(*testing.T) *tfserver.Server {
	running := map[*testing.T]*tfserver.Server{}
	var mu sync.Mutex
	return func(t *testing.T) *tfserver.Server {
		mu.Lock()
		defer mu.Unlock()
		if running[t] == nil {
			running[t] = start(t)
		}
		return running[t]
	}
}
