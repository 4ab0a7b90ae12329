package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

// addDeadlineFlag adds --deadline to commands that forecast.
func (a *app) addDeadlineFlag(cmd *cobra.Command, deadline *string) {
	cmd.Flags().StringVar(deadline, "deadline", "", a.say("say what will be on the shelf by this `time`, such as \"2026-11-27 20:00\" Beijing time (default: deadline of the shop block)",
		"预测到该时间（`time`）哪些商品能上架，例如 \"2026-11-27 20:00\"，北京时间（默认取 shop 块的 deadline）"))
}

// parseDeadline reads the value of --deadline; zero for none.
func parseDeadline(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, ok := schema.ParseDeadline(text); ok {
		return at, nil
	}
	return time.Time{}, &view.Problem{
		What:   lang.F("--deadline %q is no time", "--deadline 的值 %q 不是时间", text),
		Remedy: lang.T(`Write it like "2026-11-27 20:00" (Beijing time).`, `请写成 "2026-11-27 20:00" 的形式（北京时间）。`),
	}
}
