package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/shopctl/shopctl/lang"
)

// Local keeps a state in a file, the snapshot, with its journal beside it in
// PATH.journal. All files have mode 0600. A symbolic link at PATH is replaced by
// a file, not followed, by the first snapshot.
//
// It is also the Locker of that file; see Lock.
type Local struct {
	path string
	disk disk

	// writing is held shared by Append, alone by whatever replaces the base.
	writing sync.RWMutex
	base    Header // of the state that appended entries extend
	journal journalFile

	lock fileLock
}

// NewLocal is the state at path. Nothing is read or made before it is used.
func NewLocal(path string) *Local { return newLocal(path, osDisk{}) }

func newLocal(path string, d disk) *Local {
	return &Local{
		path:    path,
		disk:    d,
		journal: journalFile{disk: d, path: path + ".journal"},
		lock:    fileLock{path: path},
	}
}

// Where is the path.
func (l *Local) Where() string { return l.path }

// JournalSize is the length of the journal in bytes, without what a crash left
// torn at its end.
func (l *Local) JournalSize() int64 { return l.journal.length() }

// Load implements Store. It changes nothing on the disk, so it may read beside a
// run that writes: the journal is read first, because a snapshot that is newer
// than the journal holds all of it, and the other way round is not true.
func (l *Local) Load(ctx context.Context) (*State, []lang.Text, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	journal, err := readRegular(l.journal.path, maxJournal)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	s, err := l.readSnapshot(journal)
	if err != nil {
		return nil, nil, err
	}
	found, err := replay(s, journal)
	if err != nil {
		return nil, nil, inFile(err, l.journal.path)
	}
	if found.live == 0 {
		found.good = 0 // all of it is in the snapshot, or not of this state
	}
	if err := l.journal.begin(found.good); err != nil {
		return nil, nil, err
	}
	l.base = s.Header
	return s, found.notices(l.journal.path), nil
}

func (l *Local) readSnapshot(journal []byte) (*State, error) {
	f, err := openRegular(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, l.missing(journal)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := Decode(f)
	if err != nil {
		return nil, inFile(err, l.path)
	}
	return s, nil
}

// missing is ErrNoState, unless a journal tells that there was a state: starting
// afresh would empty the journal and lose what it holds.
func (l *Local) missing(journal []byte) error {
	first, _, ended := bytes.Cut(journal, []byte("\n"))
	if ended && intact(first) {
		return &OrphanError{Snapshot: l.path, Journal: l.journal.path}
	}
	return ErrNoState
}

// inFile adds the file to an error about one of its lines.
func inFile(err error, name string) error {
	switch e := err.(type) {
	case *LineError:
		return &LineError{File: name, Line: e.Line, Err: e.Err}
	case *EntryError:
		return &EntryError{File: name, Line: e.Line, Err: e.Err}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// Append implements Store. Once the lines are on their way to the disk, the end
// of ctx no longer stops the waiting.
func (l *Local) Append(ctx context.Context, entries ...Entry) error {
	l.writing.RLock()
	defer l.writing.RUnlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if l.base.Lineage == "" {
		return ErrUnbased
	}
	lines, err := encodeJournal(l.base, entries)
	if err != nil {
		return err
	}
	if err := l.journal.append(lines); err != nil {
		return fmt.Errorf("write the journal of the state: %w", err)
	}
	return nil
}

// Save implements Store: a temporary file in the same folder, fsync, rename,
// fsync of the folder, and only then the journal is emptied.
func (l *Local) Save(ctx context.Context, s *State) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(l.path), 0o755); err != nil {
		return err
	}
	next := *s
	next.Serial++
	replaced, err := replaceFile(l.disk, l.path, func(w io.Writer) error { return Encode(w, &next) })
	if replaced {
		s.Header, l.base = next.Header, next.Header
	}
	if err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	if err := l.journal.empty(); err != nil {
		return fmt.Errorf("empty the journal of the state: %w", err)
	}
	return nil
}

// Close closes the journal. The state stays, and a lock is not given back.
func (l *Local) Close() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.base = Header{}
	return l.journal.begin(l.journal.length())
}
