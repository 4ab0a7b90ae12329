package schema

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/shopctl/shopctl/schema/literal"
)

// source is a file that literal has read, with the expressions in it that HCL
// evaluates. All of it is without syntax errors.
type source struct {
	*literal.File
	name   string
	lines  []int32                        // where lines begin
	parsed map[int32]hclsyntax.Expression // what is no literal, by where it begins
	tokens map[int32]hclsyntax.Tokens     // of blocks with unusual characters, by where they begin
}

// newSource reads a file in native syntax. It is not ok when hclsyntax must
// see all of it, because of a mistake or because of something unusual.
func newSource(name string, src []byte) (s *source, ok bool) {
	if guardBytes(src) != nil {
		return nil, false
	}
	file, ok := literal.Read(src)
	if !ok {
		return nil, false
	}
	s = &source{File: file, name: name, lines: lineStarts(src), parsed: map[int32]hclsyntax.Expression{}, tokens: map[int32]hclsyntax.Tokens{}}
	for _, v := range file.Others {
		expr, ok := s.parse(v)
		if !ok {
			return nil, false
		}
		s.parsed[v.Start] = expr
	}
	return s, true
}

func lineStarts(src []byte) []int32 {
	starts := make([]int32, 1, 1+bytes.Count(src, []byte("\n")))
	for from := 0; ; {
		i := bytes.IndexByte(src[from:], '\n')
		if i < 0 {
			return starts
		}
		from += i + 1
		starts = append(starts, int32(from))
	}
}

// parse gives a value to HCL.
func (s *source) parse(v literal.Value) (hclsyntax.Expression, bool) {
	written := s.Expression(v)
	if _, fault := guardNative(written); fault != nil {
		return nil, false
	}
	expr, diags := hclsyntax.ParseExpression(written, s.name, s.hclPos(v.Start))
	return expr, !diags.HasErrors()
}

// expression is a value as HCL sees it. literal promises that HCL accepts what
// it accepted.
func (s *source) expression(v literal.Value) hclsyntax.Expression {
	if expr := s.parsed[v.Start]; expr != nil {
		return expr
	}
	expr, _ := s.parse(v)
	return expr
}

// block is a block of the top level as HCL sees it.
func (s *source) block(b *literal.Block) (*hclsyntax.Body, hcl.Diagnostics) {
	file, diags := hclsyntax.ParseConfig(s.Src[b.Type.Start:b.Close+1], s.name, s.hclPos(b.Type.Start))
	return file.Body.(*hclsyntax.Body), diags
}

// spot is a stretch of a catalog file. Its lines and columns are counted when
// somebody asks: most are never part of a finding.
type spot struct {
	known      *Range
	source     *source
	start, end int32
}

// spotOf is a place that is known.
func spotOf(r Range) spot { return spot{known: &r} }

func (s spot) place() Range {
	switch {
	case s.known != nil:
		return *s.known
	case s.source == nil:
		return Range{}
	}
	return s.source.place(s.start, s.end)
}

func (s *source) spot(v literal.Value) spot { return spot{source: s, start: v.Start, end: v.End} }

func (s *source) place(start, end int32) Range {
	return Range{File: s.name, Start: posOf(s.hclPos(start)), End: posOf(s.hclPos(end))}
}

// hclPos is the place of a byte, which must be the first or the one after the
// last of a token, as HCL counts: columns are characters as people see them.
func (s *source) hclPos(offset int32) hcl.Pos {
	line, found := slices.BinarySearch(s.lines, offset)
	if !found {
		line--
	}
	before := s.Src[s.lines[line]:offset]
	if columns, ok := countColumns(before); ok {
		return hcl.Pos{Line: line + 1, Column: columns + 1, Byte: int(offset)}
	}
	return s.tokenPos(offset)
}

// countColumns counts characters; not ok when some of them may combine to one
// in the eyes of people.
func countColumns(text []byte) (n int, ok bool) {
	for i := 0; i < len(text); n++ {
		c := text[i]
		if c < utf8.RuneSelf {
			if c == '\r' {
				return 0, false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if !standsAlone(r) {
			return 0, false
		}
		i += size
	}
	return n, true
}

// standsAlone is true for Chinese characters and punctuation, none of which
// combines with what stands before or after it.
func standsAlone(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3001 && r <= 0x3020 || r >= 0xff01 && r <= 0xff5e || r >= 0x2010 && r <= 0x2027 || r == '×' || r == '·'
}

// tokenPos asks the lexer of HCL, which counts the columns of each token.
func (s *source) tokenPos(offset int32) hcl.Pos {
	start, end, at := s.around(offset)
	tokens, known := s.tokens[start]
	if !known {
		tokens, _ = hclsyntax.LexConfig(s.Src[start:end], s.name, at)
		s.tokens[start] = tokens
	}
	i, _ := slices.BinarySearchFunc(tokens, int(offset), func(t hclsyntax.Token, offset int) int { return t.Range.End.Byte - offset })
	if tok := tokens[i].Range; tok.Start.Byte == int(offset) {
		return tok.Start
	}
	return tokens[i].Range.End
}

// around is the block of the top level that an offset lies in, with the place
// where it begins; or the whole file.
func (s *source) around(offset int32) (start, end int32, at hcl.Pos) {
	i, _ := slices.BinarySearchFunc(s.Blocks, offset, func(b literal.Block, offset int32) int { return int(b.Close - offset) })
	if i < len(s.Blocks) && s.Blocks[i].Type.Start <= offset {
		begin := s.Blocks[i].Type.Start
		if line, found := slices.BinarySearch(s.lines, begin); found {
			return begin, s.Blocks[i].Close + 1, hcl.Pos{Line: line + 1, Column: 1, Byte: int(begin)}
		}
	}
	return 0, int32(len(s.Src)), hcl.InitialPos
}
