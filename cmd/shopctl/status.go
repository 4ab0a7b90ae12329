package main

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

// statusFlags say which objects are looked at, and for how long.
type statusFlags struct {
	patterns []string
	only     []string
	deadline string
	watch    bool
	until    string
	format   string
}

func newStatus(a *app) *cobra.Command {
	var f statusFlags
	cmd := &cobra.Command{
		Use:   "status [PATTERN...]",
		Short: a.say("Show where every object stands: on the shelf, in review, rejected", "显示每个对象的状态：在架、审核中、被驳回等"),
		Long: a.say(`Shows where every object stands: on the shelf, in review since when, rejected
and why, and what to do. PATTERN restricts it to some objects: an address such
as spu.719, or a pattern such as 'spu.towel-*'.

With --watch the board is kept up to date: on a terminal it is redrawn in place,
elsewhere each change is a line, or with --format json a document on a line of
its own. Only what is in review is read again, at intervals that grow to 30
seconds; the whole shop every five minutes, and when another run has written to
the state. Ctrl-C ends it with the exit code of the board.`,
			`显示每个对象的状态：是否在架，何时开始审核，因何被驳回，以及如何处理。
PATTERN 只显示部分对象：地址如 spu.719，或通配如 'spu.towel-*'。

使用 --watch 时持续更新：在终端上原地刷新；否则每次状态变化输出一行，
--format json 时每行一个文档。只重新读取审核中的对象，间隔逐渐延长到 30 秒；
每 5 分钟、以及其他运行写入状态文件后，会重新读取整个店铺。
按 Ctrl-C 结束，退出码与当时的状态一致。`),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.patterns = args
			if err := a.setFormat(f.format, view.Markdown, view.HTML, view.GitHub, view.GitLab); err != nil {
				return err
			}
			return a.status(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.only, "only", nil, a.say("show only these `states`: ", "只显示这些状态（`states`）：")+statusList())
	flags.BoolVar(&f.watch, "watch", false, a.say("keep the board up to date", "持续更新"))
	flags.StringVar(&f.until, "until", "", a.say("with --watch: end at this `time`, or `done`: when nothing is in review any more", "与 --watch 一起使用：到该时间（`time`）结束；`done` 表示没有审核中的对象时结束"))
	a.addDeadlineFlag(cmd, &f.deadline)
	a.addBoardFormatFlag(cmd, &f.format)
	return cmd
}

func statusList() string {
	names := make([]string, len(view.Statuses))
	for i, s := range view.Statuses {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

func (a *app) status(ctx context.Context, f statusFlags) error {
	only, err := f.statuses()
	if err != nil {
		return err
	}
	files, err := intake.NewLocator(a.global.dir)
	if err != nil {
		return err
	}
	defer files.Close()
	a.view.Locate = files.Find
	if f.watch || f.until != "" {
		return a.watch(ctx, f, only)
	}
	whole, err := a.makeBoard(ctx, f.deadline)
	if err != nil {
		return err
	}
	board, err := f.part(whole)
	if err != nil {
		return err
	}
	if err := a.view.Board(board, only); err != nil {
		return err
	}
	return standing(board.Standings)
}

// statuses are the values of --only.
func (f *statusFlags) statuses() ([]view.Status, error) {
	var only []view.Status
	for _, name := range f.only {
		if !slices.Contains(view.Statuses, view.Status(name)) {
			return nil, badFlag("--only", name, statusList())
		}
		only = append(only, view.Status(name))
	}
	return only, nil
}

// part is the part of a board that the patterns name. A pattern that names nothing
// can only be a slip of the pen.
func (f *statusFlags) part(whole *view.Board) (view.Board, error) {
	if len(f.patterns) == 0 {
		return *whole, nil
	}
	for _, pattern := range f.patterns {
		if _, err := path.Match(pattern, ""); err != nil {
			return *whole, &view.Problem{What: lang.F("%q is no pattern: a [ is not closed", "%q 不是有效的通配：[ 没有闭合", pattern)}
		}
		if !slices.ContainsFunc(whole.Standings, func(s reconcile.Standing) bool { return names(pattern, s.Address) }) {
			return *whole, &view.Problem{
				What:   lang.F("no object of the board is called %s", "没有名为 %s 的对象", pattern),
				Remedy: lang.T("See what there is: shopctl status", "查看已有对象：shopctl status"),
			}
		}
	}
	return f.selected(whole), nil
}

// selected is part without a word about patterns that name nothing any more.
func (f *statusFlags) selected(whole *view.Board) view.Board {
	if len(f.patterns) == 0 {
		return *whole
	}
	return whole.Select(func(address schema.Address) bool {
		return slices.ContainsFunc(f.patterns, func(pattern string) bool { return names(pattern, address) })
	})
}

// names reports whether a pattern names an object. A star stands for slashes too,
// which an out_product_id may hold.
func names(pattern string, address schema.Address) bool {
	flat := strings.NewReplacer("/", "\x00")
	ok, _ := path.Match(flat.Replace(pattern), flat.Replace(address.String()))
	return ok || pattern == address.String()
}

// makeBoard finds out where every object stands and, where there is a deadline, in
// the flag or in the shop block, what will be on the shelf by then. It tells nobody.
func (a *app) makeBoard(ctx context.Context, deadline string) (*view.Board, error) {
	s, err := a.looking(ctx, deadline)
	if err != nil {
		return nil, err
	}
	defer s.shop.close()
	return s.board(), nil
}

// looking is the situation of a board. The caller closes the shop.
func (a *app) looking(ctx context.Context, deadline string) (*situation, error) {
	pol, err := a.policy(planFlags{deadline: deadline})
	if err != nil {
		return nil, err
	}
	return a.situation(ctx, pol, true)
}

// standing is the exit code of a board.
func standing(board []reconcile.Standing) error {
	pending := false
	for i := range board {
		switch status := view.StatusOf(&board[i]); {
		case status.NeedsHuman():
			return exitBlocked
		case status.Pending():
			pending = true
		}
	}
	if pending {
		return exitPending
	}
	return nil
}
