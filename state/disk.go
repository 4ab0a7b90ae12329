package state

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// disk is what a Local asks of the file system to write, one method per thing
// that can fail or be the last before a crash.
type disk interface {
	// create makes a file that is not there yet, with mode 0600.
	create(name string) (file, error)
	// open opens a file to append to it; it makes it with mode 0600.
	open(name string) (file, error)
	rename(from, to string) error
	// remove removes a file; one that is not there is no error.
	remove(name string) error
	// syncDir makes new and renamed names in a folder durable.
	syncDir(dir string) error
}

type file interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

type osDisk struct{}

func (osDisk) create(name string) (file, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

func (osDisk) open(name string) (file, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }

func (osDisk) remove(name string) error {
	if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (osDisk) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // a folder cannot be flushed there; NTFS journals its names
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// replaceFile puts what write writes in the place of the file at path, so that
// after a crash at any point the old or the new content stands there, whole. The
// returned bool reports whether the new one stands there now, also when an error
// follows.
func replaceFile(d disk, path string, write func(io.Writer) error) (replaced bool, err error) {
	temp := path + ".tmp"
	if err := d.remove(temp); err != nil { // of a run that crashed
		return false, err
	}
	if err := writeFile(d, temp, write); err != nil {
		return false, errors.Join(err, d.remove(temp))
	}
	if err := d.rename(temp, path); err != nil {
		return false, errors.Join(err, d.remove(temp))
	}
	return true, d.syncDir(filepath.Dir(path))
}

func writeFile(d disk, name string, write func(io.Writer) error) error {
	f, err := d.create(name)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
