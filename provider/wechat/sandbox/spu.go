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

func (x *exchange) newProductID() uint64 {
	base := uint64(bigProductBase)
	if x.knobs.SmallIDs {
		base = smallProductBase
	}
	return base + 2*x.account.next() // stays odd, so that a float64 would change it
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

// submit stores new content as the draft and sends it to review.
func (x *exchange) submit(p *product, c Content) *refusal {
	quick := x.knobs.QuickPriceReview && p.Online != nil && onlyPricesDiffer(*p.Online, c)
	if !quick {
		if r := x.checkSubmissions(p); r != nil {
			return r
		}
		p.Submissions = append(slices.DeleteFunc(p.Submissions, func(at time.Time) bool {
			return x.now.Sub(at) >= 24*time.Hour
		}), x.now)
	}
	for _, k := range c.SKUs {
		if p.SKUIDs[k.OutSKUID] == 0 {
			p.SKUIDs[k.OutSKUID] = skuBase + x.account.next()
		}
	}
	p.Draft, p.Updated, p.Submitted = c, x.now, x.now
	p.EditStatus, p.Waiting, p.Quick = editDraft, x.fault.ErrCode != 1000017, quick
	p.AuditID = x.opaqueText("spu-audit", x.account.next())
	if p.ProductID == 0 {
		p.ProductID = x.newProductID()
	}
	x.keep(p)
	return nil
}

// keep enters a changed product into the books and the ledger.
func (x *exchange) keep(p *product) {
	x.books.add(p)
	x.changes.add(p)
}

func onlyPricesDiffer(a, b Content) bool {
	a, b = a.clone(), b.clone()
	for _, c := range []Content{a, b} {
		for i := range c.SKUs {
			k := &c.SKUs[i]
			k.SalePrice, k.MarketPrice, k.StockNum = 0, 0, 0
		}
	}
	return equalJSON(a, b)
}

// addSPU is POST /shop/spu/add.
func addSPU(x *exchange, in *spuRequest) (reply, *refusal) {
	if r := x.checkMerchant(); r != nil {
		return nil, r
	}
	c, r := x.checkContent(in, in.OutProductID, true)
	if r != nil {
		return nil, r
	}
	p := &product{OutProductID: in.OutProductID, SKUIDs: map[string]uint64{}, Created: x.now}
	if old := x.products[in.OutProductID]; old != nil {
		if !old.Deleted || !x.knobs.ReuseDeleted {
			return nil, refuse(1000012)
		}
		p.Submissions = old.Submissions
	}
	if r := x.submit(p, c); r != nil {
		return nil, r
	}
	return data(reply{
		{"product_id", p.ProductID}, {"out_product_id", p.OutProductID},
		{"create_time", stampOf(p.Created)}, {"skus", x.skuIDs(p, c.SKUs)},
	}), nil
}

// updateRequest is the body of add plus the platform's id.
type updateRequest struct {
	ProductID uint64 `json:"product_id"`
	spuRequest
}

// updateSPU is POST /shop/spu/update: it replaces the draft as a whole.
func updateSPU(x *exchange, in *updateRequest) (reply, *refusal) {
	if r := x.checkMerchant(); r != nil {
		return nil, r
	}
	p, r := x.find(selector{in.ProductID, in.OutProductID})
	if r != nil {
		return nil, r
	}
	if p.EditStatus == editInReview {
		return nil, refuse(1000002)
	}
	c, r := x.checkContent(&in.spuRequest, p.OutProductID, false)
	if r != nil {
		return nil, r
	}
	if r := x.submit(p, c); r != nil {
		return nil, r
	}
	return data(reply{
		{"product_id", p.ProductID}, {"out_product_id", p.OutProductID},
		{"update_time", stampOf(p.Updated)}, {"skus", x.skuIDs(p, c.SKUs)},
	}), nil
}

func (x *exchange) skuIDs(p *product, skus []SKU) []reply {
	list := []reply{}
	for i, k := range skus {
		list = append(list, reply{{"sku_id", x.skuID(p.SKUIDs[k.OutSKUID], i)}, {"out_sku_id", k.OutSKUID}})
	}
	return list
}

// deleteSPU is POST /shop/spu/del. The id stays taken.
func deleteSPU(x *exchange, in *selector) (reply, *refusal) {
	p, r := x.find(*in)
	switch {
	case r != nil:
		return nil, r
	case p.EditStatus == editInReview:
		return nil, refuse(1000002) // refused with an unknown code, reference 8.2
	}
	p.Deleted, p.Waiting = true, false
	x.keep(p)
	return done, nil
}

// withdrawSPU is POST /shop/spu/del_audit.
func withdrawSPU(x *exchange, in *selector) (reply, *refusal) {
	p, r := x.find(*in)
	switch {
	case r != nil:
		return nil, r
	case p.EditStatus != editInReview:
		return nil, refuse(1000016)
	}
	p.EditStatus, p.Pushed = editDraft, time.Time{}
	x.keep(p)
	return done, nil
}

// listing is POST /shop/spu/listing. Listing what is listed is no error.
func listing(x *exchange, in *selector) (reply, *refusal) {
	p, r := x.find(*in)
	switch {
	case r != nil:
		return nil, r
	case p.Online == nil:
		return nil, refuse(1000003)
	case p.Status == statusBanned:
		return nil, refuse(9401022)
	}
	p.Status = statusListed
	x.keep(p)
	return done, nil
}

// delisting is POST /shop/spu/delisting.
func delisting(x *exchange, in *selector) (reply, *refusal) {
	p, r := x.find(*in)
	switch {
	case r != nil:
		return nil, r
	case p.Status == statusBanned:
		return nil, refuse(9401022)
	}
	p.Status = statusDelisted
	x.keep(p)
	return done, nil
}

// freeRequest is the body of update_without_audit. Members that are missing
// stay as they are.
type freeRequest struct {
	selector
	Path     *string   `json:"path"` // on the page of 2021, dropped later
	SKUs     []freeSKU `json:"skus"`
	Discount *discount `json:"limited_discount_info"`
}

type freeSKU struct {
	OutSKUID    string  `json:"out_sku_id"`
	SalePrice   *int64  `json:"sale_price"`
	MarketPrice *int64  `json:"market_price"`
	StockNum    *int64  `json:"stock_num"`
	Barcode     *string `json:"barcode"`
	SKUCode     *string `json:"sku_code"`
}

// discount is a flash sale. It is checked and has no effect here.
type discount struct {
	Start int64 `json:"start_time"` // Unix seconds
	End   int64 `json:"end_time"`
	SKUs  []struct {
		SKUID      uint64 `json:"sku_id"`
		SalePrice  int64  `json:"sale_price"`
		SaleStock  int64  `json:"sale_stock"`
		TotalStock int64  `json:"total_stock"`
	} `json:"limited_discount_sku_list"`
}

// updateFree is POST /shop/spu/update_without_audit: at once, in both copies,
// for SKUs that are online.
func updateFree(x *exchange, in *freeRequest) (reply, *refusal) {
	p, r := x.find(in.selector)
	switch {
	case r != nil:
		return nil, r
	case p.Online == nil:
		return nil, refuse(1000003)
	case p.EditStatus == editInReview && x.knobs.RefuseFreeInReview:
		return nil, refuse(1000002)
	case in.Discount != nil && (in.Discount.End <= x.now.Unix() || in.Discount.Start >= in.Discount.End):
		return nil, refuse(9401020)
	}
	online, draft := p.Online.clone(), p.Draft.clone()
	for _, change := range in.SKUs {
		if r := x.changeSKU(&online, &draft, change); r != nil {
			return nil, r
		}
	}
	if in.Path != nil {
		online.Path, draft.Path = *in.Path, *in.Path
	}
	*p.Online, p.Draft, p.Updated = online, draft, x.now
	x.changes.add(p)
	if x.knobs.ZeroedFreeReply {
		return data(reply{{"product_id", 0}, {"out_product_id", ""}, {"update_time", stampOf(time.Time{})}}), nil
	}
	return data(reply{
		{"product_id", p.ProductID}, {"out_product_id", p.OutProductID}, {"update_time", stampOf(p.Updated)},
	}), nil
}

// changeSKU writes one SKU into both copies. A SKU that the draft has dropped
// changes only online.
func (x *exchange) changeSKU(online, draft *Content, change freeSKU) *refusal {
	k := online.SKU(change.OutSKUID)
	if k == nil {
		return refuse(1000004)
	}
	change.write(k)
	if r := x.checkNumbers(*k); r != nil {
		return r
	}
	if d := draft.SKU(change.OutSKUID); d != nil {
		change.write(d)
	}
	return nil
}

func (f freeSKU) write(k *SKU) {
	set(&k.SalePrice, f.SalePrice)
	set(&k.MarketPrice, f.MarketPrice)
	set(&k.StockNum, f.StockNum)
	set(&k.Barcode, f.Barcode)
	set(&k.SKUCode, f.SKUCode)
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// sell takes pieces off the shelf, as buyers would, where a knob says so.
func (x *exchange) sell(p *product) {
	if x.knobs.StockSoldPerRead == 0 || p.Online == nil {
		return
	}
	for _, c := range p.copies() {
		for i := range c.SKUs {
			c.SKUs[i].StockNum = max(0, c.SKUs[i].StockNum-int64(x.knobs.StockSoldPerRead))
		}
	}
	x.changes.add(p)
}

// attributes of a SKU as one comparable string, for people.
func (k SKU) attributes() string {
	s := ""
	for _, a := range k.Attrs {
		s += a.Key + "：" + a.Value + "　"
	}
	return s
}
