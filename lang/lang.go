// Package lang carries text in the two languages of our readers.
//
// A sentence for people is written once, in English and in Chinese side by
// side, where the fact it tells is known; which of the two is shown is decided
// once, by whoever prints. So no message can exist in one language only.
package lang

import (
	"fmt"
	"strconv"
	"strings"
)

// Lang is a language that every text of ours exists in.
type Lang string

// The two languages.
const (
	EN Lang = "en"
	ZH Lang = "zh"
)

// Parse reads the value of --lang, or of a locale such as "zh_CN.UTF-8".
// ok is false when the value names neither language; English is returned then.
func Parse(s string) (l Lang, ok bool) {
	s = strings.ToLower(s)
	switch {
	case strings.HasPrefix(s, "zh"):
		return ZH, true
	case strings.HasPrefix(s, "en"), s == "c", s == "posix", strings.HasPrefix(s, "c."):
		return EN, true
	}
	return EN, false
}

// Text is one sentence or label in both languages.
type Text struct {
	EN string `json:"en,omitempty"`
	ZH string `json:"zh,omitempty"`
}

// T makes a Text of two fixed strings.
func T(en, zh string) Text { return Text{EN: en, ZH: zh} }

// F formats the same arguments into both languages. A format may use
// argument indexes (%[2]s) where the word order differs.
func F(en, zh string, args ...any) Text {
	return Text{EN: fmt.Sprintf(en, args...), ZH: fmt.Sprintf(zh, args...)}
}

// Same is a Text for what has no translation: a name, a code, a foreign message.
func Same(s string) Text { return Text{EN: s, ZH: s} }

// In returns the text in l; where that is empty, the other one.
func (t Text) In(l Lang) string {
	if l == ZH && t.ZH != "" || t.EN == "" {
		return t.ZH
	}
	return t.EN
}

// IsZero reports whether there is no text at all.
func (t Text) IsZero() bool { return t.EN == "" && t.ZH == "" }

// Size is a size in bytes as people read it: in MB, at least 0.1, or in GB.
func Size(bytes int64) string {
	if bytes >= 1e9 {
		return strconv.FormatFloat(float64(bytes)/1e9, 'f', 1, 64) + " GB"
	}
	return strconv.FormatFloat(max(float64(bytes)/1e6, 0.1), 'f', 1, 64) + " MB"
}

// Argument is a word as it is typed at a shell: in quotes where it holds anything
// that a shell would read.
func Argument(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n\"'`$\\&|;<>()[]{}*?!#~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
