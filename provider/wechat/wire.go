package wechat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ID is an id of the platform in decimal. The platform sends ids as numbers,
// above 2^53 too, and as strings (reference section 1 and 13.10); 0, null and ""
// are the empty ID.
type ID string

// UnmarshalJSON reads a number or a string.
func (id *ID) UnmarshalJSON(b []byte) error {
	var t Text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	*id = ID(strings.TrimSpace(string(t)))
	if *id == "0" {
		*id = ""
	}
	return nil
}

// Number is the id as a JSON number, "" when it is empty or not decimal.
func (id ID) Number() json.Number {
	if _, err := strconv.ParseUint(string(id), 10, 64); err != nil {
		return ""
	}
	return json.Number(id)
}

// Int is an integer that may arrive as a string, as null or not at all.
type Int int64

// UnmarshalJSON reads 990, "990", 990.0, "", true and null.
func (i *Int) UnmarshalJSON(b []byte) error {
	s := strings.TrimSpace(strings.Trim(string(b), `"`))
	switch s {
	case "", "null", "false":
		*i = 0
		return nil
	case "true":
		*i = 1
		return nil
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0") != "" {
		return fmt.Errorf("%.40s is not a whole number", b)
	}
	*i = Int(n)
	return nil
}

// Text is a string that may arrive as a number, a boolean or null. Anything else
// is kept as the JSON it came as, because an odd message is still worth reading.
type Text string

// UnmarshalJSON never fails on valid JSON.
func (t *Text) UnmarshalJSON(b []byte) error {
	if plain(b) { // as nearly all are: a large shop has millions
		*t = Text(b[1 : len(b)-1])
		return nil
	}
	if len(b) > 0 && b[0] == '"' {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = Text(s)
		return nil
	}
	if *t = Text(b); string(b) == "null" {
		*t = ""
	}
	return nil
}

// plain reports whether a valid JSON value is a string that means its own bytes.
func plain(b []byte) bool {
	return len(b) >= 2 && b[0] == '"' && bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b)
}

// List is a list that may arrive as null, or as its only member (reference
// section 13.5: license has been a string and an array).
type List[T any] []T

// UnmarshalJSON reads [..], null, "" and a bare member.
func (l *List[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	switch {
	case string(b) == "null", string(b) == `""`, string(b) == "{}":
		return nil
	case b[0] == '[':
		return json.Unmarshal(b, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*l = List[T]{one}
	return nil
}

// Object is a member that may arrive as null, "" or [] when it is empty, as PHP
// servers write empty objects.
type Object[T any] struct{ Value T }

// UnmarshalJSON leaves the zero value for anything that is no object.
func (o *Object[T]) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '{' {
		return nil
	}
	return json.Unmarshal(b, &o.Value)
}

// Strings converts a list of texts.
func Strings(l List[Text]) []string {
	if len(l) == 0 {
		return nil
	}
	s := make([]string, len(l))
	for i, t := range l {
		s[i] = string(t)
	}
	return s
}

// SnakeKeys rewrites the keys of all objects in raw from camelCase to
// snake_case: early replies of spu/get were seen with outProductId and headImg
// (reference section 1, "case leaks"). Values stay as they are.
func SnakeKeys(raw []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	return encode(snake(v))
}

func snake(v any) any {
	switch v := v.(type) {
	case map[string]any:
		renamed := make(map[string]any, len(v))
		for key, value := range v {
			renamed[snakeKey(key)] = snake(value)
		}
		return renamed
	case []any:
		for i := range v {
			v[i] = snake(v[i])
		}
	}
	return v
}

func snakeKey(key string) string {
	var b strings.Builder
	lower := false // whether the rune before was lower case or a digit
	for _, r := range key {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// encode writes JSON as the platform wants it: raw UTF-8, no escaping of <, > and
// & (paths and URLs hold them), no newline at the end.
func encode(v any) ([]byte, error) {
	if v == nil {
		return []byte("{}"), nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
