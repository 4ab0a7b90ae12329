package reconcile

import (
	"container/heap"
	"context"
	"sync"
)

// node is one piece of work. It becomes ready when all it comes after is over;
// among ready nodes the lowest rank goes first, then the earliest added.
type node struct {
	rank  int
	after []*node
	do    func(ctx context.Context)

	index   int
	open    int // nodes it still waits for
	waiters []*node
}

// runGraph runs every node once, at most width at a time. It stops starting
// nodes when stop is closed or ctx ends, waits for those that run, and reports
// whether all were started. A cycle is a mistake of this program and panics.
func runGraph(ctx context.Context, stop <-chan struct{}, width int, nodes []*node) bool {
	g := &graph{stop: stop, width: max(width, 1), left: len(nodes)}
	g.wake = sync.NewCond(&g.mu)
	for i, n := range nodes {
		n.index, n.open = i, len(n.after)
		for _, first := range n.after {
			first.waiters = append(first.waiters, n)
		}
		if n.open == 0 {
			heap.Push(&g.ready, n)
		}
	}
	done := make(chan struct{})
	defer close(done)
	go g.watch(ctx, done)
	return g.run(ctx)
}

type graph struct {
	stop    <-chan struct{}
	mu      sync.Mutex
	wake    *sync.Cond
	ready   readyHeap
	width   int
	running int
	left    int // nodes not finished
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

// stopped reports whether nothing may be started any more.
func (g *graph) stopped(ctx context.Context) bool {
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
		stopped := g.stopped(ctx)
		switch {
		case stopped && g.running == 0:
			return false
		case stopped, g.running >= g.width, len(g.ready) == 0 && g.running > 0:
			g.wake.Wait()
			continue
		case len(g.ready) == 0:
			panic("reconcile: the plan's needs form a cycle")
		}
		n := heap.Pop(&g.ready).(*node)
		g.running++
		go g.start(ctx, n)
	}
	return true
}

func (g *graph) start(ctx context.Context, n *node) {
	n.do(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	g.left--
	for _, w := range n.waiters {
		if w.open--; w.open == 0 {
			heap.Push(&g.ready, w)
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
