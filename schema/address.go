package schema

import (
	"cmp"
	"fmt"
	"strings"
)

// Kind is what an object is. Its values are the block names of the language.
type Kind string

// The kinds, in the order in which they have to be made true.
const (
	KindMerchant      Kind = "merchant"
	KindBrand         Kind = "brand"
	KindQualification Kind = "qualification"
	KindSPU           Kind = "spu"
)

// Kinds lists all kinds in dependency order: an object needs only objects of
// kinds that stand before its own.
var Kinds = []Kind{KindMerchant, KindBrand, KindQualification, KindSPU}

func (k Kind) rank() int {
	for i, kind := range Kinds {
		if k == kind {
			return i
		}
	}
	return len(Kinds)
}

// Address names one object of a shop: "merchant", "brand.cxy",
// "qualification.electric-blankets", "spu.719". For an SPU the name is the
// merchant's out_product_id, so that moving a product between blocks, files and
// tables changes nothing. The merchant is the only one of its kind and has no name.
type Address struct {
	Kind Kind
	Name string
}

// String is the form used in plans, flags and the state file.
func (a Address) String() string {
	if a.Name == "" {
		return string(a.Kind)
	}
	return string(a.Kind) + "." + a.Name
}

// ParseAddress reads what String wrote. Only the first dot separates, because
// an out_product_id may hold dots itself.
func ParseAddress(s string) (Address, error) {
	kind, name, _ := strings.Cut(s, ".")
	a := Address{Kind: Kind(kind), Name: name}
	if a.Kind.rank() == len(Kinds) {
		return Address{}, fmt.Errorf("address %q: unknown kind %q (one of merchant, brand.NAME, qualification.NAME, spu.OUT_PRODUCT_ID)", s, kind)
	}
	if (a.Name == "") != (a.Kind == KindMerchant) {
		return Address{}, fmt.Errorf("address %q: merchant stands alone, every other kind needs a name (kind.name)", s)
	}
	return a, nil
}

// Compare sorts by kind in dependency order, then by name.
func (a Address) Compare(b Address) int {
	return cmp.Or(cmp.Compare(a.Kind.rank(), b.Kind.rank()), strings.Compare(a.Name, b.Name))
}

// MarshalText makes addresses strings in JSON, also as map keys.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (a *Address) UnmarshalText(b []byte) (err error) {
	*a, err = ParseAddress(string(b))
	return err
}
