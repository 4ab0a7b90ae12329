package statetest

import (
	"context"
	"testing"

	"github.com/shopctl/shopctl/state"
)

func load(t *testing.T, store state.Store) *state.State {
	t.Helper()
	s, notices, err := store.Load(t.Context())
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	if len(notices) > 0 {
		t.Errorf("Load: unexpected notices %v", notices)
	}
	return s
}

func save(t *testing.T, store state.Store, s *state.State) {
	t.Helper()
	if err := store.Save(t.Context(), s); err != nil {
		t.Fatalf("Save: %v", err)
	}
}

func put(t *testing.T, store state.Store, entries ...state.Entry) {
	t.Helper()
	if err := store.Append(t.Context(), entries...); err != nil {
		t.Fatalf("Append: %v", err)
	}
	settle(t, store)
}

// settle waits for a store that may lag behind (state.MaxLag).
func settle(t *testing.T, store state.Store) {
	t.Helper()
	lagging, ok := store.(interface{ Flush(context.Context) error })
	if !ok {
		return
	}
	if err := lagging.Flush(t.Context()); err != nil {
		t.Fatalf("Flush: %v", err)
	}
}

func apply(t *testing.T, s *state.State, e state.Entry) {
	t.Helper()
	if err := s.Apply(e); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

func lock(t *testing.T, locker state.Locker, id string) {
	t.Helper()
	if _, err := locker.Lock(t.Context(), info(id)); err != nil {
		t.Fatalf("Lock: %v", err)
	}
}

func unlock(t *testing.T, locker state.Locker, id string) {
	t.Helper()
	if err := locker.Unlock(t.Context(), id); err != nil {
		t.Fatalf("Unlock: %v", err)
	}
}

func done(t *testing.T, store state.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
