package wechat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
)

// Secret is a secret that somebody else renews: it is asked for whenever it is
// needed, and asked for again when the platform refuses it.
type Secret interface {
	Secret(ctx context.Context) (string, error)
}

// FixedSecret is a secret that stays as it is.
type FixedSecret string

// Secret implements Secret.
func (s FixedSecret) Secret(context.Context) (string, error) { return string(s), checkToken(string(s)) }

// ThirdParty is a third-party platform (第三方平台) of a service provider, which
// acts for the merchants that have authorised it, without their secrets
// (reference section 2.4). It is a source of component access tokens. One
// ThirdParty serves all merchants of a process, so that they share one of them.
type ThirdParty struct {
	TokenSource // of component access tokens
	client      *Client
	appid       string
}

// ThirdPartyConfig says who the platform is, and where its secrets come from.
type ThirdPartyConfig struct {
	AppID string // component_appid
	// Tokens hands out component access tokens from a token server. Without it
	// they are fetched with AppSecret and Ticket.
	Tokens    TokenSource
	AppSecret string // component_appsecret
	Ticket    Secret // the newest component_verify_ticket
	// Options are those of the client that will use the tokens; its Tokens are ignored.
	Options Options
}

// NewThirdParty makes the platform. It asks for nothing yet.
func NewThirdParty(c ThirdPartyConfig) (*ThirdParty, error) {
	p := &ThirdParty{TokenSource: c.Tokens, appid: c.AppID}
	if c.Tokens == nil {
		tokens, err := newComponentToken(c)
		if err != nil {
			return nil, err
		}
		p.TokenSource = tokens
	}
	c.Options.Tokens = p.TokenSource
	var err error
	p.client, err = NewClient(c.Options)
	return p, err
}

// componentToken fetches component access tokens.
type componentToken struct {
	*appToken
	ticket Secret
}

func newComponentToken(c ThirdPartyConfig) (*componentToken, error) {
	a, err := newAppToken(c.AppID, c.AppSecret, c.Options)
	if err != nil {
		return nil, err
	}
	t := &componentToken{appToken: a, ticket: c.Ticket}
	t.fetch = t.request
	return t, nil
}

type componentTokenRequest struct {
	AppID     string `json:"component_appid"`
	AppSecret string `json:"component_appsecret"`
	Ticket    string `json:"component_verify_ticket"`
}

type componentTokenReply struct {
	AccessToken string `json:"component_access_token"`
	ExpiresIn   Int    `json:"expires_in"` // seconds
}

// Codes of a ticket and of a refresh token that are not, or no longer, good.
var (
	ticketRefused  = []int{61005, 61006}
	refreshRefused = []int{61023}
	secretRefused  = []int{40001, 40013, 40125, 41002, 41004}
)

func (t *componentToken) request(ctx context.Context) (string, time.Duration, error) {
	var reply componentTokenReply
	call := Call{Path: "/cgi-bin/component/api_component_token", Anonymous: true, Bare: true}
	err := withNewest(ctx, t.loadTicket, ticketRefused, func(ticket string) error {
		t.client.secrets.Add(ticket)
		call.Body = componentTokenRequest{AppID: t.appid, AppSecret: t.secret, Ticket: ticket}
		return t.client.Do(ctx, call, &reply)
	})
	if e, ok := errors.AsType[*provider.Error](err); ok && slices.Contains(secretRefused, e.Code) {
		e.Remedy = lang.T("Check WECHAT_COMPONENT_APPID and WECHAT_COMPONENT_APPSECRET; the secret may have been reset at the open platform.",
			"请检查 WECHAT_COMPONENT_APPID 与 WECHAT_COMPONENT_APPSECRET；密钥可能已在微信开放平台重置。")
	}
	if err != nil {
		return "", 0, err
	}
	return t.client.granted(call, reply.AccessToken, reply.ExpiresIn)
}

func (t *componentToken) loadTicket(ctx context.Context) (string, error) {
	ticket, err := t.ticket.Secret(ctx)
	if err == nil {
		return ticket, nil
	}
	return "", &provider.Error{
		Class: provider.ClassAuth, Call: "component_verify_ticket", Err: t.client.secrets.Error(err),
		Meaning: lang.T("There is no component_verify_ticket of the third-party platform.", "拿不到第三方平台的 component_verify_ticket。"),
		Remedy: lang.T("The platform pushes one about every ten minutes; check what keeps it (WECHAT_COMPONENT_TICKET_COMMAND, WECHAT_COMPONENT_TICKET_FILE).",
			"平台约每 10 分钟推送一次；请检查保存它的程序（WECHAT_COMPONENT_TICKET_COMMAND、WECHAT_COMPONENT_TICKET_FILE）。"),
	}
}

// withNewest uses a secret that somebody else renews. When it is refused with one
// of the codes, it is loaded again, and used once more if another one came in the
// meantime.
func withNewest(ctx context.Context, load func(context.Context) (string, error), refused []int, use func(string) error) error {
	secret, err := load(ctx)
	if err != nil {
		return err
	}
	err = use(secret)
	if e, ok := errors.AsType[*provider.Error](err); !ok || !slices.Contains(refused, e.Code) {
		return err
	}
	newer, loadErr := load(ctx)
	if loadErr != nil || newer == secret {
		return err
	}
	return use(newer)
}

// RefreshTokens is where the refresh token of one merchant is kept.
type RefreshTokens struct {
	Newest Secret
	// Store keeps another one from now on; nil when there is no way to. Until it
	// succeeds, the new one is only known to this process.
	Store func(ctx context.Context, token string) error
	// Notify hears of a new one that could not be stored; nil for nobody.
	Notify func(lang.Text)
}

// Authorizer is a source of access tokens for one merchant that has authorised a
// third-party platform.
type Authorizer struct {
	cachedToken
	platform *ThirdParty
	appid    string
	kept     RefreshTokens

	// Fetches run one at a time, and only they use what follows.
	loaded  string // what Newest said last
	unsaved string // a newer one that could not be stored
	stale   string // what Newest says as long as it does not know unsaved
}

// Authorizer makes the source of a merchant's tokens.
func (p *ThirdParty) Authorizer(appid string, kept RefreshTokens) *Authorizer {
	a := &Authorizer{platform: p, appid: appid, kept: kept}
	a.now, a.fetch = p.client.now, a.request
	return a
}

type authorizerTokenRequest struct {
	ComponentAppID string `json:"component_appid"`
	AppID          string `json:"authorizer_appid"`
	RefreshToken   string `json:"authorizer_refresh_token"`
}

type authorizerTokenReply struct {
	AccessToken  string `json:"authorizer_access_token"`
	ExpiresIn    Int    `json:"expires_in"` // seconds
	RefreshToken string `json:"authorizer_refresh_token"`
}

func (a *Authorizer) request(ctx context.Context) (string, time.Duration, error) {
	var reply authorizerTokenReply
	var used string
	client := a.platform.client
	call := Call{Path: "/cgi-bin/component/api_authorizer_token", TokenIn: "component_access_token", Bare: true}
	err := withNewest(ctx, a.refreshToken, refreshRefused, func(token string) error {
		used = token
		client.secrets.Add(token)
		call.Body = authorizerTokenRequest{ComponentAppID: a.platform.appid, AppID: a.appid, RefreshToken: token}
		return client.Do(ctx, call, &reply)
	})
	if err != nil {
		return "", 0, err
	}
	client.secrets.Add(reply.RefreshToken)
	a.keep(ctx, used, reply.RefreshToken)
	return client.granted(call, reply.AccessToken, reply.ExpiresIn)
}

// refreshToken is the newest one that anybody knows.
func (a *Authorizer) refreshToken(ctx context.Context) (string, error) {
	token, err := a.kept.Newest.Secret(ctx)
	if a.unsaved != "" && (err != nil || token == a.stale) {
		return a.unsaved, nil
	}
	if err == nil {
		a.loaded = token
		return token, nil
	}
	return "", &provider.Error{
		Class: provider.ClassAuth, Call: "authorizer_refresh_token", Err: fmt.Errorf("%s: %w", a.appid, a.platform.client.secrets.Error(err)),
		Meaning: lang.F("There is no authorizer_refresh_token of %s.", "拿不到 %s 的 authorizer_refresh_token。", a.appid),
		Remedy: lang.T("Check WECHAT_REFRESH_TOKEN or WECHAT_REFRESH_TOKEN_COMMAND (the command gets the appid as WECHAT_APPID). Without the token the merchant must authorise the third-party platform again.",
			"请检查 WECHAT_REFRESH_TOKEN 或 WECHAT_REFRESH_TOKEN_COMMAND（命令可从环境变量 WECHAT_APPID 得到 appid）。令牌丢失时，商家须重新授权给第三方平台。"),
	}
}

// keep stores the refresh token when the platform has given another one, or when
// the one in use is still not stored. Losing it would force the merchant to
// authorise the platform again, so a failure is told, and the token is stored at
// the next fetch.
func (a *Authorizer) keep(ctx context.Context, used, given string) {
	if given == "" {
		given = used
	}
	if given == used && used != a.unsaved {
		return
	}
	err := a.store(ctx, given)
	if err == nil {
		a.unsaved, a.stale = "", ""
		return
	}
	a.unsaved, a.stale = given, a.loaded
	if a.kept.Notify == nil {
		return
	}
	a.kept.Notify(lang.F("The platform gave %s another refresh token, and it could not be stored (%v). This run goes on with it, but when it ends the token is lost and the merchant may have to authorise the third-party platform again. Set WECHAT_REFRESH_TOKEN_STORE_COMMAND to a command that stores what it reads.",
		"平台为 %s 更换了 refresh_token，但未能保存（%v）。本次运行会继续使用它；运行结束后令牌即丢失，商家可能须重新授权。请设置 WECHAT_REFRESH_TOKEN_STORE_COMMAND：该命令从标准输入读取并保存令牌。", a.appid, err))
}

// storeTries is how often a refresh token is offered to the store at a time.
const storeTries = 3

var errNoStore = errors.New("there is no command to store it")

func (a *Authorizer) store(ctx context.Context, token string) error {
	if a.kept.Store == nil {
		return errNoStore
	}
	client := a.platform.client
	var err error
	for try := range storeTries {
		if try > 0 && client.pause(ctx, backoff(try)) != nil {
			break
		}
		if err = a.kept.Store(ctx, token); err == nil {
			return nil
		}
	}
	return client.secrets.Error(err)
}
