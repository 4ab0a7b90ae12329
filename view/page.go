package view

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"github.com/shopctl/shopctl/lang"
)

// style is how a stretch of text looks where colour is on.
type style string

// The styles, as SGR parameters. They use the terminal's own sixteen colours,
// so that they fit its theme.
const (
	plain   style = ""
	bold    style = "1"
	faint   style = "2"
	red     style = "31"
	green   style = "32"
	yellow  style = "33"
	blue    style = "34"
	magenta style = "35"
	cyan    style = "36"
)

// span is a stretch of text in one style and both languages.
type span struct {
	style style
	text  lang.Text
	tabs  bool // keep tabs: the text is a line of a source file
}

func words(t lang.Text) span                 { return span{text: t} }
func raw(s string) span                      { return span{text: lang.Same(s)} }
func both(en, zh string) span                { return words(lang.T(en, zh)) }
func format(en, zh string, args ...any) span { return words(lang.F(en, zh, args...)) }
func source(line string) span                { return span{text: lang.Same(line), tabs: true} }
func (s span) as(st style) span              { s.style = st; return s }
func (s span) clean(l lang.Lang) string {
	if s.tabs {
		return cleanSource(s.text.In(l))
	}
	return clean(s.text.In(l))
}

// counted is a number with its noun: "1 error", "2 errors", "2 个错误".
func counted(n int, one, many, zh string) lang.Text {
	noun := many
	if n == 1 {
		noun = one
	}
	return lang.T(fmt.Sprintf("%d %s", n, noun), fmt.Sprintf("%d %s", n, zh))
}

// listed joins texts with commas.
func listed(texts []lang.Text) lang.Text {
	var en, zh []string
	for _, t := range texts {
		en, zh = append(en, t.EN), append(zh, t.ZH)
	}
	return lang.T(strings.Join(en, ", "), strings.Join(zh, "，"))
}

// semicolons joins texts that hold commas themselves.
func semicolons(texts []lang.Text) lang.Text {
	var en, zh []string
	for _, t := range texts {
		en, zh = append(en, t.EN), append(zh, t.ZH)
	}
	return lang.T(strings.Join(en, "; "), strings.Join(zh, "；"))
}

// sentence ends a text with the full stop of each language.
func sentence(t lang.Text) lang.Text { return lang.T(t.EN+".", t.ZH+"。") }

// page collects lines and is written in one go. It is the one way for text to
// the terminal: whatever passes through it is cleaned of control characters.
type page struct {
	lang   lang.Lang
	colour bool
	buf    []byte
}

// line adds one line, indented by so many cells.
func (p *page) line(indent int, spans ...span) {
	p.indent(indent)
	for _, s := range spans {
		p.add(s)
	}
	p.end()
}

// indent adds so many empty cells.
func (p *page) indent(cells int) { p.buf = append(p.buf, strings.Repeat(" ", cells)...) }

// end ends a line, without the spaces that empty cells leave at its end.
func (p *page) end() { p.buf = append(bytes.TrimRight(p.buf, " "), '\n') }

func (p *page) blank() { p.buf = append(p.buf, '\n') }

func (p *page) add(s span) {
	text := s.clean(p.lang)
	if s.style == plain || !p.colour || text == "" {
		p.buf = append(p.buf, text...)
		return
	}
	p.buf = fmt.Appendf(p.buf, "\x1b[%sm%s\x1b[0m", s.style, text)
}

func (p *page) flush(w io.Writer) error {
	_, err := w.Write(p.buf)
	p.buf = nil
	return err
}

// table adds rows in aligned columns, two cells apart. The last column is not
// padded.
func (p *page) table(indent int, rows [][]span) { p.tableWith(indent, rows, func(int) {}) }

// tableWith is a table in which lines may follow a row.
func (p *page) tableWith(indent int, rows [][]span, follow func(row int)) {
	widths := p.columnWidths(rows)
	for at, row := range rows {
		p.indent(indent)
		for i, cell := range row {
			p.add(cell)
			if i < len(row)-1 {
				p.indent(widths[i] - cellWidth(cell.clean(p.lang)) + 2)
			}
		}
		p.end()
		follow(at)
	}
}

func (p *page) columnWidths(rows [][]span) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cellWidth(cell.clean(p.lang)))
		}
	}
	return widths
}

// cells measures text as terminals draw it. East Asian ambiguous characters
// (quotation marks, dashes, circled numbers) are one cell wide there also in a
// Chinese locale, so the locale is not asked.
var cells = &runewidth.Condition{EastAsianWidth: false, StrictEmojiNeutral: true}

func cellWidth(s string) int { return cells.StringWidth(s) }

// clean makes foreign text harmless on a terminal: control characters become
// their visible pictures or escapes, and so do the marks that reverse the
// writing direction. Invalid UTF-8 becomes U+FFFD.
func clean(s string) string {
	if !strings.ContainsFunc(s, hostile) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		b.WriteString(visible(r))
	}
	return b.String()
}

// cleanSource is clean for a line of a source file: tabs stay.
func cleanSource(line string) string {
	parts := strings.Split(line, "\t")
	for i := range parts {
		parts[i] = clean(parts[i])
	}
	return strings.Join(parts, "\t")
}

// blankOf is white space as wide as a source line, with its tabs.
func blankOf(line string) string {
	parts := strings.Split(line, "\t")
	for i := range parts {
		parts[i] = strings.Repeat(" ", cellWidth(clean(parts[i])))
	}
	return strings.Join(parts, "\t")
}

// hostile reports whether a terminal might act on the rune instead of drawing it.
func hostile(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

func visible(r rune) string {
	switch {
	case !hostile(r):
		return string(r)
	case r < 0x20:
		return string(rune(0x2400) + r)
	case r == 0x7f:
		return "␡"
	}
	return fmt.Sprintf("\\u%04x", r)
}
