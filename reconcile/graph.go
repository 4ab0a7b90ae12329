package reconcile

import (
	"container/heap"
	"context"
	"sync"

	"github.com/shopctl/shopctl/internal/crash"
)

// node is one piece of work. It becomes ready when all it comes after is over;
// among ready nodes the lowest rank goes first, then the earliest added.
type node struct {
	lane  lane
	rank  int
	after []*node
	do    func(ctx context.Context)

	index   int
	open    int // nodes it still waits for
	waiters []*node
}

// lane is which limit a node counts against.
type lane int

// The lanes: uploads go through links of their own, so that a product never
// waits behind pictures that are not its own.
const (
	laneObjects lane = iota
	laneUploads
	lanes
)

// runGraph runs every node once, of each lane at most so many at a time as
// widths says. It stops starting nodes when stop is closed or ctx ends, waits
// for those that run, and reports whether all were started. A cycle is a mistake
// of this program and panics. A panic in a node stops the others as stop does, and
// goes on from here.
func runGraph(ctx context.Context, stop <-chan struct{}, widths [lanes]int, nodes []*node) bool {
	g := &graph{stop: stop, left: len(nodes)}
	g.wake = sync.NewCond(&g.mu)
	for i := range g.lanes {
		g.lanes[i].width = max(widths[i], 1)
	}
	for i, n := range nodes {
		n.index, n.open = i, len(n.after)
		for _, first := range n.after {
			first.waiters = append(first.waiters, n)
		}
		if n.open == 0 {
			heap.Push(&g.lanes[n.lane].ready, n)
		}
	}
	done := make(chan struct{})
	defer close(done)
	go g.watch(ctx, done)
	all := g.run(ctx)
	g.crashed.Rethrow()
	return all
}

type graph struct {
	stop    <-chan struct{}
	mu      sync.Mutex
	wake    *sync.Cond
	lanes   [lanes]track
	running int // in all lanes
	left    int // nodes not finished
	crashed *crash.Panic
}

// track is one lane of a running graph.
type track struct {
	ready          readyHeap
	width, running int
}

// watch turns the end of ctx, or of stop, into a wake-up.
func (g *graph) watch(ctx context.Context, done <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-g.stop:
	case <-done:
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wake.Broadcast()
}

// stopped reports whether nothing may be started any more. The caller holds mu.
func (g *graph) stopped(ctx context.Context) bool {
	if g.crashed != nil {
		return true
	}
	select {
	case <-g.stop:
		return true
	default:
		return ctx.Err() != nil
	}
}

func (g *graph) run(ctx context.Context) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.left > 0 {
		if stopped := g.stopped(ctx); stopped && g.running == 0 {
			return false
		} else if stopped {
			g.wake.Wait()
			continue
		}
		n := g.next()
		switch {
		case n != nil:
			g.running++
			g.lanes[n.lane].running++
			go g.start(ctx, n)
		case g.running > 0:
			g.wake.Wait()
		default:
			panic("reconcile: the plan's needs form a cycle")
		}
	}
	return true
}

// next takes a ready node of a lane that has room, nil when there is none.
func (g *graph) next() *node {
	for i := range g.lanes {
		if t := &g.lanes[i]; t.running < t.width && len(t.ready) > 0 {
			return heap.Pop(&t.ready).(*node)
		}
	}
	return nil
}

func (g *graph) start(ctx context.Context, n *node) {
	crashed := crash.Catch(func() { n.do(ctx) })
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.crashed == nil {
		g.crashed = crashed
	}
	g.running--
	g.lanes[n.lane].running--
	g.left--
	for _, w := range n.waiters {
		if w.open--; w.open == 0 {
			heap.Push(&g.lanes[w.lane].ready, w)
		}
	}
	g.wake.Broadcast()
}

// readyHeap orders ready nodes by rank, then by the order they were added in.
type readyHeap []*node

func (h readyHeap) Len() int { return len(h) }
func (h readyHeap) Less(i, j int) bool {
	if h[i].rank != h[j].rank {
		return h[i].rank < h[j].rank
	}
	return h[i].index < h[j].index
}
func (h readyHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *readyHeap) Push(x any)   { *h = append(*h, x.(*node)) }
func (h *readyHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
