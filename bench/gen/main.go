// Command gen writes a catalog of any size, for measuring:
//
//	go run ./bench/gen -products 100000 -dir /tmp/big
//	go run ./bench/gen -products 100000 -form tables -dir /tmp/big
//
// What it writes is described in package large.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/shopctl/shopctl/bench/large"
)

func main() {
	var c large.Catalog
	flag.StringVar(&c.Form, "form", "blocks", "how products are declared: blocks or tables")
	flag.StringVar(&c.Dir, "dir", "", "where to; files of the same names are replaced")
	flag.IntVar(&c.Products, "products", 1000, "how many products")
	flag.IntVar(&c.Pictures, "pictures", 0, "how many different picture files (default one per product; five per product is the most)")
	flag.IntVar(&c.PerFile, "per-file", 500, "how many products stand in one file of blocks")
	flag.Parse()
	if c.Dir == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := c.Write(); err != nil {
		log.Fatal(err)
	}
}
