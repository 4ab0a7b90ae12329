package reconcile

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Forecast says what will be on the shelf by a deadline, such as the start of a
// live stream: from the budget, from how long reviews took so far, and from the
// order of the work. It supposes that apply runs on, or runs again whenever the
// budget opens, and that every submission not known to be rejected passes.
type Forecast struct {
	At       time.Time `json:"at"`
	Deadline time.Time `json:"deadline"`
	// There, Will, May and WillNot count the products by their chance.
	There   int `json:"there"`
	Will    int `json:"will"`
	May     int `json:"may"`
	WillNot int `json:"will_not"`
	// Products are those wanted on the shelf that are not there as declared, sorted
	// by address.
	Products []Prospect `json:"products"`
	// Advice is what would bring more of them there, the most helpful first.
	Advice []Advice `json:"advice"`
}

// Chance is whether a product will be on the shelf as declared by the deadline.
type Chance string

// The chances, best first. Will means that nine in ten reviews like it were over
// by then, WillNot that not one in ten was.
const (
	ChanceThere   Chance = "there"
	ChanceWill    Chance = "will"
	ChanceMay     Chance = "may"
	ChanceWillNot Chance = "will_not"
)

// Prospect is what is to be expected of one product.
type Prospect struct {
	Address schema.Address `json:"address"`
	Title   string         `json:"title,omitempty"`
	Chance  Chance         `json:"chance"`
	// Why is what decides about it.
	Why ProspectWhy `json:"why"`
	// ShowsOld is true when buyers see older content of it meanwhile.
	ShowsOld bool `json:"shows_old,omitempty"`
	// SubmitAt is when it was or will be submitted; nil where nothing is.
	SubmitAt *time.Time `json:"submit_at,omitempty"`
	// Early, Likely and Late are when it will be there: one in ten reviews like it
	// is over by Early, one in two by Likely, nine in ten by Late; nil where nobody
	// can say.
	Early  *time.Time `json:"early,omitempty"`
	Likely *time.Time `json:"likely,omitempty"`
	Late   *time.Time `json:"late,omitempty"`
	// Basis is what these times are taken from; nil where no review stands in the way.
	Basis *Basis `json:"basis,omitempty"`
	// Block is why only a human can help.
	Block *Block `json:"block,omitempty"`
}

// ProspectWhy is what decides about a product.
type ProspectWhy string

// The reasons.
const (
	WhyAtOnce  ProspectWhy = "at-once" // apply brings it there without a review
	WhyReview  ProspectWhy = "review"  // its review runs
	WhySubmit  ProspectWhy = "submit"  // it is submitted now
	WhyBudget  ProspectWhy = "budget"  // it waits for the submission budget first
	WhyGrant   ProspectWhy = "grant"   // it waits for a brand or a category first
	WhyBlocked ProspectWhy = "blocked" // only a human can help: see Block
)

// Basis is what the time of a review is taken from.
type Basis struct {
	Source BasisSource `json:"source"`
	// Samples is how many reviews of the shop's own history it is taken from.
	Samples int `json:"samples,omitempty"`
	// Category is the leaf id that the samples share, and Hour the hour of the day in
	// Beijing around which they were submitted.
	Category string `json:"category,omitempty"`
	Hour     *int   `json:"hour,omitempty"`
}

// BasisSource is where the time of a review is taken from.
type BasisSource string

// The sources.
const (
	BasisHistory   BasisSource = "history"   // reviews that the state remembers
	BasisReference BasisSource = "reference" // what is known of the platform (reference section 11)
)

// Advice is one thing to do so that more products make it.
type Advice struct {
	Kind AdviceKind `json:"kind"`
	// Objects are what it is about.
	Objects []schema.Address `json:"objects,omitempty"`
	// Gain is how many more products make it.
	Gain int `json:"gain,omitempty"`
	// By is when it must be done.
	By *time.Time `json:"by,omitempty"`
}

// AdviceKind is what is to be done.
type AdviceKind string

// The advice.
const (
	// AdviceFirst: submit Objects before the others (priority).
	AdviceFirst AdviceKind = "first"
	// AdviceLeaveOut: submit Objects after the deadline; they use up places of the
	// budget and gain nothing by it.
	AdviceLeaveOut AdviceKind = "leave-out"
	// AdviceChoose: not all of Objects fit; choose by priority which are to be there.
	AdviceChoose AdviceKind = "choose"
	// AdviceRepair: change what was rejected, and submit it by By.
	AdviceRepair AdviceKind = "repair"
	// AdviceKeepGoing: let apply run, or run it again, until By.
	AdviceKeepGoing AdviceKind = "keep-going"
)

// Of is the part of a forecast about some products, of which so many are wanted on
// the shelf. Advice about others is left out.
func (f *Forecast) Of(some func(schema.Address) bool, wanted int) *Forecast {
	part := &Forecast{At: f.At, Deadline: f.Deadline, Products: []Prospect{}, Advice: []Advice{}}
	for _, p := range f.Products {
		if some(p.Address) {
			part.Products = append(part.Products, p)
			*part.counter(p.Chance)++
		}
	}
	part.There = wanted - len(part.Products)
	for _, a := range f.Advice {
		if len(a.Objects) == 0 || slices.ContainsFunc(a.Objects, some) {
			part.Advice = append(part.Advice, a)
		}
	}
	return part
}

// counter is the count of a chance.
func (f *Forecast) counter(c Chance) *int {
	return map[Chance]*int{ChanceThere: &f.There, ChanceWill: &f.Will, ChanceMay: &f.May, ChanceWillNot: &f.WillNot}[c]
}

// Foresee says what will be on the shelf by a deadline. It is a pure function of
// what the plan was made from and the plan.
func Foresee(deadline time.Time, cat *schema.Catalog, st *state.State, obs *provider.Observation, plan *Plan) *Forecast {
	s := &seer{deadline: deadline, now: plan.At, cat: cat, obs: obs, past: pastReviews(st), changes: make(map[schema.Address]*Change, len(plan.Changes))}
	for i := range plan.Changes {
		s.changes[plan.Changes[i].Address] = &plan.Changes[i]
	}
	f := &Forecast{At: plan.At, Deadline: deadline, Products: []Prospect{}, Advice: []Advice{}}
	for id, spu := range cat.SPUs {
		if !spu.Listing {
			continue
		}
		c := s.changes[spuAddress(id)]
		if c == nil {
			f.There++
			continue
		}
		f.Products = append(f.Products, s.prospect(spu, c))
	}
	slices.SortFunc(f.Products, func(a, b Prospect) int { return a.Address.Compare(b.Address) })
	for i := range f.Products {
		switch f.Products[i].Chance {
		case ChanceWill:
			f.Will++
		case ChanceMay:
			f.May++
		case ChanceWillNot:
			f.WillNot++
		}
	}
	f.Advice = append(f.Advice, s.advise(f, plan)...)
	return f
}

// deadline is the one to forecast, zero for none.
func (pl *planner) deadline() time.Time {
	if !pl.pol.Deadline.IsZero() {
		return pl.pol.Deadline
	}
	return pl.cat.Shop.Order.Deadline
}

// seer holds what all prospects look at.
type seer struct {
	deadline, now time.Time
	cat           *schema.Catalog
	obs           *provider.Observation
	past          past
	changes       map[schema.Address]*Change
}

func (s *seer) prospect(spu *schema.SPU, c *Change) Prospect {
	p := Prospect{Address: c.Address, Title: spu.Title, ShowsOld: s.listed(spu.OutProductID)}
	category := strconv.FormatUint(spu.Category.ID, 10)
	switch {
	case c.Block != nil:
		p.Why, p.Chance, p.Block = WhyBlocked, ChanceWillNot, c.Block
		return p
	case c.held():
		p.Why = WhyGrant
		granted := s.grants(c)
		p.after(granted, s.past.reviews(category, granted.late))
	case c.submission() != "":
		at := s.now
		if p.Why = WhySubmit; c.SubmitAt != nil {
			p.Why, at = WhyBudget, *c.SubmitAt
		}
		p.SubmitAt = &at
		p.after(span{at, at, at}, s.past.reviews(category, at))
	case c.underway():
		p.Why, p.SubmitAt = WhyReview, s.since(c)
		p.running(*p.SubmitAt, s.now, s.past.reviews(category, *p.SubmitAt))
	default:
		p.Why = WhyAtOnce
		p.Early, p.Likely, p.Late = &s.now, &s.now, &s.now
	}
	p.Chance = chance(&p, s.deadline)
	return p
}

func chance(p *Prospect, deadline time.Time) Chance {
	switch {
	case p.Late != nil && !p.Late.After(deadline):
		return ChanceWill
	case p.Early != nil && p.Early.After(deadline):
		return ChanceWillNot
	}
	return ChanceMay
}

// listed reports whether buyers can buy some content of the product now.
func (s *seer) listed(id string) bool {
	if s.obs == nil {
		return false
	}
	have := s.obs.Products[id]
	return have != nil && have.Shelf == provider.ShelfListed
}

// since is when the running review of a change began; now where nobody knows.
func (s *seer) since(c *Change) *time.Time {
	for _, w := range c.Waits {
		if w.Since != nil {
			return w.Since
		}
	}
	return &s.now
}

// span is when something may be over: early, likely, late.
type span struct{ early, likely, late time.Time }

// after makes the times of a review that begins when something else is over.
func (p *Prospect) after(begin span, d duration) {
	p.Basis = d.basis
	p.Early, p.Late = timePtr(begin.early.Add(d.early)), timePtr(begin.late.Add(d.late))
	if d.known() {
		p.Likely = timePtr(begin.likely.Add(d.likely))
	}
}

// running makes the times of a review that runs already: what is over sooner than
// it has run is no example for it.
func (p *Prospect) running(since, now time.Time, d duration) {
	p.Basis = d.basis
	longer := d.longerThan(now.Sub(since))
	if longer == nil { // it takes longer than any before it
		p.Early = &now
		return
	}
	p.Early, p.Late = laterOf(since.Add(longer.early), now), laterOf(since.Add(longer.late), now)
	if longer.known() {
		p.Likely = laterOf(since.Add(longer.likely), now)
	}
}

func laterOf(a, b time.Time) *time.Time {
	if a.Before(b) {
		a = b
	}
	return &a
}

// grants is when the brand and the category that a product waits for are granted.
func (s *seer) grants(c *Change) span {
	latest := span{s.now, s.now, s.now}
	for _, w := range c.Waits {
		if w.On == nil {
			continue
		}
		begun := s.now
		if audit := s.changes[*w.On]; audit != nil && audit.Action == ActionWait {
			begun = *s.since(audit)
		}
		d := s.past.audits(w.On.Kind)
		latest.early = *laterOf(begun.Add(d.early), latest.early)
		latest.likely = *laterOf(begun.Add(d.likely), latest.likely)
		latest.late = *laterOf(begun.Add(d.late), latest.late)
	}
	return latest
}

// duration is how long a review takes: one in ten at most early, one in two at
// most likely, nine in ten at most late.
type duration struct {
	early, likely, late time.Duration
	samples             []time.Duration // sorted; nil for what the reference says
	basis               *Basis
}

// known reports whether there is a likely time: of a range nobody knows the middle.
func (d *duration) known() bool { return d.samples != nil }

// longerThan is the duration of a review that is known to take longer; nil when
// none did.
func (d *duration) longerThan(elapsed time.Duration) *duration {
	if d.samples == nil {
		if elapsed >= d.late {
			return nil
		}
		return d
	}
	i, _ := slices.BinarySearch(d.samples, elapsed+1)
	if i == len(d.samples) {
		return nil
	}
	longer := durationOf(d.samples[i:], *d.basis)
	return &longer
}

func durationOf(samples []time.Duration, basis Basis) duration {
	slices.Sort(samples)
	basis.Source, basis.Samples = BasisHistory, len(samples)
	return duration{quantile(samples, 10), quantile(samples, 50), quantile(samples, 90), samples, &basis}
}

// quantile is the nearest rank: the smallest sample that percent of all do not exceed.
func quantile(sorted []time.Duration, percent int) time.Duration {
	rank := (len(sorted)*percent + 99) / 100
	return sorted[max(rank, 1)-1]
}

const (
	// enough is how many reviews tell how long the next one takes.
	enough = 5
	// hourWidth is how far apart, in hours of the day, two submissions may be to be
	// alike: reviewers sleep.
	hourWidth = 2
)

// What the reference knows of reviews (section 11): a product takes minutes to a
// day, a brand the same day to days; the guide promises ten working days for the
// worst.
var (
	productRange = duration{early: 2 * time.Minute, late: 24 * time.Hour, basis: &Basis{Source: BasisReference}}
	auditRange   = duration{early: 4 * time.Hour, late: 7 * 24 * time.Hour, basis: &Basis{Source: BasisReference}}
)

// review is one review of the past.
type review struct {
	took     time.Duration
	hour     int // of the day in Beijing, when it was submitted
	category string
	kind     schema.Kind
}

// past are the reviews that ended well. Rejections are left out: they come sooner.
type past struct {
	list  []review
	known map[situation]duration // asked before
}

// situation is what reviews of products are told apart by.
type situation struct {
	category string
	hour     int
}

func pastReviews(st *state.State) past {
	var list []review
	for addr, rec := range st.Records {
		for _, v := range rec.History {
			if v.Kind == state.VerdictApproved && v.SubmittedAt != nil {
				list = append(list, review{v.At.Sub(*v.SubmittedAt), v.SubmittedAt.In(schema.Beijing).Hour(), v.Category, addr.Kind})
			}
		}
	}
	return past{list, map[situation]duration{}}
}

func (p past) matching(alike func(review) bool) []time.Duration {
	var list []time.Duration
	for _, r := range p.list {
		if alike(r) {
			list = append(list, r.took)
		}
	}
	return list
}

// reviews is how long the review of a product takes that is submitted at a time:
// like those of its category at that hour, those of its category, those at that
// hour, all; and where there are not enough, as the reference says.
func (p past) reviews(category string, at time.Time) duration {
	asked := situation{category, at.In(schema.Beijing).Hour()}
	d, known := p.known[asked]
	if !known {
		d = p.review(asked.category, asked.hour)
		p.known[asked] = d
	}
	return d
}

func (p past) review(category string, hour int) duration {
	products := func(r review) bool { return r.kind == schema.KindSPU }
	sameCategory := func(r review) bool { return products(r) && r.category == category }
	for _, choice := range []struct {
		basis Basis
		alike func(review) bool
	}{
		{Basis{Category: category, Hour: &hour}, func(r review) bool { return sameCategory(r) && near(r.hour, hour) }},
		{Basis{Category: category}, sameCategory},
		{Basis{Hour: &hour}, func(r review) bool { return products(r) && near(r.hour, hour) }},
		{Basis{}, products},
	} {
		if samples := p.matching(choice.alike); len(samples) >= enough {
			return durationOf(samples, choice.basis)
		}
	}
	return productRange
}

// audits is how long the audit of a brand or a category takes.
func (p past) audits(kind schema.Kind) duration {
	if samples := p.matching(func(r review) bool { return r.kind == kind }); len(samples) >= enough {
		return durationOf(samples, Basis{})
	}
	d := auditRange
	d.likely = d.late
	return d
}

// near reports whether two hours of the day are close, also across midnight.
func near(a, b int) bool {
	apart := max(a-b, b-a)
	return min(apart, 24-apart) <= hourWidth
}

// advise says what would bring more products there.
func (s *seer) advise(f *Forecast, plan *Plan) []Advice {
	list := s.reorder(plan)
	d := s.past.reviews("", s.now)
	if blocked := s.repairable(f); len(blocked) > 0 && !s.now.Add(d.early).After(s.deadline) {
		list = append(list, Advice{Kind: AdviceRepair, Objects: blocked, Gain: len(blocked), By: laterOf(s.deadline.Add(-d.late), s.now)})
	}
	if through := plan.Budget.Through; through != nil {
		list = append(list, Advice{Kind: AdviceKeepGoing, By: earlierOf(*through, s.deadline)})
	}
	return list
}

func earlierOf(a, b time.Time) *time.Time {
	if b.Before(a) {
		a = b
	}
	return &a
}

// repairable are the products that were turned down for what they are.
func (s *seer) repairable(f *Forecast) []schema.Address {
	var list []schema.Address
	for i := range f.Products {
		if b := f.Products[i].Block; b != nil && (b.Kind == BlockRejected || b.Kind == BlockBanned) {
			list = append(list, f.Products[i].Address)
		}
	}
	return list
}

// reorder looks for a better order of the queue for the budget: places before the
// deadline are worth most to products that buyers do not see at all, if they can
// make it. Only what was tried out is advised.
func (s *seer) reorder(plan *Plan) []Advice {
	queue := s.queue(plan)
	turns := s.turns(queue)
	var idle, behind []*Change // in time and not needed; needed, and behind those
	for i, c := range queue {
		switch {
		case !s.useful(c) && s.inTime(c, turns[i]):
			idle = append(idle, c)
		case s.useful(c) && len(idle) > 0:
			behind = append(behind, c)
		}
	}
	var first []*Change
	for _, c := range behind {
		if s.inTime(c, turns[len(first)]) {
			first = append(first, c)
		}
	}
	heeded := append(slices.Clone(first), without(queue, first)...)
	gain := s.arrivals(heeded, turns) - s.arrivals(queue, turns)
	if gain <= 0 {
		return s.choose(queue, turns)
	}
	list := []Advice{{Kind: AdviceFirst, Objects: addressesOf(first), Gain: gain}}
	if left := append(without(queue, idle), idle...); s.arrivals(left, turns)-s.arrivals(queue, turns) >= gain {
		list = append(list, Advice{Kind: AdviceLeaveOut, Objects: addressesOf(idle), Gain: gain})
	}
	return append(list, s.choose(heeded, turns)...)
}

// choose names what would make it now and is too late in a queue.
func (s *seer) choose(queue []*Change, turns []time.Time) []Advice {
	var late []*Change
	for i, c := range queue {
		if s.useful(c) && !s.inTime(c, turns[i]) && s.inTime(c, s.now) {
			late = append(late, c)
		}
	}
	if len(late) == 0 {
		return nil
	}
	return []Advice{{Kind: AdviceChoose, Objects: addressesOf(late)}}
}

// turns are the moments at which the budget takes the changes of a queue, whichever
// they are: the earliest first.
func (s *seer) turns(queue []*Change) []time.Time {
	turns := make([]time.Time, len(queue))
	for i, c := range queue {
		if turns[i] = s.now; c.SubmitAt != nil {
			turns[i] = *c.SubmitAt
		}
	}
	slices.SortFunc(turns, time.Time.Compare)
	return turns
}

// arrivals counts what a queue brings to the shelf in time.
func (s *seer) arrivals(queue []*Change, turns []time.Time) int {
	n := 0
	for i, c := range queue {
		if s.useful(c) && s.inTime(c, turns[i]) {
			n++
		}
	}
	return n
}

func without(queue, some []*Change) []*Change {
	gone := make(map[*Change]bool, len(some))
	for _, c := range some {
		gone[c] = true
	}
	return slices.DeleteFunc(slices.Clone(queue), func(c *Change) bool { return gone[c] })
}

// queue are the changes that submit, in the order in which they will.
func (s *seer) queue(plan *Plan) []*Change {
	var queue []*Change
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.submission() != "" && c.Block == nil {
			queue = append(queue, c)
		}
	}
	return inTurn(s.cat, queue, func(c *Change) schema.Address { return c.Address })
}

// inTime reports whether the review of a change that is submitted at a time is likely
// to be over by the deadline.
func (s *seer) inTime(c *Change, at time.Time) bool {
	d := s.past.reviews(strconv.FormatUint(s.cat.SPUs[c.Address.Name].Category.ID, 10), at)
	return !at.Add(cmp.Or(d.likely, d.early)).After(s.deadline)
}

// useful reports whether a place in the budget before the deadline gets a product
// onto the shelf that is not there: it is wanted there, it is not there yet, and
// nothing else keeps it away.
func (s *seer) useful(c *Change) bool {
	return s.cat.SPUs[c.Address.Name].Listing && !s.listed(c.Address.Name) && !c.held()
}

func addressesOf(changes []*Change) []schema.Address {
	list := make([]schema.Address, len(changes))
	for i, c := range changes {
		list[i] = c.Address
	}
	return list
}
