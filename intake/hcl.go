package intake

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/shopctl/shopctl/schema"
)

// text builds HCL in the canonical form, so that `shopctl fmt` leaves it as it
// is. Building the same through hclwrite would take a hundred times as long,
// which tells for whole shops.
type text struct {
	out    []byte
	indent int
	// run are the attributes since the last line of another kind: their equals
	// signs stand below each other.
	run []attribute
	// tight says that no empty line separates the next block from what stands
	// before it: it is the first of its parent, or its comment was written.
	tight bool
}

type attribute struct{ name, value, note string }

func newText() *text { return &text{tight: true} }

// bytes are what was built; every block must be closed.
func (t *text) bytes() []byte { return t.out }

// open begins a block, close ends it.
func (t *text) open(header string) {
	t.separate()
	t.line(header + " {")
	t.indent++
	t.tight = true
}

func (t *text) close() {
	t.flush()
	t.indent--
	t.line("}")
	t.tight = false
}

// comment writes comment lines above the next block.
func (t *text) comment(words string) {
	t.separate()
	for l := range strings.Lines(words) {
		t.line("# " + harmless(strings.TrimSuffix(l, "\n")))
	}
	t.tight = true
}

// separate ends the attributes and puts an empty line, where there must be one,
// before a block.
func (t *text) separate() {
	if len(t.run) > 0 {
		t.flush()
		t.tight = false
	}
	if !t.tight {
		t.out = append(t.out, '\n')
	}
}

// attr writes NAME = VALUE; the value is HCL already.
func (t *text) attr(name, value string) { t.noted(name, value, "") }

// noted is attr with a comment behind it. No two attributes that follow each
// other may have one: their comments would have to be aligned.
func (t *text) noted(name, value, note string) {
	t.run = append(t.run, attribute{name, value, harmless(note)})
	t.tight = false
}

// maxLine is how many bytes of elements a list may have to stand on one line.
const maxLine = 90

// list writes NAME = [ELEMENTS]; the elements are HCL already.
func (t *text) list(name string, elements []string) {
	length := 0
	for _, e := range elements {
		length += len(e) + 2
	}
	if len(elements) < 2 || length <= maxLine {
		t.attr(name, "["+strings.Join(elements, ", ")+"]")
		return
	}
	t.flush()
	t.line(name + " = [")
	t.indent++
	for _, e := range elements {
		t.line(e + ",")
	}
	t.indent--
	t.line("]")
	t.tight = false
}

// flush writes the attributes that wait for their neighbours.
func (t *text) flush() {
	width := 0
	for _, a := range t.run {
		width = max(width, len(a.name))
	}
	for _, a := range t.run {
		l := a.name + strings.Repeat(" ", width-len(a.name)) + " = " + a.value
		if a.note != "" {
			l += " # " + a.note
		}
		t.line(l)
	}
	t.run = t.run[:0]
}

func (t *text) line(s string) {
	for range t.indent {
		t.out = append(t.out, "  "...)
	}
	t.out = append(t.out, s...)
	t.out = append(t.out, '\n')
}

// harmless is text that can stand in a comment: one line without control
// characters.
func harmless(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || deceptive(r) {
			return ' '
		}
		return r
	}, s))
}

// quote is a string as a literal: nothing in it is taken for a template, and
// what cannot be seen in an editor is escaped.
func quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			fmt.Fprintf(&b, `\u%04x`, r)
		case unicode.IsControl(r) || deceptive(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// deceptive are characters that are not seen, or that turn the direction of what
// is seen: a byte order mark, line separators, bidirectional controls.
func deceptive(r rune) bool {
	switch {
	case r == 0xfeff, r == 0x2028, r == 0x2029, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

func quoteAll(list []string) []string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return quoted
}

// yuan is money as it is written in a catalog: 990 fen is 9.90.
func yuan(f schema.Fen) string {
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	return fmt.Sprintf("%s%d.%02d", sign, f/100, f%100)
}

// reference is KIND.NAME, or KIND["NAME"] where the name is no identifier.
func reference(a schema.Address) string {
	if hclsyntax.ValidIdentifier(a.Name) {
		return a.String()
	}
	return string(a.Kind) + "[" + quote(a.Name) + "]"
}
