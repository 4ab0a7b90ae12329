// Package statetest is what every Store and Locker promises, as tests. A new
// store calls TestStore from a test of its own and is done when that passes.
package statetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Open gives a handle on a place that is empty when a test begins. Called again
// with the same t, it gives another handle on the same place, as another process
// would have it.
type Open func(t *testing.T) state.Backend

// Shop owns the states of the tests.
var Shop = state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"}

// At is a time with more digits than a second.
var At = time.Date(2026, 11, 22, 8, 0, 0, 123456789, time.UTC)

// TestStore runs the contract.
func TestStore(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"a place without a state answers ErrNoState", emptyPlace},
		{"what was saved is loaded, whole", roundTrip},
		{"the serial rises with every snapshot and the lineage stays", serials},
		{"an entry is there as soon as Append returns", appendThenLoad},
		{"nothing is appended to a state that was not loaded", appendUnbased},
		{"entries of one call stay in order", appendOrder},
		{"goroutines append together and nothing is lost", appendTogether},
		{"a snapshot empties the journal", saveEmptiesJournal},
		{"entries extend a snapshot that was made meanwhile", appendAfterSave},
		{"a store that was closed can be opened again", reopen},
		{"a call whose context has ended does nothing", ended},
		{"one lock at a time", exclusion},
		{"only the holder's id unlocks", unlockByID},
		{"a lock is not broken while its holder lives", breakLock},
		{"a session leaves what the next one finds", sessions},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

func emptyPlace(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	if _, _, err := store.Load(t.Context()); !errors.Is(err, state.ErrNoState) {
		t.Errorf("Load: got %v, want ErrNoState", err)
	}
	if store.JournalSize() != 0 {
		t.Errorf("JournalSize is %d, want 0", store.JournalSize())
	}
	if store.Where() == "" {
		t.Error("Where is empty: people must know where the state is")
	}
	if holder, err := store.Holder(t.Context()); holder != nil || err != nil {
		t.Errorf("Holder: got %v and %v, want nobody", holder, err)
	}
}

func roundTrip(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	want := Full()
	save(t, store, want)
	same(t, load(t, store), want)
}

func serials(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	s := Full()
	lineage := s.Lineage
	for want := uint64(1); want <= 3; want++ {
		save(t, store, s)
		got := load(t, store)
		if s.Serial != want || got.Serial != want || got.Lineage != lineage {
			t.Fatalf("after snapshot %d: Save set serial %d, Load gives serial %d and lineage %s, want lineage %s", want, s.Serial, got.Serial, got.Lineage, lineage)
		}
	}
}

func appendThenLoad(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	want := Full()
	save(t, store, want)
	for _, e := range Entries(want.Seq) {
		put(t, store, e)
		apply(t, want, e)
		other := open(t)
		same(t, load(t, other), want)
		done(t, other)
	}
	if store.JournalSize() == 0 {
		t.Error("JournalSize is 0 after entries were appended")
	}
}

func appendUnbased(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	if err := store.Append(t.Context(), Entries(0)...); err == nil {
		t.Error("Append without Load or Save: got no error")
	}
}

func appendOrder(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	save(t, store, state.New(Shop))
	var entries []state.Entry
	for i := range 50 {
		entries = append(entries, recordEntry(uint64(i+1), "719", fmt.Sprint(i)))
	}
	put(t, store, entries...)
	if got := load(t, store).Records[spu("719")].RemoteID; got != "49" {
		t.Errorf("the last of 50 entries for an object is not the one that stands: %s", got)
	}
}

func appendTogether(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	save(t, store, state.New(Shop))
	const goroutines, each = 16, 20
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				n := g*each + i
				if err := store.Append(t.Context(), recordEntry(uint64(n+1), fmt.Sprint(n), "1")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s := load(t, store)
	if len(s.Records) != goroutines*each || s.Seq != goroutines*each {
		t.Errorf("got %d records and seq %d, want %d of both", len(s.Records), s.Seq, goroutines*each)
	}
}

func saveEmptiesJournal(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	save(t, store, state.New(Shop))
	put(t, store, recordEntry(1, "719", "1"))
	s := load(t, store)
	delete(s.Records, spu("719"))
	save(t, store, s)
	if store.JournalSize() != 0 {
		t.Errorf("JournalSize is %d after Save, want 0", store.JournalSize())
	}
	same(t, load(t, store), s)
}

func appendAfterSave(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	s := state.New(Shop)
	save(t, store, s)
	put(t, store, recordEntry(1, "a", "1"))
	apply(t, s, recordEntry(1, "a", "1"))
	save(t, store, s)
	put(t, store, recordEntry(2, "b", "2"))
	apply(t, s, recordEntry(2, "b", "2"))
	same(t, load(t, store), s)
}

func reopen(t *testing.T, open Open) {
	first := open(t)
	s := state.New(Shop)
	save(t, first, s)
	put(t, first, recordEntry(1, "a", "1"))
	apply(t, s, recordEntry(1, "a", "1"))
	done(t, first)

	second := open(t)
	defer done(t, second)
	same(t, load(t, second), s)
	put(t, second, recordEntry(2, "b", "2"))
	apply(t, s, recordEntry(2, "b", "2"))
	same(t, load(t, second), s)
}

func ended(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	s := state.New(Shop)
	save(t, store, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Append(ctx, recordEntry(1, "a", "1")); err == nil {
		t.Error("Append: got no error")
	}
	if err := store.Save(ctx, s); err == nil {
		t.Error("Save: got no error")
	}
	if _, err := store.Lock(ctx, info("late")); err == nil {
		t.Error("Lock: got no error")
	}
	same(t, load(t, store), s)
}

func exclusion(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	other := open(t)
	defer done(t, other)
	lock(t, store, "first")

	for name, l := range map[string]state.Locker{"the same handle": store, "another handle": other} {
		_, err := l.Lock(t.Context(), info("second"))
		if e, ok := errors.AsType[*state.LockError](err); !ok || !isHolder(&e.Holder, "first") {
			t.Errorf("%s: Lock: got %v, want a LockError that names the holder", name, err)
		}
		holder, err := l.Holder(t.Context())
		if err != nil || !isHolder(holder, "first") {
			t.Errorf("%s: Holder: got %v and %v, want the first", name, holder, err)
		}
	}
	unlock(t, store, "first")
	if holder, err := other.Holder(t.Context()); holder != nil || err != nil {
		t.Errorf("after Unlock: Holder: got %v and %v, want nobody", holder, err)
	}
	lock(t, other, "second")
	unlock(t, other, "second")
}

func unlockByID(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	if err := store.Unlock(t.Context(), "nobody"); !errors.Is(err, state.ErrNotLocked) {
		t.Errorf("Unlock without a lock: got %v, want ErrNotLocked", err)
	}
	lock(t, store, "mine")
	if err := store.Unlock(t.Context(), "yours"); err == nil {
		t.Error("Unlock with another's id: got no error")
	}
	if holder, _ := store.Holder(t.Context()); holder == nil {
		t.Error("the lock is gone after an Unlock that was refused")
	}
	unlock(t, store, "mine")
}

func breakLock(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	other := open(t)
	defer done(t, other)
	if err := other.Break(t.Context(), "nobody"); !errors.Is(err, state.ErrNotLocked) {
		t.Errorf("Break without a lock: got %v, want ErrNotLocked", err)
	}
	lock(t, store, "alive")
	for _, id := range []string{"alive", "somebody else"} {
		if _, refused := errors.AsType[*state.LockError](other.Break(t.Context(), id)); !refused {
			t.Errorf("Break(%q): want a LockError, because the holder is this process", id)
		}
	}
	unlock(t, store, "alive")
}

func sessions(t *testing.T, open Open) {
	store := open(t)
	defer done(t, store)
	want := &state.Record{Address: spu("719"), RemoteID: "9007199254740993"}
	for run := range 3 {
		s, notices, err := state.Open(t.Context(), store, Shop, info("run"))
		if err != nil || len(notices) != 0 {
			t.Fatalf("Open: %v, notices %v", err, notices)
		}
		if got := s.Record(want.Address); run > 0 && !cmp.Equal(got, want) {
			t.Errorf("run %d found %v, want %v", run, got, want)
		}
		if err := errors.Join(s.Put(t.Context(), want, 0), s.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	if got := load(t, store).Serial; got != 2 {
		t.Errorf("serial is %d, want 2: one for the birth, one for the first run, none for runs that change nothing", got)
	}
}

// Full is a state in which every member of every type is set.
func Full() *state.State {
	s := state.New(Shop)
	s.Seq = 12
	at := At
	s.Records[spu("719")] = &state.Record{
		Address: spu("719"), RemoteID: "9007199254740993", SKUIDs: schema.SKUIDs{{OutSKUID: "27359029914", SKUID: "9007199254740995"}},
		Stamp: "sc1-00112233445566778899aabbccddeeff", Version: "spring-2", SubmittedAt: &at,
		Memo:    map[string]string{"title": "毛毯 <100*150cm> & more", "desc": "#5f2b"},
		AuditID: "RQAAA1", AuditPending: true, Withdrawn: true, Repushed: true, Burnt: true,
		Rejected:    &state.Rejection{Stamp: "sc1-ffeeddccbbaa99887766554433221100", Reason: "图片不清晰", At: at},
		BannedStamp: "sc1-0123456789abcdef0123456789abcdef", OnRemove: schema.OnRemoveDelete,
		History: []state.Verdict{{Kind: state.VerdictRejected, At: at, SubmittedAt: &at, Category: "1445", Stamp: "sc1-ffeeddccbbaa99887766554433221100", Reason: "图片不清晰", Said: "双十一换图"}},
		Reason:  "双十一换图",
	}
	s.Records[spu("718")] = &state.Record{
		Address: spu("718"), Stamp: "sc1-ffeeddccbbaa99887766554433221100", SubmittedAt: &at, Memo: map[string]string{"third_cat_id": "1445"},
		History: []state.Verdict{{Kind: state.VerdictApproved, At: at.Add(time.Hour), SubmittedAt: &at, Category: "1445", Stamp: "sc1-ffeeddccbbaa99887766554433221100"}},
	}
	s.Records[schema.Address{Kind: schema.KindMerchant}] = &state.Record{Address: schema.Address{Kind: schema.KindMerchant}}
	s.Images["sha256:00"] = state.ImageRecord{URL: "https://mmecimage.cn/p/1?a=1&b=2", At: at}
	s.Intents[11] = state.Intent{Address: spu("720"), Call: "add", Stamp: "sc1-0", At: at, Submits: true}
	s.Submissions[9] = state.Submission{Address: spu("719"), At: at}
	s.Submissions[11] = state.Submission{Address: spu("720"), At: at}
	s.Limits[state.LimitHour] = state.Limit{On: state.LimitHour, Count: 150, At: at, Until: at.Add(24 * time.Hour)}
	return s
}

// Entries are entries of every kind that follow number seq and fit Full.
func Entries(seq uint64) []state.Entry {
	a := spu("719")
	answered := At.Add(time.Second)
	return []state.Entry{
		{Seq: seq + 1, Kind: state.EntryIntent, Intent: &state.Intent{Address: spu("721"), Call: "update", At: At, Submits: true}},
		{Seq: seq + 2, Kind: state.EntryRecord, Record: &state.Record{Address: spu("721"), RemoteID: "2", SubmittedAt: &answered}, Settles: seq + 1},
		{Seq: seq + 3, Kind: state.EntryImage, Key: "sha256:01", Image: &state.ImageRecord{URL: "https://mmecimage.cn/p/2", At: At}},
		{Seq: seq + 4, Kind: state.EntryForget, Address: &a},
		{Seq: seq + 5, Kind: state.EntryPrune, Key: "sha256:00"},
		{Seq: seq + 6, Kind: state.EntrySettle, Settles: 11, Refused: true},
		{Seq: seq + 7, Kind: state.EntryLimit, Limit: &state.Limit{On: "spu.719", At: At, Until: At.Add(time.Hour)}},
	}
}

func spu(name string) schema.Address { return schema.Address{Kind: schema.KindSPU, Name: name} }

func recordEntry(seq uint64, name, remoteID string) state.Entry {
	return state.Entry{Seq: seq, Kind: state.EntryRecord, Record: &state.Record{Address: spu(name), RemoteID: remoteID}}
}

func info(id string) state.LockInfo {
	host, _ := os.Hostname() // an empty name is as good in a test
	return state.LockInfo{ID: id, Operation: "apply", Who: "ci@" + host, Host: host, PID: os.Getpid(), Version: "test", Since: At}
}

// isHolder reports whether it is the holder that info names. When a lease ends is
// for the store to say.
func isHolder(holder *state.LockInfo, id string) bool {
	if holder == nil {
		return false
	}
	want := info(id)
	want.Expires = holder.Expires
	return cmp.Equal(*holder, want)
}

func same(t *testing.T, got, want *state.State) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the state is another one (-want +got):\n%s", diff)
	}
}
