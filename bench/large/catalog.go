// Package large makes catalogs of any size, and plays a platform on which everything
// is as they declare, for measuring.
//
// Every product has four SKUs and five pictures: a main picture and one for each
// SKU. The same Catalog is always written as the same bytes.
package large

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Catalog is what is to be written.
type Catalog struct {
	Dir      string // files of the same names are replaced
	Products int
	Pictures int    // different files; the 5·Products references are spread over them; one per product when 0
	PerFile  int    // products in one file of blocks; 500 when 0
	Form     string // how products are declared: "blocks" or "tables"
}

const (
	skus       = 4
	references = skus + 1 // to pictures, of one product
)

// Write writes the catalog.
func (c Catalog) Write() error {
	if c.Pictures == 0 {
		c.Pictures = c.Products
	}
	c.Pictures = min(c.Pictures, references*c.Products)
	if c.PerFile == 0 {
		c.PerFile = 500
	}
	write := map[string]func() error{"": c.blocks, "blocks": c.blocks, "tables": c.tables}[c.Form]
	if write == nil {
		return errors.New("products are declared as blocks or tables, not as " + c.Form)
	}
	for _, step := range []func() error{c.shop, c.files, write} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// create writes one file of the catalog.
func (c *Catalog) create(name string, write func(w io.Writer)) error {
	name = filepath.Join(c.Dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	write(w)
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func (c *Catalog) shop() error {
	return c.create("shop.hcl", func(w io.Writer) {
		io.WriteString(w, "shop \"big\" {\n  platform = \"component\"\n  appid    = \"wx0123456789abcdef\"\n}\n\nlocals {\n  page = \"pages/productDetail/productDetail\"\n}\n")
	})
}

// picture is the file of a reference: the first of a product is its main picture.
func (c *Catalog) picture(product, reference int) string {
	n := (product*references + reference) * c.Pictures / (references * c.Products)
	return fmt.Sprintf("img/%03d/%d.png", n/1000, n)
}

// files writes the pictures: small ones, each with shapes of its own.
func (c *Catalog) files() error {
	palette := color.Palette{}
	for shade := range 16 {
		palette = append(palette, color.RGBA{uint8(shade * 17), uint8(255 - shade*13), uint8(shade * 7), 255})
	}
	last := ""
	for product := range c.Products {
		for reference := range references {
			name := c.picture(product, reference)
			if name == last {
				continue
			}
			last = name
			random := rand.New(rand.NewPCG(uint64(product), uint64(reference)))
			img := image.NewPaletted(image.Rect(0, 0, 27, 24), palette)
			for i := range img.Pix {
				if x, y := i%27, i/27; x%3 == 0 && y%3 == 0 {
					img.Pix[i] = uint8(random.IntN(16))
				} else {
					img.Pix[i] = img.Pix[(y-y%3)*27+x-x%3]
				}
			}
			if err := c.create(name, func(w io.Writer) { png.Encode(w, img) }); err != nil {
				return err
			}
		}
	}
	return nil
}

var (
	colours   = []string{"酒红", "藏青", "米白", "驼色", "雾蓝", "豆绿", "烟灰", "墨黑"}
	materials = []string{"珊瑚绒", "法兰绒", "牛奶绒", "纯棉", "竹纤维", "羊羔绒"}
)

func title(i int) string {
	return fmt.Sprintf("%s毛毯百搭休闲毯子100*150cm 第%d款", materials[i%len(materials)], i)
}

func desc(i int) string {
	return fmt.Sprintf("旅行毯办公室午睡毯空调毯子小被子，%s面料，%s可选，编号 %d，可机洗，不掉毛不起球。", materials[i%len(materials)], colours[i%len(colours)], i)
}

func (c *Catalog) blocks() error {
	for file := 0; file*c.PerFile < c.Products; file++ {
		err := c.create(fmt.Sprintf("products/%05d.hcl", file), func(w io.Writer) {
			for i := file * c.PerFile; i < min((file+1)*c.PerFile, c.Products); i++ {
				c.block(w, i)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) block(w io.Writer, i int) {
	fmt.Fprintf(w, `spu "p%06d" {
  title    = %q
  path     = "${local.page}?id=p%06d"
  head_img = [%q]
  category = 1445

  desc_info {
    desc = %q
  }
`, i, title(i), i, c.picture(i, 0), desc(i))
	for s := range skus {
		fmt.Fprintf(w, `
  sku "p%06d-%d" {
    thumb_img    = %q
    sale_price   = %d.90
    market_price = %d.90
    stock_num    = %d
    sku_code     = "C%06d-%d"
    barcode      = "69%08d%d"
    sku_attrs    = { "颜色" = %q, "尺寸" = "%dcm" }
  }
`, i, s, c.picture(i, 1+s), 9+i%90, 99+i%90, 1+i%500, i, s, i, s, colours[(i+s)%len(colours)], 100+10*s)
	}
	io.WriteString(w, "}\n\n")
}

func (c *Catalog) tables() error {
	err := c.create("products.csv", func(w io.Writer) {
		io.WriteString(w, "id,title,desc,image\n")
		for i := range c.Products {
			fmt.Fprintf(w, "p%06d,%s,%s,%s\n", i, title(i), desc(i), c.picture(i, 0))
		}
	})
	if err != nil {
		return err
	}
	err = c.create("skus.csv", func(w io.Writer) {
		io.WriteString(w, "sku_id,product,image,price,market_price,stock,code,barcode,color,size\n")
		for i := range c.Products {
			for s := range skus {
				fmt.Fprintf(w, "p%06d-%d,p%06d,%s,%d.90,%d.90,%d,C%06d-%d,69%08d%d,%s,%dcm\n",
					i, s, i, c.picture(i, 1+s), 9+i%90, 99+i%90, 1+i%500, i, s, i, s, colours[(i+s)%len(colours)], 100+10*s)
			}
		}
	})
	if err != nil {
		return err
	}
	return c.create("products.hcl", func(w io.Writer) { io.WriteString(w, forEach) })
}

const forEach = `spu "all" {
  for_each = table("products.csv")
  id       = each.key
  title    = each.value.title
  path     = "${local.page}?id=${each.key}"
  head_img = [each.value.image]
  category = 1445

  desc_info {
    desc = each.value.desc
  }

  dynamic "sku" {
    for_each = table("skus.csv", "sku_id", { product = each.key })
    labels   = [sku.key]
    content {
      thumb_img    = sku.value.image
      sale_price   = sku.value.price
      market_price = sku.value.market_price
      stock_num    = sku.value.stock
      sku_code     = sku.value.code
      barcode      = sku.value.barcode
      sku_attrs    = { "颜色" = sku.value.color, "尺寸" = sku.value.size }
    }
  }
}
`
