package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Memo holds, by field path ("title", "sku.27359029914.sale_price"), the value
// last sent: short values as they are, long ones as "#" and a digest. A path
// "sku.ID" alone, with the value Sent, says that this SKU was sent; it stands
// beside every field of the SKU.
//
// In JSON the fields of a SKU stand together below its id, which keeps the
// record of a product with four SKUs near one kilobyte.
type Memo map[string]string

// Sent is the value of a path "sku.ID". No field has it: a value that begins
// with "#" is a digest.
const Sent = "#"

const skuMember = "sku"

// MarshalJSON groups the fields of each SKU.
func (m Memo) MarshalJSON() ([]byte, error) {
	grouped := make(map[string]any, len(m))
	skus := map[string]map[string]string{}
	for path, value := range m {
		id, field, ok := cutSKU(path, value)
		if !ok {
			grouped[path] = value
			continue
		}
		if skus[id] == nil {
			skus[id] = map[string]string{}
		}
		if field != "" {
			skus[id][field] = value
		}
	}
	if len(skus) > 0 {
		grouped[skuMember] = skus
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(grouped)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

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

// UnmarshalJSON is the inverse of MarshalJSON.
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

// Unpacked is the record with its memo ready to be read: the records of a State
// that was loaded have theirs packed. It is r itself where nothing is packed.
func (r *Record) Unpacked() *Record {
	if r == nil || r.packed == nil {
		return r
	}
	c := *r
	c.packed = nil
	if err := c.Memo.UnmarshalJSON(r.packed); err != nil {
		panic("state: a packed memo was read before: " + err.Error())
	}
	return &c
}

// MarshalJSON writes a record the same, packed or not.
func (r *Record) MarshalJSON() ([]byte, error) {
	type bare Record // without this method
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode((*bare)(r.Unpacked()))
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Equal reports whether two records say the same.
func (r *Record) Equal(other *Record) bool { return sameRecord(r, other) }

func (m Memo) readSKUs(raw json.RawMessage) error {
	var skus map[string]map[string]string
	if err := json.Unmarshal(raw, &skus); err != nil {
		return fmt.Errorf("memo of the SKUs: %w", err)
	}
	for id, fields := range skus {
		m[skuMember+"."+id] = Sent
		for field, value := range fields {
			m[skuMember+"."+id+"."+field] = value
		}
	}
	return nil
}
