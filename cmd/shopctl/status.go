package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/view"
)

func newStatus(a *app) *cobra.Command {
	var only []string
	var format, deadline string
	cmd := &cobra.Command{
		Use:   "status",
		Short: a.say("Show where every object stands: on the shelf, in review, rejected", "显示每个对象的状态：在架、审核中、被驳回等"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.setFormat(format, view.Markdown, view.HTML, view.GitHub, view.GitLab); err != nil {
				return err
			}
			return a.status(cmd.Context(), only, deadline)
		},
	}
	cmd.Flags().StringSliceVar(&only, "only", nil, a.say("show only these `states`: ", "只显示这些状态（`states`）：")+statusList())
	a.addDeadlineFlag(cmd, &deadline)
	a.addBoardFormatFlag(cmd, &format)
	return cmd
}

func statusList() string {
	names := make([]string, len(view.Statuses))
	for i, s := range view.Statuses {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

func (a *app) status(ctx context.Context, only []string, deadline string) error {
	var filter []view.Status
	for _, name := range only {
		if !slices.Contains(view.Statuses, view.Status(name)) {
			return badFlag("--only", name, statusList())
		}
		filter = append(filter, view.Status(name))
	}
	files, err := intake.NewLocator(a.global.dir)
	if err != nil {
		return err
	}
	defer files.Close()
	a.view.Locate = files.Find
	board, err := a.makeBoard(ctx, deadline)
	if err != nil {
		return err
	}
	if err := a.view.Board(*board, filter); err != nil {
		return err
	}
	return standing(board.Standings)
}

// makeBoard finds out where every object stands and, where there is a deadline, in
// the flag or in the shop block, what will be on the shelf by then. It tells nobody.
func (a *app) makeBoard(ctx context.Context, deadline string) (*view.Board, error) {
	pol, err := a.policy(planFlags{deadline: deadline})
	if err != nil {
		return nil, err
	}
	s, err := a.situation(ctx, pol, true)
	if err != nil {
		return nil, err
	}
	defer s.shop.close()
	return s.board(), nil
}

// standing is the exit code of a board.
func standing(board []reconcile.Standing) error {
	pending := false
	for i := range board {
		switch view.StatusOf(&board[i]) {
		case view.StatusRejected, view.StatusBanned, view.StatusBlocked:
			return exitBlocked
		case view.StatusInReview, view.StatusWaiting:
			pending = true
		}
	}
	if pending {
		return exitPending
	}
	return nil
}
