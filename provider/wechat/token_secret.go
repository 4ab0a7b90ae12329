package wechat

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
)

// appToken is a source that has the app's secret.
type appToken struct {
	cachedToken
	client        *Client
	appid, secret string
}

func newAppToken(appid, secret string, o Options) (*appToken, error) {
	o.Tokens = nil
	client, err := NewClient(o)
	if err != nil {
		return nil, err
	}
	client.secrets.Add(secret)
	a := &appToken{client: client, appid: appid, secret: secret}
	a.now = client.now
	return a, nil
}

type tokenReply struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   Int    `json:"expires_in"` // seconds
}

func (a *appToken) ask(ctx context.Context, call Call) (string, time.Duration, error) {
	var reply tokenReply
	call.Anonymous, call.Bare = true, true
	if err := a.client.Do(ctx, call, &reply); err != nil {
		return "", 0, err
	}
	return a.client.granted(call, reply.AccessToken, reply.ExpiresIn)
}

// granted checks a token that the platform has handed out, with its lifetime in
// seconds, and makes it secret.
func (c *Client) granted(call Call, token string, expiresIn Int) (string, time.Duration, error) {
	if err := checkToken(token); err != nil {
		return "", 0, &provider.Error{Class: provider.ClassAuth, Call: call.name(), Err: err}
	}
	c.secrets.Add(token)
	return token, time.Duration(expiresIn) * time.Second, nil
}

// StableToken fetches tokens with the app's secret from /cgi-bin/stable_token,
// in normal mode: everybody who asks gets the same token, so that a CI job never
// takes the token away from the mini-program's own server. A token that is
// refused is asked for once more, but never with force_refresh, because that
// would end the token of all others.
type StableToken struct{ *appToken }

// NewStableToken makes a source for an app. The options are those of the client
// that will use it; Tokens is ignored.
func NewStableToken(appid, secret string, o Options) (*StableToken, error) {
	a, err := newAppToken(appid, secret, o)
	if err != nil {
		return nil, err
	}
	s := &StableToken{a}
	s.fetch = s.request
	return s, nil
}

type tokenRequest struct {
	GrantType    string `json:"grant_type"`
	AppID        string `json:"appid"`
	Secret       string `json:"secret"`
	ForceRefresh bool   `json:"force_refresh"`
}

// stableRefused are the codes of an account that has no stable tokens.
var stableRefused = []int{40066, 48001}

func (s *StableToken) request(ctx context.Context) (string, time.Duration, error) {
	token, lifetime, err := s.ask(ctx, Call{
		Path: "/cgi-bin/stable_token",
		Body: tokenRequest{GrantType: "client_credential", AppID: s.appid, Secret: s.secret},
	})
	if e, ok := errors.AsType[*provider.Error](err); ok && slices.Contains(stableRefused, e.Code) {
		e.Remedy = lang.T("If nothing else fetches tokens for this app, set WECHAT_TOKEN_MODE=classic. Otherwise let the program that does hand them out: WECHAT_TOKEN_COMMAND.",
			"如果没有其他程序为该小程序获取 token，请设置 WECHAT_TOKEN_MODE=classic；否则请由那个程序提供：WECHAT_TOKEN_COMMAND。")
	}
	return token, lifetime, err
}

// ClassicToken fetches tokens from /cgi-bin/token, for accounts that are refused
// /cgi-bin/stable_token. Each fetch retires the token before within five minutes,
// whoever uses that (reference section 2.1), so it is only for a shop whose
// tokens nobody else fetches this way.
type ClassicToken struct{ *appToken }

// NewClassicToken is like NewStableToken.
func NewClassicToken(appid, secret string, o Options) (*ClassicToken, error) {
	a, err := newAppToken(appid, secret, o)
	if err != nil {
		return nil, err
	}
	c := &ClassicToken{a}
	c.fetch = c.request
	return c, nil
}

func (c *ClassicToken) request(ctx context.Context) (string, time.Duration, error) {
	return c.ask(ctx, Call{
		Path:  "/cgi-bin/token",
		Query: url.Values{"grant_type": {"client_credential"}, "appid": {c.appid}, "secret": {c.secret}},
	})
}
