package sandbox

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// category is a third-level category as cat/get returns it (reference section 4).
// A qualification type is 0 not needed, 1 mandatory, 2 optional.
type category struct {
	ID                       int    `json:"third_cat_id"`
	Name                     string `json:"third_cat_name"`
	Qualification            string `json:"qualification"` // what proves the category, in words
	QualificationType        int    `json:"qualification_type"`
	ProductQualification     string `json:"product_qualification"` // what proves each product
	ProductQualificationType int    `json:"product_qualification_type"`
	FirstID                  int    `json:"first_cat_id"`
	FirstName                string `json:"first_cat_name"`
	SecondID                 int    `json:"second_cat_id"`
	SecondName               string `json:"second_cat_name"`
	Scenes                   []int  `json:"scene_group_list"`
}

// mandatory is the value of a qualification type that asks for papers.
const mandatory = 1

//go:embed categories.json
var categoriesJSON []byte

// tree is the category tree in the platform's order; leaves is the same by id;
// branches are the ids of the two upper levels.
var tree, leaves, branches = plantTree()

func plantTree() ([]category, map[int]category, map[int]bool) {
	var rows []category
	if err := json.Unmarshal(categoriesJSON, &rows); err != nil {
		panic(err) // embedded
	}
	byID, upper := map[int]category{}, map[int]bool{}
	for _, c := range rows {
		byID[c.ID] = c
		upper[c.FirstID], upper[c.SecondID] = true, true
	}
	return rows, byID, upper
}

// getCategories is POST /shop/cat/get. One row comes a second time, without its
// parents, as seen in 2021 and 2022 (reference section 4, data defects).
func getCategories(x *exchange, _ *empty) (reply, *refusal) {
	rows := slices.DeleteFunc(slices.Clone(tree), func(c category) bool {
		return slices.Contains(x.knobs.RetiredCategories, c.ID)
	})
	if x.knobs.CategoryDefects {
		orphan := rows[0]
		orphan.FirstID, orphan.FirstName, orphan.SecondID, orphan.SecondName = 0, "", 0, ""
		rows = append([]category{orphan}, rows...)
	}
	return reply{{"third_cat_list", rows}}, nil
}

// findLeaf refuses what is not a leaf of the tree.
func (x *exchange) findLeaf(id int) (category, *refusal) {
	c, isLeaf := leaves[id]
	switch {
	case branches[id] && !isLeaf:
		return c, refuse(1000007)
	case !isLeaf:
		return c, refuse(1000009)
	case slices.Contains(x.knobs.RetiredCategories, id):
		return c, refuse(1000040)
	}
	return c, nil
}

// needsGrant reports whether products in c wait for an approved audit_category.
func (x *exchange) needsGrant(c category) bool {
	disputed := slices.Contains(x.knobs.DisputedCategories, c.ID)
	return (c.QualificationType == mandatory || disputed) && !slices.Contains(x.account.Categories, c.ID)
}
