package wechat

import (
	"context"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit says how fast the endpoints below a path may be called. Every endpoint
// has a bucket of its own.
type Limit struct {
	Prefix    string // longest match wins; "" is the default
	PerSecond float64
	Burst     int
	Source    string // where the figure comes from
}

// DefaultLimits keep within what is known. Burst + 30 s × PerSecond stays below
// the 800 calls in 30 seconds that the standard component's pages name for most
// endpoints, in any window of 30 seconds.
var DefaultLimits = []Limit{
	{Prefix: "", PerSecond: 23, Burst: 100, Source: "reference 1, throttling: 800 per 30 s for most endpoints"},
	{Prefix: "/shop/cat/get", PerSecond: 1, Burst: 2, Source: "reference 4: strict frequency limit, no figure given; once a day suffices"},
	{Prefix: "/shop/audit/", PerSecond: 5, Burst: 50, Source: "no figure published; a shop has tens of audits, not thousands"},
	{Prefix: "/shop/spu/listing", PerSecond: 5, Burst: 50, Source: "reference 8.8: too many listing calls may get the account blacklisted"},
	{Prefix: "/cgi-bin/", PerSecond: 5, Burst: 20, Source: "reference 2.2: 10,000 per minute for stable_token; far less is needed"},
}

// Slow-down after errcode 300000.
const (
	slowFactor = 0.25
	slowFor    = 30 * time.Second // the length of the platform's own window
)

// limiter holds one bucket for each endpoint.
type limiter struct {
	limits []Limit
	now    func() time.Time
	pause  func(context.Context, time.Duration) error

	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	*rate.Limiter
	normal    rate.Limit
	slowUntil time.Time
}

func newLimiter(limits []Limit, now func() time.Time, pause func(context.Context, time.Duration) error) *limiter {
	if limits == nil {
		limits = DefaultLimits
	}
	return &limiter{limits: limits, now: now, pause: pause, buckets: map[string]*bucket{}}
}

// wait returns when the endpoint may be called, or with the error of the context.
// It reserves by our clock instead of calling rate.Limiter.Wait, so that tests
// turn one clock for everything.
func (l *limiter) wait(ctx context.Context, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	now := l.now()
	b := l.bucket(path, now)
	if b == nil {
		return nil
	}
	reservation := b.ReserveN(now, 1)
	delay := reservation.DelayFrom(now)
	if delay == 0 {
		return nil
	}
	if err := l.pause(ctx, delay); err != nil {
		reservation.CancelAt(now)
		return err
	}
	return nil
}

// slowDown makes an endpoint slower for a while.
func (l *limiter) slowDown(path string) {
	now := l.now()
	b := l.bucket(path, now)
	if b == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b.SetLimitAt(now, b.normal*slowFactor)
	b.slowUntil = now.Add(slowFor)
}

// bucket finds or makes the bucket of a path; nil when nothing limits it.
func (l *limiter) bucket(path string, now time.Time) *bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[path]
	if !ok {
		limit, found := l.match(path)
		if !found {
			return nil
		}
		b = &bucket{Limiter: rate.NewLimiter(rate.Limit(limit.PerSecond), limit.Burst), normal: rate.Limit(limit.PerSecond)}
		l.buckets[path] = b
	}
	if !b.slowUntil.IsZero() && !now.Before(b.slowUntil) {
		b.SetLimitAt(now, b.normal)
		b.slowUntil = time.Time{}
	}
	return b
}

func (l *limiter) match(path string) (best Limit, found bool) {
	for _, limit := range l.limits {
		if strings.HasPrefix(path, limit.Prefix) && (!found || len(limit.Prefix) > len(best.Prefix)) {
			best, found = limit, true
		}
	}
	return best, found
}
