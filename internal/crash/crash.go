// Package crash brings a panic from the goroutine that it happens in to the one that
// waits for it. Go ends the process when a goroutine panics, whoever might have
// recovered further up; where one process works on many shops, that would end the
// work on all of them because of one. So the goroutines that are started below a shop
// hand their panic up, and the shop's own goroutine panics in their place.
//
// What Go itself ends a process for cannot be handed on: a stack without end, two
// goroutines that write to one map, no memory, and a panic in a goroutine of a
// library.
package crash

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Panic is a panic, and where it happened.
type Panic struct {
	Value any
	Stack []byte
}

// Error implements error; it is what the runtime prints of a panic with it.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Rethrow panics with p; without one it does nothing.
func (p *Panic) Rethrow() {
	if p != nil {
		panic(p)
	}
}

// Catch runs f and returns the panic that it ended in; nil for none.
func Catch(f func()) (p *Panic) {
	defer func() { p = Of(recover()) }()
	f()
	return nil
}

// Of is a recovered value as a Panic; one that was handed on keeps its stack. It is
// called in the deferred function that recovers, and is nil where nothing was.
func Of(recovered any) *Panic {
	if recovered == nil {
		return nil
	}
	if p, ok := recovered.(*Panic); ok {
		return p
	}
	return &Panic{Value: recovered, Stack: debug.Stack()}
}

// Try runs f; a panic of it is its error.
func Try(f func() error) (err error) {
	if p := Catch(func() { err = f() }); p != nil {
		return p
	}
	return err
}

// Group is an errgroup.Group whose Wait panics when one of its functions did.
type Group struct {
	group *errgroup.Group
	mu    sync.Mutex
	first *Panic
}

// WithContext is a group whose context ends with the first error or panic.
func WithContext(ctx context.Context) (*Group, context.Context) {
	group, ctx := errgroup.WithContext(ctx)
	return &Group{group: group}, ctx
}

// NewGroup is a group without a context of its own.
func NewGroup() *Group { return &Group{group: new(errgroup.Group)} }

// SetLimit bounds how many functions run at the same time.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs f in a goroutine.
func (g *Group) Go(f func() error) {
	g.group.Go(func() error {
		err := Try(f)
		if p, ok := errors.AsType[*Panic](err); ok {
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.first == nil {
				g.first = p
			}
		}
		return err
	})
}

// Wait returns the first error when all are through, or panics with the first panic.
func (g *Group) Wait() error {
	err := g.group.Wait()
	g.first.Rethrow()
	return err
}
