package component

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/shopctl/shopctl/internal/plain"
	"github.com/shopctl/shopctl/provider/wechat"
)

// ListQuery is the request of spu/get_list. The status is left out, which means
// all (section 13.12).
type ListQuery struct {
	Page        int   `json:"page"` // from 1
	PageSize    int   `json:"page_size"`
	NeedEditSPU Plane `json:"need_edit_spu"`
}

// spuList is the reply of spu/get_list.
type spuList struct {
	Total wechat.Int        `json:"total_num"` // has been the size of the page (section 13.13)
	SPUs  []json.RawMessage `json:"spus"`

	rows []*row // of the same products
}

// listSPUs is spu/get_list: one page.
func (a *API) listSPUs(ctx context.Context, query ListQuery) (*spuList, error) {
	reply, err := read[spuList](ctx, a, "/shop/spu/get_list", query)
	if err != nil {
		return nil, err
	}
	if err := reply.readRows(); err != nil {
		return nil, badReply("spu/get_list", err)
	}
	return reply, nil
}

// readRows makes rows of the products, unless ReadPlain has.
func (l *spuList) readRows() error {
	for _, raw := range l.SPUs {
		var spu SPU
		if err := decodeSPU(raw, &spu); err != nil {
			return err
		}
		l.rows = append(l.rows, spu.row())
	}
	l.SPUs = nil
	return nil
}

// ReadPlain reads a page in one pass, as nearly all pages can be read: a large shop
// has thousands. It reports whether the page says success and nothing in it was
// unusual; otherwise the list is as it was, and encoding/json must read the page.
func (l *spuList) ReadPlain(body string) bool {
	page := pageReader{Reader: plain.NewForeignReader(body)}
	var read spuList
	success := false
	page.members(func(member string) {
		switch member {
		case "errcode":
			success = page.int() == 0
		case "total_num":
			read.Total = page.int()
		case "spus":
			page.List(func() { read.rows = append(read.rows, page.row()) })
		default:
			page.Skip()
		}
	})
	if !page.Understood() || !success {
		return false
	}
	*l = read
	return true
}

// A pageReader reads a page of products. Its texts are parts of the page.
type pageReader struct {
	*plain.Reader
	spu SPU // the one that is read; its lists are used again for the next
}

// members reads an object. A member that stands twice, or that encoding/json could
// take for another one because it does not look at the case, is odd.
func (p *pageReader) members(read func(member string)) {
	var seen uint64 // bit by memberNumber
	p.Object(func(member string) {
		for i := range len(member) {
			c := member[i]
			p.OddIf((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
		}
		if n := memberNumber[member]; n > 0 {
			p.OddIf(seen&(1<<n) != 0)
			seen |= 1 << n
		}
		read(member)
	})
}

// memberNumber numbers the members that are read, to notice one that stands twice.
var memberNumber = numbered(
	"errcode", "total_num", "spus", "product_id", "out_product_id", "title", "path", "direct_path", "head_img",
	"qualification_pics", "desc_info", "audit_info", "status", "edit_status", "third_cat_id", "brand_id", "update_time",
	"info_version", "skus", "scene_group_list", "supplier", "express_fee", "product_type", "sell_time", "pick_up_type",
	"unitname", "unitfactor", "desc", "imgs", "submit_time", "audit_time", "reject_reason", "audit_id", "sku_id",
	"out_sku_id", "thumb_img", "sale_price", "market_price", "stock_num", "barcode", "sku_code", "sku_attrs",
	"attr_key", "attr_value",
)

func numbered(names ...string) map[string]int {
	numbers := make(map[string]int, len(names))
	for i, name := range names {
		numbers[name] = i + 1
	}
	return numbers
}

// row reads one product.
func (p *pageReader) row() *row {
	s := &p.spu
	*s = SPU{HeadImg: s.HeadImg[:0], QualificationPics: s.QualificationPics[:0], SKUs: s.SKUs[:0], Scenes: s.Scenes[:0]}
	p.members(func(member string) { p.member(s, member) })
	p.OddIf(s.OutProductID == "" && s.ProductID == "")
	if !p.Going() {
		return nil
	}
	return s.row()
}

func (p *pageReader) member(s *SPU, member string) {
	switch member {
	case "product_id":
		s.ProductID = p.id()
	case "out_product_id":
		s.OutProductID = p.text()
	case "title":
		s.Title = p.text()
	case "path":
		s.Path = p.text()
	case "head_img":
		s.HeadImg = p.texts(s.HeadImg)
	case "qualification_pics":
		s.QualificationPics = p.texts(s.QualificationPics)
	case "desc_info":
		p.members(func(member string) {
			switch desc := &s.DescInfo.Value; member {
			case "desc":
				desc.Desc = p.text()
			case "imgs":
				desc.Imgs = p.texts(nil)
			default:
				p.Skip()
			}
		})
	case "audit_info":
		p.audit(&s.AuditInfo.Value)
	case "status":
		s.Status = p.int()
	case "edit_status":
		s.EditStatus = p.int()
	case "third_cat_id":
		s.ThirdCatID = p.int()
	case "brand_id":
		s.BrandID = p.id()
	case "update_time":
		s.UpdateTime = p.text()
	case "info_version":
		s.InfoVersion = p.text()
	case "skus":
		p.orNull(func() {
			p.List(func() {
				n := len(s.SKUs)
				if n < cap(s.SKUs) {
					s.SKUs = s.SKUs[:n+1]
				} else {
					s.SKUs = append(s.SKUs, SKU{})
				}
				p.sku(&s.SKUs[n])
			})
		})
	case "scene_group_list":
		p.orNull(func() { p.List(func() { s.Scenes = append(s.Scenes, p.int()) }) })
	default:
		p.component(s, member)
	}
}

// component reads what only the custom trading component has.
func (p *pageReader) component(s *SPU, member string) {
	switch member {
	case "direct_path":
		s.DirectPath = p.text()
	case "supplier":
		s.Supplier = p.text()
	case "express_fee":
		p.orNull(func() {
			fee := p.int()
			s.ExpressFee = &fee
		})
	case "product_type":
		s.ProductType = p.text()
	case "sell_time":
		s.SellTime = p.text()
	case "pick_up_type":
		s.PickUpType = p.texts(nil)
	case "unitname":
		s.UnitName = p.text()
	case "unitfactor":
		s.UnitFactor = p.int()
	default:
		p.Skip()
	}
}

func (p *pageReader) audit(a *AuditInfo) {
	p.members(func(member string) {
		switch member {
		case "submit_time":
			a.SubmitTime = p.text()
		case "audit_time":
			a.AuditTime = p.text()
		case "reject_reason":
			a.RejectReason = p.text()
		case "audit_id":
			a.AuditID = p.text()
		default:
			p.Skip()
		}
	})
}

func (p *pageReader) sku(s *SKU) {
	*s = SKU{SKUAttrs: s.SKUAttrs[:0]}
	p.members(func(member string) {
		switch member {
		case "sku_id":
			s.SKUID = p.id()
		case "out_sku_id":
			s.OutSKUID = p.text()
		case "thumb_img":
			s.ThumbImg = p.text()
		case "sale_price":
			s.SalePrice = p.int()
		case "market_price":
			s.MarketPrice = p.int()
		case "stock_num":
			s.StockNum = p.int()
		case "barcode":
			s.Barcode = p.text()
		case "sku_code":
			s.SKUCode = p.text()
		case "sku_attrs":
			p.orNull(func() { p.List(func() { s.SKUAttrs = append(s.SKUAttrs, p.attr()) }) })
		default:
			p.Skip()
		}
	})
}

func (p *pageReader) attr() (a SKUAttr) {
	p.members(func(member string) {
		switch member {
		case "attr_key":
			a.Key = p.text()
		case "attr_value":
			a.Value = p.text()
		default:
			p.Skip()
		}
	})
	return a
}

// orNull reads null, or a value by a call of read.
func (p *pageReader) orNull(read func()) {
	if p.Peek() == 'n' {
		p.Literal("null")
		return
	}
	read()
}

func (p *pageReader) text() wechat.Text {
	switch c := p.Peek(); {
	case c == '"':
		return wechat.Text(p.String())
	case c == 'n':
		p.Literal("null")
		return ""
	}
	return wechat.Text(p.Digits())
}

func (p *pageReader) texts(list wechat.List[wechat.Text]) wechat.List[wechat.Text] {
	p.orNull(func() { p.List(func() { list = append(list, p.text()) }) })
	return list
}

func (p *pageReader) id() wechat.ID {
	id := strings.TrimSpace(string(p.text()))
	if id == "0" {
		return ""
	}
	return wechat.ID(id)
}

// int is a whole number, also one in quotes.
func (p *pageReader) int() wechat.Int {
	if p.Peek() != '"' {
		return wechat.Int(p.Int())
	}
	quoted := plain.NewReader(p.String())
	n := quoted.Int()
	p.OddIf(!quoted.Understood())
	return wechat.Int(n)
}
