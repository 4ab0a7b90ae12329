package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/intake/sheet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

type exportFlags struct {
	to         string
	oneRowPer  string
	thumbnails bool
	refresh    bool
	overwrite  bool
}

func newExport(a *app) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: a.say("Write the catalog into a spreadsheet, with what the shop says of each product", "把商品目录导出为电子表格，并附上店铺中的状态"),
		Long: a.say(`Writes every product of the catalog into a workbook, with its status in the
shop, the reviewer's verdict and reason, and the price that buyers see. The
sheet can be edited and imported again (import --from FILE.xlsx --update).`,
			`把目录中的所有商品写入一个工作簿，并附上店铺状态、审核结果与原因、线上售价。
表格修改后可以再导入（import --from FILE.xlsx --update）。`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.export(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.to, "to", "", a.say("the workbook to write, `FILE.xlsx`", "要写入的工作簿（`FILE.xlsx`）"))
	flags.StringVar(&f.oneRowPer, "one-row-per", "sku", a.say("`what` has a row: product or sku", "每行一个什么（`what`）：product（每个商品一行）或 sku（每个规格一行）"))
	flags.BoolVar(&f.thumbnails, "thumbnails", true, a.say("show pictures; --thumbnails=false makes a smaller file, faster", "显示缩略图；--thumbnails=false 更快，文件更小"))
	flags.BoolVar(&f.refresh, "refresh", true, a.say("read the shop; --refresh=false says what the state alone knows", "读取店铺；--refresh=false 只使用状态文件"))
	flags.BoolVar(&f.overwrite, "overwrite", false, a.say("replace the file if it exists", "文件已存在时覆盖"))
	return cmd
}

func (a *app) export(ctx context.Context, f exportFlags) error {
	if f.oneRowPer != "product" && f.oneRowPer != "sku" {
		return badFlag("--one-row-per", f.oneRowPer, "product, sku")
	}
	if !strings.EqualFold(filepath.Ext(f.to), ".xlsx") {
		return &view.Problem{What: lang.T("export writes workbooks only", "export 只写入工作簿"), Remedy: lang.T("Name one: --to FILE.xlsx", "请指定：--to FILE.xlsx")}
	}
	if _, err := os.Stat(f.to); err == nil && !f.overwrite {
		return &view.Problem{What: lang.F("%s exists", "%s 已存在", f.to), Remedy: lang.T("Choose another name, or replace it: --overwrite", "请换一个文件名，或用 --overwrite 覆盖。")}
	}
	pol, err := a.policy(planFlags{})
	if err != nil {
		return err
	}
	s, err := a.situation(ctx, pol, f.refresh)
	if err != nil {
		return err
	}
	defer s.shop.close()
	if err := a.writeWorkbook(f, s.catalog, lines(s.catalog, s.board().Standings, s.seen)); err != nil {
		return &view.Problem{What: lang.F("cannot write %s", "无法写入 %s", f.to), Err: err}
	}
	return a.view.Exported(f.to, s.catalog)
}

// lines are the products of a catalog in the order of their addresses, with
// what the board says of each.
func lines(catalog *schema.Catalog, board []reconcile.Standing, seen *provider.Observation) []sheet.Line {
	var all []sheet.Line
	for i := range board {
		s := &board[i]
		spu := catalog.SPUs[s.Address.Name]
		if s.Address.Kind != schema.KindSPU || spu == nil {
			continue
		}
		status := view.StatusOf(s)
		l := sheet.Line{SPU: own(spu, &catalog.Shop), Status: view.StatusText(status), Rejected: status == view.StatusRejected || status == view.StatusBanned}
		if seen != nil {
			l.Review = view.ReviewText(s.Review)
			l.InShop = pricesInShop(seen.Products[spu.OutProductID])
		}
		if s.Rejected != nil {
			l.Reason = s.Rejected.Reason
		} else if s.Change != nil && s.Change.Block != nil {
			l.Reason = s.Change.Block.Reason
		}
		all = append(all, l)
	}
	return all
}

// own is a product without what it has from the shop block.
func own(spu *schema.SPU, shop *schema.Shop) *schema.SPU {
	s := *spu
	if s.OnRemove == shop.OnRemove {
		s.OnRemove = ""
	}
	if s.InReview == shop.InReview {
		s.InReview = ""
	}
	return &s
}

func pricesInShop(p *provider.Product) map[string]schema.Fen {
	if p == nil || p.Online == nil {
		return nil
	}
	prices := map[string]schema.Fen{}
	for _, sku := range p.Online.SPU.SKUs {
		prices[sku.OutSKUID] = sku.SalePrice
	}
	return prices
}

func (a *app) writeWorkbook(f exportFlags, catalog *schema.Catalog, lines []sheet.Line) error {
	opt := sheet.ExportOptions{
		Lang: a.lang, PerProduct: f.oneRowPer == "product", Brands: catalog.Brands, Tree: catalog.Tree,
		Facts: [][2]string{{"shopctl", programVersion()}, {"appid", catalog.Shop.AppID}, {"catalog", catalog.Digest}},
	}
	if f.thumbnails {
		opt.Open = catalog.Open
	}
	work := a.view.Work(time.Now)
	defer work.Close()
	opt.Progress = work.Exporting
	return replaceFile(f.to, func(w io.Writer) error {
		out := bufio.NewWriter(w)
		return errors.Join(sheet.Export(out, lines, opt), out.Flush())
	})
}
