package sandbox

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// decode reads a request body as the platform does: an empty one is 44002;
// malformed JSON, a wrong JSON type, null, trailing text, and a member that the
// endpoint does not know (also one in other case) are 47001.
func decode(body []byte, into any) *refusal {
	if len(bytes.TrimSpace(body)) == 0 {
		return refuse(44002)
	}
	if !utf8.Valid(body) || !json.Valid(body) {
		return refuse(47001)
	}
	var shape any
	if err := json.Unmarshal(body, &shape); err != nil || !fits(shape, reflect.TypeOf(into)) {
		return refuse(47001)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return refuse(47001)
	}
	return nil
}

// fits reports whether every object in v has only members that t names, in the
// same case, and nothing in it is null. The types of numbers and strings are
// left to encoding/json.
func fits(v any, t reflect.Type) bool {
	if v == nil {
		return false
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return true
	}
	switch t.Kind() {
	case reflect.Struct:
		object, ok := v.(map[string]any)
		return ok && fitsMembers(object, t)
	case reflect.Slice:
		array, ok := v.([]any)
		return ok && !slices.ContainsFunc(array, func(e any) bool { return !fits(e, t.Elem()) })
	}
	return true
}

func fitsMembers(object map[string]any, t reflect.Type) bool {
	known := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			known[name] = f.Type
		}
	}
	for name, v := range object {
		if m, ok := known[name]; !ok || !fits(v, m) {
			return false
		}
	}
	return true
}

// stringList is what older pages show as one string and newer ones as an array
// (reference section 13, number 5).
type stringList []string

func (l *stringList) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*l = stringList{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(l))
}

// number is an integer that callers also send as a string of digits
// (reference section 13, number 7).
type number int

func (n *number) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(bytes.Trim(data, `"`), (*int)(n))
}

// stringOrNumber is a string that one table of the documents calls a number
// (reference section 13, number 6).
type stringOrNumber string

func (s *stringOrNumber) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, (*string)(s))
	}
	var n json.Number
	err := json.Unmarshal(data, &n)
	*s = stringOrNumber(n)
	return err
}
