package state

import (
	"testing"
	"time"
)

// Others wait for all of a lease; its holder stops before, so that clocks may
// differ by the rest.
func TestALeaseEndsEarlyForItsHolder(t *testing.T) {
	var l Lease
	sent := time.Now()
	l.Hold(LockInfo{ID: "a"}, sent, time.Minute)
	if info, until := l.Held(); info.ID != "a" || !until.Equal(sent.Add(50*time.Second)) {
		t.Errorf("%s holds it until %v after the request", info.ID, until.Sub(sent))
	}
	if err := l.Check(); err != nil {
		t.Error(err)
	}
	l.Hold(LockInfo{ID: "a"}, sent.Add(-51*time.Second), time.Minute)
	if err := l.Check(); err != ErrLockLost {
		t.Errorf("after five sixths: %v", err)
	}
	l.Drop()
	if err := l.Check(); err != nil {
		t.Errorf("nothing is held, so nothing is lost: %v", err)
	}
}

// A server that is behind is believed as much as one that is ahead; what the
// whole seconds of its answers cannot tell is no difference.
func TestTheServersClockIsBelieved(t *testing.T) {
	for _, ahead := range []time.Duration{-time.Hour, time.Hour} {
		var c ServerClock
		c.Learn(time.Now().Add(ahead))
		if got := time.Until(c.Now()); got.Round(time.Minute) != ahead {
			t.Errorf("the server is %v ahead, and we believe %v", ahead, got)
		}
		c.Learn(time.Now().Add(-time.Second))
		if c.ahead != 0 {
			t.Errorf("a second makes a difference of %v", c.ahead)
		}
	}
}
