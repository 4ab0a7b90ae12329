package wechat

import (
	"net/http"
	"sync/atomic"
	"time"
)

// Clock is the platform's time, as the Date of its replies tells it. Reviews and
// quotas are counted by it, and the clocks of the machines that work for one shop
// need not agree. Until a reply was heard it is the clock of this machine. Its zero
// value is ready.
type Clock struct {
	ahead atomic.Int64 // of this machine, in nanoseconds
}

// sameClock is how far apart two clocks may be that count as one: Date is in whole
// seconds, and a reply is on its way for a while.
const sameClock = 2 * time.Second

// Now is the platform's time. It is never later than that, but for the two seconds
// by which clocks may differ.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// hear learns from a reply that came at a time by our clock. Date is cut to the
// second, and old when it gets here, so the latest of several is the truest.
func (c *Clock) hear(date string, here time.Time) {
	platform, err := http.ParseTime(date)
	if err != nil {
		return
	}
	ahead := platform.Sub(here)
	if ahead.Abs() <= sameClock {
		ahead = 0
	}
	known := time.Duration(c.ahead.Load())
	if ahead > known || known-ahead > sameClock {
		c.ahead.Store(int64(ahead))
	}
}

// listener carries requests and lets a clock hear the replies.
type listener struct {
	base  http.RoundTripper
	clock *Clock
}

func (l listener) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.base.RoundTrip(r)
	if err == nil {
		l.clock.hear(response.Header.Get("Date"), time.Now())
	}
	return response, err
}
