package large

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/shopctl/shopctl/schema"
)

// Shop is a platform on which everything is as a catalog declares: it answers
// spu/get_list by itself and leaves everything else to the handler behind it.
type Shop struct {
	catalog *schema.Catalog
	ids     []string
	rest    http.Handler

	mu    sync.Mutex
	calls map[string]int
}

// NewShop plays the shop of a catalog.
func NewShop(catalog *schema.Catalog, rest http.Handler) *Shop {
	return &Shop{catalog: catalog, ids: slices.Sorted(maps.Keys(catalog.SPUs)), rest: rest, calls: map[string]int{}}
}

// Calls is how often each path was called.
func (s *Shop) Calls() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.calls)
}

// ServeHTTP implements http.Handler.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls[r.URL.Path]++
	s.mu.Unlock()
	if r.URL.Path != "/shop/spu/get_list" {
		s.rest.ServeHTTP(w, r)
		return
	}
	var query struct {
		Page int `json:"page"`
		Size int `json:"page_size"`
	}
	if err := json.NewDecoder(r.Body).Decode(&query); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	from := min((query.Page-1)*query.Size, len(s.ids))
	page := []any{}
	for i, id := range s.ids[from:min(from+query.Size, len(s.ids))] {
		page = append(page, s.product(from+i, s.catalog.SPUs[id]))
	}
	json.NewEncoder(w).Encode(map[string]any{"errcode": 0, "total_num": len(s.ids), "spus": page})
}

// product is a product as the platform shows it: passed, and on the shelf.
func (s *Shop) product(i int, spu *schema.SPU) any {
	var skus []any
	for n, sku := range spu.SKUs {
		skus = append(skus, map[string]any{
			"sku_id": 7_000_000_000_000 + 10*i + n, "out_sku_id": sku.OutSKUID, "thumb_img": s.url(sku.ThumbImg),
			"sale_price": sku.SalePrice, "market_price": sku.MarketPrice, "stock_num": sku.StockNum,
			"barcode": sku.Barcode, "sku_code": sku.SKUCode, "sku_attrs": sku.SKUAttrs,
		})
	}
	return map[string]any{
		"product_id": 10_000_000_000_000 + i, "out_product_id": spu.OutProductID, "title": spu.Title, "path": spu.Path,
		"head_img": s.urls(spu.HeadImg), "desc_info": map[string]any{"desc": spu.DescInfo.Desc, "imgs": s.urls(spu.DescInfo.Imgs)},
		"audit_info": map[string]any{"submit_time": "2026-11-20 10:00:00", "audit_time": "2026-11-20 12:00:00", "reject_reason": ""},
		"status":     5, "edit_status": 4, "third_cat_id": spu.Category.ID, "brand_id": 2100000000,
		"update_time": "2026-11-20 12:00:00", "info_version": spu.Version(), "skus": skus, "scene_group_list": spu.Scenes,
	}
}

func (s *Shop) urls(images []schema.Image) []string {
	urls := []string{}
	for _, image := range images {
		urls = append(urls, s.url(image))
	}
	return urls
}

// url is the link of a picture, as long as those of the platform are.
func (s *Shop) url(image schema.Image) string {
	return "https://mmecimage.cn/p/" + s.catalog.Shop.AppID + "/H" + strings.TrimPrefix(string(image.Key), "sha256:")[:43]
}
