package state_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

func TestLocalKeepsTheContract(t *testing.T) {
	root := t.TempDir()
	statetest.TestStore(t, func(t *testing.T) state.Backend {
		l := state.NewLocal(filepath.Join(root, strings.ReplaceAll(t.Name(), "/", "-"), "state.jsonl"))
		return l
	})
}

func TestMemoryKeepsTheContract(t *testing.T) {
	places := map[string]*state.Memory{}
	statetest.TestStore(t, func(t *testing.T) state.Backend {
		if places[t.Name()] == nil {
			places[t.Name()] = state.NewMemory()
		}
		return places[t.Name()]
	})
}

// The contract's round trip is worth as much as the state it sends round.
func TestTheFullStateIsFull(t *testing.T) {
	s := statetest.Full()
	for f, v := range reflect.ValueOf(*s.Records[schema.Address{Kind: schema.KindSPU, Name: "719"}]).Fields() {
		if f.IsExported() && v.IsZero() {
			t.Errorf("statetest.Full leaves Record.%s empty", f.Name)
		}
	}
	if len(s.Images) == 0 || len(s.Intents) == 0 {
		t.Error("statetest.Full has no pictures or no intents")
	}
}
