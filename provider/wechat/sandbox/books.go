package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// books is everything the platform remembers about the shop. Each row is a
// record of the ledger.
type books struct {
	knobs    *Knobs
	account  *account
	access   *access
	usage    *usage
	scripts  *scripts
	products map[string]*product // by out_product_id; deleted ones stay
	audits   map[string]*audit   // by audit_id
	pictures map[string]*picture // by id
	calls    []*Call             // oldest first, at most maxCalls

	byID     map[uint64]*product // the same products by product_id
	underway map[string]*product // those that wait for a push or a verdict
}

// maxCalls is how many of the latest calls are remembered.
const maxCalls = 20_000

func newBooks(seed string, knobs Knobs) *books {
	b := &books{
		knobs:    &knobs,
		account:  newAccount(seed, knobs.StartUnjoined),
		access:   &access{},
		usage:    &usage{Daily: map[string]int{}},
		scripts:  &scripts{},
		products: map[string]*product{},
		audits:   map[string]*audit{},
		pictures: map[string]*picture{},
		byID:     map[uint64]*product{},
		underway: map[string]*product{},
	}
	return b
}

// put reads one row of the ledger.
func (b *books) put(key string, row json.RawMessage) error {
	kind, id, _ := strings.Cut(key, "/")
	switch kind {
	case "knobs":
		b.knobs = &Knobs{}
		return json.Unmarshal(row, b.knobs)
	case "account":
		b.account = &account{}
		return json.Unmarshal(row, b.account)
	case "access":
		b.access = &access{}
		return json.Unmarshal(row, b.access)
	case "usage":
		b.usage = &usage{}
		return json.Unmarshal(row, b.usage)
	case "scripts":
		b.scripts = &scripts{}
		return json.Unmarshal(row, b.scripts)
	case "spu":
		p := &product{}
		err := json.Unmarshal(row, p)
		b.add(p)
		return err
	case "audit":
		b.audits[id] = &audit{}
		return json.Unmarshal(row, b.audits[id])
	case "picture":
		b.pictures[id] = &picture{}
		return json.Unmarshal(row, b.pictures[id])
	case "call":
		c := &Call{}
		b.remember(c)
		return json.Unmarshal(row, c)
	}
	return fmt.Errorf("unknown kind of row; this directory was written by another version")
}

// all yields every living row.
func (b *books) all() iter.Seq[record] {
	return func(yield func(record) bool) {
		ok := true
		each := func(r record) { ok = ok && yield(r) }
		each(b.knobs)
		each(b.account)
		each(b.access)
		each(b.usage)
		each(b.scripts)
		for _, id := range slices.Sorted(maps.Keys(b.products)) {
			each(b.products[id])
		}
		for _, id := range slices.Sorted(maps.Keys(b.audits)) {
			each(b.audits[id])
		}
		for _, id := range slices.Sorted(maps.Keys(b.pictures)) {
			each(b.pictures[id])
		}
		for _, c := range b.calls {
			each(c)
		}
	}
}

func (b *books) remember(c *Call) {
	b.calls = append(b.calls, c)
	if len(b.calls) > maxCalls+maxCalls/4 {
		b.calls = slices.Clone(b.calls[len(b.calls)-maxCalls:])
	}
}

// add enters a product, or another version of it, into the books.
func (b *books) add(p *product) {
	if old := b.products[p.OutProductID]; old != nil {
		delete(b.byID, old.ProductID)
	}
	b.products[p.OutProductID], b.byID[p.ProductID] = p, p
	delete(b.underway, p.OutProductID)
	if p.Waiting || p.EditStatus == editInReview {
		b.underway[p.OutProductID] = p
	}
}

// product finds what a request names. found is false when it does not exist,
// was deleted, or when both ids are given and belong to different products.
func (b *books) product(s selector) (p *product, found bool) {
	if s.OutProductID != "" {
		p = b.products[s.OutProductID]
	} else {
		p = b.byID[s.ProductID]
	}
	found = p != nil && !p.Deleted && (s.ProductID == 0 || p.ProductID == s.ProductID)
	return p, found
}

// living yields the products that were not deleted, oldest first.
func (b *books) living() []*product {
	var list []*product
	for _, p := range b.products {
		if !p.Deleted {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(x, y *product) int { return cmp.Compare(x.ProductID, y.ProductID) })
	return list
}

// opaque makes 16 bytes that look like nothing and differ for every kind and
// number, and from shop to shop.
func (b *books) opaque(kind string, n uint64) []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(b.account.Seed+"\x00"+kind+"\x00"), n))
	return sum[:16]
}

// opaqueText is opaque in 22 characters of base64url.
func (b *books) opaqueText(kind string, n uint64) string {
	return base64.RawURLEncoding.EncodeToString(b.opaque(kind, n))
}

// beijing is the zone of every time in a reply (reference section 1).
var beijing = time.FixedZone("UTC+8", 8*60*60)

const stamp = "2006-01-02 15:04:05"

// stampOf is t as the platform writes it; the zero time is its 1970.
func stampOf(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.In(beijing).Format(stamp)
}
