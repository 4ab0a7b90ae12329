// Package view is the only place that formats for people, and for machines
// that read our output. It takes the values of the other packages and renders
// them as text in either language, or as JSON; it decides nothing.
//
// Results go to Out; progress, diagnostics and errors go to Err, except that
// in JSON a result stands on Out whatever it is, so that a reader of --format
// json finds one document there.
package view

import (
	"io"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// Format is how results are rendered.
type Format string

// The formats of --format.
const (
	Text     Format = "text"
	JSON     Format = "json"
	Markdown Format = "markdown" // of a plan and a status: a comment for a pull request
	HTML     Format = "html"     // of a plan and a status: one page that needs no network
	GitHub   Format = "github"   // of findings and a status: annotations of an Action
	GitLab   Format = "gitlab"   // the same as a Code Quality report
)

// View is where and how everything is printed.
type View struct {
	Out, Err io.Writer
	Lang     lang.Lang
	Format   Format
	// OutColour and ErrColour say whether colour codes may be written (see Colour).
	OutColour, ErrColour bool
	// Live is set when Err is a terminal on which a line may be redrawn.
	Live bool
	// Tell, where it is set, hears how far a long piece of work is, in place of the
	// status line: that of a fleet shows many shops.
	Tell func(lang.Text)
	// Width gives the width of the terminal in cells at this moment; nil or a
	// result of 0 means that lines are not cut.
	Width func() int
	// Height gives its height in lines; nil or a result of 0 means that it is not known.
	Height func() int
	// Thumb gives a picture small, as JPEG or PNG, for a page; nil, or an empty
	// result, leaves its place empty.
	Thumb func(key schema.ImageKey) []byte
	// Alike reports whether two pictures look the same: the platform shows those it
	// was given under addresses of its own. Nil when nobody looked.
	Alike func(a, b schema.ImageKey) bool
	// Dir is the catalog directory as the repository knows it, for annotations.
	Dir string
	// Locate finds the place of a field of a declared object, for annotations;
	// nil when only the object's own place is known.
	Locate func(source schema.Source, field string) schema.Range
}

// Colour decides whether a stream gets colour: --no-color and NO_COLOR forbid
// it, CLICOLOR_FORCE demands it, and otherwise a terminal that is not dumb gets it.
func Colour(getenv func(string) string, terminal, noColour bool) bool {
	switch {
	case noColour, getenv("NO_COLOR") != "":
		return false
	case getenv("CLICOLOR_FORCE") != "" && getenv("CLICOLOR_FORCE") != "0":
		return true
	}
	return terminal && getenv("TERM") != "dumb"
}

func (v *View) outPage() *page { return &page{lang: v.Lang, colour: v.OutColour} }

func (v *View) errPage() *page { return &page{lang: v.Lang, colour: v.ErrColour} }

func (v *View) width() int {
	if v.Width == nil {
		return 0
	}
	return v.Width()
}

// Line prints one sentence as a result.
func (v *View) Line(t lang.Text) error {
	p := v.outPage()
	p.line(0, words(t))
	return p.flush(v.Out)
}

// Note prints one sentence beside the results.
func (v *View) Note(t lang.Text) error {
	p := v.errPage()
	p.line(0, words(t))
	return p.flush(v.Err)
}

// Ask prints a question and leaves the cursor behind it.
func (v *View) Ask(question lang.Text) error {
	p := v.errPage()
	p.add(words(question).as(bold))
	return p.flush(v.Err)
}
