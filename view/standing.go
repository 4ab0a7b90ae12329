package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Board is where every object of a shop stands.
type Board struct {
	ShopName  string
	Shop      state.ShopID
	At        time.Time // when the shop was read
	Standings []reconcile.Standing
	// Forecast is what will be on the shelf by a deadline; nil without one.
	Forecast *reconcile.Forecast
}

// Select is the board of some of the objects; the forecast then counts these, and
// keeps the advice that is about them.
func (b Board) Select(wanted func(schema.Address) bool) Board {
	var some []reconcile.Standing
	for _, s := range b.Standings {
		if wanted(s.Address) {
			some = append(some, s)
		}
	}
	b.Standings = some
	if b.Forecast != nil {
		onWish, _ := onShelf(some)
		b.Forecast = b.Forecast.Of(wanted, onWish)
	}
	return b
}

// post is one object of a board as people read it, in both languages. Text,
// Markdown, the page and the live page are made of it, so that none of them says
// less than another.
type post struct {
	standing *reconcile.Standing
	status   Status
	word     headline
	since    time.Time // zero where nobody knows
	moment   lang.Text // what happened then
	shelf    lang.Text // what buyers see meanwhile
	why      lang.Text // what stands in the way, in the reviewer's own words
	remedy   lang.Text
	waits    []lang.Text
	next     lang.Text // what apply would do
	// at is the place in the files of the attribute that the reason is about, or of
	// the object; about names the attribute, "" where the reason names none.
	at       schema.Range
	about    string
	prospect *reconcile.Prospect // nil without a deadline, and for what is there
	now      time.Time           // of the forecast
}

// urgency is the order of a board: what needs a human, what apply moves on, what
// waits, what rests.
var urgency = []Status{
	StatusRejected, StatusBanned, StatusBlocked, StatusAbsent, StatusApproved, StatusInReview, StatusWaiting,
	StatusOnShelf, StatusGranted, StatusOffShelf, StatusUnmanaged,
}

// NeedsHuman reports whether nothing will happen until a human acts.
func (s Status) NeedsHuman() bool {
	return s == StatusRejected || s == StatusBanned || s == StatusBlocked
}

// rests reports whether an object is as declared, or nobody's affair.
func (s Status) rests() bool {
	return s == StatusOnShelf || s == StatusGranted || s == StatusOffShelf || s == StatusUnmanaged
}

// Pending reports whether time alone moves an object on: a review, or an audit.
func (s Status) Pending() bool { return s == StatusInReview || s == StatusWaiting }

// readBoard words the objects of a board in its order. only restricts them; when it
// is empty, products that nobody declared are left out.
func (v *View) readBoard(b *Board, only []Status) []post {
	prospects := map[schema.Address]*reconcile.Prospect{}
	if b.Forecast != nil {
		for i := range b.Forecast.Products {
			prospects[b.Forecast.Products[i].Address] = &b.Forecast.Products[i]
		}
	}
	var posts []post
	for i := range b.Standings {
		s := &b.Standings[i]
		status := StatusOf(s)
		if !slices.Contains(only, status) && (len(only) > 0 || status == StatusUnmanaged) {
			continue
		}
		x := v.readStanding(s)
		if x.prospect = prospects[s.Address]; x.prospect != nil {
			x.now = b.Forecast.At
		}
		posts = append(posts, x)
	}
	return posts
}

// byUrgency sorts the objects for whoever is to act; within a status the order stays.
func byUrgency(posts []post) []post {
	sorted := slices.Clone(posts)
	slices.SortStableFunc(sorted, func(a, b post) int {
		return slices.Index(urgency, a.status) - slices.Index(urgency, b.status)
	})
	return sorted
}

func (v *View) readStanding(s *reconcile.Standing) post {
	status := StatusOf(s)
	x := post{standing: s, status: status, word: statusNames[status], shelf: shelfOf(s, status), at: s.Source.Range}
	x.since, x.moment = momentOf(s, status)
	block := s.Rejected
	if s.Change != nil && s.Change.Block != nil {
		block = s.Change.Block
	}
	if block != nil {
		x.why, x.remedy = blockOf(block), remedyOf(block, s.Address)
		x.about = reconcile.AboutField(s.Address.Kind, block.Reason)
		if status.NeedsHuman() {
			x.at = v.locate(s.Source, x.about)
		}
	}
	if c := s.Change; c != nil {
		for _, w := range c.Waits {
			if w.Kind != reconcile.WaitReview {
				x.waits = append(x.waits, waitOf(w))
			}
		}
		if len(c.Steps) > 0 {
			x.next = stepped(c.Steps, steps)
		}
	}
	return x
}

// shelfOf says what buyers see of a product that is not as declared.
func shelfOf(s *reconcile.Standing, status Status) lang.Text {
	switch {
	case status != StatusInReview && status != StatusRejected && status != StatusWaiting:
		return lang.Text{}
	case s.Shelf == provider.ShelfListed:
		return lang.T("buyers see the old content", "买家看到的是旧内容")
	case s.Wanted:
		return lang.T("not on the shelf", "未在架")
	}
	return lang.Text{}
}

// momentOf is since when an object is where it is, as far as anybody knows. A
// rejection is dated with its reason.
func momentOf(s *reconcile.Standing, status Status) (time.Time, lang.Text) {
	switch last := s.Last; {
	case status == StatusInReview && !s.SubmittedAt.IsZero():
		return s.SubmittedAt, lang.F("since %s", "自 %s 起", clock(s.SubmittedAt))
	case status == StatusRejected && s.Rejected != nil && s.Rejected.At != nil:
		return *s.Rejected.At, lang.Text{}
	case last == nil:
	case status == StatusBanned && last.Kind == state.VerdictBanned:
		return last.At, lang.F("since %s", "自 %s 起", clock(last.At))
	case last.Kind == state.VerdictApproved && (status.rests() || status == StatusApproved):
		return last.At, lang.F("passed review %s", "%s 通过审核", clock(last.At))
	}
	return time.Time{}, lang.Text{}
}

// detail says in one line since when, why, and what apply would do.
func (x *post) detail() lang.Text {
	parts := append([]lang.Text{x.shelf, x.moment, x.why}, x.waits...)
	parts = append(parts, x.applying())
	return semicolons(slices.DeleteFunc(parts, lang.Text.IsZero))
}

// boardDetail is that of an object by itself.
func boardDetail(s *reconcile.Standing) lang.Text {
	x := (&View{}).readStanding(s)
	return x.detail()
}

// applying says what apply would do.
func (x *post) applying() lang.Text {
	if x.next.IsZero() {
		return lang.Text{}
	}
	return lang.T("apply would: "+x.next.EN, "apply 将："+x.next.ZH)
}

// place is where a human finds what to change: "products.hcl:61, title".
func (x *post) place() lang.Text {
	if x.at.File == "" {
		return lang.Text{}
	}
	at := fmt.Sprintf("%s:%d", x.at.File, x.at.Start.Line)
	if x.about == "" {
		return lang.Same(at)
	}
	name := labelOf(x.about)
	return lang.T(at+", "+name.EN, at+"，"+name.ZH)
}

// outlook is what is expected of a product by the deadline.
func (x *post) outlook() lang.Text {
	if x.prospect == nil {
		return lang.Text{}
	}
	word := chanceNames[x.prospect.Chance].word
	if x.prospect.Block != nil {
		return word // why stands beside it already
	}
	why := prospectOf(x.prospect, x.now)
	return lang.T(word.EN+": "+why.EN, word.ZH+"："+why.ZH)
}

// remarks are all that is to be said of an object, with labels.
func (x *post) remarks() []remark {
	var list []remark
	add := func(label, text lang.Text, st style) {
		if !text.IsZero() {
			list = append(list, remark{label, text, st})
		}
	}
	add(lang.T("why", "原因"), x.why, red)
	if x.status.NeedsHuman() {
		add(lang.T("where", "位置"), x.place(), plain)
		add(lang.T("what to do", "处理"), x.remedy, plain)
	}
	for _, w := range x.waits {
		add(lang.T("waits", "等待"), w, blue)
	}
	add(lang.T("apply would", "apply 将"), x.next, plain)
	add(lang.T("meanwhile", "目前"), x.shelf, plain)
	if x.prospect != nil {
		add(lang.T("forecast", "预测"), x.outlook(), chanceNames[x.prospect.Chance].style)
	}
	return list
}

// onShelf counts the products wanted on the shelf, and those of them that are there.
func onShelf(standings []reconcile.Standing) (wanted, there int) {
	for i := range standings {
		if standings[i].Wanted {
			wanted++
			if standings[i].Shelf == provider.ShelfListed {
				there++
			}
		}
	}
	return wanted, there
}

func shelfCount(wanted, there int) lang.Text {
	return lang.F("%d of %d products wanted on the shelf are there.", "应在架的商品 %[2]d 个，已在架 %[1]d 个。", there, wanted)
}
