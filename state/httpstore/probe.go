package httpstore

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
)

// racers is how many take the lock at once.
const racers = 8

// Probe implements state.Prober. The lock of the state is taken for a moment; the
// document is not written.
func (s *Store) Probe(ctx context.Context) ([]state.Finding, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var mu sync.Mutex
	var winners []string
	var errs []error
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			now := s.client.Clock.Now()
			info := state.LockInfo{ID: "check-" + rand.Text(), Operation: "state check-backend", Who: "shopctl", Since: now, Expires: now.Add(s.length)}
			name := lockName(info)
			a, err := s.ask(ctx, s.config.LockMethod, s.config.LockAddress, info, name)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
			} else if a.Status < 300 {
				winners = append(winners, name)
			}
		})
	}
	wg.Wait()
	for _, w := range winners {
		errs = append(errs, s.unlock(context.WithoutCancel(ctx), w))
	}
	seen := lang.F("%d of %d got it", "%[2]d 个中有 %[1]d 个成功", len(winners), racers)
	if len(winners) == 0 {
		seen = lang.T("none got it: it is locked, or there is no lock", "没有一个成功：它已被锁定，或服务器不提供锁")
	}
	return []state.Finding{{
		Promise: lang.F("Of %d who take the lock at once, one gets it.", "%d 个客户端同时加锁时，只有一个成功。", racers),
		Kept:    len(winners) == 1,
		Seen:    seen,
	}}, errors.Join(errs...)
}
