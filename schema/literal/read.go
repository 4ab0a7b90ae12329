package literal

import (
	"bytes"
	"math"
	"slices"
	"unicode/utf8"
)

// Read reads a file, which must be valid UTF-8. It is not ok when there is
// anything in it that only hclsyntax can judge, mistakes above all.
func Read(src []byte) (f *File, ok bool) {
	if len(src) >= math.MaxInt32 || bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		return nil, false
	}
	r := &reader{src: src, file: &File{Src: src}}
	body := &Block{}
	if !r.body(body, 0) {
		return nil, false
	}
	r.file.Attrs, r.file.Blocks = body.Attrs, body.Blocks
	return r.file, true
}

// maxNested is how deep blocks may stand in each other; the language needs four.
const maxNested = 20

// reader is one reading of a file. Its methods take what they are named after
// at pos and return whether it was there; after false nothing is read any more.
type reader struct {
	src  []byte
	pos  int
	file *File
	// The attributes, blocks and parts of what is open. What is closed is moved
	// to its owner, so that the elements of one thing lie side by side.
	attrs  []Attr
	blocks []Block
	parts  []Value
	depth  int // of lists and objects
}

// peek is the next byte, 0 at the end of the file.
func (r *reader) peek() byte {
	if r.pos < len(r.src) {
		return r.src[r.pos]
	}
	return 0
}

// body takes attributes and blocks up to the closing brace of a block, or, at
// depth 0, the end of the file.
func (r *reader) body(b *Block, depth int) bool {
	attrs, blocks := len(r.attrs), len(r.blocks)
	for {
		r.lines()
		if r.pos == len(r.src) || r.peek() == '}' {
			break
		}
		if !r.item(attrs, depth) || !r.endOfLine() {
			return false
		}
	}
	r.fill(b, attrs, blocks)
	return (r.pos == len(r.src)) == (depth == 0)
}

// fill gives a block what was read since there were so many attributes and blocks.
func (r *reader) fill(b *Block, attrs, blocks int) {
	b.Attrs, b.Blocks = slices.Clone(r.attrs[attrs:]), slices.Clone(r.blocks[blocks:])
	r.attrs, r.blocks = r.attrs[:attrs], r.blocks[:blocks]
}

// item takes one attribute or block; first is the first attribute of its body.
func (r *reader) item(first, depth int) bool {
	name, ok := r.ident()
	if !ok || !r.blanks() {
		return false
	}
	switch c := r.peek(); {
	case c == '=':
		return r.attr(name, first)
	case c == '"' || c == '{' || identStart(r.src[r.pos:]) > 0:
		return r.block(name, depth)
	}
	return false
}

// attr takes the rest of an attribute after its name.
func (r *reader) attr(name Span, first int) bool {
	r.pos++
	if c := r.peek(); c == '=' || c == '>' { // other operators
		return false
	}
	if r.repeated(name, r.attrs[first:]) || !r.blanks() {
		return false
	}
	v, ok := r.expression()
	r.attrs = append(r.attrs, Attr{Name: name, Value: v})
	return ok
}

// maxCompared is how many attributes of a body are compared with each other.
const maxCompared = 100

// repeated reports whether a body has an attribute of that name already, or so
// many that it is not worth finding out.
func (r *reader) repeated(name Span, earlier []Attr) bool {
	text := r.file.Bytes(name)
	for i := range earlier {
		if bytes.Equal(r.file.Bytes(earlier[i].Name), text) {
			return true
		}
	}
	return len(earlier) > maxCompared
}

// block takes the rest of a block after its type.
func (r *reader) block(kind Span, depth int) bool {
	b := Block{Type: kind}
	for r.peek() != '{' {
		label, ok := r.label()
		if !ok || !r.blanks() {
			return false
		}
		b.Labels = append(b.Labels, label)
	}
	b.Open = int32(r.pos)
	r.pos++
	if depth++; depth > maxNested || !r.braced(&b, depth) || r.peek() != '}' {
		return false
	}
	b.Close = int32(r.pos)
	r.pos++
	r.blocks = append(r.blocks, b)
	return true
}

// braced takes what stands between the braces of a block: a body that begins on
// the next line, or one attribute on the same line.
func (r *reader) braced(b *Block, depth int) bool {
	if !r.blanks() {
		return false
	}
	if identStart(r.src[r.pos:]) == 0 {
		return (r.peek() == '}' || r.endOfLine()) && r.body(b, depth)
	}
	first := len(r.attrs)
	name, ok := r.ident()
	if !ok || !r.blanks() || r.peek() != '=' || !r.attr(name, first) || !r.blanks() {
		return false
	}
	r.fill(b, first, len(r.blocks))
	return true
}

func (r *reader) label() (Label, bool) {
	if r.peek() == '"' {
		v, ok := r.quoted()
		return v, ok && v.Kind == String
	}
	return r.word()
}

// word takes a name and returns it as a value.
func (r *reader) word() (Value, bool) {
	name, ok := r.ident()
	v := Value{Kind: Word, Start: name.Start, End: name.End}
	v.wide = ok && !isASCII(r.file.Bytes(name))
	return v, ok
}

// expression takes the value of an attribute, with the blanks after it.
func (r *reader) expression() (Value, bool) {
	start, others := r.pos, len(r.parts)
	v, ok := r.value()
	if ok && r.blanks() && r.atEnd() {
		return v, true
	}
	r.parts, r.depth = r.parts[:others], 0
	r.pos = start
	if !beginsExpression(r.peek()) {
		return Value{}, false
	}
	end, ok := skip(r.src, start)
	r.pos = end
	v = Value{Kind: Other, Start: int32(start), End: int32(end)}
	r.file.Others = append(r.file.Others, v)
	return v, ok
}

// beginsExpression tells what hclsyntax may see as the beginning of an
// expression from what it strips or ignores there.
func beginsExpression(c byte) bool {
	return c == '_' || isLetter(c) || isDigit(c) || c >= 0xe4 && c <= 0xe9 || c != 0 && bytes.IndexByte([]byte(`"([{-!<`), c) >= 0
}

// atEnd reports whether an attribute may end here.
func (r *reader) atEnd() bool {
	c := r.peek()
	return r.pos == len(r.src) || c == '\n' || c == '}' || c == '\r' || beginsLineComment(r.src[r.pos:])
}

// value takes one value of the subset.
func (r *reader) value() (Value, bool) {
	switch c := r.peek(); {
	case c == '"':
		return r.quoted()
	case isDigit(c):
		return r.number()
	case c == '[':
		return r.list()
	case c == '{':
		return r.object()
	}
	return r.reference()
}

// number takes digits with at most one point between them. What HCL would read
// on as the same number is none of the subset.
func (r *reader) number() (Value, bool) {
	start := r.pos
	r.digits()
	if r.peek() == '.' {
		r.pos++
		if !isDigit(r.peek()) {
			return Value{}, false
		}
		r.digits()
	}
	if c := r.peek(); c == '.' || c == '_' || isLetter(c) || c >= utf8.RuneSelf {
		return Value{}, false
	}
	return Value{Kind: Number, Start: int32(start), End: int32(r.pos)}, true
}

func (r *reader) digits() {
	for isDigit(r.peek()) {
		r.pos++
	}
}

var keywords = map[string]Kind{"true": True, "false": False, "null": Null}

// reference takes a.b.c, true, false or null.
func (r *reader) reference() (Value, bool) {
	name, ok := r.ident()
	if !ok || string(r.file.Bytes(name)) == "for" {
		return Value{}, false
	}
	v := Value{Kind: Reference, Start: name.Start, End: name.End}
	if kind, isKeyword := keywords[string(r.file.Bytes(name))]; isKeyword {
		v.Kind = kind
		return v, r.peek() != '.'
	}
	for r.peek() == '.' {
		r.pos++
		step, ok := r.ident()
		if !ok {
			return Value{}, false
		}
		v.End = step.End
	}
	return v, true
}

// list takes [a, b, c], in which lines mean nothing.
func (r *reader) list() (Value, bool) {
	start, first, ok := r.openBracket()
	for ok {
		r.lines()
		if r.peek() == ']' {
			return r.closeBracket(List, start, first), true
		}
		var element Value
		if element, ok = r.value(); !ok {
			break
		}
		r.parts = append(r.parts, element)
		r.lines()
		if r.peek() == ',' {
			r.pos++
		} else if r.peek() != ']' {
			break
		}
	}
	return Value{}, false
}

// object takes { a = 1, "b" : 2 }, in which the end of a line separates.
func (r *reader) object() (Value, bool) {
	start, first, ok := r.openBracket()
	for ok {
		r.lines()
		if r.peek() == '}' {
			return r.closeBracket(Object, start, first), true
		}
		if !r.pair() || !r.blanks() {
			break
		}
		switch {
		case r.peek() == ',':
			r.pos++
		case r.peek() != '}':
			ok = r.endOfLine()
		}
	}
	return Value{}, false
}

// pair takes one key with its value.
func (r *reader) pair() bool {
	key, ok := r.key()
	if !ok || !r.blanks() {
		return false
	}
	if sign := r.peek(); sign != '=' && sign != ':' {
		return false
	}
	r.pos++
	if next := r.peek(); next == '=' || next == '>' || next == ':' || !r.blanks() { // other operators
		return false
	}
	r.parts = append(r.parts, key)
	v, ok := r.value()
	r.parts = append(r.parts, v)
	return ok
}

func (r *reader) key() (Value, bool) {
	if r.peek() == '"' {
		v, ok := r.quoted()
		return v, ok && v.Kind == String
	}
	v, ok := r.word()
	_, isKeyword := keywords[string(r.file.Raw(v))]
	return v, ok && !isKeyword && string(r.file.Raw(v)) != "for"
}

// openBracket begins a list or an object, whose parts follow those of what it
// stands in.
func (r *reader) openBracket() (start, first int, ok bool) {
	start = r.pos
	r.pos++
	r.depth++
	return start, len(r.parts), r.depth <= maxOpen
}

func (r *reader) closeBracket(kind Kind, start, first int) Value {
	r.pos++
	r.depth--
	return r.collect(Value{Kind: kind, Start: int32(start), End: int32(r.pos)}, first)
}

// collect makes what was read since first the parts of v.
func (r *reader) collect(v Value, first int) Value {
	v.from = int32(len(r.file.parts))
	r.file.parts = append(r.file.parts, r.parts[first:]...)
	v.to = int32(len(r.file.parts))
	r.parts = r.parts[:first]
	return v
}
