package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// planFlags are the flags that shape a plan; apply has most of them too.
type planFlags struct {
	targets  []string
	resubmit []string
	override []string
	refresh  bool
	detailed bool
	out      string
	against  string
	snapshot string
	deadline string
	format   string
}

func newPlan(a *app) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan",
		Short: a.say("Say what apply would change in the shop", "显示 apply 将对店铺做的变更"),
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.setFormat(f.format, view.Markdown, view.HTML); err != nil {
				return err
			}
			return a.plan(cmd.Context(), f)
		},
	}
	a.addPlanFlags(cmd, &f)
	a.addPlanFormatFlag(cmd, &f.format)
	flags := cmd.Flags()
	flags.StringVar(&f.snapshot, "snapshot", "", a.say("plan from the `file` that state publish wrote, without credentials", "根据 state publish 写出的 `file` 做计划，无需凭据"))
	flags.StringVar(&f.out, "out", "", a.say("save the plan in a `file`, for review and for apply FILE", "把计划保存到 `file`，供审阅和 apply FILE 使用"))
	flags.StringVar(&f.against, "against", "", a.say("say what is new since the saved plan in a `file`", "说明自 `file` 中保存的计划以来有何不同"))
	a.addDeadlineFlag(cmd, &f.deadline)
	flags.BoolVar(&f.detailed, "detailed-exitcode", false, a.say("exit with 2 when there are changes", "有变更时退出码为 2"))
	flags.BoolVar(&f.refresh, "refresh", true, a.say("read the shop; --refresh=false plans from the state alone", "读取店铺；--refresh=false 只根据状态文件计划"))
	return cmd
}

func (a *app) addPlanFlags(cmd *cobra.Command, f *planFlags) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.targets, "target", nil, a.say("only this `address` and what it needs; may be repeated", "只处理该 `address` 及其依赖，可重复"))
	flags.StringArrayVar(&f.resubmit, "resubmit", nil, a.say("submit the rejected `address` again unchanged; may be repeated", "原样重新提交被驳回的 `address`，可重复"))
}

func (a *app) plan(ctx context.Context, f planFlags) error {
	var read *reconcile.Plan
	if f.against != "" {
		var err error
		if read, err = readPlan(f.against); err != nil {
			return err
		}
	}
	plan, catalog, err := a.makePlan(ctx, f)
	if err != nil {
		return err
	}
	if read != nil {
		if err := sameShop(read, plan); err != nil {
			return err
		}
		since := reconcile.Compare(read, plan)
		plan.Since = &since
	}
	if f.out != "" {
		if err := savePlan(plan, f.out); err != nil {
			return err
		}
	}
	if err := a.view.Plan(plan, catalog); err != nil {
		return err
	}
	if f.detailed && !plan.Empty() {
		return exitChanges
	}
	return nil
}

// makePlan decides what apply would do, and tells nobody.
func (a *app) makePlan(ctx context.Context, f planFlags) (*reconcile.Plan, *schema.Catalog, error) {
	pol, err := a.policy(f)
	if err != nil {
		return nil, nil, err
	}
	s, err := a.planningFrom(ctx, pol, f)
	if err != nil {
		return nil, nil, err
	}
	defer s.shop.close()
	plan := s.plan()
	if f.out != "" || a.view.Format != view.Text {
		reconcile.Illustrate(plan, s.catalog, s.state, s.seen, s.policy)
	}
	if a.view.Format == view.HTML {
		a.illustrate(plan.Pictures, fromCatalog(ctx, s))
	}
	return plan, s.catalog, nil
}

// planningFrom is the situation that the flags ask for: the shop as it is, or as it
// is remembered.
func (a *app) planningFrom(ctx context.Context, pol reconcile.Policy, f planFlags) (*situation, error) {
	if f.snapshot != "" {
		return a.remembered(ctx, pol, f.snapshot)
	}
	return a.situation(ctx, pol, f.refresh)
}

// policy is what the flags say beyond the catalog.
func (a *app) policy(f planFlags) (reconcile.Policy, error) {
	pol := reconcile.Policy{Now: time.Now(), Resubmit: map[schema.Address]bool{}, Override: map[reconcile.GuardName]bool{}}
	var err error
	if pol.Targets, err = a.addresses("--target", f.targets); err != nil {
		return pol, err
	}
	if pol.Deadline, err = parseDeadline(f.deadline); err != nil {
		return pol, err
	}
	if f.deadline != "" && !pol.Deadline.After(pol.Now) {
		a.view.Note(lang.F("--deadline %s has passed, so there is no forecast.", "--deadline %s 已过，因此没有预测。", pol.Deadline.In(schema.Beijing).Format("2006-01-02 15:04")))
	}
	resubmit, err := a.addresses("--resubmit", f.resubmit)
	if err != nil {
		return pol, err
	}
	for _, address := range resubmit {
		pol.Resubmit[address] = true
	}
	for _, name := range f.override {
		switch guard := reconcile.GuardName(name); guard {
		case reconcile.GuardPriceDrop, reconcile.GuardRemovals, reconcile.GuardChanges:
			pol.Override[guard] = true
		default:
			return pol, badFlag("--override-guard", name, "max_price_drop, max_removals, max_changes")
		}
	}
	return pol, nil
}

// known refuses a policy about objects that are neither declared nor remembered,
// which can only be a slip of the pen.
func known(pol reconcile.Policy, catalog *schema.Catalog, st *state.State) error {
	for _, address := range slices.Concat(pol.Targets, slices.Collect(maps.Keys(pol.Resubmit))) {
		if _, declared := catalog.Sources[address]; !declared && st.Records[address] == nil {
			return &view.Problem{
				What:   lang.F("there is no %s in the catalog or in the state", "商品目录和状态中都没有 %s", address),
				Remedy: lang.T("See what there is: shopctl status", "查看已有对象：shopctl status"),
			}
		}
	}
	return nil
}

// desired is a valid catalog and the shop that is to become equal to it.
type desired struct {
	catalog *schema.Catalog
	shop    *shop
}

// desire loads the catalog, and connects to its shop only when everything that
// can be known offline is right. It then checks the catalog against the
// platform's categories as they are now.
func (a *app) desire(ctx context.Context) (*desired, error) {
	kept, old := a.keptCategories()
	catalog, ds := a.load(kept)
	if ds.HasErrors() && old {
		catalog, ds = a.load(nil) // the category may be newer than the list: judge by a new one
	}
	if ds.HasErrors() {
		return nil, a.report(ds)
	}
	s, tree, err := a.connect(ctx, catalog)
	if err != nil {
		return nil, err
	}
	if catalog.Tree == nil || !sameTree(tree, kept) {
		catalog = nil // two large catalogs at a time would be one too many
		catalog, ds = a.load(tree)
	}
	return a.agreed(catalog, s, ds)
}

// connect opens the shop and asks for its categories.
func (a *app) connect(ctx context.Context, catalog *schema.Catalog) (*shop, *schema.CategoryTree, error) {
	s, err := a.openShop(catalog)
	if err != nil {
		return nil, nil, err
	}
	tree, err := s.provider.Categories(ctx, false)
	if err != nil {
		s.close()
		return nil, nil, err
	}
	return s, tree, nil
}

// agreed is a catalog without errors and its shop, which is closed otherwise.
func (a *app) agreed(catalog *schema.Catalog, s *shop, ds schema.Diagnostics) (*desired, error) {
	if err := a.reportAside(ds); err != nil {
		s.close()
		return nil, err
	}
	return &desired{catalog, s}, nil
}

// observe reads what the plan needs of the shop.
func (a *app) observe(ctx context.Context, d *desired, st *state.State, pol reconcile.Policy) (*provider.Observation, error) {
	work := a.view.Work(time.Now)
	defer work.Close()
	scope := reconcile.ScopeOf(d.catalog, st, pol)
	scope.Progress = work.Observing
	return d.shop.provider.Observe(ctx, scope)
}
