package literal

import "bytes"

// maxOpen is how many brackets, quotes and templates may be open at once.
const maxOpen = 200

// opened is one open bracket '(' '[' '{', template '$', quote '"' or heredoc '<'.
type opened struct {
	kind    byte
	marker  []byte // of a heredoc
	newLine bool   // heredoc: at the beginning of a line, where the marker may stand
}

// skipper finds the end of an expression without understanding it.
type skipper struct {
	src  []byte
	pos  int
	open []opened
}

// skip returns the end of the expression that begins at pos: the end of its
// line, a comment that runs to it, or the brace that ends the block around it.
// It is not ok when brackets or quotes do not match.
func skip(src []byte, pos int) (end int, ok bool) {
	s := &skipper{src: src, pos: pos}
	for s.pos < len(src) {
		if len(s.open) == 0 && s.ended() {
			return s.pos, true
		}
		if !s.step() || len(s.open) > maxOpen {
			return 0, false
		}
	}
	return s.pos, len(s.open) == 0
}

func (s *skipper) ended() bool {
	rest := s.src[s.pos:]
	return rest[0] == '\n' || rest[0] == '\r' || rest[0] == '}' || beginsLineComment(rest)
}

func (s *skipper) step() bool {
	if n := len(s.open); n > 0 {
		switch s.open[n-1].kind {
		case '"':
			return s.quote()
		case '<':
			return s.heredoc(&s.open[n-1])
		}
	}
	return s.code()
}

func (s *skipper) push(kind byte, size int) bool {
	s.open = append(s.open, opened{kind: kind})
	s.pos += size
	return true
}

// pop closes what is open, which must be one of kinds.
func (s *skipper) pop(kinds string) bool {
	n := len(s.open)
	if n == 0 || bytes.IndexByte([]byte(kinds), s.open[n-1].kind) < 0 {
		return false
	}
	s.open = s.open[:n-1]
	s.pos++
	return true
}

// code takes one step outside of quotes.
func (s *skipper) code() bool {
	rest := s.src[s.pos:]
	switch c := rest[0]; {
	case c == '(' || c == '[' || c == '{' || c == '"':
		return s.push(c, 1)
	case c == ')':
		return s.pop("(")
	case c == ']':
		return s.pop("[")
	case c == '}':
		return s.pop("{$")
	case bytes.HasPrefix(rest, []byte("<<")):
		return s.openHeredoc(rest)
	case beginsLineComment(rest):
		s.pos = lineEnd(s.src, s.pos)
		return true
	case bytes.HasPrefix(rest, []byte("/*")):
		size, closed := blockComment(rest)
		s.pos += size
		return closed
	}
	s.pos++
	return true
}

// quote takes one step inside of "...".
func (s *skipper) quote() bool {
	switch c := s.src[s.pos]; c {
	case '"':
		return s.pop(`"`)
	case '\\':
		s.pos += 2
		return s.pos <= len(s.src) && s.src[s.pos-1] != '\n' && s.src[s.pos-1] != '\r'
	case '\n', '\r':
		return false
	case '$', '%':
		return s.sequence()
	}
	s.pos++
	return true
}

// sequence takes what $ or % begins inside of a text.
func (s *skipper) sequence() bool {
	rest := s.src[s.pos:]
	switch {
	case isEscapedSequence(rest):
		s.pos += 3
	case len(rest) > 1 && rest[1] == '{':
		if n := len(s.open); s.open[n-1].kind == '<' {
			s.open[n-1].newLine = false
		}
		return s.push('$', 2)
	default:
		s.pos++
	}
	return true
}

// openHeredoc takes "<<EOT" or "<<-EOT" with the end of its line.
func (s *skipper) openHeredoc(rest []byte) bool {
	from := 2
	if len(rest) > 2 && rest[2] == '-' {
		from++
	}
	size := identSize(rest[from:])
	end := from + size
	if end < len(rest) && rest[end] == '\r' {
		end++
	}
	if size == 0 || end >= len(rest) || rest[end] != '\n' {
		return false
	}
	s.push('<', end+1)
	s.open[len(s.open)-1] = opened{kind: '<', marker: rest[from : from+size], newLine: true}
	return true
}

// heredoc takes one step inside of a heredoc. The end of the line of its marker
// belongs to what follows.
func (s *skipper) heredoc(h *opened) bool {
	rest := s.src[s.pos:]
	if h.newLine {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			return false
		}
		if bytes.Equal(bytes.TrimSpace(rest[:end]), h.marker) {
			s.open = s.open[:len(s.open)-1]
			s.pos += len(bytes.TrimSuffix(rest[:end], []byte("\r")))
			return true
		}
		h.newLine = false
	}
	switch rest[0] {
	case '\n':
		h.newLine = true
	case '$', '%':
		return s.sequence()
	}
	s.pos++
	return true
}
