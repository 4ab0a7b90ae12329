//go:build unix

package queue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/fleet/fleettest"
	"github.com/shopctl/shopctl/internal/pgtest"
	"github.com/shopctl/shopctl/lang"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(workUntilKilled); dsn != "" {
		workForEver(dsn)
	}
	os.Exit(pgtest.Main(m))
}

// config is a revision of the test's own.
func config(t testing.TB) Config {
	return Config{DSN: pgtest.Need(t).DSN(0), Revision: fmt.Sprint(t.Name(), time.Now().UnixNano()), lease: 3 * time.Second}
}

// start runs a worker until the test or stop ends it.
func start(t testing.TB, w Worker) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	w.Ready = func() { close(ready) }
	go func() { ended <- w.Run(ctx) }()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatalf("the worker does not start: %v", err)
	}
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Errorf("the worker ended with %v", err)
		}
	})
	return stop
}

func always(do fleet.RunShop) func(bool) fleet.RunShop {
	return func(bool) fleet.RunShop { return do }
}

func TestContract(t *testing.T) {
	fleettest.TestEngine(t, func(t *testing.T, shops int, do fleet.RunShop) fleet.Engine {
		c := config(t)
		start(t, Worker{Config: c, Shops: shops, Do: always(do)})
		return Engine{Config: c, Logs: true}
	})
}

func done(_ context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
	return fleettest.Done(task), fleet.Logs{}
}

// Two runs want the same shops: each shop is worked on once at a time, and both
// runs get their results.
func TestShopIsDoneOnceAtATime(t *testing.T) {
	c := config(t)
	var mu sync.Mutex
	under, times := map[string]bool{}, map[string]int{}
	do := func(ctx context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
		mu.Lock()
		if times[task.Dir]++; under[task.Dir] {
			t.Errorf("%s is worked on twice at a time", task.Dir)
		}
		under[task.Dir] = true
		mu.Unlock()
		time.Sleep(5 * time.Millisecond) // so that the two would meet
		mu.Lock()
		under[task.Dir] = false
		mu.Unlock()
		return done(ctx, task)
	}
	start(t, Worker{Config: c, Shops: 4, Do: always(do)})
	start(t, Worker{Config: c, Shops: 4, Do: always(do)})
	tasks := fleettest.Tasks(t, 10)
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() { fleettest.Run(t, t.Context(), Engine{Config: c}, tasks) })
	}
	group.Wait()
	for dir, n := range times {
		if n != 2 {
			t.Errorf("%s was done %d times, want once for each run", dir, n)
		}
	}
}

// A job is for workers of its revision; they come later.
func TestOtherRevisionDoesNothing(t *testing.T) {
	c, other := config(t), config(t)
	start(t, Worker{Config: other, Do: always(func(context.Context, fleet.Task) (fleet.Result, fleet.Logs) {
		t.Error("a worker of another revision did a job")
		return fleet.Result{}, fleet.Logs{}
	})})
	said := make(chan string, 10)
	engine := Engine{Config: c, Tell: func(text lang.Text) { said <- text.EN }}
	var group sync.WaitGroup
	group.Go(func() { fleettest.Run(t, t.Context(), engine, fleettest.Tasks(t, 2)) })
	if text := <-said; text == "" {
		t.Error("nothing is said of the missing worker")
	}
	start(t, Worker{Config: c, Do: always(done)})
	group.Wait()
}

// A worker that is stopped hands its shops over to the next one.
func TestStoppedWorkerHandsOver(t *testing.T) {
	c := config(t)
	begun := make(chan struct{}, 1)
	stop := start(t, Worker{Config: c, Do: always(func(ctx context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
		begun <- struct{}{}
		<-ctx.Done()
		r := fleettest.Done(task)
		r.Outcome = fleet.OutcomeInterrupted
		return r, fleet.Logs{}
	})})
	var group sync.WaitGroup
	var results map[string]fleet.Result
	tasks := fleettest.Tasks(t, 1)
	group.Go(func() { results, _ = fleettest.Run(t, t.Context(), Engine{Config: c}, tasks) })
	<-begun
	if err := stop(); err != nil {
		t.Error(err)
	}
	start(t, Worker{Config: c, Do: always(done)})
	group.Wait()
	if got := results[tasks[0].Dir].Outcome; got != fleet.OutcomeDone {
		t.Errorf("the shop is %s, want done by the other worker", got)
	}
}

// A worker whose checkout changes ends, and leaves the job to others.
func TestChangedCheckoutEndsTheWorker(t *testing.T) {
	c := config(t)
	changed := errors.New("the checkout has changed")
	ended := make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		ended <- Worker{Config: c, Do: always(done), Check: func(context.Context) error { return changed }, Ready: func() { close(ready) }}.Run(t.Context())
	}()
	<-ready
	var group sync.WaitGroup
	group.Go(func() { fleettest.Run(t, t.Context(), Engine{Config: c}, fleettest.Tasks(t, 1)) })
	if err := <-ended; !errors.Is(err, changed) {
		t.Errorf("the worker ended with %v, want %v", err, changed)
	}
	start(t, Worker{Config: c, Do: always(done)})
	group.Wait()
}

// A worker that cannot renew its lease ends its shops, tells nothing, and ends.
func TestLostLeaseEndsTheWorker(t *testing.T) {
	c := config(t)
	ended := make(chan error, 1)
	begun := make(chan struct{})
	go func() {
		ended <- Worker{Config: c, Do: always(func(ctx context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
			close(begun)
			<-ctx.Done()
			return fleettest.Done(task), fleet.Logs{} // it must not count
		})}.Run(t.Context())
	}()
	var group sync.WaitGroup
	var results map[string]fleet.Result
	tasks := fleettest.Tasks(t, 1)
	group.Go(func() { results, _ = fleettest.Run(t, t.Context(), Engine{Config: c}, tasks) })
	<-begun
	pool, err := connect(t.Context(), c, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), `DELETE FROM `+Schema+`.workers`); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, ErrLeaseLost) {
		t.Errorf("the worker ended with %v, want %v", err, ErrLeaseLost)
	}
	start(t, Worker{Config: c, Do: always(func(_ context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
		r := fleettest.Done(task)
		r.Outcome = fleet.OutcomePending
		return r, fleet.Logs{}
	})})
	group.Wait()
	if got := results[tasks[0].Dir].Outcome; got != fleet.OutcomePending {
		t.Errorf("the result is %s, want that of the worker that has its lease", got)
	}
}

// The database crashes and comes back in the middle of a run.
func TestDatabaseThatComesBack(t *testing.T) {
	c := config(t)
	var crash sync.Once
	start(t, Worker{Config: c, Shops: 2, Do: always(func(ctx context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
		crash.Do(func() {
			server := pgtest.Need(t)
			if err := errors.Join(server.Down(), server.Up()); err != nil {
				t.Error(err)
			}
		})
		return done(ctx, task)
	})})
	results, _ := fleettest.Run(t, t.Context(), Engine{Config: c}, fleettest.Tasks(t, 8))
	for dir, r := range results {
		if r.Outcome != fleet.OutcomeDone {
			t.Errorf("%s is %s: %+v", dir, r.Outcome, r.Error)
		}
	}
}

func BenchmarkJobs(b *testing.B) {
	c := config(b)
	start(b, Worker{Config: c, Shops: 50, Do: always(done)})
	tasks := fleettest.Tasks(b, 500)
	for b.Loop() {
		fleettest.Run(b, b.Context(), Engine{Config: c}, tasks)
	}
	b.ReportMetric(float64(len(tasks)*b.N)/b.Elapsed().Seconds(), "jobs/s")
}
