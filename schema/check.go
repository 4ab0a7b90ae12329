package schema

// Finding is a diagnostic about a product that was not written in the language:
// an importer maps it back to where the product came from. Its Range is empty.
type Finding struct {
	Diagnostic
	SPU  int    // index into what was checked
	SKU  int    // index into the product's SKUs; -1 for the product itself
	Attr string // as in the language; empty for the product or SKU as a whole
}

// CheckOptions say what products are checked against.
type CheckOptions struct {
	// Tree is the platform's category tree, nil when it is not known.
	Tree *CategoryTree
	// Qualified are the categories that the catalog has a qualification for.
	Qualified map[uint64]bool
	// Images says what becomes of pictures that are too large.
	Images ImagePolicy
	// Progress is called after every product; nil for none.
	Progress func(done, total int)
}

// CheckSPUs applies the rules of the language to products that an importer made.
// Pictures with a path lie below dir. Categories are resolved in place where
// the tree knows them. Product ids must differ; brands are not checked.
func CheckSPUs(dir string, spus []*SPU, opt CheckOptions) ([]Finding, error) {
	root, err := openDirectory(dir)
	if err != nil {
		return nil, err
	}
	defer root.close()
	r := newReport()
	b := &builder{report: r, gallery: newGallery(r, root), tree: opt.Tree, catalog: &Catalog{}}
	b.gallery.shop = newWorkshop(root, opt.Images, "")
	for i, s := range spus {
		n := importedSPU(s, i)
		b.pictures(n, "head_img")
		b.pictures(n, "qualification_pics")
		if d := n.first("desc_info"); d != nil {
			b.pictures(d, "imgs")
		}
		for _, sku := range n.all("sku") {
			if sku.has("thumb_img") {
				b.gallery.image(get[picture](sku, "thumb_img"))
			}
		}
		s.Category = b.category(n)
		b.checkSPU(n, s)
		if opt.Progress != nil {
			opt.Progress(i+1, len(spus))
		}
	}
	for _, use := range b.categories {
		b.checkProductCategory(use, opt.Qualified[use.leaf.ID])
	}
	return findings(r.finish()), nil
}

// findings reads the places that importedSPU has made up.
func findings(ds Diagnostics) []Finding {
	found := make([]Finding, 0, len(ds))
	for _, d := range ds {
		f := Finding{SPU: d.Range.Start.Line, SKU: d.Range.Start.Column - 1, Attr: d.Range.File}
		d.Range = Range{}
		f.Diagnostic = d
		found = append(found, f)
	}
	return found
}

// importedSPU is the block that would declare a product. The places of its
// values name the attribute, the product and the SKU.
func importedSPU(s *SPU, index int) *node {
	n := imported(&spuSpec, s.OutProductID, index, -1)
	n.set("title", s.Title)
	n.set("path", s.Path)
	n.set("category", s.Category)
	n.set("head_img", n.pictures("head_img", s.HeadImg))
	if len(s.QualificationPics) > 0 {
		n.set("qualification_pics", n.pictures("qualification_pics", s.QualificationPics))
	}
	if s.DescInfo.Desc != "" || len(s.DescInfo.Imgs) > 0 {
		d := imported(&descSpec, "", index, -1)
		d.set("desc", s.DescInfo.Desc)
		d.set("imgs", d.pictures("imgs", s.DescInfo.Imgs))
		n.nodes = append(n.nodes, d)
	}
	for i := range s.SKUs {
		n.nodes = append(n.nodes, importedSKU(&s.SKUs[i], index, i))
	}
	return n
}

func importedSKU(s *SKU, product, index int) *node {
	n := imported(&skuSpec, s.OutSKUID, product, index)
	n.set("sale_price", s.SalePrice)
	n.set("market_price", s.MarketPrice)
	n.set("stock_num", s.StockNum)
	n.set("sku_code", s.SKUCode)
	n.set("sku_attrs", s.SKUAttrs)
	if pics := n.pictures("thumb_img", []Image{s.ThumbImg}); s.ThumbImg.Path+s.ThumbImg.URL != "" {
		n.set("thumb_img", pics[0])
	}
	return n
}

func imported(spec *BlockSpec, label string, product, sku int) *node {
	at := madeUp("", product, sku)
	return &node{spec: spec, label: label, at: at, header: at, values: map[string]value{}}
}

// madeUp is the place of an attribute of a product that stands in no file.
func madeUp(attr string, product, sku int) Range {
	at := Pos{Line: product, Column: sku + 1}
	return Range{File: attr, Start: at, End: at}
}

func (n *node) within(attr string) Range {
	at := n.header
	at.File = attr
	return at
}

func (n *node) set(name string, v any) {
	n.values[name] = value{v: v, at: spotOf(n.within(name)), ok: true}
}

func (n *node) pictures(name string, images []Image) []any {
	list := make([]any, len(images))
	for i, img := range images {
		list[i] = picture{name: img.Path + img.URL, at: spotOf(n.within(name))}
	}
	return list
}
