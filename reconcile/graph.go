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
	g := &graph{width: max(width, 1), left: len(nodes)}
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
	go g.watch(ctx, stop, done)
	return g.run(ctx)
}

type graph struct {
	mu      sync.Mutex
	wake    *sync.Cond
	ready   readyHeap
	width   int
	running int
	left    int // nodes not finished
	stopped bool
}

// watch turns the end of ctx, or of stop, into a wake-up.
func (g *graph) watch(ctx context.Context, stop, done <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-stop:
	case <-done:
		return
	}
	g.mu.Lock()
	g.stopped = true
	g.mu.Unlock()
	g.wake.Broadcast()
}

func (g *graph) run(ctx context.Context) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.left > 0 && !(g.stopped && g.running == 0) {
		if g.stopped || g.running >= g.width || len(g.ready) == 0 {
			if g.running == 0 && !g.stopped {
				panic("reconcile: the plan's needs form a cycle")
			}
			g.wake.Wait()
			continue
		}
		n := heap.Pop(&g.ready).(*node)
		g.running++
		go g.start(ctx, n)
	}
	return g.left == 0
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
