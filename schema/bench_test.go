package schema

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/shopctl/shopctl/schema/literal"
)

// generated writes a catalog of the size that bench/run measures: products with
// four SKUs, about 48 lines and 1.7 kB each. A hundred pictures are shared, so
// that what is measured is the reading of the files.
func generated(b *testing.B, form string, products int) (dir string) {
	dir = b.TempDir()
	gen := exec.Command("go", "run", "../bench/gen", "-form", form, "-products", fmt.Sprint(products), "-pictures", "100", "-dir", dir)
	if out, err := gen.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return dir
}

// BenchmarkLoad reads catalogs of 1,000, 10,000 and 100,000 products as blocks
// and as rows of tables:
//
//	go test ./schema -run xxx -bench Load/blocks/10000 -benchmem
func BenchmarkLoad(b *testing.B) {
	for _, form := range []string{"blocks", "tables"} {
		for _, products := range []int{1000, 10_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", form, products), func(b *testing.B) {
				dir, cache := generated(b, form, products), b.TempDir()
				b.ReportAllocs()
				for b.Loop() {
					c, ds := Load(dir, LoadOptions{CacheDir: cache})
					if c == nil || len(c.SPUs) != products || len(c.SPUs["p000007"].SKUs) != 4 {
						b.Fatal(ds)
					}
				}
			})
		}
	}
}

// BenchmarkRead reads the bytes of 1,000 products by our own reader and by the
// general parser, without making anything of them:
//
//	go test ./schema -run xxx -bench Read -benchmem
func BenchmarkRead(b *testing.B) {
	dir := generated(b, "blocks", 1000)
	src, err := os.ReadFile(filepath.Join(dir, "products/00000.hcl"))
	if err != nil {
		b.Fatal(err)
	}
	for name, read := range map[string]func() bool{
		"own": func() bool { f, ok := literal.Read(src); return ok && len(f.Blocks) == 500 },
		"hclsyntax": func() bool {
			_, diags := hclsyntax.ParseConfig(src, "x.hcl", hcl.InitialPos)
			return !diags.HasErrors()
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if !read() {
					b.Fatal("it was not read")
				}
			}
		})
	}
}

func manyBlocks(t testing.TB, n int) map[string][]byte {
	files := goodFiles(t)
	for half := range 2 {
		var src bytes.Buffer
		for i := half; i < n; i += 2 {
			fmt.Fprintf(&src, "spu \"p%d\" {\n  title = \"纯棉面巾第 %d 款\"\n  path = \"pages/item/item?id=p%d\"\n  head_img = [\"img/a.png\"]\n  category = 1445\n  brand = brand.cxy\n", i, i, i)
			for j := range 4 {
				fmt.Fprintf(&src, "  sku \"s%d\" {\n    thumb_img = \"img/a.png\"\n    sale_price = %d.90\n    market_price = 99\n    stock_num = %d\n    sku_attrs = { \"颜色\" = \"第%d色\", \"尺寸\" = \"大\" }\n  }\n", j, i%90+1, j+1, j)
			}
			src.WriteString("}\n")
		}
		files[fmt.Sprintf("p%d.hcl", half)] = src.Bytes()
	}
	return files
}

func manyRows(t testing.TB, n int) map[string][]byte {
	files := goodFiles(t)
	var products, skus strings.Builder
	products.WriteString("id,title\n")
	skus.WriteString("id,product,price,color\n")
	for i := range n {
		fmt.Fprintf(&products, "p%d,纯棉面巾第 %d 款\n", i, i)
		for j := range 4 {
			fmt.Fprintf(&skus, "p%d-%d,p%d,%d.90,第%d色\n", i, j, i, i%90+1, j)
		}
	}
	files["products.csv"], files["skus.csv"] = []byte(products.String()), []byte(skus.String())
	files["p.hcl"] = []byte(`spu "all" {
  for_each = table("products.csv")
  id       = each.key
  title    = each.value.title
  path     = "pages/item/item?id=${each.key}"
  head_img = ["img/a.png"]
  category = 1445
  brand    = brand.cxy
  dynamic "sku" {
    for_each = table("skus.csv", "id", { product = each.key })
    labels   = [sku.key]
    content {
      thumb_img  = "img/a.png"
      sale_price = sku.value.price
      stock_num  = 5
      sku_attrs  = { "颜色" = sku.value.color, "尺寸" = "大" }
    }
  }
}
`)
	return files
}
