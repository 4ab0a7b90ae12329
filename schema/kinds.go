package schema

import (
	"time"
)

// Fen is money: an integer number of fen, 1 yuan = 100 fen. Never a float.
type Fen int64

// ImageKey says which picture it is, by content where the content is known:
// "sha256:<64 hex>" for a file of the catalog, the URL itself for a picture that
// is declared by its URL. Two pictures with the same key are the same picture.
type ImageKey string

// Image names a picture of a catalog, or, in what was read from a shop, the URL
// under which the shop shows it. In JSON it is its key alone: where a file lies
// does not matter to anybody but the uploader (see Catalog.Images).
type Image struct {
	Key ImageKey
	// Path is relative to the catalog directory, with slashes; empty for a URL.
	Path string
	// URL is set for pictures declared by URL and for pictures read from a shop.
	URL string
}

// ImageFile is a picture of a catalog with what was found when it was decoded. A
// picture is declared in many places and stands once in Catalog.Images.
type ImageFile struct {
	Image
	// Size is in bytes, Width and Height in pixels; zero when only a URL is known.
	// They are those of what is sent, as the key is.
	Size          int64
	Width, Height int
	// Original is the picture in the file, when what is sent is a smaller one made
	// of it; nil when the file is sent as it is.
	Original *Original
}

// Original is a picture that is too large to be sent: its size in bytes and
// pixels. Format is that of what is sent in its place, "jpeg" or "png".
type Original struct {
	Size          int64
	Width, Height int
	Format        string
}

// MarshalText writes the key.
func (i Image) MarshalText() ([]byte, error) { return []byte(i.Key), nil }

// UnmarshalText reads a key.
func (i *Image) UnmarshalText(b []byte) error { i.Key = ImageKey(b); return nil }

// Shop is the block `shop "name" { ... }`: which shop, and how to treat it. It
// is not an object of the shop and is never sent.
type Shop struct {
	Name     string
	Platform string // "component" (/shop/*)
	AppID    string
	// Scenes is the scene_group_list sent with products and audits; [1] when unset.
	Scenes []int
	State  StateConfig
	Guard  Guard
	// OnRemove is what happens to an SPU that leaves the files; "delist" when unset.
	OnRemove OnRemove
	// InReview is what happens to a pending submission that is no longer wanted;
	// "withdraw" when unset.
	InReview InReview
	Images   ImagePolicy
	Budget   Budget
	// Order is that of products that have none of their own. Its deadline is the
	// one that is forecast.
	Order Order
	Range Range
}

// ImagePolicy is the block `images { ... }`: what happens to pictures that are
// larger than the platform, or the author, wants them.
type ImagePolicy struct {
	Fix     bool // a smaller picture is made and sent; otherwise they are errors
	MaxSide int  // pixels of the longer side; 0 for any
}

// StateConfig is the block `state "local" { path = ... }`, with what it leaves out.
type StateConfig struct {
	Store string // "local", "http", "s3" or "postgres"
	Path  string // local: relative to the catalog directory
	HTTP  StateHTTP
	S3    StateS3
	// Schema is where postgres has its tables, and Name that of the state in them.
	Schema, Name string
}

// StateHTTP is a place with a server that speaks Terraform's http protocol. What
// is empty is that of the environment, or of the protocol.
type StateHTTP struct {
	Address                     string
	LockAddress, LockMethod     string
	UnlockAddress, UnlockMethod string
}

// StateS3 is a place in a bucket.
type StateS3 struct {
	Bucket    string
	Key       string // what all object names begin with, without a slash at the end
	Region    string // empty: that of the environment
	Endpoint  string // https://host; empty: that of the environment, or of AWS
	PathStyle bool   // https://host/bucket/key in place of https://bucket.host/key
}

// Guard is the block `guard { ... }`: limits beyond which apply wants a human
// word (--override-guard NAME). A nil limit is not set.
type Guard struct {
	MaxPriceDrop *float64 // fraction of the price buyers see now: 0.30 for "30%"
	MaxRemovals  *int     // objects that leave the shelf or the shop
	MaxChanges   *int     // objects that change at all
}

// OnRemove is the fate of an SPU that is no longer declared.
type OnRemove string

// The fates. Delete is irreversible and may burn the out_product_id.
const (
	OnRemoveDelist OnRemove = "delist"
	OnRemoveDelete OnRemove = "delete"
	OnRemoveForget OnRemove = "forget"
)

// InReview is what to do when a product must change while its review runs.
type InReview string

// The two ways: take the submission back (spu/del_audit), or wait for the verdict.
const (
	InReviewWithdraw InReview = "withdraw"
	InReviewWait     InReview = "wait"
)

// Merchant is the block `merchant { ... }`: account/update_info and
// account/get_info. It is sent whole, because what an omitted member does is not
// documented (reference section 7.4).
type Merchant struct {
	ServiceAgentType        []int             `json:"service_agent_type" cost:"free"` // 0 wechat, 1 page, 2 phone; sorted
	ServiceAgentPath        string            `json:"service_agent_path,omitempty" cost:"free"`
	ServiceAgentPhone       string            `json:"service_agent_phone,omitempty" cost:"free"`
	DefaultReceivingAddress *ReceivingAddress `json:"default_receiving_address,omitempty" cost:"free"`
	Reason                  string            `json:"-" cost:"local"` // why it is so, in the author's words
}

// ReceivingAddress is where returned goods go when the merchant does not say.
type ReceivingAddress struct {
	ReceiverName    string `json:"receiver_name"`
	TelNumber       string `json:"tel_number"`
	Country         string `json:"country,omitempty"`
	Province        string `json:"province,omitempty"`
	City            string `json:"city,omitempty"`
	Town            string `json:"town,omitempty"`
	DetailedAddress string `json:"detailed_address"`
}

// Brand is the block `brand "name" { ... }`: a trademark the platform must grant
// before products may carry it (audit/audit_brand, reference section 6.1).
type Brand struct {
	BrandWording                     string  `json:"brand_wording" cost:"review"` // exactly as on the certificate
	BrandAuditType                   int     `json:"brand_audit_type" cost:"review"`
	BrandManagementType              int     `json:"brand_management_type" cost:"review"`
	CommodityOriginType              int     `json:"commodity_origin_type" cost:"review"`
	TrademarkType                    string  `json:"trademark_type" cost:"review"` // Nice class "1" to "45"
	License                          []Image `json:"license" cost:"review"`
	SaleAuthorization                []Image `json:"sale_authorization,omitempty" cost:"review"`
	TrademarkRegistrationCertificate []Image `json:"trademark_registration_certificate,omitempty" cost:"review"`
	TrademarkChangeCertificate       []Image `json:"trademark_change_certificate,omitempty" cost:"review"`
	TrademarkRegistrant              string  `json:"trademark_registrant,omitempty" cost:"review"`
	TrademarkRegistrantNu            string  `json:"trademark_registrant_nu" cost:"review"`
	TrademarkAuthorizationPeriod     string  `json:"trademark_authorization_period,omitempty" cost:"review"` // "2006-01-02 15:04:05", Beijing
	TrademarkRegistrationApplication []Image `json:"trademark_registration_application,omitempty" cost:"review"`
	TrademarkApplicant               string  `json:"trademark_applicant,omitempty" cost:"review"`
	TrademarkApplicationTime         string  `json:"trademark_application_time,omitempty" cost:"review"`
	ImportedGoodsForm                []Image `json:"imported_goods_form,omitempty" cost:"review"`
	Scenes                           []int   `json:"scene_group_list" cost:"review"` // from the shop block
	// Granted says that the shop has the brand already: nothing is ever submitted
	// for it, and its papers need not be here.
	Granted bool   `json:"-" cost:"local"`
	Reason  string `json:"-" cost:"local"` // why it is so, in the author's words
}

// Qualification is the block `qualification "name" { ... }`: the right to sell in
// one category (audit/audit_category, reference section 6.2).
type Qualification struct {
	Category    CategoryRef `json:"category" cost:"review"`
	License     []Image     `json:"license" cost:"review"`
	Certificate []Image     `json:"certificate" cost:"review"`
	Scenes      []int       `json:"scene_group_list" cost:"review"`
	// Granted says that the shop has the category already: nothing is ever
	// submitted for it, and its papers need not be here.
	Granted bool   `json:"-" cost:"local"`
	Reason  string `json:"-" cost:"local"` // why it is so, in the author's words
}

// SPU is the block `spu "out_product_id" { ... }`: a product with its SKUs.
type SPU struct {
	OutProductID      string      `json:"out_product_id" cost:"identity"`
	Title             string      `json:"title" cost:"review"`
	Path              string      `json:"path" cost:"review"`
	HeadImg           []Image     `json:"head_img" cost:"review"`
	QualificationPics []Image     `json:"qualification_pics,omitempty" cost:"review"`
	DescInfo          DescInfo    `json:"desc_info" cost:"review"`
	Category          CategoryRef `json:"third_cat_id" cost:"review"`
	Brand             BrandRef    `json:"brand" cost:"review"`
	Scenes            []int       `json:"scene_group_list" cost:"review"`
	Component         Component   `json:"component" cost:"review"`
	SKUs              []SKU       `json:"skus" cost:"review"` // which SKUs there are; their own fields have their own costs
	// InfoVersion as the author set it. When empty, the content stamp is sent
	// in its place (see Stamp).
	InfoVersion string `json:"info_version,omitempty" cost:"review"`

	Listing      bool `json:"-" cost:"local"` // wanted on the shelf
	StockManaged bool `json:"-" cost:"local"` // stock = "managed": our files, not the shop, own stock_num
	// AsFound is the Seal of the content that import found in the shop. While it
	// is the content's own, rules that the content breaks are warnings: the shop
	// has it like that already.
	AsFound  string   `json:"-" cost:"local"`
	OnRemove OnRemove `json:"-" cost:"local"`
	InReview InReview `json:"-" cost:"local"`
	Order    Order    `json:"-" cost:"local"`
	Reason   string   `json:"-" cost:"local"` // why it is so, in the author's words
}

// DescInfo is the product's detail page.
type DescInfo struct {
	Desc string  `json:"desc,omitempty" cost:"review"`
	Imgs []Image `json:"imgs,omitempty" cost:"review"`
}

// Component holds what only the custom trading component has: the nested block
// `component { ... }` of an SPU. All members are informational on the platform.
type Component struct {
	DirectPath  string   `json:"direct_path,omitempty" cost:"review"` // "buy now" page
	Supplier    string   `json:"supplier,omitempty" cost:"review"`
	ExpressFee  *Fen     `json:"express_fee,omitempty" cost:"review"`
	ProductType string   `json:"product_type,omitempty" cost:"review"` // "1" pre-sale, "2" virtual voucher, "3" custom
	SellTime    string   `json:"sell_time,omitempty" cost:"review"`
	PickUpType  []string `json:"pick_up_type,omitempty" cost:"review"` // "1" express, "2" same-city, "3" self-pickup, "4" dine-in
	UnitName    string   `json:"unitname,omitempty" cost:"review"`
	UnitFactor  int      `json:"unitfactor,omitempty" cost:"review"`
}

// SKU is the block `sku "out_sku_id" { ... }` of an SPU.
type SKU struct {
	OutSKUID    string `json:"out_sku_id" cost:"identity"`
	ThumbImg    Image  `json:"thumb_img" cost:"review"`
	SalePrice   Fen    `json:"sale_price" cost:"free"`
	MarketPrice Fen    `json:"market_price" cost:"free"`
	StockNum    int64  `json:"stock_num" cost:"initial"` // free when the SPU says stock = "managed"
	Barcode     string `json:"barcode,omitempty" cost:"free"`
	SKUCode     string `json:"sku_code,omitempty" cost:"free"`
	SKUAttrs    []Attr `json:"sku_attrs,omitempty" cost:"review"` // in the order in which they are written
}

// Attr is one sales attribute of a SKU, such as 颜色 = 酒红.
type Attr struct {
	Key   string `json:"attr_key"`
	Value string `json:"attr_value"`
}

// BrandRef is the brand of an SPU: "" for none (2100000000 on the platform), an
// address such as "brand.cxy" in a catalog, or, where a shop was read and the
// brand is nobody's we know, "id:29001".
type BrandRef string

// CategoryRef is a category leaf: by id, or by its name path ("家纺/毛巾/面巾")
// until a CategoryTree resolves it.
type CategoryRef struct {
	ID   uint64
	Path string
}

// Cost says what changing a field costs. It is the `cost` tag of the fields above.
type Cost string

// The costs.
const (
	CostIdentity Cost = "identity" // changing it makes another object
	CostReview   Cost = "review"   // a new human review
	CostFree     Cost = "free"     // at once, without review, once the product is online
	CostInitial  Cost = "initial"  // set on creation, then left to the shop
	CostLocal    Cost = "local"    // never sent
)

// Catalog is all that an author declared, with references checked. Objects are
// sorted by address.
type Catalog struct {
	Shop     Shop
	Merchant *Merchant
	// Brands and Qualifications by block name, SPUs by out_product_id.
	Brands         map[string]*Brand
	Qualifications map[string]*Qualification
	SPUs           map[string]*SPU
	// Images holds every picture that is used, by key.
	Images map[ImageKey]ImageFile
	// Sources says where each object was declared.
	Sources map[Address]Source
	// Tree is the category tree that the catalog was checked against, nil when
	// none was known.
	Tree *CategoryTree
	// Digest is sha256 over the canonical form of everything above that a plan
	// depends on (not where it was written), in hex.
	Digest string

	dir      string    // the catalog directory, for Open
	workshop *workshop // makes what is sent of the files, for Open
}

// Source is where an object comes from: the block, and for for_each the key of the row.
type Source struct {
	Range   Range  `json:"range"`
	EachKey string `json:"each_key,omitempty"`
}

// Pos is a place in a file: Line and Column count from 1, Byte from 0.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// Range is a stretch of a catalog file. File is relative to the catalog directory.
type Range struct {
	File  string `json:"file"`
	Start Pos    `json:"start"`
	End   Pos    `json:"end"`
}

// PlatformTime is how the platform writes times: Beijing time without a zone.
const PlatformTime = "2006-01-02 15:04:05"

// Beijing is the zone of PlatformTime (UTC+8, no daylight saving).
var Beijing = time.FixedZone("CST", 8*60*60)
