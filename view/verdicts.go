package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// StatusesOf are the statuses of a board, by address.
func StatusesOf(board []reconcile.Standing) map[schema.Address]Status {
	statuses := make(map[schema.Address]Status, len(board))
	for i := range board {
		statuses[board[i].Address] = StatusOf(&board[i])
	}
	return statuses
}

// decided are the statuses that people want to hear of when an object gets there.
var decided = []Status{StatusOnShelf, StatusGranted, StatusApproved, StatusRejected, StatusBanned, StatusBlocked}

// Verdicts are those objects of a board that have come to a status worth telling
// since before, which holds the statuses of then. What is new is not told.
func Verdicts(before map[schema.Address]Status, board []reconcile.Standing) []reconcile.Standing {
	var told []reconcile.Standing
	for i := range board {
		then, known := before[board[i].Address]
		if now := StatusOf(&board[i]); known && now != then && slices.Contains(decided, now) {
			told = append(told, board[i])
		}
	}
	return told
}

// VerdictMessage is what a group chat is told of verdicts: a title and a line for
// each. What needs somebody stands first, because a long message is cut.
func VerdictMessage(shop string, verdicts []reconcile.Standing, l lang.Lang) (title string, lines []string) {
	counts := map[Status]int{}
	verdicts = slices.SortedStableFunc(slices.Values(verdicts), func(a, b reconcile.Standing) int {
		return cmp.Compare(slices.Index(urgency, StatusOf(&a)), slices.Index(urgency, StatusOf(&b)))
	})
	for i := range verdicts {
		s := &verdicts[i]
		status := StatusOf(s)
		counts[status]++
		line := statusNames[status].symbol + " " + named(s.Address, s.Title) + lang.T(": ", "：").In(l) + statusNames[status].word.In(l)
		if detail := boardDetail(s).In(l); detail != "" {
			line += lang.T("; ", "；").In(l) + detail
		}
		lines = append(lines, clean(line))
	}
	var parts []lang.Text
	for _, status := range Statuses {
		if n := counts[status]; n > 0 {
			name := statusNames[status].word
			parts = append(parts, counted(n, name.EN, name.EN, "个"+name.ZH))
		}
	}
	return shop + lang.T(": ", "：").In(l) + listed(parts).In(l), lines
}

// DigestMessage is what a group chat is told of a finished run: how much of it
// is done, and each object that needs somebody.
func DigestMessage(shop string, r *reconcile.Report, l lang.Lang) (title string, lines []string) {
	title = shop + lang.T(": apply is through", "：apply 已结束").In(l)
	var parts []lang.Text
	for _, o := range []struct {
		outcome reconcile.Outcome
		en, zh  string
	}{
		{reconcile.OutcomeDone, "done", "项完成"}, {reconcile.OutcomePending, "waiting", "项等待中"}, {reconcile.OutcomeLater, "left for later", "项留待稍后"},
		{reconcile.OutcomeBlocked, "blocked", "项受阻"}, {reconcile.OutcomeFailed, "failed", "项失败"},
	} {
		if n := r.Count(o.outcome); n > 0 {
			parts = append(parts, counted(n, o.en, o.en, o.zh))
		}
	}
	if len(parts) > 0 {
		lines = append(lines, listed(parts).In(l))
	}
	for i := range r.Results {
		x := &r.Results[i]
		var why lang.Text
		switch {
		case x.Outcome == reconcile.OutcomeBlocked && x.Block != nil:
			why = blockOf(x.Block)
		case x.Outcome == reconcile.OutcomeFailed && x.Err != nil:
			why = lang.Same(x.Err.Error())
		default:
			continue
		}
		lines = append(lines, clean("✗ "+named(x.Address, x.Title)+lang.T(": ", "：").In(l)+why.In(l)))
	}
	return title, lines
}

// named is an object as people know it.
func named(addr schema.Address, title string) string {
	return strings.TrimSpace(addr.String() + " " + title)
}
