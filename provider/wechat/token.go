package wechat

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/shopctl/shopctl/internal/crash"
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
		var got fetched
		var err error
		got.crashed = crash.Catch(func() { got.token, err = c.fetchNew(context.WithoutCancel(ctx)) })
		return got, err
	})
	select {
	case <-ctx.Done():
		return "", &provider.Error{Class: provider.ClassRetry, Call: "token", Err: ctx.Err()}
	case r := <-result:
		got := r.Val.(fetched)
		got.crashed.Rethrow()
		return got.token, r.Err
	}
}

// fetched is what a request that many wait for has brought.
type fetched struct {
	token   string
	crashed *crash.Panic
}

// fetchNew fetches a token and keeps it, unless there is one by now.
func (c *cachedToken) fetchNew(ctx context.Context) (string, error) {
	if token, ok := c.cached(); ok {
		return token, nil
	}
	token, lifetime, err := c.fetch(ctx)
	if err == nil {
		c.keep(token, lifetime)
	}
	return token, err
}

// Renew implements TokenSource.
func (c *cachedToken) Renew(ctx context.Context, refused string) (string, error) {
	c.drop(refused)
	return c.Token(ctx)
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
