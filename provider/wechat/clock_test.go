package wechat

import (
	"net/http"
	"testing"
	"time"
)

func TestClockFollowsThePlatform(t *testing.T) {
	here := time.Date(2026, 11, 22, 9, 0, 0, 700_000_000, time.UTC)
	date := func(d time.Duration) string { return here.Add(d).Format(http.TimeFormat) }
	for _, test := range []struct {
		name  string
		heard []string
		ahead time.Duration
	}{
		{"nothing heard", nil, 0},
		{"no date in the reply", []string{""}, 0},
		{"a second is no difference", []string{date(time.Second)}, 0},
		{"an hour ahead", []string{date(time.Hour)}, time.Hour - 700*time.Millisecond},
		{"a minute behind", []string{date(-time.Minute)}, -time.Minute - 700*time.Millisecond},
		{"of two replies the one that was faster", []string{date(time.Hour), date(time.Hour + time.Second), date(time.Hour)}, time.Hour + 300*time.Millisecond},
		{"a clock that was set right", []string{date(time.Hour), date(0)}, 0},
	} {
		var c Clock
		for _, heard := range test.heard {
			c.hear(heard, here)
		}
		if got := time.Duration(c.ahead.Load()); got != test.ahead {
			t.Errorf("%s: %v ahead, want %v", test.name, got, test.ahead)
		}
	}
}
