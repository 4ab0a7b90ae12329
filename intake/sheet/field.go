package sheet

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/shopctl/shopctl/lang"
)

// Field is what a column can hold. Fields are named as in the language.
type Field string

// The fields of a product, and those of a SKU.
const (
	ProductID    Field = "out_product_id"
	Title        Field = "title"
	Path         Field = "path"
	Category     Field = "category"
	Brand        Field = "brand"
	HeadImg      Field = "head_img"
	DescImgs     Field = "desc_info.imgs"
	Desc         Field = "desc_info.desc"
	QualPics     Field = "qualification_pics"
	Listing      Field = "listing"
	InfoVersion  Field = "info_version"
	Stock        Field = "stock"
	OnRemove     Field = "on_remove"
	InReview     Field = "in_review"
	DirectPath   Field = "component.direct_path"
	Supplier     Field = "component.supplier"
	ExpressFee   Field = "component.express_fee"
	ProductType  Field = "component.product_type"
	SellTime     Field = "component.sell_time"
	PickUpType   Field = "component.pick_up_type"
	UnitName     Field = "component.unitname"
	UnitFactor   Field = "component.unitfactor"
	SKUID        Field = "out_sku_id"
	ThumbImg     Field = "thumb_img"
	SalePrice    Field = "sale_price"
	MarketPrice  Field = "market_price"
	StockNum     Field = "stock_num"
	SKUCode      Field = "sku_code"
	Barcode      Field = "barcode"
	SKUAttrs     Field = "sku_attrs"
	AttrName     Field = "attr_name"  // attr_name:N, the name of the Nth attribute
	AttrValue    Field = "attr_value" // attr_value:N, its value
	Attr         Field = "attr"       // attr:NAME, a column of its own for one attribute
	Ignored      Field = "ignored"    // what export adds for people, and what an author wants left out
	noField      Field = ""
	argSeparator       = ":"
)

// FieldSpec describes one field: the importer recognises its columns by it, the
// exporter writes its header from it, and docs/import.md prints it.
type FieldSpec struct {
	Name Field
	SKU  bool // of a SKU; otherwise of the product
	Many bool // several values in one cell, or several numbered columns
	// Required fields need a column or a default.
	Required bool
	// Header is what export writes.
	Header lang.Text
	// Aliases are the other names, as they are compared: see normal. A # stands
	// for a number. Of several columns with one field, the earlier alias wins.
	Aliases []string
	Doc     lang.Text
}

// Fields are all fields, in the order in which export writes them.
var Fields = []FieldSpec{
	{Name: ProductID, Required: true, Header: lang.T("Product ID", "商品编码"),
		Aliases: []string{"out_product_id", "商品id", "商品编号", "商品款号", "款号", "款式编码", "spu", "spu编码", "spuid", "spu_id", "外部商品id", "productid", "productcode", "itemid", "产品编码", "产品编号", "产品款号", "商品代码", "货品编码", "货品编号", "货号", "商品货号", "产品货号", "商家编码", "商品商家编码", "宝贝id", "编码", "编号", "id"},
		Doc:     lang.T("The merchant's id of the product. Rows with the same id are SKUs of one product.", "商品的商家编码。编码相同的各行是同一商品的不同规格。")},
	{Name: Title, Required: true, Header: lang.T("Title", "商品标题"),
		Aliases: []string{"title", "商品名称", "商品名", "标题", "名称", "品名", "宝贝标题", "宝贝名称", "产品名称", "产品标题", "产品名", "货品名称", "productname", "producttitle", "itemname", "name"},
		Doc:     lang.T("What buyers read first.", "商品标题。")},
	{Name: Category, Required: true, Header: lang.T("Category", "类目"),
		Aliases: []string{"category", "商品类目", "类目id", "类目编号", "三级类目", "末级类目", "叶子类目", "类目名称", "类目路径", "分类", "商品分类", "宝贝类目", "所属类目", "third_cat_id", "categoryid", "categorypath"},
		Doc:     lang.T("A name path with /, > or - between the levels, the name of a leaf where only one has it, or the leaf's id.", "名称路径（层级间用 /、> 或 -），唯一的末级类目名称，或末级类目编号。")},
	{Name: Brand, Header: lang.T("Brand", "品牌"),
		Aliases: []string{"brand", "商品品牌", "品牌名称", "品牌名", "brandname", "brand_id"},
		Doc:     lang.T("The wording or the block name of a brand that the catalog declares; empty, 无 or 无品牌 for none.", "目录中已声明品牌的名称或块名；留空、“无”或“无品牌”表示无品牌。")},
	{Name: SKUID, SKU: true, Header: lang.T("SKU ID", "SKU编码"),
		Aliases: []string{"out_sku_id", "skuid", "sku_id", "sku", "规格编码", "规格id", "规格编号", "sku编号", "skucode", "外部skuid", "单品编码", "规格商家编码"},
		Doc:     lang.T("The merchant's id of the SKU. Left out: the product id, with the attributes' values behind it where there are any.", "规格的商家编码。省略时用商品编码，有规格时再加上规格值。")},
	{Name: SKUAttrs, SKU: true, Header: lang.T("Specification", "规格"),
		Aliases: []string{"sku_attrs", "规格属性", "销售属性", "商品规格", "规格名称", "规格型号", "sku属性", "sku规格", "属性", "spec", "specs", "specification", "options", "规格#", "销售属性#"},
		Doc:     lang.T("All attributes in one cell: 颜色:红;尺码:XL. Full-width ： and ； will do. Several columns are joined.", "全部规格写在一格：颜色:红;尺码:XL，也可用全角：；。可有多列。")},
	{Name: AttrName, SKU: true, Header: lang.T("Attribute # name", "规格#名"),
		Aliases: []string{"规格#名称", "规格名#", "规格名称#", "规格项#", "属性#名", "属性#名称", "属性名#", "属性名称#", "option#name", "attr#name", "attr_name#", "attribute#name", "spec#name"},
		Doc:     lang.T("The name of the first, second ... attribute, beside its value.", "第 # 个规格的名称，与其值各占一列。")},
	{Name: AttrValue, SKU: true, Header: lang.T("Attribute # value", "规格#值"),
		Aliases: []string{"规格值#", "规格#属性值", "属性#值", "属性值#", "option#value", "attr#value", "attr_value#", "attribute#value", "spec#value"},
		Doc:     lang.T("Its value.", "对应的规格值。")},
	{Name: Attr, SKU: true, Header: lang.T("attr:NAME", "attr:名称"),
		Aliases: []string{"颜色", "颜色分类", "选择颜色", "尺码", "尺寸", "鞋码", "款式", "套餐", "选择套装", "套装", "口味", "香型", "容量", "净含量", "包装", "版本", "型号", "color", "colour", "size", "flavour", "flavor", "style"},
		Doc:     lang.T("A column of its own for one attribute: the header is its name.", "单个规格独占一列：表头即规格名。")},
	{Name: SalePrice, SKU: true, Required: true, Header: lang.T("Price", "售价"),
		Aliases: []string{"sale_price", "价格", "销售价", "销售价格", "单价", "现价", "零售价", "售卖价", "商品价格", "拼单价", "到手价", "直播价", "活动价", "sku价格", "一口价", "saleprice", "sellingprice"},
		Doc:     lang.T("In yuan, at most two decimals; 9.9, ¥9.90, 1,299.00.", "单位元，最多两位小数；可写 9.9、¥9.90、1,299.00。")},
	{Name: MarketPrice, SKU: true, Header: lang.T("Market price", "划线价"),
		Aliases: []string{"market_price", "市场价", "市场价格", "原价", "吊牌价", "专柜价", "建议零售价", "marketprice", "listprice", "originalprice", "compareatprice"},
		Doc:     lang.T("The price shown crossed out; left out: the price.", "划线价；省略时与售价相同。")},
	{Name: StockNum, SKU: true, Required: true, Header: lang.T("Stock", "库存"),
		Aliases: []string{"stock_num", "库存数", "库存数量", "库存量", "可用库存", "可售库存", "实际库存", "现货库存", "商品库存", "总库存", "sku库存", "数量", "quantity", "qty", "inventory"},
		Doc:     lang.T("Pieces, from 1. Sent on creation; afterwards stock belongs to the shop.", "件数，不小于 1。仅在创建商品时提交，之后由店铺管理。")},
	{Name: SKUCode, SKU: true, Header: lang.T("Merchant code", "规格商家编码"),
		Aliases: []string{"sku_code", "商家编码", "sku商家编码", "货号", "商品货号", "sku货号", "外部编码", "merchantcode"},
		Doc:     lang.T("The merchant's code of the SKU. 商家编码 and 货号 are the product id in sheets that have no other column for it.", "规格的商家编码。表中没有其他商品编码列时，“商家编码”“货号”视为商品编码。")},
	{Name: Barcode, SKU: true, Header: lang.T("Barcode", "条码"),
		Aliases: []string{"barcode", "条形码", "商品条码", "商品条形码", "国际条码", "69码", "ean", "ean13", "upc", "gtin"},
		Doc:     lang.T("The bar code. A number keeps all its digits.", "条形码。以数字保存时保留全部位数。")},
	{Name: HeadImg, Many: true, Required: true, Header: lang.T("Main pictures", "主图"),
		Aliases: []string{"head_img", "商品主图", "主图#", "主图链接", "主图地址", "商品主图#", "图片", "商品图片", "图片#", "商品图片#", "图片链接", "图片地址", "封面图", "轮播图", "轮播图#", "宝贝图片", "产品图", "产品图片", "产品主图", "样图", "照片", "图", "首图", "封面", "image", "images", "image#", "mainimage", "mainimages", "mainpicture#", "picture", "pictures"},
		Doc:     lang.T("URLs, file names in --pictures DIR, paths in the catalog, or pictures placed in the cell; several with line breaks, ; or , between them, or in numbered columns.", "网址、--pictures 目录中的文件名、目录内的路径，或直接插入单元格的图片；多个之间用换行、; 或 , 分隔，也可用编号的多列。")},
	{Name: ThumbImg, SKU: true, Header: lang.T("SKU picture", "SKU图"),
		Aliases: []string{"thumb_img", "sku图片", "规格图", "规格图片", "颜色图", "颜色图片", "sku主图", "skuimage", "variantimage", "thumb"},
		Doc:     lang.T("The picture of the SKU; left out: the first main picture.", "规格图片；省略时用第一张主图。")},
	{Name: Desc, Header: lang.T("Description", "详情"),
		Aliases: []string{"desc_info.desc", "desc", "描述", "商品描述", "商品详情", "详情描述", "文字详情", "宝贝描述", "商品介绍", "description", "detail"},
		Doc:     lang.T("The text of the detail page.", "图文详情的文字。")},
	{Name: DescImgs, Many: true, Header: lang.T("Detail pictures", "详情图"),
		Aliases: []string{"desc_info.imgs", "desc_imgs", "详情图#", "详情图片", "详情图片#", "商品详情图", "描述图片", "详情页图片", "detailimage", "detailimages", "detailimage#", "detailpicture#"},
		Doc:     lang.T("The pictures of the detail page; as main pictures.", "详情页图片，写法同主图。")},
	{Name: QualPics, Many: true, Header: lang.T("Product certificates", "商品资质图"),
		Aliases: []string{"qualification_pics", "商品资质", "资质图", "资质图片", "商品资质图#"},
		Doc:     lang.T("The product's own certificates; as main pictures.", "商品资质图片，写法同主图。")},
	{Name: Path, Required: true, Header: lang.T("Page", "页面路径"),
		Aliases: []string{"path", "小程序路径", "商品路径", "商品页面", "小程序页面", "页面", "商品详情页路径", "pagepath", "page"},
		Doc:     lang.T("The product's page in the Mini Program; mostly from --path-template.", "商品在小程序中的页面；通常由 --path-template 给出。")},
	{Name: Listing, Header: lang.T("On shelf", "上下架"),
		Aliases: []string{"listing", "上架", "是否上架", "上架状态", "商品状态", "销售状态", "状态", "上下架状态", "onshelf", "listed", "active"},
		Doc:     lang.T("上架, 下架, 是, 否, 1, 0, yes, no, true, false and the like; empty means on the shelf.", "上架、下架、是、否、1、0 等；留空表示上架。")},
	{Name: InfoVersion, Header: lang.T("info_version", "版本标记"), Aliases: []string{"info_version"},
		Doc: lang.T("The author's own version mark.", "自定义版本标记。")},
	{Name: Stock, Header: lang.T("Stock managed", "库存管理"), Aliases: []string{"stock_managed"},
		Doc: lang.T("managed: stock_num of the files is kept in the shop.", "managed 表示以文件中的 stock_num 为准。")},
	{Name: OnRemove, Header: lang.T("on_remove", "移除后"), Aliases: []string{"on_remove"},
		Doc: lang.T("delist, delete or forget, as in the language.", "delist、delete 或 forget，含义同目录语言。")},
	{Name: InReview, Header: lang.T("in_review", "审核中修改"), Aliases: []string{"in_review"},
		Doc: lang.T("withdraw or wait, as in the language.", "withdraw 或 wait，含义同目录语言。")},
	{Name: DirectPath, Header: lang.T("Direct page", "直接购买页"), Aliases: []string{"component.direct_path", "direct_path"},
		Doc: lang.T("The page that buys at once.", "直接购买页面路径。")},
	{Name: Supplier, Header: lang.T("Supplier", "供应商"), Aliases: []string{"component.supplier", "supplier", "供货商"},
		Doc: lang.T("The supplier.", "供应商。")},
	{Name: ExpressFee, Header: lang.T("Delivery fee", "运费"), Aliases: []string{"component.express_fee", "express_fee", "邮费", "快递费"},
		Doc: lang.T("The delivery fee in yuan.", "运费，单位元。")},
	{Name: ProductType, Header: lang.T("Product type", "商品类型"), Aliases: []string{"component.product_type", "product_type"},
		Doc: lang.T("1 pre-sale, 2 virtual voucher, 3 custom.", "1 预售，2 虚拟电子凭证，3 自定义。")},
	{Name: SellTime, Header: lang.T("Sale begins", "开售时间"), Aliases: []string{"component.sell_time", "sell_time"},
		Doc: lang.T("When the sale begins.", "开售时间。")},
	{Name: PickUpType, Many: true, Header: lang.T("Delivery", "配送方式"), Aliases: []string{"component.pick_up_type", "pick_up_type"},
		Doc: lang.T("1 express, 2 same city, 3 self-pickup, 4 dine-in; several with ; between them.", "1 快递，2 同城，3 自提，4 堂食；多个用 ; 分隔。")},
	{Name: UnitName, Header: lang.T("Unit", "单位"), Aliases: []string{"component.unitname", "unitname", "计量单位", "销售单位"},
		Doc: lang.T("The unit of sale.", "单位名称。")},
	{Name: UnitFactor, Header: lang.T("Pieces per unit", "单位换算"), Aliases: []string{"component.unitfactor", "unitfactor"},
		Doc: lang.T("Pieces per unit.", "单位换算。")},
	{Name: Ignored, Header: lang.T("Shop status", "店铺状态"),
		Aliases: []string{"缩略图", "原因", "审核结果", "审核原因", "线上售价", "序号", "picturepreview", "review", "reason", "priceinshop", "thumbnail", "no", "#"},
		Doc:     lang.T("What export adds for people, and row numbers. Nothing is imported from it.", "导出时附加的供人查看的列，以及序号。导入时忽略。")},
}

// specOf finds the description of a field.
func specOf(f Field) *FieldSpec {
	for i := range Fields {
		if Fields[i].Name == f {
			return &Fields[i]
		}
	}
	return nil
}

// names are all names of a field as they are compared, the best first.
func (s *FieldSpec) names() []string {
	out := []string{normal(s.Header.ZH), normal(s.Header.EN), normal(string(s.Name))}
	for _, a := range s.Aliases {
		out = append(out, normal(a))
	}
	return out
}

var (
	remark = regexp.MustCompile(`[(\[【].*?[)\]】]`)
	digits = regexp.MustCompile(`[0-9]+`)
)

// chineseNumbers stand in headers such as 规格一.
var chineseNumbers = strings.NewReplacer("规格一", "规格1", "规格二", "规格2", "规格三", "规格3", "属性一", "属性1", "属性二", "属性2", "属性三", "属性3")

// normal is the form in which headers are compared: narrow, lower case, without
// spaces, remarks in brackets (元), stars of required columns, and punctuation.
func normal(header string) string {
	h := strings.ToLower(norm.NFKC.String(header))
	h = remark.ReplaceAllString(h, "")
	h = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n\u00a0*_-/:：.、'\"", r) {
			return -1
		}
		return r
	}, h)
	return chineseNumbers.Replace(h)
}

// numbered splits 主图3 into 主图# and 3; names without exactly one number stay whole.
func numbered(name string) (pattern, number string) {
	found := digits.FindAllString(name, 2)
	if len(found) != 1 {
		return name, ""
	}
	return strings.Replace(name, found[0], "#", 1), found[0]
}
