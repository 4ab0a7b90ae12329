package providertest

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"io"
	"sync"
	"testing"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// walker is a walk under way.
type walker struct {
	*testing.T
	Harness
	once    sync.Once
	uploads map[schema.ImageKey]string
}

func (w *walker) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// class checks the class of an error, and that it is one of a provider.
func (w *walker) class(what string, err error, want provider.Class) {
	w.Helper()
	if got := provider.ClassOf(err); got != want {
		w.Errorf("%s: class %q (%v), want %q", what, got, err, want)
	}
}

func (w *walker) conflict(what string, err error, want provider.Conflict) {
	w.Helper()
	w.class(what, err, provider.ClassConflict)
	if e, ok := errors.AsType[*provider.Error](err); ok && e.Conflict != want {
		w.Errorf("%s: conflict %q (%v), want %q", what, e.Conflict, err, want)
	}
}

// spu is a product with two SKUs in the free category, without a brand.
func (w *walker) spu(id string) *schema.SPU {
	return &schema.SPU{
		OutProductID: id, Title: "珊瑚绒毯子 100x150", Path: "pages/item/item?id=1",
		HeadImg: []schema.Image{picture("red"), picture("blue")}, DescInfo: schema.DescInfo{Desc: "午睡毯", Imgs: []schema.Image{picture("blue")}},
		Category: schema.CategoryRef{ID: w.FreeLeaf}, Scenes: []int{1},
		SKUs: []schema.SKU{
			{OutSKUID: skuID(id), ThumbImg: picture("red"), SalePrice: 990, MarketPrice: 1990, StockNum: 20, SKUCode: "c-1", Barcode: "6901234567892",
				SKUAttrs: []schema.Attr{{Key: "颜色", Value: "酒红"}, {Key: "尺寸", Value: "100x150"}}},
			{OutSKUID: id[:min(len(id), 100)] + "-blue", ThumbImg: picture("blue"), SalePrice: 1090, MarketPrice: 1990, StockNum: 30,
				SKUAttrs: []schema.Attr{{Key: "颜色", Value: "蓝色"}, {Key: "尺寸", Value: "100x150"}}},
		},
	}
}

// skuID is the out_sku_id of the first SKU; a platform may limit its length.
func skuID(id string) string { return id[:min(len(id), 100)] + "-red" }

// pictureNames are the pictures that walks use.
var pictureNames = []string{"red", "blue", "license", "certificate"}

func picture(name string) schema.Image {
	return schema.Image{Key: schema.ImageKey("sha256:" + name), Path: name + ".png"}
}

// upload is the picture of a name: one pixel in a colour of its own.
func upload(name string) provider.Picture {
	sum := fnv.New32()
	io.WriteString(sum, name)
	pixel := image.NewRGBA(image.Rect(0, 0, 1, 1))
	pixel.Set(0, 0, color.RGBA{R: byte(sum.Sum32()), G: byte(sum.Sum32() >> 8), B: byte(sum.Sum32() >> 16), A: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, pixel); err != nil {
		panic("providertest: a pixel always encodes: " + err.Error())
	}
	return provider.Picture{
		Key: picture(name).Key, Name: name + ".png", Size: int64(b.Len()),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil },
	}
}

// links uploads the pictures, and sets up the merchant, at the first call.
func (w *walker) links() provider.Links {
	w.Helper()
	w.once.Do(func() {
		w.must(w.Provider.UpdateMerchant(w.Context(), &schema.Merchant{ServiceAgentType: []int{0, 1, 2}, ServiceAgentPath: "pages/cs/cs", ServiceAgentPhone: "020-88880000"}))
		w.uploads = map[schema.ImageKey]string{}
		for _, name := range pictureNames {
			url, err := w.Provider.UploadImage(w.Context(), upload(name))
			w.must(err)
			w.uploads[picture(name).Key] = url
		}
	})
	return provider.Links{Images: w.uploads}
}

func (w *walker) tryAdd(s *schema.SPU) error {
	_, err := w.Provider.Add(w.Context(), s, w.links())
	return err
}

func (w *walker) add(s *schema.SPU) provider.Receipt {
	w.Helper()
	receipt, err := w.Provider.Add(w.Context(), s, w.links())
	if err != nil {
		w.Fatalf("add %s: %v", s.OutProductID, err)
	}
	return receipt
}

func (w *walker) update(ref provider.Ref, s *schema.SPU) error {
	_, err := w.Provider.Update(w.Context(), ref, s, w.links())
	return err
}

// review lets a review begin and end.
func (w *walker) review() {
	w.Advance(w.PushDelay)
	w.Advance(w.ReviewDelay)
}

func (w *walker) approved(id string) {
	w.Helper()
	w.add(w.spu(id))
	w.review()
	w.sees(id, "review 4, shelf 5, draft, online")
}

func (w *walker) product(id string) *provider.Product {
	w.Helper()
	product, err := w.Provider.Product(w.Context(), id)
	w.must(err)
	return product
}

func (w *walker) observe(scope provider.Scope) *provider.Observation {
	w.Helper()
	o, err := w.Provider.Observe(w.Context(), scope)
	w.must(err)
	return o
}

func (w *walker) verdict(auditID string) provider.Verdict {
	w.Helper()
	single, err := w.Provider.Audit(w.Context(), auditID)
	w.must(err)
	if got := w.observe(provider.Scope{AuditIDs: []string{auditID}}).Verdicts[auditID]; got != single {
		w.Errorf("Audit says %+v, Observe says %+v", single, got)
	}
	return single
}

// sees checks where a product stands, read by itself and through the whole shop.
func (w *walker) sees(id, want string) {
	w.Helper()
	product := w.product(id)
	if got := standing(product); got != want {
		w.Errorf("%s: %s, want %s", id, got, want)
	}
	listed := w.observe(provider.Scope{}).Products[id]
	if listed == nil {
		w.Errorf("%s is not in the lists", id)
	} else if got := standing(listed); got != want {
		w.Errorf("%s in the lists: %s, want %s", id, got, want)
	}
}

func standing(p *provider.Product) string {
	draft, online := "no draft", "not online"
	if p.Draft != nil {
		draft = "draft"
	}
	if p.Online != nil {
		online = "online"
	}
	return fmt.Sprintf("review %d, shelf %d, %s, %s", p.Review, p.Shelf, draft, online)
}

// missing checks that a product is nowhere.
func (w *walker) missing(id string) {
	w.Helper()
	if product, err := w.Provider.Product(w.Context(), id); !errors.Is(err, provider.ErrNotFound) {
		w.Errorf("%s: %+v, %v, want ErrNotFound", id, product, err)
	}
	for _, only := range []bool{true, false} {
		if got := w.observe(provider.Scope{Products: []string{id}, Only: only}).Products[id]; got != nil {
			w.Errorf("%s: observed %+v", id, got)
		}
	}
}

func refOf(p *provider.Product) provider.Ref {
	return provider.Ref{ProductID: p.ProductID, OutProductID: p.OutProductID}
}

// brand is an own brand with an R mark.
func (w *walker) brand(wording string) (*schema.Brand, provider.Links) {
	return &schema.Brand{
		BrandWording: wording, BrandAuditType: 1, BrandManagementType: 1, CommodityOriginType: 2, TrademarkType: "24",
		License: []schema.Image{picture("license")}, TrademarkRegistrationCertificate: []schema.Image{picture("certificate")},
		TrademarkRegistrant: "示例有限公司", TrademarkRegistrantNu: "12345678", TrademarkAuthorizationPeriod: "2036-01-01 00:00:00", Scenes: []int{1},
	}, w.links()
}

// outline is what must come back of a product: all but the pictures, of which
// only the number can be compared, and the members that a platform keeps to itself.
func outline(s *schema.SPU) schema.SPU {
	o := schema.SPU{
		OutProductID: s.OutProductID, Title: s.Title, Path: s.Path, Category: s.Category, Brand: s.Brand, Scenes: s.Scenes,
		HeadImg: make([]schema.Image, len(s.HeadImg)), SKUs: plain(s.SKUs),
	}
	o.DescInfo = schema.DescInfo{Desc: s.DescInfo.Desc, Imgs: make([]schema.Image, len(s.DescInfo.Imgs))}
	return o
}

// plain are SKUs without their pictures.
func plain(skus []schema.SKU) []schema.SKU {
	list := make([]schema.SKU, len(skus))
	for i, sku := range skus {
		sku.ThumbImg = schema.Image{}
		list[i] = sku
	}
	return list
}
