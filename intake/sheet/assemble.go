package sheet

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// assembler makes products of rows. Rows with the same product id are one
// product; a row without one goes on with the product above it.
type assembler struct {
	src      source
	header   *Header
	opt      *Options
	defaults map[string]string
	album    *album
	embedded *embedded
	finder   *finder
	size     int  // rows of the sheet, about
	exact    bool // numbers are themselves, not what a program showed of them

	product []Column // columns of product fields
	sku     []Column // columns of SKU fields
	drafts  []*draft
	byID    map[string]*draft
	current *draft
	rows    int

	problems, warnings []intake.Problem
	badRows            map[int]bool
}

// draft is a product that is being read.
type draft struct {
	spu  *schema.SPU
	rows []int // of the sheet, without repetition
	from []int // the row of each SKU
	raw  []string
	bad  bool
	// pics counts the pictures that lay in cells of each field.
	pics map[Field]int
	// given are the fields that the sheet, or a default, has set.
	given map[Field]bool
}

// newDraft begins a product: as the catalog declares it, or from nothing.
func (a *assembler) newDraft(id string) *draft {
	d := &draft{spu: &schema.SPU{OutProductID: id, Listing: true}, raw: make([]string, len(a.product)), pics: map[Field]int{}, given: map[Field]bool{}}
	if present := a.opt.Present[id]; present != nil {
		clone := *present
		clone.SKUs = slices.Clone(present.SKUs)
		d.spu, d.from = &clone, make([]int, len(clone.SKUs))
		for _, img := range Pictures(present) {
			if img.Path != "" {
				a.album.link(img.Path) // the rules look at them again
			}
		}
	}
	return d
}

// isPresent reports whether the catalog declares the product, so that its SKUs
// and pictures are there before the sheet says anything.
func (a *assembler) isPresent(d *draft) bool { return a.opt.Present[d.spu.OutProductID] != nil }

// give notes that a field is set by the sheet. The pictures that the catalog had
// are replaced by the first that the sheet names.
func (a *assembler) give(d *draft, field Field) {
	if d.given[field] {
		return
	}
	d.given[field] = true
	switch field {
	case HeadImg:
		d.spu.HeadImg = nil
	case DescImgs:
		d.spu.DescInfo.Imgs = nil
	case QualPics:
		d.spu.QualificationPics = nil
	}
}

func newAssembler(src source, header *Header, opt *Options) (*assembler, error) {
	a := &assembler{src: src, header: header, opt: opt, byID: map[string]*draft{}, badRows: map[int]bool{}, finder: newFinder(opt)}
	m := opt.mapping()
	a.defaults = Defaults(m.Defaults)
	if m.PathTemplate != "" {
		a.defaults[string(Path)] = m.PathTemplate
	}
	_, isCSV := src.(*csvSource)
	a.exact = !isCSV
	a.size = src.size(header.Sheet)
	for _, spec := range Fields {
		for _, c := range header.of(spec.Name) {
			switch {
			case spec.Name == Ignored:
			case spec.SKU:
				a.sku = append(a.sku, c)
			default:
				a.product = append(a.product, c)
			}
		}
	}
	// Attributes come in the order of the sheet, whatever the form of their columns.
	slices.SortStableFunc(a.sku, func(x, y Column) int { return x.Index - y.Index })
	var err error
	if a.embedded, err = src.pictures(header.Sheet); err != nil {
		return nil, err
	}
	a.album, err = newAlbum(opt)
	return a, err
}

// missingColumns reports what no product of the sheet can have.
func (a *assembler) missingColumns() {
	for _, spec := range Fields {
		if _, has := a.header.column(spec.Name); !spec.Required || has || a.defaults[string(spec.Name)] != "" {
			continue
		}
		if spec.Name == HeadImg && a.opt.Pictures != "" {
			continue
		}
		remedy := lang.F(`Name the column as in docs/import.md, map it (--map mapping.hcl), or give a value for all: --default %s=...`, `请按 docs/import.zh-CN.md 命名该列，用 --map mapping.hcl 指定，或为所有商品给出值：--default %s=...`, spec.Name)
		if spec.Name == Path {
			remedy = lang.T(`Say how pages are named: --path-template "pages/product/detail?id={id}"`, `请给出页面路径的规律：--path-template "pages/product/detail?id={id}"`)
		}
		a.problems = append(a.problems, intake.Problem{
			Sheet: a.header.Sheet, Row: a.header.Row,
			Why:    lang.F("There is no column for %s (%s).", "缺少“%[2]s”列（%[1]s）。", spec.Name, spec.Header.ZH),
			Remedy: remedy,
		})
	}
}

// progressEvery is how many rows lie between two calls of Progress.
const progressEvery = 100

func (a *assembler) row(r *row) {
	a.rows++
	if a.opt.Progress != nil && a.rows%progressEvery == 0 {
		total := a.size
		if total < a.rows { // some writers do not say how many there are
			total = 0
		}
		a.opt.Progress(a.rows, total)
	}
	d := a.draftOf(r)
	if d == nil {
		return
	}
	if n := len(d.rows); n == 0 || d.rows[n-1] != r.number {
		d.rows = append(d.rows, r.number)
	}
	a.current = d
	for i, c := range a.product {
		a.productCell(d, i, c, r)
	}
	a.skus(d, r)
}

// totals are what stands in the first cell of a row that sums the others up.
var totals = map[string]bool{"合计": true, "总计": true, "小计": true, "total": true, "sum": true}

// draftOf is the product of a row, nil when it belongs to none.
func (a *assembler) draftOf(r *row) *draft {
	id, c, given := "", Column{}, false
	if c, given = a.header.column(ProductID); given {
		text, wrong := plain(r.cell(c.Index))
		if wrong == nil {
			id, wrong = identifier(text, r.dates[c.Index], a.exact)
		}
		if wrong != nil {
			a.complain(nil, r.number, c, r.cell(c.Index), wrong)
			a.badRows[r.number] = true
			return nil
		}
	}
	switch d := a.byID[id]; {
	case totals[strings.ToLower(strings.TrimSpace(r.cell(0)))] && a.title(r) == "":
		a.rows--
		return nil
	case id == "" && a.current != nil && a.title(r) == "":
		return a.current
	case id == "":
		a.complain(nil, r.number, c, "", complain(lang.T("The product id is empty.", "商品编码为空。"), lang.T("Give the product an id of your own.", "请填写商品编码。")))
		a.badRows[r.number] = true
		return nil
	case d != nil:
		return d
	}
	d := a.newDraft(id)
	a.byID[id] = d
	a.drafts = append(a.drafts, d)
	return d
}

func (a *assembler) title(r *row) string {
	c, ok := a.header.column(Title)
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.cell(c.Index))
}

// complain notes a problem of a cell; the product it belongs to cannot be taken.
func (a *assembler) complain(d *draft, number int, c Column, value string, wrong *complaint) {
	p := intake.Problem{Sheet: a.header.Sheet, Row: number, Value: shortened(value), Why: wrong.why, Remedy: wrong.remedy}
	if c.Name != "" {
		p.Cell = c.Name + strconv.Itoa(number)
	}
	if d != nil {
		p.Object = addressOf(d)
		d.bad = true
	}
	a.problems = append(a.problems, p)
}

func addressOf(d *draft) string {
	return schema.Address{Kind: schema.KindSPU, Name: d.spu.OutProductID}.String()
}

// productCell takes a cell of a product's column. Rows of one product say the
// same or nothing; only pictures add up.
func (a *assembler) productCell(d *draft, i int, c Column, r *row) {
	pics, text := a.embedded.at(place{c.Index, r.number}, r.cell(c.Index))
	for _, pic := range pics {
		a.embed(d, c, r.number, pic)
	}
	whole := text
	text, wrong := plain(text)
	if c.Field == Desc && text != "" {
		text = strings.ReplaceAll(whole, "\r\n", "\n") // an empty line at its end is part of it
	}
	switch {
	case wrong != nil:
		d.raw[i] = r.cell(c.Index)
		a.complain(d, r.number, c, r.cell(c.Index), wrong)
	case text == "" || text == d.raw[i]:
	case d.raw[i] != "" && !specOf(c.Field).Many:
		a.complain(d, r.number, c, text, complain(lang.F("Row %d says %q of the same product.", "第 %d 行对同一商品写的是 %q。", d.rows[0], shortened(d.raw[i])),
			lang.T("Write the same in all rows of a product, or only in its first.", "同一商品的各行请写成一致，或只写第一行。")))
	default:
		d.raw[i] = text
		if wrong := a.set(d, c, text, r.dates[c.Index]); wrong != nil {
			a.complain(d, r.number, c, text, wrong)
		}
	}
}

// set gives a product the value of a cell, or a default.
func (a *assembler) set(d *draft, c Column, text string, date bool) (wrong *complaint) {
	s := d.spu
	a.give(d, c.Field)
	switch c.Field {
	case Title:
		s.Title = text
	case Path:
		s.Path = strings.ReplaceAll(text, "{id}", s.OutProductID)
	case Category:
		s.Category, wrong = a.finder.category(text)
	case Brand:
		s.Brand, wrong = a.finder.brand(text)
	case HeadImg:
		s.HeadImg, wrong = a.addPictures(d, s.HeadImg, text)
	case DescImgs:
		s.DescInfo.Imgs, wrong = a.addPictures(d, s.DescInfo.Imgs, text)
	case QualPics:
		s.QualificationPics, wrong = a.addPictures(d, s.QualificationPics, text)
	case Desc:
		s.DescInfo.Desc = text
	case Listing:
		s.Listing, wrong = onShelf(text)
	case InfoVersion:
		s.InfoVersion = text
	case Stock, OnRemove, InReview:
		wrong = treatment(s, c.Field, text)
	default:
		wrong = component(&s.Component, c.Field, text, date)
	}
	return wrong
}

// treatment reads how a product is to be treated; the words are the language's.
func treatment(s *schema.SPU, field Field, text string) *complaint {
	allowed := map[Field][]string{
		Stock:    {"managed"},
		OnRemove: {string(schema.OnRemoveDelist), string(schema.OnRemoveDelete), string(schema.OnRemoveForget)},
		InReview: {string(schema.InReviewWithdraw), string(schema.InReviewWait)},
	}[field]
	if !slices.Contains(allowed, text) {
		words := strings.Join(allowed, ", ")
		return complain(lang.T("This is none of the words that may stand here.", "取值不在允许范围内。"), lang.F("Write one of: %s.", "可用的值：%s。", words))
	}
	switch field {
	case Stock:
		s.StockManaged = true
	case OnRemove:
		s.OnRemove = schema.OnRemove(text)
	case InReview:
		s.InReview = schema.InReview(text)
	}
	return nil
}

// component reads the members that only the custom trading component has.
func component(c *schema.Component, field Field, text string, date bool) (wrong *complaint) {
	switch field {
	case DirectPath:
		c.DirectPath = text
	case Supplier:
		c.Supplier = text
	case ExpressFee:
		var fee schema.Fen
		fee, wrong = yuan(text, date)
		c.ExpressFee = &fee
	case ProductType:
		c.ProductType = text
	case SellTime:
		c.SellTime = text
	case PickUpType:
		c.PickUpType = values(text)
	case UnitName:
		c.UnitName = text
	case UnitFactor:
		var n int64
		n, wrong = pieces(text, date)
		c.UnitFactor = int(n)
	}
	return wrong
}

func (a *assembler) addPictures(d *draft, images []schema.Image, text string) ([]schema.Image, *complaint) {
	for _, name := range a.album.names(d.spu.OutProductID, text) {
		img, wrong := a.album.find(d.spu.OutProductID, name)
		if wrong != nil {
			return images, wrong
		}
		images = addImage(images, img)
	}
	return images, nil
}

func addImage(images []schema.Image, img schema.Image) []schema.Image {
	same := func(i schema.Image) bool { return i.Path == img.Path && i.URL == img.URL }
	if slices.ContainsFunc(images, same) {
		return images
	}
	return append(images, img)
}

// stems begin the names of pictures that are taken out of a sheet.
var stems = map[Field]string{HeadImg: "", DescImgs: "d", QualPics: "q", ThumbImg: "sku"}

// embed takes a picture out of a cell of a product.
func (a *assembler) embed(d *draft, c Column, number int, pic picture) {
	stem, isPictures := stems[c.Field]
	if !isPictures {
		return
	}
	d.pics[c.Field]++
	a.give(d, c.Field)
	img, wrong := a.album.embed(d.spu.OutProductID, stem+strconv.Itoa(d.pics[c.Field]), pic)
	if wrong != nil {
		a.complain(d, number, c, pic.name, wrong)
		return
	}
	switch c.Field {
	case HeadImg:
		d.spu.HeadImg = addImage(d.spu.HeadImg, img)
	case DescImgs:
		d.spu.DescInfo.Imgs = addImage(d.spu.DescInfo.Imgs, img)
	case QualPics:
		d.spu.QualificationPics = addImage(d.spu.QualificationPics, img)
	}
}
