package push

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// tree is a message before it is understood: text, or members by name. A member
// that is repeated in XML, or an array in JSON, has several.
type tree struct {
	value   string
	members map[string][]tree
}

// Bounds of a tree. The deepest documented message has four levels and some
// twenty elements.
const (
	maxDepth    = 12
	maxElements = 1000
)

var (
	errDeep = fmt.Errorf("it is nested deeper than %d levels", maxDepth)
	errMany = fmt.Errorf("it has more than %d elements", maxElements)
)

// text is the value of the first member with the name, without spaces around it.
func (t tree) text(name string) string {
	if all := t.members[name]; len(all) > 0 {
		return strings.TrimSpace(all[0].value)
	}
	return ""
}

// child is the first member with the name that has members of its own.
func (t tree) child(name string) (tree, bool) {
	if all := t.members[name]; len(all) > 0 && all[0].members != nil {
		return all[0], true
	}
	return tree{}, false
}

func (t *tree) add(name string, child tree) {
	if t.members == nil {
		t.members = map[string][]tree{}
	}
	t.members[name] = append(t.members[name], child)
}

// parseXML reads one element and what is in it. Document types, and with them
// entities of their own, are refused; the five of XML itself are enough.
func parseXML(body []byte) (tree, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("its encoding is %q", charset)
	}
	r := &xmlReader{decoder: d}
	for {
		token, err := d.Token()
		if err != nil {
			return tree{}, err
		}
		switch token.(type) {
		case xml.StartElement:
			t, err := r.element(1)
			if err != nil {
				return tree{}, err
			}
			return t, r.end()
		case xml.Directive:
			return tree{}, errDirective
		}
	}
}

var errDirective = errors.New("it has a document type")

type xmlReader struct {
	decoder  *xml.Decoder
	elements int
}

// element reads up to the end of an element that has begun.
func (r *xmlReader) element(depth int) (tree, error) {
	r.elements++
	switch {
	case depth > maxDepth:
		return tree{}, errDeep
	case r.elements > maxElements:
		return tree{}, errMany
	}
	var t tree
	var text strings.Builder
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return t, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			child, err := r.element(depth + 1)
			if err != nil {
				return t, err
			}
			t.add(token.Name.Local, child)
		case xml.CharData:
			text.Write(token)
		case xml.Directive:
			return t, errDirective
		case xml.EndElement:
			t.value = text.String()
			return t, nil
		}
	}
}

// end wants nothing but white space behind the element.
func (r *xmlReader) end() error {
	for {
		token, err := r.decoder.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if text, isText := token.(xml.CharData); !isText || len(bytes.TrimSpace(text)) > 0 {
			return errors.New("something stands behind it")
		}
	}
}

func parseJSON(body []byte) (tree, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return tree{}, err
	}
	if _, err := d.Token(); err != io.EOF {
		return tree{}, errors.New("something stands behind it")
	}
	elements := 0
	return jsonTree(v, 1, &elements)
}

// jsonTree makes a tree of a JSON value. An array becomes the members of the name
// that it stands under, so an array in an array has no place.
func jsonTree(v any, depth int, elements *int) (tree, error) {
	*elements++
	switch {
	case depth > maxDepth:
		return tree{}, errDeep
	case *elements > maxElements:
		return tree{}, errMany
	}
	object, isObject := v.(map[string]any)
	if !isObject {
		return tree{value: jsonText(v)}, nil
	}
	t := tree{members: map[string][]tree{}}
	for name, member := range object {
		all, isArray := member.([]any)
		if !isArray {
			all = []any{member}
		}
		for _, one := range all {
			child, err := jsonTree(one, depth+1, elements)
			if err != nil {
				return tree{}, err
			}
			t.add(name, child)
		}
	}
	return t, nil
}

func jsonText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}
