package main

import (
	"context"
	"slices"
	"strconv"

	"golang.org/x/term"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

// drifted is a product that somebody changed in the console.
type drifted struct {
	accept intake.Accept
	origin intake.Origin
}

// drift writes what was changed in the shop back into the files.
func (in *liveRun) drift(ctx context.Context) error {
	found, settings, err := in.drifted(ctx)
	if err != nil {
		return err
	}
	accepts := make([]intake.Accept, len(found))
	for i, f := range found {
		accepts[i] = f.accept
	}
	plan, err := intake.PlanDrift(in.global.dir, accepts)
	if err != nil {
		return &view.Problem{What: lang.T("the changes cannot be placed in the files", "无法在文件中定位这些改动"), Err: err}
	}
	defer plan.Close()
	plan.Edits = append(plan.Edits, settings...)
	if in.view.Format == view.Text {
		if err := in.view.Drift(plan.Edits); err != nil {
			return err
		}
	}
	if err := in.approveDrift(ctx, plan); err != nil {
		return err
	}
	written, err := plan.Write()
	if err != nil {
		return &view.Problem{What: lang.F("cannot write to %s", "无法写入 %s", in.global.dir), Err: err}
	}
	if err := in.acceptDrift(ctx, found); err != nil {
		return err
	}
	if err := in.view.DriftWritten(plan.Edits, written); err != nil {
		return err
	}
	if plan.Written() < len(plan.Edits) {
		return exitBlocked
	}
	return nil
}

// drifted are the products with fields that were changed in the shop, or there
// and in the files. Merchant settings are few, and left to people.
func (in *liveRun) drifted(ctx context.Context) (list []drifted, settings []intake.Edit, err error) {
	s, err := in.lookAt(ctx, in.d, in.session.State(), reconcile.Policy{Targets: in.targets})
	if err != nil {
		return nil, nil, err
	}
	live := &intake.Live{Seen: s.seen, Catalog: in.d.catalog, Shop: in.d.catalog.Shop, Tree: in.d.catalog.Tree, Lang: in.lang}
	taken := &intake.Taken{Bundle: &intake.Bundle{Shop: live.Shop, Tree: live.Tree, Qualifications: in.d.catalog.Qualifications}}
	known := map[string]schema.Image{}
	for key, image := range s.state.Images {
		if file, ok := in.d.catalog.Images[key]; ok {
			known[image.URL] = file.Image
		}
	}
	for _, c := range s.plan().Changes {
		if c.Address.Kind == schema.KindMerchant {
			settings = settingsByHand(&c)
			continue
		}
		want := in.d.catalog.SPUs[c.Address.Name]
		paths, pictures := driftedPaths(&c)
		if c.Address.Kind != schema.KindSPU || want == nil || len(paths) == 0 {
			continue
		}
		if p := s.seen.Products[c.Address.Name]; p != nil && !slices.Contains(paths, "listing") && reconcile.ShelfMoved(s.state.Records[c.Address], want, p) {
			paths = append(paths, "listing")
		}
		have, origin, ok := live.Drifted(want, paths, known)
		if !ok {
			continue
		}
		have.AsFound = ""
		list = append(list, drifted{intake.Accept{Address: c.Address, Source: c.Source, Want: want, Have: have, Paths: paths}, origin})
		if pictures {
			taken.SPUs = append(taken.SPUs, have)
		}
	}
	if err := in.pictures(ctx, taken); err != nil {
		return nil, nil, err
	}
	return list, settings, in.seal(taken, list)
}

// settingsByHand are the merchant settings that were changed in the shop.
func settingsByHand(c *reconcile.Change) []intake.Edit {
	var edits []intake.Edit
	for _, f := range c.Fields {
		if f.Cause == reconcile.CauseDrift || f.Cause == reconcile.CauseBoth {
			edits = append(edits, intake.Edit{
				Address: c.Address, Path: f.Path, At: c.Source.Range.File + ":" + strconv.Itoa(c.Source.Range.Start.Line), New: f.Old, ByHand: true,
				Why: lang.T("merchant settings are not written back", "商家设置不会自动写回"),
			})
		}
	}
	return edits
}

// driftedPaths are the fields of a change that were changed in the shop.
func driftedPaths(c *reconcile.Change) (paths []string, pictures bool) {
	for _, f := range c.Fields {
		if f.Cause == reconcile.CauseDrift || f.Cause == reconcile.CauseBoth {
			paths = append(paths, f.Path)
			pictures = pictures || f.Kind == reconcile.FieldPictures || f.Kind == reconcile.FieldSKU && f.Old != ""
		}
	}
	return paths, pictures
}

// seal seals the content that the console let through although it breaks the
// rules, and unseals what keeps them again.
func (in *liveRun) seal(taken *intake.Taken, list []drifted) error {
	taken.SPUs = nil
	for _, d := range list {
		taken.SPUs = append(taken.SPUs, d.accept.Have)
	}
	if err := taken.Seal(in.global.dir); err != nil {
		return err
	}
	for i := range list {
		if a := &list[i].accept; a.Have.AsFound != a.Want.AsFound {
			a.Paths = append(a.Paths, "as_found")
		}
	}
	return nil
}

func (in *liveRun) approveDrift(ctx context.Context, plan *intake.Drift) error {
	if in.flags.autoApprove || plan.Written() == 0 {
		return nil
	}
	if in.view.Format != view.Text || !term.IsTerminal(int(in.stdin.Fd())) {
		return &view.Problem{
			What:   lang.T("import has nobody to ask: this is not a terminal, or the output is JSON", "无法询问是否导入：当前不是终端，或输出为 JSON"),
			Remedy: lang.T("Nothing was written. Pass --auto-approve to write without a question.", "没有写入任何文件。使用 --auto-approve 可不经询问直接写入。"),
		}
	}
	return in.confirm(ctx, lang.T("Write these changes into the files? Type yes: ", "把这些改动写入文件？请输入 yes 或 是："))
}

// acceptDrift tells the state that what the shop has is what was last sent, as
// far as the files say it now.
func (in *liveRun) acceptDrift(ctx context.Context, list []drifted) error {
	if len(list) == 0 {
		return nil
	}
	catalog, ds := in.load(in.d.catalog.Tree)
	if ds.HasErrors() {
		return in.report(ds)
	}
	for _, d := range list {
		want := catalog.SPUs[d.accept.Address.Name]
		if want == nil {
			continue
		}
		rec, links := reconcile.Adopt(in.session.Record(d.accept.Address), want, d.origin.Product, d.origin.Copy)
		if err := in.rememberPictures(ctx, links); err != nil {
			return err
		}
		if err := in.session.Put(ctx, rec, 0); err != nil {
			return err
		}
	}
	return nil
}
