package view

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// entry is one change of a plan as people read it, in both languages. Text,
// Markdown and HTML are made of it, so that none of them says less than another.
type entry struct {
	change *reconcile.Change
	risk   risk
	what   headline
	why    lang.Text
	fields []fieldLine
	// hidden is how many SKUs that come or go are only counted.
	hidden  int
	remarks []remark
}

// fieldLine is one difference. A line with a sign is a whole SKU that comes or goes.
type fieldLine struct {
	sku   string // out_sku_id, "" for a field of the product
	attrs string // " (颜色 酒红)"
	sign  string // "+" or "-" for a whole SKU
	path  string
	label lang.Text
	// old is zero where there was nothing; new alone tells pictures.
	old, new lang.Text
	more     lang.Text // said faintly behind it
	move     string    // " (-10.1%)"
	whose    lang.Text // whose edit it is, where that is not the cause of the whole change
	diff     *reconcile.FieldDiff
}

// remark is a labelled line under a change.
type remark struct {
	label lang.Text
	text  lang.Text
	style style
}

// risk is what a reviewer should see first.
type risk int

// The risks, the gravest first. The last two need no decision of the reviewer.
const (
	riskIrreversible risk = iota
	riskShelf
	riskPrice
	riskReview
	riskFree
	riskBlocked
	riskWaiting
)

var riskNames = map[risk]lang.Text{
	riskIrreversible: lang.T("cannot be undone", "不可恢复"),
	riskShelf:        lang.T("leaves the shelf: buyers do not see it any more", "下架：买家将看不到"),
	riskPrice:        lang.T("price moves", "价格变动"),
	riskReview:       lang.T("goes to review", "需要审核"),
	riskFree:         lang.T("at once, no review", "立即生效，无需审核"),
	riskBlocked:      lang.T("blocked: needs a human", "受阻，需人工处理"),
	riskWaiting:      lang.T("waiting", "等待中"),
}

func riskOf(c *reconcile.Change) risk {
	switch {
	case c.Class == reconcile.ClassIrreversible:
		return riskIrreversible
	case slices.Contains(c.Steps, reconcile.OpDelist):
		return riskShelf
	case len(c.Steps) > 0 && slices.ContainsFunc(c.Fields, movesPrice):
		return riskPrice
	case c.Class == reconcile.ClassReview:
		return riskReview
	case len(c.Steps) > 0:
		return riskFree
	case c.Block != nil:
		return riskBlocked
	}
	return riskWaiting
}

func movesPrice(f reconcile.FieldDiff) bool { return f.Kind == reconcile.FieldMoney && f.Old != "" }

// riskLine is the first thing that a reviewer reads: what cannot be undone, what
// buyers lose, and how far prices move.
func riskLine(entries []entry) lang.Text {
	gone, off, drop, rise := 0, 0, 0.0, 0.0
	for i := range entries {
		e := &entries[i]
		if e.risk == riskIrreversible {
			gone++
		}
		if slices.Contains(e.change.Steps, reconcile.OpDelist) || slices.Contains(e.change.Steps, reconcile.OpDelete) {
			off++
		}
		for _, move := range priceMoves(e.change) {
			drop, rise = min(drop, move), max(rise, move)
		}
	}
	parts := []lang.Text{lang.T("nothing that cannot be undone", "没有不可恢复的变更")}
	if gone > 0 {
		parts[0] = counted(gone, "change cannot be undone", "changes cannot be undone", "项变更不可恢复")
	}
	if off > 0 {
		parts = append(parts, counted(off, "product leaves the shelf", "products leave the shelf", "个商品下架"))
	}
	if drop < 0 {
		parts = append(parts, lang.F("the largest price drop is %s", "最大降价幅度 %s", percent(-drop)))
	}
	if rise > 0 {
		parts = append(parts, lang.F("the largest price rise is %s", "最大涨价幅度 %s", percent(rise)))
	}
	t := sentence(listed(parts))
	return lang.T("Risk: "+t.EN, "风险："+t.ZH)
}

// priceMoves are how far the selling prices of a change that sends something go:
// fractions, negative for a fall.
func priceMoves(c *reconcile.Change) []float64 {
	var moves []float64
	for _, f := range c.Fields {
		from, err1 := strconv.ParseInt(f.Old, 10, 64)
		to, err2 := strconv.ParseInt(f.New, 10, 64)
		if strings.HasSuffix(f.Path, ".sale_price") && len(c.Steps) > 0 && err1 == nil && err2 == nil && from > 0 {
			moves = append(moves, float64(to-from)/float64(from))
		}
	}
	return moves
}

// byRisk sorts entries for a reviewer: by risk, the largest price moves first among
// themselves; else the order of the plan stays.
func byRisk(entries []entry) []entry {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.risk, b.risk), cmp.Compare(b.jump(), a.jump()))
	})
	return sorted
}

// jump is how far a selling price of the entry moves at most, up or down, in whole
// percent; 0 outside of the price moves.
func (e *entry) jump() int {
	if e.risk != riskPrice {
		return 0
	}
	farthest := 0.0
	for _, move := range priceMoves(e.change) {
		farthest = max(farthest, math.Abs(move))
	}
	return int(math.Round(farthest * 100))
}

func readPlan(plan *reconcile.Plan, n names) []entry {
	entries := make([]entry, len(plan.Changes))
	for i := range plan.Changes {
		entries[i] = readChange(&plan.Changes[i], n)
	}
	return entries
}

func readChange(c *reconcile.Change, n names) entry {
	e := entry{change: c, risk: riskOf(c), what: headlineOf(c.Action), why: causeOf(c)}
	e.readFields(n)
	e.add(lang.T("author", "作者说明"), lang.Same(c.Reason), plain)
	if len(c.Steps) > 1 {
		e.add(lang.T("steps", "步骤"), stepped(c.Steps, steps), plain)
	}
	e.add(lang.T("cost", "代价"), costOf(c), classStyle(c.Class))
	e.add(lang.T("after", "先做"), addresses(c.Needs), plain)
	for _, w := range c.Waits {
		e.add(lang.T("waits", "等待"), waitOf(w), blue)
	}
	if c.Block != nil {
		e.add(lang.T("blocked", "受阻"), blockOf(c.Block), red)
		e.add(lang.T("remedy", "处理"), remedyOf(c.Block, c.Address), plain)
	}
	for _, note := range c.Notes {
		e.add(lang.T("note", "备注"), note, plain)
	}
	e.add(lang.T("source", "来源"), sourceOf(c.Source), faint)
	return e
}

// add adds a remark; an empty text adds nothing.
func (e *entry) add(label, text lang.Text, st style) {
	if !text.IsZero() {
		e.remarks = append(e.remarks, remark{label, text, st})
	}
}

// maxWholeSKUs is how many SKUs that come or go a plan names before it only
// counts them.
const maxWholeSKUs = 10

// readFields words the differences. The title of a new product stands in its
// headline already.
func (e *entry) readFields(n names) {
	whole := 0
	for i := range e.change.Fields {
		f := &e.change.Fields[i]
		switch {
		case f.Kind == reconcile.FieldSKU:
			if whole++; whole > maxWholeSKUs {
				e.hidden++
				continue
			}
			e.fields = append(e.fields, readWholeSKU(e.change.Address, f, n))
		case f.Path == "title" && f.New == e.change.Title && e.change.Action == reconcile.ActionCreate:
		default:
			e.fields = append(e.fields, readField(e.change, f, n))
		}
	}
}

func readField(c *reconcile.Change, f *reconcile.FieldDiff, n names) fieldLine {
	id, field := splitPath(f.Path)
	l := fieldLine{sku: id, path: f.Path, label: labelOf(field), diff: f}
	if id != "" {
		l.attrs = attributes(n.sku(c.Address, id))
	}
	switch {
	case f.Kind == reconcile.FieldPictures:
		l.new = pictures(*f, n)
	case f.Old == "":
		l.new = value(f.Kind, f.New)
	default:
		l.old, l.new, l.move = value(f.Kind, f.Old), value(f.Kind, f.New), priceMove(*f)
	}
	if f.Cause != c.Cause {
		l.whose = whose(f.Cause)
	}
	return l
}

// readWholeSKU is a SKU that comes or goes. One that comes is in the catalog; of
// one that goes, the difference itself says what it was.
func readWholeSKU(a schema.Address, f *reconcile.FieldDiff, n names) fieldLine {
	id := strings.TrimPrefix(f.Path, "sku.")
	l := fieldLine{sku: id, path: f.Path, sign: "+", diff: f}
	if f.Old != "" {
		l.sign, l.new = "-", lang.Same(" ("+f.Old+")")
		return l
	}
	if sku := n.sku(a, id); sku != nil {
		l.new = lang.Same(attributes(sku) + " " + sku.SalePrice.String())
		l.more = lang.F("  market price %s, stock %d", "  市场价 %s，库存 %d", sku.MarketPrice, sku.StockNum)
		return l
	}
	l.new = lang.Same(" (" + f.New + ")")
	return l
}
