package large_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/state"
)

// An apply takes as long as its calls do, and hardly longer: of what latency or limit
// allow, it reaches 95 % while every write of the state takes as long as a disk or a
// server takes. Time is a bubble's own, so that neither this machine's speed nor what
// else runs on it counts; what the program itself has to compute takes none.
//
// With SHOPCTL_BENCH_LARGE the catalog is as large as the one of docs/scale.md, and
// slow places are tried too, of which nothing is promised:
//
//	SHOPCTL_BENCH_LARGE=1 go test ./bench/large -run TestApplyKeepsTheLinesBusy -v
func TestApplyKeepsTheLinesBusy(t *testing.T) {
	const ms = time.Millisecond
	platforms := []struct {
		name string
		adding
		promised map[time.Duration]float64 // by how long a write of the state takes
	}{
		{"50 ms a call", adding{latency: 50 * ms}, map[time.Duration]float64{5 * ms: 95, 20 * ms: 80}},
		{"200 ms a call", adding{latency: 200 * ms}, map[time.Duration]float64{20 * ms: 95}},
		{"23 calls a second, 200 ms a call", adding{latency: 200 * ms, perSecond: 23}, map[time.Duration]float64{50 * ms: 95}},
	}
	products, ways := 320, []time.Duration{5 * ms, 20 * ms, 50 * ms}
	whole := os.Getenv("SHOPCTL_BENCH_LARGE") != ""
	if whole {
		products, ways = 1_000, append(ways, 100*ms)
	}
	w := declared(t, products)
	for _, platform := range platforms {
		platform.products = products
		for _, way := range ways {
			least, promised := platform.promised[way]
			if !promised && !whole {
				continue
			}
			for _, place := range []struct {
				name string
				open func(time.Duration) state.Backend
			}{{"disk", newDisk}, {"server", newServer}} {
				t.Run(fmt.Sprintf("%s, %s of %v", platform.name, place.name, way), func(t *testing.T) {
					reached := 100 * platform.turned(t, w, func() state.Backend { return place.open(way) })
					t.Logf("%.1f %%", reached)
					if reached < least {
						t.Errorf("reached %.1f %% of what is possible, want %.0f", reached, least)
					}
				})
			}
		}
	}
}

// turned makes the run in a bubble, and tells the share of what is possible that it
// reached. No run is done before its last picture and then its last product are.
func (a adding) turned(t *testing.T, w *world, open func() state.Backend) (reached float64) {
	synctest.Test(t, func(t *testing.T) {
		place := open() // what is made outside the bubble would keep its time from passing
		box, err := sandbox.New(sandbox.Options{AppID: w.catalog.Shop.AppID, Knobs: &sandbox.Knobs{}})
		must(t, err)
		pace := a.apply(t, w, "http://localhost", far{box, a.latency}, place)
		must(t, box.Close())
		must(t, place.Close())
		shortest := a.latency + time.Duration(float64(pace.calls)/a.most()*float64(time.Second))
		reached = shortest.Seconds() / pace.took.Seconds()
	})
	return reached
}

// far is a platform that takes its time for every call, without a network.
type far struct {
	platform http.Handler
	latency  time.Duration
}

func (f far) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	time.Sleep(f.latency)
	there := r.Clone(r.Context())
	there.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	f.platform.ServeHTTP(answer, there)
	return answer.Result(), nil
}

// server is a store in memory that answers after a while.
type server struct {
	*state.Memory
	lease state.Lease
	trip  time.Duration
}

func newServer(trip time.Duration) state.Backend {
	return state.NewRemote(&server{Memory: state.NewMemory(), trip: trip}, state.Rescue{})
}

func (s *server) Lease() *state.Lease { return &s.lease }

func (s *server) Lock(ctx context.Context, info state.LockInfo) ([]lang.Text, error) {
	notices, err := s.Memory.Lock(ctx, info)
	s.lease.Hold(info, time.Now(), time.Minute)
	return notices, err
}

func (s *server) Renew(context.Context) error {
	info, _ := s.lease.Held()
	s.lease.Hold(info, time.Now(), time.Minute)
	return nil
}

func (s *server) Append(ctx context.Context, entries ...state.Entry) error {
	time.Sleep(s.trip)
	return s.Memory.Append(ctx, entries...)
}

// disk is a store in memory that is as slow as a disk: whoever comes during a flush
// waits for the next one.
type disk struct {
	*state.Memory
	flush time.Duration

	mu      sync.Mutex
	next    *group // nil while nobody waits
	writing bool
}

type group struct {
	entries []state.Entry
	done    chan struct{} // closed when err is set
	err     error
}

func newDisk(flush time.Duration) state.Backend {
	return &disk{Memory: state.NewMemory(), flush: flush}
}

func (d *disk) Append(_ context.Context, entries ...state.Entry) error {
	d.mu.Lock()
	if d.next == nil {
		d.next = &group{done: make(chan struct{})}
	}
	g := d.next
	g.entries = append(g.entries, entries...)
	if !d.writing {
		d.writing = true
		go d.drain()
	}
	d.mu.Unlock()
	<-g.done
	return g.err
}

func (d *disk) drain() {
	for {
		d.mu.Lock()
		g := d.next
		d.next, d.writing = nil, g != nil
		d.mu.Unlock()
		if g == nil {
			return
		}
		time.Sleep(d.flush)
		g.err = d.Memory.Append(context.Background(), g.entries...)
		close(g.done)
	}
}
