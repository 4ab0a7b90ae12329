package sandbox

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"time"
)

type getRequest struct {
	selector
	NeedEdit int `json:"need_edit_spu"` // 0 online copy, 1 draft
}

// getSPU is POST /shop/spu/get.
func getSPU(x *exchange, in *getRequest) (reply, *refusal) {
	p, r := x.find(in.selector)
	if r != nil {
		return nil, r
	}
	c := p.plane(in.NeedEdit)
	if c == nil && !x.knobs.LenientOnline {
		return nil, refuse(1000003)
	}
	if c == nil {
		c = &p.Draft
	}
	x.sell(p)
	return reply{{"spu", x.render(p, c)}}, nil
}

// plane is the copy that need_edit_spu asks for; nil when there is none.
func (p *product) plane(needEdit int) *Content {
	if needEdit == 1 {
		return &p.Draft
	}
	return p.Online
}

// render is a product as replies show it, with what real replies have beside
// the documented members (reference section 8.4).
func (x *exchange) render(p *product, c *Content) reply {
	out := reply{
		{"product_id", p.ProductID},
		{"out_product_id", p.OutProductID},
		{"title", c.Title},
		{"path", c.Path},
		{"head_img", x.pictureURLs(c.HeadImg)},
		{"qualification_pics", x.pictureURLs(c.Proofs)},
		{"desc_info", reply{{"desc", c.Desc}, {"imgs", x.pictureURLs(c.DescImgs)}}},
		{"audit_info", p.auditInfo()},
		{"status", p.Status},
		{"edit_status", p.EditStatus},
		{"third_cat_id", c.Leaf},
		{"brand_id", c.BrandID},
		{"info_version", c.Version},
		{"create_time", stampOf(p.Created)},
		{"update_time", stampOf(p.Updated)},
		{"skus", x.renderSKUs(p, c)},
		{"scene_group_list", orEmpty(c.Scenes)},
		{"cats", []int{}},
		{"delist_info", reply{}},
		{"product_type", c.Extensions.productType()},
	}
	if c.DirectPath != "" {
		out = append(out, member{"direct_path", c.DirectPath})
	}
	if x.knobs.EchoExtensions {
		out = append(out, member{"express_fee", c.Extensions.ExpressFee}, member{"supplier", c.Extensions.Supplier})
	}
	return out
}

// productType comes back as a number, whatever was sent.
func (e Extensions) productType() int {
	n, _ := strconv.Atoi(string(e.ProductType)) // free text counts as not given
	return max(n, 1)
}

// auditInfo has a time of the verdict only after the first one, and a reason
// only while the draft stands rejected.
func (p *product) auditInfo() reply {
	info := reply{{"submit_time", stampOf(p.Submitted)}}
	if !p.Audited.IsZero() {
		info = append(info, member{"audit_time", stampOf(p.Audited)})
	}
	if p.EditStatus == editRejected {
		info = append(info, member{"reject_reason", p.Reason})
	}
	return append(info, member{"audit_id", p.AuditID})
}

func (x *exchange) renderSKUs(p *product, c *Content) []reply {
	list := []reply{}
	for i, k := range c.SKUs {
		list = append(list, reply{
			{"sku_id", x.skuID(p.SKUIDs[k.OutSKUID], i)},
			{"out_product_id", p.OutProductID},
			{"out_sku_id", k.OutSKUID},
			{"thumb_img", x.pictureURL(k.ThumbImg)},
			{"sale_price", k.SalePrice},
			{"market_price", k.MarketPrice},
			{"stock_num", k.StockNum},
			{"barcode", k.Barcode},
			{"sku_code", k.SKUCode},
			{"sku_attrs", orEmpty(k.Attrs)},
		})
	}
	return list
}

// skuID is a number or a string; documents and replies disagree (reference
// section 1). In turns, neighbours differ, and so do replies.
func (x *exchange) skuID(id uint64, i int) any {
	asString := x.knobs.SKUIDs == "string" || x.knobs.SKUIDs == "turns" && (x.call.Seq+uint64(i))%2 == 1
	if asString {
		return strconv.FormatUint(id, 10)
	}
	return id
}

type listRequest struct {
	Status      int    `json:"status"` // 0: all
	StartCreate string `json:"start_create_time"`
	EndCreate   string `json:"end_create_time"`
	StartUpdate string `json:"start_update_time"`
	EndUpdate   string `json:"end_update_time"`
	Page        int    `json:"page"` // from 1
	PageSize    int    `json:"page_size"`
	NeedEdit    int    `json:"need_edit_spu"`
}

const maxPageSize = 100

// listSPU is POST /shop/spu/get_list.
func listSPU(x *exchange, in *listRequest) (reply, *refusal) {
	switch {
	case in.Page == 0 || in.PageSize == 0:
		return nil, refuse(990007)
	case in.Page < 0 || in.PageSize < 0:
		return nil, refuse(9401020)
	case in.PageSize > maxPageSize:
		return nil, refuse(990005)
	}
	within, r := in.times()
	if r != nil {
		return nil, r
	}
	var found []*product
	for _, p := range x.living() {
		if p.plane(in.NeedEdit) != nil && (in.Status == 0 || p.Status == in.Status) && within(p) {
			found = append(found, p)
		}
	}
	total := len(found)
	page := pageOf(x.arrange(found, in.PageSize), in.Page, in.PageSize)
	if x.knobs.PageCountAsTotal {
		total = len(page)
	}
	rows := []reply{}
	for _, p := range page {
		x.sell(p)
		rows = append(rows, x.render(p, p.plane(in.NeedEdit)))
	}
	return reply{{"total_num", total}, {"spus", rows}}, nil
}

// times makes a filter of the two ranges, of which the one of creation wins.
func (in *listRequest) times() (func(*product) bool, *refusal) {
	created := func(p *product) time.Time { return p.Created }
	updated := func(p *product) time.Time { return p.Updated }
	for _, span := range []struct {
		start, end string
		of         func(*product) time.Time
	}{{in.StartCreate, in.EndCreate, created}, {in.StartUpdate, in.EndUpdate, updated}} {
		if span.start == "" && span.end == "" {
			continue
		}
		if span.start == "" || span.end == "" {
			return nil, refuse(990007)
		}
		from, err1 := time.ParseInLocation(stamp, span.start, beijing)
		to, err2 := time.ParseInLocation(stamp, span.end, beijing)
		switch {
		case err1 != nil || err2 != nil:
			return nil, refuse(9401020)
		case from.After(to):
			return nil, refuse(990009)
		}
		return func(p *product) bool {
			t := span.of(p).Truncate(time.Second)
			return !t.Before(from) && !t.After(to)
		}, nil
	}
	return func(*product) bool { return true }, nil
}

// arrange orders the list, whose order is not documented. Duplicated rows stand
// where one page ends and the next begins.
func (x *exchange) arrange(list []*product, pageSize int) []*product {
	switch x.knobs.ListOrder {
	case "", "newest":
		slices.Reverse(list)
	case "shuffled":
		slices.SortFunc(list, func(a, b *product) int { return cmp.Compare(scatter(a.ProductID), scatter(b.ProductID)) })
	}
	if !x.knobs.DuplicateRows {
		return list
	}
	var rows []*product
	for _, p := range list {
		rows = append(rows, p)
		if len(rows)%pageSize == 0 {
			rows = append(rows, p)
		}
	}
	return rows
}

// scatter is an order that follows neither age nor id.
func scatter(id uint64) uint64 {
	h := fnv.New64a()
	h.Write(strconv.AppendUint(nil, id, 10))
	return h.Sum64()
}

func pageOf(list []*product, page, size int) []*product {
	if page > math.MaxInt/size {
		return nil
	}
	from := min((page-1)*size, len(list))
	return list[from:min(from+size, len(list))]
}
