package wechat

import (
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
)

// Remedies that several codes of third-party platforms share.
var (
	checkComponent = lang.T("Check WECHAT_COMPONENT_APPID.", "请检查 WECHAT_COMPONENT_APPID。")
	nextTicket     = lang.T("Wait for the next one; it is pushed about every ten minutes, and is good for twelve hours. If it stays, check what receives it.", "请等待下一次推送（约每 10 分钟一次，有效期 12 小时）；若持续出现，请检查接收 ticket 的服务。")
	newCode        = lang.T("Let the merchant's administrator authorise again, and use the code once, within its lifetime.", "请商家管理员重新授权；授权码只能使用一次，且须在有效期内。")
	openPlatform   = lang.T("Sign in to the WeChat open platform (open.weixin.qq.com) and check the third-party platform's permission sets and publication.", "请登录微信开放平台（open.weixin.qq.com），检查第三方平台的权限集与发布状态。")
)

// thirdPartyCodes are 61xxx.
var thirdPartyCodes = []ErrCode{
	{61001, provider.ClassFix,
		lang.T("The appid does not belong to a third-party platform of this kind.", "第三方平台类型与 component_appid 不匹配。"), checkComponent, "2.4 G"},
	{61003, provider.ClassPermission,
		lang.T("The account has not authorised this third-party platform, or has taken the authorisation back.", "该账号未授权给此第三方平台，或已取消授权。"), reauthorise, "2.3 G"},
	{61004, provider.ClassPermission,
		lang.T("The address of the third-party platform is not registered.", "第三方平台的出口 IP 未登记。"),
		lang.T("Register it at the WeChat open platform.", "请在微信开放平台登记该 IP。"), "2.3, 10.1 D"},
	{61005, provider.ClassAuth,
		lang.T("The third-party platform's ticket has expired.", "component_verify_ticket 已过期。"), nextTicket, "2.3 G"},
	{61006, provider.ClassAuth,
		lang.T("The third-party platform's ticket is not valid.", "component_verify_ticket 无效。"), nextTicket, "2.3 G"},
	{61007, provider.ClassPermission,
		lang.T("The permission set of the trading component was not granted to the third-party platform.", "未把交易组件的权限集授权给第三方平台。"), reauthorise, "2.3, 10.1 D"},
	{61008, provider.ClassFix,
		lang.T("The request to the third-party platform names a key twice.", "第三方平台请求中的 key 重复。"), fixRequest, "2.4 G"},
	{61009, provider.ClassFix,
		lang.T("The authorisation code is not valid, or was used before.", "授权码（authorization_code）无效或已被使用。"), newCode, "2.4 G"},
	{61010, provider.ClassFix,
		lang.T("The authorisation code has expired.", "授权码（authorization_code）已过期。"), newCode, "2.4 G"},
	{61011, provider.ClassFix,
		lang.T("There is no such third-party platform.", "第三方平台无效。"), checkComponent, "2.4 G"},
	{61014, provider.ClassAuth,
		lang.T("This interface wants the third-party platform's own token (component_access_token).", "该接口必须使用第三方平台自己的 component_access_token。"),
		lang.T("Check what WECHAT_COMPONENT_TOKEN_COMMAND prints: it must be the platform's token, not a merchant's.", "请检查 WECHAT_COMPONENT_TOKEN_COMMAND 的输出：应为平台的 component_access_token，而不是商家的 token。"), "2.4 G"},
	{61015, provider.ClassAuth,
		lang.T("This interface wants a merchant's token, not the third-party platform's own.", "该接口必须使用商家的 token，而不是 component_access_token。"),
		lang.T("Check what WECHAT_ACCESS_TOKEN or WECHAT_TOKEN_COMMAND hands out: it must be the merchant's token.", "请检查 WECHAT_ACCESS_TOKEN 或 WECHAT_TOKEN_COMMAND：应为商家的 token。"), "2.4 G"},
	{61016, provider.ClassPermission,
		lang.T("The third-party platform has not confirmed the permission set of this interface.", "第三方平台尚未确认该接口所属的权限集。"), openPlatform, "2.4 G"},
	{61017, provider.ClassPermission,
		lang.T("The third-party platform has not been granted the permission set of this interface.", "第三方平台未获得该接口所属的权限集。"), openPlatform, "2.4 G"},
	{61023, provider.ClassPermission,
		lang.T("The refresh token of the authorisation is not valid: the merchant has authorised anew, or taken the authorisation back.", "授权的 refresh_token 无效：商家重新授权过，或已取消授权。"),
		lang.T("Hand the newest refresh token to shopctl (WECHAT_REFRESH_TOKEN_COMMAND). If it is the newest, the merchant's administrator must authorise the third-party platform again, including permission set 85.", "请提供最新的 refresh_token（WECHAT_REFRESH_TOKEN_COMMAND）；若已是最新，需商家管理员重新授权给第三方平台，并包含权限集 85。"), "2.3 G"},
	{61024, provider.ClassFix,
		lang.T("A third-party platform must fetch its token with api_component_token.", "第三方平台须用 api_component_token 获取 token。"),
		lang.T("Set WECHAT_COMPONENT_APPID and WECHAT_COMPONENT_APPSECRET instead of WECHAT_APPSECRET.", "请改用 WECHAT_COMPONENT_APPID 与 WECHAT_COMPONENT_APPSECRET，而不是 WECHAT_APPSECRET。"), "2.4 G"},
	{61028, provider.ClassPermission,
		lang.T("The third-party platform is not published.", "第三方平台尚未全网发布。"), openPlatform, "2.4 G"},
}
