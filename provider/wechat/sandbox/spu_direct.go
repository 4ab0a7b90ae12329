package sandbox

import "time"

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
