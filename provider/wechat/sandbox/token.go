package sandbox

import (
	"cmp"
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
	Serial     uint64      `json:"serial"`
	Tokens     []token     `json:"tokens"` // oldest first
	Forced     []time.Time `json:"forced,omitempty"`
	ThirdParty thirdParty  `json:"third_party"`
}

func (a *access) key() string { return "access" }

// way is how a token was got. No way touches the tokens of another.
type way string

const (
	wayClassic    way = "classic"
	wayStable     way = "stable"
	wayComponent  way = "component"  // the third-party platform's own
	wayAuthorizer way = "authorizer" // the merchant's, for the third-party platform
)

// token is one of them.
type token struct {
	Serial  uint64    `json:"serial"`
	Way     way       `json:"way"`
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

// current is the newest living token of one way.
func (x *exchange) current(by way) *token {
	for i := range slices.Backward(x.access.Tokens) {
		t := &x.access.Tokens[i]
		if t.Way == by && !t.Revoked && x.now.Before(t.Expires) {
			return t
		}
	}
	return nil
}

// mint makes a new token and forgets those that expired long ago.
func (x *exchange) mint(by way) *token {
	a := x.access
	a.Tokens = slices.DeleteFunc(a.Tokens, func(t token) bool { return x.now.Sub(t.Expires) > tokenMemory })
	a.Serial++
	a.Tokens = append(a.Tokens, token{Serial: a.Serial, Way: by, Expires: x.now.Add(tokenLifetime)})
	x.changes.add(a)
	return &a.Tokens[len(a.Tokens)-1]
}

func (x *exchange) tokenReply(t *token) reply {
	return reply{{"access_token", x.value(*t)}, {"expires_in", x.secondsLeft(t)}}
}

func (x *exchange) secondsLeft(t *token) int { return int(t.Expires.Sub(x.now) / time.Second) }

// retire lets the tokens of one way live on for the overlap at most.
func (x *exchange) retire(by way) {
	for i := range x.access.Tokens {
		if t := &x.access.Tokens[i]; t.Way == by && t.Expires.After(x.now.Add(tokenOverlap)) {
			t.Expires = x.now.Add(tokenOverlap)
		}
	}
}

// checkWay refuses a way to a token that the knobs have closed.
func (x *exchange) checkWay(by way) *refusal {
	if ways := x.knobs.TokenWays; len(ways) > 0 && !slices.Contains(ways, string(by)) {
		return refuse(48001)
	}
	return nil
}

// checkToken looks for the token in the query, as every endpoint but those that
// hand the first one out does.
func (x *exchange) checkToken() *refusal {
	given := x.givenToken()
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
		return cmp.Or(x.checkGrant(t.Way), x.checkIP())
	}
	return refuse(40001)
}

// givenToken is the one in the query: endpoints of the third-party platform also
// take it as component_access_token.
func (x *exchange) givenToken() string {
	if given := x.query.Get("component_access_token"); x.route.component && given != "" {
		return given
	}
	return x.query.Get("access_token")
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
	if r := cmp.Or(x.checkWay(wayClassic), x.checkCredentials(c)); r != nil {
		return nil, r
	}
	x.retire(wayClassic)
	return x.tokenReply(x.mint(wayClassic)), nil
}

type stableTokenRequest struct {
	credentials
	ForceRefresh bool `json:"force_refresh"`
}

// stableToken is POST /cgi-bin/stable_token: the same token until five minutes
// before its end; a forced refresh kills it at once, but not too often.
func stableToken(x *exchange, in *stableTokenRequest) (reply, *refusal) {
	if r := cmp.Or(x.checkWay(wayStable), x.checkCredentials(in.credentials)); r != nil {
		return nil, r
	}
	t := x.current(wayStable)
	if in.ForceRefresh && x.mayForce() {
		x.revoke(wayStable)
		x.access.Forced = append(x.access.Forced, x.now)
		t = nil
	}
	if t == nil || t.Expires.Sub(x.now) <= tokenOverlap {
		t = x.mint(wayStable)
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

func (x *exchange) revoke(by way) {
	for i := range x.access.Tokens {
		if t := &x.access.Tokens[i]; t.Way == by {
			t.Revoked = true
		}
	}
	x.changes.add(x.access)
}
