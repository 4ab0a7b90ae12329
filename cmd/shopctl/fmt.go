package main

import (
	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/schema"
)

func newFmt(a *app) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "fmt",
		Short: a.say("Format the catalog files", "格式化商品目录文件"),
		Long: a.say("Rewrites the HCL files of the catalog in canonical form and names those that\nchanged. With --check nothing is written, and the exit code is 1 when a file would change.",
			"把目录中的 HCL 文件改写为规范格式，并列出有改动的文件。使用 --check 时不写入，\n若有文件需要改动则退出码为 1。"),
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.format(check) },
	}
	cmd.Flags().BoolVar(&check, "check", false, a.say("only tell which files would change", "只列出需要改动的文件"))
	return cmd
}

func (a *app) format(check bool) error {
	changed, ds := schema.FormatDir(a.global.dir, !check)
	if err := a.view.Formatted(changed); err != nil {
		return err
	}
	if err := a.report(ds); err != nil {
		return err
	}
	if check && len(changed) > 0 {
		return exitError
	}
	return nil
}
