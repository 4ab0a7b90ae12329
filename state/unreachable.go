package state

import (
	"context"
	"errors"
	"time"

	"github.com/shopctl/shopctl/lang"
)

// UnreachableError is a call to a store that got no answer, or one that says to
// come again. Whether it was done is not known. Err holds no secret.
type UnreachableError struct {
	Where string
	Err   error
}

// Text says which store does not answer.
func (e *UnreachableError) Text() lang.Text {
	return joined(lang.F("the store of the state does not answer (%s): ", "状态存储没有响应（%s）：", e.Where), textOf(e.Err))
}

func (e *UnreachableError) Error() string { return e.Text().EN }

func (e *UnreachableError) Unwrap() error { return e.Err }

// LockLostError is ErrLockLost with the place, why, and what to do.
type LockLostError struct {
	Where string
	// Rescue is the file that holds what could not be written; "" when nothing was
	// left to write.
	Rescue string
	Err    error // why, where known
}

// Text says that nothing more is sent, and where the rest is.
func (e *LockLostError) Text() lang.Text {
	what := lang.F(
		"the lock of the state in %s was lost, so nothing more is sent to the shop",
		"%s 中状态的锁已丢失，因此不再向店铺发送任何请求",
		e.Where)
	if e.Err != nil {
		what = joined(what, lang.T(": ", "："), textOf(e.Err))
	}
	if e.Rescue != "" {
		what = joined(what, keptIn(e.Rescue))
	}
	return what
}

func keptIn(path string) lang.Text {
	return lang.F(
		". What was done and could not be written is in %[1]s: the next run on this machine takes it up; from another machine: shopctl state push %[1]s",
		"。已完成但未能写入的结果保存在 %[1]s：本机下一次运行会自动并入；在其他机器上请执行 shopctl state push %[1]s",
		path)
}

// RescuedError is the error of a store that took nothing, with the file that
// holds what it could not take.
type RescuedError struct {
	Path string
	Err  error
}

// Text says why, and where the rest is.
func (e *RescuedError) Text() lang.Text { return joined(textOf(e.Err), keptIn(e.Path)) }

func (e *RescuedError) Error() string { return e.Text().EN }

func (e *RescuedError) Unwrap() error { return e.Err }

func (e *LockLostError) Error() string { return e.Text().EN }

// Is makes it an ErrLockLost.
func (e *LockLostError) Is(target error) bool { return target == ErrLockLost }

func (e *LockLostError) Unwrap() error { return e.Err }

func joined(parts ...lang.Text) (all lang.Text) {
	for _, p := range parts {
		all.EN += p.EN
		all.ZH += p.ZH
	}
	return all
}

// textOf is what an error says, in both languages where it can.
func textOf(err error) lang.Text {
	var spoken interface{ Text() lang.Text }
	if errors.As(err, &spoken) {
		return spoken.Text()
	}
	return lang.Same(err.Error())
}

// Between the attempts to reach a store.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 3 * time.Second
)

// insistence is how long a call is repeated while the store does not answer.
type insistence struct {
	until   func() time.Time // asked anew before each attempt
	attempt time.Duration    // the longest that one attempt takes
	failed  func(error)      // told of each attempt without an answer; may be nil
}

// call repeats a call while the store does not answer. The error is that of the
// last attempt.
func (i insistence) call(ctx context.Context, do func(context.Context) error) error {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := i.once(ctx, do)
		if _, again := errors.AsType[*UnreachableError](err); !again {
			return err
		}
		if i.failed != nil {
			i.failed(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(pause, time.Until(i.until()))):
		}
		if !time.Now().Before(i.until()) {
			return err
		}
	}
}

func (i insistence) once(ctx context.Context, do func(context.Context) error) error {
	end := time.Now().Add(i.attempt)
	if until := i.until(); until.Before(end) {
		end = until
	}
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	return do(ctx)
}
