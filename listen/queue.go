package listen

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/shopctl/shopctl/schema"
)

// queue is what is to be read again. An object stands in it once, however often it
// is asked for, so it never grows beyond the catalog.
type queue struct {
	wake chan struct{}

	mu      sync.Mutex
	objects map[schema.Address]bool
	all     bool
}

func newQueue() *queue {
	return &queue{wake: make(chan struct{}, 1), objects: map[schema.Address]bool{}}
}

func (q *queue) add(objects []schema.Address, all bool) {
	if len(objects) == 0 && !all {
		return
	}
	q.mu.Lock()
	for _, o := range objects {
		q.objects[o] = true
	}
	q.all = q.all || all
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// wait returns when there is something to read.
func (q *queue) wait(ctx context.Context) error {
	for q.len() == 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-q.wake:
		}
	}
	return ctx.Err()
}

// take empties the queue. Where everything is to be read, no objects are named.
func (q *queue) take() (objects []schema.Address, all bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	objects, all = slices.SortedFunc(maps.Keys(q.objects), schema.Address.Compare), q.all
	clear(q.objects)
	q.all = false
	if all {
		objects = nil
	}
	return objects, all
}

// len is how many objects wait; the whole shop counts as one.
func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.objects)
	if q.all {
		n++
	}
	return n
}
