package state

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/plain"
)

// Memo holds, by field path ("title", "sku.27359029914.sale_price"), the value
// last sent: short values as they are, long ones as "#" and a digest. A path
// "sku.ID" alone, with the value Sent, says that this SKU was sent; it stands
// beside every field of the SKU.
//
// In JSON the fields of a SKU stand together below its id, as a list in the order
// of skuOrder, which keeps the record of a product with four SKUs below one
// kilobyte:
//
//	{"listing":"on","sku":{"27359029914":["990","1990","200","#MDEyMzQ1"]},"title":"毛毯"}
//
// A field that was not sent is "" there, and left out at the end. A SKU with other
// fields is an object of them; that is also how format 1 wrote every SKU.
type Memo map[string]string

// Sent is the value of a path "sku.ID". No field has it: a value that begins
// with "#" is a digest.
const Sent = "#"

const skuMember = "sku"

// skuOrder is the order of the fields of a SKU in its list. It is part of the
// format: fields can be added at the end.
var skuOrder = []string{"sale_price", "market_price", "stock_num", "thumb_img", "sku_attrs", "sku_code", "barcode"}

// MarshalJSON groups the fields of each SKU.
func (m Memo) MarshalJSON() ([]byte, error) {
	if len(m) == 0 {
		return []byte("{}"), nil
	}
	return []byte(m.pack()), nil
}

// pack is the memo in JSON, "" when it is empty. The same memo always gives the
// same bytes.
func (m Memo) pack() string {
	if len(m) == 0 {
		return ""
	}
	skus := map[string]map[string]string{}
	paths := make([]string, 0, len(m))
	for path, value := range m {
		id, field, ok := cutSKU(path, value)
		if !ok {
			paths = append(paths, path)
			continue
		}
		if skus[id] == nil {
			skus[id] = make(map[string]string, len(skuOrder))
		}
		if field != "" {
			skus[id][field] = value
		}
	}
	if len(skus) > 0 {
		paths = append(paths, skuMember)
	}
	slices.Sort(paths)
	b := make([]byte, 0, 40*len(m))
	b = append(b, '{')
	for _, path := range paths {
		b = append(appendText(commaAfterFirst(b), path), ':')
		if path == skuMember && len(skus) > 0 {
			b = appendSKUs(b, skus)
			continue
		}
		b = appendText(b, m[path])
	}
	return string(append(b, '}'))
}

func appendSKUs(b []byte, skus map[string]map[string]string) []byte {
	b = append(b, '{')
	for _, id := range sortedKeys(skus) {
		b = append(appendText(commaAfterFirst(b), id), ':')
		b = appendSKU(b, skus[id])
	}
	return append(b, '}')
}

func appendSKU(b []byte, fields map[string]string) []byte {
	last, listed := 0, 0
	for i, field := range skuOrder {
		if value, have := fields[field]; have {
			listed++
			if value != "" {
				last = i + 1
			}
		}
	}
	if listed == len(fields) {
		b = append(b, '[')
		for _, field := range skuOrder[:last] {
			b = appendText(commaAfterFirst(b), fields[field])
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for _, field := range sortedKeys(fields) {
		b = append(appendText(commaAfterFirst(b), field), ':')
		b = appendText(b, fields[field])
	}
	return append(b, '}')
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// cutSKU splits "sku.ID" and "sku.ID.FIELD"; an id may hold dots, a field not.
func cutSKU(path, value string) (id, field string, ok bool) {
	rest, ok := strings.CutPrefix(path, skuMember+".")
	if !ok || value == Sent {
		return rest, "", ok
	}
	i := strings.LastIndexByte(rest, '.')
	if i < 0 {
		return "", "", false
	}
	return rest[:i], rest[i+1:], true
}

// UnmarshalJSON is the inverse of MarshalJSON. It reads format 1 too.
func (m *Memo) UnmarshalJSON(b []byte) error {
	var grouped map[string]json.RawMessage
	if err := json.Unmarshal(b, &grouped); err != nil {
		return err
	}
	memo := make(Memo, len(grouped))
	for path, raw := range grouped {
		if path == skuMember {
			if err := memo.readSKUs(raw); err != nil {
				return err
			}
			continue
		}
		var value string
		if err := json.Unmarshal(raw, &value); err != nil {
			return fmt.Errorf("memo of %s: %w", path, err)
		}
		memo[path] = value
	}
	*m = memo
	return nil
}

func (m Memo) readSKUs(raw json.RawMessage) error {
	var skus map[string]json.RawMessage
	if err := json.Unmarshal(raw, &skus); err != nil {
		return fmt.Errorf("memo of the SKUs: %w", err)
	}
	for id, sku := range skus {
		fields, err := readSKU(sku)
		if err != nil {
			return fmt.Errorf("memo of the SKU %s: %w", id, err)
		}
		m[skuMember+"."+id] = Sent
		for field, value := range fields {
			m[skuMember+"."+id+"."+field] = value
		}
	}
	return nil
}

func readSKU(raw json.RawMessage) (map[string]string, error) {
	if raw[0] != '[' {
		var fields map[string]string
		return fields, json.Unmarshal(raw, &fields)
	}
	var values []string
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, err
	}
	if len(values) > len(skuOrder) {
		return nil, fmt.Errorf("there are %d values, and %d fields are known", len(values), len(skuOrder))
	}
	fields := make(map[string]string, len(values))
	for i, value := range values {
		if value != "" {
			fields[skuOrder[i]] = value
		}
	}
	return fields, nil
}

// eachSent visits a packed memo: field by field, sku being "" for those of the
// product itself, and each SKU first with the field "". A packed memo was written
// or read here, so that it is always understood.
func eachSent(packed string, visit func(sku, field, value string)) {
	p := plain.NewForeignReader(packed)
	p.Object(func(path string) {
		if path != skuMember || p.Peek() == '"' {
			visit("", path, p.String())
			return
		}
		p.Object(func(sku string) {
			visit(sku, "", Sent)
			if p.Peek() == '{' {
				p.Object(func(field string) { visit(sku, field, p.String()) })
				return
			}
			i := 0
			p.List(func() {
				if value := p.String(); value != "" {
					visit(sku, skuOrder[i], value)
				}
				i++
			})
		})
	})
	if !p.Understood() {
		panic("state: a packed memo was read before: " + packed)
	}
}

func unpack(packed string) Memo {
	memo := make(Memo, strings.Count(packed, `","`)+strings.Count(packed, `:`))
	eachSent(packed, func(sku, field, value string) { memo[memoPath(sku, field)] = value })
	return memo
}

// memoPath is the path of a field, or of a SKU as such.
func memoPath(sku, field string) string {
	switch {
	case sku == "":
		return field
	case field == "":
		return skuMember + "." + sku
	}
	return skuMember + "." + sku + "." + field
}

// EachSent visits what was last sent, in no order, without unpacking it: the
// fields of the object itself with the sku "", and for a SKU the field "" with
// the value Sent, then its fields.
func (r *Record) EachSent(visit func(sku, field, value string)) {
	if r == nil {
		return
	}
	if r.packed != "" {
		eachSent(r.packed, visit)
		return
	}
	for path, value := range r.Memo {
		if sku, field, ok := cutSKU(path, value); ok {
			visit(sku, field, value)
			continue
		}
		visit("", path, value)
	}
}

// Remembers reports whether anything is known to have been sent.
func (r *Record) Remembers() bool { return r != nil && (r.Memo != nil || r.packed != "") }

// Unpacked is the record with its memo ready to be read: the records of a State
// have theirs packed. It is r itself where nothing is packed.
func (r *Record) Unpacked() *Record {
	if r == nil || r.packed == "" {
		return r
	}
	c := *r
	c.Memo, c.packed = unpack(r.packed), ""
	return &c
}

// Packed is a copy of the record that shares nothing with it, its memo packed: as
// a map it takes four times the room.
func (r *Record) Packed() *Record {
	c := *r
	c.Memo, c.packed = nil, r.pack()
	c.SKUIDs = slices.Clone(r.SKUIDs)
	c.SubmittedAt = cloneValue(r.SubmittedAt)
	c.Rejected = cloneValue(r.Rejected)
	c.History = slices.Clone(r.History)
	return &c
}

// kept is the record as a State keeps it: packed.
func (r *Record) kept() *Record {
	if r.Memo == nil {
		return r
	}
	return r.Packed()
}

func (r *Record) pack() string {
	if r.packed != "" {
		return r.packed
	}
	return r.Memo.pack()
}

// Equal reports whether two records say the same.
func (r *Record) Equal(other *Record) bool { return sameRecord(r, other) }

func sameRecord(a, b *Record) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	return a.Address == b.Address && a.RemoteID == b.RemoteID && a.Stamp == b.Stamp && a.Version == b.Version &&
		a.AuditID == b.AuditID && a.AuditPending == b.AuditPending && a.Withdrawn == b.Withdrawn &&
		a.Repushed == b.Repushed && a.Burnt == b.Burnt && a.BannedStamp == b.BannedStamp && a.Reason == b.Reason && a.OnRemove == b.OnRemove &&
		slices.Equal(a.SKUIDs, b.SKUIDs) && sameTime(a.SubmittedAt, b.SubmittedAt) &&
		sameRejection(a.Rejected, b.Rejected) && slices.EqualFunc(a.History, b.History, sameVerdict) &&
		a.pack() == b.pack()
}

func sameTime(a, b *time.Time) bool {
	return a == b || a != nil && b != nil && a.Equal(*b)
}

func sameRejection(a, b *Rejection) bool {
	return a == b || a != nil && b != nil && a.Stamp == b.Stamp && a.Reason == b.Reason && a.At.Equal(b.At)
}

func sameVerdict(a, b Verdict) bool {
	return a.Kind == b.Kind && a.At.Equal(b.At) && sameTime(a.SubmittedAt, b.SubmittedAt) &&
		a.Category == b.Category && a.Stamp == b.Stamp && a.Reason == b.Reason && a.Said == b.Said
}
