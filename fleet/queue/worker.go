package queue

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
)

// ErrLeaseLost ends a worker that could not tell the others in time that it
// lives. Its jobs are with others.
var ErrLeaseLost = errors.New("the worker could not renew its lease")

// Worker does jobs until its context ends.
type Worker struct {
	Config
	Shops int // at the same time; 1 when zero
	// Do makes what does a task; logs says whether its Logs are wanted.
	Do func(logs bool) fleet.RunShop
	// Check is asked before every job; an error says that the checkout is not what
	// it was, and ends the worker.
	Check func(ctx context.Context) error
	// Ready is called when the worker takes jobs; may be nil.
	Ready func()
}

// Run works. When ctx ends, shops under way are ended gently and go back into the
// queue, where another worker goes on with them. The other ends are errors: that
// of Check, ErrLeaseLost, or that the queue cannot be opened.
func (w Worker) Run(ctx context.Context) error {
	shops := max(w.Shops, 1)
	pool, err := connect(ctx, w.Config, int32(shops)+5)
	if err != nil {
		return err
	}
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	me := &working{Worker: w, pool: pool, id: "w" + rand.Text(), ended: inner, stop: stop}
	host, _ := os.Hostname()
	row := workerRow{ID: me.id, Host: host, PID: os.Getpid(), Queue: w.topic(), Revision: w.Revision, Shops: shops}
	sent := time.Now()
	if err := join(ctx, pool, row, w.leaseLength()); err != nil {
		pool.Close()
		return err
	}
	err = me.work(sent, shops)
	if me.lost.Load() {
		return ErrLeaseLost
	}
	err = errors.Join(err, leave(context.WithoutCancel(ctx), pool, me.id))
	pool.Close()
	if ctx.Err() == nil {
		err = errors.Join(context.Cause(inner), err)
	}
	return err
}

// working is a worker under way.
type working struct {
	river.WorkerDefaults[job]
	Worker
	pool  *pgxpool.Pool
	id    string
	ended context.Context // no more shops are begun, and those under way end
	stop  context.CancelCauseFunc
	lost  atomic.Bool
	busy  sync.RWMutex // held shared while a shop is under way
}

func (w *working) work(since time.Time, shops int) error {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, w); err != nil {
		return err
	}
	client, err := river.NewClient(riverpgxv5.New(w.pool), &river.Config{
		ID: w.id, Schema: Schema, Workers: workers, JobTimeout: -1,
		Queues: map[string]river.QueueConfig{w.topic(): {MaxWorkers: shops}},
		Logger: w.log().With("component", "queue"), // apart from what shops say
	})
	if err == nil {
		err = client.Start(context.WithoutCancel(w.ended))
	}
	if err != nil {
		return err
	}
	if w.Ready != nil {
		w.Ready()
	}
	w.live(since)
	if w.lost.Load() {
		w.busy.Lock() // until all have ended; none is told of
		return nil
	}
	return client.StopAndCancel(context.WithoutCancel(w.ended))
}

// live renews the lease, and looks after the jobs of the dead, until the worker
// ends.
func (w *working) live(renewed time.Time) {
	length := w.leaseLength()
	tick := time.NewTicker(length / 3)
	defer tick.Stop()
	for {
		select {
		case <-w.ended.Done():
			return
		case <-tick.C:
		}
		sent := time.Now()
		ours, err := w.beat(length / 4)
		switch {
		case err == nil && ours:
			renewed = sent
		case err == nil || time.Since(renewed) >= length/2:
			w.lose()
		}
	}
}

func (w *working) lose() {
	w.lost.Store(true)
	w.stop(ErrLeaseLost)
}

func (w *working) beat(patience time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ours, err := beat(ctx, w.pool, w.id, w.leaseLength())
	if err != nil {
		w.log().Warn("the lease of the worker was not renewed", "error", err)
		return false, err
	}
	if n, err := rescue(ctx, w.pool); err == nil && n > 0 {
		w.log().Warn("took back the shops of a worker that is gone", "shops", n)
	}
	return ours, nil
}

// Timeout implements river.Worker: a shop may take as long as it takes. What ends
// it is in its task, and whoever is gone is known by its lease.
func (w *working) Timeout(*river.Job[job]) time.Duration { return -1 }

// Work implements river.Worker. When the lease is lost it never returns, so that
// nothing is told of a job that others have; the process is about to end.
func (w *working) Work(ctx context.Context, j *river.Job[job]) error {
	err := w.do(ctx, j)
	if w.lost.Load() {
		select {}
	}
	return err
}

func (w *working) do(ctx context.Context, j *river.Job[job]) error {
	w.busy.RLock()
	defer w.busy.RUnlock()
	if w.Check != nil {
		if err := w.Check(ctx); err != nil {
			w.stop(err)
		}
	}
	if w.ended.Err() != nil {
		return river.JobSnooze(time.Second) // for a worker that stays
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(w.ended, func() { cancel(context.Cause(w.ended)) })()
	result, logs := w.shop(ctx, j)
	if result.Outcome == fleet.OutcomeInterrupted && w.ended.Err() != nil {
		return river.JobSnooze(0) // another worker goes on
	}
	return w.tell(context.WithoutCancel(ctx), j, result, logs)
}

func (w *working) shop(ctx context.Context, j *river.Job[job]) (fleet.Result, fleet.Logs) {
	var t fleet.Task
	if err := json.Unmarshal(j.Args.Task, &t); err != nil {
		return fleet.Failed(fleet.Task{Dir: j.Args.Shop}, fleet.Failure{What: lang.F("the job cannot be read: %v", "无法读取任务：%v", err)}), fleet.Logs{}
	}
	if !filepath.IsLocal(filepath.FromSlash(t.Dir)) {
		return fleet.Failed(t, fleet.Failure{What: lang.F("%s is not below the checkout", "%s 不在检出目录之内", t.Dir)}), fleet.Logs{}
	}
	w.log().Info("began", "shop", t.Dir, "verb", t.Verb, "attempt", j.Attempt)
	result, logs := w.Do(j.Args.Logs)(ctx, t)
	w.log().Info("ended", "shop", t.Dir, "verb", t.Verb, "outcome", result.Outcome)
	if !j.Args.Logs {
		logs = fleet.Logs{}
	}
	return result, logs
}

// tell stores the result, for as long as it takes, unless the job is with others.
func (w *working) tell(ctx context.Context, j *river.Job[job], r fleet.Result, logs fleet.Logs) error {
	told, err := newOutcome(r, logs)
	if err == nil {
		err = river.RecordOutput(ctx, told)
	}
	if err != nil {
		return fmt.Errorf("tell the result of %s: %w", j.Args.Shop, err)
	}
	for {
		err := w.complete(ctx, j)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrLeaseLost):
			w.lose()
			return err
		}
		w.log().Warn("the result was not stored; trying again", "shop", j.Args.Shop, "error", err)
		select {
		case <-time.After(w.leaseLength() / 10):
		case <-w.ended.Done():
			return err
		}
	}
}

func (w *working) complete(ctx context.Context, j *river.Job[job]) error {
	ctx, cancel := context.WithTimeout(ctx, w.leaseLength()/2)
	defer cancel()
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		var ours bool
		err := tx.QueryRow(ctx, `
SELECT attempt = $2 AND EXISTS (SELECT FROM `+Schema+`.workers WHERE id = $3 AND expires > clock_timestamp())
FROM `+Schema+`.river_job WHERE id = $1 AND state = 'running' FOR UPDATE`, j.ID, j.Attempt, w.id).Scan(&ours)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return nil // it is told already, or was taken out of the table
		case err != nil:
			return err
		case !ours:
			return ErrLeaseLost
		}
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, j)
		return err
	})
}
