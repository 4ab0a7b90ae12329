package httpstore

import (
	"testing"
	"time"

	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

func open(t *testing.T, s *server, lease time.Duration) *Store {
	t.Helper()
	store, err := New(Config{Address: s.address(), Username: "ci", Password: "hunter2", Lease: lease})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// servers runs a test against both kinds.
func servers(t *testing.T, run func(t *testing.T, start func(*testing.T) *server)) {
	for name, gitlab := range map[string]bool{"Terraform's protocol": false, "GitLab": true} {
		t.Run(name, func(t *testing.T) {
			run(t, func(t *testing.T) *server { return serve(t, gitlab) })
		})
	}
}

func TestStore(t *testing.T) {
	servers(t, func(t *testing.T, start func(*testing.T) *server) {
		t.Run("alone", func(t *testing.T) {
			statetest.TestStore(t, perTest(start, func(t *testing.T, s *server) state.Backend { return open(t, s, 0) }))
		})
		t.Run("made patient", func(t *testing.T) {
			statetest.TestStore(t, perTest(start, func(t *testing.T, s *server) state.Backend {
				return state.NewRemote(open(t, s, 0), state.Rescue{})
			}))
		})
	})
}

// perTest gives every test a server of its own.
func perTest(start func(*testing.T) *server, open func(*testing.T, *server) state.Backend) statetest.Open {
	running := map[*testing.T]*server{}
	return func(t *testing.T) state.Backend {
		s := running[t]
		if s == nil {
			s = start(t)
			running[t] = s
		}
		return open(t, s)
	}
}
