package sandbox

import (
	"slices"
	"time"
)

// usage counts calls of each endpoint since midnight in Beijing.
type usage struct {
	Day    string         `json:"day"` // "2022-05-06"
	Daily  map[string]int `json:"daily"`
	Clears []time.Time    `json:"clears,omitempty"` // calls of clear_quota in the last month
}

func (u *usage) key() string { return "usage" }

// today empties the counters of yesterday.
func (u *usage) today(now time.Time) {
	if day := now.In(beijing).Format(time.DateOnly); u.Day != day {
		u.Day, u.Daily = day, map[string]int{}
	}
}

// window counts the calls of one endpoint in a running minute and half minute.
type window struct {
	minute, half     int64 // since 1970
	inMinute, inHalf int
}

// count adds a call and returns the window it falls into.
func (s *Sandbox) count(path string, now time.Time) window {
	w := s.windows[path]
	if m := now.Unix() / 60; w.minute != m {
		w.minute, w.inMinute = m, 0
	}
	if h := now.Unix() / 30; w.half != h {
		w.half, w.inHalf = h, 0
	}
	w.inMinute++
	w.inHalf++
	s.windows[path] = w
	return w
}

// checkRate counts the call, also when it is refused later.
func (x *exchange) checkRate() *refusal {
	x.usage.today(x.now)
	x.changes.add(x.usage)
	w := x.count(x.path, x.now)
	over := func(n, limit int) bool { return limit > 0 && n > limit }
	switch {
	case over(w.inHalf, x.knobs.BurstLimit):
		return refuse(300000)
	case over(w.inMinute, x.minuteLimit()):
		return refuse(45011)
	case over(x.usage.Daily[x.path]+1, x.dailyLimit(x.path)):
		return refuse(45009)
	}
	x.usage.Daily[x.path]++
	return nil
}

// minuteLimit is the knob's; stable_token documents one of its own.
func (x *exchange) minuteLimit() int {
	if x.path == stableTokenPath && x.knobs.MinuteLimit == 0 {
		return 10_000
	}
	return x.knobs.MinuteLimit
}

func (x *exchange) dailyLimit(path string) int {
	if limit, ok := x.knobs.DailyLimits[path]; ok {
		return limit
	}
	return x.knobs.DailyLimit
}

type clearQuotaRequest struct {
	AppID string `json:"appid"`
}

// clearQuota is POST /cgi-bin/clear_quota: it empties the daily counters of all
// endpoints, a few times a month. Submissions are not calls and stay counted.
func clearQuota(x *exchange, in *clearQuotaRequest) (reply, *refusal) {
	if in.AppID != x.appID {
		return nil, refuse(40013)
	}
	u := x.usage
	month := x.now.In(beijing).Format("2006-01")
	u.Clears = slices.DeleteFunc(u.Clears, func(at time.Time) bool { return at.In(beijing).Format("2006-01") != month })
	if limit := x.knobs.ClearsPerMonth; limit > 0 && len(u.Clears) >= limit {
		return nil, refuse(48006)
	}
	u.Clears = append(u.Clears, x.now)
	u.Daily = map[string]int{}
	return done, nil
}

type quotaRequest struct {
	Path string `json:"cgi_path"`
}

// getQuota is POST /cgi-bin/openapi/quota/get.
func getQuota(x *exchange, in *quotaRequest) (reply, *refusal) {
	if x.routes[in.Path].handle == nil {
		return nil, refuse(76021)
	}
	limit, used := x.dailyLimit(in.Path), x.usage.Daily[in.Path]
	return reply{{"quota", reply{
		{"daily_limit", limit}, {"used", used}, {"remain", max(limit-used, 0)},
	}}}, nil
}

// submissions counts what was sent to review since a moment, of one product or,
// for nil, of the shop. Withdrawn and replaced ones count, as do those of
// products that were deleted since.
func (s *Sandbox) submissions(since time.Time, of *product) int {
	n := 0
	for _, p := range s.products {
		if of != nil && p != of {
			continue
		}
		for _, at := range p.Submissions {
			if at.After(since) {
				n++
			}
		}
	}
	return n
}

// checkSubmissions refuses one submission too many (reference section 8.9).
func (x *exchange) checkSubmissions(p *product) *refusal {
	over := func(limit int, within time.Duration, of *product) bool {
		return limit > 0 && x.submissions(x.now.Add(-within), of) >= limit
	}
	k := x.knobs
	if over(k.SubmissionsPerHour, time.Hour, nil) || over(k.SubmissionsPerDay, 24*time.Hour, nil) ||
		over(k.ProductPerHour, time.Hour, p) {
		return refuse(1000019)
	}
	return nil
}
