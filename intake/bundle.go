// Package intake brings catalogs in from where merchants have them today: a
// shop full of products, a spreadsheet, a table. An importer reads its source
// into a Bundle and says what it could not read; Write turns a bundle into files
// and never overwrites one.
package intake

import (
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// Bundle is what an importer found, in the terms of the language. Pictures have
// a Path below the catalog directory, or a URL.
type Bundle struct {
	Merchant       *schema.Merchant
	Brands         map[string]*schema.Brand         // by block name
	Qualifications map[string]*schema.Qualification // by block name
	SPUs           []*schema.SPU                    // sorted by out_product_id
	// Files are new files beside the HCL, by path: pictures that were downloaded
	// or taken out of a sheet.
	Files map[string][]byte
	// Tree names categories in comments and files; nil when it is not known.
	Tree *schema.CategoryTree
}

// Layout says how products are written.
type Layout string

// The layouts: one file of blocks per leaf category, or CSV files with one
// for_each block per category.
const (
	AsBlocks Layout = "blocks"
	AsTable  Layout = "table"
)

// Problem is one thing in a source that cannot be taken as it is: a cell, a row,
// a product of the shop.
type Problem struct {
	Sheet  string    `json:"sheet,omitempty"` // or file
	Cell   string    `json:"cell,omitempty"`  // "C12"; empty for a whole row or product
	Row    int       `json:"row,omitempty"`   // counted from 1, as people see it
	Object string    `json:"object,omitempty"`
	Value  string    `json:"value,omitempty"`
	Why    lang.Text `json:"why"`
	Remedy lang.Text `json:"remedy"`
}
