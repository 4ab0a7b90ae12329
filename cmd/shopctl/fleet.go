package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

// fleetFlags are the flags of the fleet commands.
type fleetFlags struct {
	format      string
	shops       int
	parallelism int
	uploads     int
	timeout     time.Duration
	logDir      string
	deadline    string
	refresh     bool
	detailed    bool
	autoApprove bool
	wait        time.Duration
	override    []string
	only        string // the value of --approve
	queue       queueFlags
}

const (
	// defaultShops is how many shops are worked on at the same time: a shop waits
	// for the network most of its time, and its catalog is in memory meanwhile.
	defaultShops = 4
	// defaultFleetUploads is how many pictures are uploaded at the same time, over
	// all shops.
	defaultFleetUploads = 8
)

func newFleet(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "fleet",
		Short: a.say("Plan, apply and look at many shops at once", "同时对多个店铺执行计划、变更与查看"),
		Long:  a.text(fleetLong),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newFleetPlan(a), newFleetApply(a), newFleetStatus(a), newFleetWorker(a))
	return cmd
}

var fleetLong = lang.T(
	`Every directory at and below the current one (or -C) that has a shop block of
its own is a shop. PATTERN picks some of them: a glob over the directory
(shops/*), its last element (towels) or the name in the shop block.

Each shop has its own token, state, lock and budget, and its own failure: the
others go on. The exit code is that of the shop that fared worst.

Credentials carry the appid of their shop: WECHAT_APPSECRET_wx0123456789abcdef,
or WECHAT_ACCESS_TOKEN_wx0123456789abcdef. WECHAT_TOKEN_COMMAND is run for each
shop, with its appid in WECHAT_APPID. A secret without an appid is not used
here, so that no shop is ever offered that of another.`,
	`当前目录（或 -C）及其下凡有自己的 shop 块的目录，都是一个店铺。PATTERN 用于
挑选：按目录（shops/*）、目录名（towels）或 shop 块中的名称匹配通配符。

每个店铺有自己的 token、状态、锁和额度，失败也只影响自己，其他店铺照常进行。
退出码取结果最差的店铺。

凭据带店铺的 AppID：WECHAT_APPSECRET_wx0123456789abcdef 或
WECHAT_ACCESS_TOKEN_wx0123456789abcdef。WECHAT_TOKEN_COMMAND 对每个店铺各运行
一次，环境变量 WECHAT_APPID 为其 AppID。不带 AppID 的密钥在这里不会使用，以免
被用到其他店铺。`)

func newFleetPlan(a *app) *cobra.Command {
	var f fleetFlags
	cmd := a.fleetCommand("plan", fleet.VerbPlan, &f, lang.T("Say what apply would change in each shop", "显示 apply 将对每个店铺做的变更"))
	flags := cmd.Flags()
	a.addDeadlineFlag(cmd, &f.deadline)
	flags.BoolVar(&f.detailed, "detailed-exitcode", false, a.say("exit with 2 when there are changes", "有变更时退出码为 2"))
	flags.BoolVar(&f.refresh, "refresh", true, a.say("read the shops; --refresh=false plans from the states alone", "读取店铺；--refresh=false 只根据状态文件计划"))
	return cmd
}

func newFleetApply(a *app) *cobra.Command {
	f := fleetFlags{refresh: true}
	cmd := a.fleetCommand("apply", fleet.VerbApply, &f, lang.T("Make every shop as declared", "让每个店铺与声明一致"))
	flags := cmd.Flags()
	flags.StringVar(&f.only, "approve", "", a.say("`free`: apply only what needs no review and no human, and leave the rest", "`free`：只执行无需审核、无需人工决定的变更，其余留待以后"))
	flags.StringArrayVar(&f.override, "override-guard", nil, a.say("wave a broken guard through in every shop that PATTERN picks, by its `name`; may be repeated", "在 PATTERN 选中的每个店铺中放行被触发的保护限制（`name`），可重复"))
	flags.BoolVar(&f.autoApprove, "auto-approve", false, a.say("do not ask before changing the shops", "修改店铺前不再询问"))
	flags.DurationVar(&f.wait, "wait", 0, a.say("wait this long for reviews, such as 30m", "等待审核结果的最长时间，例如 30m"))
	flags.IntVar(&f.parallelism, "object-parallelism", defaultParallelism, a.say("how many objects of one shop are worked on at the same time", "每个店铺同时处理的对象数"))
	flags.IntVar(&f.uploads, "upload-parallelism", defaultFleetUploads, a.say("how many pictures are uploaded at the same time, over all shops", "所有店铺合计同时上传的图片数"))
	return cmd
}

func newFleetStatus(a *app) *cobra.Command {
	f := fleetFlags{refresh: true}
	cmd := a.fleetCommand("status", fleet.VerbStatus, &f, lang.T("Show where every shop stands", "显示每个店铺的状态"))
	a.addDeadlineFlag(cmd, &f.deadline)
	return cmd
}

func (a *app) fleetCommand(use string, verb fleet.Verb, f *fleetFlags, short lang.Text) *cobra.Command {
	cmd := &cobra.Command{
		Use:   use + " [PATTERN...]",
		Short: a.text(short),
		RunE: func(cmd *cobra.Command, patterns []string) error {
			if err := a.setFormat(f.format, view.Markdown, view.HTML); err != nil {
				return err
			}
			return a.fleet(cmd.Context(), verb, *f, patterns)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&f.shops, "parallelism", defaultShops, a.say("how many shops are worked on at the same time", "同时处理的店铺数"))
	flags.DurationVar(&f.timeout, "timeout", 0, a.say("the longest time for one shop, such as 10m; 0 for no limit", "每个店铺的最长时间，例如 10m；0 表示不限"))
	flags.StringVar(&f.logDir, "log-dir", "", a.say("write the full report of each shop into this `directory`: SHOP.txt and SHOP.json", "把每个店铺的完整报告写入该目录（`directory`）：SHOP.txt 和 SHOP.json"))
	a.addQueueFlags(cmd, &f.queue)
	a.addPlanFormatFlag(cmd, &f.format)
	return cmd
}

// fleet does the verb for every shop that a pattern fits.
func (a *app) fleet(ctx context.Context, verb fleet.Verb, f fleetFlags, patterns []string) error {
	if err := a.checkFleetFlags(verb, f); err != nil {
		return err
	}
	shops, err := a.findShops(patterns)
	if err != nil {
		return err
	}
	senders, err := a.senders()
	if err != nil {
		return err
	}
	machines, err := a.queueEngine(ctx, f, shops)
	if err != nil {
		return err
	}
	logs, err := openLogs(f.logDir)
	if err != nil {
		return err
	}
	defer logs.close()
	run := &fleetRun{app: a, verb: verb, flags: f, machines: machines, logs: logs, tasks: fleet.Tasks(verb, shops, a.fleetOptions(f, len(shops)))}
	if verb == fleet.VerbApply && !f.autoApprove && f.only == "" {
		if err := run.approve(ctx); err != nil {
			return err
		}
	}
	report, err := run.do(ctx)
	if verb == fleet.VerbApply {
		title, lines := view.FleetMessage(report, a.lang)
		a.tellChats(ctx, senders, title, lines)
	}
	if reportErr := a.view.Fleet(report); reportErr != nil {
		return errors.Join(err, reportErr)
	}
	if err != nil { // beside the report, which is the one document on stdout
		a.view.Note(view.FailureOf(err).What)
		return exitError
	}
	if ctx.Err() != nil {
		a.view.Note(lang.T("Interrupted. What was done is recorded; the next run goes on.", "已中断。已完成的操作均有记录，下次运行会继续。"))
	}
	return fleetExit(ctx, report, f.detailed)
}

func (a *app) checkFleetFlags(verb fleet.Verb, f fleetFlags) error {
	if f.shops < 1 {
		return badFlag("--parallelism", strconv.Itoa(f.shops), "1, 2, 3 ...")
	}
	if _, err := parseDeadline(f.deadline); err != nil {
		return err
	}
	if verb != fleet.VerbApply {
		return nil
	}
	if f.parallelism < 1 {
		return badFlag("--object-parallelism", strconv.Itoa(f.parallelism), "1, 2, 3 ...")
	}
	if f.uploads < 1 {
		return badFlag("--upload-parallelism", strconv.Itoa(f.uploads), "1, 2, 3 ...")
	}
	one := applyFlags{planFlags: planFlags{override: f.override}, autoApprove: f.autoApprove, only: f.only, parallelism: f.parallelism, uploads: f.uploads}
	if err := one.check(); err != nil {
		return err
	}
	if _, err := a.policy(one.planFlags); err != nil {
		return err
	}
	return a.askable(one)
}

// fleetOptions are the flags as every shop gets them: the uploads are shared out
// among the shops that are worked on at the same time.
func (a *app) fleetOptions(f fleetFlags, shops int) fleet.Options {
	return fleet.Options{
		Refresh: f.refresh, Parallelism: f.parallelism, Uploads: max(1, f.uploads/max(1, min(f.shops, shops))),
		Timeout: f.timeout, Sandbox: a.global.sandbox, Deadline: f.deadline, Override: f.override, Approve: f.only,
	}
}

// findShops are the shops that a pattern fits. They are refused when any two of
// the repository would fight.
func (a *app) findShops(patterns []string) ([]fleet.Shop, error) {
	all, err := fleet.Find(a.global.dir, schema.LoadOptions{Vars: a.global.vars, VarFiles: a.global.varFiles})
	if err != nil {
		return nil, err
	}
	if fights := fleet.Fights(a.global.dir, all, a.settled); len(fights) > 0 {
		return nil, fighting(fights)
	}
	if len(all) == 0 {
		return nil, &view.Problem{
			What:   lang.F("there is no shop in %s", "%s 中没有店铺", a.global.dir),
			Remedy: lang.T("A shop is a directory with a shop block of its own: shopctl init shops/NAME", "店铺是有自己的 shop 块的目录：shopctl init shops/名称"),
		}
	}
	for _, pattern := range patterns {
		if shops, err := fleet.Match(all, []string{pattern}); err != nil {
			return nil, &view.Problem{What: lang.T("PATTERN is no glob", "PATTERN 不是有效的通配符"), Err: err}
		} else if len(shops) == 0 {
			return nil, noShop(pattern, all)
		}
	}
	return fleet.Match(all, patterns)
}

// noShop refuses a pattern that fits nothing, which can only be a slip of the pen.
func noShop(pattern string, all []fleet.Shop) error {
	var dirs []string
	for _, s := range all {
		dirs = append(dirs, s.Dir)
	}
	return &view.Problem{
		What:   lang.F("no shop fits %s", "没有店铺匹配 %s", pattern),
		Remedy: lang.F("There are: %s", "已有的店铺：%s", strings.Join(dirs, ", ")),
	}
}

// fighting refuses shops that claim the same thing.
func fighting(fights []fleet.Fight) error {
	var en, zh []string
	for _, f := range fights {
		dirs := strings.Join(f.Dirs, ", ")
		if f.AppID != "" {
			en, zh = append(en, dirs+" declare the same shop, "+f.AppID), append(zh, dirs+" 声明了同一个店铺 "+f.AppID)
			continue
		}
		en, zh = append(en, dirs+" keep their state in the same place, "+f.State), append(zh, dirs+" 的状态保存在同一处 "+f.State)
	}
	return &view.Problem{
		What:   lang.T(strings.Join(en, "; ")+". Nothing was done", strings.Join(zh, "；")+"。没有做任何操作"),
		Remedy: lang.T("Each shop has one directory and one state. Correct appid or state in the shop blocks.", "每个店铺只能有一个目录和一份状态，请修改 shop 块中的 appid 或 state。"),
	}
}

// fleetRun is one verb over many shops.
type fleetRun struct {
	*app
	verb  fleet.Verb
	flags fleetFlags
	tasks []fleet.Task
	logs  *logFiles
	// machines is the engine that others work for; nil where this process does all.
	machines fleet.Engine
	// known are shops whose plan could not be made: they are not applied to.
	known []fleet.Result
}

// approve shows what would be done in all shops and asks once. From then on the
// tasks name the plans that were read.
func (r *fleetRun) approve(ctx context.Context) error {
	look := *r
	look.verb, look.tasks = fleet.VerbPlan, slices.Clone(r.tasks)
	for i := range look.tasks {
		look.tasks[i].Verb = fleet.VerbPlan
	}
	report, err := look.do(ctx)
	if err != nil {
		return err
	}
	if err := r.view.Fleet(report); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return exitInterrupted
	}
	read := map[string]string{}
	for _, x := range report.Results {
		if read[x.Dir] = x.Plan; x.Plan == "" {
			r.known = append(r.known, x)
		}
	}
	for i := range r.tasks {
		r.tasks[i].Read = read[r.tasks[i].Dir]
	}
	if _, work := report.Totals(); work.Calls == 0 {
		return nil
	}
	return r.ask(ctx)
}

// do has the tasks done. Shops that are pending are looked at again for as long
// as --wait lasts: waiting holds neither memory nor a place.
func (r *fleetRun) do(ctx context.Context) (*fleet.Report, error) {
	tally := fleet.NewTally(r.verb, r.tasks)
	for _, x := range r.known {
		tally.Add(x)
	}
	tasks := slices.DeleteFunc(slices.Clone(r.tasks), func(t fleet.Task) bool {
		_, known := tally.Result(t.Dir)
		return known
	})
	progress := r.view.FleetProgress(r.verb, len(tasks), time.Now)
	defer progress.Close()
	engine := r.engine(progress)
	done := func(x fleet.Result, l fleet.Logs) {
		tally.Add(x)
		progress.Done(x)
		r.logs.write(x.Dir, l)
	}
	err := engine.Run(ctx, tasks, done)
	deadline := time.Now().Add(r.flags.wait)
	for round := 0; err == nil && r.verb == fleet.VerbApply; round++ {
		pending := tally.With(fleet.OutcomePending)
		pause := min(waitAgain(round), time.Until(deadline))
		if len(pending) == 0 || pause <= 0 || !sleep(ctx, pause) {
			break
		}
		due := dueNow(pending, tally, time.Now())
		progress.Again(len(due))
		err = engine.Run(ctx, due, done)
	}
	return tally.Report(), errors.Join(err, r.logs.err)
}

// dueNow are the pending shops that are worth a look now: a shop that waits for
// nothing but its budget is not, before there is some. What a verdict or the
// budget allows goes on from the plan that was read.
func dueNow(pending []fleet.Task, tally *fleet.Tally, now time.Time) []fleet.Task {
	var due []fleet.Task
	for _, t := range pending {
		r, _ := tally.Result(t.Dir)
		inReview := r.Counts[string(reconcile.OutcomePending)] > 0
		if b := r.Budget; inReview || b == nil || b.Next == nil || !now.Before(*b.Next) {
			t.Read = ""
			due = append(due, t)
		}
	}
	return due
}

// engine has the tasks done: by goroutines of this process, or by the workers of
// a queue.
func (r *fleetRun) engine(progress *view.FleetProgress) fleet.Engine {
	if r.machines != nil {
		return r.machines
	}
	return fleet.Local{Shops: r.flags.shops, Do: r.shopRunner(r.flags.logDir != "", progress.Doing)}
}

// waitAgain is how long a fleet pauses before it looks at pending shops again:
// longer every time.
func waitAgain(round int) time.Duration {
	return min(firstWait<<min(round, 8), longestWait)
}

// The pauses between two looks at pending shops. A look reads the whole shop.
const (
	firstWait   = 2 * time.Second
	longestWait = 2 * time.Minute
)

// sleep waits; false when the run is to end.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// fleetExit is the exit code of the shop that fared worst.
func fleetExit(ctx context.Context, r *fleet.Report, detailed bool) error {
	worst := r.Worst()
	switch {
	case ctx.Err() != nil, worst == fleet.OutcomeInterrupted, worst == fleet.OutcomeSkipped:
		return exitInterrupted
	case worst == fleet.OutcomeFailed:
		return exitError
	case worst == fleet.OutcomeBlocked:
		return exitBlocked
	case worst == fleet.OutcomePending:
		return exitPending
	case worst == fleet.OutcomeChanges && detailed:
		return exitChanges
	}
	return nil
}
