package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/reconcile"
)

func newHistory(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "history ADDRESS",
		Short: a.say("Show what became of the submissions of one object", "显示一个对象历次提交的审核结果"),
		Long: a.say(`Shows the verdicts on one object that earlier runs have learned, the newest
first, with the reviewer's reasons in full, and the edits at once whose reason
was given. The shop is not asked.`,
			`按时间倒序显示以往运行得知的审核结果及完整的驳回原因，以及注明了原因的立即修改。
不访问店铺。`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.setFormat(format); err != nil {
				return err
			}
			return a.history(cmd.Context(), args[0])
		},
	}
	a.addFormatFlag(cmd, &format)
	return cmd
}

func (a *app) history(ctx context.Context, arg string) error {
	st, address, err := a.storedObject(ctx, arg)
	if err != nil {
		return err
	}
	return a.view.History(address, reconcile.History(st, address))
}
