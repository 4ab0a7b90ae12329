package sandbox

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// ErrInUse is what New returns for a directory that another process has open.
var ErrInUse = errors.New("sandbox directory is in use by another process")

// record is one row of the books under a key that never changes.
type record interface{ key() string }

// ledger keeps the books on disk: one file of lines, each the rows that one
// request changed, with a checksum in front. A line is written with one write
// before the reply is sent, so a killed process loses no answered request and
// leaves at most one torn line at the end, which the next start cuts off. (It
// is not synced to the platter line by line: a power cut may lose the last
// seconds of a sandbox.) Opening replays the lines; rewriting replaces the file
// by one line per living row.
type ledger struct {
	dir  string
	lock *flock.Flock
	file *os.File
	size int64            // bytes in the file
	live int64            // bytes of rows that are not outdated
	rows map[string]int64 // the same by key
}

const (
	ledgerName   = "shop.jsonl"
	picturesName = "pictures"
	rewriteSlack = 4 << 20 // bytes of outdated lines that are tolerated
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openLedger locks the directory, creating it if needed, and replays what is in
// it through put.
func openLedger(dir string, put func(key string, row json.RawMessage) error) (*ledger, error) {
	if err := os.MkdirAll(filepath.Join(dir, picturesName), 0o755); err != nil {
		return nil, fmt.Errorf("sandbox directory: %w", err)
	}
	l := &ledger{dir: dir, lock: flock.New(filepath.Join(dir, "lock")), rows: map[string]int64{}}
	switch held, err := l.lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock sandbox directory: %w", err)
	case !held:
		return nil, fmt.Errorf("%w: %s", ErrInUse, dir)
	}
	if err := l.replay(put); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *ledger) replay(put func(string, json.RawMessage) error) error {
	f, err := os.OpenFile(filepath.Join(l.dir, ledgerName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	l.file = f
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadBytes('\n')
		rows, ok := readLine(line)
		if err != nil || !ok {
			break
		}
		for _, row := range rows {
			if err := put(row.Key, row.Row); err != nil {
				return fmt.Errorf("%s: row %q: %w", f.Name(), row.Key, err)
			}
		}
		l.note(rows)
		l.size += int64(len(line))
	}
	if err := f.Truncate(l.size); err != nil {
		return err
	}
	_, err = f.Seek(l.size, io.SeekStart)
	return err
}

// keyed is how a row stands in a line.
type keyed struct {
	Key string          `json:"k"`
	Row json.RawMessage `json:"v"`
}

// line is the records as "crc32c json\n".
func line(records iter.Seq[record]) (rows []keyed, _ []byte, _ error) {
	for r := range records {
		row, err := json.Marshal(r)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, keyed{r.key(), row})
	}
	body, err := json.Marshal(rows)
	if err != nil {
		return nil, nil, err
	}
	return rows, fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(body, castagnoli), body), nil
}

func readLine(line []byte) (rows []keyed, ok bool) {
	sum, body, ok := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
	if !ok || fmt.Sprintf("%08x", crc32.Checksum(body, castagnoli)) != string(sum) {
		return nil, false
	}
	return rows, json.Unmarshal(body, &rows) == nil
}

func (l *ledger) append(records iter.Seq[record]) error {
	rows, b, err := line(records)
	if err != nil {
		return err
	}
	n, err := l.file.Write(b)
	l.size += int64(n)
	l.note(rows)
	return err
}

// note counts rows as living, and those they replace, or push out, as outdated.
func (l *ledger) note(rows []keyed) {
	for _, row := range rows {
		l.live += int64(len(row.Row)) - l.rows[row.Key]
		l.rows[row.Key] = int64(len(row.Row))
		if old := callBefore(row.Key); old != "" {
			l.live -= l.rows[old]
			delete(l.rows, old)
		}
	}
}

// stale reports whether the file consists mostly of outdated lines.
func (l *ledger) stale() bool { return l.size > 2*l.live+rewriteSlack }

// rewrite replaces the file by all, one line each.
func (l *ledger) rewrite(all iter.Seq[record]) (err error) {
	path := filepath.Join(l.dir, ledgerName)
	f, err := os.CreateTemp(l.dir, ledgerName+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	next := ledger{dir: l.dir, lock: l.lock, file: f, rows: map[string]int64{}}
	w := bufio.NewWriter(f)
	for r := range all {
		rows, b, err := line(func(yield func(record) bool) { yield(r) })
		if err != nil {
			return err
		}
		n, _ := w.Write(b) // the error comes again at Flush
		next.size += int64(n)
		next.note(rows)
	}
	if err := errors.Join(w.Flush(), f.Sync()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	if l.file != nil {
		l.file.Close() // already replaced
	}
	*l = next
	return syncDir(l.dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (l *ledger) close() error {
	var err error
	if l.file != nil {
		err = l.file.Close()
	}
	return errors.Join(err, l.lock.Unlock())
}

// savePicture keeps the bytes under the hash of their content. Equal pictures
// share one file.
func (l *ledger) savePicture(hash string, data []byte) error {
	path := filepath.Join(l.dir, picturesName, hash)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	f, err := os.CreateTemp(filepath.Join(l.dir, picturesName), "new.*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}

func (l *ledger) loadPicture(hash string) ([]byte, error) {
	return os.ReadFile(filepath.Join(l.dir, picturesName, hash))
}
