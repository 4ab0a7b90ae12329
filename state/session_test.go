package state

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/schema"
)

func open(t testing.TB, store Backend) *Session {
	t.Helper()
	s, _, err := Open(t.Context(), store, sampleShop, LockInfo{Operation: "apply"})
	must(t, err)
	return s
}

// onDisk is what another process would read now.
func onDisk(t testing.TB, path string) *State {
	t.Helper()
	s, _, err := Read(t.Context(), NewLocal(path), sampleShop)
	must(t, err)
	return s
}

func TestEveryChangeIsOnTheDiskWhenItReturns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	s := open(t, NewLocal(path))
	check := func(what string) {
		t.Helper()
		if d := diff(onDisk(t, path), s.State()); d != "" {
			t.Errorf("after %s memory is not what is on the disk (-disk +memory):\n%s", what, d)
		}
	}
	seq, err := s.Announce(t.Context(), Intent{Address: spu("719"), Call: "spu/add", At: sampleTime})
	must(t, err)
	check("Announce")
	if in, ok := s.Intents()[seq]; !ok || in.Call != "spu/add" {
		t.Errorf("intent %d is not there: %v", seq, s.Intents())
	}
	must(t, s.Put(t.Context(), product("719"), seq))
	check("Put")
	if len(s.Intents()) != 0 || !cmp.Equal(s.Record(spu("719")), product("719")) {
		t.Errorf("after Put: intents %v, record %v", s.Intents(), s.Record(spu("719")))
	}
	must(t, s.PutImage(t.Context(), "sha256:00", "https://mmecimage.cn/p/1", sampleTime))
	check("PutImage")
	if url, ok := s.Image("sha256:00"); !ok || url != "https://mmecimage.cn/p/1" {
		t.Errorf("Image gives %q, %v", url, ok)
	}
	must(t, s.PruneImage(t.Context(), "sha256:00"))
	check("PruneImage")
	if _, ok := s.Image("sha256:00"); ok {
		t.Error("the picture is there after PruneImage")
	}
	seq, err = s.Announce(t.Context(), Intent{Address: spu("719"), Call: "spu/del", At: sampleTime})
	must(t, err, s.Forget(t.Context(), spu("719"), seq))
	check("Forget")
	seq, err = s.Announce(t.Context(), Intent{Address: spu("720"), Call: "spu/add", At: sampleTime})
	must(t, err, s.Settle(t.Context(), seq))
	check("Settle")
	if len(s.Intents()) != 0 || s.Record(spu("719")) != nil {
		t.Errorf("at the end: intents %v, record %v", s.Intents(), s.Record(spu("719")))
	}
}

func TestWhatIsKnownIsNotWrittenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	store := NewLocal(path)
	s := open(t, store)
	must(t, s.Put(t.Context(), product("719"), 0), s.PutImage(t.Context(), "k", "u", sampleTime))
	size := store.JournalSize()
	for name, change := range map[string]func() error{
		"the same record":            func() error { return s.Put(t.Context(), product("719"), 0) },
		"a settled call":             func() error { return s.Put(t.Context(), product("719"), 77) },
		"the same picture":           func() error { return s.PutImage(t.Context(), "k", "u", sampleTime.AddDate(0, 0, 1)) },
		"an object nobody knows":     func() error { return s.Forget(t.Context(), spu("720"), 0) },
		"a call nobody announced":    func() error { return s.Settle(t.Context(), 77) },
		"what a record was given as": func() error { return s.Put(t.Context(), s.Record(spu("719")), 0) },
	} {
		if must(t, change()); store.JournalSize() != size {
			t.Errorf("%s was written to the journal", name)
		}
	}
	seq, err := s.Announce(t.Context(), Intent{Address: spu("719"), Call: "spu/update", At: sampleTime})
	must(t, err)
	size = store.JournalSize()
	must(t, s.Put(t.Context(), product("719"), seq))
	if store.JournalSize() == size || len(s.Intents()) != 0 {
		t.Error("the same record did not settle its call")
	}
}

func TestSessionWithoutChangesWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "state.jsonl")
	fresh := open(t, NewLocal(path))
	if st := fresh.State(); st.Serial != 0 || st.Lineage != "" || st.Shop != sampleShop {
		t.Errorf("a state that is not there yet has the header %+v", st.Header)
	}
	must(t, fresh.Close(t.Context()), fresh.Close(t.Context()))
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a run that changed nothing has made a state file: %v", err)
	}

	path, _ = saved(t)
	before, err := os.ReadFile(path)
	must(t, err, open(t, NewLocal(path)).Close(t.Context()))
	now, err := os.ReadFile(path)
	if must(t, err); string(now) != string(before) {
		t.Errorf("a run that changed nothing has written another snapshot")
	}
}

func TestCloseFoldsTheJournal(t *testing.T) {
	path, before := saved(t)
	store := NewLocal(path)
	s := open(t, store)
	ctx, cancel := context.WithCancel(t.Context())
	must(t, s.Put(ctx, product("719"), 0))
	cancel() // an interrupt
	must(t, s.Put(ctx, product("720"), 0))
	if _, err := s.Announce(ctx, Intent{Address: spu("721"), Call: "spu/add", At: sampleTime}); !errors.Is(err, context.Canceled) {
		t.Errorf("a call was announced after the interrupt: %v", err)
	}
	must(t, s.Close(ctx))

	snapshot, err := os.Open(path)
	must(t, err)
	defer snapshot.Close()
	got, err := Decode(snapshot)
	must(t, err)
	if got.Serial != before.Serial+1 || got.Lineage != before.Lineage || got.Records[spu("719")] == nil || got.Records[spu("720")] == nil {
		t.Errorf("the snapshot has header %+v and %d records", got.Header, len(got.Records))
	}
	if holder, err := store.Holder(t.Context()); holder != nil || err != nil {
		t.Errorf("the lock is still held: %v, %v", holder, err)
	}
	if err := s.Put(t.Context(), product("722"), 0); !errors.Is(err, errClosed) {
		t.Errorf("Put after Close: got %v", err)
	}
}

// A run that died with calls on their way tells the next one.
func TestOpenIntentsSurvive(t *testing.T) {
	store := NewMemory()
	s := open(t, store)
	first, err := s.Announce(t.Context(), Intent{Address: spu("719"), Call: "spu/add", At: sampleTime})
	must(t, err, s.Close(t.Context()))

	s, notices, err := Open(t.Context(), store, sampleShop, LockInfo{})
	must(t, err)
	if in := s.Intents()[first]; in.Address != spu("719") {
		t.Errorf("the intent is gone after a snapshot: %v", s.Intents())
	}
	if len(notices) != 1 || !strings.Contains(notices[0].EN, "in the middle of 1 calls") {
		t.Errorf("notices are %v", notices)
	}
	second, err := s.Announce(t.Context(), Intent{Address: spu("720"), Call: "spu/add", At: sampleTime})
	if must(t, err); second <= first {
		t.Errorf("number %d follows %d", second, first)
	}
}

func TestStateOfAnotherShopIsRefused(t *testing.T) {
	store := NewMemory()
	must(t, store.Save(t.Context(), New(sampleShop)))
	other := ShopID{Platform: "component", AppID: "wxffff"}
	for name, load := range map[string]func() error{
		"Open": func() error { _, _, err := Open(t.Context(), store, other, LockInfo{}); return err },
		"Read": func() error { _, _, err := Read(t.Context(), store, other); return err },
	} {
		e, ok := errors.AsType[*WrongShopError](load())
		if !ok || e.Have != sampleShop || e.Want != other {
			t.Errorf("%s: got %v, want a WrongShopError", name, e)
		}
	}
	if holder, _ := store.Holder(t.Context()); holder != nil {
		t.Error("the lock of the refused run is still held")
	}
}

// What a caller was given, or gave, is its own.
func TestCallersCannotChangeMemory(t *testing.T) {
	s := open(t, NewMemory())
	mine := product("719")
	must(t, s.Put(t.Context(), mine, 0))
	earlier := s.State()
	mine.Memo["title"] = "changed by the giver"
	s.Record(spu("719")).Memo["title"] = "changed by the taker"
	s.Intents()[5] = Intent{}
	if !cmp.Equal(s.Record(spu("719")), product("719")) || len(s.Intents()) != 0 {
		t.Error("memory was changed from outside")
	}
	must(t, s.Put(t.Context(), &Record{Address: spu("719")}, 0), s.Forget(t.Context(), spu("720"), 0))
	if !cmp.Equal(earlier.Records[spu("719")], product("719")) {
		t.Error("a State that was given out has changed")
	}
}

// failing is a store that refuses to write on demand.
type failing struct {
	*Memory
	mu           sync.Mutex
	append, save error
	saves        int
}

func (f *failing) set(append, save error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.append, f.save = append, save
}

func (f *failing) Append(ctx context.Context, entries ...Entry) error {
	f.mu.Lock()
	err := f.append
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return f.Memory.Append(ctx, entries...)
}

func (f *failing) Save(ctx context.Context, s *State) error {
	f.mu.Lock()
	f.saves++
	err := f.save
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return f.Memory.Save(ctx, s)
}

func TestMemoryNeverKnowsMoreThanTheDisk(t *testing.T) {
	store := &failing{Memory: NewMemory()}
	s := open(t, store)
	store.set(nil, errTrouble)
	if err := s.Put(t.Context(), product("719"), 0); !errors.Is(err, errTrouble) || s.Record(spu("719")) != nil {
		t.Errorf("the new state could not be made: got %v, and the record is %v", err, s.Record(spu("719")))
	}
	store.set(nil, nil)
	must(t, s.Put(t.Context(), product("719"), 0))
	store.set(errTrouble, nil)
	_, err := s.Announce(t.Context(), Intent{Address: spu("719"), Call: "spu/update", At: sampleTime})
	for what, err := range map[string]error{
		"Announce": err,
		"Put":      s.Put(t.Context(), product("720"), 0),
		"PutImage": s.PutImage(t.Context(), "k", "u", sampleTime),
		"Forget":   s.Forget(t.Context(), spu("719"), 0),
	} {
		if !errors.Is(err, errTrouble) {
			t.Errorf("%s: got %v, want the error of the store", what, err)
		}
	}
	if st := s.State(); len(st.Records) != 1 || len(st.Images) != 0 || len(st.Intents) != 0 {
		t.Errorf("memory knows what was not written: %v", st)
	}
}

func TestJournalIsFoldedWhenItIsLong(t *testing.T) {
	store := &failing{Memory: NewMemory()}
	s := open(t, store)
	s.foldAt = 1000
	put := func(n int) {
		for range n {
			must(t, s.Put(t.Context(), product(fmt.Sprint(s.State().Seq)), 0))
		}
	}
	put(1)
	if store.saves != 2 || store.JournalSize() != 0 {
		t.Fatalf("%d snapshots and %d bytes of journal, want 2 (birth, fold) and none", store.saves, store.JournalSize())
	}
	if s.due() != foldAt {
		t.Errorf("the next fold is due at %d bytes, want %d", s.due(), foldAt)
	}
	s.foldAt = 1000
	store.set(nil, errTrouble)
	put(5) // the entries are safe in the journal, so nobody is told yet
	if store.saves > 4 {
		t.Errorf("a snapshot that fails was tried %d times for 5 changes", store.saves-2)
	}
	if err := s.Close(t.Context()); !errors.Is(err, errTrouble) {
		t.Errorf("Close: got %v, want the error of the snapshot", err)
	}
	st, _, err := Read(t.Context(), store, sampleShop)
	if must(t, err); len(st.Records) != 6 {
		t.Errorf("%d records are left of 6", len(st.Records))
	}
	if holder, _ := store.Holder(t.Context()); holder != nil {
		t.Error("the lock is still held after a Close that failed")
	}
}

// lagging is a store in which every second entry is durable long before its
// Append returns.
type lagging struct {
	*Memory
	calls atomic.Int64
}

func (l *lagging) Append(ctx context.Context, entries ...Entry) error {
	err := l.Memory.Append(ctx, entries...)
	if l.calls.Add(1)%2 == 1 {
		for range 100 {
			runtime.Gosched()
		}
	}
	return err
}

// The last change of an object on the disk is the last one in memory.
func TestChangesOfOneObjectKeepTheirOrder(t *testing.T) {
	store := &lagging{Memory: NewMemory()}
	s := open(t, store)
	for round := range 50 {
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				if err := s.Put(t.Context(), &Record{Address: spu("719"), RemoteID: fmt.Sprint(round, g)}, 0); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		disk, _, err := store.Load(t.Context())
		must(t, err)
		if got, want := s.Record(spu("719")).RemoteID, disk.Records[spu("719")].RemoteID; got != want {
			t.Fatalf("round %d: memory has %q, the disk has %q", round, got, want)
		}
	}
}

// Plan and status read beside a run, without its lock and through its
// snapshots. They see all that was done before they began to look.
func TestReadBesideARun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	s := open(t, NewLocal(path))
	must(t, s.Put(t.Context(), product("0"), 0))
	var done atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := int64(1); i <= 150; i++ {
			if i%10 == 0 {
				s.foldNow()
			}
			if err := s.Put(t.Context(), &Record{Address: spu(fmt.Sprint(i))}, 0); err != nil {
				t.Error(err)
			}
			done.Store(i)
		}
	})
	for before := int64(0); before < 150; {
		before = done.Load()
		st, _, err := Read(t.Context(), NewLocal(path), sampleShop)
		must(t, err)
		for i := range before + 1 {
			if st.Records[spu(fmt.Sprint(i))] == nil {
				t.Fatalf("record %d of %d is not seen, at serial %d", i, before, st.Serial)
			}
		}
	}
	wg.Wait()
}

// foldNow makes the next change end in a snapshot.
func (s *Session) foldNow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.foldAt = 1
}

// Many goroutines write, some of them the same object; snapshots come between.
// In the end memory is what a new process reads.
func TestManyGoroutines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	store := NewLocal(path)
	s := open(t, store)
	s.foldAt = 4000
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := range 15 {
				own, shared := spu(fmt.Sprintf("own-%d-%d", g, i)), spu("shared")
				seq, err := s.Announce(t.Context(), Intent{Address: own, Call: "spu/add", At: sampleTime})
				if err != nil {
					t.Error(err)
				}
				err = errors.Join(
					s.Put(t.Context(), &Record{Address: own, RemoteID: strconv.Itoa(i)}, seq),
					s.Put(t.Context(), &Record{Address: shared, RemoteID: fmt.Sprint(g, i)}, 0),
					s.PutImage(t.Context(), schema.ImageKey(own.Name), "https://mmecimage.cn/"+own.Name, sampleTime))
				if err != nil {
					t.Error(err)
				}
				if i%5 == 0 && len(s.State().Records) == 0 {
					t.Error("the state is empty while it is written")
				}
			}
		})
	}
	wg.Wait()
	st := s.State()
	if len(st.Records) != 16*15+1 || len(st.Images) != 16*15 || len(st.Intents) != 0 {
		t.Errorf("%d records, %d images, %d intents", len(st.Records), len(st.Images), len(st.Intents))
	}
	if d := diff(onDisk(t, path), st); d != "" {
		t.Errorf("memory is not what is on the disk (-disk +memory):\n%s", d)
	}
	must(t, s.Close(t.Context()))
	if d := diff(st.with(onDisk(t, path).Header), onDisk(t, path)); d != "" {
		t.Errorf("the snapshot is not what was in memory:\n%s", d)
	}
}

// What is learned together is written together, and what is known is not written.
func TestPutAllIsPutOfEach(t *testing.T) {
	store := &counted{Memory: NewMemory()}
	s := open(t, store)
	var records []*Record
	images := map[schema.ImageKey]string{}
	for n := range 3 * together {
		id := fmt.Sprint(n)
		records = append(records, product(id))
		images[schema.ImageKey("sha256:"+id)] = "https://img/" + id
	}
	must(t, s.PutAll(t.Context(), records, images, sampleTime))
	if store.appends > 7 {
		t.Errorf("%d records and pictures took %d writes", len(records), store.appends)
	}
	wrote := store.appends
	must(t, s.PutAll(t.Context(), records, images, sampleTime))
	if store.appends != wrote {
		t.Error("what was known was written again")
	}
	changed := product("7")
	changed.Stamp = "sc1-other"
	must(t, s.PutAll(t.Context(), []*Record{changed}, nil, sampleTime))
	got, _, err := store.Load(t.Context())
	must(t, err)
	if len(got.Records) != len(records) || len(got.Images) != len(images) || got.Records[spu("7")].Stamp != "sc1-other" {
		t.Errorf("%d records and %d pictures are on the disk", len(got.Records), len(got.Images))
	}
	if d := cmp.Diff(product("8"), got.Records[spu("8")].Clone()); d != "" {
		t.Error(d)
	}
}

// counted counts the writes of entries.
type counted struct {
	*Memory
	appends int
}

func (c *counted) Append(ctx context.Context, entries ...Entry) error {
	c.appends++
	return c.Memory.Append(ctx, entries...)
}

// A call that is over is over, also when there is nothing to forget.
func TestForgettingNothingSettlesTheCall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	s := open(t, NewLocal(path))
	seq, err := s.Announce(t.Context(), Intent{Address: spu("719"), Call: "spu/del", At: sampleTime})
	must(t, err, s.Forget(t.Context(), spu("719"), seq))
	if left := onDisk(t, path).Intents; len(left) != 0 {
		t.Errorf("announced calls are left: %v", left)
	}
}
