package schema

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// BenchmarkLoad reads 1,000 products with 4 SKUs each, as blocks in two files
// and as rows of tables:
//
//	go test ./schema -run xxx -bench Load -benchmem
func BenchmarkLoad(b *testing.B) {
	for name, files := range map[string]map[string][]byte{"blocks": manyBlocks(b, 1000), "tables": manyRows(b, 1000)} {
		dir := writeFiles(b, files)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, ds := Load(dir, LoadOptions{})
				if c == nil || len(c.SPUs) != 1000 || len(c.SPUs["p7"].SKUs) != 4 {
					b.Fatal(ds)
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
