package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

func newImages(a *app) *cobra.Command {
	var format string
	var autoApprove bool
	cmd := &cobra.Command{
		Use:   "images",
		Short: a.say("Look at the pictures: what they are, who uses them, which are uploaded", "查看图片：内容、用途与上传情况"),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: a.say("List the pictures of the catalog and of the state", "列出目录和状态中的图片"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.imagesList(cmd.Context(), format) },
	}
	check := &cobra.Command{
		Use: "check", Short: a.say("Decode every picture and report those that cannot be sent or look alike", "解码所有图片，报告无法发送或几乎相同的图片"), Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.imagesCheck(format) },
	}
	prune := &cobra.Command{
		Use: "prune", Short: a.say("Forget uploads that no declared object uses any more", "移除不再使用的图片的上传记录"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.imagesPrune(cmd.Context(), autoApprove) },
	}
	a.addFormatFlag(list, &format)
	a.addFormatFlag(check, &format)
	prune.Flags().BoolVar(&autoApprove, "auto-approve", false, a.say("do not ask", "不再询问"))
	cmd.AddCommand(list, check, prune)
	return cmd
}

func (a *app) imagesList(ctx context.Context, format string) error {
	if err := a.setFormat(format); err != nil {
		return err
	}
	catalog, backend, err := a.declared()
	if err != nil {
		return err
	}
	defer backend.Close()
	st, err := a.readState(ctx, backend, shopID(catalog))
	if err != nil {
		return err
	}
	return a.view.Images(reconcile.Album(catalog, st))
}

// declared is the catalog without its categories, and where its state is kept.
func (a *app) declared() (*schema.Catalog, state.Backend, error) {
	catalog, ds := a.load(nil)
	if ds.HasErrors() {
		return nil, nil, a.report(ds)
	}
	backend, err := a.backend(catalog)
	return catalog, backend, err
}

// imagesCheck reports findings about pictures only, so that a folder of
// pictures can be put in order while the rest is not yet.
func (a *app) imagesCheck(format string) error {
	if err := a.setFormat(format); err != nil {
		return err
	}
	catalog, ds := a.load(nil)
	about := slices.DeleteFunc(slices.Clone(ds), func(d schema.Diagnostic) bool { return !strings.HasPrefix(d.Rule, "picture-") })
	if err := a.report(about); err != nil {
		return err
	}
	switch {
	case catalog == nil && a.view.Format == view.JSON:
		return exitError
	case catalog == nil:
		return &view.Problem{
			What:   lang.F("the catalog has %d findings besides, so that not all of its pictures may be known", "目录还有 %d 个其他问题，可能有图片未被检查", len(ds)-len(about)),
			Remedy: lang.T("See: shopctl validate", "参见：shopctl validate"),
		}
	case a.view.Format == view.JSON:
		return nil
	}
	return a.view.ImagesSound(catalog)
}

func (a *app) imagesPrune(ctx context.Context, autoApprove bool) (err error) {
	if !autoApprove && !term.IsTerminal(int(a.stdin.Fd())) {
		return &view.Problem{
			What:   lang.T("images prune has nobody to ask: this is not a terminal", "无法询问是否执行：当前不是终端"),
			Remedy: lang.T("Pass --auto-approve to prune without a question.", "使用 --auto-approve 可不经询问直接执行。"),
		}
	}
	catalog, backend, err := a.declared()
	if err != nil {
		return err
	}
	defer backend.Close()
	session, err := a.openState(ctx, backend, shopID(catalog), "images prune")
	if err != nil {
		return err
	}
	defer closeState(ctx, session, &err)
	var unused []schema.ImageKey
	for _, p := range reconcile.Album(catalog, session.State()) {
		if len(p.UsedBy) == 0 {
			unused = append(unused, p.Image.Key)
		}
	}
	if len(unused) == 0 {
		return a.view.Line(lang.T("Every uploaded picture is in use.", "所有已上传的图片都在使用中。"))
	}
	if !autoApprove {
		question := lang.F("%d uploaded pictures are used by no declared object. Forget them? They stay in the shop; used again, they are uploaded again. Type yes: ",
			"有 %d 张已上传的图片不再被任何对象使用。移除记录？图片仍留在店铺中；再次使用时会重新上传。请输入 yes 或 是：", len(unused))
		if err := a.confirm(ctx, question); err != nil {
			return err
		}
	}
	for _, key := range unused {
		if err := session.PruneImage(ctx, key); err != nil {
			return err
		}
	}
	return a.view.Line(lang.F("Pictures forgotten: %d.", "已移除 %d 张图片的上传记录。", len(unused)))
}
