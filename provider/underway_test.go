package provider_test

import (
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider"
)

// A call is waited for from its first attempt until it is over, however often it is
// tried; one that waits for its turn is not.
func TestUnderway(t *testing.T) {
	u, start := new(provider.Underway), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	ctx := provider.About(t.Context(), "spu.towel")
	first := u.Begin(ctx, "spu/add")
	second := u.Begin(t.Context(), "spu/get")
	u.Begin(t.Context(), "spu/del")
	u.Sent(second, start.Add(time.Second))
	u.Sent(first, start)
	u.Sent(first, start.Add(5*time.Second))
	for _, test := range []struct {
		before time.Duration
		want   provider.Awaited
		calls  int
	}{
		{-time.Second, provider.Awaited{}, 0},
		{0, provider.Awaited{Call: "spu/add", About: "spu.towel", Since: start, Tries: 2}, 1},
		{time.Second, provider.Awaited{Call: "spu/add", About: "spu.towel", Since: start, Tries: 2}, 2},
	} {
		if got, calls := u.Oldest(start.Add(test.before)); got != test.want || calls != test.calls {
			t.Errorf("before %v: %+v of %d, want %+v of %d", test.before, got, calls, test.want, test.calls)
		}
	}
	u.End(first)
	if got, calls := u.Oldest(start.Add(time.Minute)); got.Call != "spu/get" || calls != 1 {
		t.Errorf("after the end of the first: %+v of %d", got, calls)
	}
}

// Nobody has to keep calls.
func TestNobodyKeepsCalls(t *testing.T) {
	var u *provider.Underway
	a := u.Begin(t.Context(), "spu/add")
	u.Sent(a, time.Now())
	u.End(a)
	if a.Tries != 0 {
		t.Errorf("%+v was kept", a)
	}
}
