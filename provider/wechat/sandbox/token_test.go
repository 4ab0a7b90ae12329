package sandbox

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// ask gets a token: "token" the classic way, "stable", or "force".
func (h *shop) ask(way string) (token string, seconds string) {
	h.t.Helper()
	credentials := `"grant_type":"client_credential","appid":"` + DefaultAppID + `","secret":"` + DefaultSecret + `"`
	var got map[string]any
	switch way {
	case "token":
		got = h.request(http.MethodGet, tokenPath+"?grant_type=client_credential&appid="+DefaultAppID+"&secret="+DefaultSecret, "", "")
	case "stable":
		got = h.request(http.MethodPost, stableTokenPath, "application/json", `{`+credentials+`}`)
	case "force":
		got = h.request(http.MethodPost, stableTokenPath, "application/json", `{`+credentials+`,"force_refresh":true}`)
	}
	if _, has := got["errcode"]; has {
		h.t.Fatalf("%s: %v", way, got)
	}
	return got["access_token"].(string), string(got["expires_in"].(json.Number))
}

// accepts tells what a call with the token is answered: 0 when it is good.
func (h *shop) accepts(token string) string {
	h.t.Helper()
	got := h.request(http.MethodPost, "/shop/cat/get?access_token="+token, "application/json", `{}`)
	return string(got["errcode"].(json.Number))
}

// TestTokens asks for tokens a, b, c, ... at times, and then tries them.
func TestTokens(t *testing.T) {
	type ask struct {
		after time.Duration // since the one before
		way   string
	}
	for _, c := range []struct {
		name     string
		asks     []ask
		distinct int           // how many different tokens were handed out
		wait     time.Duration // after the last
		accept   []string      // errcode of each token then
	}{
		{"a classic token lives two hours", []ask{{0, "token"}}, 1, 7199 * time.Second, []string{"0"}},
		{"and no longer", []ask{{0, "token"}}, 1, 7200 * time.Second, []string{"42001"}},
		{"each classic token is new, both live for five minutes",
			[]ask{{0, "token"}, {time.Hour, "token"}}, 2, 299 * time.Second, []string{"0", "0"}},
		{"then the older one is dead",
			[]ask{{0, "token"}, {time.Hour, "token"}}, 2, 300 * time.Second, []string{"42001", "0"}},
		{"a stable token is the same until five minutes before its end",
			[]ask{{0, "stable"}, {6899 * time.Second, "stable"}}, 1, 0, []string{"0", "0"}},
		{"then there is another, and both live",
			[]ask{{0, "stable"}, {6900 * time.Second, "stable"}}, 2, 299 * time.Second, []string{"0", "0"}},
		{"a forced refresh kills the token before",
			[]ask{{0, "stable"}, {time.Second, "force"}}, 2, 0, []string{"40001", "0"}},
		{"but not within thirty seconds of another",
			[]ask{{0, "force"}, {29 * time.Second, "force"}}, 1, 0, []string{"0", "0"}},
		{"only then",
			[]ask{{0, "force"}, {30 * time.Second, "force"}}, 2, 0, []string{"40001", "0"}},
		{"the two ways do not touch each other",
			[]ask{{0, "stable"}, {time.Second, "token"}, {time.Second, "force"}, {time.Second, "token"}}, 4, 0,
			[]string{"40001", "0", "0", "0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := openShop(t, Options{})
			h.turn(3 * time.Hour) // the token of openShop is gone
			var tokens []string
			distinct := map[string]bool{}
			for _, a := range c.asks {
				h.turn(a.after)
				token, _ := h.ask(a.way)
				tokens = append(tokens, token)
				distinct[token] = true
			}
			if len(distinct) != c.distinct {
				t.Errorf("%d different tokens, want %d", len(distinct), c.distinct)
			}
			h.turn(c.wait)
			for i, token := range tokens {
				if got := h.accepts(token); got != c.accept[i] {
					t.Errorf("token %c: errcode %s, want %s", 'a'+i, got, c.accept[i])
				}
			}
		})
	}
}

func TestStableTokensSayHowLongTheyLast(t *testing.T) {
	h := openShop(t, Options{})
	h.turn(time.Hour)
	if _, seconds := h.ask("stable"); seconds != "3600" {
		t.Errorf("expires_in %s an hour later, want 3600", seconds)
	}
}

func TestForcedRefreshesAreFew(t *testing.T) {
	h := openShop(t, Options{})
	distinct := map[string]bool{}
	for range 25 {
		h.turn(time.Minute)
		token, _ := h.ask("force")
		distinct[token] = true
	}
	if len(distinct) != 20 {
		t.Errorf("%d refreshes in a day, want 20", len(distinct))
	}
}

func TestCredentialsAreChecked(t *testing.T) {
	h := openShop(t, Options{})
	good := fields{"grant_type": "client_credential", "appid": DefaultAppID, "secret": DefaultSecret}
	for _, c := range []struct {
		member string
		value  any
		code   string
	}{
		{"grant_type", "password", "40002"},
		{"appid", "", "41002"},
		{"appid", "wx0000000000000000", "40013"},
		{"secret", "", "41004"},
		{"secret", "wrong", "40125"},
		{"force_refresh", "yes", "47001"},
		{"scope", "all", "47001"},
	} {
		bad := fields{c.member: c.value}
		for name, v := range good {
			if name != c.member {
				bad[name] = v
			}
		}
		got := h.request(http.MethodPost, stableTokenPath, "application/json", jsonOf(bad))
		if got["errcode"] != json.Number(c.code) {
			t.Errorf("%s=%v: %v, want %s", c.member, c.value, got, c.code)
		}
	}
}

func TestTokensAreChecked(t *testing.T) {
	h := openShop(t, Options{})
	for token, code := range map[string]string{
		"":                   "41001",
		"abc":                "40014",
		"68_ExampleToken":    "40001",
		h.token[:100]:        "40001",
		h.token + "x":        "40001",
		h.token:              "0",
		"68_ExampleToken%20": "40014",
	} {
		if got := h.accepts(token); got != code {
			t.Errorf("token %.12q: errcode %s, want %s", token, got, code)
		}
	}
	if err := h.Console().ExpireTokens(); err != nil {
		t.Fatal(err)
	}
	if got := h.accepts(h.token); got != "42001" {
		t.Errorf("expired by hand: errcode %s, want 42001", got)
	}
	h.login()
	if got := h.accepts(h.token); got != "0" {
		t.Errorf("a new token: errcode %s", got)
	}
}
