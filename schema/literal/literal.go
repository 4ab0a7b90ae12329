// Package literal reads the part of HCL that large catalogs are made of: blocks
// with attributes whose values are written out (texts, numbers, true, false,
// null, lists, objects, names such as local.page, and texts with such names in
// them). It keeps byte offsets and nothing else; texts are made, and lines and
// columns counted, when somebody asks.
//
// It never judges a file. What it returns is what hclsyntax would return, with
// the same values at the same places (FuzzRead holds it to that). Where it is
// not sure it says so, and the file belongs to hclsyntax. An expression that
// has to be evaluated is one value of kind Other: its bytes belong to
// hclsyntax.ParseExpression, whose judgement counts.
package literal

// Kind says what a value is.
type Kind uint8

// The kinds of values.
const (
	Other     Kind = iota // an expression of any other kind
	String                // "text"
	Number                // 12 or 12.50: digits with at most one point between them
	True                  // true
	False                 // false
	Null                  // null
	List                  // [ elements ]
	Object                // { key, value, key, value, ... }; a key is a Word or a String
	Reference             // a.b.c
	Template              // "text with ${a.b.c}": its parts are Text and Reference
	Word                  // a key of an object without quotes
	Text                  // a piece of a Template
)

// Value is one value. Its bytes are Src[Start:End], with quotes and brackets.
type Value struct {
	Kind       Kind
	escaped    bool // holds an escape sequence
	wide       bool // holds characters beyond ASCII
	Start, End int32
	from, to   int32 // its parts
}

// Span is a stretch of a file, in bytes from its beginning.
type Span struct{ Start, End int32 }

// Attr is one attribute. Attributes of a body have different names.
type Attr struct {
	Name  Span
	Value Value
}

// Label is one label of a block, a Word or a String.
type Label = Value

// Block is one block with what stands between its braces, in order.
type Block struct {
	Type        Span
	Labels      []Label
	Open, Close int32 // its braces
	Attrs       []Attr
	Blocks      []Block
}

// File is what was read of a file. Src must not change while it is in use.
type File struct {
	Src    []byte
	Attrs  []Attr
	Blocks []Block
	// Others are all values of kind Other, in order: the file is good only if
	// hclsyntax accepts each of them.
	Others []Value

	parts []Value // of lists, objects and templates
}

// Parts are the elements of a list, the keys and values of an object by turns,
// or the pieces of a template.
func (f *File) Parts(v Value) []Value { return f.parts[v.from:v.to] }

// Bytes are the bytes of a span.
func (f *File) Bytes(s Span) []byte { return f.Src[s.Start:s.End] }

// Raw are the bytes of a value as they are written.
func (f *File) Raw(v Value) []byte { return f.Src[v.Start:v.End] }

// Expression are the bytes to be given to hclsyntax.ParseExpression for a value:
// with the end of its line, without which a heredoc does not end.
func (f *File) Expression(v Value) []byte {
	end := int(v.End)
	if end < len(f.Src) && f.Src[end] == '\r' {
		end++
	}
	if end < len(f.Src) && f.Src[end] == '\n' {
		end++
	}
	return f.Src[v.Start:end]
}
