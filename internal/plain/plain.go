// Package plain reads JSON of the form in which programs write it: no fractions,
// members with names of their own, and where it is our own, neither space between
// values nor escapes in texts. That is nearly all there is
// to read in a large shop, and it is read in one pass, several times faster than
// encoding/json does it, into whatever the caller likes.
//
// What looks different in any way is not understood (Understood), and the caller
// leaves the whole of it to encoding/json, which decides what it means or what is
// wrong with it. So there are two ways and one meaning; the fuzz targets of the
// callers compare them.
package plain

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep values may be nested that are skipped.
const maxDepth = 64

// Reader reads one JSON text from its beginning. Texts that it returns are pieces
// of it. After something that it does not understand it returns zero values.
type Reader struct {
	text    string
	at      int
	odd     bool
	foreign bool
}

// NewReader begins with the first byte of text, which we have written ourselves:
// space and escapes are odd.
func NewReader(text string) *Reader { return &Reader{text: text} }

// NewForeignReader begins with the first byte of what somebody else has written:
// there may be space, and texts may have escapes, as "http:\/\/" often has.
func NewForeignReader(text string) *Reader { return &Reader{text: text, foreign: true} }

// Understood reports whether everything was read, up to the end of the text.
func (r *Reader) Understood() bool {
	r.space()
	return !r.odd && r.at == len(r.text)
}

// space passes over the space that JSON allows between values.
func (r *Reader) space() {
	for r.foreign && r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

// Going reports whether everything was understood so far.
func (r *Reader) Going() bool { return !r.odd }

// Odd says that what was read is not what the caller understands.
func (r *Reader) Odd() { r.odd = true }

// OddIf is Odd on a condition.
func (r *Reader) OddIf(odd bool) { r.odd = r.odd || odd }

// Peek is the first byte of the next value; 0 at the end.
func (r *Reader) Peek() byte {
	r.space()
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *Reader) next(c byte) {
	if r.odd = r.odd || r.Peek() != c; !r.odd {
		r.at++
	}
}

// Object reads an object; read is called for each member and reads its value.
func (r *Reader) Object(read func(member string)) {
	r.next('{')
	for first := true; !r.odd && r.Peek() != '}'; first = false {
		if !first {
			r.next(',')
		}
		member := r.String()
		r.next(':')
		if !r.odd {
			read(member)
		}
	}
	r.next('}')
}

// List reads a list; read reads one element. The result is how many there were.
func (r *Reader) List(read func()) (n int) {
	r.next('[')
	for ; !r.odd && r.Peek() != ']'; n++ {
		if n > 0 {
			r.next(',')
		}
		read()
	}
	r.next(']')
	return n
}

// String reads a text.
func (r *Reader) String() string {
	r.next('"')
	if r.odd {
		return ""
	}
	rest := r.text[r.at:]
	n := strings.IndexByte(rest, '"')
	if n < 0 || !Verbatim(rest[:n]) {
		return r.escaped()
	}
	r.at += n + 1
	return rest[:n]
}

// escaped reads the rest of a text that does not stand for its own bytes.
func (r *Reader) escaped() (s string) {
	end := r.at
	for end < len(r.text) && r.text[end] != '"' {
		if r.text[end] == '\\' {
			end++
		}
		end++
	}
	if r.OddIf(!r.foreign || end >= len(r.text)); r.odd {
		return ""
	}
	quoted := r.text[r.at-1 : end+1]
	r.OddIf(!utf8.ValidString(quoted) || json.Unmarshal([]byte(quoted), &s) != nil)
	r.at = end + 1
	return s
}

// Verbatim reports whether a text between quotes means its own bytes in JSON.
func Verbatim(s string) bool {
	ascii := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' {
			return false
		}
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(s)
}

// Digits reads a whole number and returns it as it is written.
func (r *Reader) Digits() string {
	negative := r.Peek() == '-'
	start := r.at
	if negative {
		r.at++
	}
	first := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	digits := r.text[first:r.at]
	r.OddIf(digits == "" || len(digits) > 1 && digits[0] == '0' || r.at < len(r.text) && strings.IndexByte(".eE", r.text[r.at]) >= 0)
	if r.odd {
		return ""
	}
	return r.text[start:r.at]
}

// Int reads a whole number.
func (r *Reader) Int() int64 {
	digits := r.Digits()
	if r.odd {
		return 0
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	r.OddIf(err != nil)
	return n
}

// Literal passes over a word: true, false or null.
func (r *Reader) Literal(word string) {
	r.space()
	if r.OddIf(!strings.HasPrefix(r.text[r.at:], word)); !r.odd {
		r.at += len(word)
	}
}

// Skip passes over any value.
func (r *Reader) Skip() { r.skip(maxDepth) }

func (r *Reader) skip(depth int) {
	if depth == 0 {
		r.odd = true
		return
	}
	switch r.Peek() {
	case '{':
		r.Object(func(string) { r.skip(depth - 1) })
	case '[':
		r.List(func() { r.skip(depth - 1) })
	case '"':
		_ = r.String()
	case 't':
		r.Literal("true")
	case 'f':
		r.Literal("false")
	case 'n':
		r.Literal("null")
	default:
		r.Digits()
	}
}

// Raw is what read passes over, as it stands.
func (r *Reader) Raw(read func()) string {
	r.space()
	start := r.at
	read()
	return r.text[start:r.at]
}
