package main

import (
	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/view"
)

func newImport(a *app) *cobra.Command {
	var from, to, layout, format string
	var sheet sheetFlags
	var live liveFlags
	cmd := &cobra.Command{
		Use:   "import",
		Short: a.say("Write catalog files for what exists elsewhere", "把已有的商品导入为目录文件"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.setFormat(format); err != nil {
				return err
			}
			if l := intake.Layout(layout); l != intake.AsBlocks && l != intake.AsTable {
				return badFlag("--as", layout, "blocks, table")
			}
			if from == "" {
				return &view.Problem{What: lang.T("import needs a source", "import 需要来源"), Remedy: lang.T("Name it: --from live, or --from FILE.xlsx", "请指定：--from live，或 --from FILE.xlsx")}
			}
			if err := a.makeDir(to); err != nil {
				return err
			}
			if from == fromLive {
				live.autoApprove = sheet.autoApprove
				return a.importLive(cmd.Context(), intake.Layout(layout), live)
			}
			return a.importSheet(cmd.Context(), from, intake.Layout(layout), sheet)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", a.say("`live` for the shop itself, or a spreadsheet: FILE.xlsx or FILE.csv", "`live` 表示店铺本身；或电子表格：FILE.xlsx、FILE.csv"))
	cmd.Flags().StringVar(&to, "to", "", a.say("the catalog `directory` to write to, made when it is missing (default that of -C)", "写入的目录（`directory`），不存在时创建，默认同 -C"))
	cmd.Flags().StringVar(&layout, "as", string(intake.AsBlocks), a.say("the `layout`; blocks: one file per category; table: CSV files with one block per category", "写法（`layout`）；blocks：每个类目一个文件；table：CSV 文件，每个类目一个块"))
	a.addFormatFlag(cmd, &format)
	a.addSheetFlags(cmd, &sheet)
	a.addLiveFlags(cmd, &live)
	return cmd
}
