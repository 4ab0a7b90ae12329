package main

import (
	"cmp"
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// fromLive is the --from of a shop.
const fromLive = "live"

// liveFlags are the flags of import that only a shop has.
type liveFlags struct {
	keepLinks     bool
	onlyUnmanaged bool
	targets       []string
	statuses      []string
	appid         string
	drift         bool
	autoApprove   bool // also of sheets
}

func (a *app) addLiveFlags(cmd *cobra.Command, f *liveFlags) {
	flags := cmd.Flags()
	flags.BoolVar(&f.keepLinks, "keep-links", false, a.say("name pictures by their links in the shop instead of fetching them", "图片保留店铺中的链接，不下载"))
	flags.BoolVar(&f.onlyUnmanaged, "only-unmanaged", false, a.say("only products that were never managed here: neither declared nor in the state", "只导入从未在此管理的商品：既未声明，也不在状态中"))
	flags.StringArrayVar(&f.targets, "target", nil, a.say("only this `address` and what it needs; may be repeated", "只处理该 `address` 及其依赖，可重复"))
	flags.StringArrayVar(&f.statuses, "status", nil, a.say("only products with this `status`: listed, delisted, banned, new, in_review, rejected; may be repeated", "只导入该状态（`status`）的商品：listed、delisted、banned、new、in_review、rejected，可重复"))
	flags.BoolVar(&f.drift, "drift", false, a.say("write what was changed in the console back into the files", "把后台改动写回文件"))
	flags.StringVar(&f.appid, "appid", "", a.say("the shop's `appid`, where no shop block says it", "店铺的 `appid`，没有 shop 块时必填"))
}

// statuses are the words of --status.
var statuses = map[string]func(*provider.Product) bool{
	"listed":    func(p *provider.Product) bool { return p.Shelf == provider.ShelfListed },
	"delisted":  func(p *provider.Product) bool { return p.Shelf == provider.ShelfDelisted },
	"banned":    func(p *provider.Product) bool { return p.Shelf == provider.ShelfBanned },
	"new":       func(p *provider.Product) bool { return p.Shelf == provider.ShelfInitial },
	"in_review": func(p *provider.Product) bool { return p.Review == provider.ReviewRunning },
	"rejected":  func(p *provider.Product) bool { return p.Review == provider.ReviewRejected },
}

// importLive writes files for what the shop has and the catalog does not declare.
func (a *app) importLive(ctx context.Context, layout intake.Layout, f liveFlags) (err error) {
	targets, err := a.liveTargets(f)
	if err != nil {
		return err
	}
	begun, err := a.beginCatalog(f)
	if err != nil {
		return err
	}
	d, err := a.desire(ctx)
	if err != nil {
		return err
	}
	defer d.shop.close()
	session, err := a.openState(ctx, d.shop.state, d.shop.id, "import")
	if err != nil {
		return err
	}
	defer closeState(ctx, session, &err)
	in := &liveRun{app: a, d: d, session: session, flags: f, targets: targets, written: begun}
	if f.drift {
		return in.drift(ctx)
	}
	return in.run(ctx, layout)
}

// liveTargets checks the flags that choose.
func (a *app) liveTargets(f liveFlags) ([]schema.Address, error) {
	for _, s := range f.statuses {
		if statuses[s] == nil {
			return nil, badFlag("--status", s, "listed, delisted, banned, new, in_review, rejected")
		}
	}
	return a.addresses("--target", f.targets)
}

// beginCatalog writes the shop block of a directory that has none, and what git is
// to leave out, and returns the files.
func (a *app) beginCatalog(f liveFlags) ([]string, error) {
	_, ds := a.load(nil)
	if !ds.HasErrors() || !onlyShopMissing(ds) {
		return nil, nil // what else is wrong is said where the catalog is loaded
	}
	appid := f.appid
	if a.global.sandbox {
		appid = cmp.Or(appid, sandbox.DefaultAppID)
	}
	if appid == "" {
		return nil, &view.Problem{
			What:   lang.F("there is no shop block in %s", "%s 中没有 shop 块", a.global.dir),
			Remedy: lang.T("Say which shop it is: --appid wx...", "请指明是哪个店铺：--appid wx..."),
		}
	}
	shop := schema.Shop{Name: "shop", Platform: "component", AppID: appid, Scenes: []int{1}}
	written, _, err := intake.Write(a.global.dir, &intake.Bundle{Shop: shop, NewShop: true}, intake.AsBlocks)
	if err != nil {
		return nil, &view.Problem{What: lang.F("cannot write to %s", "无法写入 %s", a.global.dir), Err: err}
	}
	ignored, err := a.writeGitignore(a.global.dir)
	return append(written, ignored...), err
}

// liveRun is one import from a shop.
type liveRun struct {
	*app
	d       *desired
	session *state.Session
	flags   liveFlags
	targets []schema.Address
	written []string
}

func (in *liveRun) run(ctx context.Context, layout intake.Layout) error {
	seen, err := in.look(ctx)
	if err != nil {
		return err
	}
	live := &intake.Live{Seen: seen, Catalog: in.d.catalog, Shop: in.d.catalog.Shop, Tree: in.d.catalog.Tree, Lang: in.lang, Wanted: in.wanted(seen)}
	taken := live.Take()
	if err := in.pictures(ctx, taken); err != nil {
		return err
	}
	if err := taken.Seal(in.global.dir); err != nil {
		return err
	}
	if err := in.rememberPictures(ctx, taken.Links()); err != nil {
		return err
	}
	written, _, err := intake.Write(in.global.dir, taken.Bundle, layout)
	in.written = append(in.written, written...)
	if err != nil {
		return &view.Problem{What: lang.F("cannot write to %s", "无法写入 %s", in.global.dir), Err: err}
	}
	if err := in.adopt(ctx, taken); err != nil {
		return err
	}
	return in.view.Imported(in.summary(taken))
}

// look reads the shop.
func (in *liveRun) look(ctx context.Context) (*provider.Observation, error) {
	work := in.view.Work(time.Now)
	defer work.Close()
	scope := in.scope()
	scope.Progress = work.Observing
	return in.d.shop.provider.Observe(ctx, scope)
}

// scope reads the whole shop, or the targets alone where these are products.
func (in *liveRun) scope() provider.Scope {
	scope := provider.Scope{Merchant: true, Brands: true, Qualifications: true}
	for _, t := range in.targets {
		if t.Kind == schema.KindSPU {
			scope.Products = append(scope.Products, t.Name)
		}
	}
	scope.Only = len(in.targets) > 0 && len(scope.Products) == len(in.targets)
	return scope
}

// wanted says which objects the flags choose. Brands and qualifications are
// always taken: products refer to them.
func (in *liveRun) wanted(seen *provider.Observation) func(schema.Address) bool {
	known := in.session.State().Records
	return func(addr schema.Address) bool {
		if len(in.targets) > 0 && !slices.Contains(in.targets, addr) {
			return false
		}
		if addr.Kind != schema.KindSPU {
			return len(in.flags.statuses) == 0
		}
		if in.flags.onlyUnmanaged && known[addr] != nil {
			return false
		}
		p := seen.Products[addr.Name]
		return len(in.flags.statuses) == 0 || slices.ContainsFunc(in.flags.statuses, func(s string) bool { return statuses[s](p) })
	}
}

// pictures fetches what the products show.
func (in *liveRun) pictures(ctx context.Context, taken *intake.Taken) error {
	source, ok := in.d.shop.provider.(provider.PictureSource)
	if in.flags.keepLinks || !ok {
		return nil
	}
	work := in.view.Work(time.Now)
	defer work.Close()
	var mu sync.Mutex
	done, total, size := 0, taken.PictureCount(), int64(0)
	return taken.Pictures(ctx, in.global.dir, source.FetchPicture, func(bytes int) {
		mu.Lock()
		defer mu.Unlock()
		done, size = done+1, size+int64(bytes)
		work.Fetching(done, total, size)
	})
}

// rememberPictures tells the state which file is which picture of the shop,
// before any file of the catalog says so: a run that is cut short between the two
// leaves a catalog whose pictures are known.
func (in *liveRun) rememberPictures(ctx context.Context, links map[schema.ImageKey]string) error {
	var group errgroup.Group
	group.SetLimit(defaultParallelism)
	for key, url := range links {
		if _, known := in.session.Image(key); known {
			continue
		}
		group.Go(func() error { return in.session.PutImage(ctx, key, url, time.Now()) })
	}
	return group.Wait()
}

// adopt reads the catalog back and tells the state what was written, so that the
// next plan knows each product again.
func (in *liveRun) adopt(ctx context.Context, taken *intake.Taken) error {
	if len(taken.From) == 0 {
		return nil
	}
	catalog, ds := in.load(in.d.catalog.Tree)
	if ds.HasErrors() {
		return in.report(ds)
	}
	var group errgroup.Group
	group.SetLimit(defaultParallelism)
	for id, origin := range taken.From {
		want := catalog.SPUs[id]
		if want == nil {
			continue // it was refused, and told among the problems
		}
		rec, links := reconcile.Adopt(in.session.Record(schema.Address{Kind: schema.KindSPU, Name: id}), want, origin.Product, origin.Copy)
		if err := in.rememberPictures(ctx, links); err != nil {
			return err
		}
		group.Go(func() error { return in.session.Put(ctx, rec, 0) })
	}
	return group.Wait()
}

func (in *liveRun) summary(taken *intake.Taken) *view.Import {
	s := &view.Import{Written: in.written, Known: taken.Known, Problems: taken.Problems, Brands: len(taken.Brands), Qualifications: len(taken.Qualifications)}
	for _, spu := range taken.SPUs {
		s.Products++
		if spu.AsFound != "" {
			s.AsFound++
		}
	}
	return s
}

// makeDir makes the directory of --to and works in it from then on.
func (a *app) makeDir(to string) error {
	if to == "" {
		return nil
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return &view.Problem{What: lang.F("cannot make %s", "无法创建 %s", to), Err: err}
	}
	a.global.dir = to
	return nil
}
