// Package fleettest is what every fleet.Engine promises, as tests.
package fleettest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Open gives an engine that has shops done by do, so many at a time.
type Open func(t *testing.T, shops int, do fleet.RunShop) fleet.Engine

// TestEngine runs the contract.
func TestEngine(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"nothing to do is done at once", nothing},
		{"every task is done once and its result comes whole", everyTask},
		{"no more shops than allowed are done at a time", bounded},
		{"an interrupt ends gently what has begun and begins nothing", interrupted},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

// Tasks are n tasks for shops that no other test has.
func Tasks(t testing.TB, n int) []fleet.Task {
	tasks := make([]fleet.Task, n)
	for i := range tasks {
		name := fmt.Sprintf("%s-%03d", strings.ReplaceAll(t.Name(), "/", "-"), i)
		tasks[i] = fleet.Task{Verb: fleet.VerbApply, Dir: "shops/" + name, Name: name, Shop: state.ShopID{Platform: "component", AppID: name}}
	}
	return tasks
}

// Done is the result of a task that was done.
func Done(task fleet.Task) fleet.Result {
	return fleet.Result{
		Dir: task.Dir, Name: task.Name, Shop: task.Shop, Outcome: fleet.OutcomeDone,
		Counts: map[string]int{"done": 3}, Work: fleet.Work{Calls: 3, Uploads: 1},
		Objects: []fleet.Object{{Address: schema.Address{Kind: schema.KindSPU, Name: "719"}, Title: "毛毯 <100*150cm> \x00 & more", State: "later", Why: lang.T("why", "原因")}},
		Plan:    "p-" + task.Name,
	}
}

// Run has tasks done and gives the results by directory. A result that comes
// twice, or beside another, fails the test.
func Run(t testing.TB, ctx context.Context, engine fleet.Engine, tasks []fleet.Task) (map[string]fleet.Result, map[string]fleet.Logs) {
	t.Helper()
	results, logs := map[string]fleet.Result{}, map[string]fleet.Logs{}
	var telling atomic.Int32
	err := engine.Run(ctx, tasks, func(r fleet.Result, l fleet.Logs) {
		if telling.Add(1) != 1 {
			t.Error("done is called by two at a time")
		}
		if _, twice := results[r.Dir]; twice {
			t.Errorf("%s has a second result", r.Dir)
		}
		results[r.Dir], logs[r.Dir] = r, l
		telling.Add(-1)
	})
	if err != nil {
		t.Errorf("Run: %v", err)
	}
	if len(results) != len(tasks) {
		t.Errorf("there are %d results of %d tasks", len(results), len(tasks))
	}
	return results, logs
}

func nothing(t *testing.T, open Open) {
	engine := open(t, 2, func(context.Context, fleet.Task) (fleet.Result, fleet.Logs) {
		t.Error("something is done")
		return fleet.Result{}, fleet.Logs{}
	})
	Run(t, t.Context(), engine, nil)
}

func everyTask(t *testing.T, open Open) {
	var mu sync.Mutex
	var seen []string
	page := fleet.Logs{Text: []byte("a page \x00\xff\n"), JSON: []byte(`{"a": 1}`)}
	engine := open(t, 4, func(_ context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, task.Dir)
		return Done(task), page
	})
	tasks := Tasks(t, 20)
	results, logs := Run(t, t.Context(), engine, tasks)
	if slices.Sort(seen); len(slices.Compact(slices.Clone(seen))) != len(tasks) || len(seen) != len(tasks) {
		t.Errorf("%d tasks were done: %v", len(seen), seen)
	}
	ours := cmpopts.IgnoreFields(fleet.Result{}, "Began", "Took")
	for _, task := range tasks {
		if diff := cmp.Diff(Done(task), results[task.Dir], ours); diff != "" {
			t.Errorf("%s: the result is another (-want +got):\n%s", task.Dir, diff)
		}
		if diff := cmp.Diff(page, logs[task.Dir]); diff != "" {
			t.Errorf("%s: the logs are others (-want +got):\n%s", task.Dir, diff)
		}
	}
}

func bounded(t *testing.T, open Open) {
	const shops = 3
	var now, most atomic.Int32
	full := make(chan struct{})
	engine := open(t, shops, func(_ context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		if n == shops {
			select {
			case <-full:
			default:
				close(full)
			}
		}
		<-full
		return Done(task), fleet.Logs{}
	})
	Run(t, t.Context(), engine, Tasks(t, 9))
	if most.Load() != shops {
		t.Errorf("up to %d shops were done at a time, want %d", most.Load(), shops)
	}
}

func interrupted(t *testing.T, open Open) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	engine := open(t, 1, func(ctx context.Context, task fleet.Task) (fleet.Result, fleet.Logs) {
		interrupt()
		<-ctx.Done()
		r := Done(task)
		r.Outcome = fleet.OutcomeInterrupted
		return r, fleet.Logs{}
	})
	results, _ := Run(t, ctx, engine, Tasks(t, 4))
	count := map[fleet.Outcome]int{}
	for _, r := range results {
		count[r.Outcome]++
		if r.Outcome == fleet.OutcomeInterrupted && r.Work.Calls != 3 {
			t.Errorf("the result of the shop that was under way is lost: %+v", r)
		}
	}
	if count[fleet.OutcomeInterrupted] != 1 || count[fleet.OutcomeSkipped] != 3 {
		t.Errorf("the outcomes are %v, want one interrupted and three skipped", count)
	}
}
