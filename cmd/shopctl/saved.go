package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/view"
)

// A saved plan is what somebody has read. apply FILE is held to it: it plans
// anew, and does nothing that the file does not say.

func newShow(a *app) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "show FILE",
		Short: a.say("Show a plan that was saved with plan --out", "显示用 plan --out 保存的计划"),
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := a.setFormat(format, view.Markdown, view.HTML); err != nil {
				return err
			}
			plan, err := readPlan(args[0])
			if err != nil {
				return err
			}
			if a.view.Format == view.HTML {
				a.illustrate(plan.Pictures, fromDirectory(a.global.dir))
			}
			return a.view.Plan(plan, nil)
		},
	}
	a.addPlanFormatFlag(cmd, &format)
	return cmd
}

func readPlan(name string) (*reconcile.Plan, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, &view.Problem{What: lang.F("cannot read the plan %s", "无法读取计划 %s", name), Err: err}
	}
	defer f.Close()
	plan, err := reconcile.ReadPlan(f)
	if bad, ok := errors.AsType[*reconcile.PlanFileError](err); ok {
		return nil, &view.Problem{
			What:   lang.T(name+" is no plan to go by: "+bad.Why.EN, name+" 不是可用的计划："+bad.Why.ZH),
			Remedy: lang.T("Make it again with the shopctl that will apply it: shopctl plan --out FILE", "请用将要执行它的 shopctl 重新生成：shopctl plan --out FILE"),
		}
	}
	return plan, err
}

// savePlan writes the plan in one step: there is the whole file or none.
func savePlan(plan *reconcile.Plan, name string) error {
	err := replaceFile(name, func(w io.Writer) error { return view.WritePlan(w, plan) })
	if err != nil {
		return &view.Problem{What: lang.F("cannot write the plan %s", "无法写入计划 %s", name), Err: err}
	}
	return nil
}

// replaceFile writes a file beside the one of that name and puts it in its place.
func replaceFile(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	err = errors.Join(write(f), f.Chmod(fs.FileMode(0o644)), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// applySaved does what a saved plan says, as far as it still holds.
func (a *app) applySaved(ctx context.Context, name string, f applyFlags) error {
	read, err := readPlan(name)
	if err != nil {
		return err
	}
	if len(f.targets)+len(f.resubmit) > 0 {
		return &view.Problem{
			What:   lang.T("--target and --resubmit belong to the plan", "--target 和 --resubmit 应在生成计划时指定"),
			Remedy: lang.T("Give them to shopctl plan --out, and apply that.", "请在 shopctl plan --out 时给出，再执行该计划。"),
		}
	}
	if len(read.Changes) == 0 {
		return a.view.Line(lang.T("The plan has no changes: there is nothing to apply.", "计划中没有变更，无需执行。"))
	}
	pol, err := a.policy(f.planFlags)
	if err != nil {
		return err
	}
	pol.Resubmit = read.Resubmits()
	f.saved = read
	return a.carryOut(ctx, pol, f)
}

// hold refuses a plan that does anything else than what was read.
func (a *app) hold(read, now *reconcile.Plan) error {
	if err := sameShop(read, now); err != nil {
		return err
	}
	since := reconcile.Compare(read, now)
	if a.view.Format == view.Text || !since.Approved() {
		if err := a.view.Since(&since); err != nil {
			return err
		}
	}
	if since.Approved() {
		return nil
	}
	return &view.Problem{
		What:   lang.T("what apply would do now is not what the plan says; nothing was changed", "现在要做的变更与计划不符，没有做任何变更"),
		Remedy: lang.T("Make a new plan, and have it read: shopctl plan --out FILE --against THE-OLD-ONE", "请重新生成计划并重新审阅：shopctl plan --out 新计划 --against 旧计划"),
	}
}

// sameShop refuses a plan of another shop, or of another history of the same one.
func sameShop(read, now *reconcile.Plan) error {
	switch {
	case read.Shop != now.Shop:
		return &view.Problem{What: lang.F("the plan is for %s %s, and this is %s %s", "计划针对的是 %s %s，而当前是 %s %s", read.Shop.Platform, read.Shop.AppID, now.Shop.Platform, now.Shop.AppID)}
	case read.Lineage != "" && now.Lineage != "" && read.Lineage != now.Lineage:
		return &view.Problem{
			What:   lang.T("the plan was made with another state of this shop", "计划是依据该店铺的另一份状态生成的"),
			Remedy: lang.T("Check the state block, then make a new plan.", "请检查 state 块，然后重新生成计划。"),
		}
	}
	return nil
}
