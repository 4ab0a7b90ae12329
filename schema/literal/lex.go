package literal

import (
	"bytes"
	"unicode/utf8"
)

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// identStart is the size of the character that begins a name, 0 when src begins
// with none. Beyond ASCII only the Chinese characters that every version of
// Unicode has are taken for letters.
func identStart(src []byte) int {
	if len(src) == 0 {
		return 0
	}
	c := src[0]
	if c == '_' || isLetter(c) {
		return 1
	}
	if c >= utf8.RuneSelf {
		if r, size := utf8.DecodeRune(src); 0x4e00 <= r && r <= 0x9fa5 {
			return size
		}
	}
	return 0
}

// identSize is the size of the name that src begins with.
func identSize(src []byte) int {
	size := identStart(src)
	for size > 0 && size < len(src) {
		if c := src[size]; c == '-' || isDigit(c) {
			size++
			continue
		}
		more := identStart(src[size:])
		if more == 0 {
			break
		}
		size += more
	}
	return size
}

// ident takes a name. It must not go on with a character that may belong to it
// in the eyes of HCL.
func (r *reader) ident() (Span, bool) {
	start := r.pos
	r.pos += identSize(r.src[start:])
	return Span{int32(start), int32(r.pos)}, r.pos > start && r.peek() < utf8.RuneSelf
}

// blanks takes spaces and comments within a line; false for a comment without end.
func (r *reader) blanks() bool {
	for {
		switch c := r.peek(); {
		case c == ' ' || c == '\t':
			r.pos++
		case c == '/' && bytes.HasPrefix(r.src[r.pos:], []byte("/*")):
			size, closed := blockComment(r.src[r.pos:])
			if !closed {
				return false
			}
			r.pos += size
		default:
			return true
		}
	}
}

// endOfLine takes the end of a line, with a comment that runs to it, or nothing
// at the end of the file.
func (r *reader) endOfLine() bool {
	if !r.blanks() {
		return false
	}
	if r.pos == len(r.src) {
		return true
	}
	if beginsLineComment(r.src[r.pos:]) {
		r.pos = min(lineEnd(r.src, r.pos)+1, len(r.src))
		return true
	}
	if r.peek() == '\r' {
		r.pos++
	}
	if r.peek() != '\n' {
		return false
	}
	r.pos++
	return true
}

// lines takes blanks, ends of lines and comments, as many as there are.
func (r *reader) lines() {
	for r.pos < len(r.src) {
		switch c := r.src[r.pos]; {
		case c == ' ' || c == '\t' || c == '\n':
			r.pos++
		case c == '\r' && bytes.HasPrefix(r.src[r.pos:], []byte("\r\n")):
			r.pos += 2
		case c == '#' || c == '/':
			if !beginsLineComment(r.src[r.pos:]) {
				before := r.pos
				if !r.blanks() || r.pos == before {
					return
				}
				continue
			}
			r.pos = lineEnd(r.src, r.pos)
		default:
			return
		}
	}
}

func beginsLineComment(src []byte) bool {
	return src[0] == '#' || src[0] == '/' && len(src) > 1 && src[1] == '/'
}

// lineEnd is where the line of pos ends: at its newline, or with the file.
func lineEnd(src []byte, pos int) int {
	if i := bytes.IndexByte(src[pos:], '\n'); i >= 0 {
		return pos + i
	}
	return len(src)
}

// blockComment is the size of the comment /* ... */ that src begins with.
func blockComment(src []byte) (size int, closed bool) {
	i := bytes.Index(src[2:], []byte("*/"))
	return 2 + i + 2, i >= 0
}

// quoted takes "text", or "text with ${names}" as a Template.
func (r *reader) quoted() (Value, bool) {
	start, first := r.pos, len(r.parts)
	r.pos++
	for {
		piece, ok := r.text()
		if !ok {
			return Value{}, false
		}
		if r.src[r.pos] == '"' {
			r.pos++
			if len(r.parts) == first {
				piece.Kind, piece.Start, piece.End = String, int32(start), int32(r.pos)
				return piece, true
			}
			r.piece(piece)
			return r.collect(Value{Kind: Template, Start: int32(start), End: int32(r.pos)}, first), true
		}
		r.piece(piece)
		if !r.interpolation() {
			return Value{}, false
		}
	}
}

func (r *reader) piece(v Value) {
	if v.Start < v.End {
		r.parts = append(r.parts, v)
	}
}

// interpolation takes ${a.b.c}, without anything else between the braces.
func (r *reader) interpolation() bool {
	if !bytes.HasPrefix(r.src[r.pos:], []byte("${")) {
		return false
	}
	r.pos += 2
	if !r.blanks() {
		return false
	}
	v, ok := r.reference()
	r.parts = append(r.parts, v)
	if !ok || v.Kind != Reference || !r.blanks() || r.peek() != '}' {
		return false
	}
	r.pos++
	return true
}

// text takes characters up to the quote or the template sequence that ends
// them, which must be there.
func (r *reader) text() (Value, bool) {
	v := Value{Kind: Text, Start: int32(r.pos)}
	for r.pos < len(r.src) {
		c := r.src[r.pos]
		switch textClass[c] {
		case plain:
			r.pos++
		case wide:
			v.wide = true
			r.pos++
		case special:
			size := r.escape(c)
			if size == 0 {
				v.End = int32(r.pos)
				return v, c != '\\' && c != '\n' && c != '\r'
			}
			v.escaped = v.escaped || size > 1
			r.pos += size
		}
	}
	return v, false
}

// escape is the size of the escape sequence that begins here, 1 for a character
// that is itself, and 0 where the text ends or is not of the subset.
func (r *reader) escape(c byte) int {
	rest := r.src[r.pos:]
	switch {
	case c == '\\' && len(rest) > 1:
		return backslash(rest)
	case c == '$' || c == '%':
		if isEscapedSequence(rest) {
			return 3
		}
		if len(rest) > 1 && rest[1] != '{' {
			return 1
		}
	}
	return 0
}

// backslash is the size of the escape sequence that a backslash begins.
func backslash(src []byte) int {
	if _, simple := simpleEscapes[src[1]]; simple {
		return 2
	}
	size := escapeSize(src[1])
	if src[1]|0x20 != 'u' || len(src) < size {
		return 0
	}
	for _, c := range src[2:size] {
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return 0
		}
	}
	if _, ok := hexRune(src[2:size]); !ok {
		return 0
	}
	return size
}

// The classes of bytes in a text.
const (
	plain   = iota
	wide    // part of a character beyond ASCII
	special // may end the text or begin a sequence
)

var textClass = func() (class [256]uint8) {
	for c := utf8.RuneSelf; c < len(class); c++ {
		class[c] = wide
	}
	for _, c := range []byte("\"\\$%\n\r") {
		class[c] = special
	}
	return class
}()
