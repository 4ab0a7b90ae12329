package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
)

// Line is one product of an export, with what the shop says of it.
type Line struct {
	SPU            *schema.SPU
	Status, Review lang.Text
	Reason         string // the reviewer's, or what stands in the way
	Rejected       bool
	// InShop are the prices that buyers see now, by out_sku_id.
	InShop map[string]schema.Fen
}

// ExportOptions say how a catalog is written into a workbook.
type ExportOptions struct {
	Lang lang.Lang
	// PerProduct writes one row for each product, with a line for each SKU in the
	// cells of SKU columns; otherwise each SKU has a row.
	PerProduct bool
	// Open opens a picture that is a file; nil for no thumbnails.
	Open   func(key schema.ImageKey) (io.ReadCloser, error)
	Brands map[string]*schema.Brand
	Tree   *schema.CategoryTree
	// Facts stand on the hidden sheet: where the export comes from.
	Facts [][2]string
	// Progress is called after every product; nil for none.
	Progress func(done, total int)
}

// The names of the sheets of an export. That of the facts is hidden.
const factsSheet = "_shopctl"

// formatVersion is that of the export's form.
const formatVersion = "1"

var productsSheet = lang.T("Products", "商品")

// exporter is one export.
type exporter struct {
	opt    *ExportOptions
	book   *excelize.File
	sheet  string
	stream *excelize.StreamWriter
	finder *finder
	cols   []outColumn
	styles styles
	thumbs *thumbnails
	row    int
}

// outColumn is one column of an export: what it shows of a product, or of a SKU.
type outColumn struct {
	header  string
	width   float64
	product func(*Line) any
	sku     func(*Line, *schema.SKU) any
}

// Export writes products into a workbook: see docs/import.md for its form. The
// workbook can be imported again.
func Export(w io.Writer, lines []Line, opt ExportOptions) (err error) {
	x := &exporter{opt: &opt, book: excelize.NewFile(), sheet: productsSheet.In(opt.Lang), finder: newFinder(&Options{Tree: opt.Tree, Brands: opt.Brands})}
	defer func() { err = errors.Join(err, x.book.Close()) }()
	x.columns(lines)
	if err := x.begin(); err != nil {
		return err
	}
	for i := range lines {
		if err := x.line(&lines[i]); err != nil {
			return fmt.Errorf("%s: %w", lines[i].SPU.OutProductID, err)
		}
		if opt.Progress != nil {
			opt.Progress(i+1, len(lines))
		}
	}
	if err := x.stream.Flush(); err != nil {
		return err
	}
	if err := x.facts(); err != nil {
		return err
	}
	return x.book.Write(w)
}

// begin writes the header and fixes it in place.
func (x *exporter) begin() (err error) {
	if err = x.book.SetSheetName("Sheet1", x.sheet); err != nil {
		return err
	}
	if x.styles, err = newStyles(x.book); err != nil {
		return err
	}
	if x.stream, err = x.book.NewStreamWriter(x.sheet); err != nil {
		return err
	}
	header := make([]any, len(x.cols))
	for i, c := range x.cols {
		header[i] = excelize.Cell{StyleID: x.styles.header, Value: c.header}
		if err := x.stream.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	panes := &excelize.Panes{Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight"}
	if err := x.stream.SetPanes(panes); err != nil {
		return err
	}
	if x.opt.Open != nil {
		x.thumbs = &thumbnails{open: x.opt.Open, made: map[schema.ImageKey][]byte{}}
	}
	x.row = 1
	return x.stream.SetRow("A1", header)
}

// line writes a product, in one row or in one for each SKU.
func (x *exporter) line(l *Line) error {
	if x.opt.PerProduct {
		return x.write(l, l.SPU.SKUs, headPicture(l.SPU))
	}
	for i := range l.SPU.SKUs {
		if err := x.write(l, l.SPU.SKUs[i:i+1], l.SPU.SKUs[i].ThumbImg); err != nil {
			return err
		}
	}
	return nil
}

func headPicture(s *schema.SPU) schema.Image {
	if len(s.HeadImg) == 0 {
		return schema.Image{}
	}
	return s.HeadImg[0]
}

// maxCell is how many characters (UTF-16 units) a cell of a workbook holds.
const maxCell = excelize.TotalCellChars

func (x *exporter) write(l *Line, skus []schema.SKU, picture schema.Image) error {
	x.row++
	style := x.styles.plain
	if l.Rejected {
		style = x.styles.rejected
	}
	cells := make([]any, len(x.cols))
	for i, c := range x.cols {
		value := c.value(l, skus)
		text, isText := value.(string)
		if isText && utf8.RuneCountInString(text) > maxCell/2 {
			return fmt.Errorf("%s: %d characters do not fit into a cell", c.header, utf8.RuneCountInString(text))
		}
		cell := excelize.Cell{StyleID: style.text, Value: value}
		if !isText {
			cell.StyleID = style.price
		}
		cells[i] = cell
	}
	var options []excelize.RowOpts
	if x.thumbs != nil {
		options = append(options, excelize.RowOpts{Height: thumbRow})
		if err := x.thumbs.place(x.book, x.sheet, x.row, picture); err != nil {
			return err
		}
	}
	return x.stream.SetRow(cellName(0, x.row), cells, options...)
}

// value is what a column shows of a row. Several SKUs make as many lines, or one
// where all say the same.
func (c *outColumn) value(l *Line, skus []schema.SKU) any {
	if c.product != nil {
		return c.product(l)
	}
	if len(skus) == 0 {
		return ""
	}
	first := c.sku(l, &skus[0])
	lines := make([]string, len(skus))
	same := true
	for i := range skus {
		v := c.sku(l, &skus[i])
		same = same && v == first
		lines[i] = cellText(v)
	}
	if same {
		return first
	}
	return strings.Join(lines, "\n")
}

func cellText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return fmt.Sprint(v)
}

// facts writes where the export comes from, for whoever finds the file later.
func (x *exporter) facts() error {
	if _, err := x.book.NewSheet(factsSheet); err != nil {
		return err
	}
	facts := append([][2]string{{"format", formatVersion}, {"exported_at", time.Now().Format(time.RFC3339)}}, x.opt.Facts...)
	for i, f := range facts {
		if err := x.book.SetSheetRow(factsSheet, cellName(0, i+1), &[]any{f[0], f[1]}); err != nil {
			return err
		}
	}
	return x.book.SetSheetVisible(factsSheet, false)
}

// columns chooses the columns: those that every catalog needs, and those that
// some product of this one needs.
func (x *exporter) columns(lines []Line) {
	l := x.opt.Lang
	if x.opt.Open != nil {
		x.cols = append(x.cols, outColumn{header: lang.T("Thumbnail", "缩略图").In(l), width: 10, product: func(*Line) any { return "" }})
	}
	for i := range Fields {
		spec := &Fields[i]
		switch spec.Name {
		case SKUAttrs:
			x.attributes(lines)
		case AttrName, AttrValue, Attr, Ignored:
		default:
			x.column(spec, lines)
		}
	}
	add := func(header lang.Text, width float64, product func(*Line) any) {
		x.cols = append(x.cols, outColumn{header: header.In(l), width: width, product: product})
	}
	add(specOf(Ignored).Header, 14, func(p *Line) any { return p.Status.In(l) })
	add(lang.T("Review", "审核结果"), 12, func(p *Line) any { return p.Review.In(l) })
	add(lang.T("Reason", "审核原因"), 40, func(p *Line) any { return p.Reason })
	x.cols = append(x.cols, outColumn{header: lang.T("Price in shop", "线上售价").In(l), width: 12, sku: func(p *Line, s *schema.SKU) any {
		if price, ok := p.InShop[s.OutSKUID]; ok {
			return yuanNumber(price)
		}
		return ""
	}})
}

// seldom are the fields that get a column only when some product has a value.
var seldom = []Field{QualPics, InfoVersion, Stock, OnRemove, InReview, DirectPath, Supplier, ExpressFee, ProductType, SellTime, PickUpType, UnitName, UnitFactor}

var widths = map[Field]float64{Title: 36, Category: 24, SKUAttrs: 24, HeadImg: 30, DescImgs: 30, Desc: 30, Path: 30}

func (x *exporter) column(spec *FieldSpec, lines []Line) {
	c := outColumn{header: spec.Header.In(x.opt.Lang), width: 14}
	if w, ok := widths[spec.Name]; ok {
		c.width = w
	}
	if spec.SKU {
		c.sku = func(_ *Line, s *schema.SKU) any { return skuCell(s, spec.Name) }
	} else {
		c.product = func(l *Line) any { return x.productCell(l.SPU, spec.Name) }
	}
	unused := func(l Line) bool { return c.product == nil || c.product(&l) == "" }
	if slices.Contains(seldom, spec.Name) && !slices.ContainsFunc(lines, func(l Line) bool { return !unused(l) }) {
		return
	}
	x.cols = append(x.cols, c)
}

func skuCell(s *schema.SKU, field Field) any {
	switch field {
	case SalePrice:
		return yuanNumber(s.SalePrice)
	case MarketPrice:
		if s.MarketPrice == s.SalePrice { // as import takes an empty cell
			return ""
		}
		return yuanNumber(s.MarketPrice)
	case StockNum:
		return strconv.FormatInt(s.StockNum, 10)
	}
	return skuValue(s, field)
}

// yuanNumber is a price as a number of a sheet. Up to 10^13 fen every price has
// a number of its own.
func yuanNumber(f schema.Fen) float64 { return float64(f) / 100 }

// productCell is what import reads back as the same value.
func (x *exporter) productCell(s *schema.SPU, field Field) any {
	switch field {
	case Category:
		return x.categoryCell(s.Category)
	case Brand:
		return x.brandCell(s.Brand)
	case Listing:
		if s.Listing {
			return lang.T("yes", "上架").In(x.opt.Lang)
		}
		return lang.T("no", "下架").In(x.opt.Lang)
	case HeadImg:
		return pictureNames(s.HeadImg, "\n")
	case DescImgs:
		return pictureNames(s.DescInfo.Imgs, "\n")
	case QualPics:
		return pictureNames(s.QualificationPics, "\n")
	case InfoVersion:
		return s.InfoVersion
	case Stock:
		if s.StockManaged {
			return "managed"
		}
		return ""
	case OnRemove:
		return string(s.OnRemove)
	case InReview:
		return string(s.InReview)
	}
	if v := componentCell(&s.Component, field); v != nil {
		return v
	}
	return valueOf(s, -1, field)
}

func componentCell(c *schema.Component, field Field) any {
	switch field {
	case DirectPath:
		return c.DirectPath
	case Supplier:
		return c.Supplier
	case ExpressFee:
		if c.ExpressFee == nil {
			return ""
		}
		return yuanNumber(*c.ExpressFee)
	case ProductType:
		return c.ProductType
	case SellTime:
		return c.SellTime
	case PickUpType:
		return strings.Join(c.PickUpType, ";")
	case UnitName:
		return c.UnitName
	case UnitFactor:
		if c.UnitFactor == 0 {
			return ""
		}
		return strconv.Itoa(c.UnitFactor)
	}
	return nil
}

// categoryCell is the path of a leaf where that leads back to it, else its id.
func (x *exporter) categoryCell(ref schema.CategoryRef) any {
	if x.opt.Tree != nil {
		if leaf, ok := x.opt.Tree.Lookup(ref.ID); ok {
			if back, wrong := x.finder.category(leaf.Path()); wrong == nil && back.ID == ref.ID {
				return leaf.Path()
			}
		}
	}
	return ref.String()
}

// brandCell is the wording of a brand where that leads back to it, else its address.
func (x *exporter) brandCell(ref schema.BrandRef) any {
	if brand := x.opt.Brands[strings.TrimPrefix(string(ref), "brand.")]; brand != nil {
		if back, wrong := x.finder.brand(brand.BrandWording); wrong == nil && back == ref {
			return brand.BrandWording
		}
	}
	return string(ref)
}

// attributes writes the attributes of a SKU into one column, unless some could
// not be read back from it: then each gets a column for its name and one for its
// value.
func (x *exporter) attributes(lines []Line) {
	most, safe := 0, true
	for _, l := range lines {
		for _, sku := range l.SPU.SKUs {
			back, wrong := attributes(attrText(sku.SKUAttrs), "")
			most, safe = max(most, len(sku.SKUAttrs)), safe && wrong == nil && slices.Equal(back, sku.SKUAttrs)
		}
	}
	if safe {
		x.column(specOf(SKUAttrs), nil)
		return
	}
	for i := range most {
		number := strconv.Itoa(i + 1)
		name := strings.Replace(specOf(AttrName).Header.In(x.opt.Lang), "#", number, 1)
		value := strings.Replace(specOf(AttrValue).Header.In(x.opt.Lang), "#", number, 1)
		x.cols = append(x.cols,
			outColumn{header: name, width: 14, sku: func(_ *Line, s *schema.SKU) any { return attrAt(s, i).Key }},
			outColumn{header: value, width: 18, sku: func(_ *Line, s *schema.SKU) any { return attrAt(s, i).Value }})
	}
}

func attrAt(s *schema.SKU, i int) schema.Attr {
	if i < len(s.SKUAttrs) {
		return s.SKUAttrs[i]
	}
	return schema.Attr{}
}
