package state_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

func TestLocalKeepsTheContract(t *testing.T) {
	root := t.TempDir()
	statetest.TestStore(t, func(t *testing.T) (state.Store, state.Locker) {
		l := state.NewLocal(filepath.Join(root, strings.ReplaceAll(t.Name(), "/", "-"), "state.jsonl"))
		return l, l
	})
}

func TestMemoryKeepsTheContract(t *testing.T) {
	places := map[string]*state.Memory{}
	statetest.TestStore(t, func(t *testing.T) (state.Store, state.Locker) {
		if places[t.Name()] == nil {
			places[t.Name()] = state.NewMemory()
		}
		return places[t.Name()], places[t.Name()]
	})
}
