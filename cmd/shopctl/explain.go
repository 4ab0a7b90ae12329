package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/view"
)

func newExplain(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "explain CODE",
		Short: a.say("Say what an error code of the platform means", "解释平台的错误码"),
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := a.setFormat(format); err != nil {
				return err
			}
			return a.explain(args[0])
		},
	}
	a.addFormatFlag(cmd, &format)
	return cmd
}

func (a *app) explain(arg string) error {
	code, err := strconv.Atoi(arg)
	if err != nil {
		return &view.Problem{
			What:   lang.F("%q is not an error code", "%q 不是错误码", arg),
			Remedy: lang.T("give the number after errcode, such as 1000002", "请给出 errcode 后面的数字，例如 1000002"),
		}
	}
	known, ok := wechat.Lookup(code)
	if !ok {
		return &view.Problem{
			What:   lang.F("error code %d is not documented", "错误码 %d 没有文档", code),
			Remedy: lang.T("read errmsg, and ask the platform's support with the rid", "请查看 errmsg，并凭 rid 咨询平台客服"),
		}
	}
	return a.view.Code(view.Code{Code: code, Class: known.Class, Meaning: known.Meaning, Remedy: known.Remedy, Source: known.Source})
}
