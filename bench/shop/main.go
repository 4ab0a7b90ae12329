// Command shop plays a platform on which everything is as a catalog declares,
// for measuring a plan without changes:
//
//	go run ./bench/shop -dir /tmp/big -- shopctl -C /tmp/big plan
//
// It runs the command with SHOPCTL_ENDPOINT and WECHAT_APPSECRET set, and says
// at the end which calls were made. It runs in a process of its own, so that its
// memory is not that of the program.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/schema"
)

func main() {
	dir := flag.String("dir", "", "the catalog")
	flag.Parse()
	if *dir == "" || flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	code, err := serve(*dir, flag.Args())
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// serve runs a command against the shop and returns its exit code.
func serve(dir string, command []string) (int, error) {
	catalog, ds := schema.Load(dir, schema.LoadOptions{CacheDir: filepath.Join(dir, ".shopctl", "cache", "pictures")})
	if catalog == nil {
		return 0, ds
	}
	box, err := sandbox.New(sandbox.Options{AppID: catalog.Shop.AppID, Knobs: &sandbox.Knobs{}})
	if err != nil {
		return 0, err
	}
	defer box.Close()
	s := &shop{catalog: catalog, ids: slices.Sorted(maps.Keys(catalog.SPUs)), rest: box, calls: map[string]int{}}
	server := httptest.NewServer(s)
	defer server.Close()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "SHOPCTL_ENDPOINT="+server.URL, "WECHAT_APPSECRET="+sandbox.DefaultSecret)
	err = cmd.Run()
	for _, path := range slices.Sorted(maps.Keys(s.calls)) {
		fmt.Fprintf(os.Stderr, "%6d %s\n", s.calls[path], path)
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// shop answers spu/get_list by itself and leaves everything else to the sandbox.
type shop struct {
	catalog *schema.Catalog
	ids     []string
	rest    http.Handler

	mu    sync.Mutex
	calls map[string]int
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
func (s *shop) product(i int, spu *schema.SPU) any {
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

func (s *shop) urls(images []schema.Image) []string {
	urls := []string{}
	for _, image := range images {
		urls = append(urls, s.url(image))
	}
	return urls
}

// url is the link of a picture, as long as those of the platform are.
func (s *shop) url(image schema.Image) string {
	return "https://mmecimage.cn/p/" + s.catalog.Shop.AppID + "/H" + strings.TrimPrefix(string(image.Key), "sha256:")[:43]
}
