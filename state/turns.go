package state

import "sync"

// turns let one change of an object be made at a time, while those of other objects
// go on. Its zero value is ready.
type turns struct {
	// many is held shared by whoever changes one object, alone by whoever changes many.
	many sync.RWMutex

	mu    sync.Mutex
	taken map[string]chan struct{} // by key; closed when the turn is over
}

// take waits for the turn of a key. Whoever has it calls over.
func (t *turns) take(key string) (over func()) {
	t.many.RLock()
	for {
		before, mine := t.claim(key)
		if before == nil {
			return func() { t.give(key, mine) }
		}
		<-before
	}
}

// claim takes the turn when nobody has it; else before is closed when it is over.
func (t *turns) claim(key string) (before, mine chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if before = t.taken[key]; before != nil {
		return before, nil
	}
	if t.taken == nil {
		t.taken = map[string]chan struct{}{}
	}
	mine = make(chan struct{})
	t.taken[key] = mine
	return nil, mine
}

func (t *turns) give(key string, mine chan struct{}) {
	t.mu.Lock()
	delete(t.taken, key)
	t.mu.Unlock()
	close(mine)
	t.many.RUnlock()
}
