// Command termshot draws terminal output, with its colours, as an SVG. It makes
// the plans shown in the READMEs (docs/img/make).
//
//	shopctl plan | termshot > plan.svg
package main

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"log"
	"os"
	"strings"

	"github.com/mattn/go-runewidth"
)

// The picture's measures, in pixels: a cell of the grid, and the frame around it.
const (
	cellWidth, lineHeight = 8.4, 20.0
	margin                = 20.0
)

// styles are the SGR codes that view writes, as SVG attributes.
var styles = map[string]string{
	"1":  `font-weight="bold"`,
	"2":  `opacity="0.65"`,
	"31": `fill="#ff7b72"`,
	"32": `fill="#7ee787"`,
	"33": `fill="#f0c674"`,
	"35": `fill="#d2a8ff"`,
	"36": `fill="#79c0ff"`,
}

func main() {
	log.SetFlags(0)
	if err := draw(os.Stdout, os.Stdin); err != nil {
		log.Fatal("termshot: ", err)
	}
}

// draw reads lines with SGR sequences from r and writes the SVG to w.
func draw(w io.Writer, r io.Reader) error {
	var body strings.Builder
	rows, columns := 0, 0
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		columns = max(columns, line(&body, lines.Text(), margin+lineHeight*float64(rows+1)))
		rows++
	}
	if err := lines.Err(); err != nil {
		return err
	}
	width, height := 2*margin+cellWidth*float64(columns), 2*margin+lineHeight*float64(rows)
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" font-family="ui-monospace, 'Noto Sans Mono CJK SC', Menlo, Consolas, monospace" font-size="14">
<rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>
<g fill="#e6edf3">
%s</g>
</svg>
`, width, height, width, height, body.String())
	return err
}

// line draws one line of text at height y and returns its width in cells.
func line(b *strings.Builder, text string, y float64) (cells int) {
	var attributes []string
	for text != "" {
		run, rest, _ := strings.Cut(text, "\x1b[")
		cells = words(b, run, cells, y, strings.Join(attributes, " "))
		var codes string
		codes, text, _ = strings.Cut(rest, "m")
		for code := range strings.SplitSeq(codes, ";") {
			if style, ok := styles[code]; ok {
				attributes = append(attributes, style)
			} else if code == "0" || code == "" {
				attributes = nil
			}
		}
	}
	return cells
}

// words draws a run of one style from a cell on and returns the cell behind it.
// Every word is placed by itself: fonts disagree about the width of Chinese
// characters, and SVG folds spaces.
func words(b *strings.Builder, run string, cell int, y float64, attributes string) int {
	condition := runewidth.Condition{EastAsianWidth: false}
	for i, word := range strings.Split(run, " ") {
		if i > 0 {
			cell++
		}
		if word == "" {
			continue
		}
		width := condition.StringWidth(word)
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" %s>%s</text>`+"\n",
			margin+cellWidth*float64(cell), y, cellWidth*float64(width), attributes, html.EscapeString(word))
		cell += width
	}
	return cell
}
