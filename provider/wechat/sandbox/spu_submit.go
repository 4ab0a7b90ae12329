package sandbox

import (
	"slices"
	"time"
)

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
