package view

import "github.com/shopctl/shopctl/lang"

// Sandbox is where a sandbox serves and how to use it. Its secret is no secret.
type Sandbox struct {
	URL, Dir, AppID, Secret string
}

// Sandbox says where the sandbox is. The address stands alone on the first
// line, for scripts.
func (v *View) Sandbox(s Sandbox) error {
	p := v.outPage()
	p.line(0, raw(s.URL).as(bold))
	if err := p.flush(v.Out); err != nil {
		return err
	}
	p = v.errPage()
	p.line(0, words(lang.F(
		"The sandbox in %s serves until you press Ctrl-C; open its address to see the shop.",
		"沙箱（%s）正在运行，按 Ctrl-C 结束；用浏览器打开该地址可查看店铺。", s.Dir)))
	p.line(0, words(lang.F(
		"Use it: WECHAT_APPSECRET=%[2]s shopctl --endpoint %[1]s plan",
		"使用方法：WECHAT_APPSECRET=%[2]s shopctl --endpoint %[1]s plan", s.URL, s.Secret)))
	return p.flush(v.Err)
}
