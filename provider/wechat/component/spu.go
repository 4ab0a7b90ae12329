package component

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/schema"
)

// SPUBody is the request of spu/add and spu/update. Update replaces the whole
// draft, so everything is always sent (section 8.6).
type SPUBody struct {
	ProductID         json.Number `json:"product_id,omitempty"` // update only
	OutProductID      string      `json:"out_product_id"`
	Title             string      `json:"title"`
	Path              string      `json:"path"`
	DirectPath        string      `json:"direct_path,omitempty"`
	HeadImg           []string    `json:"head_img"`
	QualificationPics []string    `json:"qualification_pics,omitempty"`
	DescInfo          DescBody    `json:"desc_info"`
	ThirdCatID        uint64      `json:"third_cat_id"`
	BrandID           json.Number `json:"brand_id"`
	InfoVersion       string      `json:"info_version"`
	SKUs              []SKUBody   `json:"skus"`
	Scenes            []int       `json:"scene_group_list"`

	Supplier    string      `json:"supplier,omitempty"`
	ExpressFee  *schema.Fen `json:"express_fee,omitempty"`
	ProductType string      `json:"product_type,omitempty"`
	SellTime    string      `json:"sell_time,omitempty"`
	PickUpType  []string    `json:"pick_up_type,omitempty"`
	UnitName    string      `json:"unitname,omitempty"`
	UnitFactor  int         `json:"unitfactor,omitempty"`
}

// DescBody is the detail page in SPUBody.
type DescBody struct {
	Desc string   `json:"desc"`
	Imgs []string `json:"imgs"`
}

// SKUBody is one SKU in SPUBody. Prices are in fen.
type SKUBody struct {
	OutProductID string        `json:"out_product_id"`
	OutSKUID     string        `json:"out_sku_id"`
	ThumbImg     string        `json:"thumb_img"`
	SalePrice    schema.Fen    `json:"sale_price"`
	MarketPrice  schema.Fen    `json:"market_price"`
	StockNum     int64         `json:"stock_num"`
	Barcode      string        `json:"barcode,omitempty"`
	SKUCode      string        `json:"sku_code,omitempty"`
	SKUAttrs     []schema.Attr `json:"sku_attrs"`
}

// FreeBody is the request of spu/update_without_audit; only what is given changes
// (section 8.7).
type FreeBody struct {
	SPURef
	SKUs                []FreeSKU        `json:"skus,omitempty"`
	LimitedDiscountInfo *LimitedDiscount `json:"limited_discount_info,omitempty"`
}

// FreeSKU changes one SKU that is online.
type FreeSKU struct {
	OutSKUID    string      `json:"out_sku_id"`
	SalePrice   *schema.Fen `json:"sale_price,omitempty"`
	MarketPrice *schema.Fen `json:"market_price,omitempty"`
	StockNum    *int64      `json:"stock_num,omitempty"`
	Barcode     *string     `json:"barcode,omitempty"`
	SKUCode     *string     `json:"sku_code,omitempty"`
}

// LimitedDiscount is a flash sale. Times are Unix seconds.
type LimitedDiscount struct {
	StartTime int64         `json:"start_time"`
	EndTime   int64         `json:"end_time"`
	SKUs      []DiscountSKU `json:"limited_discount_sku_list"`
}

// DiscountSKU is one SKU of a flash sale.
type DiscountSKU struct {
	SKUID      json.Number `json:"sku_id"`
	SalePrice  schema.Fen  `json:"sale_price"`
	SaleStock  int64       `json:"sale_stock"`
	TotalStock int64       `json:"total_stock"`
}

// SPURef names a product in a request. The product_id is sent alone once it is
// known: calls by out_product_id alone have failed, and which of the two wins
// when both are sent is not documented (sections 1 and 8.8).
type SPURef struct {
	ProductID    json.Number `json:"product_id,omitempty"`
	OutProductID string      `json:"out_product_id,omitempty"`
}

// SPUReceipt is the reply of add, update and update_without_audit. A success with
// zeroed data has been seen (section 8.7), so nothing in it is relied upon.
type SPUReceipt struct {
	ProductID    wechat.ID   `json:"product_id"`
	OutProductID wechat.Text `json:"out_product_id"`
	SKUs         []struct {
		SKUID    wechat.ID   `json:"sku_id"`
		OutSKUID wechat.Text `json:"out_sku_id"`
	} `json:"skus"`
}

type receiptReply struct {
	Data wechat.Object[SPUReceipt] `json:"data"`
}

// AddSPU is spu/add: creates a product and submits it for review.
func (a *API) AddSPU(ctx context.Context, body *SPUBody) (*SPUReceipt, error) {
	return receipt(write[receiptReply](ctx, a, "/shop/spu/add", body))
}

// UpdateSPU is spu/update: replaces the draft and submits it for review.
func (a *API) UpdateSPU(ctx context.Context, body *SPUBody) (*SPUReceipt, error) {
	return receipt(write[receiptReply](ctx, a, "/shop/spu/update", body))
}

// UpdateSPUWithoutAudit is spu/update_without_audit.
func (a *API) UpdateSPUWithoutAudit(ctx context.Context, body *FreeBody) (*SPUReceipt, error) {
	return receipt(write[receiptReply](ctx, a, "/shop/spu/update_without_audit", body))
}

func receipt(reply *receiptReply, err error) (*SPUReceipt, error) {
	if err != nil {
		return nil, err
	}
	return &reply.Data.Value, nil
}

// DeleteSPU is spu/del: removes the product for good.
func (a *API) DeleteSPU(ctx context.Context, ref SPURef) error {
	_, err := write[nothing](ctx, a, "/shop/spu/del", ref)
	return err
}

// WithdrawSPU is spu/del_audit: takes the submission back.
func (a *API) WithdrawSPU(ctx context.Context, ref SPURef) error {
	_, err := write[nothing](ctx, a, "/shop/spu/del_audit", ref)
	return err
}

// ListSPU is spu/listing: puts the online copy on the shelf.
func (a *API) ListSPU(ctx context.Context, ref SPURef) error {
	_, err := write[nothing](ctx, a, "/shop/spu/listing", ref)
	return err
}

// DelistSPU is spu/delisting: takes the online copy off the shelf.
func (a *API) DelistSPU(ctx context.Context, ref SPURef) error {
	_, err := write[nothing](ctx, a, "/shop/spu/delisting", ref)
	return err
}

// Plane is which of the two copies of a product is read (need_edit_spu).
type Plane int

// The planes.
const (
	PlaneOnline Plane = 0
	PlaneDraft  Plane = 1
)

// getBody is the request of spu/get.
type getBody struct {
	SPURef
	NeedEditSPU Plane `json:"need_edit_spu"`
}

// GetSPU is spu/get. An answer that the product does not exist is asked for again
// rechecks times before it is returned (section 8.0).
func (a *API) GetSPU(ctx context.Context, ref SPURef, plane Plane, rechecks int) (*SPU, error) {
	var reply struct {
		SPU json.RawMessage `json:"spu"`
	}
	call := wechat.Call{Path: "/shop/spu/get", Body: getBody{SPURef: ref, NeedEditSPU: plane}, Rechecks: rechecks}
	if err := a.client.Do(ctx, call, &reply); err != nil {
		return nil, err
	}
	var spu SPU
	if err := decodeSPU(reply.SPU, &spu); err != nil {
		return nil, badReply("spu/get", err)
	}
	return &spu, nil
}

// badReply is the error of a reading call whose success makes no sense.
func badReply(call string, err error) error {
	return &provider.Error{
		Class: provider.ClassRetry, Call: call, Err: err,
		Meaning: lang.T("The platform's answer does not have the documented shape.", "平台的应答与文档格式不符。"),
		Remedy:  lang.T("Run the command again; if it stays, report it with the log of --log-level debug.", "请重新运行；若持续出现，请附上 --log-level debug 的日志反馈。"),
	}
}

// SPU is one copy of a product as the platform shows it.
type SPU struct {
	ProductID         wechat.ID                `json:"product_id"`
	OutProductID      wechat.Text              `json:"out_product_id"`
	Title             wechat.Text              `json:"title"`
	Path              wechat.Text              `json:"path"`
	DirectPath        wechat.Text              `json:"direct_path"`
	HeadImg           wechat.List[wechat.Text] `json:"head_img"`
	QualificationPics wechat.List[wechat.Text] `json:"qualification_pics"`
	DescInfo          wechat.Object[struct {
		Desc wechat.Text              `json:"desc"`
		Imgs wechat.List[wechat.Text] `json:"imgs"`
	}] `json:"desc_info"`
	AuditInfo   wechat.Object[AuditInfo] `json:"audit_info"`
	Status      wechat.Int               `json:"status"`
	EditStatus  wechat.Int               `json:"edit_status"`
	ThirdCatID  wechat.Int               `json:"third_cat_id"`
	BrandID     wechat.ID                `json:"brand_id"`
	UpdateTime  wechat.Text              `json:"update_time"`
	InfoVersion wechat.Text              `json:"info_version"`
	SKUs        wechat.List[SKU]         `json:"skus"`
	Scenes      wechat.List[wechat.Int]  `json:"scene_group_list"`

	Supplier    wechat.Text              `json:"supplier"`
	ExpressFee  *wechat.Int              `json:"express_fee"`
	ProductType wechat.Text              `json:"product_type"` // number or string (section 13.29)
	SellTime    wechat.Text              `json:"sell_time"`
	PickUpType  wechat.List[wechat.Text] `json:"pick_up_type"`
	UnitName    wechat.Text              `json:"unitname"`
	UnitFactor  wechat.Int               `json:"unitfactor"`
}

// AuditInfo tells of the last submission of a product.
type AuditInfo struct {
	SubmitTime   wechat.Text `json:"submit_time"`
	AuditTime    wechat.Text `json:"audit_time"`
	RejectReason wechat.Text `json:"reject_reason"`
	AuditID      wechat.Text `json:"audit_id"`
}

// SKU is one SKU as the platform shows it.
type SKU struct {
	SKUID       wechat.ID            `json:"sku_id"`
	OutSKUID    wechat.Text          `json:"out_sku_id"`
	ThumbImg    wechat.Text          `json:"thumb_img"`
	SalePrice   wechat.Int           `json:"sale_price"`
	MarketPrice wechat.Int           `json:"market_price"`
	StockNum    wechat.Int           `json:"stock_num"`
	Barcode     wechat.Text          `json:"barcode"`
	SKUCode     wechat.Text          `json:"sku_code"`
	SKUAttrs    wechat.List[SKUAttr] `json:"sku_attrs"`
}

// SKUAttr is one sales attribute of a SKU.
type SKUAttr struct {
	Key   wechat.Text `json:"attr_key"`
	Value wechat.Text `json:"attr_value"`
}

// decodeSPU reads one product, also one with camelCase keys (section 1, "case leaks").
func decodeSPU(raw json.RawMessage, into *SPU) error {
	if err := json.Unmarshal(raw, into); err != nil {
		return err
	}
	if into.OutProductID == "" && strings.Contains(string(raw), `"outProductId"`) {
		renamed, err := wechat.SnakeKeys(raw)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(renamed, into); err != nil {
			return err
		}
	}
	if into.OutProductID == "" && into.ProductID == "" {
		return errors.New("a product without any id")
	}
	return nil
}
