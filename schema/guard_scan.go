package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// frameKind is what an open bracket, quote or template is.
type frameKind byte

const (
	frameParen   frameKind = '('
	frameBracket frameKind = '['
	frameBrace   frameKind = '{'
	frameInterp  frameKind = '$' // ${ or %{
	frameQuote   frameKind = '"'
	frameHeredoc frameKind = '<'
)

// frame is one open thing. weight counts the operators since the last
// separator: each may nest the syntax tree one level deeper.
type frame struct {
	kind   frameKind
	weight int
	forIn  bool   // a brace that holds a for expression: newlines do not separate
	marker []byte // of a heredoc
	sol    bool   // heredoc: at the start of a line
	// parts counts the pieces that the lexer cuts the text of a quote or heredoc
	// into, from is where it begins.
	parts, from int
}

// scanner walks over native HCL with the same idea of quotes, heredocs,
// comments and templates as the lexer of HCL, keeping only what is open.
type scanner struct {
	src    []byte
	pos    int
	stack  []frame
	weight int // of all frames and the top level
	top    int // operators of the current top-level line
	unary  int
	start  bool // at the start of a statement of the top level
	words  map[string]int
	// deepest is the largest number of open frames so far.
	deepest int
	fault   *fault
}

// guardNative checks a file in native syntax and returns the words that stand
// first in its top-level statements, which are its block types.
func guardNative(src []byte) (words map[string]int, f *fault) {
	s := &scanner{src: src, start: true, words: map[string]int{}}
	return s.words, s.run()
}

// guardTemplate checks a string that is evaluated as a template (JSON syntax).
func guardTemplate(src []byte) *fault {
	s := &scanner{src: src, words: map[string]int{}}
	s.push(frame{kind: frameHeredoc})
	return s.run()
}

func (s *scanner) run() *fault {
	for s.pos < len(s.src) && s.fault == nil {
		switch s.kind() {
		case frameQuote:
			s.quote()
		case frameHeredoc:
			s.heredoc()
		default:
			s.code()
		}
	}
	return s.fault
}

func (s *scanner) kind() frameKind {
	if len(s.stack) == 0 {
		return 0
	}
	return s.stack[len(s.stack)-1].kind
}

func (s *scanner) push(f frame) {
	s.operator()
	f.from = s.pos
	s.stack = append(s.stack, f)
	if s.deepest = max(s.deepest, len(s.stack)); s.deepest > maxDepth {
		s.fault = tooDeep(s.pos)
	}
}

func (s *scanner) pop() {
	s.separate()
	s.stack = s.stack[:len(s.stack)-1]
}

// operator notes one thing that may deepen the expression.
func (s *scanner) operator() {
	if n := len(s.stack); n > 0 {
		s.stack[n-1].weight++
	} else {
		s.top++
	}
	if s.weight++; s.weight > maxWeight {
		s.fault = tooDeep(s.pos)
	}
}

// separate ends an expression: what follows starts at the depth of its bracket.
func (s *scanner) separate() {
	if n := len(s.stack); n > 0 {
		s.weight -= s.stack[n-1].weight
		s.stack[n-1].weight = 0
		return
	}
	s.weight -= s.top
	s.top = 0
}

func (s *scanner) has(prefix string) bool {
	return len(s.src)-s.pos >= len(prefix) && string(s.src[s.pos:s.pos+len(prefix)]) == prefix
}

// code takes one token outside of quotes.
func (s *scanner) code() {
	c := s.src[s.pos]
	switch {
	case c == ' ' || c == '\t' || c == '\r':
		for s.pos++; s.pos < len(s.src) && s.src[s.pos] == ' '; s.pos++ {
		}
		return
	case c == '\n':
		s.newline()
		return
	case c == '#' || s.has("//"):
		s.lineComment()
		return
	case s.has("/*") && bytes.Contains(s.src[s.pos+2:], []byte("*/")):
		s.pos += 2 + bytes.Index(s.src[s.pos+2:], []byte("*/")) + 2
		return
	}
	s.token(c)
}

func (s *scanner) token(c byte) {
	if c == '-' || c == '!' {
		if s.unary++; s.unary > maxUnary {
			s.fault = tooDeep(s.pos)
		}
	} else {
		s.unary = 0
	}
	switch {
	case isWordStart(c):
		s.word()
	case '0' <= c && c <= '9':
		s.number()
	case c == '"':
		s.push(frame{kind: frameQuote})
		s.pos++
	case s.has("<<") && s.openHeredoc():
	case c == '(' || c == '[' || c == '{':
		s.push(frame{kind: frameKind(c), forIn: c == '{' && s.forFollows()})
		s.pos++
	case c == ')' || c == ']' || c == '}':
		s.close(c)
		s.pos++
	case c == ',':
		s.separate()
		s.pos++
	default:
		s.operator()
		s.pos++
	}
	s.start = false
}

func (s *scanner) newline() {
	s.pos++
	if n := len(s.stack); n == 0 {
		s.start = true
		s.separate()
	} else if top := s.stack[n-1]; top.kind == frameBrace && !top.forIn {
		s.separate()
	}
}

func (s *scanner) lineComment() {
	if i := bytes.IndexByte(s.src[s.pos:], '\n'); i >= 0 {
		s.pos += i
	} else {
		s.pos = len(s.src)
	}
}

func isWordStart(c byte) bool {
	return c == '_' || c >= 0x80 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func (s *scanner) word() {
	from := s.pos
	for s.pos < len(s.src) && (isWordStart(s.src[s.pos]) || s.src[s.pos] == '-' || '0' <= s.src[s.pos] && s.src[s.pos] <= '9') {
		s.pos++
	}
	if s.start && len(s.stack) == 0 {
		s.words[string(s.src[from:s.pos])]++
	}
}

// number takes digits, a fraction and an exponent, and refuses what is too long
// to compute with.
func (s *scanner) number() {
	from := s.pos
	s.digits()
	if s.pos+1 < len(s.src) && s.src[s.pos] == '.' && isDigit(s.src[s.pos+1]) {
		s.pos++
		s.digits()
	}
	if s.pos-from > maxDigits || s.exponent() > maxExponent {
		s.fault = numberTooLarge(from)
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (s *scanner) digits() {
	for s.pos < len(s.src) && isDigit(s.src[s.pos]) {
		s.pos++
	}
}

// exponent takes "e+123" and returns 123; 0 when there is none.
func (s *scanner) exponent() int {
	rest := s.src[s.pos:]
	if len(rest) < 2 || rest[0]|0x20 != 'e' {
		return 0
	}
	sign := 1
	if rest[1] == '+' || rest[1] == '-' {
		sign = 2
	}
	if len(rest) <= sign || !isDigit(rest[sign]) {
		return 0
	}
	s.pos += sign
	from := s.pos
	s.digits()
	n, err := strconv.Atoi(string(s.src[from:s.pos]))
	if err != nil {
		return maxExponent + 1
	}
	return n
}

func (s *scanner) forFollows() bool {
	rest := bytes.TrimLeft(s.src[s.pos+1:], " \t\r\n")
	return bytes.HasPrefix(rest, []byte("for"))
}

// close pops what a closing bracket ends. A brace also ends the round and
// square brackets that were left open inside, as it does in the lexer of HCL.
func (s *scanner) close(c byte) {
	if c != '}' {
		if k := s.kind(); k == frameParen && c == ')' || k == frameBracket && c == ']' {
			s.pop()
		}
		return
	}
	braced := slices.ContainsFunc(s.stack, func(f frame) bool { return f.kind == frameBrace || f.kind == frameInterp })
	for braced {
		braced = s.kind() == frameParen || s.kind() == frameBracket
		s.pop()
	}
}

// openHeredoc takes "<<EOT" with its newline.
func (s *scanner) openHeredoc() bool {
	end := bytes.IndexByte(s.src[s.pos:], '\n')
	if end < 0 {
		return false
	}
	marker := bytes.TrimSuffix(s.src[s.pos+2:s.pos+end], []byte("\r"))
	marker = bytes.TrimPrefix(marker, []byte("-"))
	if len(marker) == 0 || !isWordStart(marker[0]) || bytes.ContainsAny(marker, " \t\"{}[]()<>,.") {
		return false
	}
	s.push(frame{kind: frameHeredoc, marker: marker, sol: true})
	s.pos += end + 1
	return true
}

// quote takes one step inside of "...".
func (s *scanner) quote() {
	switch c := s.src[s.pos]; {
	case c == '"':
		s.pop()
		s.pos++
	case c == '\\' && s.pos+1 < len(s.src) && s.src[s.pos+1] != '\n' && s.src[s.pos+1] != '\r':
		s.pos += 2
	case c == '$' || c == '%':
		s.sequence(c)
	default:
		s.pos++
		for s.pos < len(s.src) && !endsRun[s.src[s.pos]] {
			s.pos++
		}
	}
}

// endsRun are the bytes that mean something inside of "...".
var endsRun = [256]bool{'"': true, '\\': true, '$': true, '%': true}

// heredoc takes one step inside of a heredoc, or one line of it.
func (s *scanner) heredoc() {
	top := &s.stack[len(s.stack)-1]
	end := bytes.IndexByte(s.src[s.pos:], '\n')
	if top.sol && top.marker != nil && end >= 0 && bytes.Equal(bytes.TrimSpace(s.src[s.pos:s.pos+end]), top.marker) {
		s.pop()
		s.pos += end // the newline belongs to the statement
		return
	}
	top.sol = false
	switch c := s.src[s.pos]; c {
	case '\n':
		top.sol = true
		s.pos++
		s.cut()
	case '$', '%':
		s.sequence(c)
	default:
		s.pos++
	}
}

// cut notes that the lexer cuts the text of the open quote or heredoc here. The
// parser joins the pieces in time that grows with the square of their number.
func (s *scanner) cut() {
	top := &s.stack[len(s.stack)-1]
	top.parts++
	if top.parts > mostParts || top.parts > maxParts && s.pos-top.from < top.parts*partSize {
		s.fault = tooManyParts(s.pos)
	}
}

// sequence takes what "$" or "%" begins: ${, %{, or an escaped one such as $${.
func (s *scanner) sequence(c byte) {
	s.cut()
	switch {
	case s.has(string([]byte{c, c, '{'})):
		s.pos += 3
	case s.has(string([]byte{c, '{'})):
		s.push(frame{kind: frameInterp})
		s.pos += 2
		if s.pos < len(s.src) && s.src[s.pos] == '~' {
			s.pos++
		}
	default:
		s.pos++
	}
}

// guardJSON checks a file in JSON syntax, the strings of which are templates,
// and returns its top-level names.
func guardJSON(src []byte) (words map[string]int, f *fault) {
	words = map[string]int{}
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	depth := 0
	for {
		tok, err := dec.Token()
		at := int(dec.InputOffset())
		if errors.Is(err, io.EOF) {
			return words, nil
		}
		if err != nil {
			return words, jsonFault(at, err)
		}
		switch tok := tok.(type) {
		case json.Delim:
			depth += map[json.Delim]int{'{': 1, '[': 1, '}': -1, ']': -1}[tok]
			if depth > maxDepth {
				return words, tooDeep(at)
			}
		case json.Number:
			if hugeNumber(tok.String()) {
				return words, numberTooLarge(at)
			}
		case string:
			if f := guardTemplate([]byte(tok)); f != nil {
				f.at = at
				return words, f
			}
			if depth == 1 { // block types, and nothing else that matters
				words[tok]++
			}
		}
	}
}

func jsonFault(at int, err error) *fault {
	return &fault{ruleSyntax, at, lang.F("This is not JSON: %v.", "不是有效的 JSON：%v。", err),
		lang.T("Correct the JSON here.", "请修正此处的 JSON。")}
}

func hugeNumber(number string) bool {
	_, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	n, err := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	return len(number) > maxDigits || exponent != "" && (err != nil || n > maxExponent || n < -maxExponent)
}
