// Package intake brings catalogs in from where merchants have them today: a
// shop full of products, a spreadsheet, a table. An importer reads its source
// into a Bundle and says what it could not read; Write turns a bundle into files
// and never overwrites one.
package intake

import (
	"io"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// Bundle is what an importer found, in the terms of the language. Pictures have
// a Path below the catalog directory, or a URL.
type Bundle struct {
	// Shop gives the defaults that products need not repeat (Scenes, OnRemove,
	// InReview). Where NewShop is set it is also written as the shop block.
	Shop    schema.Shop
	NewShop bool

	Merchant       *schema.Merchant
	Brands         map[string]*schema.Brand         // by block name; granted ones
	Qualifications map[string]*schema.Qualification // by block name; granted ones
	SPUs           []*schema.SPU                    // sorted by out_product_id

	// Declared are the objects that the catalog has already. They are skipped.
	Declared map[schema.Address]schema.Source
	// Notes are comments above the block of an object.
	Notes map[schema.Address][]lang.Text
	// Files are new files beside the HCL, by path below the catalog directory:
	// pictures that were taken out of a sheet. Each is opened once, when it is
	// written, so that they need not all be in memory.
	Files map[string]func() (io.ReadCloser, error)

	// Tree names categories in comments; nil when it is not known.
	Tree *schema.CategoryTree
	// Lang is the language of comments.
	Lang lang.Lang
}

// Layout says how products are written.
type Layout string

// The layouts: files of blocks per leaf category, or CSV files with one for_each
// block per category.
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
