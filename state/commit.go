package state

import (
	"errors"
	"path/filepath"
	"sync"

	"github.com/shopctl/shopctl/internal/crash"
)

// journalFile appends lines to the file of a journal. One goroutine writes at a
// time; whoever comes meanwhile waits for the next write and its one fsync.
//
// The first error stays: a line that was written in part must be the last, or
// what follows it would be lost at the next start.
type journalFile struct {
	disk disk
	path string

	mu      sync.Mutex
	writing bool
	next    *group // waits while writing
	file    file   // nil until the first write
	size    int64  // bytes that are good; the file is cut to it when it is opened
	err     error
}

// group is lines that are written together.
type group struct {
	lines []byte
	done  chan struct{} // closed when err is set
	err   error
}

// append returns when the lines are durable.
func (j *journalFile) append(lines []byte) error {
	j.mu.Lock()
	if j.next == nil {
		j.next = &group{done: make(chan struct{})}
	}
	g := j.next
	g.lines = append(g.lines, lines...)
	if !j.writing {
		j.writing = true
		go j.drain()
	}
	j.mu.Unlock()
	<-g.done
	return g.err
}

// drain writes groups until none waits.
func (j *journalFile) drain() {
	for {
		j.mu.Lock()
		g := j.next
		j.next = nil
		j.writing = g != nil
		err := j.err
		j.mu.Unlock()
		if g == nil {
			return
		}
		if err == nil {
			err = crash.Try(func() error { return j.write(g.lines) })
		}
		j.mu.Lock()
		if j.err = err; err == nil {
			j.size += int64(len(g.lines))
		}
		j.mu.Unlock()
		g.err = err
		close(g.done)
	}
}

func (j *journalFile) write(lines []byte) error {
	if err := j.ready(); err != nil {
		return err
	}
	if _, err := j.file.Write(lines); err != nil {
		return err
	}
	return j.file.Sync()
}

// ready opens the file, cuts what a crash left behind the good lines, and makes
// the file's name durable.
func (j *journalFile) ready() error {
	if j.file != nil {
		return nil
	}
	f, err := j.disk.open(j.path)
	if err != nil {
		return err
	}
	if err := f.Truncate(j.size); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := j.disk.syncDir(filepath.Dir(j.path)); err != nil {
		return errors.Join(err, f.Close())
	}
	j.file = f
	return nil
}

// begin says that size bytes of the file are good, and forgets an error. Nobody
// may be in append.
func (j *journalFile) begin(size int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.close()
	j.size, j.err = size, nil
	return err
}

// empty cuts the file to nothing and makes that durable. Nobody may be in append.
func (j *journalFile) empty() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.size = 0
	if j.err = j.ready(); j.err == nil {
		j.err = errors.Join(j.file.Truncate(0), j.file.Sync())
	}
	return j.err
}

func (j *journalFile) length() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.size
}

func (j *journalFile) close() error {
	if j.file == nil {
		return nil
	}
	f := j.file
	j.file = nil
	return f.Close()
}
