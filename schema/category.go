package schema

import (
	"cmp"
	"slices"
	"strings"
)

// Need says whether the platform demands a qualification.
type Need int

// The needs, with the platform's own numbers (cat/get qualification_type).
const (
	NeedNone     Need = 0
	NeedRequired Need = 1
	NeedOptional Need = 2
)

// Category is one leaf of the platform's tree with what it demands
// (cat/get, reference section 4).
type Category struct {
	ID       uint64 `json:"id"` // third_cat_id
	Name     string `json:"name"`
	SecondID uint64 `json:"second_id"`
	Second   string `json:"second"`
	FirstID  uint64 `json:"first_id"`
	First    string `json:"first"`

	// Qualification is the text of what the shop needs to sell here.
	Qualification     string `json:"qualification,omitempty"`
	QualificationType Need   `json:"qualification_type"`
	// ProductQualification is the text of what each product needs (qualification_pics).
	ProductQualification     string `json:"product_qualification,omitempty"`
	ProductQualificationType Need   `json:"product_qualification_type"`
	Scenes                   []int  `json:"scenes,omitempty"`
}

// Path is "家纺/毛巾/面巾".
func (c *Category) Path() string { return c.First + "/" + c.Second + "/" + c.Name }

// CategoryTree is the whole list of leaves, sorted by path. Its zero value is an
// empty tree; a nil tree means "not known here".
type CategoryTree struct {
	Leaves []Category
	byID   map[uint64]*Category
	byPath map[string][]*Category
}

// NewCategoryTree makes a tree of rows as the platform sends them: duplicates by
// id are merged, preferring the row with non-zero parents (the platform's list
// has had broken rows, reference section 4).
func NewCategoryTree(rows []Category) *CategoryTree {
	best := make(map[uint64]Category, len(rows))
	for _, row := range rows {
		if old, ok := best[row.ID]; !ok || old.FirstID == 0 || old.SecondID == 0 {
			best[row.ID] = row
		}
	}
	t := &CategoryTree{byID: make(map[uint64]*Category, len(best)), byPath: make(map[string][]*Category, len(best))}
	for _, row := range best {
		t.Leaves = append(t.Leaves, row)
	}
	slices.SortFunc(t.Leaves, func(a, b Category) int {
		return cmp.Or(strings.Compare(a.Path(), b.Path()), cmp.Compare(a.ID, b.ID))
	})
	for i := range t.Leaves {
		leaf := &t.Leaves[i]
		t.byID[leaf.ID] = leaf
		t.byPath[leaf.Path()] = append(t.byPath[leaf.Path()], leaf)
	}
	return t
}

// Lookup finds a leaf by id.
func (t *CategoryTree) Lookup(id uint64) (*Category, bool) {
	c, ok := t.byID[id]
	return c, ok
}

// Resolve finds the leaves with this name path; more than one means that the
// path is ambiguous and the id must be written.
func (t *CategoryTree) Resolve(path string) []*Category { return t.byPath[path] }

// Search returns the leaves whose path, id or qualification text holds every one
// of the words, in path order.
func (t *CategoryTree) Search(words ...string) []*Category {
	var found []*Category
	for i := range t.Leaves {
		leaf := &t.Leaves[i]
		text := strings.ToLower(leaf.Path() + " " + CategoryRef{ID: leaf.ID}.String() + " " + leaf.Qualification + " " + leaf.ProductQualification)
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, strings.ToLower(w)) }) {
			found = append(found, leaf)
		}
	}
	return found
}
