// Command others writes the products of package large for other tools, so that
// bench/compare can give all the same work:
//
//	go run ./bench/others -products 10000 -tool tofu -dir /tmp/tofu
//	go run ./bench/others -products 10000 -tool deck -dir /tmp/deck
//
// For OpenTofu every product is a resource terraform_data of the built-in provider,
// with what large writes of it as input. For decK every product is a service of Kong
// and every SKU a route of it.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
)

const perFile = 500 // products in one file

func main() {
	products := flag.Int("products", 1000, "how many products, with four SKUs each")
	tool := flag.String("tool", "", "tofu or deck")
	dir := flag.String("dir", "", "where to")
	flag.Parse()
	write := map[string]func(string, int) error{"tofu": tofu, "deck": deck}[*tool]
	if write == nil || *dir == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := write(*dir, *products); err != nil {
		log.Fatal(err)
	}
}

// create writes one file.
func create(dir, name string, write func(w io.Writer)) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, name))
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

func tofu(dir string, products int) error {
	for from := 0; from < products; from += perFile {
		err := create(dir, fmt.Sprintf("products%05d.tf", from/perFile), func(w io.Writer) {
			for i := from; i < min(from+perFile, products); i++ {
				resource(w, i)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func resource(w io.Writer, i int) {
	fmt.Fprintf(w, `resource "terraform_data" "p%06d" {
  input = {
    title    = "珊瑚绒毛毯百搭休闲毯子100*150cm 第%d款"
    path     = "pages/productDetail/productDetail?id=p%06d"
    head_img = ["img/%03d/%d.png"]
    category = 1445
    desc     = "旅行毯办公室午睡毯空调毯子小被子，珊瑚绒面料，酒红可选，编号 %d，可机洗，不掉毛不起球。"
    skus = {
`, i, i, i, i/1000, i, i)
	for s := range 4 {
		fmt.Fprintf(w, `      "p%06d-%d" = {
        thumb_img    = "img/%03d/%d.png"
        sale_price   = %d90
        market_price = %d90
        stock_num    = %d
        sku_code     = "C%06d-%d"
        barcode      = "69%08d%d"
        sku_attrs    = { "颜色" = "酒红", "尺寸" = "%dcm" }
      }
`, i, s, i/1000, i, 9+i%90, 99+i%90, 1+i%500, i, s, i, s, 100+10*s)
	}
	io.WriteString(w, "    }\n  }\n}\n\n")
}

func deck(dir string, products int) error {
	return create(dir, "kong.yaml", func(w io.Writer) {
		io.WriteString(w, "_format_version: \"3.0\"\nservices:\n")
		for i := range products {
			fmt.Fprintf(w, "- name: p%06d\n  url: http://p%06d.example.com/products/%d\n  routes:\n", i, i, i)
			for s := range 4 {
				fmt.Fprintf(w, "  - name: p%06d-%d\n    paths: [\"/p%06d/%d\"]\n    tags: [\"C%06d-%d\", \"69%08d%d\"]\n", i, s, i, s, i, s, i, s)
			}
		}
	})
}
