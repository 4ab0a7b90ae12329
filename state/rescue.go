package state

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// Rescue is the folder that keeps what a store behind a network could not take:
// a file for each snapshot that the entries extend, in the form of a journal. An
// empty Dir keeps nothing.
type Rescue struct{ Dir string }

func (r Rescue) path(base Header) string {
	return filepath.Join(r.Dir, fmt.Sprintf("rescue-%s-%d.jsonl", base.Lineage, base.Serial))
}

// write replaces the file, and returns its path.
func (r Rescue) write(base Header, entries []Entry) (string, error) {
	lines, err := encodeJournal(base, entries)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(r.Dir, 0o755); err != nil {
		return "", err
	}
	_, err = replaceFile(osDisk{}, r.path(base), func(w io.Writer) error {
		_, err := w.Write(lines)
		return err
	})
	return r.path(base), err
}

// keepPending writes what is on its way to the file, because an attempt failed
// and the next may never come.
func (r *Remote) keepPending() {
	r.mu.Lock()
	defer r.mu.Unlock()
	entries := slices.Concat(r.unsaved, r.refused)
	for _, b := range []*batch{r.flying, r.next} {
		if b != nil {
			entries = append(entries, b.entries...)
		}
	}
	_ = r.keep(entries) // said when the last attempt has failed
}

// keepResults adds the results among entries to what is refused, writes all of
// that to the file, and names the file in err. Announcements are not kept: their
// calls are not made. The caller holds mu.
func (r *Remote) keepResults(entries []Entry, err error) error {
	results := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Kind == EntryIntent })
	r.refused = append(r.refused, results...)
	all := slices.Concat(r.unsaved, r.refused)
	if len(all) == 0 {
		return err
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	if failed := r.keep(all); failed != nil {
		return errors.Join(err, failed)
	}
	if r.kept == "" {
		return err
	}
	if lost, ok := errors.AsType[*LockLostError](err); ok {
		told := *lost
		told.Rescue = r.kept
		return &told
	}
	if told, ok := errors.AsType[*RescuedError](err); ok {
		return told
	}
	return &RescuedError{Path: r.kept, Err: err}
}

func (r *Remote) keep(entries []Entry) error {
	if r.rescue.Dir == "" {
		return nil
	}
	path, err := r.rescue.write(r.base, entries)
	if err != nil {
		return fmt.Errorf("keep what the store of the state could not take: %w", err)
	}
	r.kept = path
	return nil
}

// clearRescue removes the file: all of it is in the store. The caller holds mu.
func (r *Remote) clearRescue() {
	if r.kept == "" {
		return
	}
	if os.Remove(r.kept) == nil {
		r.kept = ""
	}
}

// Rescued is what a file of a Rescue holds.
type Rescued struct {
	Path    string
	Lineage string
	Serial  uint64
	Entries []Entry
}

// ReadRescued reads the file of a Rescue up to its first line that is not whole.
func ReadRescued(path string) (*Rescued, error) {
	lines, err := readRegular(path, maxJournal)
	if err != nil {
		return nil, err
	}
	found := &Rescued{Path: path}
	for n := 1; len(lines) > 0; n++ {
		line, rest, ended := bytes.Cut(lines, []byte("\n"))
		if !ended || !intact(line) {
			break
		}
		var j journalLine
		if err := decodeStrict(line, &j); err != nil {
			return nil, &EntryError{File: path, Line: n, Err: err}
		}
		found.Lineage, found.Serial = j.Lineage, j.Serial
		found.Entries = append(found.Entries, j.Entry)
		lines = rest
	}
	if len(found.Entries) == 0 {
		return nil, &LineError{File: path, Line: 1, Err: errors.New("there is no entry")}
	}
	return found, nil
}

// rescued are the files of a state that wait to be taken up.
func (r *Remote) rescued(lineage string) ([]*Rescued, error) {
	if r.rescue.Dir == "" || lineage == "" {
		return nil, nil
	}
	files, err := os.ReadDir(r.rescue.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var all []*Rescued
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), "rescue-"+lineage+"-") || !strings.HasSuffix(f.Name(), ".jsonl") {
			continue
		}
		found, err := ReadRescued(filepath.Join(r.rescue.Dir, f.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, found)
	}
	slices.SortFunc(all, func(a, b *Rescued) int { return cmp.Compare(a.Entries[0].Seq, b.Entries[0].Seq) })
	return all, nil
}

// TakeUp makes true what a run could not write, and removes its file.
//
// When nothing has happened in the state since, that is all that is not in it.
// Otherwise it is what still answers a question of the state: results of calls
// that are open in it. The rest was read from the shop by the run that came
// between.
func (s *Session) TakeUp(ctx context.Context, found *Rescued) (lang.Text, error) {
	return s.takeUp(ctx, found, s.State())
}

func (s *Session) takeUp(ctx context.Context, found *Rescued, st *State) (lang.Text, error) {
	if found.Lineage != st.Lineage {
		return lang.Text{}, &LineageError{Have: found.Lineage, Want: st.Lineage}
	}
	var entries []Entry
	for _, e := range found.Entries {
		if e.Seq > st.Seq && found.Serial == st.Serial || found.answers(st, e) {
			entries = append(entries, e)
		}
	}
	numbers := map[uint64]uint64{}
	for _, e := range entries {
		was := e.Seq
		if now, renumbered := numbers[e.Settles]; renumbered {
			e.Settles = now
		}
		taken := []Entry{e}
		if err := s.commit(ctx, taken); err != nil {
			return lang.Text{}, err
		}
		numbers[was] = taken[0].Seq
	}
	if err := s.settleStore(ctx); err != nil {
		return lang.Text{}, err
	}
	return lang.F(
		"%d of %d entries that an earlier run could not write were taken up from %s.",
		"已从 %[3]s 并入先前运行未能写入的 %[2]d 条记录中的 %[1]d 条。",
		len(entries), len(found.Entries), found.Path), os.Remove(found.Path)
}

// answers reports whether an entry tells the outcome of a call that the state
// still asks for: the same call, not one that has taken its number since.
func (found *Rescued) answers(st *State, e Entry) bool {
	asked, open := st.Intents[e.Settles]
	if !open || e.Kind == EntryRecord && e.Record.Address != asked.Address {
		return false
	}
	for _, own := range found.Entries {
		if own.Seq == e.Settles {
			return own.Intent != nil && own.Intent.Address == asked.Address && own.Intent.At.Equal(asked.At)
		}
	}
	return true
}

// settleStore waits for a store that lags.
func (s *Session) settleStore(ctx context.Context) error {
	if lagging, ok := s.store.(interface{ Flush(context.Context) error }); ok {
		return lagging.Flush(ctx)
	}
	return nil
}

// outdate gives a lock that was taken over, and files that wait, their due: a
// new snapshot that outdates what may still arrive, and the entries.
func (s *Session) outdate(ctx context.Context) ([]lang.Text, error) {
	remote, ok := s.store.(*Remote)
	if !ok {
		return nil, nil
	}
	st := s.State()
	if remote.TookOver() && st.Lineage != "" {
		if err := s.refold(ctx); err != nil {
			return nil, err
		}
	}
	files, err := remote.rescued(st.Lineage)
	if err != nil {
		return nil, err
	}
	var notices []lang.Text
	for _, f := range files {
		notice, err := s.takeUp(ctx, f, st)
		if err != nil {
			return notices, err
		}
		notices = append(notices, notice)
	}
	return notices, nil
}

func (s *Session) refold(ctx context.Context) error {
	s.folding.Lock()
	defer s.folding.Unlock()
	return s.save(ctx, s.State())
}
