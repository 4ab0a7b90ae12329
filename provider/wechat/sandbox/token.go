package sandbox

import (
	"regexp"
	"slices"
	"time"
)

// Lifetimes of tokens (reference sections 2.1 and 2.2).
const (
	tokenLifetime = 7200 * time.Second
	tokenOverlap  = 5 * time.Minute  // old and new are both valid, and stable tokens are renewed so early
	forcePause    = 30 * time.Second // between two forced refreshes
	tokenMemory   = 24 * time.Hour   // an expired token is known as expired (42001) for so long
)

// access is the tokens handed out. Their values are derived, not kept: no token
// reaches the disk.
type access struct {
	Serial uint64      `json:"serial"`
	Tokens []token     `json:"tokens"` // oldest first
	Forced []time.Time `json:"forced,omitempty"`
}

func (a *access) key() string { return "access" }

// token is one of them. The two ways to get one never touch each other's.
type token struct {
	Serial  uint64    `json:"serial"`
	Stable  bool      `json:"stable"`
	Expires time.Time `json:"expires"`
	Revoked bool      `json:"revoked,omitempty"`
}

// value is the token as the client sees it, 135 characters.
func (x *exchange) value(t token) string {
	s := "68_"
	for i := range uint64(6) {
		s += x.opaqueText("token", t.Serial*6+i)
	}
	return s
}

// current is the newest living token of one of the two ways.
func (x *exchange) current(stable bool) *token {
	for i := range slices.Backward(x.access.Tokens) {
		t := &x.access.Tokens[i]
		if t.Stable == stable && !t.Revoked && x.now.Before(t.Expires) {
			return t
		}
	}
	return nil
}

// mint makes a new token and forgets those that expired long ago.
func (x *exchange) mint(stable bool) *token {
	a := x.access
	a.Tokens = slices.DeleteFunc(a.Tokens, func(t token) bool { return x.now.Sub(t.Expires) > tokenMemory })
	a.Serial++
	a.Tokens = append(a.Tokens, token{Serial: a.Serial, Stable: stable, Expires: x.now.Add(tokenLifetime)})
	x.changes.add(a)
	return &a.Tokens[len(a.Tokens)-1]
}

func (x *exchange) tokenReply(t *token) reply {
	return reply{{"access_token", x.value(*t)}, {"expires_in", int(t.Expires.Sub(x.now) / time.Second)}}
}

// checkToken looks for the access_token in the query, as every endpoint but the
// two that hand it out does.
func (x *exchange) checkToken() *refusal {
	given := x.query.Get("access_token")
	switch {
	case x.route.open:
		return nil
	case given == "":
		return refuse(41001)
	case !tokenShape.MatchString(given):
		return refuse(40014)
	}
	for _, t := range x.access.Tokens {
		if given != x.value(t) {
			continue
		}
		switch {
		case t.Revoked:
			return refuse(40001)
		case !x.now.Before(t.Expires):
			return refuse(42001)
		}
		return x.checkIP()
	}
	return refuse(40001)
}

var tokenShape = regexp.MustCompile(`^[0-9]+_[A-Za-z0-9_-]{8,}$`)

func (x *exchange) checkIP() *refusal {
	if len(x.knobs.AllowedIPs) == 0 || slices.Contains(x.knobs.AllowedIPs, x.ip) {
		return nil
	}
	return refusef(40164, texts[40164], x.ip)
}

// credentials are what both ways to a token ask for.
type credentials struct {
	GrantType string `json:"grant_type"`
	AppID     string `json:"appid"`
	Secret    string `json:"secret"`
}

func (x *exchange) checkCredentials(c credentials) *refusal {
	switch {
	case c.GrantType != "client_credential":
		return refuse(40002)
	case c.AppID == "":
		return refuse(41002)
	case c.Secret == "":
		return refuse(41004)
	case c.AppID != x.appID:
		return refuse(40013)
	case c.Secret != x.secret:
		return refuse(40125)
	}
	return x.checkIP()
}

// classicToken is GET /cgi-bin/token: every call mints a token, and the one
// before lives on for the overlap at most.
func classicToken(x *exchange) (reply, *refusal) {
	c := credentials{x.query.Get("grant_type"), x.query.Get("appid"), x.query.Get("secret")}
	if r := x.checkCredentials(c); r != nil {
		return nil, r
	}
	for i := range x.access.Tokens {
		if t := &x.access.Tokens[i]; !t.Stable && t.Expires.After(x.now.Add(tokenOverlap)) {
			t.Expires = x.now.Add(tokenOverlap)
		}
	}
	return x.tokenReply(x.mint(false)), nil
}

type stableTokenRequest struct {
	credentials
	ForceRefresh bool `json:"force_refresh"`
}

// stableToken is POST /cgi-bin/stable_token: the same token until five minutes
// before its end; a forced refresh kills it at once, but not too often.
func stableToken(x *exchange, in *stableTokenRequest) (reply, *refusal) {
	if r := x.checkCredentials(in.credentials); r != nil {
		return nil, r
	}
	t := x.current(true)
	if in.ForceRefresh && x.mayForce() {
		x.revoke(true)
		x.access.Forced = append(x.access.Forced, x.now)
		t = nil
	}
	if t == nil || t.Expires.Sub(x.now) <= tokenOverlap {
		t = x.mint(true)
	}
	return x.tokenReply(t), nil
}

// mayForce counts the forced refreshes of the last day.
func (x *exchange) mayForce() bool {
	a := x.access
	a.Forced = slices.DeleteFunc(a.Forced, func(at time.Time) bool { return x.now.Sub(at) >= 24*time.Hour })
	limit := x.knobs.ForcedRefreshesPerDay
	if n := len(a.Forced); n > 0 && x.now.Sub(a.Forced[n-1]) < forcePause {
		return false
	}
	return limit == 0 || len(a.Forced) < limit
}

func (x *exchange) revoke(stable bool) {
	for i := range x.access.Tokens {
		if t := &x.access.Tokens[i]; t.Stable == stable {
			t.Revoked = true
		}
	}
	x.changes.add(x.access)
}
