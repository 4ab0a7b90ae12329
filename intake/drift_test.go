package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// edits are what people do in a console, to both copies and without review.
var edits = map[string]func(*provider.Product){
	"a price":             both(func(s *schema.SPU) { s.SKUs[0].SalePrice = 880 }),
	"both prices":         both(func(s *schema.SPU) { s.SKUs[0].SalePrice, s.SKUs[0].MarketPrice = 880, 880 }),
	"a title":             both(func(s *schema.SPU) { s.Title = `毛毯,"又"改了 ${x}` }),
	"a title too short":   both(func(s *schema.SPU) { s.Title = "毯" }),
	"a description":       both(func(s *schema.SPU) { s.DescInfo.Desc = "新的\n详情" }),
	"no description":      both(func(s *schema.SPU) { s.DescInfo.Desc = "" }),
	"a category":          both(func(s *schema.SPU) { s.Category.ID = 1446 }),
	"a brand":             both(func(s *schema.SPU) { s.Brand = "id:29001" }),
	"an attribute":        both(func(s *schema.SPU) { s.SKUs[0].SKUAttrs = []schema.Attr{{Key: "颜色", Value: "深,红"}} }),
	"codes":               both(func(s *schema.SPU) { s.SKUs[0].SKUCode, s.SKUs[0].Barcode = "c-1", "6901" }),
	"a SKU more":          both(func(s *schema.SPU) { s.SKUs = append(slices.Clone(s.SKUs), sku("new", "绿")) }),
	"a SKU less":          both(func(s *schema.SPU) { s.SKUs = s.SKUs[:1] }),
	"one picture more":    both(func(s *schema.SPU) { s.HeadImg = append(slices.Clone(s.HeadImg), picture("more")) }),
	"off the shelf":       func(p *provider.Product) { p.Shelf = provider.ShelfDelisted },
	"a supplier":          both(func(s *schema.SPU) { s.Component.Supplier = "厦门仓" }),
	"price and the shelf": func(p *provider.Product) { both(func(s *schema.SPU) { s.SKUs[1].SalePrice = 1 })(p); p.Shelf = 11 },
}

func sku(id, colour string) schema.SKU {
	return schema.SKU{OutSKUID: id, ThumbImg: picture("t" + id), SalePrice: 1990, MarketPrice: 1990, StockNum: 3, SKUCode: "s" + id, Barcode: "69", SKUAttrs: []schema.Attr{{Key: "颜色", Value: colour}}}
}

// full is a product with a value in every column that an edit may change.
func full(id string) *provider.Product {
	return productOf(id, both(func(s *schema.SPU) {
		s.SKUs = []schema.SKU{sku(id+"-1", "红"), sku(id+"-2", "蓝")}
		s.DescInfo.Desc, s.Brand, s.Component.Supplier = "详情", "id:29002", "广州仓"
		s.InfoVersion = "1"
	}))
}

// acceptDrift does what the command does.
func (w *world) acceptDrift() []intake.Edit {
	w.t.Helper()
	catalog, seen := w.load(), w.read()
	live := &intake.Live{Seen: seen, Catalog: catalog, Shop: catalog.Shop, Tree: w.tree}
	taken := &intake.Taken{Bundle: &intake.Bundle{Shop: catalog.Shop, Tree: w.tree, Qualifications: catalog.Qualifications}}
	var accepts []intake.Accept
	origins := map[string]intake.Origin{}
	for _, c := range reconcile.Make(catalog, w.state, seen, reconcile.Policy{Now: noon}).Changes {
		want := catalog.SPUs[c.Address.Name]
		var paths []string
		for _, f := range c.Fields {
			if f.Cause == reconcile.CauseDrift {
				paths = append(paths, f.Path)
			} else {
				w.t.Errorf("%s of %s has the cause %s", f.Path, c.Address, f.Cause)
			}
		}
		if reconcile.ShelfMoved(w.state.Records[c.Address], want, seen.Products[c.Address.Name]) && !slices.Contains(paths, "listing") {
			paths = append(paths, "listing")
		}
		have, origin, ok := live.Drifted(want, paths, nil)
		if !ok {
			w.t.Fatalf("%s is not there", c.Address)
		}
		have.AsFound = ""
		accepts = append(accepts, intake.Accept{Address: c.Address, Source: c.Source, Want: want, Have: have, Paths: paths})
		origins[c.Address.Name] = origin
		taken.SPUs = append(taken.SPUs, have)
	}
	if err := taken.Pictures(context.Background(), w.dir, fetch, func(int) {}); err != nil {
		w.t.Fatal(err)
	}
	if err := taken.Seal(w.dir); err != nil {
		w.t.Fatal(err)
	}
	for i := range accepts {
		if a := &accepts[i]; a.Have.AsFound != a.Want.AsFound {
			a.Paths = append(a.Paths, "as_found")
		}
	}
	drift, err := intake.PlanDrift(w.dir, accepts)
	if err != nil {
		w.t.Fatal(err)
	}
	defer drift.Close()
	if _, err := drift.Write(); err != nil {
		w.t.Fatal(err)
	}
	if drift.Written() < len(drift.Edits) {
		return drift.Edits
	}
	catalog = w.load()
	for id, origin := range origins {
		rec, images := reconcile.Adopt(w.state.Records[schema.Address{Kind: schema.KindSPU, Name: id}], catalog.SPUs[id], origin.Product, origin.Copy)
		w.state.Records[rec.Address] = rec
		w.remember(images)
	}
	return drift.Edits
}

// Each edit by itself is accepted into blocks, comments and all, and the plan
// that follows is empty.
func TestEveryEditComesHomeToBlocks(t *testing.T) {
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, full("719"), full("720"))
			w.importLive()
			file := filepath.Join(w.dir, "products/1445.hcl")
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			src = bytes.Replace(src, []byte("  sku \"719-1\" {\n"), []byte("  # the red one\n  sku \"719-1\" {\n"), 1)
			if err := os.WriteFile(file, src, 0o644); err != nil {
				t.Fatal(err)
			}
			edit(w.shop.Products["719"])
			for _, e := range w.acceptDrift() {
				if e.ByHand || e.Address.Name != "719" || e.Old == e.New {
					t.Errorf("edit %+v", e)
				}
			}
			if plan := w.plan(); !plan.Empty() {
				t.Errorf("the plan is not empty: %+v", plan.Changes)
			}
			w.mustDoNothing()
			after, _ := os.ReadFile(file)
			if !bytes.Contains(after, []byte("# the red one")) || !bytes.Contains(after, []byte("# 家纺/毯类/毛毯")) {
				t.Errorf("a comment is gone:\n%s", after)
			}
			if lines := changedLines(string(src), string(after)); lines == 0 || lines > 16 {
				t.Errorf("%d lines changed:\n%s", lines, after)
			}
		})
	}
}

// changedLines counts the lines that only one side has.
func changedLines(a, b string) int {
	counts := map[string]int{}
	for _, l := range strings.Split(a, "\n") {
		counts[l]++
	}
	for _, l := range strings.Split(b, "\n") {
		counts[l]--
	}
	n := 0
	for _, c := range counts {
		n += max(c, -c)
	}
	return n
}

// In tables the cells change, and the files keep their encoding.
func TestEveryEditComesHomeToCells(t *testing.T) {
	byHand := map[string]bool{ // the block has no column for them, or all rows share them
		"a category": true, "a title too short": true,
	}
	for _, gbk := range []bool{false, true} {
		for name, edit := range edits {
			if gbk && !slices.Contains([]string{"a price", "a title", "an attribute", "a SKU more", "a SKU less"}, name) {
				continue // the encoding is one for all
			}
			t.Run(fmt.Sprintf("gbk %v/%s", gbk, name), func(t *testing.T) {
				w := newWorld(t, full("719"), full("720"))
				w.layout = intake.AsTable
				w.importLive()
				files := []string{filepath.Join(w.dir, "products/1445.csv"), filepath.Join(w.dir, "products/1445-skus.csv")}
				for _, f := range files {
					recode(t, f, gbk)
				}
				edit(w.shop.Products["719"])
				hands := 0
				for _, e := range w.acceptDrift() {
					if e.ByHand {
						hands++
						if e.New == "" || e.Why.ZH == "" {
							t.Errorf("nobody says what to write: %+v", e)
						}
					}
				}
				if (hands > 0) != byHand[name] {
					t.Fatalf("%d edits are left to people", hands)
				}
				if hands == 0 {
					if plan := w.plan(); !plan.Empty() {
						t.Errorf("the plan is not empty: %+v", plan.Changes)
					}
				}
				for _, f := range files {
					raw, _ := os.ReadFile(f)
					if hasBOM := bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")); hasBOM == gbk {
						t.Errorf("%s: byte order mark %v", f, hasBOM)
					}
					if decoded, err := simplifiedchinese.GBK.NewDecoder().Bytes(raw); gbk && (err != nil || bytes.Contains(raw, []byte("红")) || !bytes.Contains(decoded, []byte("毛毯")) && !bytes.Contains(decoded, []byte("蓝")) && !bytes.Contains(decoded, []byte("红"))) {
						t.Errorf("%s is no GBK any more", f)
					}
				}
			})
		}
	}
}

// recode turns a file into what a Chinese spreadsheet writes.
func recode(t *testing.T, name string, gbk bool) {
	if !gbk {
		return
	}
	raw, err := os.ReadFile(name)
	if err == nil {
		raw, err = simplifiedchinese.GBK.NewEncoder().Bytes(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))
	}
	if err == nil {
		err = os.WriteFile(name, raw, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Many edits at once, to blocks.
func TestEditsComeHomeTogether(t *testing.T) {
	names := []string{"a price", "a title", "a description", "a brand", "an attribute", "codes", "a SKU more", "one picture more", "a supplier"}
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, full("719"), full("720"), full("721"))
		if rapid.Bool().Draw(rt, "table") {
			w.layout = intake.AsTable
		}
		w.importLive()
		for _, id := range []string{"719", "721"} {
			for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 4, rapid.ID).Draw(rt, id) {
				edits[name](w.shop.Products[id])
			}
		}
		for _, e := range w.acceptDrift() {
			if e.ByHand {
				rt.Fatalf("by hand: %+v", e)
			}
		}
		if plan := w.plan(); !plan.Empty() {
			rt.Fatalf("the plan is not empty: %+v", plan.Changes)
		}
	})
}
