package component

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/schema"
)

// noBrand is the brand_id of products without a brand (section 6.5).
const noBrand = "2100000000"

// brandPrefix marks a schema.BrandRef that is an id of the platform.
const brandPrefix = "id:"

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

func refOf(ref provider.Ref) SPURef {
	if id := wechat.ID(ref.ProductID).Number(); id != "" {
		return SPURef{ProductID: id}
	}
	return SPURef{OutProductID: ref.OutProductID}
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
	SKUID       wechat.ID   `json:"sku_id"`
	OutSKUID    wechat.Text `json:"out_sku_id"`
	ThumbImg    wechat.Text `json:"thumb_img"`
	SalePrice   wechat.Int  `json:"sale_price"`
	MarketPrice wechat.Int  `json:"market_price"`
	StockNum    wechat.Int  `json:"stock_num"`
	Barcode     wechat.Text `json:"barcode"`
	SKUCode     wechat.Text `json:"sku_code"`
	SKUAttrs    wechat.List[struct {
		Key   wechat.Text `json:"attr_key"`
		Value wechat.Text `json:"attr_value"`
	}] `json:"sku_attrs"`
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

// Add implements provider.Provider.
func (p *Provider) Add(ctx context.Context, s *schema.SPU, links provider.Links) (provider.Receipt, error) {
	body, err := spuBody("spu/add", s, links)
	if err != nil {
		return provider.Receipt{}, err
	}
	reply, err := p.api.AddSPU(ctx, body)
	return receiptOf(reply), err
}

// Update implements provider.Provider.
func (p *Provider) Update(ctx context.Context, ref provider.Ref, s *schema.SPU, links provider.Links) (provider.Receipt, error) {
	body, err := spuBody("spu/update", s, links)
	if err != nil {
		return provider.Receipt{}, err
	}
	body.ProductID = wechat.ID(ref.ProductID).Number()
	reply, err := p.api.UpdateSPU(ctx, body)
	return receiptOf(reply), err
}

// UpdateFree implements provider.Provider. Without edits it calls nothing.
func (p *Provider) UpdateFree(ctx context.Context, ref provider.Ref, edits []provider.FreeEdit) error {
	if len(edits) == 0 {
		return nil
	}
	body := &FreeBody{SPURef: refOf(ref)}
	for _, e := range edits {
		body.SKUs = append(body.SKUs, FreeSKU(e))
	}
	_, err := p.api.UpdateSPUWithoutAudit(ctx, body)
	return err
}

// Withdraw implements provider.Provider.
func (p *Provider) Withdraw(ctx context.Context, ref provider.Ref) error {
	return p.api.WithdrawSPU(ctx, refOf(ref))
}

// List implements provider.Provider.
func (p *Provider) List(ctx context.Context, ref provider.Ref) error {
	return p.api.ListSPU(ctx, refOf(ref))
}

// Delist implements provider.Provider.
func (p *Provider) Delist(ctx context.Context, ref provider.Ref) error {
	return p.api.DelistSPU(ctx, refOf(ref))
}

// Delete implements provider.Provider.
func (p *Provider) Delete(ctx context.Context, ref provider.Ref) error {
	return p.api.DeleteSPU(ctx, refOf(ref))
}

// spuBody maps a declared product to a request. It fails, before anything is
// sent, when a picture or the brand has not been resolved.
func spuBody(call string, s *schema.SPU, links provider.Links) (*SPUBody, error) {
	r := resolver{call: call, links: links}
	body := &SPUBody{
		OutProductID:      s.OutProductID,
		Title:             s.Title,
		Path:              s.Path,
		DirectPath:        s.Component.DirectPath,
		HeadImg:           r.pictures(s.HeadImg),
		QualificationPics: r.pictures(s.QualificationPics),
		DescInfo:          DescBody{Desc: s.DescInfo.Desc, Imgs: r.pictures(s.DescInfo.Imgs)},
		ThirdCatID:        s.Category.ID,
		BrandID:           r.brand(s.Brand),
		InfoVersion:       s.Version(),
		Scenes:            scenes(s.Scenes),
		Supplier:          s.Component.Supplier,
		ExpressFee:        s.Component.ExpressFee,
		ProductType:       s.Component.ProductType,
		SellTime:          s.Component.SellTime,
		PickUpType:        s.Component.PickUpType,
		UnitName:          s.Component.UnitName,
		UnitFactor:        s.Component.UnitFactor,
	}
	if s.Category.ID == 0 {
		r.fail("the category %q is not resolved to an id", s.Category.Path)
	}
	for i := range s.SKUs {
		body.SKUs = append(body.SKUs, skuBody(s.OutProductID, &s.SKUs[i], &r))
	}
	return body, r.err
}

func skuBody(outProductID string, sku *schema.SKU, r *resolver) SKUBody {
	attrs := sku.SKUAttrs
	if attrs == nil {
		attrs = []schema.Attr{}
	}
	return SKUBody{
		OutProductID: outProductID,
		OutSKUID:     sku.OutSKUID,
		ThumbImg:     r.picture(sku.ThumbImg),
		SalePrice:    sku.SalePrice,
		MarketPrice:  sku.MarketPrice,
		StockNum:     sku.StockNum,
		Barcode:      sku.Barcode,
		SKUCode:      sku.SKUCode,
		SKUAttrs:     attrs,
	}
}

// scenes is scene_group_list: [1] unless something was said, [] included
// (section 13.8; [] is for the access tests).
func scenes(declared []int) []int {
	if declared == nil {
		return []int{1}
	}
	return declared
}

// resolver turns references into the platform's ids and URLs, and keeps the first failure.
type resolver struct {
	call  string
	links provider.Links
	err   error
}

func (r *resolver) fail(format string, args ...any) {
	if r.err == nil {
		r.err = &provider.Error{Class: provider.ClassFix, Call: r.call, Err: fmt.Errorf(format, args...)}
	}
}

func (r *resolver) picture(image schema.Image) string {
	if image.Key == "" && image.URL == "" {
		return ""
	}
	url, ok := r.links.Images[image.Key]
	if !ok && image.URL != "" {
		return image.URL
	}
	if url == "" {
		r.fail("the picture %s was not uploaded", image.Key)
	}
	return url
}

func (r *resolver) pictures(images []schema.Image) []string {
	urls := make([]string, len(images))
	for i, image := range images {
		urls[i] = r.picture(image)
	}
	return urls
}

func (r *resolver) brand(ref schema.BrandRef) json.Number {
	id := r.links.BrandID
	if id == "" {
		id, _ = strings.CutPrefix(string(ref), brandPrefix)
	}
	if id == "" {
		return noBrand
	}
	number := wechat.ID(id).Number()
	if number == "" {
		r.fail("the brand %q is not granted yet", ref)
	}
	return number
}

func receiptOf(reply *SPUReceipt) provider.Receipt {
	if reply == nil {
		return provider.Receipt{}
	}
	receipt := provider.Receipt{ProductID: string(reply.ProductID), SKUIDs: map[string]string{}}
	for _, sku := range reply.SKUs {
		if sku.SKUID != "" && sku.OutSKUID != "" {
			receipt.SKUIDs[string(sku.OutSKUID)] = string(sku.SKUID)
		}
	}
	return receipt
}

// How often spu/get is asked again before a product is believed to be missing.
const (
	productRechecks = 2
	confirmRechecks = 1 // the lists did not show it either
)

// Product implements provider.Provider.
func (p *Provider) Product(ctx context.Context, outProductID string) (*provider.Product, error) {
	return p.lookup(ctx, outProductID, productRechecks)
}

// lookup reads both copies. Either may be missing, but not both.
func (p *Provider) lookup(ctx context.Context, outProductID string, rechecks int) (*provider.Product, error) {
	ref := SPURef{OutProductID: outProductID}
	draft, err := p.copyOf(ctx, ref, PlaneDraft, rechecks)
	if err != nil {
		return nil, err
	}
	online, err := p.copyOf(ctx, ref, PlaneOnline, 0)
	if errors.Is(err, provider.ErrNotFound) && draft != nil {
		err = nil // replicas disagree; the draft is proof enough
	}
	if err != nil {
		return nil, err
	}
	if draft == nil && online == nil {
		return nil, &provider.Error{Class: provider.ClassConflict, Call: "spu/get", NotFound: true, Message: "neither copy is shown"}
	}
	return productOf(draft, online), nil
}

// copyOf reads one copy; nil when the platform says that this copy does not exist.
func (p *Provider) copyOf(ctx context.Context, ref SPURef, plane Plane, rechecks int) (*SPU, error) {
	spu, err := p.api.GetSPU(ctx, ref, plane, rechecks)
	if e, ok := errors.AsType[*provider.Error](err); ok && e.Conflict == provider.ConflictNotOnline {
		return nil, nil
	}
	return spu, err
}

// productOf joins the two copies; at most one of them is nil.
//
// The online view of a product that was never approved may show its draft
// (section 8.0, lenient servers), so it counts only when the shelf status says
// that something was approved once: any status but 0. A product that was taken
// down (11) before its first approval cannot be told apart and counts as approved.
func productOf(draft, online *SPU) *provider.Product {
	review, shelf := draft, online
	if review == nil {
		review = online
	}
	if shelf == nil {
		shelf = draft
	}
	audit := review.AuditInfo.Value
	product := &provider.Product{
		ProductID:    string(review.ProductID),
		OutProductID: string(review.OutProductID),
		Review:       provider.Review(review.EditStatus),
		Shelf:        provider.Shelf(shelf.Status),
		AuditID:      string(audit.AuditID),
		SubmittedAt:  parseTime(audit.SubmitTime),
		AuditedAt:    parseTime(audit.AuditTime),
		UpdatedAt:    parseTime(review.UpdateTime),
	}
	if product.Review == provider.ReviewRejected {
		product.Reason = string(audit.RejectReason)
	}
	if draft != nil {
		product.Draft = draft.content()
	}
	if online != nil && product.Shelf != provider.ShelfInitial {
		product.Online = online.content()
	}
	return product
}

// content maps what the platform shows to what an author declares.
func (s *SPU) content() *provider.Copy {
	c := &provider.Copy{SKUIDs: map[string]string{}, SPU: schema.SPU{
		OutProductID:      string(s.OutProductID),
		Title:             string(s.Title),
		Path:              pagePath(string(s.Path)),
		HeadImg:           images(s.HeadImg),
		QualificationPics: images(s.QualificationPics),
		DescInfo:          schema.DescInfo{Desc: string(s.DescInfo.Value.Desc), Imgs: images(s.DescInfo.Value.Imgs)},
		Category:          schema.CategoryRef{ID: uint64(s.ThirdCatID)},
		Brand:             brandRef(s.BrandID),
		Component:         s.component(),
		InfoVersion:       string(s.InfoVersion),
	}}
	for _, scene := range s.Scenes {
		c.SPU.Scenes = append(c.SPU.Scenes, int(scene))
	}
	for _, sku := range s.SKUs {
		c.SPU.SKUs = append(c.SPU.SKUs, sku.content())
		if sku.SKUID != "" {
			c.SKUIDs[string(sku.OutSKUID)] = string(sku.SKUID)
		}
	}
	return c
}

func (s *SPU) component() schema.Component {
	c := schema.Component{
		DirectPath: pagePath(string(s.DirectPath)),
		Supplier:   string(s.Supplier),
		SellTime:   string(s.SellTime),
		PickUpType: wechat.Strings(s.PickUpType),
		UnitName:   string(s.UnitName),
		UnitFactor: int(s.UnitFactor),
	}
	if s.ProductType != "0" { // 0 is how "not set" is echoed
		c.ProductType = string(s.ProductType)
	}
	if s.ExpressFee != nil {
		fee := schema.Fen(*s.ExpressFee)
		c.ExpressFee = &fee
	}
	return c
}

func (s *SKU) content() schema.SKU {
	sku := schema.SKU{
		OutSKUID:    string(s.OutSKUID),
		ThumbImg:    image(string(s.ThumbImg)),
		SalePrice:   schema.Fen(s.SalePrice),
		MarketPrice: schema.Fen(s.MarketPrice),
		StockNum:    int64(s.StockNum),
		Barcode:     string(s.Barcode),
		SKUCode:     string(s.SKUCode),
	}
	for _, a := range s.SKUAttrs {
		sku.SKUAttrs = append(sku.SKUAttrs, schema.Attr{Key: string(a.Key), Value: string(a.Value)})
	}
	return sku
}

func image(url string) schema.Image {
	return schema.Image{Key: schema.ImageKey(url), URL: url}
}

func images(urls wechat.List[wechat.Text]) []schema.Image {
	var list []schema.Image
	for _, url := range urls {
		if url != "" {
			list = append(list, image(string(url)))
		}
	}
	return list
}

func brandRef(id wechat.ID) schema.BrandRef {
	if id == "" || id == noBrand {
		return ""
	}
	return schema.BrandRef(brandPrefix + id)
}

// pluginPath wraps a page of the Mini Program in stored paths (section 8.1).
var pluginPath = regexp.MustCompile(`^plugin-private://[^/]+/`)

// pagePath is the page that a stored path leads to.
func pagePath(path string) string { return pluginPath.ReplaceAllString(path, "") }

// unsetTime is how the platform writes a time that never was: epoch 0 in Beijing.
const unsetTime = "1970-01-01 08:00:00"

// parseTime reads a time of the platform; zero when there is none.
func parseTime(t wechat.Text) time.Time {
	if t == unsetTime {
		return time.Time{}
	}
	if at, err := time.ParseInLocation(schema.PlatformTime, string(t), schema.Beijing); err == nil {
		return at
	}
	if seconds, err := strconv.ParseInt(string(t), 10, 64); err == nil && seconds > 0 {
		return time.Unix(seconds, 0).In(schema.Beijing)
	}
	return time.Time{}
}
