package main

import (
	"context"

	"github.com/spf13/cobra"
)

func newCategory(a *app) *cobra.Command {
	var fresh bool
	var format string
	cmd := &cobra.Command{
		Use:   "category",
		Short: a.say("List the platform's categories and what each demands", "列出平台类目及其资质要求"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.category(cmd.Context(), nil, fresh, format)
		},
	}
	search := &cobra.Command{
		Use:   "search WORDS...",
		Short: a.say("List the categories whose path, id or demands hold every word", "列出路径、ID 或资质要求中包含所有关键词的类目"),
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, words []string) error {
			return a.category(cmd.Context(), words, fresh, format)
		},
	}
	for _, c := range []*cobra.Command{cmd, search} {
		c.Flags().BoolVar(&fresh, "fresh", false, a.say("ask the platform even if the list was read today", "即使今天已读取过，也重新向平台获取"))
		a.addFormatFlag(c, &format)
	}
	cmd.AddCommand(search)
	return cmd
}

// category works with a catalog that has errors, too: its author may be looking
// for the very category that is missing in it.
func (a *app) category(ctx context.Context, words []string, fresh bool, format string) error {
	if err := a.setFormat(format); err != nil {
		return err
	}
	catalog, err := a.loadShop()
	if err != nil {
		return err
	}
	s, err := a.openShop(catalog)
	if err != nil {
		return err
	}
	defer s.close()
	tree, err := s.provider.Categories(ctx, fresh)
	if err != nil {
		return err
	}
	return a.view.Categories(tree.Search(words...))
}
