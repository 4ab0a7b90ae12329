// Package provider says what a platform must be able to do for us, and in what
// words: what a shop has (Observation), what may be asked of it (Provider), and
// how it refuses (Error).
//
// It knows no HTTP. An implementation stands in a folder of its own and passes
// the contract in provider/providertest.
package provider

import (
	"context"
	"io"
	"time"

	"github.com/shopctl/shopctl/schema"
)

// Provider is one shop on one platform. Its methods may be called at the same
// time by many goroutines. Every error is, or wraps, an *Error.
//
// A writing method sends exactly one writing call and does not send it again
// when the outcome is unknown, be it that no answer came or that the platform
// was too busy to say: it returns an Error of ClassUnknown, and the caller
// settles the question by reading. Refusals that say that nothing happened, such
// as those of a rate limit or an expired token, may be retried inside.
type Provider interface {
	// Observe reads what the shop has. It never writes.
	Observe(ctx context.Context, scope Scope) (*Observation, error)
	// Product reads one product, both copies. It returns an error that
	// satisfies errors.Is(err, ErrNotFound) when the shop does not have it.
	Product(ctx context.Context, outProductID string) (*Product, error)
	// Audit reads the verdict on a brand or qualification audit.
	Audit(ctx context.Context, auditID string) (Verdict, error)
	// Categories reads the platform's category tree, from a cache of at most a
	// day unless fresh is set.
	Categories(ctx context.Context, fresh bool) (*schema.CategoryTree, error)

	// Hosts reports whether a picture's URL is on the platform's own hosts, so that
	// it is used as it is and never uploaded. It asks nobody.
	Hosts(url string) bool
	// UploadImage hands over one picture and returns the URL under which the
	// platform knows it from then on. A picture that is on the platform's own
	// hosts already is not sent again. No call tells whether a picture arrived, and
	// a second copy harms nobody, so a lost answer is followed by another try.
	UploadImage(ctx context.Context, picture Picture) (url string, err error)

	// UpdateMerchant replaces the merchant settings (account/update_info).
	UpdateMerchant(ctx context.Context, m *schema.Merchant) error
	// SubmitBrand asks for a brand (audit/audit_brand).
	SubmitBrand(ctx context.Context, b *schema.Brand, links Links) (auditID string, err error)
	// SubmitQualification asks for a category (audit/audit_category).
	SubmitQualification(ctx context.Context, q *schema.Qualification, links Links) (auditID string, err error)

	// Add creates a product and submits it for review (spu/add).
	Add(ctx context.Context, s *schema.SPU, links Links) (Receipt, error)
	// Update replaces the draft and submits it for review (spu/update).
	Update(ctx context.Context, ref Ref, s *schema.SPU, links Links) (Receipt, error)
	// UpdateFree changes prices, stock and codes of SKUs that are online, at
	// once and without review (spu/update_without_audit).
	UpdateFree(ctx context.Context, ref Ref, edits []FreeEdit) error
	// Withdraw takes the pending submission back (spu/del_audit).
	Withdraw(ctx context.Context, ref Ref) error
	// List and Delist move the online copy on and off the shelf.
	List(ctx context.Context, ref Ref) error
	Delist(ctx context.Context, ref Ref) error
	// Delete removes the product for good; its id may be burnt (spu/del).
	Delete(ctx context.Context, ref Ref) error
}

// PictureSource is a Provider that also hands out the pictures of its shop, for
// taking a shop over.
type PictureSource interface {
	// FetchPicture reads a picture from one of the platform's own hosts (see
	// Hosts); every other address is refused. extension is ".jpg" or ".png".
	FetchPicture(ctx context.Context, url string) (content []byte, extension string, err error)
}

// Scope says how much of the shop Observe reads.
type Scope struct {
	// Products are the out_product_ids that must not be overlooked: one that the
	// lists do not show is looked up by itself before it is believed to be absent.
	Products []string
	// Fresh are products that nobody remembers: of interest where the lists show
	// them, and not looked up by themselves when the lists are read.
	Fresh []string
	// Only restricts the reading to Products and Fresh; otherwise the whole shop is
	// listed, so that unmanaged products can be counted.
	Only bool
	// Declared are the products of the catalog by out_product_id, nil for none. They
	// change nothing of what is observed: texts that are the same may be shared with
	// them, so that a large shop takes less memory.
	Declared map[string]*schema.SPU
	// AuditIDs are the pending brand and qualification audits.
	AuditIDs []string
	// Merchant, Brands and Qualifications say whether these are to be read.
	Merchant, Brands, Qualifications bool
	// Progress hears how many copies of products have been listed so far, and of
	// how many; the total is 0 while the platform has not said it. It is called by
	// one goroutine at a time; nil for nobody.
	Progress func(done, total int)
}

// Observation is what a shop had at one time.
type Observation struct {
	At       time.Time
	Merchant *schema.Merchant // nil when not read or not set
	// Brands that are granted, by wording.
	Brands map[string]BrandGrant
	// Categories that are granted by an audit, by leaf id.
	Categories map[uint64]bool
	// Products by out_product_id.
	Products map[string]*Product
	// Nameless are the platform's ids of products without an out_product_id, which
	// no program of the merchant made and nobody can declare; sorted. They are only
	// seen where the whole shop was listed.
	Nameless []string
	// Verdicts by audit id. An id that the platform does not know (yet) has
	// Status VerdictUnknown.
	Verdicts map[string]Verdict
}

// BrandGrant is a brand that the shop may use.
type BrandGrant struct {
	BrandID string // decimal
	Wording string
}

// Product is what a shop has under one out_product_id: two copies, a review and
// a place on or off the shelf.
type Product struct {
	ProductID    string // the platform's id, decimal, may exceed 2^53
	OutProductID string
	// Draft is what was last submitted or saved; nil when the platform shows none.
	Draft *Copy
	// Online is what buyers see; nil when no content was ever approved.
	Online *Copy
	Review Review
	Shelf  Shelf
	// Reason is the reviewer's, when Review is ReviewRejected.
	Reason      string
	AuditID     string
	SubmittedAt time.Time // zero when unknown
	AuditedAt   time.Time
	UpdatedAt   time.Time
}

// Copy is one of the two copies of a product. In SPU, pictures are URLs of the
// platform, Brand is "" or "id:...", the category is an id, and optional members
// that the platform does not echo are zero.
type Copy struct {
	SPU    schema.SPU
	SKUIDs schema.SKUIDs // where shown
}

// Review is the state of the draft (edit_status); open, other values may come.
type Review int

// The reviews, with the platform's own numbers (reference section 8.0).
const (
	ReviewNone       Review = 0 // no pending draft
	ReviewNotAudited Review = 1 // saved: on its way into review, or withdrawn
	ReviewRunning    Review = 2
	ReviewRejected   Review = 3
	ReviewApproved   Review = 4
)

// Shelf is the state of the online copy (status); open, other values may come.
type Shelf int

// The shelf states, with the platform's own numbers.
const (
	ShelfInitial  Shelf = 0  // nothing was ever approved
	ShelfListed   Shelf = 5  // buyers can buy it
	ShelfDelisted Shelf = 11 // taken down by the merchant
	ShelfBanned   Shelf = 13 // taken down by the platform
)

// VerdictStatus of a brand or qualification audit.
type VerdictStatus int

// The verdicts, with the platform's own numbers; Unknown is ours (1050005).
const (
	VerdictPending  VerdictStatus = 0
	VerdictPassed   VerdictStatus = 1
	VerdictRejected VerdictStatus = 9
	VerdictUnknown  VerdictStatus = -1
)

// Verdict is what the platform says of a brand or qualification audit.
type Verdict struct {
	Status  VerdictStatus
	BrandID string // decimal; only for a passed brand audit
	Reason  string
}

// Ref names a product to a writing call. ProductID is preferred where known:
// calls by out_product_id alone have failed (reference section 8.8).
type Ref struct {
	ProductID    string
	OutProductID string
}

// Links resolve what a declared object refers to, when the call is made.
type Links struct {
	// Images gives the platform's URL of every picture that the object uses.
	Images map[schema.ImageKey]string
	// BrandID is the platform's id of the SPU's brand, decimal; empty for none.
	BrandID string
	// Category is the leaf of a qualification with its parents.
	Category *schema.Category
}

// Receipt is the platform's answer to Add and Update.
type Receipt struct {
	ProductID string
	SKUIDs    schema.SKUIDs
}

// FreeEdit changes one SKU that is online. Nil members are left alone.
type FreeEdit struct {
	OutSKUID    string
	SalePrice   *schema.Fen
	MarketPrice *schema.Fen
	StockNum    *int64
	Barcode     *string
	SKUCode     *string
}

// Picture is one image to hand over: either a file's bytes or a URL the
// platform fetches.
type Picture struct {
	Key  schema.ImageKey
	Name string // file name with extension, for the multipart header
	URL  string // set for pictures that are declared by URL
	// Open opens the bytes; it may be called more than once. Nil when URL is set.
	Open func() (io.ReadCloser, error)
	Size int64 // bytes
}
