package s3

import (
	"testing"
	"time"

	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
	"github.com/shopctl/shopctl/state/web/webtest"
)

func open(t *testing.T, lease time.Duration, network statetest.Network) *Store {
	t.Helper()
	c := config(t, gateway.address)
	c.Lease = lease
	if network != nil {
		c.Transport = network.(*webtest.Transport)
	}
	store, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestStore(t *testing.T) {
	need(t)
	t.Run("alone", func(t *testing.T) {
		statetest.TestStore(t, func(t *testing.T) state.Backend { return open(t, 0, nil) })
	})
	t.Run("made patient", func(t *testing.T) {
		statetest.TestStore(t, func(t *testing.T) state.Backend {
			return state.NewRemote(open(t, 0, nil), state.Rescue{})
		})
	})
}

func TestLeased(t *testing.T) {
	need(t)
	statetest.TestLeased(t, func(t *testing.T, lease time.Duration, network statetest.Network) state.Leased {
		return open(t, lease, network)
	}, func() statetest.Network { return new(webtest.Transport) })
}

// The server of the tests keeps the promises, as AWS, COS and MinIO do.
func TestProbe(t *testing.T) {
	need(t)
	found, err := open(t, 0, nil).Probe(t.Context())
	if err != nil || len(found) != 4 {
		t.Fatalf("Probe: %v, %v", found, err)
	}
	for _, f := range found {
		if !f.Kept {
			t.Errorf("%s: %s", f.Promise.EN, f.Seen.EN)
		}
	}
}
