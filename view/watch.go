package view

import (
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// Watch shows a board that is kept up to date: on a terminal it is redrawn in
// place, with the changes above it; elsewhere each change of a status is a line of
// text, or a JSON document on a line of its own.
type Watch struct {
	view *View
	only []Status
	line *StatusLine               // nil where nothing is redrawn
	was  map[schema.Address]Status // nil before the first board
	at   time.Time                 // of the board that is shown
	size [2]int                    // of the terminal when it was drawn: cells and lines
	// trouble is why the shop cannot be read, "" where it can.
	trouble string
}

// Watch begins with nothing shown. only restricts the objects as for Board; inPlace
// says that results go to the terminal whose lines can be redrawn. Close ends it.
func (v *View) Watch(only []Status, inPlace bool) *Watch {
	w := &Watch{view: v, only: only}
	if inPlace && v.Format == Text {
		w.line = v.statusLine()
	}
	return w
}

// changeDocument is the JSON form of one change of a status.
type changeDocument struct {
	Envelope
	At     string   `json:"at"` // RFC 3339
	Was    Status   `json:"was,omitempty"`
	Object boardRow `json:"object"`
}

// Show shows the board as it is now and, on a terminal, when it is read again.
func (w *Watch) Show(b Board, next time.Time) error {
	first := w.was == nil
	before := w.was
	w.was = StatusesOf(b.Standings)
	if err := w.recovered(b.At); err != nil {
		return err
	}
	w.at = b.At
	if first && w.line == nil {
		return w.begin(b)
	}
	if !first {
		if err := w.changes(&b, before); err != nil {
			return err
		}
	}
	if w.line == nil {
		return nil
	}
	return w.draw(strings.Join(w.region(&b, next), "\n"), first)
}

func (w *Watch) draw(region string, first bool) error {
	resized := w.Resized()
	w.size = w.terminal()
	if resized && !first {
		return w.line.Anew(region)
	}
	return w.line.Set(region)
}

// Resized reports whether the terminal has another size than when the board was
// drawn.
func (w *Watch) Resized() bool { return w.line != nil && w.size != w.terminal() }

func (w *Watch) terminal() [2]int { return [2]int{w.view.width(), w.height()} }

// begin prints the whole board where it is not redrawn.
func (w *Watch) begin(b Board) error {
	if w.view.Format != JSON {
		return w.view.Board(b, w.only)
	}
	return writeJSONLine(w.view.Out, boardModel(&b, w.view.readBoard(&b, w.only)))
}

// changes tells of every object whose status is another than before.
func (w *Watch) changes(b *Board, before map[schema.Address]Status) error {
	posts := w.view.readBoard(b, Statuses)
	for i := range posts {
		x := &posts[i]
		was, known := before[x.standing.Address]
		if known && was == x.status {
			continue
		}
		if err := w.change(b.At, was, x); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watch) change(at time.Time, was Status, x *post) error {
	if w.view.Format == JSON {
		return writeJSONLine(w.view.Out, changeDocument{Envelope{"status-change", 1}, rfc3339(at), was, rowOf(x)})
	}
	out, p := w.view.Out, w.view.outPage()
	if w.line != nil {
		out, p = w.line, w.view.errPage()
	}
	spans := []span{raw(dial(at) + "  ").as(faint), raw(x.standing.Address.String()).as(bold), raw(" " + x.standing.Title + "  ")}
	if was != "" {
		spans = append(spans, words(statusNames[was].word), raw(" → "))
	}
	spans = append(spans, raw(x.word.symbol+" ").as(x.word.style), words(x.word.word).as(x.word.style))
	if detail := x.detail(); !detail.IsZero() {
		spans = append(spans, words(lang.T("; "+detail.EN, "；"+detail.ZH)))
	}
	p.line(0, spans...)
	return p.flush(out)
}

// defaultHeight is how many lines are redrawn where the height of the terminal is
// not known.
const defaultHeight = 24

// region are the lines that are redrawn: what is not at rest, those first that
// need a human, and below them how much is where.
func (w *Watch) region(b *Board, next time.Time) []string {
	v := w.view
	var rows [][]span
	for _, x := range byUrgency(v.readBoard(b, w.only)) {
		if x.status.rests() && len(w.only) == 0 {
			continue
		}
		rows = append(rows, boardSpans(&x))
	}
	end := &page{lang: v.Lang}
	end.boardSummary(b)
	if b.Forecast != nil {
		end.line(0, format("By %s: ", "到 %s 为止：", clock(b.Forecast.Deadline)), words(sentence(listed(chances(b.Forecast)))))
	}
	end.line(0, format("Read %s; next look %s. Ctrl-C ends.", "读取于 %s，下次查看 %s。按 Ctrl-C 结束。", dial(b.At), dial(next)))
	tail := splitLines(end)
	p := &page{lang: v.Lang}
	if room := max(1, w.height()-len(tail)-2); len(rows) > room {
		p.table(0, rows[:room])
		p.line(0, words(andMore(len(rows)-room)))
	} else {
		p.table(0, rows)
	}
	lines := append(splitLines(p), tail...)
	for i := range lines {
		lines[i] = v.cut(lines[i])
	}
	return lines
}

// dial is a time of the day in Beijing.
func dial(t time.Time) string { return t.In(schema.Beijing).Format("15:04:05") }

func splitLines(p *page) []string {
	text := strings.TrimSuffix(string(p.buf), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func (w *Watch) height() int {
	if w.view.Height == nil || w.view.Height() <= 0 {
		return defaultHeight
	}
	return w.view.Height()
}

// Trouble says why the shop could not be read; the board stays as it was. The same
// trouble is told once, however long it lasts.
func (w *Watch) Trouble(at time.Time, err error) error {
	a := adviceOn(err)
	if a.What.EN == w.trouble {
		return nil
	}
	w.trouble = a.What.EN
	note := lang.F("%[1]s  The board cannot be brought up to date: %[2]s", "%[1]s  无法更新状态：%[3]s", dial(at), a.What.EN, a.What.ZH)
	if !a.Meaning.IsZero() {
		note = lang.T(note.EN+" ("+a.Meaning.EN+")", note.ZH+"（"+a.Meaning.ZH+"）")
	}
	return w.view.Note(note)
}

// recovered says that a trouble is over, once there is a board of another time.
func (w *Watch) recovered(at time.Time) error {
	if w.trouble == "" || at.Equal(w.at) {
		return nil
	}
	w.trouble = ""
	return w.view.Note(lang.F("%[1]s  The board is up to date again.", "%[1]s  已恢复更新。", dial(at)))
}

// Close ends the redrawing and leaves the whole board.
func (w *Watch) Close(b Board) error {
	if w.line == nil {
		return nil
	}
	if err := w.line.Set(""); err != nil {
		return err
	}
	return w.view.Board(b, w.only)
}

// writeJSONLine prints one document on one line.
func writeJSONLine(out io.Writer, document any) error {
	b, err := json.Marshal(document)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, escapeControls(string(b))+"\n")
	return err
}
