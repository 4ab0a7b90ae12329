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
)

// read reads what the queue asks for, one batch after the other.
func (s *Server) read(ctx context.Context) {
	backoff := firstBackoff
	for s.queue.wait(ctx) == nil {
		if s.config.Sleep(ctx, s.config.Gather) != nil {
			return
		}
		err := s.batch(ctx)
		if err == nil {
			backoff = firstBackoff
			continue
		}
		pause := backoff
		if _, locked := errors.AsType[*state.LockError](err); locked {
			pause = lockPause
		} else {
			backoff = min(2*backoff, maxBackoff)
		}
		if s.config.Sleep(ctx, pause) != nil {
			return
		}
	}
}

// batch reads all that waits at this moment. What could not be read is put back.
func (s *Server) batch(ctx context.Context) error {
	objects, all := s.queue.take()
	if !all && s.board.unread() {
		all, objects = true, nil // rows of single objects would make no board
	}
	start := s.config.Now()
	standings, err := s.config.Reader.Read(ctx, objects)
	took := s.config.Now().Sub(start)
	if err != nil {
		s.queue.add(objects, all)
		if ctx.Err() == nil {
			s.failed(err, took)
		}
		return err
	}
	s.metrics.reads.add("done")
	s.metrics.readSeconds(took)
	s.config.Log.Info("read", "objects", len(objects), "all", all, "took", took)
	verdicts := s.board.replace(standings, all, s.config.Now())
	if len(verdicts) > 0 && s.config.Verdicts != nil {
		s.config.Verdicts(verdicts)
	}
	return nil
}

// failed notes a reading that did not work. Waiting for the lock is no trouble.
func (s *Server) failed(err error, took time.Duration) {
	s.metrics.readSeconds(took)
	if _, locked := errors.AsType[*state.LockError](err); locked {
		s.metrics.reads.add("locked")
		s.config.Log.Info("the state is locked; trying again", "pause", lockPause)
		return
	}
	s.metrics.reads.add("failed")
	s.config.Log.Warn("reading the shop failed; trying again", "error", err)
	s.board.trouble(troubleOf(err))
}

// troubleOf says on the board what went wrong.
func troubleOf(err error) lang.Text {
	why := lang.Same(err.Error())
	if e, ok := errors.AsType[*provider.Error](err); ok && e.Meaning.EN != "" {
		why = lang.T(e.Meaning.EN+" "+e.Remedy.EN, e.Meaning.ZH+e.Remedy.ZH)
	}
	return lang.T("The shop could not be read: "+why.EN, "无法读取店铺："+why.ZH)
}
