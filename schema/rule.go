package schema

import "github.com/shopctl/shopctl/lang"

// rule is one thing that can be wrong with a catalog: its name for machines,
// how bad it is, and what it is in a few constant words.
type rule struct {
	name     string
	severity Severity
	what     lang.Text
}

var rules []rule

// newRule adds a rule to the list that docs/language.md prints.
func newRule(name, en, zh string) rule    { return addRule(name, SeverityError, en, zh) }
func newWarning(name, en, zh string) rule { return addRule(name, SeverityWarning, en, zh) }

func addRule(name string, severity Severity, en, zh string) rule {
	r := rule{name: name, severity: severity, what: lang.T(en, zh)}
	rules = append(rules, r)
	return r
}

// The rules about files and their syntax.
var (
	ruleCatalogDir   = newRule("catalog-directory", "The catalog directory cannot be read", "目录无法读取")
	ruleFileRead     = newRule("file-unreadable", "File cannot be read", "文件无法读取")
	rulePathEscapes  = newRule("path-escapes", "Path leaves the catalog directory", "路径超出目录范围")
	ruleFileTooLarge = newRule("file-too-large", "File is too large", "文件过大")
	ruleEncoding     = newRule("encoding", "File is not UTF-8 text", "文件不是 UTF-8 文本")
	ruleTooDeep      = newRule("too-deep", "Nesting or expression is too deep", "嵌套或表达式过深")
	ruleNumberSize   = newRule("number-size", "Number is out of range", "数字超出范围")
	ruleSyntax       = newRule("syntax", "Syntax error", "语法错误")
)

// The rules about names, references and expressions.
var (
	ruleUnknownAttribute = newRule("unknown-attribute", "Unknown attribute", "未知的属性")
	ruleUnknownBlock     = newRule("unknown-block", "Unknown block", "未知的块")
	ruleLabels           = newRule("labels", "Wrong number of block labels", "块标签数量不对")
	ruleMissing          = newRule("missing-required", "Required attribute is missing", "缺少必填属性")
	ruleRepeatedBlock    = newRule("repeated-block", "Block may stand only once", "块只能出现一次")
	ruleDuplicateID      = newRule("duplicate-id", "Duplicate id", "标识重复")
	ruleInvalidID        = newRule("invalid-id", "Invalid id", "标识无效")
	ruleUndeclared       = newRule("undeclared-reference", "Reference to undeclared object", "引用了未声明的对象")
	ruleUnknownFunction  = newRule("unknown-function", "Unknown function", "未知的函数")
	ruleCycle            = newRule("reference-cycle", "References form a cycle", "引用形成循环")
	ruleExpression       = newRule("expression", "Expression cannot be evaluated", "表达式无法求值")
	ruleLimit            = newRule("too-large", "Result is too large", "结果过大")
	ruleForEach          = newRule("for-each", "Unsuitable for_each value", "for_each 的值不合适")
	ruleDynamic          = newRule("dynamic", "Invalid dynamic block", "dynamic 块无效")
	ruleType             = newRule("wrong-type", "Wrong type", "类型不对")
	ruleWord             = newRule("unknown-word", "Value is not one of the allowed words", "取值不在允许范围内")
	ruleVariable         = newRule("variable", "Invalid variable value", "变量的值无效")
	ruleUndeclaredVar    = newRule("undeclared-variable", "Value for an undeclared variable", "为未声明的变量赋值")
	ruleNoValue          = newRule("variable-without-value", "Variable has no value", "变量没有值")
)

// The rules about tables and pictures.
var (
	ruleTable           = newRule("table", "Table cannot be used", "表格无法使用")
	ruleTableKey        = newRule("table-key", "Table key is empty or repeated", "表格的键为空或重复")
	rulePictureMissing  = newRule("picture-missing", "Picture does not exist", "图片不存在")
	rulePictureFile     = newRule("picture-file", "Picture is not a readable file", "图片不是可读的文件")
	rulePictureSize     = newRule("picture-size", "Picture is too large", "图片过大")
	rulePictureFormat   = newRule("picture-format", "Not a JPEG or PNG picture", "不是 JPEG 或 PNG 图片")
	rulePictureDamaged  = newRule("picture-damaged", "Picture is damaged", "图片已损坏")
	rulePictureAnimated = newRule("picture-animated", "Picture is animated", "图片是动态的")
	rulePicturePixels   = newRule("picture-pixels", "Picture has too many pixels to be decoded", "图片像素过多，无法解码")
	rulePictureSide     = newRule("picture-side", "Picture is larger than images { max_side }", "图片超过 images { max_side }")
	rulePictureAlike    = newWarning("picture-alike", "Two products have the same main picture", "两个商品的主图相同或几乎相同")
	ruleMaxSide         = newRule("max-side", "Invalid max_side", "max_side 无效")
	rulePictureExt      = newRule("picture-extension", "File extension does not fit the picture", "扩展名与图片内容不符")
	rulePictureURL      = newRule("picture-url", "Picture URL cannot be used", "图片网址不可用")
)

// The rules about the shop and its merchant.
var (
	ruleShopCount    = newRule("shop-count", "A catalog has exactly one shop block", "一个目录只能有一个 shop 块")
	rulePlatform     = newRule("platform", "Unsupported platform", "不支持的平台")
	ruleAppID        = newRule("appid", "Invalid appid", "appid 无效")
	ruleSecret       = newRule("secret-in-file", "A secret stands in a file", "文件中出现密钥")
	ruleScenes       = newRule("scenes", "Invalid scenes", "场景无效")
	ruleStateStore   = newRule("state-store", "Unknown state store", "未知的状态存储")
	ruleStatePath    = newRule("state-path", "Invalid state file", "状态文件无效")
	ruleStateAttr    = newRule("state-attribute", "Attribute does not fit the state store", "属性与状态存储不符")
	ruleGuard        = newRule("guard", "Invalid guard limit", "guard 限制无效")
	ruleBudget       = newRule("budget", "Invalid budget", "budget 无效")
	ruleDeadline     = newRule("deadline", "Invalid deadline", "deadline 无效")
	ruleAgentNeeds   = newRule("service-agent", "Customer service setting is incomplete", "客服设置不完整")
	ruleAgentAll     = newWarning("service-agent-types", "Customer service types are not all listed", "客服类型未全部列出")
	ruleEmptyText    = newRule("empty-text", "Required text is empty", "必填文本为空")
	ruleTime         = newRule("time", "Invalid time", "时间无效")
	ruleTrademark    = newRule("trademark-type", "Invalid trademark class", "商标类别无效")
	ruleBrandNeeds   = newRule("brand-conditional", "Attribute required for this kind of brand is missing", "此类品牌缺少必需的属性")
	ruleBrandForeign = newWarning("brand-unused", "Attribute has no effect for this kind of brand", "此类品牌不需要该属性")
	ruleBrandImport  = newWarning("brand-import", "Imported goods without a customs declaration", "进口商品没有报关单")
	ruleBrandTwice   = newRule("duplicate-brand", "Two brands with the same wording", "两个品牌的名称相同")
	ruleCertificates = newRule("certificate-count", "Wrong number of certificates", "证书数量不对")
	ruleQualTwice    = newRule("duplicate-qualification", "Two qualifications for one category", "同一类目有两个资质")
	ruleQualNeedless = newWarning("qualification-needless", "The category needs no qualification", "该类目不需要资质")
)

// The rules about categories and products.
var (
	ruleCategory       = newRule("category", "Unknown category", "未知的类目")
	ruleCategoryLeaf   = newRule("category-leaf", "Category is not a leaf", "不是末级类目")
	ruleCategoryTwice  = newRule("category-ambiguous", "Category path is ambiguous", "类目路径有歧义")
	ruleQualMissing    = newRule("qualification-missing", "The category needs a qualification", "类目缺少资质")
	ruleProductQual    = newRule("product-qualification", "Product qualification pictures are missing", "缺少商品资质图片")
	ruleReason         = newRule("reason-length", "Reason is too long", "原因说明过长")
	ruleTitleLength    = newRule("title-length", "Title has the wrong length", "标题长度不符")
	ruleTitleChars     = newRule("title-characters", "Title has characters that are not allowed", "标题含有不允许的字符")
	ruleTitleChinese   = newRule("title-chinese", "Title has no Chinese character", "标题没有汉字")
	rulePagePath       = newWarning("page-path", "Doubtful page path", "页面路径可疑")
	ruleHeadImg        = newRule("head-img-count", "Wrong number of head pictures", "主图数量不对")
	ruleDesc           = newWarning("desc-length", "Description is long", "详情文字过长")
	ruleDescImgs       = newWarning("desc-img-count", "Many detail pictures", "详情图片过多")
	ruleQualPics       = newWarning("qualification-pic-count", "Many product qualification pictures", "商品资质图片过多")
	ruleComponent      = newRule("component", "Invalid component value", "component 的值无效")
	ruleNoSKU          = newRule("no-sku", "Product has no SKU", "商品没有 SKU")
	rulePriceDecimals  = newRule("price-decimals", "Price has more than two decimals", "价格超过两位小数")
	rulePricePositive  = newRule("price-positive", "Price is not positive", "价格不是正数")
	rulePriceMarket    = newRule("price-above-market", "Price is above the market price", "售价高于市场价")
	rulePriceHigh      = newWarning("price-high", "Price is very high", "价格过高")
	ruleStock          = newRule("stock", "Invalid stock", "库存无效")
	ruleStockZero      = newWarning("stock-zero", "Stock is 0", "库存为 0")
	ruleSKUCode        = newRule("sku-code-length", "SKU code is too long", "SKU 编码过长")
	ruleDuplicateSKU   = newRule("duplicate-sku", "Duplicate SKU id", "SKU 标识重复")
	ruleSKUAttrKeys    = newRule("sku-attr-keys", "SKU attributes differ within the product", "同一商品的 SKU 属性名不一致")
	ruleSKUAttrsTwice  = newRule("duplicate-sku-attrs", "Two SKUs with the same attributes", "两个 SKU 的属性相同")
	ruleSKUAttrEmpty   = newRule("sku-attr-empty", "SKU attribute is empty", "SKU 属性为空")
	ruleSKUAttrKeyDup  = newRule("duplicate-sku-attr", "SKU attribute stands twice", "SKU 属性重复")
	ruleSKUAttrLength  = newWarning("sku-attr-length", "SKU attribute is long", "SKU 属性过长")
	ruleAsFound        = newWarning("as-found", "The content is not as it was found any more", "内容已与导入时不同")
	ruleIDWithoutEach  = newRule("id-without-for-each", "id stands without for_each", "没有 for_each 却写了 id")
	ruleInvalidBrandID = newRule("brand-reference", "Not a brand", "不是品牌")
)

// contentRules are those that the platform applies to what is submitted. A
// product that the shop has had since before a rule, or from a console that does
// not know it, may break them: while its content is as it was found, they are
// warnings (docs/decisions/0010).
var contentRules = namesOf(
	ruleMissing, ruleEmptyText, ruleTitleLength, ruleTitleChars, ruleTitleChinese, ruleHeadImg, ruleComponent, ruleNoSKU,
	rulePricePositive, rulePriceMarket, ruleStock, ruleSKUCode, ruleSKUAttrKeys, ruleSKUAttrsTwice, ruleSKUAttrEmpty, ruleSKUAttrKeyDup,
	ruleCategory, ruleCategoryLeaf, ruleQualMissing, ruleProductQual, ruleScenes,
)

// IsContentRule reports whether a rule, by its name, is one that content as it
// was found in the shop may break (see SPU.AsFound).
func IsContentRule(name string) bool { return contentRules[name] }

func namesOf(rules ...rule) map[string]bool {
	names := make(map[string]bool, len(rules))
	for _, r := range rules {
		names[r.name] = true
	}
	return names
}

// softened is the rule for content that is as it was found.
func (r rule) softened() rule {
	if contentRules[r.name] {
		r.severity = SeverityWarning
	}
	return r
}
