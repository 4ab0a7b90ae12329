package main

import (
	"time"

	"github.com/shopctl/shopctl/view"
)

// lookEvery is how often it is looked at which calls have no answer.
const lookEvery = time.Second

// tellOfWaiting tells which call of the shop the platform has not answered, until
// silent is called.
func (a *app) tellOfWaiting() (silent func()) {
	waiting, stop, over := a.view.Waiting(), make(chan struct{}), make(chan struct{})
	look := time.NewTicker(lookEvery)
	go func() {
		defer close(over)
		defer look.Stop()
		for {
			select {
			case <-stop:
				return
			case now := <-look.C:
				oldest, calls := a.underway.Oldest(now.Add(-view.SlowAfter))
				waiting.Look(now, oldest, calls)
			}
		}
	}()
	return func() {
		close(stop)
		<-over
	}
}
