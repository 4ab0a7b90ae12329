package fleet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shopctl/shopctl/schema"
)

func shop(dir, name, appid, statePath string) Shop {
	return Shop{Dir: dir, Block: &schema.Shop{Name: name, Platform: "component", AppID: appid, State: schema.StateConfig{Store: "local", Path: statePath}}}
}

// remote are the shops a and b with states elsewhere.
func remote(a, b schema.StateConfig) []Shop {
	return []Shop{{Dir: "a", Block: &schema.Shop{AppID: "wx1", State: a}}, {Dir: "b", Block: &schema.Shop{AppID: "wx2", State: b}}}
}

// fromEnvironment fills in an address, as the environment does.
func fromEnvironment(c schema.StateConfig) schema.StateConfig {
	if c.Store == "http" && c.HTTP.Address == "" {
		c.HTTP.Address = "https://example.com/a"
	}
	return c
}

func bucket(key string) schema.StateConfig {
	return schema.StateConfig{Store: "s3", S3: schema.StateS3{Bucket: "states", Key: key}}
}

func TestMatch(t *testing.T) {
	shops := []Shop{
		shop(".", "headquarters", "wx0", "s"),
		shop("shops/north", "北方毛毯", "wx1", "s"),
		shop("shops/south", "south", "wx2", "s"),
		shop("shops/south/outlet", "", "wx3", "s"),
		{Dir: "shops/torn"},
	}
	for _, c := range []struct {
		patterns string // separated by spaces
		want     string
	}{
		{"", ". shops/north shops/south shops/south/outlet shops/torn"},
		{"shops/*", "shops/north shops/south shops/torn"}, // a star keeps to its directory
		{"shops/*/*", "shops/south/outlet"},
		{"south", "shops/south"},
		{"shops/south/", "shops/south"}, // as shells complete it
		{"outlet", "shops/south/outlet"},
		{"北方*", "shops/north"},
		{"torn", "shops/torn"}, // also when its name cannot be read
		{".", "."},
		{"head*", "."},
		{"n[o]rth outlet", "shops/north shops/south/outlet"},
		{"north shops/north", "shops/north"},
		{"nobody", ""},
	} {
		kept, err := Match(shops, strings.Fields(c.patterns))
		if err != nil {
			t.Fatal(err)
		}
		var dirs []string
		for _, s := range kept {
			dirs = append(dirs, s.Dir)
		}
		if got := strings.Join(dirs, " "); got != c.want {
			t.Errorf("%q fits %q, want %q", c.patterns, got, c.want)
		}
	}
	if _, err := Match(shops, []string{"[a"}); err == nil {
		t.Error("[a is a glob")
	}
}

// One shop declared twice, or one place for two states, whatever path leads
// there. Shops whose block cannot be read claim nothing: they will not run.
func TestFights(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"a", "b", "c"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../a", filepath.Join(root, "c", "linked")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		shops []Shop
		want  []string // "appid: dirs" or "state: dirs"
	}{
		{"each its own", []Shop{shop("a", "", "wx1", "s"), shop("b", "", "wx2", "s")}, nil},
		{"torn shops claim nothing", []Shop{{Dir: "a"}, {Dir: "b"}}, nil},
		{"one shop twice", []Shop{shop("a", "", "wx1", "s"), shop("b", "", "wx1", "s")}, []string{"wx1: a b"}},
		{"the root's state inside a shop", []Shop{shop(".", "", "wx1", "a/s"), shop("a", "", "wx2", "s")}, []string{"state: . a"}},
		{"through a link", []Shop{shop("a", "", "wx1", "s"), shop("c", "", "wx2", "linked/s")}, []string{"state: a c"}},
		{"both", []Shop{shop("a", "", "wx1", "../b/s"), shop("b", "", "wx1", "s")}, []string{"state: a b", "wx1: a b"}},
		{"postgres, one name", remote(schema.StateConfig{Store: "postgres", Name: "x"}, schema.StateConfig{Store: "postgres", Name: "x"}), []string{"state: a b"}},
		{"postgres, two names", remote(schema.StateConfig{Store: "postgres", Name: "x"}, schema.StateConfig{Store: "postgres", Name: "y"}), nil},
		{"one bucket, one key", remote(bucket("k"), bucket("k")), []string{"state: a b"}},
		{"one bucket, two keys", remote(bucket("k"), bucket("l")), nil},
		{"http, both from the environment", remote(schema.StateConfig{Store: "http"}, schema.StateConfig{Store: "http"}), []string{"state: a b"}},
		{"http, one of them from the environment, spelled otherwise", remote(schema.StateConfig{Store: "http"}, schema.StateConfig{Store: "http", HTTP: schema.StateHTTP{Address: "HTTPS://Example.com:443/x/../a"}}), []string{"state: a b"}},
		{"one name in two stores", remote(schema.StateConfig{Store: "postgres", Name: "x"}, schema.StateConfig{Store: "s3", S3: schema.StateS3{Key: "x"}}), nil},
	} {
		var got []string
		for _, f := range Fights(root, c.shops, fromEnvironment) {
			what := f.AppID
			if f.State != "" {
				what = "state"
			}
			got = append(got, what+": "+strings.Join(f.Dirs, " "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func tasksOf(n int) []Task {
	var tasks []Task
	for i := range n {
		tasks = append(tasks, Task{Verb: VerbApply, Dir: fmt.Sprintf("s%02d", i)})
	}
	return tasks
}

// Every task is done once, never more at a time than allowed, and a panic stays
// with its shop.
func TestLocal(t *testing.T) {
	var mu sync.Mutex
	atWork, most := 0, 0
	gate := make(chan struct{}) // opens when the allowed number is at work
	do := func(_ context.Context, task Task) (Result, Logs) {
		mu.Lock()
		atWork++
		if most = max(most, atWork); most == 3 && atWork == 3 {
			select {
			case <-gate:
			default:
				close(gate)
			}
		}
		mu.Unlock()
		<-gate
		mu.Lock()
		atWork--
		mu.Unlock()
		if task.Dir == "s05" {
			panic("a nil map")
		}
		return Result{Dir: task.Dir, Outcome: OutcomeDone}, Logs{}
	}
	tally := NewTally(VerbApply, tasksOf(20))
	var panicked Logs
	err := Local{Shops: 3, Do: Guarded(do)}.Run(t.Context(), tasksOf(20), func(r Result, logs Logs) {
		tally.Add(r)
		if r.Outcome == OutcomeFailed {
			panicked = logs
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	report := tally.Report()
	if most != 3 {
		t.Errorf("%d shops at a time, want 3", most)
	}
	if report.Count(OutcomeDone) != 19 || report.Count(OutcomeFailed) != 1 || report.Worst() != OutcomeFailed {
		t.Errorf("done %d, failed %d", report.Count(OutcomeDone), report.Count(OutcomeFailed))
	}
	if r := report.Results[5]; r.Error == nil || !strings.Contains(r.Error.What.EN, "a nil map") || !strings.Contains(string(panicked.Text), "fleet_test.go") {
		t.Errorf("the panic is told as %+v, with the log %q", r.Error, panicked.Text)
	}
}

// After the interrupt nothing begins, and what was not begun is said.
func TestLocalStops(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	tally := NewTally(VerbApply, tasksOf(5))
	do := func(_ context.Context, task Task) (Result, Logs) {
		if task.Dir == "s01" {
			interrupt()
			return Result{Dir: task.Dir, Outcome: OutcomeInterrupted}, Logs{}
		}
		return Result{Dir: task.Dir, Outcome: OutcomeDone}, Logs{}
	}
	if err := (Local{Do: do}).Run(ctx, tasksOf(5), func(r Result, _ Logs) { tally.Add(r) }); err != nil {
		t.Fatal(err)
	}
	var got []Outcome
	for _, r := range tally.Report().Results {
		got = append(got, r.Outcome)
	}
	if want := []Outcome{OutcomeDone, OutcomeInterrupted, OutcomeSkipped, OutcomeSkipped, OutcomeSkipped}; !slices.Equal(got, want) {
		t.Errorf("outcomes %v, want %v", got, want)
	}
}

// A shop that was gone on with has done what it did before and after, and stands
// where it stands now. A shop without a result is failed, not forgotten.
func TestTally(t *testing.T) {
	tally := NewTally(VerbApply, tasksOf(3))
	tally.Add(Result{Dir: "s01", Outcome: OutcomePending, Counts: map[string]int{"done": 3, "pending": 2}, Work: Work{Calls: 5, Uploads: 2}, Took: 2})
	tally.Add(Result{Dir: "s00", Outcome: OutcomeDone, Counts: map[string]int{"done": 1}, Work: Work{Calls: 1}})
	if pending := tally.With(OutcomePending); len(pending) != 1 || pending[0].Dir != "s01" {
		t.Errorf("pending: %+v", pending)
	}
	// one of the two is blocked, of the other nothing is said any more: it is done
	tally.Add(Result{Dir: "s01", Outcome: OutcomeBlocked, Counts: map[string]int{"blocked": 1}, Work: Work{Calls: 2}, Took: 1})
	report := tally.Report()
	if dirs := []string{report.Results[0].Dir, report.Results[1].Dir, report.Results[2].Dir}; !slices.IsSorted(dirs) {
		t.Errorf("the report is not sorted: %v", dirs)
	}
	s01, lost := report.Results[1], report.Results[2]
	if s01.Outcome != OutcomeBlocked || s01.Counts["done"] != 4 || s01.Counts["pending"] != 0 || s01.Counts["blocked"] != 1 || s01.Work.Calls != 7 || s01.Took != 3 {
		t.Errorf("after two goes: %+v", s01)
	}
	if lost.Outcome != OutcomeFailed || lost.Error == nil {
		t.Errorf("a shop without a result: %+v", lost)
	}
	counts, work := report.Totals()
	if counts["done"] != 5 || work != (Work{Calls: 8, Uploads: 2}) {
		t.Errorf("totals %v, %+v", counts, work)
	}
}

func TestLogName(t *testing.T) {
	if a, b := LogName("."), LogName("shops/a"); a != "_root" || b != "shops/a" {
		t.Errorf("logs are %s and %s", a, b)
	}
}
