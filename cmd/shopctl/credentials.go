package main

import (
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/view"
)

// tokens chooses how to get an access token: the one that a central token
// server hands out goes before our own.
func (a *app) tokens(appid string) (wechat.TokenSource, error) {
	token, command, secret := a.getenv("WECHAT_ACCESS_TOKEN"), a.getenv("WECHAT_TOKEN_COMMAND"), a.getenv("WECHAT_APPSECRET")
	switch {
	case token != "":
		return wechat.StaticToken(token), nil
	case command != "":
		return wechat.NewCommandToken([]string{"sh", "-c", command}, time.Now), nil
	case secret != "":
		return wechat.NewStableToken(appid, secret, wechat.Options{Endpoint: a.endpoint(), Log: a.log})
	}
	return nil, &view.Problem{
		What: lang.F("there are no credentials for %s", "没有 %s 的访问凭据", appid),
		Remedy: lang.T("Set WECHAT_APPSECRET (or WECHAT_ACCESS_TOKEN, or WECHAT_TOKEN_COMMAND) in the environment, or try it without an account: --sandbox.",
			"请设置环境变量 WECHAT_APPSECRET（或 WECHAT_ACCESS_TOKEN、WECHAT_TOKEN_COMMAND）；没有账号可先用 --sandbox 试用。"),
	}
}
