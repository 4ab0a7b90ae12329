package view

import (
	"bytes"
	"io"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
)

// LiveBoard is the status board of a shop at one moment, for the page that
// listen serves.
type LiveBoard struct {
	Shop, AppID string
	Board       []reconcile.Standing
	Read        time.Time // when the shop was last read; zero: not yet
	Trouble     lang.Text // why it could not be read since then
}

// liveRows is how many objects the live page shows: those first that need
// somebody. It is sent anew whenever one of them moves.
const liveRows = 500

// BoardPage writes the live page. It keeps itself up to date through the
// server-sent events "board" of the address "events". Style and script carry the
// nonce, so that a policy can forbid all others.
func BoardPage(w io.Writer, b LiveBoard, l lang.Lang, nonce string) error {
	return writeLive(w, "board.html", b, l, nonce)
}

// BoardFragment writes the parts of the live page that change.
func BoardFragment(w io.Writer, b LiveBoard, l lang.Lang) error {
	return writeLive(w, "fragment", b, l, "")
}

func writeLive(w io.Writer, name string, live LiveBoard, l lang.Lang, nonce string) error {
	b := &Board{ShopName: live.Shop, At: live.Read, Standings: live.Board}
	b.Shop.AppID = live.AppID
	posts := byUrgency((&View{Lang: l}).readBoard(b, nil))
	left := max(0, len(posts)-liveRows)
	page, err := worder{l}.board(b, posts[:len(posts)-left], "page.js", "live.js")
	if err != nil {
		return err
	}
	page.Live, page.Nonce, page.Trouble = true, nonce, page.worder.say(live.Trouble)
	page.Lost = page.worder.say(lang.T("The connection is lost; what is shown may be old.", "连接已断开，显示的内容可能已过时。"))
	if left > 0 {
		page.More = page.worder.say(lang.F("%d more are not shown: shopctl status", "另有 %d 项未显示：shopctl status", left))
	}
	if live.Read.IsZero() {
		page.Summary = []string{page.worder.say(lang.T("The shop has not been read yet.", "尚未读取店铺。"))}
	}
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, page); err != nil {
		return err
	}
	_, err = w.Write(out.Bytes())
	return err
}

// boardHTML is what the template of a board shows.
type boardHTML struct {
	shell
	worder
	Summary    []string
	Trouble    string
	Forecast   *htmlForecast
	Groups     []htmlPosts
	More, Lost string
}

// htmlPosts are the objects of one status.
type htmlPosts struct {
	htmlChip
	Cards []htmlPost
}

type htmlPost struct {
	Class, Symbol, Word, Address, ProductTitle, Moment string
	Remarks                                            []htmlRemark
}

// boardPage writes the board as a page that needs no network.
func (v *View) boardPage(w io.Writer, b *Board, posts []post) error {
	page, err := worder{v.Lang}.board(b, byUrgency(posts), "page.js")
	if err != nil {
		return err
	}
	return pages.ExecuteTemplate(w, "board.html", page)
}

// board words sorted objects for the template.
func (w worder) board(b *Board, posts []post, scripts ...string) (*boardHTML, error) {
	sh, err := w.shell(scripts...)
	if err != nil {
		return nil, err
	}
	p := &boardHTML{shell: sh, worder: w, Summary: w.lines(func(p *page) { p.boardSummary(b) }), Forecast: w.forecast(b.Forecast)}
	p.Title = w.say(lang.F("shopctl status: %s", "shopctl 状态：%s", b.ShopName))
	p.Heading, p.AppID = w.say(lang.F("Status of %s", "%s 的状态", b.ShopName)), clean(b.Shop.AppID)
	p.NothingFound = w.say(lang.T("No object matches.", "没有符合条件的对象。"))
	if !b.At.IsZero() {
		read := w.say(lang.F("The shop as read %s (Beijing).", "店铺读取于 %s（北京时间）。", clock(b.At)))
		p.Made, p.Summary = read, append(p.Summary, read)
	}
	for group := range chunks(posts, func(x *post) Status { return x.status }) {
		p.Groups = append(p.Groups, w.group(group))
	}
	for _, g := range p.Groups {
		p.Chips = append(p.Chips, g.htmlChip)
	}
	return p, nil
}

func (w worder) group(posts []post) htmlPosts {
	g := htmlPosts{htmlChip: htmlChip{string(posts[0].status), w.say(posts[0].word.word), len(posts)}}
	for i := range posts {
		x := &posts[i]
		card := htmlPost{
			Class: g.Class, Symbol: webSymbol(x.word.symbol), Word: g.Word,
			Address: clean(x.standing.Address.String()), ProductTitle: clean(x.standing.Title), Moment: w.say(x.moment),
		}
		for _, r := range x.remarks() {
			card.Remarks = append(card.Remarks, htmlRemark{Label: w.say(r.label), Text: w.say(r.text), Class: toneOf[r.style]})
		}
		g.Cards = append(g.Cards, card)
	}
	return g
}

// toneOf are the classes of what is said in a colour.
var toneOf = map[style]string{red: "bad", yellow: "may", green: "will"}

// webSymbol stands for a symbol of the terminal that many fonts of browsers miss.
func webSymbol(symbol string) string { return strings.ReplaceAll(symbol, "⧗", "◔") }
