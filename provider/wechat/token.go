package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
)

// TokenSource gives access tokens. It may be used by many goroutines.
type TokenSource interface {
	// Token is a token that is believed to be valid.
	Token(ctx context.Context) (string, error)
	// Renew is called when the platform refused a token. It returns another one,
	// or the same when there is no other. The call is not repeated more than once.
	Renew(ctx context.Context, refused string) (string, error)
}

// renewEarly is how long before its end a token is replaced: from then on the
// platform hands out the next one (reference section 2.2).
const renewEarly = 300 * time.Second

// cachedToken keeps the token of a source until shortly before its end. However
// many ask, one fetch runs at a time, and it outlives the caller who began it.
type cachedToken struct {
	now   func() time.Time
	fetch func(context.Context) (token string, lifetime time.Duration, err error)

	flight singleflight.Group
	mu     sync.Mutex
	token  string
	until  time.Time // zero: until it is refused
}

func (c *cachedToken) cached() (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token, c.token != "" && (c.until.IsZero() || c.now().Before(c.until))
}

func (c *cachedToken) keep(token string, lifetime time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token, c.until = token, time.Time{}
	if lifetime > 0 {
		c.until = c.now().Add(lifetime - min(renewEarly, lifetime/2))
	}
}

// drop forgets the token if it still is the refused one.
func (c *cachedToken) drop(refused string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == refused {
		c.token = ""
	}
}

// Token implements TokenSource.
func (c *cachedToken) Token(ctx context.Context) (string, error) {
	if token, ok := c.cached(); ok {
		return token, nil
	}
	result := c.flight.DoChan("token", func() (any, error) {
		if token, ok := c.cached(); ok {
			return token, nil
		}
		token, lifetime, err := c.fetch(context.WithoutCancel(ctx))
		if err == nil {
			c.keep(token, lifetime)
		}
		return token, err
	})
	select {
	case <-ctx.Done():
		return "", &provider.Error{Class: provider.ClassRetry, Call: "token", Err: ctx.Err()}
	case r := <-result:
		return r.Val.(string), r.Err
	}
}

// Renew implements TokenSource.
func (c *cachedToken) Renew(ctx context.Context, refused string) (string, error) {
	c.drop(refused)
	return c.Token(ctx)
}

// StableToken fetches tokens with the app's secret from /cgi-bin/stable_token,
// in normal mode: everybody who asks gets the same token, so that a CI job never
// takes the token away from the mini-program's own server. A token that is
// refused is asked for once more, but never with force_refresh, because that
// would end the token of all others.
type StableToken struct {
	cachedToken
	client        *Client
	appid, secret string
}

// NewStableToken makes a source for an app. The options are those of the client
// that will use it; Tokens is ignored.
func NewStableToken(appid, secret string, o Options) (*StableToken, error) {
	o.Tokens = nil
	client, err := NewClient(o)
	if err != nil {
		return nil, err
	}
	client.secrets.Add(secret)
	s := &StableToken{client: client, appid: appid, secret: secret}
	s.now, s.fetch = client.now, s.request
	return s, nil
}

type tokenRequest struct {
	GrantType    string `json:"grant_type"`
	AppID        string `json:"appid"`
	Secret       string `json:"secret"`
	ForceRefresh bool   `json:"force_refresh"`
}

type tokenReply struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   Int    `json:"expires_in"` // seconds
}

func (s *StableToken) request(ctx context.Context) (string, time.Duration, error) {
	var reply tokenReply
	err := s.client.Do(ctx, Call{
		Path:      "/cgi-bin/stable_token",
		Anonymous: true,
		Body:      tokenRequest{GrantType: "client_credential", AppID: s.appid, Secret: s.secret},
	}, &reply)
	if err != nil {
		return "", 0, err
	}
	if err := checkToken(reply.AccessToken); err != nil {
		return "", 0, &provider.Error{Class: provider.ClassAuth, Call: "stable_token", Err: err}
	}
	s.client.secrets.Add(reply.AccessToken)
	return reply.AccessToken, time.Duration(reply.ExpiresIn) * time.Second, nil
}

// StaticToken is one token that somebody else keeps fresh.
type StaticToken string

// Token implements TokenSource.
func (t StaticToken) Token(context.Context) (string, error) {
	if err := checkToken(string(t)); err != nil {
		return "", &provider.Error{Class: provider.ClassAuth, Call: "token", Err: err}
	}
	return string(t), nil
}

// Renew cannot help: the token is all there is.
func (t StaticToken) Renew(context.Context, string) (string, error) {
	return "", &provider.Error{
		Class: provider.ClassAuth, Call: "token",
		Message: "the given access token was refused",
		Meaning: lang.T("The platform refused the access token that was given; it has expired or was replaced.", "平台拒绝了给定的 access_token：它已过期或已被替换。"),
		Remedy:  lang.T("Get a new token from your token server, or let shopctl fetch one: set WECHAT_APPSECRET or a token command.", "请从你的 token 服务器重新获取，或让 shopctl 自行获取：设置 WECHAT_APPSECRET 或 token 命令。"),
	}
}

// CommandToken runs a command whose standard output is the token, as it is or as
// JSON {"access_token": "...", "expires_in": 7200}. It is run again when the
// token ends or is refused.
type CommandToken struct {
	cachedToken
	argv []string
}

// commandTimeout bounds one run of a token command.
const commandTimeout = 30 * time.Second

// NewCommandToken makes a source of a command and its arguments. now may be nil.
func NewCommandToken(argv []string, now func() time.Time) *CommandToken {
	if now == nil {
		now = time.Now
	}
	c := &CommandToken{argv: argv}
	c.now, c.fetch = now, c.run
	return c
}

func (c *CommandToken) run(ctx context.Context) (string, time.Duration, error) {
	fail := func(err error) (string, time.Duration, error) {
		return "", 0, &provider.Error{
			Class: provider.ClassAuth, Call: "token", Err: fmt.Errorf("token command: %w", err),
			Meaning: lang.T("The token command gave no access token.", "token 命令没有给出 access_token。"),
			Remedy:  lang.T("Run the command by hand: it must print the token, or JSON with access_token and expires_in, and exit with 0.", "请手动运行该命令：它应输出 token，或含 access_token 与 expires_in 的 JSON，并以 0 退出。"),
		}
	}
	if len(c.argv) == 0 {
		return fail(errors.New("no command"))
	}
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	// What the command prints is a secret, on standard error perhaps too: it is never shown.
	out, err := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fail(errors.New(exit.ProcessState.String()))
	}
	if err != nil {
		return fail(err)
	}
	token, lifetime, err := parseToken(out)
	if err != nil {
		return fail(err)
	}
	return token, lifetime, nil
}

// parseToken reads the output of a token command.
func parseToken(out []byte) (string, time.Duration, error) {
	out = bytes.TrimSpace(out)
	reply := tokenReply{AccessToken: string(out)}
	if bytes.HasPrefix(out, []byte("{")) {
		reply = tokenReply{}
		if json.Unmarshal(out, &reply) != nil {
			return "", 0, errors.New("its output is not valid JSON")
		}
	}
	return reply.AccessToken, time.Duration(reply.ExpiresIn) * time.Second, checkToken(reply.AccessToken)
}

// maxToken is far more than the 512 characters that the platform asks to reserve.
const maxToken = 4096

// checkToken refuses what cannot be a token. The error does not show it.
func checkToken(token string) error {
	switch {
	case token == "":
		return errors.New("the access token is empty")
	case len(token) > maxToken:
		return fmt.Errorf("the access token is longer than %d bytes", maxToken)
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("the access token holds characters that no token has; is it really one?")
	}
	return nil
}
