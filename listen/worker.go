package listen

import (
	"context"
	"errors"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/state"
)

// Patience after a reading that did not work. What is to be read stays in the
// queue meanwhile, and more may join it.
const (
	lockPause    = 2 * time.Second // somebody else, most likely apply, holds the state's lock
	firstBackoff = 5 * time.Second
	maxBackoff   = 5 * time.Minute
	maxRest      = time.Minute // after a reading that took long
)

// read reads what the queue asks for, one batch after the other. It rests for as
// long as the last reading took, so that a large shop is not read all the time.
func (s *Server) read(ctx context.Context) {
	backoff, rest := firstBackoff, s.config.Gather
	for s.queue.wait(ctx) == nil {
		if s.config.Sleep(ctx, rest) != nil {
			return
		}
		start := s.config.Now()
		err := s.batch(ctx)
		took := s.config.Now().Sub(start)
		s.metrics.seconds.Observe(took.Seconds())
		rest = min(max(s.config.Gather, took), maxRest)
		if err == nil {
			backoff = firstBackoff
			continue
		}
		if s.config.Sleep(ctx, backoff) != nil {
			return
		}
		backoff = min(2*backoff, maxBackoff)
	}
}

// batch reads all that waits at this moment. What could not be read is put back.
func (s *Server) batch(ctx context.Context) error {
	objects, all := s.queue.take()
	if !all && s.board.unread() {
		all, objects = true, nil // rows of single objects would make no board
	}
	standings, err := s.config.Reader.Read(ctx, objects)
	outcome := "done"
	if _, locked := errors.AsType[*state.LockError](err); locked {
		s.owed.add(objects, all)
		outcome, err = "locked", nil
	}
	if err != nil {
		s.queue.add(objects, all)
		if ctx.Err() == nil {
			s.metrics.reads.WithLabelValues("failed").Inc()
			s.config.Log.Warn("reading the shop failed; trying again", "error", err)
			s.board.trouble(troubleOf(err))
		}
		return err
	}
	s.metrics.reads.WithLabelValues(outcome).Inc()
	s.config.Log.Info("read", "objects", len(objects), "all", all, "outcome", outcome)
	if standings == nil {
		return nil // locked before anything was seen
	}
	verdicts := s.board.replace(standings, all, s.config.Now())
	if len(verdicts) > 0 && s.config.Verdicts != nil {
		s.config.Verdicts(verdicts)
	}
	return nil
}

// repay has what the state was not told read again as soon as the lock is free.
func (s *Server) repay(ctx context.Context) {
	for s.owed.wait(ctx) == nil {
		if s.config.Sleep(ctx, lockPause) != nil {
			return
		}
		if s.config.Reader.Free(ctx) {
			s.queue.add(s.owed.take())
		}
	}
}

// troubleOf says on the board what went wrong.
func troubleOf(err error) lang.Text {
	why := lang.Same(err.Error())
	if e, ok := errors.AsType[*provider.Error](err); ok && e.Meaning.EN != "" {
		why = lang.T(e.Meaning.EN+" "+e.Remedy.EN, e.Meaning.ZH+e.Remedy.ZH)
	}
	return lang.T("The shop could not be read: "+why.EN, "无法读取店铺："+why.ZH)
}
