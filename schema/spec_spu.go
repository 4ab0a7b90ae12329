package schema

import "github.com/shopctl/shopctl/lang"

var spuSpec = BlockSpec{
	Name: "spu", Label: lang.T("out_product_id; with for_each a name for people", "out_product_id；使用 for_each 时为给人看的名称"), ForEach: true, API: "spu/add, spu/update",
	Doc: lang.T("A product with its SKUs. Its address is spu.OUT_PRODUCT_ID, however it is declared.", "一个商品及其 SKU。无论如何声明，其地址都是 spu.OUT_PRODUCT_ID。"),
	Example: `spu "719" {
  title    = "毛毯百搭休闲珊瑚绒毯子100*150cm"
  path     = "${local.page}?id=719"
  head_img = ["img/719/1.png", "img/719/2.png"]
  category = 1445
  brand    = brand.cxy

  sku "27359029914" {
    thumb_img    = "img/719/red.png"
    sale_price   = 9.90
    market_price = 19.90
    stock_num    = 200
    sku_attrs    = { "选择颜色" = "酒红", "选择套装" = "100cm*150cm" }
  }
}

spu "towels" {
  for_each = table("towels.csv")
  id       = each.key
  title    = each.value.title
  path     = "${local.page}?id=${each.key}"
  head_img = glob("img/${each.key}/*.jpg")
  category = "家纺/毛巾/面巾"

  dynamic "sku" {
    for_each = table("towel-skus.csv", "sku_id", { product = each.key })
    labels   = [sku.key]
    content {
      sale_price = sku.value.price
      stock_num  = sku.value.stock
      thumb_img  = sku.value.image
      sku_attrs  = { "颜色" = sku.value.color }
    }
  }
}
`,
	Attrs: []AttrSpec{
		forEachSpec,
		idSpec("The out_product_id of this element; required with for_each.", "该元素的 out_product_id；使用 for_each 时必填。"),
		{Name: "title", Type: TypeString, Required: true, API: "title", Cost: CostReview,
			Unit: lang.T("characters", "字符"),
			Rule: lang.T("3 to 60; Chinese, Latin letters, digits and common punctuation; at least one Chinese character", "3 到 60 个；汉字、字母、数字与常用标点；至少一个汉字"),
			Doc:  lang.T("What buyers read first.", "商品标题。")},
		{Name: "path", Type: TypeString, Required: true, API: "path", Cost: CostReview, Rule: lang.T("not empty", "不能为空"),
			Doc: lang.T("The product's page in the Mini Program, with its query.", "小程序商品页路径，可带参数。")},
		{Name: "head_img", Type: TypePictures, Required: true, API: "head_img", Cost: CostReview, Rule: lang.T("1 to 9", "1 到 9 张"),
			Doc: lang.T("The main pictures, in order.", "商品主图，按顺序。")},
		{Name: "category", Type: TypeCategory, Required: true, API: "third_cat_id", Cost: CostReview, Rule: lang.T("a leaf, by id or by name path", "末级类目的编号或名称路径"),
			Doc: lang.T("Where the product is sold.", "商品类目。")},
		{Name: "brand", Type: TypeBrand, API: "brand_id", Cost: CostReview,
			Rule: lang.T("brand.NAME, or the number of a brand that was granted elsewhere", "brand.NAME，或在别处已获授权的品牌编号"),
			Doc:  lang.T("The brand; left out: no brand (2100000000).", "品牌；省略表示无品牌（2100000000）。")},
		{Name: "qualification_pics", Type: TypePictures, API: "qualification_pics", Cost: CostReview, Rule: lang.T("required in some categories; up to 5 are known to pass", "部分类目必填；已知最多 5 张"),
			Doc: lang.T("The product's own certificates.", "商品资质图片。")},
		{Name: "info_version", Type: TypeString, API: "info_version", Cost: CostReview,
			Doc: lang.T("The author's own version mark; left out: a digest of the content, by which the tool knows its own work.", "自定义版本标记；省略时为内容摘要，工具据此识别自己提交的内容。")},
		{Name: "scenes", Type: TypeIntegers, Default: "shop.scenes", API: "scene_group_list", Cost: CostReview,
			Rule: lang.T("positive numbers, each once", "正整数，不可重复"),
			Doc:  lang.T("As in shop, for this product.", "同 shop，仅对该商品。")},
		{Name: "listing", Type: TypeBool, Default: "true", Cost: CostLocal,
			Doc: lang.T("Whether the product is wanted on the shelf (spu/listing, spu/delisting).", "是否上架（spu/listing、spu/delisting）。")},
		{Name: "stock", Type: TypeWord, Cost: CostLocal, Words: []Word{{"managed", "managed", lang.T("stock_num of the files is kept in the shop", "以文件中的 stock_num 为准")}},
			Doc: lang.T("Left out: stock is set on creation and then belongs to the shop.", "省略时：库存仅在创建时设置，之后由店铺自行管理。")},
		{Name: "on_remove", Type: TypeWord, Words: onRemoveWords, Cost: CostLocal, Default: "shop.on_remove",
			Doc: lang.T("As in shop, for this product.", "同 shop，仅对该商品。")},
		{Name: "in_review", Type: TypeWord, Words: inReviewWords, Cost: CostLocal, Default: "shop.in_review",
			Doc: lang.T("As in shop, for this product.", "同 shop，仅对该商品。")},
		orderSpecs(false)[0], orderSpecs(false)[1],
		reasonSpec,
		{Name: asFoundName, Type: TypeString, Cost: CostLocal,
			Rule: lang.T("written by `shopctl import`", "由 `shopctl import` 写入"),
			Doc: lang.T("The content's digest as import found it in the shop. While the content is that, rules that it breaks are warnings, because the shop has it already. After a change of the content they are errors again; then remove it.",
				"导入时店铺中内容的摘要。内容未变时，违反规则只作警告，因为店铺里已经如此；内容修改后恢复为错误，届时请删除该属性。")},
	},
	Blocks: []BlockSpec{descSpec, componentSpec, skuSpec},
}

var descSpec = BlockSpec{
	Name: "desc_info", Single: true, API: "desc_info",
	Doc: lang.T("The product's detail page. Some categories are rejected without it.", "商品详情。部分类目缺少详情会被驳回。"),
	Example: `desc_info {
  desc = "旅行毯办公室午睡毯空调毯子小被子"
  imgs = glob("img/719/d*.png")
}
`,
	Attrs: []AttrSpec{
		{Name: "desc", Type: TypeString, API: "desc_info.desc", Cost: CostReview, Unit: lang.T("characters", "字符"), Rule: lang.T("up to 2000 are known to pass", "已知最多 2000 个"),
			Doc: lang.T("Text.", "图文详情的文字。")},
		{Name: "imgs", Type: TypePictures, API: "desc_info.imgs", Cost: CostReview, Rule: lang.T("up to 50 are known to pass", "已知最多 50 张"),
			Doc: lang.T("Pictures, in order.", "详情图片，按顺序。")},
	},
}

var componentSpec = BlockSpec{
	Name: "component", Single: true,
	Doc: lang.T("What only the custom trading component has. All of it is informational there.", "仅自定义交易组件才有的字段，均为展示信息。"),
	Example: `component {
  supplier     = "厦门仓"
  express_fee  = 6.00
  product_type = "1"
  pick_up_type = ["1", "3"]
  unitname     = "条"
  unitfactor   = 1
}
`,
	Attrs: []AttrSpec{
		componentAttr("direct_path", TypeString, "The page that buys at once.", "直接购买页面路径。"),
		componentAttr("supplier", TypeString, "The supplier.", "供应商。"),
		componentAttr("express_fee", TypeYuan, "The delivery fee.", "运费。"),
		{Name: "product_type", Type: TypeWord, API: "product_type", Cost: CostReview, Words: []Word{
			{"1", "1", lang.T("pre-sale", "预售")}, {"2", "2", lang.T("virtual voucher", "虚拟电子凭证")}, {"3", "3", lang.T("custom", "自定义")}},
			Doc: lang.T("The kind of product.", "商品类型。")},
		componentAttr("sell_time", TypeString, "When the sale begins.", "开售时间。"),
		{Name: "pick_up_type", Type: TypeWords, API: "pick_up_type", Cost: CostReview, Words: []Word{
			{"1", "1", lang.T("express", "快递")}, {"2", "2", lang.T("same city", "同城")}, {"3", "3", lang.T("self-pickup", "自提")}, {"4", "4", lang.T("dine-in", "堂食")}},
			Doc: lang.T("How the goods reach the buyer.", "配送方式。")},
		componentAttr("unitname", TypeString, "The unit of sale.", "单位名称。"),
		componentAttr("unitfactor", TypeInteger, "Pieces per unit.", "单位换算。"),
	},
}

func componentAttr(name string, t Type, en, zh string) AttrSpec {
	a := AttrSpec{Name: name, Type: t, API: name, Cost: CostReview, Doc: lang.T(en, zh)}
	if t == TypeYuan {
		a.Unit, a.Rule = yuan, lang.T("at most two decimals, not negative", "最多两位小数，不为负")
	}
	return a
}

var yuan = lang.T("yuan (sent in fen)", "元（以分发送）")

var skuSpec = BlockSpec{
	Name: "sku", Label: lang.T("out_sku_id", "out_sku_id"), Required: true, Dynamic: true, API: "skus[]",
	Doc: lang.T("One sellable variant of a product.", "商品的一个可售规格。"),
	Example: `sku "27359029914" {
  thumb_img    = "img/719/red.png"
  sale_price   = 9.90
  market_price = 19.90
  stock_num    = 200
  sku_code     = "sku27359029914"
  barcode      = "9029914"
  sku_attrs    = { "选择颜色" = "酒红", "选择套装" = "100cm*150cm" }
}
`,
	Attrs: []AttrSpec{
		{Name: "thumb_img", Type: TypePicture, Required: true, API: "skus[].thumb_img", Cost: CostReview,
			Doc: lang.T("The picture of this variant.", "规格图片。")},
		{Name: "sale_price", Type: TypeYuan, Required: true, API: "skus[].sale_price", Cost: CostFree, Unit: yuan,
			Rule: lang.T("more than 0, at most two decimals, not above market_price", "大于 0，最多两位小数，不高于 market_price"),
			Doc:  lang.T("The price.", "售价。")},
		{Name: "market_price", Type: TypeYuan, API: "skus[].market_price", Cost: CostFree, Unit: yuan, Default: "sale_price",
			Rule: lang.T("at most two decimals, not below sale_price", "最多两位小数，不低于 sale_price"),
			Doc:  lang.T("The price shown crossed out.", "划线价。")},
		{Name: "stock_num", Type: TypeInteger, Required: true, API: "skus[].stock_num", Cost: CostInitial, Unit: lang.T("pieces", "件"),
			Rule: lang.T("1 to 10,000,000", "1 到 10,000,000"),
			Doc:  lang.T(`Set on creation, then left to the shop, unless the product says stock = "managed".`, `仅在创建时设置，之后由店铺管理；商品写明 stock = "managed" 时除外。`)},
		{Name: "sku_code", Type: TypeString, API: "skus[].sku_code", Cost: CostFree, Unit: lang.T("characters", "字符"), Rule: lang.T("at most 20", "最多 20 个"),
			Doc: lang.T("The merchant's code.", "商家编码。")},
		{Name: "barcode", Type: TypeString, API: "skus[].barcode", Cost: CostFree, Doc: lang.T("The bar code.", "条形码。")},
		{Name: "sku_attrs", Type: TypeAttrs, API: "skus[].sku_attrs", Cost: CostReview,
			Rule: lang.T("the same keys in every SKU of a product, no two SKUs with the same values; each up to 40 characters", "同一商品各 SKU 的属性名相同，取值组合不同；每项最多 40 个字符"),
			Doc:  lang.T("What tells this variant from the others, in the order in which it is written. May be left out when there is one SKU.", "区分规格的属性，按书写顺序。只有一个 SKU 时可省略。")},
	},
}

// asFoundName is the attribute that seals the content of an imported product.
const asFoundName = "as_found"
