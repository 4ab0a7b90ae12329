package state

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// foldAt is the size in bytes from which a journal is folded into a snapshot in
// the middle of a run: some 8,000 finished calls.
const foldAt = 8 << 20

var errClosed = errors.New("the session of the state is closed")

// Session is a state for the length of one run, locked against other runs. Its
// methods may be called at the same time by many goroutines.
//
// Memory never knows more than the disk: a change is in the journal before it
// can be read back. Changes of one object are made in the order in which they
// are asked for; changes of different objects share their fsync.
type Session struct {
	store  Backend
	lockID string

	// turns hold back the second change of an object until the first is made.
	turns turns
	// folding is held shared while an entry is appended, alone during a snapshot.
	folding sync.RWMutex
	foldAt  int64

	mu     sync.RWMutex // guards what follows; never held while the disk works
	state  *State
	closed bool
}

// Open takes the lock, loads or starts the state of the shop, and returns
// notices for people. A state that is started has no lineage and no file until
// the first change. The caller closes the store after the session.
//
// The errors are those of Lock and Load, and *WrongShopError.
func Open(ctx context.Context, store Backend, shop ShopID, info LockInfo) (*Session, []lang.Text, error) {
	if info.ID == "" {
		info.ID = newLineage()
	}
	notices, err := store.Lock(ctx, info)
	if err != nil {
		return nil, nil, err
	}
	st, more, err := Read(ctx, store, shop)
	if err != nil {
		return nil, nil, errors.Join(err, store.Unlock(context.WithoutCancel(ctx), info.ID))
	}
	notices = append(notices, more...)
	if n := len(st.Intents); n > 0 {
		notices = append(notices, lang.F(
			"The last run ended in the middle of %d calls. The shop is asked first whether they happened.",
			"上一次运行有 %d 个请求尚无结果就中断了，将先向店铺查询它们是否已生效。", n))
	}
	session := &Session{
		store: store, lockID: info.ID,
		foldAt: foldAt, state: st,
	}
	more, err = session.outdate(context.WithoutCancel(ctx))
	if err != nil {
		return nil, nil, errors.Join(err, store.Unlock(context.WithoutCancel(ctx), info.ID))
	}
	return session, append(notices, more...), nil
}

// Read loads the state without locking it, for plan and status. A missing state
// is an empty one, with serial 0 and without lineage.
func Read(ctx context.Context, store Store, shop ShopID) (*State, []lang.Text, error) {
	st, notices, err := store.Load(ctx)
	switch {
	case errors.Is(err, ErrNoState):
		st = New(shop)
		st.Lineage = ""
		return st, nil, nil
	case err != nil:
		return nil, nil, err
	case st.Shop != shop:
		return nil, nil, &WrongShopError{Have: st.Shop, Want: shop}
	}
	return st, notices, nil
}

// State is the state as it is now. It does not change while the session goes on;
// its records are shared and must not be changed.
func (s *Session) State() *State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.share()
}

// Record is a copy of what is known of an object, nil when nothing is.
func (s *Session) Record(a schema.Address) *Record {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.Records[a].Clone()
}

// Image is the URL under which the platform knows a picture.
func (s *Session) Image(k schema.ImageKey) (url string, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, ok := s.state.Images[k]
	return i.URL, ok
}

// Intents are the calls that were announced and not settled, by number.
func (s *Session) Intents() map[uint64]Intent {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return maps.Clone(s.state.Intents)
}

// Announce remembers, durably, that a writing call is about to leave. Its number
// settles it later. When ctx has ended nothing is announced, and the call must
// not be made.
func (s *Session) Announce(ctx context.Context, in Intent) (seq uint64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return s.change(ctx, in.Address.String(), Entry{Kind: EntryIntent, Intent: &in}, nil)
}

// Put remembers r, and that the announced call settles is over; 0 settles
// nothing. It writes nothing when all of that is known already.
//
// Like PutImage, Forget and Settle it tells what has happened, so it is done
// even when ctx has ended.
func (s *Session) Put(ctx context.Context, r *Record, settles uint64) error {
	r = r.Packed()
	known := func(st *State) bool { return !st.open(settles) && sameRecord(st.Records[r.Address], r) }
	_, err := s.change(ctx, r.Address.String(), Entry{Kind: EntryRecord, Record: r, Settles: settles}, known)
	return err
}

// PutImage remembers under which URL the platform knows a picture since at.
func (s *Session) PutImage(ctx context.Context, k schema.ImageKey, url string, at time.Time) error {
	known := func(st *State) bool { return st.Images[k].URL == url }
	_, err := s.change(ctx, string(k), Entry{Kind: EntryImage, Key: k, Image: &ImageRecord{URL: url, At: at}}, known)
	return err
}

// together is how many entries of PutAll are one write.
const together = 512

// PutAll is Put of every record and PutImage of every picture, with few writes: what
// reading a large shop has taught. After an error some of them are remembered.
func (s *Session) PutAll(ctx context.Context, records []*Record, images map[schema.ImageKey]string, at time.Time) error {
	ctx = context.WithoutCancel(ctx)
	s.turns.many.Lock()
	defer s.turns.many.Unlock()
	var entries []Entry
	write := func(most int) error {
		if len(entries) <= most {
			return nil
		}
		err := s.write(ctx, entries)
		entries = entries[:0]
		return err
	}
	for key, url := range images {
		if known, ok := s.Image(key); !ok || known != url {
			entries = append(entries, Entry{Kind: EntryImage, Key: key, Image: &ImageRecord{URL: url, At: at}})
		}
		if err := write(together); err != nil {
			return err
		}
	}
	for _, r := range records {
		r = r.Packed()
		if !s.look(func(st *State) bool { return sameRecord(st.Records[r.Address], r) }) {
			entries = append(entries, Entry{Kind: EntryRecord, Record: r})
		}
		if err := write(together); err != nil {
			return err
		}
	}
	return write(0)
}

// PruneImage forgets a picture. It would be uploaded again when it is used again.
func (s *Session) PruneImage(ctx context.Context, k schema.ImageKey) error {
	known := func(st *State) bool { _, have := st.Images[k]; return !have }
	_, err := s.change(ctx, string(k), Entry{Kind: EntryPrune, Key: k}, known)
	return err
}

// Forget drops the record of an object, and settles like Put.
func (s *Session) Forget(ctx context.Context, a schema.Address, settles uint64) error {
	known := func(st *State) bool { return !st.open(settles) && st.Records[a] == nil }
	_, err := s.change(ctx, a.String(), Entry{Kind: EntryForget, Address: &a, Settles: settles}, known)
	return err
}

// Learn remembers what a refusal has taught of a quota.
func (s *Session) Learn(ctx context.Context, l Limit) error {
	known := func(st *State) bool { return st.Limits[l.On].same(l) }
	_, err := s.change(ctx, l.On, Entry{Kind: EntryLimit, Limit: &l}, known)
	return err
}

// Refuse remembers that the platform turned an announced call down: it left
// nothing to remember and used up nothing of the budget.
func (s *Session) Refuse(ctx context.Context, seq uint64) error {
	known := func(st *State) bool { return !st.open(seq) }
	_, err := s.change(ctx, turnOf(seq), Entry{Kind: EntrySettle, Settles: seq, Refused: true}, known)
	return err
}

// Settle remembers that an announced call left nothing to remember, or did not
// happen. A submission counts all the same: it may have reached the platform.
func (s *Session) Settle(ctx context.Context, seq uint64) error {
	known := func(st *State) bool { return !st.open(seq) }
	_, err := s.change(ctx, turnOf(seq), Entry{Kind: EntrySettle, Settles: seq}, known)
	return err
}

// turnOf is the key of an announced call. It is no address, no picture and no path.
func turnOf(seq uint64) string { return "#" + strconv.FormatUint(seq, 10) }

// open reports whether seq is an announced call that is not settled.
func (s *State) open(seq uint64) bool {
	_, open := s.Intents[seq]
	return open
}

// change makes an entry durable and then true in memory, unless it is known.
// Entries with the same key are made one after the other.
func (s *Session) change(ctx context.Context, key string, e Entry, known func(*State) bool) (uint64, error) {
	ctx = context.WithoutCancel(ctx)
	defer s.turns.take(key)()
	if known != nil && s.look(known) {
		return 0, nil
	}
	entries := []Entry{e}
	if err := s.write(ctx, entries); err != nil {
		return 0, err
	}
	return entries[0].Seq, nil
}

// write numbers entries, makes them durable in one write, and then true in memory.
func (s *Session) write(ctx context.Context, entries []Entry) error {
	if s.look(func(st *State) bool { return st.Lineage == "" }) {
		if err := s.begin(ctx); err != nil {
			return err
		}
	}
	if err := s.commit(ctx, entries); err != nil {
		return err
	}
	if s.store.JournalSize() > s.due() {
		s.foldEarly(ctx)
	}
	return nil
}

func (s *Session) look(question func(*State) bool) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return question(s.state)
}

func (s *Session) commit(ctx context.Context, entries []Entry) error {
	s.folding.RLock()
	defer s.folding.RUnlock()
	if err := s.usable(); err != nil {
		return err
	}
	for i := range entries {
		entries[i].Seq = s.number()
	}
	if err := s.store.Append(ctx, entries...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		if err := s.state.Apply(e); err != nil {
			return err
		}
	}
	return nil
}

// number takes the next number. Numbers of entries that fail are left out.
func (s *Session) number() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Seq++
	return s.state.Seq
}

func (s *Session) usable() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	return nil
}

// begin gives a new state its lineage and makes it durable.
func (s *Session) begin(ctx context.Context) error {
	s.folding.Lock()
	defer s.folding.Unlock()
	if err := s.usable(); err != nil {
		return err
	}
	st := s.State()
	if st.Lineage != "" {
		return nil
	}
	st.Lineage = newLineage()
	return s.save(ctx, st)
}

// save replaces the snapshot by st, which must hold all that memory does. The
// caller holds folding.
func (s *Session) save(ctx context.Context, st *State) error {
	before := st.Serial
	err := s.store.Save(ctx, st)
	if st.Serial == before {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Header = st.Header
	return err
}

func (s *Session) due() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.foldAt
}

// foldEarly folds a journal that has grown large. Others wait meanwhile, for as
// long as one snapshot takes (BenchmarkSave). When it fails nothing is lost, the
// entries being in the journal: it is tried again at twice the size, and at the
// latest by Close, which reports the error.
func (s *Session) foldEarly(ctx context.Context) {
	s.folding.Lock()
	defer s.folding.Unlock()
	size := s.store.JournalSize()
	if s.usable() != nil || size <= s.due() {
		return // Close or somebody else has folded it
	}
	st := s.State()
	// A large state is folded when the journal is about half as long, so that
	// filling it takes a few snapshots and not one for every 8 MiB.
	next := max(int64(foldAt), 512*int64(len(st.Records)))
	if s.save(ctx, st) != nil {
		next = 2 * size
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.foldAt = next
}

// Close folds the journal into a snapshot, if there is anything in it, and gives
// the lock back, even when ctx has ended. It may be called again. The entries
// stay in the journal when the snapshot cannot be written.
func (s *Session) Close(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	s.folding.Lock()
	defer s.folding.Unlock()
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if again {
		return nil
	}
	var err error
	if s.store.JournalSize() > 0 {
		err = s.save(ctx, s.State())
	}
	return errors.Join(err, s.store.Unlock(ctx, s.lockID))
}
