package reconcile

import (
	"slices"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Adopt is what the state is told of a product that was written into the files
// as one copy in the shop shows it: that this copy is what was last sent, so that
// it is known again by its info_version where its own words do not tell (picture
// URLs that change, members that are not echoed), and which picture of the files
// is which of the shop. want is the product as read back from the files; the
// copy is have's draft or online copy.
//
// A draft that nobody is reviewing is left where it is: submitting it is up to
// whoever saved it, until its content changes.
//
// old is what the state knew of the product, nil for nothing.
func Adopt(old *state.Record, want *schema.SPU, have *provider.Product, written *provider.Copy) (*state.Record, map[schema.ImageKey]string) {
	rec := old.Clone()
	if rec == nil {
		rec = &state.Record{Address: spuAddress(want.OutProductID), Repushed: parked(have)}
	}
	rec.RemoteID, rec.SKUIDs = have.ProductID, skuIDs(have)
	if rec.Stamp != want.Stamp() {
		rec.Reason = ""
	}
	rec.Stamp, rec.Version, rec.Memo = want.Stamp(), "", memoOf(want)
	if v := written.SPU.InfoVersion; v != rec.Stamp {
		rec.Version = v
	}
	rec.OnRemove = ""
	if want.OnRemove != schema.OnRemoveDelist {
		rec.OnRemove = want.OnRemove
	}
	return rec, picturesOf(want, &written.SPU)
}

// parked reports whether a product was never online and its draft is saved
// without being under review.
func parked(have *provider.Product) bool {
	return have.Online == nil && (have.Review == provider.ReviewNone || have.Review == provider.ReviewNotAudited)
}

// picturesOf pairs the pictures of the files with the URLs under which the shop
// shows them.
func picturesOf(want, shown *schema.SPU) map[schema.ImageKey]string {
	urls := map[schema.ImageKey]string{}
	pair := func(want, shown []schema.Image) {
		for i := range want {
			if len(want) == len(shown) && want[i].Path != "" && shown[i].URL != "" {
				urls[want[i].Key] = shown[i].URL
			}
		}
	}
	pair(want.HeadImg, shown.HeadImg)
	pair(want.QualificationPics, shown.QualificationPics)
	pair(want.DescInfo.Imgs, shown.DescInfo.Imgs)
	for _, sku := range want.SKUs {
		i := slices.IndexFunc(shown.SKUs, func(s schema.SKU) bool { return s.OutSKUID == sku.OutSKUID })
		if i >= 0 {
			pair([]schema.Image{sku.ThumbImg}, []schema.Image{shown.SKUs[i].ThumbImg})
		}
	}
	return urls
}

// ShelfMoved reports whether somebody put a product onto the shelf, or took it
// off, in the console. A plan that submits content keeps silent about it, because
// the shelf is decided after the review.
func ShelfMoved(rec *state.Record, want *schema.SPU, have *provider.Product) bool {
	moved := want.Listing && have.Shelf == provider.ShelfDelisted || !want.Listing && have.Shelf == provider.ShelfListed
	return moved && rec != nil && rec.Unpacked().Memo[listingPath] == shelfWord(want.Listing)
}
