package reconcile

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// remember is the record brought up to what the shop shows. It is the record
// itself, unchanged, when the shop shows nothing new.
func (pl *planner) remember(f *facts) *state.Record {
	rec := &state.Record{Address: f.addr}
	if f.rec != nil {
		shallow := *f.rec // what it points to is replaced below, never changed
		rec = &shallow
	}
	if f.have.ProductID != "" {
		rec.RemoteID = f.have.ProductID
	}
	if ids := skuIDs(f.have); len(ids) > 0 {
		rec.SKUIDs = ids
	}
	rec.Burnt = false
	if rec.Withdrawn && f.submittedSince(pl.open(f.addr), rec) {
		rec.Withdrawn, rec.SubmittedAt = false, pl.firstSeen(f)
	}
	rec.OnRemove = f.want.OnRemove
	if rec.OnRemove == schema.OnRemoveDelist {
		rec.OnRemove = "" // the default takes no room
	}
	pl.rememberContent(f, rec)
	pl.rememberVerdict(f, rec)
	return rec
}

// submittedSince reports whether the draft was submitted after we withdrew the
// content of rec, although we never heard the answer: the submission of this
// content was announced and not settled, or the draft holds other content than
// was withdrawn.
func (f *facts) submittedSince(intent *state.Intent, rec *state.Record) bool {
	if intent != nil && intent.Call == string(OpUpdate) && intent.Stamp == f.stamp {
		return true
	}
	if f.have.Draft == nil {
		return false
	}
	if version := f.have.Draft.SPU.InfoVersion; version != "" && version != sentVersion(rec) {
		return true
	}
	return f.draftAsWanted() && rec.Stamp != f.stamp
}

// draftAsWanted reports whether the draft holds the declared content, but for
// what needs no review.
func (f *facts) draftAsWanted() bool {
	return !slices.ContainsFunc(f.draft, func(d FieldDiff) bool { return d.Cost != schema.CostFree })
}

// rememberContent takes note of a draft that holds what is declared, whoever
// submitted it: from then on it is what was last sent.
func (pl *planner) rememberContent(f *facts, rec *state.Record) {
	if !f.draftAsWanted() {
		return
	}
	if rec.Stamp != f.stamp {
		rec.SubmittedAt, rec.Reason = pl.firstSeen(f), ""
		if f.versionShown() == "" { // it carries our stamp: a run that was cut off submitted it
			rec.Reason = f.want.Reason
		}
	}
	known := rec.Stamp == f.stamp && f.memoHolds(rec)
	rec.Stamp, rec.Version = f.stamp, f.versionShown()
	if known || len(f.draft) > 0 {
		return // where prices differ, the old memo must still tell who changed them
	}
	listing := listingSent(rec)
	*rec = *rec.Unpacked()
	rec.Memo = memoOf(f.want)
	if at := shelfState(f.have.Shelf); at != rec.Memo[listingPath] {
		rec.Memo[listingPath] = listing
		if listing == "" {
			delete(rec.Memo, listingPath)
		}
	}
}

// versionShown is the info_version by which the content is known again, where
// that is not its stamp: the author's, or that of whoever submitted it.
func (f *facts) versionShown() string {
	copyShown := f.have.Draft
	if copyShown == nil {
		copyShown = f.have.Online
	}
	switch {
	case f.want.InfoVersion != "":
		return f.want.InfoVersion
	case copyShown == nil || copyShown.SPU.InfoVersion == f.stamp:
		return ""
	}
	return copyShown.SPU.InfoVersion
}

// firstSeen is the time of a submission whose answer we never had. While it is on
// its way to the reviewers, our patience with it begins when we first see it,
// by our own clock.
func (pl *planner) firstSeen(f *facts) *time.Time {
	if f.have.Review == provider.ReviewNotAudited || f.have.SubmittedAt.IsZero() {
		return timePtr(pl.obs.At)
	}
	return timePtr(f.have.SubmittedAt)
}

// memoHolds reports whether the memo of a record of the same reviewed content also
// holds the declared prices and codes, so that it need not be made anew.
func (f *facts) memoHolds(rec *state.Record) bool {
	missing, differs, listing := 0, false, ""
	for i := range f.want.SKUs {
		for _, field := range freeFields {
			if memoValue(field.of(&f.want.SKUs[i])) != "" {
				missing++
			}
		}
	}
	var sku *schema.SKU // whose fields are visited
	rec.EachSent(func(id, path, sent string) {
		switch {
		case id == "" && path == listingPath:
			listing = sent
		case sku == nil || sku.OutSKUID != id:
			sku = f.wantedSKU(id)
		}
		for _, field := range freeFields {
			if sku != nil && id != "" && path == field.path && sent != "" {
				missing--
				differs = differs || sent != memoValue(field.of(sku))
			}
		}
	})
	return missing == 0 && !differs && listing == shelfWord(f.want.Listing)
}

func (f *facts) wantedSKU(id string) *schema.SKU {
	for i := range f.want.SKUs {
		if f.want.SKUs[i].OutSKUID == id {
			return &f.want.SKUs[i]
		}
	}
	return nil
}

// listingSent is the place on the shelf that was last asked for, "" for none.
func listingSent(rec *state.Record) (word string) {
	rec.EachSent(func(sku, path, sent string) {
		if sku == "" && path == listingPath {
			word = sent
		}
	})
	return word
}

// freeFields are those fields of a SKU that always change without a review.
var freeFields = []struct {
	path string
	of   func(*schema.SKU) string
}{
	{"sale_price", func(s *schema.SKU) string { return strconv.FormatInt(int64(s.SalePrice), 10) }},
	{"market_price", func(s *schema.SKU) string { return strconv.FormatInt(int64(s.MarketPrice), 10) }},
	{"barcode", func(s *schema.SKU) string { return s.Barcode }},
	{"sku_code", func(s *schema.SKU) string { return s.SKUCode }},
}

// rememberVerdict takes note of what reviewers and the platform said.
func (pl *planner) rememberVerdict(f *facts, rec *state.Record) {
	switch f.have.Review {
	case provider.ReviewRejected:
		r := state.Rejection{Stamp: f.draftStamp(rec), Reason: f.have.Reason, At: f.have.AuditedAt}
		if r.At.IsZero() {
			r.At = pl.obs.At
		}
		if rec.Rejected == nil || rec.Rejected.Stamp != r.Stamp || rec.Rejected.Reason != r.Reason {
			rec.Rejected = &r
		}
		rec.Withdrawn = false
	case provider.ReviewApproved:
		rec.Rejected, rec.Withdrawn = nil, false
	case provider.ReviewRunning:
		rec.Withdrawn = false
	}
	switch {
	case f.have.Shelf != provider.ShelfBanned:
		rec.BannedStamp = ""
	case rec.BannedStamp == "":
		rec.BannedStamp = f.bannedStamp()
	}
	pl.judgeProduct(f, f.rec, rec)
}

// draftStamp names the content of the draft: by itself when it carries a stamp,
// else by what we last sent.
func (f *facts) draftStamp(rec *state.Record) string {
	if f.have.Draft != nil && schema.IsStamp(f.have.Draft.SPU.InfoVersion) {
		return f.have.Draft.SPU.InfoVersion
	}
	return rec.Stamp
}

// bannedStamp names the content that was taken down: what buyers saw.
func (f *facts) bannedStamp() string {
	if f.have.Online != nil && schema.IsStamp(f.have.Online.SPU.InfoVersion) {
		return f.have.Online.SPU.InfoVersion
	}
	if f.rec != nil && f.rec.Stamp != "" {
		return f.rec.Stamp
	}
	return "foreign" // content of nobody we know: whatever is declared is other content
}

func skuIDs(p *provider.Product) schema.SKUIDs {
	switch {
	case p.Online == nil && p.Draft == nil:
		return nil
	case p.Online == nil || p.Online == p.Draft:
		return p.Draft.SKUIDs
	case p.Draft == nil || len(p.Draft.SKUIDs) == 0:
		return p.Online.SKUIDs
	}
	return p.Draft.SKUIDs.With(p.Online.SKUIDs)
}

// picturesSeen are pictures whose URL the state does not know, although the
// shop shows them: a copy that came from the declared content names them in
// order. So a lost state costs no upload.
func (pl *planner) picturesSeen(f *facts) map[schema.ImageKey]string {
	if pl.knowsPictures(f.want) {
		return nil
	}
	seen := map[schema.ImageKey]string{}
	cmp := pl.comparison(f.want, f.stamp, f.rec)
	for _, c := range []*provider.Copy{f.have.Draft, f.have.Online} {
		if c == nil || !cmp.from(pl.open(f.addr), f.have, c).sight(&c.SPU).holdsWanted {
			continue
		}
		pl.seePictures(seen, f.want.HeadImg, c.SPU.HeadImg)
		pl.seePictures(seen, f.want.QualificationPics, c.SPU.QualificationPics)
		pl.seePictures(seen, f.want.DescInfo.Imgs, c.SPU.DescInfo.Imgs)
		shown := make(map[string]schema.Image, len(c.SPU.SKUs))
		for _, sku := range c.SPU.SKUs {
			shown[sku.OutSKUID] = sku.ThumbImg
		}
		for _, sku := range f.want.SKUs {
			pl.seePictures(seen, []schema.Image{sku.ThumbImg}, []schema.Image{shown[sku.OutSKUID]})
		}
	}
	return seen
}

// knowsPictures reports whether the state knows every picture of a product.
func (pl *planner) knowsPictures(want *schema.SPU) bool {
	unknown := func(image schema.Image) bool {
		_, known := pl.image(image.Key)
		return !known && image.Key != ""
	}
	return !slices.ContainsFunc(want.HeadImg, unknown) && !slices.ContainsFunc(want.QualificationPics, unknown) &&
		!slices.ContainsFunc(want.DescInfo.Imgs, unknown) &&
		!slices.ContainsFunc(want.SKUs, func(sku schema.SKU) bool { return unknown(sku.ThumbImg) })
}

func (pl *planner) seePictures(seen map[schema.ImageKey]string, want, got []schema.Image) {
	if len(want) != len(got) {
		return
	}
	for i := range want {
		if _, known := pl.image(want[i].Key); !known && want[i].Key != "" && got[i].URL != "" {
			seen[want[i].Key] = got[i].URL
		}
	}
}

// productFromMemory plans without having read the shop: what was last sent is
// taken for what the shop has, and every verdict for the last one known.
func (pl *planner) productFromMemory(addr schema.Address, want *schema.SPU, rec *state.Record) verdict {
	switch {
	case want == nil && rec == nil:
		return verdict{}
	case want == nil:
		return pl.removed(rec, &provider.Product{OutProductID: addr.Name, Shelf: shelfSent(rec)})
	case rec == nil || rec.Stamp == "":
		return pl.absent(want, nil)
	}
	c := &Change{Title: want.Title}
	stamp, memo := want.Stamp(), memoOf(want)
	diffs := recalled(memoDiffs(rec.Memo, memo, costOfPath(want)), want)
	free := func(d FieldDiff) bool { return d.Cost == schema.CostFree }
	shelf := func(d FieldDiff) bool { return d.Path == listingPath }
	switch {
	case stamp != rec.Stamp:
		c.Steps = append(c.Steps, OpUpdate)
		c.Fields = slices.DeleteFunc(slices.Clone(diffs), shelf)
	case rec.Rejected != nil && rec.Rejected.Stamp == stamp && !pl.pol.Resubmit[addr]:
		c.Block, c.Cause = rejectedBlock(rec.Rejected), CauseRejection
	case slices.ContainsFunc(diffs, free):
		c.Steps = append(c.Steps, OpUpdateFree)
		c.Fields = slices.DeleteFunc(slices.Clone(diffs), func(d FieldDiff) bool { return !free(d) })
		c.edits = freeEdits(want, c.Fields)
	}
	if i := slices.IndexFunc(diffs, shelf); i >= 0 {
		c.Fields = append(c.Fields, diffs[i])
		c.Steps = append(c.Steps, map[bool]Op{true: OpList, false: OpDelist}[want.Listing])
	}
	if len(c.Steps) == 0 && c.Block == nil {
		return verdict{known: true}
	}
	return verdict{change: c, known: true}
}

// digested stands for a value that was remembered by its digest alone.
const digested = "…"

// recalled says differences of memos as those of products are said: in the kinds
// of their fields, what is declared in full, and a SKU that comes or goes in one line.
func recalled(diffs []FieldDiff, want *schema.SPU) []FieldDiff {
	declared := map[string]FieldDiff{listingPath: {Kind: FieldShelf, New: shelfWord(want.Listing)}}
	for _, d := range declaredFields(want) {
		declared[d.Path] = d
	}
	whole := map[string]bool{}
	for _, d := range diffs {
		if id, ok := comesOrGoes(d); ok {
			whole[id] = true
		}
	}
	var said []FieldDiff
	for _, d := range diffs {
		sku, isSKU := comesOrGoes(d)
		id, field, _ := cutSKUPath(d.Path)
		full, known := declared[d.Path]
		switch {
		case isSKU:
			d = recalledSKU(d, sku, want)
		case whole[id]:
			continue // said by the line of the SKU
		case known:
			d.Kind, d.New = full.Kind, full.New
		case strings.HasSuffix(field, "_price"):
			d.Kind = FieldMoney
		}
		if strings.HasPrefix(d.Old, state.Sent) {
			d.Old = digested
		}
		said = append(said, d)
	}
	return said
}

// comesOrGoes tells the difference that is a whole SKU.
func comesOrGoes(d FieldDiff) (outSKUID string, ok bool) {
	id, ok := strings.CutPrefix(d.Path, "sku.")
	return id, ok && (d.Old == state.Sent || d.New == state.Sent)
}

func recalledSKU(d FieldDiff, id string, want *schema.SPU) FieldDiff {
	d.Kind = FieldSKU
	i := slices.IndexFunc(want.SKUs, func(s schema.SKU) bool { return s.OutSKUID == id })
	if i >= 0 {
		d.New = skuLabel(&want.SKUs[i])
	}
	return d
}

func shelfSent(rec *state.Record) provider.Shelf {
	if rec.Memo[listingPath] == "on" {
		return provider.ShelfListed
	}
	return provider.ShelfDelisted
}

// costOfPath is the cost of a field that is known by its path alone.
func costOfPath(want *schema.SPU) func(string) schema.Cost {
	return func(path string) schema.Cost {
		_, field, ok := cutSKUPath(path)
		switch {
		case path == listingPath:
			return schema.CostLocal
		case !ok:
			return schema.CostReview
		case field == "stock_num" && !want.StockManaged:
			return schema.CostInitial
		case strings.HasSuffix(field, "_price"), field == "barcode", field == "sku_code", field == "stock_num":
			return schema.CostFree
		}
		return schema.CostReview
	}
}

func sortedKeys(a, b map[string]string) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}
