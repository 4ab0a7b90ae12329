package literal

import (
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text is the text of a String, a Word or a Text, composed (Unicode NFC) as cty
// composes all texts.
func (f *File) Text(v Value) string {
	s := f.Label(v)
	if v.wide || v.escaped {
		return norm.NFC.String(s)
	}
	return s
}

// Label is the text of a Label. HCL does not compose labels.
func (f *File) Label(v Value) string {
	raw := f.Raw(v)
	if v.Kind == String {
		raw = raw[1 : len(raw)-1]
	}
	if v.escaped {
		return unescape(raw)
	}
	return string(raw)
}

var simpleEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\'}

// unescape resolves the escape sequences of a text that the reader accepted:
// \n, \r, \t, \", \\, \uXXXX, \UXXXXXXXX, $${ and %%{.
func unescape(raw []byte) string {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\\' && (raw[i+1] == 'u' || raw[i+1] == 'U'):
			size := escapeSize(raw[i+1])
			r, _ := hexRune(raw[i+2 : i+size])
			out = utf8.AppendRune(out, r)
			i += size
		case c == '\\':
			out = append(out, simpleEscapes[raw[i+1]])
			i += 2
		case (c == '$' || c == '%') && isEscapedSequence(raw[i:]):
			out = append(out, c, '{')
			i += 3
		default:
			out = append(out, c)
			i++
		}
	}
	return string(out)
}

// isEscapedSequence reports whether src begins with $${ or %%{.
func isEscapedSequence(src []byte) bool {
	return len(src) > 2 && src[1] == src[0] && src[2] == '{'
}

// escapeSize is the length in bytes of \uXXXX and \UXXXXXXXX.
func escapeSize(letter byte) int {
	if letter == 'U' {
		return 10
	}
	return 6
}

// hexRune is the character of a number; false when it is none.
func hexRune(digits []byte) (rune, bool) {
	n, err := strconv.ParseUint(string(digits), 16, 32)
	return rune(n), err == nil && utf8.ValidRune(rune(n)) && n <= utf8.MaxRune
}
