//go:build unix

package state

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// The path of a state stands in a catalog that may be a stranger's: nothing waits
// for a pipe, or reads a device without end.
func TestOnlyFilesAreRead(t *testing.T) {
	pipe := func(path string) error { return syscall.Mkfifo(path, 0o600) }
	device := func(path string) error { return os.Symlink("/dev/zero", path) }
	folder := func(path string) error { return os.Mkdir(path, 0o700) }
	giant := func(path string) error {
		return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, maxJournal+1))
	}
	for name, test := range map[string]struct {
		file string
		make func(path string) error
	}{
		"a pipe": {"", pipe}, "a device": {"", device}, "a folder": {"", folder},
		"a pipe as journal": {".journal", pipe}, "a device as journal": {".journal", device}, "a giant as journal": {".journal", giant},
	} {
		path := filepath.Join(t.TempDir(), "state.jsonl")
		must(t, test.make(path+test.file))
		_, _, err := NewLocal(path).Load(t.Context())
		if foreign, ok := errors.AsType[*FileError](err); !ok || foreign.File != path+test.file {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := filepath.Join(t.TempDir(), "state.jsonl")
	l := NewLocal(path)
	must(t, pipe(path+".holder"))
	if holder := l.lock.read(); holder != (LockInfo{}) {
		t.Errorf("a pipe names the holder %v", holder)
	}
}
