package main

import (
	"context"
	"sync"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/view"
)

// credentials are what the shops of one run share on their way to tokens.
type credentials struct {
	app        *app // of the run, not of one of its shops
	once       sync.Once
	thirdParty *wechat.ThirdParty
	err        error
}

// tokens chooses how to get an access token of a shop: the one that a central
// token server hands out goes before our own, and the merchant's secret before a
// third-party platform.
func (a *app) tokens(appid string) (wechat.TokenSource, error) {
	token, command, secret := a.secret("WECHAT_ACCESS_TOKEN", appid), a.getenv("WECHAT_TOKEN_COMMAND"), a.secret("WECHAT_APPSECRET", appid)
	switch {
	case token != "":
		return wechat.StaticToken(token), nil
	case command != "":
		return wechat.NewCommandToken(shellCommand(command, appid), time.Now), nil
	case secret != "":
		return a.secretToken(appid, secret)
	case a.getenv("WECHAT_COMPONENT_APPID") != "":
		return a.authorizerToken(appid)
	}
	return nil, a.noCredentials(appid)
}

func (a *app) noCredentials(appid string) error {
	if a.inFleet {
		return &view.Problem{
			What: lang.F("there are no credentials for %s", "没有 %s 的访问凭据", appid),
			Remedy: lang.F("Set WECHAT_APPSECRET_%[1]s or WECHAT_ACCESS_TOKEN_%[1]s, or for all shops WECHAT_TOKEN_COMMAND (a service provider: WECHAT_COMPONENT_APPID). A secret that does not name its shop is not used for many.",
				"请设置 WECHAT_APPSECRET_%[1]s 或 WECHAT_ACCESS_TOKEN_%[1]s，或为所有店铺设置 WECHAT_TOKEN_COMMAND（服务商设置 WECHAT_COMPONENT_APPID）。处理多个店铺时，不使用未注明店铺的密钥。", appid),
		}
	}
	return &view.Problem{
		What: lang.F("there are no credentials for %s", "没有 %s 的访问凭据", appid),
		Remedy: lang.T("Set WECHAT_APPSECRET (or WECHAT_ACCESS_TOKEN, or WECHAT_TOKEN_COMMAND; a service provider sets WECHAT_COMPONENT_APPID) in the environment, or try it without an account: --sandbox.",
			"请设置环境变量 WECHAT_APPSECRET（或 WECHAT_ACCESS_TOKEN、WECHAT_TOKEN_COMMAND；服务商设置 WECHAT_COMPONENT_APPID）；没有账号可先用 --sandbox 试用。"),
	}
}

// secret is a variable that belongs to one shop. Under its own name, such as
// WECHAT_APPSECRET_wx0123456789abcdef, it goes before one that does not say whose
// it is. Where many shops are at work only the former counts: the other would be
// offered to all of them.
func (a *app) secret(name, appid string) string {
	if value := a.getenv(name + "_" + appid); value != "" || a.inFleet {
		return value
	}
	return a.getenv(name)
}

// shellCommand is a command line from the environment. It learns the shop that it
// is asked about from WECHAT_APPID.
func shellCommand(line, appid string) wechat.Command {
	return wechat.Command{Argv: []string{"sh", "-c", line}, Env: []string{"WECHAT_APPID=" + appid}}
}

func (a *app) clientOptions() wechat.Options {
	return wechat.Options{Endpoint: a.endpoint(), Log: a.log, Underway: a.underway}
}

func (a *app) secretToken(appid, secret string) (wechat.TokenSource, error) {
	switch mode := a.getenv("WECHAT_TOKEN_MODE"); mode {
	case "", "stable":
		return wechat.NewStableToken(appid, secret, a.clientOptions())
	case "classic":
		return wechat.NewClassicToken(appid, secret, a.clientOptions())
	default:
		return nil, badFlag("WECHAT_TOKEN_MODE", mode, "stable, classic")
	}
}

// warn tells the operator what must not be overlooked: in the log where many shops
// are at work, because their pages may be shown to nobody.
func (a *app) warn(note lang.Text) {
	if a.inFleet {
		a.log.Warn(note.In(a.lang))
		return
	}
	a.view.Note(note)
}

// authorizerToken is the way of a service provider. All shops of the run share
// the platform's own token.
func (a *app) authorizerToken(appid string) (wechat.TokenSource, error) {
	c := a.credentials
	c.once.Do(func() { c.thirdParty, c.err = c.app.newThirdParty() })
	if c.err != nil {
		return nil, c.err
	}
	kept := wechat.RefreshTokens{Notify: a.warn}
	fixed, command := a.secret("WECHAT_REFRESH_TOKEN", appid), a.getenv("WECHAT_REFRESH_TOKEN_COMMAND")
	switch {
	case command != "":
		kept.Newest = shellCommand(command, appid)
	case fixed != "":
		kept.Newest = wechat.FixedSecret(fixed)
	default:
		return nil, &view.Problem{
			What: lang.F("there is no refresh token for %s", "没有 %s 的 refresh_token", appid),
			Remedy: lang.T("Set WECHAT_REFRESH_TOKEN_COMMAND to a command that prints the authorizer_refresh_token of WECHAT_APPID, or WECHAT_REFRESH_TOKEN for a single shop.",
				"请设置 WECHAT_REFRESH_TOKEN_COMMAND（该命令按环境变量 WECHAT_APPID 输出 authorizer_refresh_token）；只有一个店铺时可设 WECHAT_REFRESH_TOKEN。"),
		}
	}
	if store := a.getenv("WECHAT_REFRESH_TOKEN_STORE_COMMAND"); store != "" {
		kept.Store = func(ctx context.Context, token string) error { return shellCommand(store, appid).Store(ctx, token) }
	}
	return c.thirdParty.Authorizer(appid, kept), nil
}

func (a *app) newThirdParty() (*wechat.ThirdParty, error) {
	appid := a.getenv("WECHAT_COMPONENT_APPID")
	config := wechat.ThirdPartyConfig{
		AppID: appid, AppSecret: a.getenv("WECHAT_COMPONENT_APPSECRET"), Options: a.clientOptions(),
	}
	if command := a.getenv("WECHAT_COMPONENT_TOKEN_COMMAND"); command != "" {
		config.Tokens = wechat.NewCommandToken(shellCommand(command, appid), time.Now)
		return wechat.NewThirdParty(config)
	}
	ticket, command, file := a.getenv("WECHAT_COMPONENT_VERIFY_TICKET"), a.getenv("WECHAT_COMPONENT_TICKET_COMMAND"), a.getenv("WECHAT_COMPONENT_TICKET_FILE")
	switch {
	case command != "":
		config.Ticket = shellCommand(command, appid)
	case file != "":
		config.Ticket = wechat.SecretFile(file)
	case ticket != "":
		config.Ticket = wechat.FixedSecret(ticket)
	}
	if config.AppSecret == "" || config.Ticket == nil {
		return nil, &view.Problem{
			What: lang.F("the credentials of the third-party platform %s are not complete", "第三方平台 %s 的凭据不完整", appid),
			Remedy: lang.T("Set WECHAT_COMPONENT_APPSECRET, and WECHAT_COMPONENT_TICKET_COMMAND (or _FILE, or WECHAT_COMPONENT_VERIFY_TICKET); or let a token server hand out the platform's token: WECHAT_COMPONENT_TOKEN_COMMAND.",
				"请设置 WECHAT_COMPONENT_APPSECRET 与 WECHAT_COMPONENT_TICKET_COMMAND（或 WECHAT_COMPONENT_TICKET_FILE、WECHAT_COMPONENT_VERIFY_TICKET）；也可由 token 服务器提供：WECHAT_COMPONENT_TOKEN_COMMAND。"),
		}
	}
	return wechat.NewThirdParty(config)
}
