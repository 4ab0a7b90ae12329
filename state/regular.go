package state

import (
	"io"
	"os"

	"github.com/shopctl/shopctl/lang"
)

// The most that is read of a journal and of the file that names a holder, in
// bytes. A run folds its journal long before (foldAt); it grows beyond that only
// while no snapshot can be written.
const (
	maxJournal = 1 << 30
	maxHolder  = 1 << 16
)

// FileError is a file of a state that is no file, or larger than any that we
// write: the path of a state stands in the catalog, which may be a stranger's.
type FileError struct {
	File string
	// Large is the limit in bytes that it exceeds; 0 for what is no regular file.
	Large int64
}

// Text says what is there and what to do.
func (e *FileError) Text() lang.Text {
	if e.Large > 0 {
		return lang.F("%s has more than %s, so it is not ours. Correct the path of the state", "%s 超过 %s，不是本程序写的文件，请修正状态的路径", e.File, lang.Size(e.Large))
	}
	return lang.F("%s is a directory, a pipe or a device, not a file. Correct the path of the state", "%s 是目录、管道或设备，不是文件，请修正状态的路径", e.File)
}

func (e *FileError) Error() string { return e.Text().EN }

// openRegular opens a regular file. A pipe would wait for its other end, and a
// device need not end.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &FileError{File: path}
	}
	return os.Open(path)
}

// readRegular reads a regular file of at most limit bytes.
func readRegular(path string, limit int64) ([]byte, error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		return nil, &FileError{File: path, Large: limit}
	}
	return b, err
}
