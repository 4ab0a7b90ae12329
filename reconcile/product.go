package reconcile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// A product decision is taken in three steps: the facts are gathered (facts),
// then content and shelf are decided by themselves (content, shelf), because the
// platform keeps them apart: a submission never moves a product on or off the
// shelf, and listing never touches a draft.

// facts are all that a decision about one declared product looks at.
type facts struct {
	addr schema.Address
	want *schema.SPU
	rec  *state.Record
	have *provider.Product

	// draft and online are the differences of the two copies, declared against
	// found. A copy that the shop does not have has none; see have.
	draft, online []FieldDiff
	resubmit      bool
	stamp         string
}

// product decides about one SPU.
func (pl *planner) product(addr schema.Address) verdict {
	want, rec := pl.cat.SPUs[addr.Name], pl.peek(addr)
	if pl.obs == nil {
		return pl.productFromMemory(addr, want, rec.Unpacked())
	}
	have := pl.obs.Products[addr.Name]
	switch {
	case want == nil:
		return pl.removed(rec, have)
	case have == nil || have.Draft == nil && have.Online == nil:
		return pl.absent(want, rec)
	}
	f := pl.gather(addr, want, rec, have)
	next := pl.remember(f)
	f.rec = next
	if len(f.draft) > 0 || len(f.online) > 0 {
		f.rec = next.Unpacked()
	}
	c := &Change{Title: want.Title}
	pl.content(f, c)
	pl.shelf(f, c)
	v := verdict{known: true, adopted: rec == nil, images: pl.picturesSeen(f)}
	if !rec.Equal(next) {
		v.learned = next.Packed()
	}
	if len(c.Steps) > 0 || len(c.Waits) > 0 || c.Block != nil {
		v.change = c
	}
	return v
}

// gather compares both copies.
func (pl *planner) gather(addr schema.Address, want *schema.SPU, rec *state.Record, have *provider.Product) *facts {
	f := &facts{addr: addr, want: want, rec: rec, have: have, stamp: want.Stamp(), resubmit: pl.pol.Resubmit[addr]}
	compare := pl.comparison(want, f.stamp, rec)
	if have.Draft != nil {
		f.draft = compare.from(pl.open(addr), have, have.Draft).differences(have.Draft)
	}
	switch {
	case have.Online == nil:
	case have.Online == have.Draft: // one value where both copies are equal
		f.online = f.draft
	default:
		f.online = compare.from(pl.open(addr), have, have.Online).differences(have.Online)
	}
	if have.Draft == nil { // the platform shows no draft: what is online was last submitted
		f.draft = f.online
	}
	return f
}

func (pl *planner) comparison(want *schema.SPU, stamp string, rec *state.Record) comparison {
	c := comparison{want: want, stamp: stamp, rec: rec, keys: pl.keys, url: pl.image}
	if brand, err := schema.ParseAddress(string(want.Brand)); err == nil {
		if id := pl.brandID(brand); id != "" {
			c.brand = schema.BrandRef("id:" + id)
		}
	}
	return c
}

// absent is a declared product that the shop does not have.
func (pl *planner) absent(want *schema.SPU, rec *state.Record) verdict {
	c := &Change{Title: want.Title, Steps: []Op{OpAdd}, Cause: CauseFile}
	c.Fields = fieldDiffs(&schema.SPU{OutProductID: want.OutProductID, InfoVersion: want.InfoVersion}, want)
	if rec != nil && rec.RemoteID != "" {
		c.Cause = CauseDrift
		c.Notes = append(c.Notes, lang.T(
			"it was in the shop and is gone: somebody deleted it there",
			"它曾在店铺里，现在没有了：有人在后台删除了它"))
	}
	if block := pl.addRefusal(want, rec); block != nil {
		c.Steps, c.Fields = nil, nil
		c.Cause, c.Block = CauseRejection, block
		return verdict{change: c, known: true}
	}
	if !want.Listing {
		c.Steps = append(c.Steps, OpDelist)
	}
	return verdict{change: c, known: true}
}

// addRefusal is why a product that the shop does not have may not be added.
func (pl *planner) addRefusal(want *schema.SPU, rec *state.Record) *Block {
	switch {
	case rec == nil || pl.pol.Resubmit[rec.Address]:
	case rec.Burnt:
		return &Block{Kind: BlockBurnt}
	case rec.Rejected != nil && rec.Rejected.Stamp == want.Stamp():
		return rejectedBlock(rec.Rejected)
	}
	return nil
}

// removed is a product that left the files. Products that were never ours are
// nobody's business here.
func (pl *planner) removed(rec *state.Record, have *provider.Product) verdict {
	if rec == nil {
		return verdict{}
	}
	if have == nil || rec.OnRemove == schema.OnRemoveForget {
		return forgotten(rec, false)
	}
	c := &Change{Title: titleOf(have), Cause: CauseFile}
	// A review that passes would put the product on the shelf again.
	if have.Review == provider.ReviewRunning {
		c.Steps = append(c.Steps, OpWithdraw)
	}
	unsettled := have.Review == provider.ReviewRunning || have.Review == provider.ReviewNotAudited
	switch {
	case rec.OnRemove == schema.OnRemoveDelete:
		c.Steps = append(c.Steps, OpDelete)
	case have.Shelf == provider.ShelfListed, have.Shelf == provider.ShelfInitial && unsettled:
		c.Steps = append(c.Steps, OpDelist)
		c.Fields = []FieldDiff{{Path: listingPath, Kind: FieldShelf, Old: shelfState(have.Shelf), New: "off", Cost: schema.CostFree, Cause: CauseFile}}
	}
	c.Steps = append(c.Steps, OpForget)
	return verdict{change: c}
}

func titleOf(p *provider.Product) string {
	if p.Online != nil {
		return p.Online.SPU.Title
	}
	if p.Draft != nil {
		return p.Draft.SPU.Title
	}
	return p.OutProductID
}

// content decides how the declared content gets to buyers.
func (pl *planner) content(f *facts, c *Change) {
	review, free := pl.split(f, f.draft)
	switch {
	case len(review) > 0 && f.onlineAsWanted(pl):
		pl.dropDraft(f, c)
	case len(review) > 0:
		pl.submit(f, c, free)
	default:
		pl.submitted(f, c, free)
	}
}

// split parts differences into those that need a review and those that
// update_without_audit can make: free fields of SKUs that are online.
func (pl *planner) split(f *facts, diffs []FieldDiff) (review, free []FieldDiff) {
	for _, d := range diffs {
		switch {
		case d.Cost != schema.CostFree, pl.reviewed[f.addr]:
			review = append(review, d)
		case f.skuOnline(d.Path):
			free = append(free, d)
		case strings.HasSuffix(d.Path, ".stock_num"):
			// not worth a review: it follows for nothing once the SKU is online
		default:
			review = append(review, d)
		}
	}
	return review, free
}

func (f *facts) skuOnline(path string) bool {
	id, _, ok := cutSKUPath(path)
	return ok && f.have.Online != nil && slices.ContainsFunc(f.have.Online.SPU.SKUs, func(s schema.SKU) bool { return s.OutSKUID == id })
}

// cutSKUPath splits "sku.ID.FIELD"; an out_sku_id may hold dots.
func cutSKUPath(path string) (id, field string, ok bool) {
	rest, ok := strings.CutPrefix(path, "sku.")
	i := strings.LastIndexByte(rest, '.')
	if !ok || i < 0 {
		return "", "", false
	}
	return rest[:i], rest[i+1:], true
}

// onlineAsWanted reports whether buyers see the declared content already, but
// for what can be changed without review.
func (f *facts) onlineAsWanted(pl *planner) bool {
	if f.have.Online == nil {
		return false
	}
	review, _ := pl.split(f, f.online)
	return len(review) == 0
}

// dropDraft handles a draft that nobody wants, while buyers see what is declared.
func (pl *planner) dropDraft(f *facts, c *Change) {
	_, free := pl.split(f, f.online)
	pl.edit(f, c, free)
	if f.have.Review != provider.ReviewRunning {
		return
	}
	if f.want.InReview == schema.InReviewWait {
		c.Waits = append(c.Waits, f.reviewWait(WaitReview))
		c.Cause = CauseReview
		return
	}
	c.Steps = slices.Insert(c.Steps, 0, OpWithdraw)
	c.Notes = append(c.Notes, lang.T(
		"buyers see what is declared; the submission under review holds something else and is taken back",
		"买家看到的已是声明的内容；正在审核的是另一份内容，将撤回"))
	if c.Cause == "" {
		c.Cause = causeOf(f.draft)
	}
}

// submit handles content that has to go to review: neither the draft nor the
// online copy holds it.
func (pl *planner) submit(f *facts, c *Change, free []FieldDiff) {
	if block := pl.refusal(f); block != nil {
		c.Block = block
		c.Cause = CauseRejection
		pl.edit(f, c, free)
		return
	}
	c.Fields = f.shown(pl)
	if f.have.Review == provider.ReviewRunning {
		if f.want.InReview == schema.InReviewWait {
			c.Waits = append(c.Waits, f.reviewWait(WaitReview))
			c.Notes = append(c.Notes, lang.T(
				"older content is under review; the change follows after the verdict (in_review = \"wait\")",
				"旧内容正在审核；出结果后再提交改动（in_review = \"wait\"）"))
			return
		}
		c.Steps = append(c.Steps, OpWithdraw)
		c.Notes = append(c.Notes, lang.T(
			"older content is under review and is taken back first; the withdrawn submission still counts against the quota",
			"旧内容正在审核，将先撤回；撤回的提交仍计入提审额度"))
	}
	c.Steps = append(c.Steps, OpUpdate)
	if pl.price(c.Fields) && f.have.Online != nil {
		c.Notes = append(c.Notes, lang.T(
			"the new prices become visible together with the new content, when the review passes",
			"新价格与新内容一起生效，须等审核通过"))
	}
}

func (pl *planner) price(fields []FieldDiff) bool {
	return slices.ContainsFunc(fields, func(d FieldDiff) bool { return d.Kind == FieldMoney })
}

// shown are the differences a reader cares about: against what buyers see,
// where they see anything. Pictures are an exception: those of an older
// submission come back under foreign URLs and cannot be told apart, so they are
// judged by the draft.
func (f *facts) shown(pl *planner) []FieldDiff {
	if review, _ := pl.split(f, f.online); len(review) == 0 {
		return f.draft
	}
	inDraft := make(map[string]Cause, len(f.draft))
	for _, d := range f.draft {
		inDraft[d.Path] = d.Cause
	}
	shown := slices.DeleteFunc(slices.Clone(f.online), func(d FieldDiff) bool {
		return d.Kind == FieldPictures && inDraft[d.Path] == ""
	})
	if f.have.Draft == nil || !f.rec.Remembers() {
		return shown
	}
	for i := range shown { // who changed it is told by the draft: the online copy is older than what we sent
		shown[i].Cause = cmp.Or(inDraft[shown[i].Path], CauseFile)
	}
	return shown
}

// refusal is why this content may not be submitted: it was turned down before,
// or it is what the platform took off the shelf. A changed price or code of a
// product that was never online is a change of content too, because only a new
// review can bring it to buyers; a changed stock is not.
func (pl *planner) refusal(f *facts) *Block {
	if f.resubmit || f.rec == nil {
		return nil
	}
	edited := slices.ContainsFunc(f.draft, func(d FieldDiff) bool {
		return d.Cost == schema.CostFree && !strings.HasSuffix(d.Path, ".stock_num") && d.Cause != CauseDrift && !f.skuOnline(d.Path)
	})
	switch {
	case f.have.Shelf == provider.ShelfBanned && f.rec.BannedStamp == f.stamp:
		return &Block{Kind: BlockBanned, Reason: f.have.Reason}
	case f.rec.Rejected != nil && f.rec.Rejected.Stamp == f.stamp && !edited:
		return rejectedBlock(f.rec.Rejected)
	}
	return nil
}

func rejectedBlock(r *state.Rejection) *Block {
	return &Block{Kind: BlockRejected, Reason: r.Reason, At: timePtr(r.At)}
}

// submitted handles a draft that holds the declared content: it is on its way,
// or it has arrived, or it was turned down.
func (pl *planner) submitted(f *facts, c *Change, free []FieldDiff) {
	switch f.have.Review {
	case provider.ReviewRunning:
		c.Waits = append(c.Waits, f.reviewWait(WaitReview))
		c.Cause = CauseReview
	case provider.ReviewNotAudited:
		pl.unpushed(f, c)
	case provider.ReviewRejected:
		pl.turnedDown(f, c)
	default:
		pl.passed(f, c)
	}
	if f.onlineAsWanted(pl) { // nothing but free fields keeps buyers from seeing what is declared
		_, free = pl.split(f, f.online)
	}
	if !c.runs(OpUpdate) { // an update carries the free fields along
		pl.edit(f, c, free)
	}
}

// unpushed handles a saved draft that is not under review: on its way there
// (reference section 8.0), withdrawn, or stuck.
func (pl *planner) unpushed(f *facts, c *Change) {
	if f.onlineAsWanted(pl) {
		return
	}
	withdrawn := f.rec != nil && f.rec.Withdrawn
	repushed := f.rec != nil && f.rec.Repushed
	since := f.sentAt()
	if !withdrawn && (repushed || since.IsZero() || pl.pol.Now.Sub(since) < pl.pol.PushGrace) {
		c.Waits = append(c.Waits, f.reviewWait(WaitPush))
		c.Cause = CauseReview
		return
	}
	c.Steps = append(c.Steps, OpUpdate)
	c.Cause = CauseReview
	if !withdrawn {
		c.Notes = append(c.Notes, lang.T(
			"it was saved and never reached the reviewers; it is submitted once more",
			"内容已保存但一直没有进入审核，将再提交一次"))
		return
	}
	c.Notes = append(c.Notes, lang.T(
		"it was saved and is not under review; it is submitted",
		"内容已保存但不在审核中，将提交审核"))
}

func (pl *planner) turnedDown(f *facts, c *Change) {
	if f.onlineAsWanted(pl) {
		return
	}
	if f.resubmit {
		c.Steps = append(c.Steps, OpUpdate)
		c.Cause = CauseRejection
		c.Notes = append(c.Notes, lang.T("sent again unchanged, as asked (--resubmit)", "按要求原样重新提交（--resubmit）"))
		return
	}
	c.Block = &Block{Kind: BlockRejected, Reason: f.have.Reason, At: timePtr(f.have.AuditedAt)}
	c.Cause = CauseRejection
}

// passed handles a draft without a pending review whose content buyers may not
// see yet: the platform is still copying it, or it never went to review.
func (pl *planner) passed(f *facts, c *Change) {
	switch {
	case f.onlineAsWanted(pl):
	case f.have.Review == provider.ReviewNone:
		pl.unpushed(f, c)
	case f.have.Online != nil:
		c.Waits = append(c.Waits, Wait{Kind: WaitPlatform})
		c.Cause = CauseReview
	}
}

// edit adds an audit-free change of prices, stock and codes.
func (pl *planner) edit(f *facts, c *Change, free []FieldDiff) {
	if len(free) == 0 {
		return
	}
	c.Steps = append(c.Steps, OpUpdateFree)
	c.Fields = append(c.Fields, free...)
	c.Cause = "" // whose edit it was is told by the fields; a rejection stands in the block
	c.edits = freeEdits(f.want, free)
}

// freeEdits turns differences into what is sent: only the members that differ.
func freeEdits(want *schema.SPU, free []FieldDiff) []provider.FreeEdit {
	var edits []provider.FreeEdit
	for i := range want.SKUs {
		sku := &want.SKUs[i]
		edit := provider.FreeEdit{OutSKUID: sku.OutSKUID}
		changed := false
		for _, d := range free {
			id, field, _ := cutSKUPath(d.Path)
			if id != sku.OutSKUID {
				continue
			}
			changed = true
			switch field {
			case "sale_price":
				edit.SalePrice = &sku.SalePrice
			case "market_price":
				edit.MarketPrice = &sku.MarketPrice
			case "stock_num":
				edit.StockNum = &sku.StockNum
			case "barcode":
				edit.Barcode = &sku.Barcode
			case "sku_code":
				edit.SKUCode = &sku.SKUCode
			}
		}
		if changed {
			edits = append(edits, edit)
		}
	}
	return edits
}

// copyGrace is how long an approved product may take to show up on the shelf by
// itself before it is listed by hand: too many listing calls may get an account
// blacklisted (reference section 8.8).
const copyGrace = time.Minute

// shelf decides about the place on the shelf. Nothing is put there that is not
// as declared.
func (pl *planner) shelf(f *facts, c *Change) {
	if f.want.Listing {
		pl.ontoShelf(f, c)
		return
	}
	comesOn := f.have.Shelf == provider.ShelfInitial && c.underway() // approval lists it
	if f.have.Shelf == provider.ShelfListed || comesOn {
		pl.move(f, c, OpDelist)
	}
}

func (pl *planner) ontoShelf(f *facts, c *Change) {
	switch f.have.Shelf {
	case provider.ShelfListed:
	case provider.ShelfInitial:
		pl.firstListing(f, c)
	case provider.ShelfDelisted:
		if f.onlineAsWanted(pl) && !c.runs(OpUpdate) {
			pl.move(f, c, OpList)
			return
		}
		pl.comesBack(f, c)
	case provider.ShelfBanned:
		pl.comesBack(f, c)
		if c.Block == nil && !c.underway() {
			c.Block = &Block{Kind: BlockBanned, Reason: f.have.Reason}
			c.Cause = CauseRejection
		}
	default:
		c.Block = &Block{Kind: BlockShelf, Reason: strconv.Itoa(int(f.have.Shelf))}
	}
}

// firstListing handles a product that was approved and is not on the shelf:
// the platform lists it by itself, as a rule.
func (pl *planner) firstListing(f *facts, c *Change) {
	if f.have.Review != provider.ReviewApproved || c.underway() {
		pl.comesBack(f, c)
		return
	}
	passed := f.have.AuditedAt
	if passed.IsZero() { // not shown (reference section 8.5)
		passed = f.have.UpdatedAt
	}
	if pl.pol.Now.Sub(passed) < copyGrace {
		c.Fields = append(c.Fields, pl.placed(f))
		c.Waits = append(c.Waits, Wait{Kind: WaitPlatform})
		c.Cause = CauseReview
		return
	}
	pl.move(f, c, OpList)
}

// comesBack tells that the product is off the shelf now, and is to be on it when
// the content that is under way has passed.
func (pl *planner) comesBack(f *facts, c *Change) {
	if c.underway() {
		c.Fields = append(c.Fields, pl.placed(f))
	}
}

// underway reports whether content is on its way to a verdict.
func (c *Change) underway() bool {
	return c.runs(OpUpdate) || slices.ContainsFunc(c.Waits, func(w Wait) bool { return w.Kind == WaitReview || w.Kind == WaitPush })
}

func (pl *planner) move(f *facts, c *Change, op Op) {
	c.Fields = append(c.Fields, pl.placed(f))
	c.Steps = append(c.Steps, op)
}

// placed is the difference between where the product is and where it belongs.
func (pl *planner) placed(f *facts) FieldDiff {
	d := FieldDiff{Path: listingPath, Kind: FieldShelf, Old: shelfState(f.have.Shelf), New: shelfWord(f.want.Listing), Cost: schema.CostFree, Cause: CauseUnknown}
	if sent := listingSent(f.rec); sent != "" {
		d.Cause = CauseFile
		if sent == d.New {
			d.Cause = CauseDrift
		}
	}
	return d
}

// shelfState is a shelf as FieldShelf words it.
func shelfState(s provider.Shelf) string {
	switch s {
	case provider.ShelfListed:
		return "on"
	case provider.ShelfBanned:
		return "banned"
	}
	return "off"
}

func (f *facts) submittedAt() time.Time {
	if !f.have.SubmittedAt.IsZero() {
		return f.have.SubmittedAt
	}
	if f.rec != nil && f.rec.SubmittedAt != nil {
		return *f.rec.SubmittedAt
	}
	return f.have.UpdatedAt
}

// sentAt is when the draft was submitted by our own clock, where we did it: the
// clocks of the two sides need not agree.
func (f *facts) sentAt() time.Time {
	if f.rec != nil && f.rec.SubmittedAt != nil && f.rec.Stamp == f.stamp {
		return *f.rec.SubmittedAt
	}
	return f.submittedAt()
}

func (f *facts) reviewWait(kind WaitKind) Wait {
	return Wait{Kind: kind, Since: timePtr(f.submittedAt())}
}
