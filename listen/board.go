package listen

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

// board is where every object stands, as last read, and who looks at it.
type board struct {
	mu       sync.Mutex
	rows     map[schema.Address]reconcile.Standing
	read     time.Time // of the whole shop or a part of it
	complete bool      // the whole shop was read once
	problem  lang.Text
	watchers map[chan struct{}]bool
}

func newBoard() *board {
	return &board{rows: map[schema.Address]reconcile.Standing{}, watchers: map[chan struct{}]bool{}}
}

// unread reports whether the whole shop was never read.
func (b *board) unread() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.complete
}

// replace enters rows that were read again, or all of them, and returns those that
// have come to a verdict.
func (b *board) replace(rows []reconcile.Standing, all bool, at time.Time) (verdicts []reconcile.Standing) {
	b.mu.Lock()
	defer b.mu.Unlock()
	verdicts = view.Verdicts(b.statuses(rows), rows)
	if all {
		clear(b.rows)
		b.complete = true
	}
	for _, row := range rows {
		b.rows[row.Address] = row
	}
	b.read, b.problem = at, lang.Text{}
	b.changed()
	return verdicts
}

// statuses are those that the objects of rows have had so far.
func (b *board) statuses(rows []reconcile.Standing) map[schema.Address]view.Status {
	before := map[schema.Address]view.Status{}
	for i := range rows {
		if old, known := b.rows[rows[i].Address]; known {
			before[old.Address] = view.StatusOf(&old)
		}
	}
	return before
}

// trouble says why the board may be old.
func (b *board) trouble(t lang.Text) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problem = t
	b.changed()
}

// live is the board as the page shows it.
func (b *board) live(shop, appid string) view.LiveBoard {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := slices.SortedFunc(maps.Values(b.rows), func(x, y reconcile.Standing) int { return x.Address.Compare(y.Address) })
	return view.LiveBoard{Shop: shop, AppID: appid, Board: rows, Read: b.read, Trouble: b.problem}
}

// counts are the objects of each status.
func (b *board) counts() (counts map[view.Status]int, read time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	counts = map[view.Status]int{}
	for _, row := range b.rows {
		counts[view.StatusOf(&row)]++
	}
	return counts, b.read
}

// changed wakes the watchers; b.mu is held.
func (b *board) changed() {
	for w := range b.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// maxWatchers is how many pages may be open at a time.
const maxWatchers = 64

// watch returns a channel that is woken after each change, and how to let it go;
// nil when too many watch.
func (b *board) watch() (wake chan struct{}, leave func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.watchers) >= maxWatchers {
		return nil, nil
	}
	wake = make(chan struct{}, 1)
	b.watchers[wake] = true
	return wake, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.watchers, wake)
	}
}

func (b *board) watching() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.watchers)
}
