package fleet

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/crash"
	"github.com/shopctl/shopctl/lang"
)

// Local is the engine of one machine: some shops at a time, each on a goroutine
// of its own, in the order of the tasks.
type Local struct {
	Shops int // at the same time; 1 when zero
	Do    RunShop
}

// Run implements Engine.
func (l Local) Run(ctx context.Context, tasks []Task, done func(Result, Logs)) error {
	queue := make(chan Task)
	var group sync.WaitGroup
	var telling sync.Mutex
	tell := func(r Result, logs Logs) {
		telling.Lock()
		defer telling.Unlock()
		done(r, logs)
	}
	for range min(max(l.Shops, 1), len(tasks)) {
		group.Go(func() {
			for t := range queue {
				if ctx.Err() != nil {
					tell(Skipped(t), Logs{})
					continue
				}
				tell(l.Do(ctx, t))
			}
		})
	}
	for _, t := range tasks {
		queue <- t
	}
	close(queue)
	group.Wait()
	return nil
}

// Begun is the result of a task as far as the task tells it.
func Begun(t Task) Result {
	return Result{Dir: t.Dir, Name: t.Name, Shop: t.Shop, Source: t.Source}
}

// Skipped is the result of a task that was never begun.
func Skipped(t Task) Result {
	r := Begun(t)
	r.Outcome = OutcomeSkipped
	return r
}

// Failed is the result of a task that could not be done at all.
func Failed(t Task, why Failure) Result {
	r := Begun(t)
	r.Outcome, r.Error = OutcomeFailed, &why
	return r
}

// Guarded keeps a panic to the shop it happened in: it becomes the Result, and
// the stack stands in its log. It also sees to what every Result must have.
func Guarded(do RunShop) RunShop {
	return func(ctx context.Context, t Task) (r Result, logs Logs) {
		began := time.Now()
		defer func() {
			if p := crash.Of(recover()); p != nil {
				r = Failed(t, Failure{
					What:   lang.F("a mistake of this program ended the work on the shop: %v", "程序自身的错误中止了该店铺的处理：%v", p.Value),
					Remedy: lang.T("Please report it with the shop's log; what was done is recorded, the next run goes on.", "请附上该店铺的日志反馈此问题；已完成的操作均有记录，下次运行会继续。"),
				})
				logs.Text = fmt.Appendf(logs.Text, "panic: %v\n", p)
			}
			r.Began, r.Took = began, time.Since(began).Seconds()
		}()
		return do(ctx, t)
	}
}
