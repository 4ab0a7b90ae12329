package sheet

import (
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/intake"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// finish gives every product what the sheet leaves out.
func (a *assembler) finish() {
	for _, d := range a.drafts {
		if !a.isPresent(d) {
			a.useDefaults(d)
		}
		a.folder(d)
		a.required(d)
	}
}

func (a *assembler) useDefaults(d *draft) {
	for _, spec := range Fields {
		if text := a.defaults[string(spec.Name)]; text != "" && !spec.SKU {
			a.applyDefault(d, spec.Name, text)
		}
	}
	a.defaultSKUs(d)
}

// required complains of what every product must have and this one has not. The
// rules of the language see to the rest.
func (a *assembler) required(d *draft) {
	for _, field := range []Field{Title, Category, Path} {
		if valueOf(d.spu, -1, field) != "" && valueOf(d.spu, -1, field) != "0" || a.complainedOf(d, field) {
			continue
		}
		c, _ := a.header.column(field)
		a.complain(d, d.rows[0], c, "", empty(field))
	}
}

func empty(field Field) *complaint {
	return complain(lang.F("%[1]s is empty.", "%[2]s为空。", field, specOf(field).Header.ZH),
		lang.T("Fill the cell. If a formula stands there, save the file with a spreadsheet program first, so that its value is kept.", "请填写。若该格是公式，请先用表格软件打开并保存，使公式的值写入文件。"))
}

// complainedOf reports whether the sheet gave a value that was refused.
func (a *assembler) complainedOf(d *draft, field Field) bool {
	for i, c := range a.product {
		if c.Field == field && d.raw[i] != "" {
			return true
		}
	}
	return false
}

// applyDefault sets a field of a product for which the sheet has no value.
func (a *assembler) applyDefault(d *draft, field Field, text string) {
	for i, c := range a.product {
		if c.Field == field && d.raw[i] != "" || c.Field == field && d.pics[field] > 0 {
			return
		}
	}
	if wrong := a.set(d, Column{Field: field}, text, false); wrong != nil {
		a.complain(d, d.rows[0], Column{}, text, wrong)
	}
}

// defaultSKUs sets the fields of SKUs that have no column; empty cells have got
// their default already.
func (a *assembler) defaultSKUs(d *draft) {
	for _, spec := range Fields {
		text := a.defaults[string(spec.Name)]
		if _, has := a.header.column(spec.Name); text == "" || !spec.SKU || has {
			continue
		}
		for i := range d.spu.SKUs {
			if wrong := a.setSKU(d, &d.spu.SKUs[i], Column{Field: spec.Name, Arg: string(spec.Name)}, text, false); wrong != nil {
				a.complain(d, d.from[i], Column{}, text, wrong)
			}
			if spec.Name == SalePrice && d.spu.SKUs[i].MarketPrice == 0 {
				d.spu.SKUs[i].MarketPrice = d.spu.SKUs[i].SalePrice
			}
		}
	}
}

// folder takes the pictures of a product out of --pictures where the sheet names
// none, and gives SKUs without a picture the one named like them, or the first.
func (a *assembler) folder(d *draft) {
	s := d.spu
	head, detail := a.album.of(s.OutProductID)
	var rest []string
	for _, file := range head {
		if !a.forSKU(d, file) {
			rest = append(rest, file)
		}
	}
	if len(s.HeadImg) == 0 {
		s.HeadImg = a.takeAll(d, rest, HeadImg)
	}
	if len(s.DescInfo.Imgs) == 0 {
		s.DescInfo.Imgs = a.takeAll(d, detail, DescImgs)
	}
	for i := range s.SKUs {
		if sku := &s.SKUs[i]; sku.ThumbImg.Path+sku.ThumbImg.URL == "" && len(s.HeadImg) > 0 {
			sku.ThumbImg = s.HeadImg[0]
		}
	}
}

// forSKU gives a file to the SKUs that have its name as id, code or attribute.
// One with the product's own name is a main picture.
func (a *assembler) forSKU(d *draft, file string) bool {
	name, taken := stem(file), false
	if name == d.spu.OutProductID {
		return false
	}
	for i := range d.spu.SKUs {
		sku := &d.spu.SKUs[i]
		if sku.ThumbImg.Path+sku.ThumbImg.URL != "" || !isNamed(sku, name) {
			continue
		}
		img, wrong := a.album.take(d.spu.OutProductID, file)
		if wrong != nil {
			a.complain(d, d.from[i], Column{}, file, wrong)
			continue
		}
		sku.ThumbImg, taken = img, true
	}
	return taken
}

func isNamed(sku *schema.SKU, name string) bool {
	if name == sku.OutSKUID || name == sku.SKUCode && name != "" {
		return true
	}
	for _, attr := range sku.SKUAttrs {
		if attr.Value == name {
			return true
		}
	}
	return false
}

func (a *assembler) takeAll(d *draft, files []string, field Field) []schema.Image {
	var images []schema.Image
	for _, file := range files {
		img, wrong := a.album.take(d.spu.OutProductID, file)
		if wrong != nil {
			c, _ := a.header.column(field)
			a.complain(d, d.rows[0], c, file, wrong)
			continue
		}
		images = addImage(images, img)
	}
	return images
}

// check lets the rules of the language judge the products, and maps what they
// find back to cells.
func (a *assembler) check() error {
	spus := make([]*schema.SPU, len(a.drafts))
	for i, d := range a.drafts {
		spus[i] = d.spu
	}
	findings, err := schema.CheckSPUs(a.opt.Stage, spus, schema.CheckOptions{Tree: a.opt.Tree, Qualified: a.opt.Qualified, Images: a.opt.Images, Progress: a.opt.Checked})
	if err != nil {
		return err
	}
	said := a.complained()
	for _, f := range findings {
		a.finding(f, said)
	}
	return nil
}

// complained are the places that have a problem already: a price that could not
// be read is not also too low.
func (a *assembler) complained() map[string]bool {
	said := map[string]bool{}
	for _, p := range a.problems {
		said[p.Object+" "+p.Cell] = true
	}
	return said
}

// fieldOf names the column of an attribute where the two differ.
var fieldOf = map[string]Field{"desc": Desc, "imgs": DescImgs, "express_fee": ExpressFee, "unitfactor": UnitFactor}

// ofCatalog are the rules about what a sheet cannot hold: they make no product bad.
var ofCatalog = map[string]bool{"qualification-missing": true, "product-qualification": true}

func (a *assembler) finding(f schema.Finding, said map[string]bool) {
	d := a.drafts[f.SPU]
	field := Field(f.Attr)
	if other, ok := fieldOf[f.Attr]; ok {
		field = other
	}
	if field == noField {
		field = ProductID
		if f.SKU >= 0 {
			field = SKUID
		}
	}
	p := intake.Problem{
		Sheet: a.header.Sheet, Row: d.rows[0], Object: addressOf(d), Value: shortened(valueOf(d.spu, f.SKU, field)), Why: f.Why, Remedy: f.Remedy,
	}
	if f.SKU >= 0 && d.from[f.SKU] > 0 { // else the sheet does not name the SKU
		p.Row = d.from[f.SKU]
	}
	c, has := a.columnOf(field)
	if has {
		p.Cell = c.Name + strconv.Itoa(p.Row)
	} else if field == MarketPrice {
		return // it is the sale price, of which the same was said
	}
	switch {
	case p.Cell != "" && said[p.Object+" "+p.Cell], d.bad && f.Rule == "no-sku":
	case f.Severity == schema.SeverityWarning || ofCatalog[f.Rule]:
		a.warnings = append(a.warnings, p)
	default:
		d.bad = true
		a.problems = append(a.problems, p)
	}
}

// columnOf is the column that a field was read from; attributes have several forms.
func (a *assembler) columnOf(field Field) (Column, bool) {
	c, ok := a.header.column(field)
	if !ok && field == SKUAttrs {
		if c, ok = a.header.column(Attr); !ok {
			c, ok = a.header.column(AttrValue)
		}
	}
	return c, ok
}

// valueOf is what a field holds, for a report.
func valueOf(s *schema.SPU, sku int, field Field) string {
	if sku >= 0 {
		return skuValue(&s.SKUs[sku], field)
	}
	switch field {
	case ProductID:
		return s.OutProductID
	case Title:
		return s.Title
	case Path:
		return s.Path
	case Category:
		return s.Category.String()
	case Desc:
		return s.DescInfo.Desc
	case HeadImg:
		return pictureNames(s.HeadImg, ";")
	case DescImgs:
		return pictureNames(s.DescInfo.Imgs, ";")
	case QualPics:
		return pictureNames(s.QualificationPics, ";")
	}
	return ""
}

func skuValue(s *schema.SKU, field Field) string {
	switch field {
	case SKUID:
		return s.OutSKUID
	case SalePrice:
		return plainYuan(s.SalePrice)
	case MarketPrice:
		return plainYuan(s.MarketPrice)
	case StockNum:
		return strconv.FormatInt(s.StockNum, 10)
	case SKUCode:
		return s.SKUCode
	case Barcode:
		return s.Barcode
	case SKUAttrs:
		return attrText(s.SKUAttrs)
	case ThumbImg:
		return s.ThumbImg.Path + s.ThumbImg.URL
	}
	return ""
}

// plainYuan is a price without its sign: 990 fen is 9.90.
func plainYuan(f schema.Fen) string { return strings.Replace(f.String(), "¥", "", 1) }

func attrText(attrs []schema.Attr) string {
	var pairs []string
	for _, attr := range attrs {
		pairs = append(pairs, attr.Key+":"+attr.Value)
	}
	return strings.Join(pairs, ";")
}

func pictureNames(images []schema.Image, separator string) string {
	var names []string
	for _, img := range images {
		names = append(names, img.Path+img.URL)
	}
	return strings.Join(names, separator)
}
