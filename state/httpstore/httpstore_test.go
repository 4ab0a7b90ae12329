package httpstore

import (
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
