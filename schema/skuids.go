package schema

import (
	"cmp"
	"encoding/json"
	"slices"
)

// SKUIDs are the platform's ids of the SKUs of a product, sorted by out_sku_id, each
// of which stands once. Every product of a shop has them twice, in the state and in
// what was observed, and a list takes less than half of the room of a map.
type SKUIDs []SKUID

// SKUID is the platform's id of one SKU, decimal, may exceed 2^53.
type SKUID struct{ OutSKUID, SKUID string }

// NewSKUIDs sorts a list, which it takes over. Of two with the same out_sku_id
// the later one counts.
func NewSKUIDs(list []SKUID) SKUIDs {
	byOutSKUID := func(a, b SKUID) int { return cmp.Compare(a.OutSKUID, b.OutSKUID) }
	slices.SortStableFunc(list, byOutSKUID)
	kept := list[:0]
	for i, id := range list {
		if i+1 == len(list) || list[i+1].OutSKUID != id.OutSKUID {
			kept = append(kept, id)
		}
	}
	return kept
}

// Of is the platform's id of a SKU, "" when it is not known.
func (ids SKUIDs) Of(outSKUID string) string {
	i, known := slices.BinarySearchFunc(ids, outSKUID, func(id SKUID, out string) int { return cmp.Compare(id.OutSKUID, out) })
	if !known {
		return ""
	}
	return ids[i].SKUID
}

// With are the ids of both; what newer says counts.
func (ids SKUIDs) With(newer SKUIDs) SKUIDs { return NewSKUIDs(slices.Concat(ids, newer)) }

// MarshalJSON writes an object by out_sku_id.
func (ids SKUIDs) MarshalJSON() ([]byte, error) {
	object := make(map[string]string, len(ids))
	for _, id := range ids {
		object[id.OutSKUID] = id.SKUID
	}
	return Canonical(object), nil
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (ids *SKUIDs) UnmarshalJSON(b []byte) error {
	var object map[string]string
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	list := make([]SKUID, 0, len(object))
	for out, id := range object {
		list = append(list, SKUID{out, id})
	}
	*ids = NewSKUIDs(list)
	return nil
}
