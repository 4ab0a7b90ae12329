package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
)

// How often a caller looks for results, tries again to put in a shop that others
// are at, and looks after workers; and how long it waits for a first worker.
const (
	pollEvery  = 250 * time.Millisecond
	againEvery = 2 * time.Second
	patience   = 5 * time.Minute
)

// Engine has the tasks of a fleet done by the workers of a queue.
type Engine struct {
	Config
	Logs bool // whether fleet.Logs are wanted
	// Tell hears what a run waits for; may be nil.
	Tell func(lang.Text)
}

// Run implements fleet.Engine.
func (e Engine) Run(ctx context.Context, tasks []fleet.Task, done func(fleet.Result, fleet.Logs)) error {
	pool, err := connect(ctx, e.Config, 4)
	if err != nil {
		return err
	}
	defer pool.Close()
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: Schema, Logger: e.log()})
	if err != nil {
		return err
	}
	r := &run{Engine: e, pool: pool, client: client, waiting: tasks, jobs: map[int64]fleet.Task{}, done: done, seen: time.Now()}
	return r.wait(ctx)
}

// run is one call of Run under way.
type run struct {
	Engine
	pool    *pgxpool.Pool
	client  *river.Client[pgx.Tx]
	waiting []fleet.Task // others have a job for these shops
	jobs    map[int64]fleet.Task
	done    func(fleet.Result, fleet.Logs)

	tended time.Time // when waiting shops and workers were last looked after
	seen   time.Time // when a worker was last there
	said   string    // what Tell has heard last
	called bool      // off
}

// wait puts the tasks in and collects the results. A database that is away for a
// moment is waited for.
func (r *run) wait(ctx context.Context) error {
	answered := time.Now()
	for {
		err := r.look(ctx)
		switch {
		case err == nil && len(r.waiting) == 0 && len(r.jobs) == 0:
			return nil
		case err == nil:
			answered = time.Now()
		case time.Since(answered) > r.leaseLength():
			return err
		default:
			r.log().Warn("the queue does not answer; trying again", "error", err)
		}
		r.pause(ctx)
	}
}

// look does what is due.
func (r *run) look(ctx context.Context) error {
	after := context.WithoutCancel(ctx)
	if ctx.Err() != nil && !r.called {
		if err := r.callOff(after); err != nil {
			return err
		}
	}
	if time.Since(r.tended) > againEvery {
		if err := r.tend(after); err != nil {
			return err
		}
	}
	return r.collect(after)
}

func (r *run) pause(ctx context.Context) {
	interrupt := ctx.Done()
	if ctx.Err() != nil {
		interrupt = nil // heard already
	}
	select {
	case <-interrupt:
	case <-time.After(pollEvery):
	}
}

// tend puts in what waits, takes the jobs of dead workers back, and tells people
// what the run waits for.
func (r *run) tend(ctx context.Context) error {
	if err := r.insert(ctx); err != nil {
		return fmt.Errorf("put the shops into the queue: %w", err)
	}
	if _, err := rescue(ctx, r.pool); err != nil {
		return fmt.Errorf("look after the workers: %w", err)
	}
	workers, err := alive(ctx, r.pool)
	if err != nil {
		return fmt.Errorf("look for workers: %w", err)
	}
	r.tended = time.Now()
	fits := slices.ContainsFunc(workers, func(w workerRow) bool { return w.Queue == r.topic() })
	switch {
	case fits:
		r.seen = time.Now()
		if len(r.waiting) > 0 {
			r.say(lang.F("%d shops are being worked on for another run; they follow.", "有 %d 个店铺正在被另一次运行处理，随后继续。", len(r.waiting)))
		}
	case time.Since(r.seen) > patience && !r.called:
		return r.giveUp(ctx, workers)
	case len(r.jobs) > 0:
		r.say(lang.F("No worker has revision %s. Workers there are: %s.", "没有 worker 处于修订版本 %s。现有的 worker：%s。", r.Revision, list(workers)))
	}
	return nil
}

func (r *run) say(t lang.Text) {
	if r.Tell != nil && r.said != t.EN {
		r.said = t.EN
		r.Tell(t)
	}
}

// list names workers, each revision once.
func list(workers []workerRow) string {
	if len(workers) == 0 {
		return "-"
	}
	var out []string
	for _, w := range workers {
		if entry := fmt.Sprintf("%s (%s)", w.Revision, w.Host); !slices.Contains(out, entry) {
			out = append(out, entry)
		}
	}
	return strings.Join(out, ", ")
}

// insertAtOnce is how many jobs go to the database in one statement.
const insertAtOnce = 1000

// insert puts in the tasks that wait. Those whose shop has a job go on waiting.
func (r *run) insert(ctx context.Context) error {
	var still []fleet.Task
	for tasks := range slices.Chunk(r.waiting, insertAtOnce) {
		params := make([]river.InsertManyParams, len(tasks))
		for i, t := range tasks {
			args, err := newJob(t, r.Logs)
			if err != nil {
				return err
			}
			params[i] = river.InsertManyParams{Args: args, InsertOpts: &river.InsertOpts{Queue: r.topic()}}
		}
		results, err := r.client.InsertMany(ctx, params)
		if err != nil {
			return err
		}
		for i, inserted := range results {
			if inserted.UniqueSkippedAsDuplicate {
				still = append(still, tasks[i])
				continue
			}
			r.jobs[inserted.Job.ID] = tasks[i]
		}
	}
	r.waiting = still
	return nil
}

// collect tells the results that have come.
func (r *run) collect(ctx context.Context) error {
	ids := make([]int64, 0, len(r.jobs))
	for id := range r.jobs {
		ids = append(ids, id)
	}
	for ids := range slices.Chunk(ids, insertAtOnce) {
		list, err := r.client.JobList(ctx, river.NewJobListParams().IDs(ids...).States(over...).First(insertAtOnce))
		if err != nil {
			return fmt.Errorf("read the results of the queue: %w", err)
		}
		for _, row := range list.Jobs {
			t := r.jobs[row.ID]
			delete(r.jobs, row.ID)
			r.done(result(t, row))
		}
	}
	return nil
}

// result is what became of a job that is over.
func result(t fleet.Task, row *rivertype.JobRow) (fleet.Result, fleet.Logs) {
	var told outcome
	var found fleet.Result
	switch output := row.Output(); {
	case output == nil && row.State == rivertype.JobStateCancelled && row.Attempt == 0:
		return fleet.Skipped(t), fleet.Logs{}
	case output == nil && row.State == rivertype.JobStateCancelled:
		interrupted := fleet.Skipped(t)
		interrupted.Outcome = fleet.OutcomeInterrupted
		return interrupted, fleet.Logs{}
	case output == nil:
		return died(t), fleet.Logs{}
	case json.Unmarshal(output, &told) != nil || json.Unmarshal(told.Result, &found) != nil:
		return fleet.Failed(t, fleet.Failure{What: lang.T("the worker's report cannot be read", "无法读取 worker 的报告")}), fleet.Logs{}
	}
	return found, told.Logs
}

func died(t fleet.Task) fleet.Result {
	return fleet.Failed(t, fleet.Failure{
		What:   lang.F("%d workers died over this shop", "处理该店铺时已有 %d 个 worker 异常退出", MaxAttempts),
		Remedy: lang.T("See their logs: memory may have run out. What they had finished is recorded, and nothing is sent twice.", "请查看它们的日志：可能是内存不足。已完成的操作均有记录，不会重复提交。"),
	})
}

// callOff takes back what has not begun, and lets the rest end gently.
func (r *run) callOff(ctx context.Context) error {
	for _, t := range r.waiting {
		r.done(fleet.Skipped(t), fleet.Logs{})
	}
	r.waiting = nil
	for id := range r.jobs {
		if _, err := r.client.JobCancel(ctx, id); err != nil {
			return fmt.Errorf("take a shop out of the queue: %w", err)
		}
	}
	r.called = true
	return nil
}

// giveUp takes everything back when nobody comes to do it.
func (r *run) giveUp(ctx context.Context, workers []workerRow) error {
	why := fleet.Failure{
		What:   lang.F("no worker with revision %s came within %s; workers there are: %s", "%[2]s 内没有修订版本为 %[1]s 的 worker 出现；现有的 worker：%[3]s", r.Revision, patience, list(workers)),
		Remedy: lang.T("Check the same commit out on the workers and start them again: shopctl fleet worker --queue ...", "请让 worker 检出相同的提交后重新启动：shopctl fleet worker --queue ..."),
	}
	tell := r.done
	r.done = func(x fleet.Result, l fleet.Logs) {
		if x.Outcome == fleet.OutcomeSkipped {
			x.Outcome, x.Error = fleet.OutcomeFailed, &why
		}
		tell(x, l)
	}
	return r.callOff(ctx)
}
