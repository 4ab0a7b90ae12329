package main

import (
	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/view"
)

func newValidate(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "validate",
		Short: a.say("Check the catalog without reaching the shop", "不访问店铺，只检查商品目录文件"),
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := a.setFormat(format, view.GitHub, view.GitLab); err != nil {
				return err
			}
			return a.validate()
		},
	}
	a.addAnnotationFormatFlag(cmd, &format)
	return cmd
}

func (a *app) validate() error {
	tree, _ := a.keptCategories()
	catalog, ds := a.load(tree)
	if a.view.Format != view.Text || ds.HasErrors() {
		return a.report(ds)
	}
	if err := a.report(ds); err != nil {
		return err
	}
	return a.view.Valid(catalog)
}
