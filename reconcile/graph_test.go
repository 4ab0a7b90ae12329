package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/shopctl/shopctl/internal/crash"
)

func TestGraphRunsAfterNeeds(t *testing.T) {
	var mu sync.Mutex
	var order []string
	add := func(name string, rank int, after ...*node) *node {
		return &node{rank: rank, after: after, do: func(context.Context) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, name)
		}}
	}
	picture := add("picture", 2)
	brand := add("brand", 2, picture)
	product := add("product", 2, picture, brand)
	price := add("price", 1)
	if !runGraph(t.Context(), nil, [lanes]int{1, 1}, []*node{picture, brand, product, price}) {
		t.Error("not everything was started")
	}
	if want := []string{"price", "picture", "brand", "product"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v: free changes first, needs before those who need them", order, want)
	}
}

func TestGraphIsBounded(t *testing.T) {
	var running, most, ran atomic.Int32
	var nodes []*node
	for range 100 {
		nodes = append(nodes, &node{do: func(context.Context) {
			now := running.Add(1)
			for {
				old := most.Load()
				if now <= old || most.CompareAndSwap(old, now) {
					break
				}
			}
			ran.Add(1)
			running.Add(-1)
		}})
	}
	runGraph(t.Context(), nil, [lanes]int{3, 3}, nodes)
	if most.Load() > 3 || ran.Load() != 100 {
		t.Errorf("%d at a time, %d ran", most.Load(), ran.Load())
	}
}

func TestGraphStopsGently(t *testing.T) {
	stop := make(chan struct{})
	var ran atomic.Int32
	var nodes []*node
	for range 10 {
		nodes = append(nodes, &node{do: func(context.Context) {
			if ran.Add(1) == 1 {
				close(stop)
			}
			<-stop
		}})
	}
	if runGraph(t.Context(), stop, [lanes]int{2, 2}, nodes) {
		t.Error("a stopped run says that it started everything")
	}
	if n := ran.Load(); n > 3 {
		t.Errorf("%d nodes ran, want those in flight only", n)
	}
}

func TestGraphEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var nodes []*node
	for range 10 {
		nodes = append(nodes, &node{do: func(ctx context.Context) { cancel(); <-ctx.Done() }})
	}
	if runGraph(ctx, nil, [lanes]int{1, 1}, nodes) {
		t.Error("a cancelled run says that it started everything")
	}
}

// A panic in a node comes out of runGraph, after those that run are over, and
// nothing else is started.
func TestGraphHandsAPanicOn(t *testing.T) {
	began, over := make(chan struct{}), atomic.Bool{}
	crashed := crash.Catch(func() {
		runGraph(t.Context(), nil, [lanes]int{2, 1}, []*node{
			{do: func(context.Context) { close(began); over.Store(true) }},
			{do: func(context.Context) { <-began; panic("a nil map") }, rank: 1},
			{do: func(context.Context) { t.Error("a node is started after a panic") }, rank: 2, after: []*node{{}}},
		})
	})
	if crashed == nil || crashed.Value != "a nil map" || !strings.Contains(crashed.Error(), "graph_test.go") || !over.Load() {
		t.Errorf("came out: %v", crashed)
	}
}

func TestGraphPanicsOnACycle(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	a, b := &node{do: func(context.Context) {}}, &node{do: func(context.Context) {}}
	a.after, b.after = []*node{b}, []*node{a}
	runGraph(t.Context(), nil, [lanes]int{1, 1}, []*node{a, b})
}

// BenchmarkMake plans for shops in which nothing, or every price, has changed.
//
//	go test ./reconcile -run '^$' -bench Make -benchmem
func BenchmarkMake(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		for _, changed := range []bool{false, true} {
			b.Run(fmt.Sprintf("products=%d/changed=%v", n, changed), func(b *testing.B) {
				w := inSync()
				for i := range n {
					addSynced(w, fmt.Sprint("p", i), changed)
				}
				b.ReportAllocs()
				for b.Loop() {
					if p := w.plan(); (len(p.Changes) == n) != changed {
						b.Fatalf("%d changes", len(p.Changes))
					}
				}
			})
		}
	}
}

func addSynced(w *world, id string, changed bool) {
	s, have := blanket(), *w.have
	s.OutProductID, have.OutProductID = id, id
	addr := spuAddress(id)
	rec := *w.rec
	rec.Address, rec.Stamp = addr, s.Stamp()
	w.st.Records[addr] = &rec
	have.Draft, have.Online = shopCopy(s), shopCopy(s)
	w.obs.Products[id] = &have
	if changed {
		s.SKUs[0].SalePrice = 890
	}
	w.cat.SPUs[id] = s
}

// Uploads fill their own lane and leave room in the other.
func TestUploadsHaveALaneOfTheirOwn(t *testing.T) {
	release := make(chan struct{})
	var nodes []*node
	for range 3 {
		nodes = append(nodes, &node{lane: laneUploads, do: func(context.Context) { <-release }})
	}
	nodes = append(nodes, &node{do: func(context.Context) { close(release) }})
	runGraph(t.Context(), nil, [lanes]int{1, 3}, nodes) // ends only if the object runs beside the uploads
}
