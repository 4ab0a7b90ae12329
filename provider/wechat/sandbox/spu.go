package sandbox

import (
	"slices"
	"time"
)

// product is one SPU with its two copies (reference section 8.0). A deleted
// one stays as a row, because its id stays taken.
type product struct {
	ProductID    uint64            `json:"product_id"`
	OutProductID string            `json:"out_product_id"`
	Draft        Content           `json:"draft"`
	Online       *Content          `json:"online,omitempty"` // nil: never approved
	Status       int               `json:"status"`
	EditStatus   int               `json:"edit_status"`
	SKUIDs       map[string]uint64 `json:"sku_ids"` // by out_sku_id; once given, for ever
	Created      time.Time         `json:"created"`
	Updated      time.Time         `json:"updated"`
	Deleted      bool              `json:"deleted,omitempty"`

	AuditID     string      `json:"audit_id"`
	Submitted   time.Time   `json:"submitted"`        // the latest add or update
	Waiting     bool        `json:"waiting"`          // for the push into review
	Pushed      time.Time   `json:"pushed,omitzero"`  // when the running review began
	Audited     time.Time   `json:"audited,omitzero"` // the last verdict
	Reason      string      `json:"reason,omitempty"` // of the last rejection
	BanReason   string      `json:"ban_reason,omitempty"`
	Quick       bool        `json:"quick,omitempty"`       // only prices and stock differ from the online copy
	Rejected    int         `json:"rejected,omitempty"`    // so many verdicts were rejections
	Submissions []time.Time `json:"submissions,omitempty"` // of the last 24 hours, withdrawn ones included
}

func (p *product) key() string { return "spu/" + p.OutProductID }

// edit_status.
const (
	editDraft    = 1 // also: waits for the push into review; also: withdrawn
	editInReview = 2
	editRejected = 3
	editApproved = 4
)

// status, on the shelf or not.
const (
	statusInitial  = 0
	statusListed   = 5
	statusDelisted = 11
	statusBanned   = 13
)

// Content is what a merchant sends, with pictures as ids.
type Content struct {
	Title      string     `json:"title"`
	Path       string     `json:"path"`
	DirectPath string     `json:"direct_path,omitempty"`
	HeadImg    []string   `json:"head_img"`
	Proofs     []string   `json:"qualification_pics,omitempty"`
	Desc       string     `json:"desc,omitempty"`
	DescImgs   []string   `json:"desc_imgs,omitempty"`
	Leaf       int        `json:"third_cat_id"`
	BrandID    uint64     `json:"brand_id"`
	Version    string     `json:"info_version,omitempty"`
	SKUs       []SKU      `json:"skus"`
	Scenes     []int      `json:"scene_group_list,omitempty"`
	Extensions Extensions `json:"extensions"`
}

// SKU is one variant. Prices are fen.
type SKU struct {
	OutSKUID    string `json:"out_sku_id"`
	ThumbImg    string `json:"thumb_img,omitempty"`
	SalePrice   int64  `json:"sale_price"`
	MarketPrice int64  `json:"market_price"`
	StockNum    int64  `json:"stock_num"`
	Barcode     string `json:"barcode,omitempty"`
	SKUCode     string `json:"sku_code,omitempty"`
	Attrs       []Attr `json:"sku_attrs,omitempty"`
}

// Attr is one property by which SKUs differ.
type Attr struct {
	Key   string `json:"attr_key"`
	Value string `json:"attr_value"`
}

// Extensions are members of the pages of mid-2021 that later samples lack
// (reference section 8.1). They are kept, and not echoed unless a knob says so.
type Extensions struct {
	ItemType    int            `json:"item_type,omitempty"`
	Supplier    string         `json:"supplier,omitempty"`
	ExpressFee  int64          `json:"express_fee,omitempty"`
	ProductType stringOrNumber `json:"product_type,omitempty"`
	SellTime    string         `json:"sell_time,omitempty"`
	PickUpType  []string       `json:"pick_up_type,omitempty"`
	OnSale      int            `json:"onsale,omitempty"`
	UnitName    string         `json:"unitname,omitempty"`
	UnitFactor  int            `json:"unitfactor,omitempty"`
}

func (c Content) clone() Content {
	c.HeadImg, c.Proofs, c.DescImgs = slices.Clone(c.HeadImg), slices.Clone(c.Proofs), slices.Clone(c.DescImgs)
	c.SKUs, c.Scenes = slices.Clone(c.SKUs), slices.Clone(c.Scenes)
	return c
}

func (c *Content) SKU(out string) *SKU {
	i := slices.IndexFunc(c.SKUs, func(k SKU) bool { return k.OutSKUID == out })
	if i < 0 {
		return nil
	}
	return &c.SKUs[i]
}

// copies are the draft and, if there is one, the online copy: what an edit
// without review writes.
func (p *product) copies() []*Content {
	if p.Online == nil {
		return []*Content{&p.Draft}
	}
	return []*Content{&p.Draft, p.Online}
}

// Bases of the ids that the platform gives. Those of products have 17 digits
// and are beyond 2^53, as in the documents' example, unless Knobs.SmallIDs.
const (
	bigProductBase   = 40370000000000001
	smallProductBase = 403700000
	skuBase          = 332200000
)

func (s *Sandbox) newProductID() uint64 {
	base := uint64(bigProductBase)
	if s.knobs.SmallIDs {
		base = smallProductBase
	}
	return base + 2*s.account.next() // stays odd, so that a float64 would change it
}

// selector is how every call names a product: by either id.
type selector struct {
	ProductID    uint64 `json:"product_id"`
	OutProductID string `json:"out_product_id"`
}

// find looks the product up. Without any id the answer is 1000001.
func (x *exchange) find(s selector) (*product, *refusal) {
	if s.ProductID == 0 && s.OutProductID == "" {
		return nil, refuse(1000001)
	}
	p, found := x.product(s)
	if found {
		return p, nil
	}
	if x.knobs.UnknownProductCode != 0 {
		return nil, refuse(x.knobs.UnknownProductCode)
	}
	return nil, refuse(1000011)
}

// attributes is what a SKU says about itself, in one string.
func (k SKU) attributes() string {
	s := ""
	for _, a := range k.Attrs {
		s += a.Key + "：" + a.Value + "　"
	}
	return s
}
