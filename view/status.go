package view

import (
	"slices"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
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
	Counts  map[Status]int `json:"counts"`
	Objects []boardRow     `json:"objects"`
	// Forecast is what will be on the shelf by the deadline, where there is one.
	Forecast *reconcile.Forecast `json:"forecast,omitempty"`
}

type boardRow struct {
	Address     schema.Address   `json:"address"`
	Title       string           `json:"title,omitempty"`
	Status      Status           `json:"status"`
	OnShelf     bool             `json:"on_shelf"`
	Wanted      bool             `json:"wanted"`
	Declared    bool             `json:"declared"`
	Managed     bool             `json:"managed"`
	SubmittedAt string           `json:"submitted_at,omitempty"` // RFC 3339
	Waits       []reconcile.Wait `json:"waits,omitempty"`
	Block       *reconcile.Block `json:"block,omitempty"`
	Steps       []reconcile.Op   `json:"steps"` // what apply would do
	Rejected    *reconcile.Block `json:"rejected,omitempty"`
	Notes       []lang.Text      `json:"notes,omitempty"`
}

// Board prints where every object stands. only restricts the rows, not the
// counts; when it is empty, unmanaged products are only counted.
func (v *View) Board(board []reconcile.Standing, only []Status) error {
	return v.BoardBefore(board, only, nil)
}

// BoardBefore prints the same, with what will be on the shelf by a deadline; nil
// for no deadline.
func (v *View) BoardBefore(board []reconcile.Standing, only []Status, forecast *reconcile.Forecast) error {
	counts := map[Status]int{}
	var shown []*reconcile.Standing
	for i := range board {
		status := StatusOf(&board[i])
		counts[status]++
		if slices.Contains(only, status) || len(only) == 0 && status != StatusUnmanaged {
			shown = append(shown, &board[i])
		}
	}
	switch v.Format {
	case JSON:
		doc := boardModel(shown, counts)
		doc.Forecast = forecast
		return writeJSON(v.Out, doc)
	case GitHub, GitLab:
		return v.annotate(v.boardAnnotations(shown))
	}
	p := v.outPage()
	var rows [][]span
	for _, s := range shown {
		rows = append(rows, boardSpans(s))
	}
	p.table(0, rows)
	if len(rows) > 0 {
		p.blank()
	}
	p.boardSummary(board, counts)
	p.forecast(forecast)
	return p.flush(v.Out)
}

func boardModel(shown []*reconcile.Standing, counts map[Status]int) boardDocument {
	doc := boardDocument{Envelope: Envelope{"status", 1}, Counts: counts, Objects: []boardRow{}}
	for _, s := range shown {
		row := boardRow{
			Address: s.Address, Title: s.Title, Status: StatusOf(s), OnShelf: s.Shelf == provider.ShelfListed,
			Wanted: s.Wanted, Declared: s.Declared, Managed: s.Managed, Steps: []reconcile.Op{}, Rejected: s.Rejected,
		}
		if !s.SubmittedAt.IsZero() {
			row.SubmittedAt = s.SubmittedAt.UTC().Format("2006-01-02T15:04:05Z07:00")
		}
		if c := s.Change; c != nil {
			row.Waits, row.Block, row.Notes = c.Waits, c.Block, c.Notes
			row.Steps = append(row.Steps, c.Steps...)
		}
		doc.Objects = append(doc.Objects, row)
	}
	return doc
}

// titleWidth is how many cells a title gets on the board.
const titleWidth = 32

// boardSpans is one row: status, address, title, and what else is worth knowing.
func boardSpans(s *reconcile.Standing) []span {
	h := statusNames[StatusOf(s)]
	return []span{
		words(lang.T(h.symbol+" "+h.word.EN, h.symbol+" "+h.word.ZH)).as(h.style),
		raw(s.Address.String()).as(bold),
		raw(cells.Truncate(clean(s.Title), titleWidth, "…")),
		words(boardDetail(s)),
	}
}

// boardDetail says since when, why, and what apply would do.
func boardDetail(s *reconcile.Standing) lang.Text {
	var parts []lang.Text
	status := StatusOf(s)
	if status == StatusInReview || status == StatusRejected || status == StatusWaiting {
		switch {
		case s.Shelf == provider.ShelfListed:
			parts = append(parts, lang.T("buyers see the old content", "买家看到的是旧内容"))
		case s.Wanted:
			parts = append(parts, lang.T("not on the shelf", "未在架"))
		}
	}
	if status == StatusInReview && !s.SubmittedAt.IsZero() {
		parts = append(parts, lang.F("since %s", "自 %s 起", clock(s.SubmittedAt)))
	}
	if s.Change != nil && s.Change.Block != nil {
		parts = append(parts, blockOf(s.Change.Block))
	} else if s.Rejected != nil {
		parts = append(parts, blockOf(s.Rejected))
	}
	if c := s.Change; c != nil {
		for _, w := range c.Waits {
			if w.Kind != reconcile.WaitReview {
				parts = append(parts, waitOf(w))
			}
		}
		if len(c.Steps) > 0 {
			do := stepped(c.Steps, steps)
			parts = append(parts, lang.T("apply would: "+do.EN, "apply 将："+do.ZH))
		}
	}
	return semicolons(parts)
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
func (p *page) boardSummary(board []reconcile.Standing, counts map[Status]int) {
	parts := statusCounts(func(status Status) int { return counts[status] })
	if len(parts) == 0 {
		p.line(0, both("Nothing is declared.", "没有声明任何内容。"))
		return
	}
	p.line(0, words(sentence(listed(parts))))
	wanted, there := 0, 0
	for i := range board {
		if board[i].Wanted {
			wanted++
			if board[i].Shelf == provider.ShelfListed {
				there++
			}
		}
	}
	st := green
	if there < wanted {
		st = yellow
	}
	p.line(0, format("%d of %d products wanted on the shelf are there.", "应在架的商品 %[2]d 个，已在架 %[1]d 个。", there, wanted).as(st))
}
