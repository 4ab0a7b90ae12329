package intake

import "github.com/shopctl/shopctl/schema"

// table writes products of one category as CSV files and a block, and returns
// those that a table cannot hold.
func (w *writer) table(_ string, products []*schema.SPU) ([]*schema.SPU, error) {
	return products, nil
}
