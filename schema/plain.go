package schema

import (
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/shopctl/shopctl/schema/literal"
)

// plain is a value that is known without evaluation: the text of a String, the
// digits of a Number, True or False.
type plain struct {
	kind literal.Kind
	text string
}

// maxPlain is how long a plain text may be, in bytes: the limits on values are
// for what is longer.
const maxPlain = 1 << 20

// plainOf is a value of cty as a plain one, where it can be.
func plainOf(v cty.Value) (plain, bool) {
	switch {
	case !v.IsKnown() || v.IsNull() || v.IsMarked():
		return plain{}, false
	case v.Type() == cty.String:
		return plain{literal.String, v.AsString()}, true
	case v.Type() == cty.Number:
		if f, accuracy := v.AsBigFloat().Int64(); accuracy == 0 && f >= 0 {
			return plain{literal.Number, strconv.FormatInt(f, 10)}, true
		}
	}
	return plain{}, false
}

// as is a value as the Go type that an attribute's Type stands for (see convert).
// It knows the good values that are common. Everything else is not ok, and is
// for convert to judge.
func (p plain) as(spec *AttrSpec, names *names, at spot) (any, bool) {
	if p.kind == literal.String && p.text == "" && isNumeric(spec.Type) { // an empty cell of a table
		return nil, !spec.Required
	}
	if len(p.text) > maxPlain {
		return nil, false
	}
	switch spec.Type {
	case TypeBool:
		return p.bool()
	case TypeInteger:
		return p.integer()
	case TypeYuan:
		return p.yuan()
	case TypeCategory:
		return p.category()
	case TypeBrand:
		return p.brand(names)
	case TypeWord:
		return p.word(spec)
	case TypeString:
		s, ok := p.string()
		return s, ok && !(spec.Required && strings.TrimSpace(s) == "")
	case TypePicture:
		return picture{name: p.text, at: at}, p.kind == literal.String && strings.TrimSpace(p.text) != ""
	}
	return nil, false
}

// string is a text, or the digits of a whole number without zeros before it.
func (p plain) string() (string, bool) {
	whole := isDigits(p.text) && (p.text[0] != '0' || p.text == "0")
	return p.text, p.kind == literal.String || p.kind == literal.Number && whole
}

func (p plain) bool() (bool, bool) {
	switch {
	case p.kind == literal.True || p.kind == literal.String && p.text == "true":
		return true, true
	case p.kind == literal.False || p.kind == literal.String && p.text == "false":
		return false, true
	}
	return false, false
}

// maxExact is how many digits a number may have to be taken without big numbers.
const maxExact = 15

func (p plain) integer() (int64, bool) {
	text := p.number()
	if !isDigits(text) || len(text) > maxExact {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// number is what may be the digits of a number; "" for what is none.
func (p plain) number() string {
	switch p.kind {
	case literal.Number:
		return p.text
	case literal.String: // a cell of a table
		return strings.TrimSpace(p.text)
	}
	return ""
}

// yuan takes at most two decimals.
func (p plain) yuan() (Fen, bool) {
	whole, decimals, pointed := strings.Cut(p.number(), ".")
	if !isDigits(whole) || len(whole) > maxExact || pointed && (!isDigits(decimals) || len(decimals) > 2) {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(decimals + "00")[:2], 10, 64)
	return Fen(n), err == nil
}

func (p plain) category() (CategoryRef, bool) {
	if p.kind == literal.String && !isDigits(p.text) {
		return CategoryRef{Path: categoryPath(p.text)}, true
	}
	id, ok := p.integer()
	return CategoryRef{ID: uint64(id)}, ok && id > 0
}

// brand takes what brand.NAME stands for, or "" for no brand.
func (p plain) brand(names *names) (BrandRef, bool) {
	name, isAddress := strings.CutPrefix(p.text, "brand.")
	return BrandRef(p.text), p.kind == literal.String && (p.text == "" || isAddress && names.brands[name])
}

func (p plain) word(spec *AttrSpec) (any, bool) {
	for i := range spec.Words {
		if p.kind == literal.String && spec.Words[i].Word == p.text {
			return spec.Words[i].Value, true
		}
	}
	return nil, false
}

// elementTypes are the types of the elements of lists.
var elementTypes = map[Type]Type{TypeStrings: TypeString, TypeIntegers: TypeInteger, TypeWords: TypeWord, TypePictures: TypePicture}

// element is the spec of one element of a list.
func (a *AttrSpec) element() (spec AttrSpec, isList bool) {
	spec = *a
	spec.Type, isList = elementTypes[a.Type]
	spec.Required = true // an element may not be null
	return spec, isList
}
