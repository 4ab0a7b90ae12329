package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

func newStateAudit(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "audit ADDRESS AUDIT_ID",
		Short: a.say("Remember the id of a running audit, which no list tells", "记录正在进行的审核单号（平台无法查询）"),
		Args:  cobra.ExactArgs(2),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.stateAudit(cmd.Context(), args[0], args[1]) },
	}
}

// stateAudit puts back an audit id that an apply could not save, or takes over
// one that was submitted in the console.
func (a *app) stateAudit(ctx context.Context, arg, id string) (err error) {
	address, backend, shop, err := a.object(arg)
	if err != nil {
		return err
	}
	defer backend.Close()
	if address.Kind != schema.KindBrand && address.Kind != schema.KindQualification {
		return &view.Problem{
			What:   lang.F("%s is not audited by an id", "%s 没有审核单号", address),
			Remedy: lang.T("Brands and qualifications are; products are found again by themselves.", "只有品牌和类目资质有；商品会自动查到。"),
		}
	}
	session, err := a.openState(ctx, backend, shop, "state audit")
	if err != nil {
		return err
	}
	defer closeState(ctx, session, &err)
	rec := session.Record(address)
	if rec == nil {
		now := time.Now()
		rec = &state.Record{Address: address, SubmittedAt: &now}
	}
	rec.AuditID, rec.AuditPending = id, true
	if err := session.Put(ctx, rec, 0); err != nil {
		return err
	}
	return a.view.Line(lang.F("The audit of %s is %s. The next plan asks for its verdict.", "%s 的审核单号是 %s，下一次 plan 会查询结果。", address, id))
}
