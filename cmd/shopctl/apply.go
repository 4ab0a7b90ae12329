package main

import (
	"bufio"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/view"
)

type applyFlags struct {
	planFlags
	autoApprove bool
	wait        time.Duration
	parallelism int
	uploads     int
	// only is the value of --approve.
	only string
	// saved is the plan that the run is held to; nil when it makes its own.
	saved *reconcile.Plan
}

// defaultParallelism is how many objects are worked on at the same time.
const defaultParallelism = 8

// defaultUploads is how many pictures are uploaded at the same time: enough to
// fill an office line, few enough to leave it to others too.
const defaultUploads = 4

func newApply(a *app) *cobra.Command {
	f := applyFlags{planFlags: planFlags{refresh: true}}
	cmd := &cobra.Command{
		Use:   "apply [PLANFILE]",
		Short: a.say("Make the shop as declared, or as a saved plan says", "让店铺与声明一致，或执行已保存的计划"),
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.setFormat(f.format); err != nil {
				return err
			}
			if err := f.check(); err != nil {
				return err
			}
			if len(args) == 1 {
				return a.applySaved(cmd.Context(), args[0], f)
			}
			return a.apply(cmd.Context(), f)
		},
	}
	a.addPlanFlags(cmd, &f.planFlags)
	a.addFormatFlag(cmd, &f.format)
	flags := cmd.Flags()
	flags.StringVar(&f.only, "approve", "", a.say("`free`: apply only what needs no review and no human, and leave the rest", "`free`：只执行无需审核、无需人工决定的变更，其余留待以后"))
	flags.BoolVar(&f.autoApprove, "auto-approve", false, a.say("do not ask before changing the shop", "修改店铺前不再询问"))
	flags.DurationVar(&f.wait, "wait", 0, a.say("wait this long for reviews and for the submission budget, such as 30m", "等待审核结果和提交额度的最长时间，例如 30m"))
	flags.IntVar(&f.parallelism, "parallelism", defaultParallelism, a.say("how many calls are under way at the same time", "同时进行的请求数"))
	flags.IntVar(&f.uploads, "upload-parallelism", defaultUploads, a.say("how many pictures are uploaded at the same time", "同时上传的图片数"))
	flags.StringArrayVar(&f.override, "override-guard", nil, a.say("wave a broken guard through, by its `name`; may be repeated", "放行被触发的保护限制（`name`），可重复"))
	return cmd
}

func (a *app) apply(ctx context.Context, f applyFlags) error {
	pol, err := a.policy(f.planFlags)
	if err != nil {
		return err
	}
	if err := a.askable(f); err != nil {
		return err
	}
	return a.carryOut(ctx, pol, f)
}

// check refuses values that no run can have.
func (f *applyFlags) check() error {
	switch {
	case f.parallelism < 1:
		return badFlag("--parallelism", strconv.Itoa(f.parallelism), "1, 2, 3 ...")
	case f.uploads < 1:
		return badFlag("--upload-parallelism", strconv.Itoa(f.uploads), "1, 2, 3 ...")
	case f.only != "" && f.only != approveFree:
		return badFlag("--approve", f.only, approveFree)
	}
	return nil
}

// allow says which changes that turn out to be needed on the way may be made:
// those of the plan that was read, or shown before the run began, and with
// --approve free those that nobody need decide.
func (f *applyFlags) allow(shown *reconcile.Plan) func(*reconcile.Change) bool {
	switch {
	case f.saved != nil:
		return f.saved.Approver()
	case f.only == approveFree:
		return (*reconcile.Change).Free
	}
	return shown.Approver()
}

// approveFree is the value of --approve that lets through what nobody need decide.
const approveFree = "free"

// carryOut makes the shop as planned, and reports.
func (a *app) carryOut(ctx context.Context, pol reconcile.Policy, f applyFlags) error {
	senders, err := a.senders()
	if err != nil {
		return err
	}
	report, err := a.makeTrue(ctx, pol, f, func(plan *reconcile.Plan, d *desired) error { return a.approve(ctx, plan, d, f) })
	if report == nil || err != nil && a.view.Format == view.JSON {
		return err // one document on stdout: the error; what was done is in the state
	}
	a.digest(ctx, senders, report)
	if reportErr := a.view.Report(report); reportErr != nil || err != nil {
		return errors.Join(err, reportErr)
	}
	return outcome(report)
}

// makeTrue makes the plan under the lock of the state, has it approved, and does
// it. It tells how it goes, and leaves the report to the caller: that is nil
// when nothing was begun.
func (a *app) makeTrue(ctx context.Context, pol reconcile.Policy, f applyFlags, approve func(*reconcile.Plan, *desired) error) (_ *reconcile.Report, err error) {
	d, err := a.desire(ctx)
	if err != nil {
		return nil, err
	}
	defer d.shop.close()
	session, err := a.openState(ctx, d.shop.state, d.shop.id, "apply")
	if err != nil {
		return nil, err
	}
	defer closeState(ctx, session, &err)
	st := session.State()
	if f.saved != nil {
		if f.saved.CatalogDigest != d.catalog.Digest {
			a.view.Note(lang.T("The files have changed since the plan was made. What it does not speak of is left alone: shopctl plan shows what is left.",
				"计划生成之后，文件又有修改。计划未涉及的对象保持不变；还剩什么，请用 shopctl plan 查看。"))
		}
		if pol.Targets = f.saved.Objects(d.catalog, st); len(pol.Targets) == 0 {
			return &reconcile.Report{}, nil // none of them is left; no targets would mean all objects
		}
	}
	s, err := a.lookAt(ctx, d, st, pol)
	if err != nil {
		return nil, err
	}
	plan := s.plan()
	if err := approve(plan, d); err != nil {
		return nil, err
	}
	left := []reconcile.Result{}
	if f.only == approveFree {
		left = plan.LeaveToHumans()
	}
	progress := a.view.Progress(plan)
	defer progress.Close()
	report, err := (&reconcile.Run{
		Catalog: d.catalog, Provider: d.shop.provider, Session: session, Policy: s.policy, Observation: s.seen,
		Parallelism: f.parallelism, UploadParallelism: f.uploads, Wait: f.wait, Allow: f.allow(plan), OnEvent: progress.Event, Now: d.shop.now,
		Stop: ctx.Done(), // the first interrupt stops the run, not the calls in flight
	}).Apply(context.WithoutCancel(ctx), plan)
	report.Add(left)
	return report, err
}

// askable refuses, before anything is read, a run that would have to ask
// somebody who is not there.
func (a *app) askable(f applyFlags) error {
	if f.autoApprove || f.only == approveFree || a.view.Format == view.Text && term.IsTerminal(int(a.stdin.Fd())) {
		return nil
	}
	return &view.Problem{
		What:   lang.T("apply has nobody to ask: this is not a terminal, or the output is JSON", "无法询问是否执行：当前不是终端，或输出为 JSON"),
		Remedy: lang.T("Pass --auto-approve to apply without a question.", "使用 --auto-approve 可不经询问直接执行。"),
	}
}

// approve shows the plan, refuses it when it breaks a guard, and asks when
// somebody is to be asked.
func (a *app) approve(ctx context.Context, plan *reconcile.Plan, d *desired, f applyFlags) error {
	if a.view.Format == view.Text && !plan.Empty() && f.saved == nil {
		if err := a.view.Plan(plan, d.catalog); err != nil {
			return err
		}
	}
	if f.saved != nil {
		if err := a.hold(f.saved, plan); err != nil {
			return err
		}
	}
	if len(plan.Breaches) > 0 && f.only != approveFree {
		return guardBroken(plan.Breaches)
	}
	if f.saved != nil || f.only == approveFree {
		return nil // what is done was approved: by whoever read the file, or by the flag
	}
	if f.autoApprove || plan.Summary().Calls == 0 {
		return nil
	}
	return a.ask(ctx)
}

func guardBroken(breaches []reconcile.Breach) error {
	var names []string
	for _, b := range breaches {
		names = append(names, "--override-guard "+string(b.Guard))
	}
	return &view.Problem{
		What:   lang.T("the plan breaks a guard of the shop block; nothing was changed", "计划触发了 shop 块中的保护限制，没有做任何变更"),
		Remedy: lang.F("Check the plan. If it is meant: %s", "请检查计划。若确认无误：%s", strings.Join(names, " ")),
	}
}

// ask waits for a "yes" on the terminal.
func (a *app) ask(ctx context.Context) error {
	return a.confirm(ctx, lang.T("Apply these changes? Type yes: ", "确认执行这些变更？请输入 yes 或 是："))
}

// confirm puts a question and waits for a "yes" on the terminal.
func (a *app) confirm(ctx context.Context, question lang.Text) error {
	if err := a.view.Ask(question); err != nil {
		return err
	}
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(a.stdin).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case line := <-answer:
		if line == "yes" || line == "是" {
			return nil
		}
	}
	return &view.Problem{What: lang.T("not applied: the answer was not yes", "未执行：没有得到确认")}
}

// outcome is the exit code of a finished run.
func outcome(r *reconcile.Report) error {
	switch {
	case r.Interrupted:
		return exitInterrupted
	case r.Count(reconcile.OutcomeFailed) > 0:
		return exitError
	case r.Count(reconcile.OutcomeBlocked) > 0:
		return exitBlocked
	case r.Count(reconcile.OutcomePending)+r.Count(reconcile.OutcomeLater) > 0:
		return exitPending
	}
	return nil
}
