package state

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzHolder: whatever stands in the file that names the holder of a lock, a lock
// can be looked at, refused and taken.
func FuzzHolder(f *testing.F) {
	f.Add([]byte(`{"id":"a","operation":"apply","who":"x@y","pid":1,"since":"2026-11-22T09:00:00+08:00"}`))
	f.Add([]byte(`{"pid":-1e999}`))
	f.Add([]byte("\x00\x1b["))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "state.jsonl")
		mine, other := NewLocal(path), NewLocal(path)
		if _, err := mine.Lock(t.Context(), LockInfo{ID: "mine"}); err != nil {
			t.Fatal(err)
		}
		must(t, os.WriteFile(path+".holder", content, 0o600))
		if holder, err := other.Holder(t.Context()); err != nil || holder == nil {
			t.Errorf("holder %v, %v", holder, err)
		}
		if err := other.Unlock(t.Context(), "mine"); err == nil {
			t.Error("somebody else's lock was opened")
		}
		must(t, mine.Unlock(t.Context(), "mine"))
	})
}
