package view

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
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

// pageRows is how many objects the page shows: those first that need somebody.
const pageRows = 500

// urgency is the order of the rows: what needs a human, what waits, what rests.
var urgency = []Status{
	StatusRejected, StatusBanned, StatusBlocked, StatusAbsent, StatusApproved, StatusInReview, StatusWaiting,
	StatusOnShelf, StatusGranted, StatusOffShelf,
}

// BoardPage writes the whole page. It keeps itself up to date through the
// server-sent events "board" of the address "events". Style and script carry the
// nonce, so that a policy can forbid all others.
func BoardPage(w io.Writer, b LiveBoard, l lang.Lang, nonce string) error {
	return writeBoard(w, "page", b, l, nonce)
}

// BoardFragment writes the part of the page that changes.
func BoardFragment(w io.Writer, b LiveBoard, l lang.Lang) error {
	return writeBoard(w, "board", b, l, "")
}

func writeBoard(w io.Writer, name string, b LiveBoard, l lang.Lang, nonce string) error {
	var out bytes.Buffer
	model := boardPageModel(b, l)
	model.Nonce = nonce
	if err := boardTemplate.ExecuteTemplate(&out, name, model); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

// livePage is what the template sees: words in one language, nothing to decide.
type livePage struct {
	Lang, Title, Shop, AppID, Read, Trouble, Shelf, More string
	Status, Object, Detail, Empty, Lost                  string
	Nonce                                                string
	Counts                                               []pageCount
	Rows                                                 []pageRow
}

type pageCount struct {
	Class, Word string
	N           int
}

type pageRow struct {
	Class, Symbol, Word, Address, Title, Detail, Source string
}

func boardPageModel(b LiveBoard, l lang.Lang) livePage {
	say := func(en, zh string) string { return lang.T(en, zh).In(l) }
	m := livePage{
		Lang: say("en", "zh-CN"), Title: say("Status board", "状态看板"), Shop: b.Shop, AppID: b.AppID,
		Trouble: b.Trouble.In(l), Status: say("Status", "状态"), Object: say("Object", "对象"), Detail: say("Details", "说明"),
		Lost: say("The connection is lost; what is shown may be old.", "连接已断开，显示的内容可能已过时。"),
		Read: say("The shop has not been read yet.", "尚未读取店铺。"),
	}
	if !b.Read.IsZero() {
		m.Read = lang.F("As read at %s", "读取于 %s", clock(b.Read)).In(l)
		m.Empty = say("Nothing is declared.", "没有声明任何内容。")
	}
	counts := map[Status]int{}
	var shown []*reconcile.Standing
	wanted, there := 0, 0
	for i := range b.Board {
		s := &b.Board[i]
		status := StatusOf(s)
		counts[status]++
		if status != StatusUnmanaged {
			shown = append(shown, s)
		}
		if s.Wanted {
			wanted++
			if s.Shelf == provider.ShelfListed {
				there++
			}
		}
	}
	if wanted > 0 {
		m.Shelf = lang.F("%d of %d products wanted on the shelf are there.", "应在架的商品 %[2]d 个，已在架 %[1]d 个。", there, wanted).In(l)
	}
	for _, status := range Statuses {
		if n := counts[status]; n > 0 {
			m.Counts = append(m.Counts, pageCount{string(status), statusNames[status].word.In(l), n})
		}
	}
	slices.SortStableFunc(shown, func(x, y *reconcile.Standing) int {
		return slices.Index(urgency, StatusOf(x)) - slices.Index(urgency, StatusOf(y))
	})
	if rest := len(shown) - pageRows; rest > 0 {
		m.More = lang.F("%d more are not shown: shopctl status", "另有 %d 项未显示：shopctl status", rest).In(l)
		shown = shown[:pageRows]
	}
	for _, s := range shown {
		m.Rows = append(m.Rows, pageRowOf(s, l))
	}
	return m
}

// pageRowOf is one row. The hourglass of the terminal is missing in many fonts of
// browsers, so the page has another sign.
func pageRowOf(s *reconcile.Standing, l lang.Lang) pageRow {
	status := StatusOf(s)
	row := pageRow{
		Class: string(status), Symbol: strings.ReplaceAll(statusNames[status].symbol, "⧗", "◔"), Word: statusNames[status].word.In(l),
		Address: s.Address.String(), Title: s.Title, Detail: boardDetail(s).In(l),
	}
	if file := s.Source.Range.File; file != "" {
		row.Source = fmt.Sprintf("%s:%d", file, s.Source.Range.Start.Line)
	}
	return row
}

var boardTemplate = template.Must(template.New("").Parse(`
{{- define "page" -}}
<!doctype html>
<html lang="{{.Lang}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}} · {{.Shop}}</title>
<style nonce="{{.Nonce}}">
:root { color-scheme: light dark; --line: light-dark(#ddd, #333); --faint: light-dark(#666, #999);
  --green: light-dark(#17703a, #5fcf86); --blue: light-dark(#1a5fb4, #7cb0f2); --yellow: light-dark(#8a5a00, #e5b45b); --red: light-dark(#b3261e, #f28b82); }
body { font: 15px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
p { margin: .25rem 0; }
small, .faint { color: var(--faint); }
.trouble, #lost { color: var(--red); }
ul { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; list-style: none; margin: 1rem 0; padding: 0; }
ul b { font-size: 1.4rem; margin-right: .3rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-top: 1px solid var(--line); padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top; }
th { color: var(--faint); font-weight: normal; }
td:first-child { white-space: nowrap; }
.on-shelf, .granted { color: var(--green); }
.in-review, .waiting { color: var(--blue); }
.approved, .absent { color: var(--yellow); }
.rejected, .banned, .blocked { color: var(--red); }
.off-shelf, .unmanaged { color: var(--faint); }
@media (max-width: 40rem) { thead { display: none; } tr { border-top: 1px solid var(--line); display: block; padding: .5rem 0; } td { border: 0; display: block; padding: 0; } }
</style>
<main id="board">{{template "board" .}}</main>
<p id="lost" role="status" hidden>{{.Lost}}</p>
<script nonce="{{.Nonce}}">
const source = new EventSource("events" + location.search);
source.addEventListener("board", e => { document.getElementById("board").innerHTML = e.data; });
source.onopen = () => { document.getElementById("lost").hidden = true; };
source.onerror = () => { document.getElementById("lost").hidden = false; };
</script>
</html>
{{end}}
{{- define "board" -}}
<h1>{{.Shop}}</h1>
<p class="faint">{{.AppID}} · {{.Read}}</p>
{{with .Trouble}}<p class="trouble">{{.}}</p>{{end}}
{{with .Shelf}}<p>{{.}}</p>{{end}}
<ul>{{range .Counts}}<li class="{{.Class}}"><b>{{.N}}</b>{{.Word}}</li>{{end}}</ul>
{{if .Rows}}<table>
<thead><tr><th scope="col">{{.Status}}</th><th scope="col">{{.Object}}</th><th scope="col">{{.Detail}}</th></tr></thead>
<tbody>{{range .Rows}}
<tr><td class="{{.Class}}">{{.Symbol}} {{.Word}}</td><td><b>{{.Address}}</b> {{.Title}}<br><small>{{.Source}}</small></td><td>{{.Detail}}</td></tr>{{end}}
</tbody>
</table>{{else}}<p>{{.Empty}}</p>{{end}}
{{with .More}}<p class="faint">{{.}}</p>{{end}}
{{- end}}`))
