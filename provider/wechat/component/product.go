package component

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unique"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/schema"
)

// noBrand is the brand_id of products without a brand (section 6.5).
const noBrand = "2100000000"

// brandPrefix marks a schema.BrandRef that is an id of the platform.
const brandPrefix = "id:"

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

func refOf(ref provider.Ref) SPURef {
	if id := wechat.ID(ref.ProductID).Number(); id != "" {
		return SPURef{ProductID: id}
	}
	return SPURef{OutProductID: ref.OutProductID}
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
	receipt := provider.Receipt{ProductID: string(reply.ProductID)}
	var ids []schema.SKUID
	for _, sku := range reply.SKUs {
		if sku.SKUID != "" && sku.OutSKUID != "" {
			ids = append(ids, schema.SKUID{OutSKUID: string(sku.OutSKUID), SKUID: string(sku.SKUID)})
		}
	}
	receipt.SKUIDs = schema.NewSKUIDs(ids)
	return receipt
}

// How often spu/get is asked again before a product is believed to be missing.
// After the lists did not show it, one look suffices: if all of them are wrong,
// spu/add answers 1000012.
const (
	productRechecks = 2
	confirmRechecks = 0
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
	return productOf(draft.row(), online.row()), nil
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
func productOf(draft, online *row) *provider.Product {
	review, shelf := draft, online
	if review == nil {
		review = online
	}
	if shelf == nil || verdictBetween(draft, online) {
		shelf = draft
	}
	product := &provider.Product{
		ProductID:    review.productID,
		OutProductID: review.outProductID,
		Review:       review.review,
		Shelf:        shelf.shelf,
		AuditID:      review.auditID,
		SubmittedAt:  review.submittedAt,
		AuditedAt:    review.auditedAt,
		UpdatedAt:    review.updatedAt,
	}
	if product.Review == provider.ReviewRejected {
		product.Reason = review.reason
	}
	if draft != nil {
		product.Draft = draft.content
	}
	if online != nil && product.Shelf != provider.ShelfInitial {
		product.Online = online.content
	}
	return product
}

// verdictBetween reports whether the online copy was read before a review passed
// and the draft after it: the place on the shelf is then that of the draft.
func verdictBetween(draft, online *row) bool {
	return draft != nil && online != nil && draft.review == provider.ReviewApproved &&
		(online.review == provider.ReviewRunning || online.review == provider.ReviewNotAudited)
}

// row is what one row of a list, or one spu/get, tells of a product.
type row struct {
	productID, outProductID           string
	review                            provider.Review
	shelf                             provider.Shelf
	reason, auditID                   string
	submittedAt, auditedAt, updatedAt time.Time
	content                           *provider.Copy
}

// row is nil for a copy that the platform does not show.
func (s *SPU) row() *row {
	if s == nil {
		return nil
	}
	audit := s.AuditInfo.Value
	return &row{
		productID:    string(s.ProductID),
		outProductID: string(s.OutProductID),
		review:       provider.Review(s.EditStatus),
		shelf:        provider.Shelf(s.Status),
		reason:       string(audit.RejectReason),
		auditID:      string(audit.AuditID),
		submittedAt:  parseTime(audit.SubmitTime),
		auditedAt:    parseTime(audit.AuditTime),
		updatedAt:    parseTime(s.UpdateTime),
		content:      s.content(),
	}
}

// content maps what the platform shows to what an author declares.
func (s *SPU) content() *provider.Copy {
	c := &provider.Copy{SPU: schema.SPU{
		OutProductID:      string(s.OutProductID),
		Title:             string(s.Title),
		Path:              pagePath(string(s.Path)),
		HeadImg:           shownImages(s.HeadImg),
		QualificationPics: shownImages(s.QualificationPics),
		DescInfo:          schema.DescInfo{Desc: string(s.DescInfo.Value.Desc), Imgs: shownImages(s.DescInfo.Value.Imgs)},
		Category:          schema.CategoryRef{ID: uint64(s.ThirdCatID)},
		Brand:             brandRef(s.BrandID),
		Component:         s.component(),
		InfoVersion:       string(s.InfoVersion),
	}}
	for _, scene := range s.Scenes {
		c.SPU.Scenes = append(c.SPU.Scenes, int(scene))
	}
	var ids []schema.SKUID
	if len(s.SKUs) > 0 {
		c.SPU.SKUs, ids = make([]schema.SKU, 0, len(s.SKUs)), make([]schema.SKUID, 0, len(s.SKUs))
	}
	for i := range s.SKUs {
		sku := &s.SKUs[i]
		c.SPU.SKUs = append(c.SPU.SKUs, sku.content())
		if sku.SKUID != "" {
			ids = append(ids, schema.SKUID{OutSKUID: string(sku.OutSKUID), SKUID: string(sku.SKUID)})
		}
	}
	c.SKUIDs = schema.NewSKUIDs(ids)
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
		ThumbImg:    shownImage(string(s.ThumbImg)),
		SalePrice:   schema.Fen(s.SalePrice),
		MarketPrice: schema.Fen(s.MarketPrice),
		StockNum:    int64(s.StockNum),
		Barcode:     string(s.Barcode),
		SKUCode:     string(s.SKUCode),
	}
	if len(s.SKUAttrs) > 0 {
		sku.SKUAttrs = make([]schema.Attr, 0, len(s.SKUAttrs))
	}
	for _, a := range s.SKUAttrs {
		// A shop has few different attributes, and each stands in thousands of SKUs.
		sku.SKUAttrs = append(sku.SKUAttrs, schema.Attr{Key: unique.Make(string(a.Key)).Value(), Value: unique.Make(string(a.Value)).Value()})
	}
	return sku
}

func shownImage(url string) schema.Image {
	return schema.Image{Key: schema.ImageKey(url), URL: url}
}

func shownImages(urls wechat.List[wechat.Text]) []schema.Image {
	var list []schema.Image
	if len(urls) > 0 {
		list = make([]schema.Image, 0, len(urls))
	}
	for _, url := range urls {
		if url != "" {
			list = append(list, shownImage(string(url)))
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
func pagePath(path string) string {
	if !strings.HasPrefix(path, "plugin-private:") {
		return path
	}
	return pluginPath.ReplaceAllString(path, "")
}

// unsetTime is how the platform writes a time that never was: epoch 0 in Beijing.
const unsetTime = "1970-01-01 08:00:00"

// parseTime reads a time of the platform; zero when there is none.
func parseTime(t wechat.Text) time.Time {
	if t == unsetTime {
		return time.Time{}
	}
	at, err := time.ParseInLocation(schema.PlatformTime, string(t), schema.Beijing)
	if err != nil {
		return time.Time{}
	}
	return at
}
