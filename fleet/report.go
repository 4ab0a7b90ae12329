package fleet

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/shopctl/shopctl/lang"
)

// Outcomes lists all of them, best first.
var Outcomes = []Outcome{
	OutcomeDone, OutcomeChanges, OutcomePending, OutcomeBlocked, OutcomeFailed, OutcomeSkipped, OutcomeInterrupted,
}

// Report is what became of all shops.
type Report struct {
	Verb    Verb
	Results []Result // sorted by directory
	Took    time.Duration
}

// Count is how many shops have an outcome.
func (r *Report) Count(o Outcome) int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Outcome == o {
			n++
		}
	}
	return n
}

// Worst is the gravest outcome of any shop; OutcomeDone when there is none.
func (r *Report) Worst() Outcome {
	worst := 0
	for i := range r.Results {
		worst = max(worst, slices.Index(Outcomes, r.Results[i].Outcome))
	}
	return Outcomes[worst]
}

// Totals are the counts and the work of all shops together.
func (r *Report) Totals() (counts map[string]int, work Work) {
	counts = map[string]int{}
	for i := range r.Results {
		x := &r.Results[i]
		for name, n := range x.Counts {
			counts[name] += n
		}
		work = work.Plus(x.Work)
	}
	return counts, work
}

// Plus is both together.
func (w Work) Plus(more Work) Work {
	return Work{
		Calls: w.Calls + more.Calls, Uploads: w.Uploads + more.Uploads, Reviews: w.Reviews + more.Reviews,
		Submissions: w.Submissions + more.Submissions, Irreversible: w.Irreversible + more.Irreversible, Refused: w.Refused + more.Refused,
	}
}

// Tally collects the results of a run. Its methods are called by one goroutine
// at a time.
type Tally struct {
	verb    Verb
	began   time.Time
	tasks   []Task
	results map[string]Result // by directory
}

// NewTally begins a run of these tasks.
func NewTally(verb Verb, tasks []Task) *Tally {
	return &Tally{verb: verb, began: time.Now(), tasks: tasks, results: map[string]Result{}}
}

// Add takes the result of a shop. One that has a result already was gone on
// with: what was spent adds up, where it stands is what it says now, and what it
// does not speak of any more is done.
func (t *Tally) Add(r Result) {
	if earlier, ok := t.results[r.Dir]; ok {
		r = earlier.then(r)
	}
	t.results[r.Dir] = r
}

// doneCount is the count of the objects that apply is through with.
const doneCount = "done"

func (r Result) then(next Result) Result {
	next.Work = r.Work.Plus(next.Work)
	next.Began, next.Took = r.Began, r.Took+next.Took
	left := sum(next.Counts) - next.Counts[doneCount]
	objects := max(sum(r.Counts), r.Counts[doneCount]+sum(next.Counts))
	counts := maps.Clone(next.Counts)
	if counts == nil {
		counts = map[string]int{}
	}
	counts[doneCount] = objects - left
	next.Counts = counts
	return next
}

func sum(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// With are the tasks whose shops stand so now, in their order.
func (t *Tally) With(o Outcome) []Task {
	var tasks []Task
	for _, task := range t.tasks {
		if t.results[task.Dir].Outcome == o {
			tasks = append(tasks, task)
		}
	}
	return tasks
}

// Result is what is known of a shop; ok is false before its first result.
func (t *Tally) Result(dir string) (r Result, ok bool) {
	r, ok = t.results[dir]
	return r, ok
}

// Report is what became of the tasks. One that never had a result is failed.
func (t *Tally) Report() *Report {
	report := &Report{Verb: t.verb, Took: time.Since(t.began)}
	for _, task := range t.tasks {
		r, ok := t.results[task.Dir]
		if !ok {
			r = Failed(task, Failure{What: lang.T("no machine told what became of this shop", "没有机器报告该店铺的结果")})
		}
		report.Results = append(report.Results, r)
	}
	slices.SortFunc(report.Results, func(a, b Result) int { return cmp.Compare(a.Dir, b.Dir) })
	return report
}

// LogName is where the reports of the shop in a directory stand in a folder of
// logs, without extension and with slashes.
func LogName(dir string) string {
	if dir == "." {
		return "_root"
	}
	return dir
}
