package schema

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddresses(t *testing.T) {
	for s, want := range map[string]Address{
		"merchant": {Kind: KindMerchant}, "brand.cxy": {KindBrand, "cxy"}, "spu.719": {KindSPU, "719"}, "spu.a.b": {KindSPU, "a.b"}, "qualification.x": {KindQualification, "x"},
	} {
		if got, err := ParseAddress(s); err != nil || got != want || got.String() != s {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "spu", "spu.", "merchant.x", "product.1", ".1"} {
		if a, err := ParseAddress(s); err == nil {
			t.Errorf("%q was read as %v", s, a)
		}
	}
	sorted := []Address{{KindSPU, "10"}, {KindSPU, "2"}, {KindQualification, "a"}, {KindBrand, "z"}, {Kind: KindMerchant}}
	slices.SortFunc(sorted, Address.Compare)
	b, err := json.Marshal(map[Address]int{sorted[0]: 1})
	if sorted[0].Kind != KindMerchant || sorted[1].Kind != KindBrand || sorted[4].Name != "2" || string(b) != `{"merchant":1}` || err != nil {
		t.Errorf("sorted %v, JSON %s, %v", sorted, b, err)
	}
	var back map[Address]int
	if err := json.Unmarshal([]byte(`{"spu.719":2}`), &back); err != nil || back[Address{KindSPU, "719"}] != 2 {
		t.Errorf("read back %v, %v", back, err)
	}
}

// The canonical form is read back as what it was.
func TestCanonicalRoundTrip(t *testing.T) {
	c := mustLoad(t, exampleFiles(t), LoadOptions{})
	keysOnly := cmp.Transformer("key", func(i Image) ImageKey { return i.Key })
	local := cmp.FilterPath(func(p cmp.Path) bool {
		return slices.Contains([]string{".Listing", ".StockManaged", ".OnRemove", ".InReview"}, p.Last().String())
	}, cmp.Ignore())
	var spus map[string]*SPU
	if err := json.Unmarshal(Canonical(c.SPUs), &spus); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.SPUs, spus, keysOnly, local); diff != "" {
		t.Error(diff)
	}
	var quals map[string]*Qualification
	if err := json.Unmarshal(Canonical(c.Qualifications), &quals); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.Qualifications, quals, keysOnly); diff != "" {
		t.Error(diff)
	}
}

// Broken rows of the platform's list lose against whole ones, in either order.
func TestCategoryTree(t *testing.T) {
	whole := Category{ID: 1, Name: "面巾", SecondID: 20, Second: "毛巾", FirstID: 10, First: "家纺"}
	broken := Category{ID: 1, Name: "面巾", Second: "毛巾", First: "家纺"}
	other := Category{ID: 2, Name: "电热毯", SecondID: 21, Second: "毯类", FirstID: 10, First: "家纺", Qualification: "3C 认证"}
	for _, rows := range [][]Category{{whole, broken, other}, {broken, whole, other}} {
		tree := NewCategoryTree(rows)
		if leaf, ok := tree.Lookup(1); !ok || leaf.FirstID != 10 || len(tree.Leaves) != 2 {
			t.Errorf("leaf %v of %d", leaf, len(tree.Leaves))
		}
		for words, want := range map[string]int{"家纺": 2, "3c": 1, "2": 1, "床": 0} {
			if found := tree.Search(words); len(found) != want {
				t.Errorf("search %q found %d, want %d", words, len(found), want)
			}
		}
		if found := tree.Search("家纺", "毯"); len(found) != 1 {
			t.Errorf("two words found %d", len(found))
		}
	}
}

func TestVersion(t *testing.T) {
	s := &SPU{Title: "毛毯"}
	if v := s.Version(); v != s.Stamp() || !IsStamp(v) {
		t.Errorf("version %q", v)
	}
	s.InfoVersion = "mine"
	if v := s.Version(); v != "mine" || IsStamp(v) {
		t.Errorf("version %q", v)
	}
}

func TestReadSource(t *testing.T) {
	dir := writeFiles(t, goodFiles(t))
	if src, err := ReadSource(dir, "shop.hcl"); err != nil || len(src) == 0 {
		t.Errorf("%d bytes, %v", len(src), err)
	}
	for _, name := range []string{"../shop.hcl", "/etc/passwd", "none.hcl", ".", "--var"} {
		if src, err := ReadSource(dir, name); err == nil {
			t.Errorf("%s: %d bytes", name, len(src))
		}
	}
}
