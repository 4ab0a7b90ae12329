package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
)

// DefaultEndpoint is the platform.
const DefaultEndpoint = "https://api.weixin.qq.com"

// Patience of one call.
const (
	defaultTimeout     = 60 * time.Second // of one attempt at an upload of 2 MB over a slow line
	jsonShare          = 2                // JSON calls are given so much less
	defaultConcurrency = 8
	maxTries           = 5
	firstBackoff       = 500 * time.Millisecond
	maxBackoff         = 30 * time.Second
	recheckAfter       = 200 * time.Millisecond
)

// Options configure a Client. Only Tokens has no default.
type Options struct {
	Endpoint string      // DefaultEndpoint when empty
	Tokens   TokenSource // nil for a client that only makes anonymous calls
	Log      *slog.Logger
	// Concurrency is how many calls are expected at the same time; it sizes the
	// pool of connections.
	Concurrency int
	Timeout     time.Duration // of one attempt
	Limits      []Limit       // DefaultLimits when nil, none when empty
	Transport   http.RoundTripper
	Clock       *Clock             // hears the platform's time; nil for nobody
	Underway    *provider.Underway // hears which calls wait for their answer; nil for nobody
	Now         func() time.Time
	// Sleep waits, or returns the context's error as soon as it ends.
	Sleep func(context.Context, time.Duration) error
}

// Client makes calls. It may be used by many goroutines.
type Client struct {
	tokens    TokenSource
	transport *transport
	limiter   *limiter
	underway  *provider.Underway
	log       *slog.Logger
	now       func() time.Time
	sleep     func(context.Context, time.Duration) error
	secrets   *Redactor
}

// Call is one request to the platform: a POST, but for the one with Query.
type Call struct {
	Path string // "/shop/spu/add"
	// Query makes the call a GET without a body. It may hold secrets.
	Query url.Values
	// Writes is set for calls that change something and must not be sent again
	// when their outcome is unknown.
	Writes bool
	Body   any   // encoded as JSON; nil is {}
	Form   *Form // instead of Body
	// Anonymous calls carry no token.
	Anonymous bool
	// TokenIn names the query parameter of the token; "" is access_token.
	TokenIn string
	// Bare calls are those that fetch a token: a successful reply has no errcode,
	// and no answer is ever quoted, because it may be the token.
	Bare bool
	// Rechecks is how often an answer that the object does not exist is asked
	// for again before it is believed: reads have been seen to deny existing
	// products (reference section 8.0).
	Rechecks int
	// Final are codes of ClassRetry that mean something else here and are
	// returned at once.
	Final []int
}

// name is the call as people know it: "spu/add".
func (c *Call) name() string {
	return strings.TrimPrefix(strings.TrimPrefix(c.Path, "/shop/"), "/cgi-bin/")
}

// NewClient checks the endpoint and makes a client.
func NewClient(o Options) (*Client, error) {
	if o.Endpoint == "" {
		o.Endpoint = DefaultEndpoint
	}
	if err := CheckEndpoint(o.Endpoint); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Concurrency <= 0 {
		o.Concurrency = defaultConcurrency
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = Sleep
	}
	c := &Client{
		tokens:    o.Tokens,
		underway:  o.Underway,
		transport: newTransport(strings.TrimRight(o.Endpoint, "/"), o.Concurrency, o.Timeout, o.Transport, o.Clock),
		log:       o.Log,
		now:       o.Now,
		sleep:     o.Sleep,
		secrets:   &Redactor{},
	}
	c.limiter = newLimiter(o.Limits, o.Now, c.pause)
	return c, nil
}

// Log is where the client traces its calls.
func (c *Client) Log() *slog.Logger { return c.log }

// Sleep waits for d or until the context ends.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// effort counts what one call has cost so far.
type effort struct {
	tries, rechecks int
	renewed         bool
	awaited         *provider.Awaited
}

// Do makes the call and decodes the reply into reply, which may be nil. Every
// error is a *provider.Error.
//
// What says that nothing happened is repeated with growing pauses, at most five
// times. What may have happened, which a busy platform does not tell either, is
// repeated only for calls that do not write.
// A token that is refused is replaced once.
func (c *Client) Do(ctx context.Context, call Call, reply any) error {
	body, err := call.payload()
	if err != nil {
		return &provider.Error{Class: provider.ClassFix, Call: call.name(), Err: err}
	}
	token, err := c.token(ctx, &call)
	if err != nil {
		return err
	}
	spent := effort{awaited: c.underway.Begin(ctx, call.name())}
	defer c.underway.End(spent.awaited)
	for {
		spent.tries++
		e := c.attempt(ctx, &call, token, body, &spent, reply)
		if e == nil {
			return nil
		}
		if tokenRefused(e.Code) && !call.Anonymous && !spent.renewed {
			spent.renewed = true
			if token, err = c.renew(ctx, token); err != nil {
				return err
			}
			continue
		}
		if call.Writes && mayHaveHappened(e) {
			e.Class = provider.ClassUnknown
			return e
		}
		wait, again := c.patience(&call, e, &spent)
		if !again || c.pause(ctx, wait) != nil {
			return e
		}
	}
}

func (c *Call) payload() (payload, error) {
	if c.Form != nil {
		form, err := encodeForm(c.Form)
		return payload{form: form}, err
	}
	b, err := encode(c.Body)
	return payload{json: b}, err
}

func (c *Client) token(ctx context.Context, call *Call) (string, error) {
	if call.Anonymous {
		return "", nil
	}
	token, err := c.tokens.Token(ctx)
	c.secrets.Add(token)
	return token, c.tokenError(err)
}

// renew replaces a refused token. It may be the same one again: stable_token
// hands out a token until it nears its end, and a refusal may pass by itself.
func (c *Client) renew(ctx context.Context, token string) (string, error) {
	fresh, err := c.tokens.Renew(ctx, token)
	c.secrets.Add(fresh)
	return fresh, c.tokenError(err)
}

// tokenError makes sure that a failure to get a token is a *provider.Error. What
// does not pass by itself would meet every other call too.
func (c *Client) tokenError(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*provider.Error](err); ok {
		refusal := *e // others may have been given the same error
		refusal.Everywhere = e.Class != provider.ClassRetry
		return &refusal
	}
	return &provider.Error{Class: provider.ClassAuth, Call: "token", Err: c.secrets.Error(err)}
}

// mayHaveHappened reports whether a busy platform (-1, -2, 990010) leaves open if
// it did the work of a writing call. The caller reads before it sends again. Being
// too fast (300000) is refused before anything is done.
func mayHaveHappened(e *provider.Error) bool {
	return e.Class == provider.ClassRetry && e.Code != 0 && e.Code != codeTooFast && e.Code != codeMinuteQuota
}

// patience says whether a failed call is worth another attempt, and after how long.
func (c *Client) patience(call *Call, e *provider.Error, spent *effort) (wait time.Duration, again bool) {
	switch {
	case e.NotFound && spent.rechecks < call.Rechecks:
		spent.rechecks++
		return recheckAfter, true
	case spent.tries >= maxTries:
		return 0, false
	case e.Code == codeMinuteQuota:
		return e.RetryAfter, true
	case e.Class != provider.ClassRetry:
		return 0, false
	}
	for _, code := range call.Final {
		if e.Code == code {
			return 0, false
		}
	}
	if e.Code == codeTooFast {
		c.limiter.slowDown(call.Path)
	}
	return backoff(spent.tries), true
}

// backoff doubles with every try; half of it is random, so that many calls that
// failed together do not come back together.
func backoff(tries int) time.Duration {
	d := min(firstBackoff<<(tries-1), maxBackoff)
	return d/2 + rand.N(d/2+1)
}

// errNoTime is returned by pause when the deadline would pass first.
var errNoTime = errors.New("the deadline comes before the next attempt")

// pause waits, but not for a moment that the context will not live to see.
func (c *Client) pause(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && c.now().Add(d).After(deadline) {
		return errNoTime
	}
	return c.sleep(ctx, d)
}

// attempt sends the call once and traces it in one line.
func (c *Client) attempt(ctx context.Context, call *Call, token string, body payload, spent *effort, reply any) *provider.Error {
	if err := c.limiter.wait(ctx, call.Path); err != nil {
		return c.unsent(call, err)
	}
	start := c.now()
	c.underway.Sent(spent.awaited, start)
	a, err := c.transport.send(ctx, call, token, body)
	e := c.judge(call, a, err, reply)

	attrs := []slog.Attr{
		slog.String("path", call.Path), slog.Int("attempt", spent.tries), slog.Duration("took", c.now().Sub(start)),
		slog.Int("status", a.status), slog.Int64("sent", a.sent), slog.Int("received", len(a.body)),
	}
	if e != nil {
		attrs = append(attrs, slog.Int("errcode", e.Code), slog.String("rid", e.RID), slog.String("class", string(e.Class)))
		if e.Err != nil {
			attrs = append(attrs, slog.String("error", e.Err.Error()))
		}
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "call", attrs...)
	return e
}

// unsent is the error of a call that never left, so that nothing can have happened.
func (c *Client) unsent(call *Call, err error) *provider.Error {
	return &provider.Error{
		Class: provider.ClassRetry, Call: call.name(), Err: c.secrets.Error(err),
		Meaning: lang.T("The call was not sent.", "请求没有发出。"),
		Remedy:  lang.T("Run the command again.", "请重新运行该命令。"),
	}
}

// PlainReader is a reply that can read nearly all of its answers faster than
// encoding/json does. ReadPlain reports whether the body says errcode 0 and was
// read; otherwise the reply is as it was, and is decoded in the ordinary way.
type PlainReader interface{ ReadPlain(body string) bool }

// judge turns an answer into nil or an error, and decodes a success into reply.
func (c *Client) judge(call *Call, a *answer, err error, reply any) *provider.Error {
	switch {
	case errors.Is(err, errFileChanged):
		return &provider.Error{Class: provider.ClassFix, Call: call.name(), Err: errFileChanged}
	case err != nil && !a.reached:
		return c.unreachable(call, err)
	case err != nil:
		return c.noAnswer(call, err)
	case a.status >= 500:
		return c.noAnswer(call, fmt.Errorf("HTTP status %d", a.status))
	}
	if quick, ok := reply.(PlainReader); ok && a.status == http.StatusOK && quick.ReadPlain(a.body) {
		return nil
	}
	env, err := readEnvelope(a.body, call.Bare)
	if errors.Is(err, errNotJSON) && !call.Bare {
		err = fmt.Errorf("%w: %q", err, c.excerpt(a.body))
	}
	if err != nil {
		return c.oddAnswer(call, a.status, err)
	}
	if code := env.code(); code != 0 {
		return c.refusal(call, code, string(env.ErrMsg))
	}
	if a.status != http.StatusOK {
		return c.oddAnswer(call, a.status, errors.New("the answer claims success"))
	}
	if reply == nil {
		return nil
	}
	if err := json.Unmarshal([]byte(a.body), reply); err != nil {
		return c.noAnswer(call, fmt.Errorf("the answer does not have the documented shape: %w", err))
	}
	return nil
}

// unreachable is the error of a call for which no connection was made.
func (c *Client) unreachable(call *Call, err error) *provider.Error {
	return &provider.Error{
		Class: provider.ClassRetry, Call: call.name(), Err: c.secrets.Error(err),
		Meaning: lang.T("The platform could not be reached; nothing was sent.", "无法连接到平台，请求没有发出。"),
		Remedy:  lang.T("Check the network, the proxy and --endpoint.", "请检查网络、代理和 --endpoint。"),
	}
}

// noAnswer is the error of a call that was sent and not understandably answered.
// Asking again is right for a reading call, and wrong for a writing one.
func (c *Client) noAnswer(call *Call, err error) *provider.Error {
	e := &provider.Error{Class: provider.ClassRetry, Call: call.name(), Err: c.secrets.Error(err)}
	e.Meaning = lang.T("The platform gave no usable answer.", "平台没有返回可用的应答。")
	e.Remedy = lang.T("Run the command again.", "请重新运行该命令。")
	if call.Writes {
		e.Class = provider.ClassUnknown
		e.Meaning = lang.T("The call was sent, but no usable answer came: it may or may not have been carried out.", "请求已发出，但没有收到可用的应答：可能已执行，也可能没有。")
		e.Remedy = lang.T("Read the object again before anything else is sent; the next run does so by itself.", "继续操作前请先重新读取该对象；下次运行时会自动进行。")
	}
	return e
}

// oddAnswer is the error of an answer that is not the platform's: a page of a
// proxy, a redirect, a body without errcode.
func (c *Client) oddAnswer(call *Call, status int, err error) *provider.Error {
	e := c.noAnswer(call, fmt.Errorf("HTTP status %d: %w", status, err))
	switch {
	case status == http.StatusTooManyRequests:
		e.Class = provider.ClassRetry
	case status >= 300 && status < 500:
		// Whoever answered so did not hand the call on.
		e.Class = provider.ClassFix
		e.Meaning = lang.T("Something other than the platform answered.", "应答的不是平台。")
		e.Remedy = lang.T("Check --endpoint and the proxy.", "请检查 --endpoint 和代理。")
	}
	return e
}
