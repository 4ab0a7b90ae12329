package state

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
)

// A real disk that is full, where we may make one: every write that succeeded is
// there, and what did not fit was refused.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("mounting a small disk is not allowed here: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(dir, 0)) })
	path := filepath.Join(dir, "state.jsonl")
	store := NewLocal(path)
	s := open(t, store)
	written := 0
	var err error
	for ; written < 1000 && err == nil; written++ {
		err = s.Put(t.Context(), product(fmt.Sprint(written)), 0)
	}
	written-- // the last was refused
	if !errors.Is(err, syscall.ENOSPC) || written == 0 {
		t.Fatalf("after %d records: got %v, want ENOSPC", written, err)
	}
	if err := s.Close(t.Context()); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Close: got %v, want ENOSPC: there is no room for a snapshot", err)
	}
	must(t, store.Close())
	if got := onDisk(t, path); len(got.Records) != written {
		t.Errorf("%d records were acknowledged, %d are there", written, len(got.Records))
	}
}
