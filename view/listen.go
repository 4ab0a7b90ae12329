package view

import "github.com/shopctl/shopctl/lang"

// Listening says where the listener is. The address stands alone on the first
// line, for scripts; path is where the platform sends its messages to.
func (v *View) Listening(url, path string, board, encrypted bool) error {
	p := v.outPage()
	p.line(0, raw(url).as(bold))
	if err := p.flush(v.Out); err != nil {
		return err
	}
	p = v.errPage()
	p.line(0, words(lang.F("Messages of the platform: %s%s (https, through your proxy)", "平台消息地址：%s%s（经反向代理以 https 访问）", url, path)))
	switch {
	case board:
		p.line(0, words(lang.F("Status board: %s/ (the token is the password of any user)", "状态看板：%s/（用户名任意，密码为该 token）", url)))
	default:
		p.line(0, both("No status board: set SHOPCTL_LISTEN_TOKEN to serve it.", "未提供状态看板：设置 SHOPCTL_LISTEN_TOKEN 后可用。"))
	}
	if !encrypted {
		p.line(0, both("Messages are accepted unencrypted; set WECHAT_PUSH_AESKEY, and the secure mode in the console.", "当前接收明文消息；请设置 WECHAT_PUSH_AESKEY，并在后台选择安全模式。").as(yellow))
	}
	return p.flush(v.Err)
}
