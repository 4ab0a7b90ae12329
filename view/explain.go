package view

import (
	"strconv"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
)

// Code is one errcode of the platform, as `explain` shows it.
type Code struct {
	Code    int            `json:"code"`
	Class   provider.Class `json:"class"`
	Meaning lang.Text      `json:"meaning"`
	Remedy  lang.Text      `json:"remedy"`
	// Source says where the fact comes from.
	Source string `json:"source"`
}

type codeDocument struct {
	Envelope
	Code
}

// classes say what a class of errors means for the reader.
var classes = map[provider.Class]lang.Text{
	provider.ClassRetry:      lang.T("passes by itself; shopctl tries again", "暂时性错误，shopctl 会自动重试"),
	provider.ClassLater:      lang.T("a quota is spent; come back later", "额度已用完，请稍后再来"),
	provider.ClassFix:        lang.T("the input is wrong; change it", "输入有误，需要修改"),
	provider.ClassPermission: lang.T("a permission or a setting in the console is missing", "缺少权限或后台设置"),
	provider.ClassConflict:   lang.T("the object is in another state than thought; shopctl reads it again", "对象状态与预期不同，shopctl 会重新读取"),
	provider.ClassNoop:       lang.T("already as wanted; nothing to do", "已是目标状态，无需处理"),
	provider.ClassAuth:       lang.T("the access token is not accepted", "access_token 无效"),
	provider.ClassUnknown:    lang.T("sent, but unanswered; shopctl reads the object to find out", "已发送但没有应答，shopctl 会读取对象确认"),
}

// Code prints what an errcode means and what to do about it.
func (v *View) Code(c Code) error {
	if v.Format == JSON {
		return writeJSON(v.Out, codeDocument{Envelope{"code", 1}, c})
	}
	p := v.outPage()
	p.line(0, raw(strconv.Itoa(c.Code)).as(bold), raw("  "), words(c.Meaning))
	p.line(2, both("class   ", "类别  ").as(faint), raw(string(c.Class)), both(": ", "："), words(classes[c.Class]))
	p.line(2, both("do      ", "处理  ").as(faint), words(c.Remedy))
	if c.Source != "" {
		p.line(2, both("source  ", "来源  ").as(faint), raw(c.Source))
	}
	return p.flush(v.Out)
}
