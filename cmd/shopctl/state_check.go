package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
)

func newStateCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check-backend",
		Short: a.say("Try whether the server of the state keeps two runs apart", "检验状态服务器能否避免两次运行互相冲突"),
		Long: a.say(`Locks and writes with conditions are tried against the bucket or the server that the state block names, with
objects that are removed again. Some servers take no notice of conditions, and some not atomically.`,
			`针对 state 块指定的存储桶或服务器检验加锁和条件写入，所用对象会随后删除。有些服务器不支持条件写入，有些则不是原子的。`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.stateCheck(cmd.Context()) },
	}
}

func (a *app) stateCheck(ctx context.Context) error {
	backend, _, err := a.store()
	if err != nil {
		return err
	}
	defer backend.Close()
	var found []state.Finding
	if p, ok := backend.(state.Prober); ok {
		if found, err = p.Probe(ctx); err != nil {
			return err
		}
	}
	if len(found) == 0 {
		return a.view.Line(lang.F("%s: nothing to try; locks are those of the kernel or of the database.", "%s：无需检验，锁由操作系统内核或数据库提供。", backend.Where()))
	}
	broken := false
	for _, f := range found {
		word := lang.T("kept", "符合")
		if !f.Kept {
			word, broken = lang.T("BROKEN", "不符合"), true
		}
		if err := a.view.Line(lang.F("%s  %s  %s", "%s  %s  %s", word.In(a.lang), f.Promise.In(a.lang), "("+f.Seen.In(a.lang)+")")); err != nil {
			return err
		}
	}
	if broken {
		if err := a.view.Line(lang.T("Do not let two machines run on this state: two applies at once could both go on.", "请勿让两台机器使用这份状态：同时执行的两次 apply 可能都会继续。")); err != nil {
			return err
		}
		return exitError
	}
	return nil
}
