package reconcile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// A call is one writing call, ready to go. What the platform answers with goes
// into rec.
type call func(ctx context.Context, rec *state.Record) error

// prepareCall resolves all that the call refers to, so that whatever is missing
// is known before anything is announced.
func (p *pass) prepareCall(c *Change, op Op) (call, error) {
	var links provider.Links
	if op.Submits() || op == OpSubmitBrand || op == OpSubmitCategory {
		var err error
		if links, err = p.links(c.Address); err != nil {
			return nil, err
		}
	}
	switch c.Address.Kind {
	case schema.KindMerchant:
		return func(ctx context.Context, _ *state.Record) error {
			return p.Provider.UpdateMerchant(ctx, p.Catalog.Merchant)
		}, nil
	case schema.KindBrand:
		return func(ctx context.Context, rec *state.Record) (err error) {
			rec.AuditID, err = p.Provider.SubmitBrand(ctx, p.Catalog.Brands[c.Address.Name], links)
			return err
		}, nil
	case schema.KindQualification:
		return func(ctx context.Context, rec *state.Record) (err error) {
			rec.AuditID, err = p.Provider.SubmitQualification(ctx, p.Catalog.Qualifications[c.Address.Name], links)
			return err
		}, nil
	}
	return p.productCall(c, op, links)
}

func (p *pass) productCall(c *Change, op Op, links provider.Links) (call, error) {
	ref := provider.Ref{OutProductID: c.Address.Name}
	if rec := p.Session.Record(c.Address); rec != nil {
		ref.ProductID = rec.RemoteID
	}
	simple := map[Op]func(context.Context, provider.Ref) error{
		OpWithdraw: p.Provider.Withdraw, OpList: p.Provider.List, OpDelist: p.Provider.Delist, OpDelete: p.Provider.Delete,
	}
	if send := simple[op]; send != nil {
		return func(ctx context.Context, _ *state.Record) error { return send(ctx, ref) }, nil
	}
	switch op {
	case OpAdd:
		want := p.Catalog.SPUs[c.Address.Name]
		return func(ctx context.Context, rec *state.Record) error {
			receipt, err := p.Provider.Add(ctx, want, links)
			take(rec, receipt)
			return err
		}, nil
	case OpUpdate:
		want := p.withShopStock(p.Catalog.SPUs[c.Address.Name])
		return func(ctx context.Context, rec *state.Record) error {
			receipt, err := p.Provider.Update(ctx, ref, want, links)
			take(rec, receipt)
			return err
		}, nil
	case OpUpdateFree:
		return func(ctx context.Context, _ *state.Record) error { return p.Provider.UpdateFree(ctx, ref, c.edits) }, nil
	}
	return nil, fmt.Errorf("reconcile: no call for %s", op)
}

// withShopStock is the SPU as it is sent in an update. The platform replaces the
// whole draft, so a stock number must be sent along; where the stock belongs to
// the shop, it is the shop's own, as it was last seen.
func (p *pass) withShopStock(want *schema.SPU) *schema.SPU {
	have := p.lastSeen(want.OutProductID)
	if want.StockManaged || have == nil {
		return want
	}
	stock := map[string]int64{}
	for _, c := range []*provider.Copy{have.Draft, have.Online} { // what buyers see wins
		if c == nil {
			continue
		}
		for _, sku := range c.SPU.SKUs {
			stock[sku.OutSKUID] = sku.StockNum
		}
	}
	sent := *want
	sent.SKUs = slices.Clone(want.SKUs)
	for i := range sent.SKUs {
		if n, ok := stock[sent.SKUs[i].OutSKUID]; ok {
			sent.SKUs[i].StockNum = n
		}
	}
	return &sent
}

func (p *pass) lastSeen(outProductID string) *provider.Product {
	p.mu.Lock()
	defer p.mu.Unlock()
	if have, again := p.seen[spuAddress(outProductID)]; again {
		return have
	}
	if p.Observation == nil {
		return nil
	}
	return p.Observation.Products[outProductID]
}

// sent brings the record up to a call that succeeded, or that the platform said
// was not needed (noop).
func (p *pass) sent(c *Change, op Op, rec *state.Record, noop bool) {
	now := p.Now()
	switch op {
	case OpUpdateMerchant:
		rec.Memo, rec.Reason = memoOfObject(&schema.Merchant{}, p.Catalog.Merchant), p.Catalog.Merchant.Reason
		edited(c, rec, now, noop)
	case OpSubmitBrand, OpSubmitCategory:
		claim := p.pl.claims[c.Address]
		rec.Stamp, rec.Memo, rec.SubmittedAt = claim.stamp, claim.memo, &now
		rec.AuditPending, rec.Reason = !noop, p.Catalog.ReasonOf(c.Address)
		if noop {
			rec.AuditID, rec.RemoteID = "", claim.remoteID
			p.mu.Lock()
			p.granted = true
			p.mu.Unlock()
		}
	case OpAdd, OpUpdate:
		want := p.Catalog.SPUs[c.Address.Name]
		listing := rec.Memo[listingPath]
		rec.Repushed = op == OpUpdate && rec.Stamp == want.Stamp()
		rec.Stamp, rec.Version, rec.SubmittedAt, rec.Withdrawn = want.Stamp(), want.InfoVersion, &now, false
		rec.Memo, rec.Reason = memoOf(want), want.Reason
		if op == OpUpdate && listing != "" {
			rec.Memo[listingPath] = listing // its place on the shelf did not change
		}
	case OpUpdateFree:
		edited(c, rec, now, noop)
		if rec.Memo == nil {
			return // adopted with other content: what was sent last is not known
		}
		for _, d := range c.Fields {
			if d.Cost == schema.CostFree && d.Path != listingPath {
				rec.Memo[d.Path] = memoValue(d.New)
			}
		}
	case OpWithdraw:
		rec.Withdrawn = true
		judge(rec, state.Verdict{Kind: state.VerdictWithdrawn, At: now, SubmittedAt: rec.SubmittedAt, Stamp: rec.Stamp})
	case OpList, OpDelist:
		if rec.Memo == nil {
			rec.Memo = map[string]string{}
		}
		rec.Memo[listingPath] = shelfWord(op == OpList)
	}
}

// edited keeps why something was changed at once: no verdict will tell it.
func edited(c *Change, rec *state.Record, now time.Time, noop bool) {
	if c.Reason != "" && !noop {
		rec.Judge(state.Verdict{Kind: state.VerdictEdited, At: now, Said: c.Reason})
	}
}

// savedAnyway brings the record up to a refusal that changed something all the
// same, and reports whether it did.
func (p *pass) savedAnyway(c *Change, op Op, rec *state.Record, refusal *provider.Error) bool {
	switch {
	case refusal.Conflict == provider.ConflictNotPushed: // saved, not under review: the next look submits it
		p.sent(c, op, rec, false)
		rec.Withdrawn = true
		return true
	case refusal.Conflict == provider.ConflictInReview && (op == OpSubmitBrand || op == OpSubmitCategory):
		p.sent(c, op, rec, false)
		rec.AuditID = "" // it runs, under an id that nobody knows any more
		return true
	}
	return false
}

// heed takes down what a refusal means for the rest of the run.
func (p *pass) heed(c *Change, op Op, refusal *provider.Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case refusal.Class == provider.ClassLater && !op.Submits(): // submissions have a ledger
		p.report.Stopped = refusal
		p.closed[op] = refusal
	case refusal.Conflict == provider.ConflictSKU, refusal.Conflict == provider.ConflictNotOnline && op == OpUpdateFree:
		p.pl.reviewed[c.Address] = true
	}
}

// take adds what a receipt tells; a reply may be empty (reference section 8.7).
func take(rec *state.Record, receipt provider.Receipt) {
	if receipt.ProductID != "" {
		rec.RemoteID = receipt.ProductID
	}
	if len(receipt.SKUIDs) > 0 {
		rec.SKUIDs = rec.SKUIDs.With(receipt.SKUIDs)
	}
}

// rawBrandID is the id of a brand that was given by its id.
func rawBrandID(b schema.BrandRef) string {
	id, _ := strings.CutPrefix(string(b), "id:")
	return id
}
