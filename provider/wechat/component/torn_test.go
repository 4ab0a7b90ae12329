package component

import (
	"testing"

	"github.com/shopctl/shopctl/provider"
)

// The two lists of a shop are read one after the other, and a verdict may come
// between them. On a lenient server, which lists a product before its approval, the
// older row must not tell that an approved product is off the shelf.
func TestAVerdictBetweenTwoLists(t *testing.T) {
	content := &provider.Copy{}
	before := &row{productID: "1", outProductID: "a", review: provider.ReviewRunning, shelf: provider.ShelfInitial, content: content}
	after := &row{productID: "1", outProductID: "a", review: provider.ReviewApproved, shelf: provider.ShelfListed, content: content}
	tests := []struct {
		name          string
		draft, online *row
		review        provider.Review
		shelf         provider.Shelf
	}{
		{"both before", before, before, provider.ReviewRunning, provider.ShelfInitial},
		{"the online list before, the drafts after", after, before, provider.ReviewApproved, provider.ShelfListed},
		{"the drafts before, the online list after", before, after, provider.ReviewRunning, provider.ShelfListed},
		{"both after", after, after, provider.ReviewApproved, provider.ShelfListed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := productOf(test.draft, test.online)
			if p.Review != test.review || p.Shelf != test.shelf {
				t.Errorf("review %d, shelf %d, want %d and %d", p.Review, p.Shelf, test.review, test.shelf)
			}
		})
	}
}
