package state

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// troubled is a disk on which one step fails: the countdown-th of those that
// change something. A write that fails has written half. When it crashes, every
// later step fails too, as for a process that is gone.
type troubled struct {
	osDisk
	countdown int
	crashes   bool
	met       bool // the step was reached
}

var errTrouble = fmt.Errorf("the disk is full: %w", syscall.ENOSPC)

func (d *troubled) step() error {
	d.countdown--
	if d.countdown == 0 || d.countdown < 0 && d.crashes {
		d.met = true
		return errTrouble
	}
	return nil
}

func (d *troubled) create(name string) (file, error) { return d.wrap(d.osDisk.create, name) }
func (d *troubled) open(name string) (file, error)   { return d.wrap(d.osDisk.open, name) }

func (d *troubled) wrap(open func(string) (file, error), name string) (file, error) {
	if err := d.step(); err != nil {
		return nil, err
	}
	f, err := open(name)
	return &troubledFile{f, d}, err
}

func (d *troubled) rename(from, to string) error {
	return d.try(func() error { return d.osDisk.rename(from, to) })
}

func (d *troubled) remove(name string) error {
	return d.try(func() error { return d.osDisk.remove(name) })
}

func (d *troubled) syncDir(dir string) error {
	return d.try(func() error { return d.osDisk.syncDir(dir) })
}

func (d *troubled) try(do func() error) error {
	if err := d.step(); err != nil {
		return err
	}
	return do()
}

// mend ends the trouble.
func (d *troubled) mend() { d.countdown, d.crashes = 0, false }

type troubledFile struct {
	file
	disk *troubled
}

func (f *troubledFile) Write(b []byte) (int, error) {
	if err := f.disk.step(); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f *troubledFile) Sync() error { return f.disk.try(f.file.Sync) }

func (f *troubledFile) Truncate(size int64) error {
	return f.disk.try(func() error { return f.file.Truncate(size) })
}

// at runs what with trouble at its first step, its second, and so on, until it
// gets through.
func at(t *testing.T, crashes bool, what func(t *testing.T, d *troubled)) {
	for n := 1; ; n++ {
		d := &troubled{countdown: n, crashes: crashes}
		t.Run(fmt.Sprintf("step %d", n), func(t *testing.T) { what(t, d) })
		if !d.met {
			if n < 5 {
				t.Fatalf("there were only %d steps: the disk was not asked", n-1)
			}
			return
		}
	}
}

// torn is a place where a run was cut off in the middle of a line.
func torn(t *testing.T) (path string, s *State) {
	path, s = saved(t)
	journal, ends := journalOf(t, s, steps())
	must(t, os.WriteFile(path+".journal", journal[:ends[0]/2], 0o600))
	return path, s
}

// A run appends, takes a snapshot, and appends again; the process dies at one
// step. The next one finds every entry that was acknowledged, and at most the
// one that was on its way.
func TestCrashAtEveryStep(t *testing.T) {
	at(t, true, func(t *testing.T, d *troubled) {
		path, s := torn(t)
		store := newLocal(path, d)
		_, _, err := store.Load(t.Context())
		must(t, err)
		steps := steps()
		acknowledged := 0
		for i, e := range steps {
			if i == len(steps)/2 && store.Save(t.Context(), after(t, s, steps[:i]...).with(store.base)) != nil {
				break
			}
			if store.Append(t.Context(), e) != nil {
				break
			}
			acknowledged++
		}
		got, _, err := NewLocal(path).Load(t.Context())
		must(t, err)
		expectSteps(t, s, got, acknowledged)
		if d.met == (acknowledged == len(steps)) {
			t.Errorf("the crash was met: %v, and %d of %d entries were acknowledged", d.met, acknowledged, len(steps))
		}
	})
}

// with is a copy under another header, but for the number of the last entry.
func (s *State) with(h Header) *State {
	h.Seq = s.Seq
	next := s.share()
	next.Header = h
	return next
}

// expectSteps wants the first n of the steps on s, or one more.
func expectSteps(t *testing.T, s, got *State, n int) {
	t.Helper()
	all := steps()
	want := after(t, s, all[:n]...)
	more := after(t, s, all[:min(n+1, len(all))]...)
	if diff(want.with(got.Header), got) != "" && diff(more.with(got.Header), got) != "" {
		t.Errorf("%d entries were acknowledged, the state is another (-want +got):\n%s", n, diff(want.with(got.Header), got))
	}
}

// One step fails and the run goes on: the error is told, nothing is lost, and no
// entry is taken behind one that may be torn.
func TestErrorAtEveryStep(t *testing.T) {
	at(t, false, func(t *testing.T, d *troubled) {
		path, s := torn(t)
		store := newLocal(path, d)
		_, _, err := store.Load(t.Context())
		must(t, err)
		steps := steps()
		failed := false
		for i, e := range steps[:3] {
			err := store.Append(t.Context(), e)
			if failed && !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("entry %d after one that failed: got %v, want the first error again", i, err)
			}
			if failed = err != nil; failed {
				continue
			}
			s = after(t, s, e)
		}
		expectAll := func(when string) {
			t.Helper()
			if got, _, err := NewLocal(path).Load(t.Context()); err != nil || !hasAll(s, got) {
				t.Fatalf("%s, Load: %v, and something is lost (-want +got):\n%s", when, err, diff(s, got))
			}
		}
		expectAll("after the entries")
		snapshot := s.with(store.base)
		if err := store.Save(t.Context(), snapshot); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("Save: got %v, want the error of the disk", err)
		}
		expectTidy(t, path)
		d.mend()
		if store.Append(t.Context(), steps[3]) == nil {
			s = after(t, s, steps[3])
		}
		expectAll("after the snapshot and another entry")
		must(t, store.Save(t.Context(), snapshot), store.Append(t.Context(), steps[4]))
		expectTidy(t, path)
		got, notices, err := NewLocal(path).Load(t.Context())
		must(t, err)
		if d := diff(after(t, snapshot, steps[4]), got); d != "" || len(notices) > 0 {
			t.Errorf("after a Save that got through (-want +got), notices %v:\n%s", notices, d)
		}
	})
}

// hasAll reports whether got knows all that want does; it may know more, for a
// line whose fsync failed may be there all the same.
func hasAll(want, got *State) bool {
	for a, r := range want.Records {
		if !sameRecord(r, got.Records[a]) {
			return false
		}
	}
	for k, i := range want.Images {
		if got.Images[k] != i {
			return false
		}
	}
	return true
}

// expectTidy wants no file but those that belong there, for nobody else's eyes.
func expectTidy(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	for _, e := range entries {
		if e.Name() != "state.jsonl" && e.Name() != "state.jsonl.journal" {
			t.Errorf("%s was left behind", e.Name())
		}
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v and error %v, want 0600", e.Name(), info.Mode(), err)
		}
	}
}

// What makes a change durable is the order of the steps; a kill cannot show it,
// only a power failure.
func TestOrderOfSteps(t *testing.T) {
	path, s := torn(t)
	d := &listed{}
	store := newLocal(path, d)
	_, _, err := store.Load(t.Context())
	must(t, err)
	for _, test := range []struct {
		what string
		do   func() error
		want []string
	}{
		{"the first entry", func() error { return store.Append(t.Context(), steps()[0]) },
			[]string{"open .journal", "truncate .journal", "sync folder", "write .journal", "sync .journal"}},
		{"the next entry", func() error { return store.Append(t.Context(), steps()[1]) },
			[]string{"write .journal", "sync .journal"}},
		{"a snapshot", func() error { return store.Save(t.Context(), s) },
			[]string{"remove .tmp", "create .tmp", "write .tmp", "sync .tmp", "rename .tmp", "sync folder", "truncate .journal", "sync .journal"}},
	} {
		d.steps = nil
		must(t, test.do())
		if diff := cmp.Diff(test.want, d.steps); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
}

// listed is a disk that lists what is done to it.
type listed struct {
	osDisk
	steps []string
}

func (d *listed) list(verb, name string) {
	d.steps = append(d.steps, verb+" "+strings.TrimPrefix(filepath.Base(name), "state.jsonl"))
}

func (d *listed) create(name string) (file, error) {
	d.list("create", name)
	f, err := d.osDisk.create(name)
	return &listedFile{f, d, name}, err
}

func (d *listed) open(name string) (file, error) {
	d.list("open", name)
	f, err := d.osDisk.open(name)
	return &listedFile{f, d, name}, err
}

func (d *listed) rename(from, to string) error {
	d.list("rename", from)
	return d.osDisk.rename(from, to)
}

func (d *listed) remove(name string) error {
	d.list("remove", name)
	return d.osDisk.remove(name)
}

func (d *listed) syncDir(dir string) error {
	d.steps = append(d.steps, "sync folder")
	return d.osDisk.syncDir(dir)
}

type listedFile struct {
	file
	disk *listed
	name string
}

func (f *listedFile) Write(b []byte) (int, error) {
	f.disk.list("write", f.name)
	return f.file.Write(b)
}

func (f *listedFile) Sync() error {
	f.disk.list("sync", f.name)
	return f.file.Sync()
}

func (f *listedFile) Truncate(size int64) error {
	f.disk.list("truncate", f.name)
	return f.file.Truncate(size)
}

// A crash came between the new snapshot and the emptying of the journal, and
// then a record went back to what it had been. The old line must not return.
func TestOldJournalIsNotReplayedOnANewSnapshot(t *testing.T) {
	path, s := saved(t)
	store := NewLocal(path)
	_, _, err := store.Load(t.Context())
	must(t, err)
	must(t, store.Append(t.Context(), steps()...))
	old, err := os.ReadFile(path + ".journal")
	must(t, err)
	must(t, store.Save(t.Context(), s), store.Close())
	must(t, os.WriteFile(path+".journal", old, 0o600))

	store = NewLocal(path)
	got, _, err := store.Load(t.Context())
	must(t, err)
	if d := diff(s, got); d != "" || store.JournalSize() != 0 {
		t.Errorf("old entries were replayed (-want +got), %d bytes:\n%s", store.JournalSize(), d)
	}
	e := Entry{Seq: 50, Kind: EntryRecord, Record: &Record{Address: spu("new"), RemoteID: "1"}}
	must(t, store.Append(t.Context(), e), store.Close())
	got, _, err = NewLocal(path).Load(t.Context())
	must(t, err)
	if d := diff(after(t, s, e), got); d != "" {
		t.Errorf("what came after them is another (-want +got):\n%s", d)
	}
}

// Without its snapshot a journal cannot be read. To start afresh would empty it.
func TestJournalWithoutSnapshotIsNotThrownAway(t *testing.T) {
	path, _ := saved(t)
	store := NewLocal(path)
	_, _, err := store.Load(t.Context())
	must(t, err)
	must(t, store.Append(t.Context(), steps()...), store.Close(), os.Remove(path))
	_, _, err = NewLocal(path).Load(t.Context())
	if e, ok := errors.AsType[*OrphanError](err); !ok || e.Snapshot != path || e.Journal != path+".journal" {
		t.Errorf("got %v, want an OrphanError", err)
	}
	must(t, os.WriteFile(path+".journal", []byte("torn"), 0o600))
	if _, _, err := NewLocal(path).Load(t.Context()); !errors.Is(err, ErrNoState) {
		t.Errorf("nothing but a torn line: got %v, want ErrNoState", err)
	}
}

func TestBadFilesAreNamed(t *testing.T) {
	path, s := saved(t)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(">>>>>>> theirs\n")
	must(t, err, f.Close())
	_, _, err = NewLocal(path).Load(t.Context())
	e, ok := errors.AsType[*LineError](err)
	if want := 1 + len(s.Records) + len(s.Images) + 1; !ok || e.File != path || e.Line != want {
		t.Errorf("got %v, want a LineError of %s:%d", err, path, want)
	}
}
