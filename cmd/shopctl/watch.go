package main

import (
	"context"
	"maps"
	"time"

	"golang.org/x/term"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// The pauses between two looks at what is in review. They grow by half, begin anew
// when something has moved, and are never shorter than five times a look takes.
const (
	firstLook   = 3 * time.Second
	longestLook = 30 * time.Second
	lookShare   = 5
)

// readAllEvery is when the whole shop is read again, for what others do there.
const readAllEvery = 5 * time.Minute

// untilDone is the value of --until that ends a watch when nothing is in review.
const untilDone = "done"

// watcher keeps one board up to date.
type watcher struct {
	flags     statusFlags
	situation *situation
	board     view.Board
	show      *view.Watch
	readAll   time.Time // when the whole shop is read next
}

// watch keeps the board up to date until it is to end.
func (a *app) watch(ctx context.Context, f statusFlags, only []view.Status) error {
	if a.view.Format != view.Text && a.view.Format != view.JSON {
		return badFlag("--watch --format", f.format, "text, json")
	}
	over, err := f.ending()
	if err != nil {
		return err
	}
	s, err := a.looking(ctx, f.deadline)
	if err != nil {
		return err
	}
	defer s.shop.close()
	w := &watcher{flags: f, situation: s, readAll: s.policy.Now.Add(readAllEvery)}
	if w.board, err = f.part(s.board()); err != nil {
		return err
	}
	w.show = a.view.Watch(only, term.IsTerminal(int(a.stdout.Fd())))
	if err := w.run(ctx, over); err != nil {
		return err
	}
	return standing(w.board.Standings)
}

// run looks again and again. What goes wrong with a look is told, and the next one
// may go well.
func (w *watcher) run(ctx context.Context, over func(*view.Board) bool) error {
	for pause := firstLook; ; {
		if err := w.rest(ctx, pause, over(&w.board)); err != nil {
			return err
		}
		if over(&w.board) || ctx.Err() != nil {
			return w.show.Close(w.board)
		}
		began := time.Now()
		moved, err := w.look(ctx)
		if err != nil && ctx.Err() == nil {
			if err := w.show.Trouble(w.situation.shop.now(), err); err != nil {
				return err
			}
		}
		pause = nextPause(pause, moved, time.Since(began))
	}
}

// resizeLook is how often a resting watch looks at the size of the terminal.
const resizeLook = 250 * time.Millisecond

// rest shows the board for the time of a pause, and anew whenever the terminal has
// got another size meanwhile. The last board is not rested on.
func (w *watcher) rest(ctx context.Context, pause time.Duration, last bool) error {
	next := w.situation.shop.now().Add(pause)
	if err := w.show.Show(w.board, next); err != nil || last {
		return err
	}
	for end := time.Now().Add(pause); ; {
		if !sleep(ctx, min(resizeLook, time.Until(end))) || !time.Now().Before(end) {
			return nil
		}
		if w.show.Resized() {
			if err := w.show.Show(w.board, next); err != nil {
				return err
			}
		}
	}
}

// nextPause grows until something moves.
func nextPause(pause time.Duration, moved bool, took time.Duration) time.Duration {
	next := min(pause*3/2, longestLook)
	if moved {
		next = firstLook
	}
	return max(next, lookShare*took)
}

// look reads what may have moved: the objects in review, or the whole shop where
// that was not done for long or another run has written to the state. It reports
// whether the status of an object has changed.
func (w *watcher) look(ctx context.Context) (moved bool, err error) {
	s := w.situation
	st, _, err := state.Read(ctx, s.shop.state, s.shop.id)
	if err != nil {
		return false, err
	}
	all := !s.shop.now().Before(w.readAll) || st.Serial != s.state.Serial || st.Seq != s.state.Seq
	pol := s.policy
	if !all {
		pol.Targets = pendingOf(&w.board)
	}
	if all || len(pol.Targets) > 0 {
		scope := reconcile.ScopeOf(s.catalog, st, pol)
		seen, err := s.shop.provider.Observe(ctx, scope)
		if err != nil {
			return false, err
		}
		s.seen = s.seen.With(seen, scope)
	}
	s.state, s.policy.Now = st, s.shop.now()
	if all {
		w.readAll = s.policy.Now.Add(readAllEvery)
	}
	before := view.StatusesOf(w.board.Standings)
	w.board = w.flags.selected(s.board())
	return !maps.Equal(before, view.StatusesOf(w.board.Standings)), nil
}

// ending is when --until says that a watch is over.
func (f *statusFlags) ending() (over func(*view.Board) bool, err error) {
	switch f.until {
	case "":
		return func(*view.Board) bool { return false }, nil
	case untilDone:
		return func(b *view.Board) bool { return len(pendingOf(b)) == 0 }, nil
	}
	end, ok := schema.ParseDeadline(f.until)
	if !ok {
		return nil, &view.Problem{
			What:   lang.F("--until %q is neither done nor a time", "--until 的值 %q 既不是 done，也不是时间", f.until),
			Remedy: lang.T(`Write done, or a time like "2026-11-27 20:00" (Beijing time).`, `请写 done，或 "2026-11-27 20:00" 形式的时间（北京时间）。`),
		}
	}
	return func(b *view.Board) bool { return !b.At.Before(end) }, nil
}

// pendingOf are the objects that time alone moves on.
func pendingOf(b *view.Board) []schema.Address {
	var pending []schema.Address
	for i := range b.Standings {
		if view.StatusOf(&b.Standings[i]).Pending() {
			pending = append(pending, b.Standings[i].Address)
		}
	}
	return pending
}
