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
	return v.Note(lang.F(
		"The sandbox in %[2]s serves until you press Ctrl-C; open its address to see the shop.\nUse it: WECHAT_APPSECRET=%[3]s shopctl --endpoint %[1]s plan",
		"沙箱（%[2]s）正在运行，按 Ctrl-C 结束；用浏览器打开该地址可查看店铺。\n使用方法：WECHAT_APPSECRET=%[3]s shopctl --endpoint %[1]s plan",
		s.URL, s.Dir, s.Secret))
}
