package wechat

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
)

// serviceProvider is a shop in the sandbox whose merchant has authorised a
// third-party platform, and the place where the platform keeps its secrets.
type serviceProvider struct {
	t     *testing.T
	box   *sandbox.Sandbox
	url   string
	mu    sync.Mutex
	now   time.Time
	vault map[string]string // "ticket", "refresh"
	fails int               // so many stores to come fail
	notes []string
}

func newServiceProvider(t *testing.T, third sandbox.ThirdParty) *serviceProvider {
	p := &serviceProvider{t: t, now: noon}
	knobs := sandbox.DefaultKnobs()
	knobs.ThirdParty = third
	var err error
	p.box, err = sandbox.New(sandbox.Options{Now: p.clock, Knobs: &knobs})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.box)
	t.Cleanup(func() { server.Close(); p.box.Close() })
	p.url = server.URL
	has := p.box.Console().ThirdParty()
	p.vault = map[string]string{"ticket": has.Ticket, "refresh": has.RefreshToken}
	return p
}

func (p *serviceProvider) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *serviceProvider) turn(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// kept is one secret of the vault.
type kept struct {
	p    *serviceProvider
	name string
}

func (k kept) Secret(context.Context) (string, error) {
	k.p.mu.Lock()
	defer k.p.mu.Unlock()
	return k.p.vault[k.name], checkToken(k.p.vault[k.name])
}

func (p *serviceProvider) store(_ context.Context, token string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails > 0 {
		p.fails--
		return errors.New("the vault is sealed")
	}
	p.vault["refresh"] = token
	return nil
}

// process is one shopctl: its own platform and source, the same vault.
func (p *serviceProvider) process() (*ThirdParty, *Authorizer) {
	p.t.Helper()
	platform, err := NewThirdParty(ThirdPartyConfig{
		AppID: sandbox.DefaultComponentAppID, AppSecret: sandbox.DefaultComponentSecret, Ticket: kept{p, "ticket"},
		Options: Options{Endpoint: p.url, Now: p.clock, Limits: []Limit{}, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return platform, platform.Authorizer(sandbox.DefaultAppID, RefreshTokens{Newest: kept{p, "refresh"}, Store: p.store, Notify: p.note})
}

func (p *serviceProvider) note(text lang.Text) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes = append(p.notes, text.EN)
}

// shop calls the merchant's shop with tokens of the source.
func (p *serviceProvider) shop(tokens TokenSource) error {
	client, err := NewClient(Options{Endpoint: p.url, Tokens: tokens, Now: p.clock, Limits: []Limit{}})
	if err != nil {
		p.t.Fatal(err)
	}
	return client.Do(p.t.Context(), Call{Path: "/shop/account/get_info"}, nil)
}

// fetches counts the token requests that the platform has answered well, as
// "component/authorizer".
func (p *serviceProvider) fetches() string {
	n := map[string]int{}
	for _, c := range p.box.Calls() {
		if c.ErrCode == 0 {
			n[c.Path]++
		}
	}
	return fmt.Sprintf("%d/%d", n["/cgi-bin/component/api_component_token"], n["/cgi-bin/component/api_authorizer_token"])
}

// TestAuthorizerTokens walks through what happens to a platform's process, with
// a call to the shop after each step: how many component and authorizer tokens
// were fetched by then, and what the call was refused with.
func TestAuthorizerTokens(t *testing.T) {
	type step struct {
		name    string
		happens func(p *serviceProvider)
		code    int
		class   provider.Class
		fetches string
	}
	wait := func(d time.Duration) func(*serviceProvider) { return func(p *serviceProvider) { p.turn(d) } }
	newTicket := func(p *serviceProvider) { p.vault["ticket"] = p.box.Console().ThirdParty().Ticket }
	third := func(third sandbox.ThirdParty) func(*serviceProvider) {
		return func(p *serviceProvider) {
			knobs := p.box.Console().Knobs()
			knobs.ThirdParty = third
			if err := p.box.Console().SetKnobs(knobs); err != nil {
				p.t.Fatal(err)
			}
		}
	}
	expire := func(p *serviceProvider) {
		if err := p.box.Console().ExpireTokens(); err != nil {
			p.t.Fatal(err)
		}
	}
	nothing := func(*serviceProvider) {}
	tests := []struct {
		name  string
		third sandbox.ThirdParty
		steps []step
	}{
		{"one token of each kind is enough", sandbox.ThirdParty{}, []step{
			{"first call", nothing, 0, "", "1/1"},
			{"an hour later", wait(time.Hour), 0, "", "1/1"},
		}},
		{"both are renewed five minutes before their end", sandbox.ThirdParty{}, []step{
			{"first call", nothing, 0, "", "1/1"},
			{"a second before", wait(6899 * time.Second), 0, "", "1/1"},
			{"then", wait(time.Second), 0, "", "2/2"},
		}},
		{"both are renewed when the platform ends them", sandbox.ThirdParty{}, []step{
			{"first call", nothing, 0, "", "1/1"},
			{"expired", expire, 0, "", "2/2"},
		}},
		{"the ticket of the first hour is good for the day's first half", sandbox.ThirdParty{}, []step{
			{"first call", nothing, 0, "", "1/1"},
			{"eleven hours later", wait(11 * time.Hour), 0, "", "2/2"},
			{"thirteen hours later", wait(2 * time.Hour), 61005, provider.ClassAuth, "2/2"},
			{"a new ticket came", newTicket, 0, "", "3/3"},
		}},
		{"each new refresh token is used from then on", sandbox.ThirdParty{RotateRefresh: true}, []step{
			{"first call", nothing, 0, "", "1/1"},
			{"two hours later", wait(2 * time.Hour), 0, "", "2/2"},
			{"two hours later", wait(2 * time.Hour), 0, "", "3/3"},
		}},
		{"the merchant takes the authorisation back", sandbox.ThirdParty{}, []step{
			{"first call", nothing, 0, "", "1/1"},
			{"taken back", third(sandbox.ThirdParty{Revoked: true}), 61003, provider.ClassPermission, "1/1"},
			{"given again", third(sandbox.ThirdParty{}), 0, "", "1/1"},
		}},
		{"the permission set is missing", sandbox.ThirdParty{NoPermission: true}, []step{
			{"first call", nothing, 61007, provider.ClassPermission, "1/1"},
		}},
		{"a refresh token that is not the newest", sandbox.ThirdParty{}, []step{
			{"somebody authorised anew", func(p *serviceProvider) {
				if _, err := p.box.Console().Authorize(); err != nil {
					p.t.Fatal(err)
				}
			}, 61023, provider.ClassPermission, "1/0"},
			{"and told us", func(p *serviceProvider) { p.vault["refresh"] = p.box.Console().ThirdParty().RefreshToken }, 0, "", "1/1"},
		}},
		{"no ticket yet", sandbox.ThirdParty{}, []step{
			{"first call", func(p *serviceProvider) { p.vault["ticket"] = "" }, 0, provider.ClassAuth, "0/0"},
			{"it came", newTicket, 0, "", "1/1"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newServiceProvider(t, tt.third)
			_, source := p.process()
			for _, s := range tt.steps {
				s.happens(p)
				err := p.shop(source)
				code := 0
				if e, ok := errors.AsType[*provider.Error](err); ok {
					code = e.Code
				}
				if code != s.code || provider.ClassOf(err) != s.class || p.fetches() != s.fetches {
					t.Fatalf("%s: %v after %s fetches, want %d %q after %s", s.name, err, p.fetches(), s.code, s.class, s.fetches)
				}
			}
		})
	}
}

// A failure to get a token would meet every other call of the run.
func TestTokenFailureIsEverywhere(t *testing.T) {
	p := newServiceProvider(t, sandbox.ThirdParty{})
	p.vault["refresh"] = "refreshtoken@@@wrong"
	_, source := p.process()
	if e, ok := errors.AsType[*provider.Error](p.shop(source)); !ok || !e.Everywhere {
		t.Errorf("%+v is not everywhere", e)
	}
}

// One platform serves many merchants with one component token, however many
// goroutines ask.
func TestMerchantsShareTheComponentToken(t *testing.T) {
	p := newServiceProvider(t, sandbox.ThirdParty{})
	platform, source := p.process()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			var tokens TokenSource = source
			if i%2 == 0 {
				tokens = platform.Authorizer(sandbox.DefaultAppID, RefreshTokens{Newest: kept{p, "refresh"}})
			}
			if _, err := tokens.Token(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := p.fetches(); got != "1/11" {
		t.Errorf("%s fetches, want one component token, and one token for each of the 11 sources", got)
	}
}

// Two processes hold the same refresh token. When the platform replaces it for
// one of them, the other one finds the new one in the vault, also when it had
// looked there before.
func TestTwoProcessesRotate(t *testing.T) {
	p := newServiceProvider(t, sandbox.ThirdParty{RotateRefresh: true})
	_, one := p.process()
	_, two := p.process()
	for range 3 {
		if err := errors.Join(p.shop(one), p.shop(two)); err != nil {
			t.Fatal(err)
		}
		p.turn(2 * time.Hour)
	}
	racing := &raced{now: kept{p, "refresh"}, once: p.vault["refresh"]}
	platform, _ := p.process()
	if err := p.shop(one); err != nil { // between the racer's look into the vault and its call
		t.Fatal(err)
	}
	if err := p.shop(platform.Authorizer(sandbox.DefaultAppID, RefreshTokens{Newest: racing, Store: p.store})); err != nil {
		t.Errorf("the one who came late: %v", err)
	}
	if want := p.box.Console().ThirdParty().RefreshToken; p.vault["refresh"] != want {
		t.Errorf("the vault holds %q, the platform wants %q", p.vault["refresh"], want)
	}
}

// raced answers once with what was true a moment ago.
type raced struct {
	now  kept
	once string
}

func (r *raced) Secret(ctx context.Context) (string, error) {
	if was := r.once; was != "" {
		r.once = ""
		return was, nil
	}
	return r.now.Secret(ctx)
}

// A new refresh token that cannot be stored is told, used, and stored as soon as
// the vault opens.
func TestRefreshTokenThatCannotBeStored(t *testing.T) {
	p := newServiceProvider(t, sandbox.ThirdParty{RotateRefresh: true})
	_, source := p.process()
	first := p.vault["refresh"]
	p.fails = storeTries
	if err := p.shop(source); err != nil {
		t.Fatal(err)
	}
	if len(p.notes) != 1 || !strings.Contains(p.notes[0], sandbox.DefaultAppID) || strings.Contains(p.notes[0], "refreshtoken@@@") {
		t.Errorf("told: %q; want one note that names the shop and no token", p.notes)
	}
	if p.vault["refresh"] != first {
		t.Fatal("the vault was sealed")
	}
	p.turn(2 * time.Hour)
	if err := p.shop(source); err != nil {
		t.Fatalf("with the token that only this process knew: %v", err)
	}
	if diff := cmp.Diff(p.box.Console().ThirdParty().RefreshToken, p.vault["refresh"]); diff != "" || len(p.notes) != 1 {
		t.Errorf("after the vault opened: %s, notes %q", diff, p.notes)
	}
}

// No error of the chain shows one of its secrets.
func TestThirdPartySecretsAreNotShown(t *testing.T) {
	secrets := []string{testSecret, testToken, "ticket@@@1", "refreshtoken@@@1"}
	echo := `{"errcode":61006,"errmsg":"bad ` + strings.Join(secrets, " ") + `"}`
	for _, reply := range []string{echo, "HTTP 404", `{"errcode":` + testToken, testToken, "DROP"} {
		b := newBench(t, "http://127.0.0.1:1")
		server := serve(t, reply)
		o := Options{Endpoint: server.URL, Log: b.Client.log, Sleep: func(context.Context, time.Duration) error { return nil }}
		fetching, err := NewThirdParty(ThirdPartyConfig{AppID: "wxc", AppSecret: testSecret, Ticket: FixedSecret("ticket@@@1"), Options: o})
		if err != nil {
			t.Fatal(err)
		}
		fetching.TokenSource.(*componentToken).client.secrets.Add(testToken) // as if it had been fetched before
		fetching.TokenSource.(*componentToken).client.secrets.Add("refreshtoken@@@1")
		given, err := NewThirdParty(ThirdPartyConfig{AppID: "wxc", Tokens: StaticToken(testToken), Options: o})
		if err != nil {
			t.Fatal(err)
		}
		given.client.secrets.Add(testSecret)
		given.client.secrets.Add("ticket@@@1")
		for _, platform := range []*ThirdParty{fetching, given} {
			_, err := platform.Authorizer("wx1", RefreshTokens{Newest: FixedSecret("refreshtoken@@@1")}).Token(t.Context())
			shown := fmt.Sprintf("%v %+v %s", err, err, b.log.String())
			for _, secret := range secrets {
				if err == nil || strings.Contains(shown, secret) {
					t.Errorf("%q is shown: %s", secret, shown)
				}
			}
		}
	}
}
