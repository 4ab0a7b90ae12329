package state

import (
	"bytes"
	"context"
	"sync"

	"github.com/shopctl/shopctl/lang"
)

// Memory is a Store and Locker that lasts as long as the process: for tests of
// whatever uses a state, and for runs that shall leave nothing behind. It keeps
// the same bytes that Local would keep in files. Its zero value is ready.
type Memory struct {
	mu       sync.Mutex
	snapshot []byte
	journal  []byte
	base     Header
	holder   *LockInfo
}

// NewMemory is a place without a state.
func NewMemory() *Memory { return new(Memory) }

// Where says that it is no place at all.
func (m *Memory) Where() string { return "memory" }

// Load implements Store.
func (m *Memory) Load(ctx context.Context) (*State, []lang.Text, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if m.snapshot == nil {
		return nil, nil, ErrNoState
	}
	s, err := Decode(bytes.NewReader(m.snapshot))
	if err != nil {
		return nil, nil, err
	}
	found, err := replay(s, m.journal)
	if err != nil {
		return nil, nil, err
	}
	m.base = s.Header
	return s, found.notices(m.Where()), nil
}

// Save implements Store.
func (m *Memory) Save(ctx context.Context, s *State) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	next := *s
	next.Serial++
	var b bytes.Buffer
	if err := Encode(&b, &next); err != nil {
		return err
	}
	m.snapshot, m.journal = b.Bytes(), nil
	s.Header, m.base = next.Header, next.Header
	return nil
}

// Append implements Store.
func (m *Memory) Append(ctx context.Context, entries ...Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.base.Lineage == "" {
		return ErrUnbased
	}
	lines, err := encodeJournal(m.base, entries)
	m.journal = append(m.journal, lines...)
	return err
}

// JournalSize implements Store.
func (m *Memory) JournalSize() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.journal))
}

// Close does nothing: what was kept can be loaded again.
func (m *Memory) Close() error { return nil }

// Lock implements Locker.
func (m *Memory) Lock(ctx context.Context, info LockInfo) ([]lang.Text, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case m.holder != nil:
		return nil, &LockError{Holder: *m.holder}
	}
	m.holder = &info
	return nil, nil
}

// Unlock implements Locker.
func (m *Memory) Unlock(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.holder == nil:
		return ErrNotLocked
	case m.holder.ID != id:
		return &LockError{Holder: *m.holder}
	}
	m.holder = nil
	return nil
}

// Holder implements Locker.
func (m *Memory) Holder(context.Context) (*LockInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return cloneValue(m.holder), nil
}

// Break implements Locker. The holder is this process, and lives.
func (m *Memory) Break(context.Context, string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return refuseToBreak(m.holder)
}
