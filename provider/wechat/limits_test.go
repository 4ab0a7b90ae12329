package wechat

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider"
)

// A call that gives up waiting leaves its place to the next one.
func TestWhoGivesUpTakesNoPlace(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var waited []time.Duration
	gone := errors.New("gone")
	l := newLimiter([]Limit{{PerSecond: 1, Burst: 1}}, func() time.Time { return now }, func(_ context.Context, d time.Duration) error {
		waited = append(waited, d)
		return gone
	})
	if err := l.wait(t.Context(), "/shop/spu/add"); err != nil || len(waited) != 0 {
		t.Fatalf("the first call waits %v: %v", waited, err)
	}
	for range 3 {
		if err := l.wait(t.Context(), "/shop/spu/add"); !errors.Is(err, gone) {
			t.Fatalf("it did not give up: %v", err)
		}
	}
	for i, d := range waited {
		if d != time.Second {
			t.Errorf("call %d waits %v for a place that nobody has", i+2, d)
		}
	}
}

// A token that lives shorter than the margin is used for half of its life, and
// not fetched anew for every call.
func TestAShortLivedTokenIsKeptForHalfItsLife(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	start, fetched := now, 0
	token := cachedToken{now: func() time.Time { return now }, fetch: func(context.Context) (string, time.Duration, error) {
		fetched++
		return "t", 100 * time.Second, nil
	}}
	for _, step := range []struct {
		after   time.Duration
		fetched int
	}{{0, 1}, {49 * time.Second, 1}, {50 * time.Second, 2}} {
		now = start.Add(step.after)
		if _, err := token.Token(t.Context()); err != nil || fetched != step.fetched {
			t.Errorf("after %v: fetched %d times, want %d (%v)", step.after, fetched, step.fetched, err)
		}
	}
}

// A token that cannot be had now may be had later; one that is refused is refused
// to every call of the run.
func TestWhichTokenErrorsMeetEveryCall(t *testing.T) {
	c := &Client{secrets: &Redactor{}}
	for class, everywhere := range map[provider.Class]bool{provider.ClassRetry: false, provider.ClassAuth: true, provider.ClassFix: true, provider.ClassPermission: true} {
		e, ok := errors.AsType[*provider.Error](c.tokenError(&provider.Error{Class: class}))
		if !ok || e.Everywhere != everywhere {
			t.Errorf("%s: everywhere is %v, want %v", class, e.Everywhere, everywhere)
		}
	}
}
