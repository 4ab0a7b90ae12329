package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

// platform is a third-party platform's server as the sandbox sees it.
type platform struct {
	*shop
	component string // its token
}

func openPlatform(t *testing.T, third ThirdParty) *platform {
	k := DefaultKnobs()
	k.ThirdParty = third
	return &platform{shop: openShop(t, Options{Knobs: &k})}
}

// call posts to a component endpoint; {} in body is not changed, the members
// that every request has are put in front.
func (p *platform) call(name, members string) map[string]any {
	p.t.Helper()
	path := "/cgi-bin/component/" + name + "?component_access_token=" + p.component
	return p.request(http.MethodPost, path, "application/json", `{"component_appid":"`+DefaultComponentAppID+`"`+members+`}`)
}

func (p *platform) login(ticket string) map[string]any {
	p.t.Helper()
	got := p.call("api_component_token", `,"component_appsecret":"`+DefaultComponentSecret+`","component_verify_ticket":"`+ticket+`"`)
	if token, ok := got["component_access_token"].(string); ok {
		p.component = token
	}
	return got
}

func (p *platform) authorizer(refresh string) map[string]any {
	p.t.Helper()
	return p.call("api_authorizer_token", `,"authorizer_appid":"`+DefaultAppID+`","authorizer_refresh_token":"`+refresh+`"`)
}

func code(got map[string]any) string {
	n, _ := got["errcode"].(json.Number)
	return string(n)
}

func TestTheWayToAMerchantsToken(t *testing.T) {
	p := openPlatform(t, ThirdParty{})
	has := p.Console().ThirdParty()
	if got := p.login(has.Ticket); code(got) != "" || got["expires_in"] != json.Number("7200") {
		t.Fatal(got)
	}
	got := p.authorizer(has.RefreshToken)
	if got["authorizer_refresh_token"] != has.RefreshToken {
		t.Fatalf("%v, want the same refresh token as before", got)
	}
	merchant := got["authorizer_access_token"].(string)
	if got := p.accepts(merchant); got != "0" {
		t.Errorf("the merchant's token: %s", got)
	}
	if got := p.accepts(p.component); got != "61015" {
		t.Errorf("the platform's own token in place of the merchant's: %s, want 61015", got)
	}
	p.component = merchant
	if got := code(p.authorizer(has.RefreshToken)); got != "61014" {
		t.Errorf("the merchant's token in place of the platform's: %s, want 61014", got)
	}
}

func TestTicketsLiveTwelveHours(t *testing.T) {
	for after, want := range map[time.Duration]string{
		0: "", 11*time.Hour + 50*time.Minute: "", 12 * time.Hour: "61005", 49 * time.Hour: "61006",
	} {
		p := openPlatform(t, ThirdParty{})
		ticket := p.Console().ThirdParty().Ticket
		p.turn(after)
		if got := code(p.login(ticket)); got != want {
			t.Errorf("after %v: errcode %q, want %q", after, got, want)
		}
	}
}

func TestThirdPartyRefusals(t *testing.T) {
	for _, c := range []struct {
		name  string
		third ThirdParty
		call  func(p *platform) string
		want  string
	}{
		{"unknown ticket", ThirdParty{}, func(p *platform) string { return code(p.login("ticket@@@x")) }, "61006"},
		{"unknown refresh token", ThirdParty{}, func(p *platform) string { return code(p.authorizer("refreshtoken@@@x")) }, "61023"},
		{"authorisation taken back", ThirdParty{Revoked: true}, func(p *platform) string {
			return code(p.authorizer(p.Console().ThirdParty().RefreshToken))
		}, "61003"},
		{"permission set not granted", ThirdParty{NoPermission: true}, func(p *platform) string {
			token := p.authorizer(p.Console().ThirdParty().RefreshToken)["authorizer_access_token"].(string)
			return p.accepts(token)
		}, "61007"},
		{"unknown code", ThirdParty{}, func(p *platform) string {
			return code(p.call("api_query_auth", `,"authorization_code":"queryauthcode@@@x"`))
		}, "61009"},
		{"late code", ThirdParty{}, func(p *platform) string {
			code1, err := p.Console().Authorize()
			if err != nil {
				p.t.Fatal(err)
			}
			p.turn(10 * time.Minute)
			return code(p.call("api_query_auth", `,"authorization_code":"`+code1+`"`))
		}, "61010"},
		{"another platform", ThirdParty{}, func(p *platform) string {
			return code(p.request(http.MethodPost, "/cgi-bin/component/api_create_preauthcode?component_access_token="+p.component,
				"application/json", `{"component_appid":"wx1"}`))
		}, "61011"},
	} {
		p := openPlatform(t, c.third)
		p.login(p.Console().ThirdParty().Ticket)
		if got := c.call(p); got != c.want {
			t.Errorf("%s: errcode %q, want %s", c.name, got, c.want)
		}
	}
}

func TestAuthorizingAgain(t *testing.T) {
	p := openPlatform(t, ThirdParty{})
	old := p.Console().ThirdParty()
	p.login(old.Ticket)
	if got := p.call("api_create_preauthcode", ""); !strings.HasPrefix(got["pre_auth_code"].(string), "preauthcode@@@") {
		t.Fatal(got)
	}
	bought, err := p.Console().Authorize()
	if err != nil {
		t.Fatal(err)
	}
	info := p.call("api_query_auth", `,"authorization_code":"`+bought+`"`)["authorization_info"].(map[string]any)
	if got := p.accepts(info["authorizer_access_token"].(string)); info["authorizer_appid"] != DefaultAppID || got != "0" {
		t.Errorf("%v, its token answers %s", info, got)
	}
	if got := code(p.call("api_query_auth", `,"authorization_code":"`+bought+`"`)); got != "61009" {
		t.Errorf("the code a second time: %q, want 61009", got)
	}
	if got := code(p.authorizer(old.RefreshToken)); got != "61023" {
		t.Errorf("the refresh token of before: %q, want 61023", got)
	}
	if got := code(p.authorizer(info["authorizer_refresh_token"].(string))); got != "" {
		t.Errorf("the new refresh token: %q", got)
	}
}

func TestRefreshTokensRotate(t *testing.T) {
	p := openPlatform(t, ThirdParty{RotateRefresh: true})
	first := p.Console().ThirdParty()
	p.login(first.Ticket)
	second := p.authorizer(first.RefreshToken)["authorizer_refresh_token"].(string)
	if got := code(p.authorizer(first.RefreshToken)); second == first.RefreshToken || got != "61023" {
		t.Errorf("the first again: %q, want 61023", got)
	}
	if got := code(p.authorizer(second)); got != "" {
		t.Errorf("the second: %q", got)
	}
}

func TestWaysToATokenCanBeClosed(t *testing.T) {
	for _, open := range []string{"stable", "classic", "component"} {
		k := DefaultKnobs()
		h := openShop(t, Options{})
		k.TokenWays = []string{open}
		if err := h.Console().SetKnobs(k); err != nil {
			t.Fatal(err)
		}
		p := &platform{shop: h}
		credentials := `"grant_type":"client_credential","appid":"` + DefaultAppID + `","secret":"` + DefaultSecret + `"`
		for way, got := range map[string]string{
			"stable":    code(h.request(http.MethodPost, stableTokenPath, "application/json", `{`+credentials+`}`)),
			"classic":   code(h.request(http.MethodGet, tokenPath+"?grant_type=client_credential&appid="+DefaultAppID+"&secret="+DefaultSecret, "", "")),
			"component": code(p.login(h.Console().ThirdParty().Ticket)),
		} {
			want := map[bool]string{true: "", false: "48001"}[way == open]
			if got != want {
				t.Errorf("only %s is open: %s answers %q, want %q", open, way, got, want)
			}
		}
	}
}

func TestTicketsArePushed(t *testing.T) {
	address, inbox := listen(t, success)
	k := DefaultKnobs()
	k.Push = Push{Token: "AAAAA", AESKey: aesKey, Format: "json"}
	k.ThirdParty.URL = address
	h := openShop(t, Options{Knobs: &k})
	settle := func() string {
		t.Helper()
		if err := h.Console().Settle(); err != nil {
			t.Fatal(err)
		}
		m := take(t, inbox)
		if !strings.HasPrefix(m.body, "<xml><AppId><![CDATA["+DefaultComponentAppID+"]]></AppId><Encrypt>") {
			t.Fatalf("pushed %s", m.body)
		}
		_, sealed, _ := strings.Cut(m.body, "<Encrypt><![CDATA[")
		sealed, _, _ = strings.Cut(sealed, "]]>")
		if m.query.Get("msg_signature") != signature("AAAAA", m.query.Get("timestamp"), m.query.Get("nonce"), sealed) {
			t.Errorf("query %v", m.query)
		}
		plain, appID := decrypt(t, sealed)
		if appID != DefaultComponentAppID || !strings.Contains(plain, "<InfoType><![CDATA[component_verify_ticket]]></InfoType>") {
			t.Errorf("%s for %s", plain, appID)
		}
		_, ticket, _ := strings.Cut(plain, "<ComponentVerifyTicket><![CDATA[")
		ticket, _, _ = strings.Cut(ticket, "]]>")
		return ticket
	}
	first := settle()
	h.turn(10 * time.Minute)
	if second := settle(); second == first || second != h.Console().ThirdParty().Ticket {
		t.Errorf("ten minutes later came %q after %q", second, first)
	}
}

func TestMessagesOfAThirdParty(t *testing.T) {
	address, inbox := listen(t, success)
	k := DefaultKnobs()
	k.Push = Push{URL: address + "&appid=$APPID$", Token: "AAAAA", AESKey: aesKey, Format: "json", Secure: true, OfThirdParty: true}
	h := openShop(t, Options{Knobs: &k})
	h.openForBusiness()
	h.listed("b1")
	if err := h.Console().Settle(); err != nil {
		t.Fatal(err)
	}
	m := take(t, inbox)
	var envelope struct{ Encrypt string }
	if err := json.Unmarshal([]byte(m.body), &envelope); err != nil {
		t.Fatal(err)
	}
	plain, appID := decrypt(t, envelope.Encrypt)
	if m.query.Get("appid") != DefaultAppID || appID != DefaultComponentAppID || !strings.Contains(plain, `"b1"`) {
		t.Errorf("%v, for %s: %s", m.query, appID, plain)
	}
}
