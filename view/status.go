package view

import (
	"io"
	"slices"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Status is where an object stands, in one word: the values of status --only.
type Status string

// The statuses, in the order of the summary: what needs a human stands last.
const (
	StatusOnShelf   Status = "on-shelf"  // buyers can buy it
	StatusOffShelf  Status = "off-shelf" // off the shelf, as declared
	StatusGranted   Status = "granted"   // a brand, a category or the settings: in force
	StatusInReview  Status = "in-review"
	StatusWaiting   Status = "waiting"  // for a brand or a category
	StatusApproved  Status = "approved" // could be on the shelf and is wanted there, but is not
	StatusAbsent    Status = "absent"   // declared, not in the shop
	StatusRejected  Status = "rejected"
	StatusBanned    Status = "banned"
	StatusBlocked   Status = "blocked"
	StatusUnmanaged Status = "unmanaged" // in the shop, not in the files
)

// Statuses lists all of them in that order.
var Statuses = []Status{
	StatusOnShelf, StatusOffShelf, StatusGranted, StatusInReview, StatusWaiting, StatusApproved, StatusAbsent,
	StatusRejected, StatusBanned, StatusBlocked, StatusUnmanaged,
}

var statusNames = map[Status]headline{
	StatusOnShelf:   {"●", lang.T("on shelf", "在架"), green},
	StatusOffShelf:  {"○", lang.T("off shelf", "未上架"), plain},
	StatusGranted:   {"●", lang.T("in force", "已生效"), green},
	StatusInReview:  {"⧗", lang.T("in review", "审核中"), blue},
	StatusWaiting:   {"⧗", lang.T("waiting", "等待中"), blue},
	StatusApproved:  {"↑", lang.T("approved but off the shelf", "已通过待上架"), yellow},
	StatusAbsent:    {"+", lang.T("not in the shop", "店铺中没有"), yellow},
	StatusRejected:  {"✗", lang.T("rejected", "被驳回"), red},
	StatusBanned:    {"✗", lang.T("banned", "被封禁"), red},
	StatusBlocked:   {"✗", lang.T("blocked", "受阻"), red},
	StatusUnmanaged: {"?", lang.T("unmanaged", "未纳入管理"), faint},
}

// StatusOf puts a standing into one word. What stands in the way goes before
// what is the case, and the graver before the lighter.
func StatusOf(s *reconcile.Standing) Status {
	switch {
	case !s.Declared && !s.Managed:
		return StatusUnmanaged
	case s.Shelf == provider.ShelfBanned:
		return StatusBanned
	case s.Rejected != nil && !underWay(s), blockedBy(s, reconcile.BlockRejected):
		return StatusRejected
	case s.Change != nil && s.Change.Block != nil:
		return StatusBlocked
	case underWay(s):
		return StatusInReview
	case s.Change != nil && len(s.Change.Waits) > 0:
		return StatusWaiting
	case !s.Present:
		return StatusAbsent
	case s.Address.Kind != schema.KindSPU:
		return StatusGranted
	case s.Shelf == provider.ShelfListed:
		return StatusOnShelf
	case s.Wanted:
		return StatusApproved
	}
	return StatusOffShelf
}

// underWay reports whether a review or an audit of the object is not over.
func underWay(s *reconcile.Standing) bool {
	return s.Review == provider.ReviewRunning || s.Change != nil && slices.ContainsFunc(s.Change.Waits, func(w reconcile.Wait) bool {
		return w.Kind == reconcile.WaitReview || w.Kind == reconcile.WaitPush || w.Kind == reconcile.WaitAudit
	})
}

func blockedBy(s *reconcile.Standing, kind reconcile.BlockKind) bool {
	return s.Change != nil && s.Change.Block != nil && s.Change.Block.Kind == kind
}

// boardDocument is the JSON form of the status board.
type boardDocument struct {
	Envelope
	ShopName string         `json:"shop_name"`
	Shop     state.ShopID   `json:"shop"`
	At       string         `json:"at,omitempty"` // RFC 3339
	Counts   map[Status]int `json:"counts"`
	Objects  []boardRow     `json:"objects"`
	// Forecast is what will be on the shelf by the deadline, where there is one.
	Forecast *reconcile.Forecast `json:"forecast,omitempty"`
}

type boardRow struct {
	Address     schema.Address   `json:"address"`
	Title       string           `json:"title,omitempty"`
	Status      Status           `json:"status"`
	Since       string           `json:"since,omitempty"` // RFC 3339
	OnShelf     bool             `json:"on_shelf"`
	Wanted      bool             `json:"wanted"`
	Declared    bool             `json:"declared"`
	Managed     bool             `json:"managed"`
	SubmittedAt string           `json:"submitted_at,omitempty"` // RFC 3339
	Waits       []reconcile.Wait `json:"waits,omitempty"`
	Block       *reconcile.Block `json:"block,omitempty"`
	Steps       []reconcile.Op   `json:"steps"` // what apply would do
	Rejected    *reconcile.Block `json:"rejected,omitempty"`
	About       string           `json:"about,omitempty"` // the field that the reason names
	Range       *schema.Range    `json:"range,omitempty"` // of that field, or of the object
	Notes       []lang.Text      `json:"notes,omitempty"`
}

// Board prints where every object stands. only restricts the rows, not the
// counts; when it is empty, unmanaged products are only counted.
func (v *View) Board(b Board, only []Status) error {
	posts := v.readBoard(&b, only)
	switch v.Format {
	case JSON:
		return writeJSON(v.Out, boardModel(&b, posts))
	case GitHub, GitLab:
		return v.annotate(boardAnnotations(posts))
	case Markdown:
		_, err := io.WriteString(v.Out, v.boardMarkdown(&b, posts))
		return err
	case HTML:
		return v.boardPage(v.Out, &b, posts)
	}
	p := v.outPage()
	p.posts(posts)
	p.boardSummary(&b)
	p.forecast(b.Forecast)
	return p.flush(v.Out)
}

func boardModel(b *Board, posts []post) boardDocument {
	doc := boardDocument{
		Envelope: Envelope{"status", 1}, ShopName: b.ShopName, Shop: b.Shop, At: rfc3339(b.At),
		Counts: countStatuses(b.Standings), Objects: []boardRow{}, Forecast: b.Forecast,
	}
	for i := range posts {
		doc.Objects = append(doc.Objects, rowOf(&posts[i]))
	}
	return doc
}

func rowOf(x *post) boardRow {
	s := x.standing
	row := boardRow{
		Address: s.Address, Title: s.Title, Status: x.status, Since: rfc3339(x.since), OnShelf: s.Shelf == provider.ShelfListed,
		Wanted: s.Wanted, Declared: s.Declared, Managed: s.Managed, SubmittedAt: rfc3339(s.SubmittedAt),
		Steps: []reconcile.Op{}, Rejected: s.Rejected, About: x.about,
	}
	if x.at.File != "" {
		row.Range = &x.at
	}
	if c := s.Change; c != nil {
		row.Waits, row.Block, row.Notes = c.Waits, c.Block, c.Notes
		row.Steps = append(row.Steps, c.Steps...)
	}
	return row
}

// rfc3339 is a time in JSON, "" for none.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func countStatuses(standings []reconcile.Standing) map[Status]int {
	counts := map[Status]int{}
	for i := range standings {
		counts[StatusOf(&standings[i])]++
	}
	return counts
}

// titleWidth is how many cells a title gets on the board.
const titleWidth = 32

// posts adds the objects in a table: status, address, title, and what else is worth
// knowing; below those that need a human, where in the files, and what to do.
func (p *page) posts(posts []post) {
	if len(posts) == 0 {
		return
	}
	rows := make([][]span, len(posts))
	for i := range posts {
		rows[i] = boardSpans(&posts[i])
	}
	p.tableWith(0, rows, func(i int) {
		x := &posts[i]
		if !x.status.NeedsHuman() {
			return
		}
		for _, text := range []lang.Text{x.place(), x.remedy} {
			if !text.IsZero() {
				p.line(4, words(text).as(faint))
			}
		}
	})
	p.blank()
}

func boardSpans(x *post) []span {
	h := x.word
	return []span{
		words(lang.T(h.symbol+" "+h.word.EN, h.symbol+" "+h.word.ZH)).as(h.style),
		raw(x.standing.Address.String()).as(bold),
		raw(cells.Truncate(clean(x.standing.Title), titleWidth, "…")),
		words(x.detail()),
	}
}

// statusCounts counts objects by status, leaving out what does not occur.
func statusCounts(count func(Status) int) []lang.Text {
	var parts []lang.Text
	for _, status := range Statuses {
		if n := count(status); n > 0 {
			name := statusNames[status].word
			parts = append(parts, counted(n, name.EN, name.EN, "个"+name.ZH))
		}
	}
	return parts
}

// boardSummary counts, and says how much of what is wanted on the shelf is there.
func (p *page) boardSummary(b *Board) {
	counts := countStatuses(b.Standings)
	parts := statusCounts(func(status Status) int { return counts[status] })
	if len(parts) == 0 {
		p.line(0, both("Nothing is declared.", "没有声明任何内容。"))
		return
	}
	p.line(0, words(sentence(listed(parts))))
	wanted, there := onShelf(b.Standings)
	st := green
	if there < wanted {
		st = yellow
	}
	p.line(0, words(shelfCount(wanted, there)).as(st))
}
