//go:build unix

package postgres

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/pgtest"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

// server is the one of all tests, once the first needed it.
var server *pgtest.Server

func TestMain(m *testing.M) {
	if dsn := os.Getenv(holdUntilKilled); dsn != "" {
		holdForEver(dsn)
	}
	os.Exit(pgtest.Main(m))
}

// at is a state of the test's own on the server, or on a port in front of it.
func at(t testing.TB, port int) func() *Store {
	t.Helper()
	server = pgtest.Need(t)
	schema := fmt.Sprintf("Test-%d", time.Now().UnixNano()) // must be quoted
	return func() *Store {
		t.Helper()
		s, err := open(t.Context(), server.DSN(port), schema, "component/wx0123456789abcdef", state.DefaultLease)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// The contract holds for the store alone and for what a run uses.
func TestContract(t *testing.T) {
	for name, wrap := range map[string]func(*Store) state.Backend{
		"alone":   func(s *Store) state.Backend { return s },
		"patient": func(s *Store) state.Backend { return state.NewRemote(s, state.Rescue{}) },
	} {
		t.Run(name, func(t *testing.T) {
			places := map[*testing.T]func() *Store{}
			statetest.TestStore(t, func(t *testing.T) state.Backend {
				if places[t] == nil {
					places[t] = at(t, 0)
				}
				return wrap(places[t]())
			})
		})
	}
}
