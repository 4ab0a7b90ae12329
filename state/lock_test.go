package state

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLockNamesItsHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	first := NewLocal(path)
	must(t, lockAs(t, first, LockInfo{ID: "1", Operation: "apply", Who: "ci", Host: "runner-7", PID: 4711, Since: sampleTime}))
	for _, test := range []struct {
		name, holder string // what stands in the file; "" for what Lock wrote
		says         string
	}{
		{"as it was written", "", "locked by ci (apply, process 4711 on runner-7) since 2026-11-22 16:00:00"},
		{"not written yet", " ", "locked by another run"},
		{"spoilt", "{", "locked by another run"},
	} {
		if test.holder != "" {
			must(t, os.WriteFile(path+".holder", []byte(test.holder), 0o600))
		}
		err := lockAs(t, NewLocal(path), LockInfo{ID: "2"})
		e, ok := errors.AsType[*LockError](err)
		if !ok || !strings.Contains(e.Error(), test.says) || e.Text().ZH == e.Text().EN {
			t.Errorf("%s: got %v, want %q", test.name, err, test.says)
		}
	}
	must(t, first.Unlock(t.Context(), "1"))
	if left, err := filepath.Glob(path + ".*"); err != nil || len(left) != 1 {
		t.Errorf("after Unlock these are left: %v (%v), want only the empty .lock", left, err)
	}
}

// A disk without room for the holder's name gives no lock, and holds none.
func TestLockThatCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	for n := 1; n <= 5; n++ { // remove, create, write, sync, rename
		if err := lockAs(t, newLocal(path, &troubled{countdown: n}), LockInfo{ID: "1"}); !errors.Is(err, errTrouble) {
			t.Errorf("step %d: got %v, want the error of the disk", n, err)
		}
		next := NewLocal(path)
		must(t, lockAs(t, next, LockInfo{ID: "2"}), next.Unlock(t.Context(), "2"))
	}
}

// lockAs takes a lock that nobody has lost, so that there is nothing to tell.
func lockAs(t *testing.T, l Locker, info LockInfo) error {
	t.Helper()
	notices, err := l.Lock(t.Context(), info)
	if len(notices) > 0 {
		t.Errorf("Lock tells %v", notices)
	}
	return err
}
