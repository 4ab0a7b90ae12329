package push

import (
	"crypto/sha256"
	"sync"
	"time"
)

// memory knows the messages of the last while, so that one that comes again is
// noticed. Only what was signed by the platform gets in, so strangers cannot fill
// it; should the platform itself send more than maxSeen, the oldest half goes.
type memory struct {
	keep time.Duration
	now  func() time.Time

	mu         sync.Mutex
	born       time.Time // of the younger generation
	young, old generation
}

type digest = [sha256.Size]byte

type generation struct {
	messages map[digest]bool
	bound    map[string]digest // by signature
}

const maxSeen = 100_000

func newMemory(keep time.Duration, now func() time.Time) *memory {
	return &memory{keep: keep, now: now, born: now(), young: newGeneration(), old: newGeneration()}
}

func newGeneration() generation {
	return generation{messages: map[digest]bool{}, bound: map[string]digest{}}
}

// age makes room: what is younger than keep is never forgotten while there is room.
func (m *memory) age() {
	now := m.now()
	if len(m.young.messages)+len(m.young.bound) < maxSeen && now.Sub(m.born) < m.keep {
		return
	}
	m.old, m.young, m.born = m.young, newGeneration(), now
}

// add remembers a message and reports whether it is new.
func (m *memory) add(d digest) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age()
	if m.young.messages[d] || m.old.messages[d] {
		return false
	}
	m.young.messages[d] = true
	return true
}

// bind ties a signature to a message and reports whether it was free or tied to
// the same one.
func (m *memory) bind(signature string, d digest) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age()
	for _, g := range []generation{m.young, m.old} {
		if other, used := g.bound[signature]; used {
			return other == d
		}
	}
	m.young.bound[signature] = d
	return true
}
