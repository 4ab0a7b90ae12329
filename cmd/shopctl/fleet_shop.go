package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// errTimeUp ends the work on one shop that has had its time.
var errTimeUp = errors.New("the time for one shop is up")

// shopRun is one task of a fleet under way.
type shopRun struct {
	app    *app
	task   fleet.Task
	result fleet.Result
	text   bytes.Buffer
	json   bytes.Buffer
}

// shopRunner makes the function that does a task on this machine. tell hears what
// is being done in which shop; nil for nobody. Without logs nothing is kept of
// what a shop's own command would print.
func (a *app) shopRunner(logs bool, tell func(dir string, what lang.Text)) fleet.RunShop {
	return fleet.Guarded(func(ctx context.Context, t fleet.Task) (fleet.Result, fleet.Logs) {
		r := &shopRun{task: t, result: fleet.Begun(t)}
		r.app = a.forShop(t, tell)
		if logs {
			r.app.view.Out, r.app.view.Err = &r.text, &r.text
		}
		r.do(ctx)
		return r.result, fleet.Logs{Text: r.text.Bytes(), JSON: r.json.Bytes()}
	})
}

// forShop is an app for one shop of a fleet: its directory, its credentials, its
// own page to write on. Only the log is shared, where every line names the shop.
func (a *app) forShop(t fleet.Task, tell func(dir string, what lang.Text)) *app {
	own := *a
	own.ended = nil
	own.global.dir = filepath.Join(a.global.dir, filepath.FromSlash(t.Dir))
	own.global.sandbox = t.Sandbox
	own.log = a.log.With("shop", t.Dir)
	own.inFleet, own.only = true, t.Shop
	own.underway = new(provider.Underway)
	own.view = &view.View{Out: io.Discard, Err: io.Discard, Lang: a.lang, Format: view.Text, Live: a.view.Live}
	if tell != nil {
		own.view.Tell = func(what lang.Text) { tell(t.Dir, what) }
	}
	return &own
}

// do does the task and writes down how it went.
func (r *shopRun) do(ctx context.Context) {
	own := ctx
	if r.task.Timeout > 0 {
		var cancel context.CancelFunc
		own, cancel = context.WithTimeoutCause(ctx, r.task.Timeout, errTimeUp)
		defer cancel()
	}
	var err error
	switch r.task.Verb {
	case fleet.VerbPlan:
		err = r.plan(own)
	case fleet.VerbApply:
		err = r.apply(own)
	case fleet.VerbStatus:
		err = r.status(own)
	default:
		err = &view.Problem{What: lang.F("this program does not know the task %q", "本程序不支持任务 %q", r.task.Verb)}
	}
	late := ctx.Err() == nil && errors.Is(context.Cause(own), errTimeUp)
	r.close(own, err, late)
}

func (r *shopRun) plan(ctx context.Context) error {
	plan, catalog, err := r.app.makePlan(ctx, planFlags{refresh: r.task.Refresh, deadline: r.task.Deadline, override: r.task.Override})
	if err != nil {
		return err
	}
	view.FleetPlan(&r.result, plan)
	view.FleetForecast(&r.result, plan.Forecast)
	r.result.Plan = planName(plan)
	if err := r.tell(func(v *view.View) error { return v.Plan(plan, catalog) }); err != nil {
		return err
	}
	if !plan.Empty() {
		return exitChanges
	}
	return nil
}

func (r *shopRun) status(ctx context.Context) error {
	board, err := r.app.makeBoard(ctx, r.task.Deadline)
	if err != nil {
		return err
	}
	view.FleetBoard(&r.result, board.Standings)
	view.FleetForecast(&r.result, board.Forecast)
	if err := r.tell(func(v *view.View) error { return v.Board(*board, nil) }); err != nil {
		return err
	}
	return standing(board.Standings)
}

func (r *shopRun) apply(ctx context.Context) error {
	f := applyFlags{
		planFlags: planFlags{refresh: true, override: r.task.Override}, only: r.task.Approve,
		autoApprove: true, parallelism: r.task.Parallelism, uploads: r.task.Uploads,
	}
	pol, err := r.app.policy(f.planFlags)
	if err != nil {
		return err
	}
	report, err := r.app.makeTrue(ctx, pol, f, func(plan *reconcile.Plan, d *desired) error {
		for _, b := range plan.Breaches {
			r.result.Breaches = append(r.result.Breaches, string(b.Guard))
		}
		if r.task.Read != "" && planName(plan) != r.task.Read {
			return anotherPlan()
		}
		return r.app.approve(ctx, plan, d, f)
	})
	if report != nil {
		view.FleetReport(&r.result, report)
		err = errors.Join(err, r.tell(func(v *view.View) error { return v.Report(report) }))
	}
	if err != nil {
		return err
	}
	return outcome(report)
}

// tell writes the report of the shop, for people and for machines.
func (r *shopRun) tell(render func(*view.View) error) error {
	if r.app.view.Out == io.Discard {
		return nil
	}
	return errors.Join(render(r.app.view), render(r.machine()))
}

// machine is the view that writes the JSON document of the shop.
func (r *shopRun) machine() *view.View {
	return &view.View{Out: &r.json, Err: io.Discard, Lang: r.app.lang, Format: view.JSON}
}

// close says where the shop stands. late is set when its time was up.
func (r *shopRun) close(ctx context.Context, err error, late bool) {
	code, silent := exitCodeOf(ctx, err)
	r.result.Outcome = fleetOutcomes[code]
	if late && (code == exitInterrupted || errors.Is(err, errTimeUp) || errors.Is(err, context.DeadlineExceeded)) {
		r.late()
		return
	}
	if findings, ok := err.(invalid); ok {
		view.FleetFindings(&r.result, findings.ds)
		r.tellFailure(r.machine().Diagnostics(findings.ds, r.app.source))
		return
	}
	if !silent {
		r.result.Error = view.FailureOf(err)
		r.json.Reset() // one document: the error; what was done is in the state
		r.tellFailure(r.tell(func(v *view.View) error { return v.Failure(err) }))
	}
}

// late says that the shop's time was up: what apply has begun is left for later.
func (r *shopRun) late() {
	r.result.Error = &fleet.Failure{
		What:   lang.F("its time was up (--timeout %s)", "已到时限（--timeout %s）", r.task.Timeout),
		Remedy: lang.T("What was done is recorded; the next run goes on. Give it more time, or run it alone.", "已完成的操作均有记录，下次运行会继续。可延长时限，或单独运行该店铺。"),
	}
	r.result.Outcome = fleet.OutcomeFailed
	if r.task.Verb == fleet.VerbApply && r.result.Counts != nil {
		r.result.Outcome = fleet.OutcomePending
	}
}

// tellFailure notes that the report of a shop could not be written down.
func (r *shopRun) tellFailure(err error) {
	if err != nil {
		r.app.log.Error("the report could not be written", "err", err)
	}
}

// fleetOutcomes are the exit codes of a single shop as outcomes.
var fleetOutcomes = map[exitCode]fleet.Outcome{
	exitDone: fleet.OutcomeDone, exitChanges: fleet.OutcomeChanges, exitPending: fleet.OutcomePending,
	exitBlocked: fleet.OutcomeBlocked, exitError: fleet.OutcomeFailed, exitInterrupted: fleet.OutcomeInterrupted,
}

// planName names what a plan would send and upload: another plan has another name.
func planName(plan *reconcile.Plan) string {
	type step struct {
		Address schema.Address
		Steps   []reconcile.Op
		Fields  [][2]string
	}
	var steps []step
	for i := range plan.Changes {
		c := &plan.Changes[i]
		s := step{Address: c.Address, Steps: c.Steps}
		for _, f := range c.Fields {
			s.Fields = append(s.Fields, [2]string{f.Path, f.New})
		}
		steps = append(steps, s)
	}
	b, err := json.Marshal(steps)
	if err != nil {
		panic(err) // plain data
	}
	sum := sha256.Sum256(append(b, plan.CatalogDigest...))
	return hex.EncodeToString(sum[:16])
}

// anotherPlan refuses a plan that nobody has read.
func anotherPlan() error {
	return &view.Problem{
		What:   lang.T("the plan is not the one that was shown: the shop or the files have changed since; nothing was changed", "计划与刚才显示的不一致：店铺或文件在此期间有变化；没有做任何变更"),
		Remedy: lang.T("Run fleet apply again.", "请重新运行 fleet apply。"),
	}
}

// wrongShop refuses a directory that is about another shop than the task.
func wrongShop(want, have state.ShopID) error {
	return &view.Problem{
		What:   lang.F("the directory is about %s, and the task about %s", "目录对应 %s，而任务对应 %s", have.AppID, want.AppID),
		Remedy: lang.T("All machines must have the same files. Check the checkout of this one.", "各机器上的文件必须一致，请检查本机的检出内容。"),
	}
}
