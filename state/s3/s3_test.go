package s3

import (
	"testing"
	"time"

	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

func open(t *testing.T, address string, lease time.Duration) *Store {
	t.Helper()
	c := config(t, address)
	c.Lease = lease
	store, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestStore(t *testing.T) {
	need(t)
	t.Run("alone", func(t *testing.T) {
		statetest.TestStore(t, func(t *testing.T) state.Backend { return open(t, gateway.address, 0) })
	})
	t.Run("made patient", func(t *testing.T) {
		statetest.TestStore(t, func(t *testing.T) state.Backend {
			return state.NewRemote(open(t, gateway.address, 0), state.Rescue{})
		})
	})
}
