package view

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

//go:embed web
var web embed.FS

var pages = template.Must(template.ParseFS(web, "web/*.html"))

// A page in HTML is one file with everything in it: it asks no network, so that it
// is the same for whoever opens it, from wherever. Its script only hides and
// shows; without it everything is there to be read.

// shell is what every page has, in the language of the run.
type shell struct {
	Lang, Nonce, Title, Heading, AppID string
	Style                              template.CSS
	Script                             template.JS
	Live                               bool // it is served, and keeps itself up to date
	Chips                              []htmlChip

	FilterLabel, SearchLabel, NothingFound, Made, Keys string
}

// htmlChip shows and hides the group of its class.
type htmlChip struct {
	Class, Word string
	N           int
}

// planHTML is what the template of a plan shows.
type planHTML struct {
	shell
	Summary, Since []string
	Breaches       []htmlBreach
	Forecast       *htmlForecast
	Groups         []htmlGroup

	Field, Old, New, None, Attributes, Price, MarketPrice, Stock string
}

type htmlBreach struct{ What, Rest string }

// htmlForecast is what will be on the shelf in time.
type htmlForecast struct {
	Heading, Verdict string
	Rows             []htmlForecastRow
	Advice           []string
}

type htmlForecastRow struct{ Class, Address, Title, Word, Why string }

// htmlGroup is the changes of one risk.
type htmlGroup struct {
	Risk, Name string
	Cards      []htmlCard
}

// htmlCard is one change.
type htmlCard struct {
	Risk, Address, Symbol, What, ProductTitle, Class, Cost, Why string
	Pictures                                                    []htmlPictures
	Fields                                                      []htmlField
	Grid                                                        *htmlGrid
	Remarks                                                     []htmlRemark
}

type htmlRemark struct{ Label, Text, Class string }

// htmlField is one difference that is neither a picture nor in the grid.
type htmlField struct {
	Label, SKU, Old, New, Whose string
	Move                        *htmlMove
}

// htmlMove is how far a price goes, "-10.1%", and which way.
type htmlMove struct{ Class, Text string }

// htmlPictures are the pictures of one field, as they are and as they shall be.
type htmlPictures struct {
	Label    string
	Old, New []htmlPicture
}

type htmlPicture struct {
	Class string // "come", "go" or ""
	Name  string
	Data  template.URL // data:, "" when the picture cannot be had
}

// htmlGrid is every SKU of a product, changed or not.
type htmlGrid struct {
	Label string
	Open  bool
	Rows  []htmlRow
}

type htmlRow struct {
	Class, ID, Attrs string // Class is "added", "removed" or ""
	Thumb            *htmlPicture
	Cells            []htmlCell
}

type htmlCell struct {
	Class, Old, New string
	Move            *htmlMove
}

// riskWords name the risks in classes and attributes.
var riskWords = map[risk]string{
	riskIrreversible: "irreversible", riskShelf: "shelf", riskPrice: "price", riskReview: "review", riskFree: "free", riskBlocked: "blocked", riskWaiting: "waiting",
}

// planPage writes the plan as a page.
func (v *View) planPage(w io.Writer, plan *reconcile.Plan, catalog *schema.Catalog) error {
	h := &htmlWriter{worder: worder{v.Lang}, v: v, plan: plan, names: names{catalog, plan.Pictures}, data: map[schema.ImageKey]template.URL{}}
	page, err := h.page()
	if err != nil {
		return err
	}
	return pages.ExecuteTemplate(w, "plan.html", page)
}

// htmlWriter words a plan for the template.
type htmlWriter struct {
	worder
	v     *View
	plan  *reconcile.Plan
	names names
	data  map[schema.ImageKey]template.URL // pictures that were made small already
	spent int                              // bytes of pictures in the page so far
}

// worder words what all pages have.
type worder struct{ lang lang.Lang }

func (w worder) say(t lang.Text) string { return clean(t.In(w.lang)) }

// shell has the style and the scripts of a page, which the page's policy knows by
// a nonce.
func (w worder) shell(scripts ...string) (shell, error) {
	style, err := web.ReadFile("web/page.css")
	if err != nil {
		return shell{}, err
	}
	var script []byte
	for _, name := range scripts {
		text, err := web.ReadFile("web/" + name)
		if err != nil {
			return shell{}, err
		}
		script = append(script, text...)
	}
	return shell{
		Lang: lang.T("en", "zh-CN").In(w.lang), Nonce: rand.Text(), Style: template.CSS(style), Script: template.JS(script),
		FilterLabel: w.say(lang.T("Filter", "筛选")),
		SearchLabel: w.say(lang.T("Search title, id, field…", "搜索标题、编号、字段……")),
		Keys:        w.say(lang.T("Keys: / search, j and k next and previous, o unfold.", "快捷键：/ 搜索，j、k 下一项、上一项，o 展开。")),
	}, nil
}

func (h *htmlWriter) page() (*planHTML, error) {
	sh, err := h.shell("page.js")
	if err != nil {
		return nil, err
	}
	p := &planHTML{shell: sh, Summary: h.lines(h.summary), Groups: h.groups()}
	p.Title = h.say(lang.F("shopctl plan: %s", "shopctl 计划：%s", h.plan.ShopName))
	p.Heading, p.AppID = h.say(lang.F("Plan for %s", "%s 的变更计划", h.plan.ShopName)), clean(h.plan.Shop.AppID)
	for _, g := range p.Groups {
		p.Chips = append(p.Chips, htmlChip{"risk-" + g.Risk, g.Name, len(g.Cards)})
	}
	if h.plan.Since != nil {
		p.Since = h.lines(func(p *page) { p.since(h.plan.Since) })
	}
	p.Forecast = h.forecast(h.plan.Forecast)
	for _, b := range h.plan.Breaches {
		p.Breaches = append(p.Breaches, htmlBreach{h.say(breachOf(b)), h.say(breachRest(b))})
	}
	h.label(p)
	return p, nil
}

// lines are the text of a part of the terminal's page, a line each.
func (w worder) lines(write func(*page)) []string {
	p := &page{lang: w.lang}
	write(p)
	var lines []string
	for line := range strings.Lines(string(p.buf)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// forecast is what will be on the shelf by the deadline; those that will surely
// be there are only counted.
func (w worder) forecast(f *reconcile.Forecast) *htmlForecast {
	if f == nil {
		return nil
	}
	out := &htmlForecast{
		Heading: w.say(lang.F("By %s", "到 %s 为止", clock(f.Deadline))), Verdict: w.say(sentence(listed(chances(f)))),
	}
	for _, chance := range []reconcile.Chance{reconcile.ChanceWillNot, reconcile.ChanceMay} {
		for i := range f.Products {
			if x := &f.Products[i]; x.Chance == chance {
				name := chanceNames[chance]
				out.Rows = append(out.Rows, htmlForecastRow{
					Class: chanceWords[chance], Address: clean(x.Address.String()), Title: clean(x.Title),
					Word: name.symbol + " " + w.say(name.word), Why: w.say(prospectOf(x, f.At)),
				})
			}
		}
	}
	for _, a := range f.Advice {
		out.Advice = append(out.Advice, w.say(adviceOf(a, f.At)))
	}
	for _, basis := range basesOf(f) {
		out.Advice = append(out.Advice, w.say(basis))
	}
	return out
}

// chanceWords name the chances in classes.
var chanceWords = map[reconcile.Chance]string{reconcile.ChanceMay: "may", reconcile.ChanceWillNot: "not"}

// label words what is the same on every page.
func (h *htmlWriter) label(p *planHTML) {
	for to, text := range map[*string]lang.Text{
		&p.NothingFound: lang.T("No change matches.", "没有符合条件的变更。"),
		&p.Made:         lang.F("Made %s (Beijing) from catalog %s.", "生成于 %s（北京时间），目录版本 %s。", clock(h.plan.At), short(h.plan.CatalogDigest)),
		&p.Field:        lang.T("field", "字段"), &p.Old: lang.T("in the shop", "店铺现状"), &p.New: lang.T("declared", "文件声明"),
		&p.None: lang.T("none", "无"), &p.Attributes: lang.T("attributes", "规格"),
		&p.Price: labels["sale_price"], &p.MarketPrice: labels["market_price"], &p.Stock: labels["stock_num"],
	} {
		*to = h.say(text)
	}
}

// summary is what the page says before its cards, the risk first.
func (h *htmlWriter) summary(p *page) {
	if entries := readPlan(h.plan, h.names); len(entries) > 0 {
		p.line(0, words(riskLine(entries)))
	}
	p.counts(h.plan)
	p.uploads(h.plan.Uploads)
}

func (h *htmlWriter) groups() []htmlGroup {
	var groups []htmlGroup
	entries := byRisk(readPlan(h.plan, h.names))
	for i := range entries {
		e := &entries[i]
		if i == 0 || e.risk != entries[i-1].risk {
			groups = append(groups, htmlGroup{Risk: riskWords[e.risk], Name: h.say(riskNames[e.risk])})
		}
		g := &groups[len(groups)-1]
		g.Cards = append(g.Cards, h.card(e))
	}
	return groups
}

func (h *htmlWriter) card(e *entry) htmlCard {
	c := e.change
	card := htmlCard{
		Risk: riskWords[e.risk], Address: clean(c.Address.String()), Symbol: webSymbol(e.what.symbol), What: h.say(e.what.word),
		ProductTitle: clean(c.Title), Class: string(c.Class), Cost: h.say(classNames[c.Class]), Why: h.say(e.why), Grid: h.grid(c),
	}
	for i := range e.fields {
		f := &e.fields[i]
		switch {
		case f.diff.Kind == reconcile.FieldPictures:
			card.Pictures = append(card.Pictures, h.pictures(f))
		case card.Grid != nil && inGrid(f):
		default:
			card.Fields = append(card.Fields, h.field(f))
		}
	}
	for _, r := range e.remarks {
		card.Remarks = append(card.Remarks, htmlRemark{Label: h.say(r.label), Text: h.say(r.text)})
	}
	return card
}

// gridFields are the fields of a SKU that the grid shows.
var gridFields = map[string]bool{"sale_price": true, "market_price": true, "stock_num": true}

func inGrid(f *fieldLine) bool {
	_, field := splitPath(f.path)
	return f.sign != "" || f.sku != "" && gridFields[field]
}

func (h *htmlWriter) field(f *fieldLine) htmlField {
	out := htmlField{Label: h.say(f.label), SKU: clean(f.sku), Old: h.say(f.old), New: h.say(f.new), Whose: h.say(f.whose), Move: moveOf(f.move)}
	if f.sign != "" {
		out.Label, out.New = f.sign+" SKU", strings.TrimSpace(h.say(f.new)+h.say(f.more))
	}
	return out
}

func moveOf(move string) *htmlMove {
	move = strings.Trim(move, " ()")
	switch {
	case move == "":
		return nil
	case strings.HasPrefix(move, "-"):
		return &htmlMove{"down", move}
	}
	return &htmlMove{"up", move}
}

// grid is nil for a product whose SKUs nobody has noted (reconcile.Illustrate).
func (h *htmlWriter) grid(c *reconcile.Change) *htmlGrid {
	if len(c.SKUs) == 0 {
		return nil
	}
	g := &htmlGrid{Label: h.say(counted(len(c.SKUs), "SKU", "SKUs", "个 SKU"))}
	for i := range c.SKUs {
		row, changed := h.row(&c.SKUs[i])
		if c.Action == reconcile.ActionDelist && row.Class == "removed" {
			row.Class, changed = "", false // the product goes as a whole, and keeps its SKUs
		}
		g.Open = g.Open || changed
		g.Rows = append(g.Rows, row)
	}
	return g
}

// row is one SKU; changed when a number of it is another, or when it comes or goes.
func (h *htmlWriter) row(s *reconcile.SKULine) (row htmlRow, changed bool) {
	row = htmlRow{ID: clean(s.OutSKUID)}
	var attrs []string
	for _, a := range s.Attrs {
		attrs = append(attrs, clean(a.Key+" "+a.Value))
	}
	row.Attrs = strings.Join(attrs, " / ")
	if s.Thumb != "" {
		p := h.picture(string(s.Thumb), "")
		row.Thumb = &p
	}
	want, have := s.Want, s.Have
	switch {
	case have == nil:
		row.Class, have = "added", want
	case want == nil:
		row.Class, want = "removed", have
	}
	row.Cells = []htmlCell{
		h.money(have.SalePrice, want.SalePrice), h.money(have.MarketPrice, want.MarketPrice), stockCell(have.Stock, want.Stock),
	}
	changed = row.Class != ""
	for _, cell := range row.Cells {
		changed = changed || cell.Class != ""
	}
	return row, changed
}

func (h *htmlWriter) money(old, now schema.Fen) htmlCell {
	if old == now {
		return htmlCell{New: now.String()}
	}
	d := reconcile.FieldDiff{Kind: reconcile.FieldMoney, Old: strconv.FormatInt(int64(old), 10), New: strconv.FormatInt(int64(now), 10)}
	return htmlCell{Class: "changed", Old: old.String(), New: now.String(), Move: moveOf(priceMove(d))}
}

// stockCell shows the stock of the shop where it is the shop's own affair.
func stockCell(old, now *int64) htmlCell {
	switch {
	case old == nil && now == nil:
		return htmlCell{}
	case now == nil:
		return htmlCell{New: strconv.FormatInt(*old, 10)}
	case old == nil || *old == *now:
		return htmlCell{New: strconv.FormatInt(*now, 10)}
	}
	return htmlCell{Class: "changed", Old: strconv.FormatInt(*old, 10), New: strconv.FormatInt(*now, 10)}
}

func (h *htmlWriter) pictures(f *fieldLine) htmlPictures {
	label := h.say(f.label)
	if f.sku != "" {
		label += " " + clean(f.sku)
	}
	old, now := lines(f.diff.Old), lines(f.diff.New)
	p := htmlPictures{Label: label}
	for _, key := range old {
		p.Old = append(p.Old, h.picture(key, unless(h.among(now, key), "go")))
	}
	for _, key := range now {
		p.New = append(p.New, h.picture(key, unless(h.among(old, key), "come")))
	}
	return p
}

// maxAddress is how many characters of a picture's address a page shows: they
// mean nothing to people, and tell pictures apart.
const maxAddress = 10

// among reports whether a picture is in a list, itself or one that looks the same.
func (h *htmlWriter) among(list []string, key string) bool {
	return slices.ContainsFunc(list, func(other string) bool {
		return other == key || h.v.Alike != nil && h.v.Alike(schema.ImageKey(other), schema.ImageKey(key))
	})
}

func unless(not bool, class string) string {
	if not {
		return ""
	}
	return class
}

// picture is one picture, small, in the page itself.
func (h *htmlWriter) picture(key, class string) htmlPicture {
	name := cmp.Or(h.names.picture(key), key)
	if strings.Contains(name, "://") {
		address, _, _ := strings.Cut(name, "?")
		name = cut(path.Base(address), maxAddress)
	}
	return htmlPicture{Class: class, Name: clean(cut(name, maxCell)), Data: h.dataOf(schema.ImageKey(key))}
}

// maxData is how many bytes of pictures a page holds, each counted as often as it is
// shown: a page of a hundred megabytes is not opened by anybody.
const maxData = 16 << 20

// afford leaves a picture out when the page holds enough of them.
func (h *htmlWriter) afford(data template.URL) template.URL {
	if h.spent += len(data); h.spent > maxData {
		return ""
	}
	return data
}

// dataURL puts a JPEG or a PNG into the page; "" for anything else.
func dataURL(picture []byte) template.URL {
	kind := ""
	switch {
	case bytes.HasPrefix(picture, []byte("\xff\xd8\xff")):
		kind = "jpeg"
	case bytes.HasPrefix(picture, []byte("\x89PNG\r\n\x1a\n")):
		kind = "png"
	default:
		return ""
	}
	return template.URL("data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(picture))
}

func (h *htmlWriter) dataOf(key schema.ImageKey) template.URL {
	if data, known := h.data[key]; known || h.v.Thumb == nil {
		return h.afford(data)
	}
	var data template.URL
	if small := h.v.Thumb(key); len(small) > 0 {
		data = dataURL(small)
	}
	h.data[key] = data
	return h.afford(data)
}
