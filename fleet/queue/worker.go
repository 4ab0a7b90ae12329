package queue

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
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
	defer pool.Close()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	me := &working{Worker: w, pool: pool, id: "w" + rand.Text(), stop: stop}
	host, _ := os.Hostname()
	row := workerRow{ID: me.id, Host: host, PID: os.Getpid(), Queue: w.topic(), Revision: w.Revision, Shops: shops}
	sent := time.Now()
	if err := join(ctx, pool, row, w.leaseLength()); err != nil {
		return err
	}
	return me.work(ctx, sent, shops)
}

// working is a worker under way.
type working struct {
	river.WorkerDefaults[job]
	Worker
	pool *pgxpool.Pool
	id   string
	stop context.CancelCauseFunc
	lost atomic.Bool
}

func (w *working) work(ctx context.Context, since time.Time, shops int) error {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, w); err != nil {
		return err
	}
	client, err := river.NewClient(riverpgxv5.New(w.pool), &river.Config{
		ID: w.id, Schema: Schema, Workers: workers, JobTimeout: -1,
		Queues: map[string]river.QueueConfig{w.topic(): {MaxWorkers: shops}},
		Logger: w.riverLog(),
	})
	if err == nil {
		err = client.Start(context.WithoutCancel(ctx))
	}
	if err != nil {
		return errors.Join(err, leave(context.WithoutCancel(ctx), w.pool, w.id))
	}
	if w.Ready != nil {
		w.Ready()
	}
	w.live(ctx, since)
	return w.end(ctx, client)
}

// live renews the lease, and looks after the jobs of the dead, until ctx ends.
func (w *working) live(ctx context.Context, renewed time.Time) {
	length := w.leaseLength()
	for tick := time.NewTicker(length / 3); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		sent := time.Now()
		ours, err := w.beat(length / 4)
		switch {
		case err == nil && ours:
			renewed = sent
		case err == nil || time.Since(renewed) > length*2/3:
			w.lost.Store(true)
			w.stop(ErrLeaseLost)
			tick.Stop()
			return
		}
	}
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

// end lets the shops under way end gently, and takes leave.
func (w *working) end(ctx context.Context, client *river.Client[pgx.Tx]) error {
	after := context.WithoutCancel(ctx)
	if w.lost.Load() {
		w.abandon(client)
		return ErrLeaseLost
	}
	err := errors.Join(client.StopAndCancel(after), leave(after, w.pool, w.id))
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	return err
}

// Timeout implements river.Worker: a shop may take as long as it takes. What ends
// it is in its task, and whoever is gone is known by its lease.
func (w *working) Timeout(*river.Job[job]) time.Duration { return -1 }

// Work implements river.Worker.
func (w *working) Work(ctx context.Context, j *river.Job[job]) error {
	if w.Check != nil {
		if err := w.Check(ctx); err != nil {
			w.stop(err)
			return river.JobSnooze(time.Second) // for a worker that fits
		}
	}
	var t fleet.Task
	if err := json.Unmarshal(j.Args.Task, &t); err != nil {
		return river.JobCancel(err)
	}
	w.log().Info("began", "shop", t.Dir, "verb", t.Verb, "attempt", j.Attempt)
	result, logs := w.Do(j.Args.Logs)(ctx, t)
	w.log().Info("ended", "shop", t.Dir, "verb", t.Verb, "outcome", result.Outcome)
	if !j.Args.Logs {
		logs = fleet.Logs{}
	}
	switch {
	case w.lost.Load():
		w.vanish()
	case result.Outcome == fleet.OutcomeInterrupted && ctx.Err() != nil && !errors.Is(context.Cause(ctx), river.ErrJobCancelledRemotely):
		return river.JobSnooze(0)
	}
	return w.finish(context.WithoutCancel(ctx), j, result, logs)
}

// finish stores the result, if the job is still ours.
func (w *working) finish(ctx context.Context, j *river.Job[job], r fleet.Result, logs fleet.Logs) error {
	told, err := newOutcome(r, logs)
	if err == nil {
		err = river.RecordOutput(ctx, told)
	}
	if err != nil {
		return fmt.Errorf("tell the result of %s: %w", j.Args.Shop, err)
	}
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		var ours bool
		err := tx.QueryRow(ctx, `
SELECT state = 'running' AND attempt = $2 AND EXISTS (
  SELECT FROM `+Schema+`.workers WHERE id = $3 AND expires > clock_timestamp())
FROM `+Schema+`.river_job WHERE id = $1 FOR UPDATE`, j.ID, j.Attempt, w.id).Scan(&ours)
		if err != nil || !ours {
			return errors.Join(err, ErrLeaseLost)
		}
		_, err = river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, j)
		return err
	})
}

func died(t fleet.Task) fleet.Result {
	return fleet.Failed(t, fleet.Failure{
		What:   lang.F("%d workers died over this shop", "处理该店铺时已有 %d 个 worker 异常退出", MaxAttempts),
		Remedy: lang.T("See their logs: memory may have run out. What they had finished is recorded, and nothing is sent twice.", "请查看它们的日志：可能是内存不足。已完成的操作均有记录，不会重复提交。"),
	})
}

// riverLog keeps what River says of itself apart from what shops say.
func (w *working) riverLog() *slog.Logger { return w.log().With("component", "queue") }
