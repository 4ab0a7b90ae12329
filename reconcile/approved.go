package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// Comparison says how a plan stands to one that somebody has read before. Every
// address of either plan is in one of its lists; each is sorted as the plans are.
type Comparison struct {
	// Held are changes that are still exactly what was read.
	Held []schema.Address `json:"held"`
	// Less are changes of which a part has happened since: what is left was read.
	Less []schema.Address `json:"less"`
	// Done are changes that are not needed any more.
	Done []schema.Address `json:"done"`
	// Strayed are changes that are not what was read.
	Strayed []Stray `json:"strayed"`
	// New are changes that nobody has read.
	New []schema.Address `json:"new"`
}

// Approved reports whether the new plan does nothing that was not in the old one.
func (c *Comparison) Approved() bool { return len(c.Strayed) == 0 && len(c.New) == 0 }

// Stray is one change that is not what was read, and in what it differs.
type Stray struct {
	Address schema.Address `json:"address"`
	Kind    StrayKind      `json:"kind"`
	// Fields are differences that were not read, or not like this; for StrayFields
	// and StrayShop.
	Fields []FieldDiff `json:"fields,omitempty"`
	// Steps are operations that were not read; for StraySteps.
	Steps []Op `json:"steps,omitempty"`
}

// StrayKind is in what a change differs from the one that was read.
type StrayKind string

// The kinds, the most telling first.
const (
	StrayContent StrayKind = "content" // the files declare something else by now
	StrayShop    StrayKind = "shop"    // the shop was edited since: other values would be overwritten
	StrayFields  StrayKind = "fields"  // more fields differ
	StraySteps   StrayKind = "steps"   // other calls are needed
)

// Compare holds a plan against one that was read before. What counts is what the
// changes mean, not when or from which state the plans were made: a stock that
// has moved meanwhile is no difference, because plans do not decide about it.
func Compare(read, now *Plan) Comparison {
	c := Comparison{Held: []schema.Address{}, Less: []schema.Address{}, Done: []schema.Address{}, Strayed: []Stray{}, New: []schema.Address{}}
	before := byAddress(read.Changes)
	after := byAddress(now.Changes)
	for i := range read.Changes {
		if after[read.Changes[i].Address] == nil {
			c.Done = append(c.Done, read.Changes[i].Address)
		}
	}
	for i := range now.Changes {
		c.place(before[now.Changes[i].Address], &now.Changes[i])
	}
	return c
}

func byAddress(changes []Change) map[schema.Address]*Change {
	m := make(map[schema.Address]*Change, len(changes))
	for i := range changes {
		m[changes[i].Address] = &changes[i]
	}
	return m
}

// Approver reports of changes whether somebody who has read the plan has read
// them: whether each is in it, or the rest of it, or follows from it, as listing
// follows from the approval of a product that was created.
func (p *Plan) Approver() func(*Change) bool {
	read := byAddress(p.Changes)
	return func(c *Change) bool {
		was := read[c.Address]
		if was == nil {
			return len(c.Steps) == 0
		}
		_, strayed := c.strayFrom(was)
		return !strayed
	}
}

// place puts one change of the new plan into its list.
func (c *Comparison) place(read, now *Change) {
	switch {
	case read == nil && len(now.Steps) == 0:
		c.Less = append(c.Less, now.Address) // it only waits, or is blocked: nothing is sent
	case read == nil:
		c.New = append(c.New, now.Address)
	default:
		stray, strayed := now.strayFrom(read)
		switch {
		case strayed:
			c.Strayed = append(c.Strayed, stray)
		case slices.Equal(read.Steps, now.Steps) && len(read.Fields) == len(now.Fields):
			c.Held = append(c.Held, now.Address)
		default:
			c.Less = append(c.Less, now.Address)
		}
	}
}

// strayFrom finds what a change would do that was not read. One that sends
// nothing does nothing.
func (c *Change) strayFrom(read *Change) (Stray, bool) {
	if len(c.Steps) == 0 {
		return Stray{}, false
	}
	if c.Want != read.Want {
		return Stray{Address: c.Address, Kind: StrayContent}, true
	}
	if fields, kind := c.unreadFields(read); len(fields) > 0 {
		return Stray{Address: c.Address, Kind: kind, Fields: fields}, true
	}
	if steps := unreadSteps(read.followed(), c.Steps); len(steps) > 0 {
		return Stray{Address: c.Address, Kind: StraySteps, Steps: steps}, true
	}
	return Stray{}, false
}

// unreadFields are the differences that were not read, or that overwrite
// another value of the shop than was read.
func (c *Change) unreadFields(read *Change) ([]FieldDiff, StrayKind) {
	old := make(map[string]*FieldDiff, len(read.Fields))
	for i := range read.Fields {
		old[read.Fields[i].Path] = &read.Fields[i]
	}
	var unread []FieldDiff
	kind := StrayFields
	for _, f := range c.Fields {
		was := old[f.Path]
		switch {
		case read.movesOnItsWay(f):
		case was == nil:
			unread = append(unread, f)
		case f.New != was.New, f.Old != was.Old && !moves(f.Path):
			unread, kind = append(unread, f), StrayShop
		}
	}
	return unread, kind
}

// movesOnItsWay reports whether a move on or off the shelf is the last part of what
// was read: of a creation, or of content under way, which the platform may list by
// itself when it has passed, whatever the files say.
func (c *Change) movesOnItsWay(f FieldDiff) bool {
	if f.Path != listingPath {
		return false
	}
	listed := c.underway() && f.Old == shelfState(provider.ShelfListed)
	return listed || c.runs(OpAdd) && f.Old != shelfState(provider.ShelfBanned) && f.New == shelfWord(!c.runs(OpDelist))
}

// followed are the steps that were read, with those that may follow from them: the
// audit that nobody knows to have been submitted; the submission that waits for the
// verdict on an older one, or takes the place of what the platform has not let pass
// otherwise (1000017, or an edit at once that it refused); and the move on the shelf
// that is due when the review has passed.
func (c *Change) followed() []Op {
	if c.unsure() {
		return append([]Op{submitOf[c.Address.Kind]}, c.Steps...)
	}
	steps := slices.Clone(c.Steps)
	if c.followsVerdict() || c.runs(OpAdd) || c.runs(OpUpdateFree) {
		steps = append(steps, OpUpdate)
	}
	listed := slices.ContainsFunc(c.Fields, func(f FieldDiff) bool { return f.Path == listingPath && f.New == shelfWord(true) })
	if c.runs(OpAdd) && !c.runs(OpDelist) || listed {
		steps = append(steps, OpList)
	}
	if c.underway() || c.runs(OpDelist) {
		steps = append(steps, OpDelist)
	}
	return steps
}

// submitOf are the operations that submit what has audits of its own.
var submitOf = map[schema.Kind]Op{schema.KindBrand: OpSubmitBrand, schema.KindQualification: OpSubmitCategory}

// followsVerdict reports whether the plan has said that the change goes to review
// once older content is through (in_review = "wait").
func (c *Change) followsVerdict() bool {
	return len(c.Steps) == 0 &&
		slices.ContainsFunc(c.Waits, func(w Wait) bool { return w.Kind == WaitReview }) &&
		slices.ContainsFunc(c.Fields, func(f FieldDiff) bool { return f.Cost == schema.CostReview })
}

// moves reports whether a field changes in the shop by itself, by being sold.
func moves(path string) bool { return strings.HasSuffix(path, ".stock_num") }

// unreadSteps are the steps that do not follow from those that were read: what
// remains of a sequence is its tail, in its order.
func unreadSteps(read, now []Op) []Op {
	for len(now) > 0 {
		i := slices.Index(read, now[0])
		if i < 0 {
			return now
		}
		read, now = read[i+1:], now[1:]
	}
	return nil
}

// wantOf names what is declared of an object, with what is not sent but decides
// all the same; "" for an object that is not declared.
func wantOf(cat *schema.Catalog, a schema.Address) string {
	merchant, brand, qualification, spu := cat.Merchant, cat.Brands[a.Name], cat.Qualifications[a.Name], cat.SPUs[a.Name]
	switch {
	case a.Kind == schema.KindMerchant && merchant != nil:
		return digestOf(merchant)
	case a.Kind == schema.KindBrand && brand != nil:
		return digestOf(brand, brand.Granted)
	case a.Kind == schema.KindQualification && qualification != nil:
		return digestOf(qualification, qualification.Granted)
	case a.Kind == schema.KindSPU && spu != nil:
		return digestOf(spu, spu.Listing, spu.StockManaged, spu.InReview)
	}
	return ""
}

func digestOf(object any, local ...any) string {
	sum := sha256.Sum256(append(schema.Canonical(object), schema.Canonical(local)...))
	return "sha256:" + hex.EncodeToString(sum[:])
}
