package schema

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopctl/shopctl/lang"
)

// The platform's limits on products (reference section 8.1). Where the
// reference marks a number as inferred from the successor, breaking it is a
// warning.
const (
	minTitle   = 3
	maxTitle   = 60
	maxHeadImg = 9

	maxDesc     = 2000 // inferred
	maxDescImgs = 50   // inferred
	maxQualPics = 5    // inferred

	maxPrice   = Fen(10_000_000) // the documents contradict themselves about it
	maxStock   = 10_000_000
	maxSKUCode = 20
	maxSKUAttr = 40 // inferred
)

// titleSpecial are the characters besides letters, digits and Chinese ones that
// a title may hold.
const titleSpecial = "·~!@#$%^&()*-_=+[]{}\\|;:'\",./<>?【】《》“”‘’、。…—￥ \u00a0\u3000"

func (b *builder) checkSPU(n *node, s *SPU) {
	b.checkTitle(n, s.Title)
	b.checkPath(n, s.Path)
	if count := n.count("head_img"); n.values["head_img"].ok && (count < 1 || count > maxHeadImg) {
		b.add(ruleHeadImg, n.place("head_img"), lang.F("Pictures: %d. Allowed: 1 to %d.", "共有 %d 张图片，应为 1 到 %d 张。", count, maxHeadImg),
			lang.T("Add or remove pictures; a glob may have found none.", "请增减图片；glob 可能没有匹配到文件。"))
	}
	if count := n.count("qualification_pics"); count > maxQualPics {
		b.add(ruleQualPics, n.place("qualification_pics"), lang.F("Pictures: %d. Known to pass: up to %d.", "共有 %d 张图片，已知最多 %d 张。", count, maxQualPics), lang.T("Combine pictures if the platform refuses them.", "如平台拒绝，请合并图片。"))
	}
	if d := n.first("desc_info"); d != nil {
		b.checkDesc(d, s.DescInfo.Desc)
	}
	if c := n.first("component"); c != nil {
		b.checkComponent(c, s.Component)
	}
	b.checkSKUs(n, s)
}

func (b *builder) checkTitle(n *node, title string) {
	if !n.has("title") {
		return
	}
	at := n.place("title")
	if length := utf8.RuneCountInString(title); length < minTitle || length > maxTitle {
		b.add(ruleTitleLength, at, lang.F("Characters in the title: %d. Allowed: %d to %d (1000045).", "标题有 %d 个字符，应为 %d 到 %d 个（1000045）。", length, minTitle, maxTitle),
			lang.T("Shorten or lengthen it.", "请增减文字。"))
	}
	if i := strings.IndexFunc(title, func(r rune) bool { return !titleRune(r) }); i >= 0 {
		r, _ := utf8.DecodeRuneInString(title[i:])
		b.add(ruleTitleChars, at, lang.F("%q (%U) may not stand in a title (1000045).", "标题不能包含 %q（%U）（1000045）。", r, r),
			lang.T("Remove it; Chinese, Latin letters, digits and common punctuation are allowed.", "请删除它；允许汉字、字母、数字和常用标点。"))
	}
	if !strings.ContainsFunc(title, isHan) {
		b.add(ruleTitleChinese, at, lang.T("A title needs at least one Chinese character (1000045).", "标题至少需要一个汉字（1000045）。"), lang.T("Name the goods in Chinese.", "请用中文写出商品名称。"))
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// titleRune reports whether a title may hold r: full-width forms (U+FF01 to
// U+FF5E and ￥) are as good as their narrow ones.
func titleRune(r rune) bool {
	switch {
	case r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)), isHan(r), r >= 0xff01 && r <= 0xff5e:
		return true
	}
	return strings.ContainsRune(titleSpecial, r)
}

func (b *builder) checkPath(n *node, path string) {
	if n.has("path") && (strings.HasPrefix(path, "/") || strings.ContainsFunc(path, unicode.IsSpace) || strings.Contains(path, "://")) {
		b.add(rulePagePath, n.place("path"), lang.F("%q begins with a slash, holds spaces, or is a URL; pages of Mini Programs do not.", "%q 以斜杠开头、含有空格或是网址，不像小程序页面路径。", shorten(path)),
			lang.T(`Write it like "pages/productDetail/productDetail?id=719".`, `请写成 "pages/productDetail/productDetail?id=719" 的形式。`))
	}
}

func (b *builder) checkDesc(n *node, desc string) {
	if length := utf8.RuneCountInString(desc); length > maxDesc {
		b.add(ruleDesc, n.place("desc"), lang.F("Characters: %d. Known to pass: up to %d.", "共有 %d 个字符，已知最多 %d 个。", length, maxDesc), lang.T("Shorten it if the platform refuses it.", "如平台拒绝，请缩短。"))
	}
	if count := n.count("imgs"); count > maxDescImgs {
		b.add(ruleDescImgs, n.place("imgs"), lang.F("Pictures: %d. Known to pass: up to %d.", "共有 %d 张图片，已知最多 %d 张。", count, maxDescImgs), lang.T("Combine pictures if the platform refuses them.", "如平台拒绝，请合并图片。"))
	}
}

func (b *builder) checkComponent(n *node, c Component) {
	if c.ExpressFee != nil && *c.ExpressFee < 0 {
		b.add(ruleComponent, n.place("express_fee"), lang.F("express_fee is %s.", "express_fee 为 %s。", *c.ExpressFee), lang.T("Write 0 or more.", "请写不小于 0 的数。"))
	}
	if n.has("unitfactor") && c.UnitFactor < 0 {
		b.add(ruleComponent, n.place("unitfactor"), lang.F("unitfactor is %d.", "unitfactor 为 %d。", c.UnitFactor), lang.T("Write 0 or more.", "请写不小于 0 的数。"))
	}
}

func (b *builder) checkSKUs(n *node, s *SPU) {
	nodes := n.all("sku")
	if len(nodes) == 0 && !n.partial {
		b.add(ruleNoSKU, n.header, lang.T("A product needs at least one SKU (1000020).", "商品至少需要一个 SKU（1000020）。"),
			lang.T(`Add sku "id" { ... }; a dynamic "sku" may have found no rows.`, `请添加 sku "编号" { ... }；dynamic "sku" 可能没有匹配到任何行。`))
	}
	ids := map[string]*node{}
	for i, sku := range nodes {
		b.checkSKU(sku, &s.SKUs[i], s.StockManaged)
		b.checkSKUID(sku, ids)
	}
	b.checkSKUAttrs(nodes, s.SKUs)
}

func (b *builder) checkSKUID(n *node, ids map[string]*node) {
	if n.partial { // its label could not be evaluated
		return
	}
	if n.label == "" || !validID(n.label) {
		b.add(ruleInvalidID, n.at, lang.F("out_sku_id %q is empty, or holds spaces at its ends or control characters.", "out_sku_id %q 为空，或首尾有空格，或含有控制字符。", n.label), lang.T("Correct the label.", "请修正标签。"))
		return
	}
	if earlier := ids[n.label]; earlier != nil {
		b.add(ruleDuplicateSKU, n.at, lang.F("%q stands already at %s.", "%q 已在 %s 出现。", n.label, earlier.at), lang.T("Give each SKU of a product an id of its own.", "请让同一商品的每个 SKU 编号各不相同。"))
		return
	}
	ids[n.label] = n
}

func (b *builder) checkSKU(n *node, s *SKU, managed bool) {
	b.checkPrice(n, "sale_price", s.SalePrice)
	b.checkPrice(n, "market_price", s.MarketPrice)
	if n.has("sale_price") && n.has("market_price") && s.SalePrice > s.MarketPrice && s.MarketPrice > 0 {
		b.add(rulePriceMarket, n.place("sale_price"), lang.F("%s is above the market price %s.", "%s 高于市场价 %s。", s.SalePrice, s.MarketPrice), lang.T("Lower sale_price, or raise or leave out market_price.", "请降低 sale_price，或提高、省略 market_price。"))
	}
	b.checkStock(n, s.StockNum, managed)
	if length := utf8.RuneCountInString(s.SKUCode); length > maxSKUCode {
		b.add(ruleSKUCode, n.place("sku_code"), lang.F("Characters: %d. Allowed: at most %d.", "共有 %d 个字符，最多 %d 个。", length, maxSKUCode), lang.T("Shorten it.", "请缩短。"))
	}
	for _, attr := range s.SKUAttrs {
		b.checkSKUAttr(n, attr)
	}
}

func (b *builder) checkPrice(n *node, name string, price Fen) {
	switch {
	case !n.has(name):
	case price <= 0:
		b.add(rulePricePositive, n.place(name), lang.F("%[1]s is %[2]s.", "%[1]s 为 %[2]s。", name, price), lang.T("Write a price above 0.", "请写大于 0 的价格。"))
	case price > maxPrice:
		b.add(rulePriceHigh, n.place(name), lang.F("%[1]s is %[2]s; the platform's documents allow %[3]s.", "%[1]s 为 %[2]s；平台文档的上限为 %[3]s。", name, price, maxPrice), lang.T("Check the number: prices are in yuan.", "请核对：价格以元为单位。"))
	}
}

// checkStock knows that only spu/add refuses a stock of 0: where the files keep
// the stock, it says that a product which is in the shop is sold out.
func (b *builder) checkStock(n *node, stock int64, managed bool) {
	switch {
	case !n.has("stock_num"):
	case stock == 0 && managed:
		b.add(ruleStockZero, n.place("stock_num"), lang.T("A stock of 0 is taken for a product that is in the shop, and refused for a new one (1000015).", "已在店铺中的商品可以把库存设为 0；新商品会被拒绝（1000015）。"),
			lang.T("Nothing, if it is sold out; write at least 1 for a new product.", "若已售罄，无需处理；新商品请至少写 1。"))
	case stock <= 0:
		b.add(ruleStock, n.place("stock_num"), lang.F("stock_num is %d; the platform refuses products without stock (1000015).", "stock_num 为 %d；平台不接受没有库存的商品（1000015）。", stock),
			lang.T("Write at least 1; to stop selling, set listing = false.", "请至少写 1；如需停售，请设置 listing = false。"))
	case stock > maxStock:
		b.add(ruleStock, n.place("stock_num"), lang.F("stock_num is %d; at most %d are allowed.", "stock_num 为 %d，上限为 %d。", stock, maxStock), lang.T("Write less.", "请减小。"))
	}
}

func (b *builder) checkSKUAttr(n *node, attr Attr) {
	at := n.place("sku_attrs")
	if strings.TrimSpace(attr.Key) == "" || strings.TrimSpace(attr.Value) == "" {
		b.add(ruleSKUAttrEmpty, at, lang.F("The attribute %q = %q lacks its name or its value.", "属性 %q = %q 缺少名称或取值。", attr.Key, attr.Value), lang.T("Fill it, or leave the attribute out.", "请填写，或去掉该属性。"))
	}
	if max(utf8.RuneCountInString(attr.Key), utf8.RuneCountInString(attr.Value)) > maxSKUAttr {
		b.add(ruleSKUAttrLength, at, lang.F("%q = %q has more than %d characters on one side.", "%q = %q 有一侧超过 %d 个字符。", shorten(attr.Key), shorten(attr.Value), maxSKUAttr), lang.T("Shorten it if the platform refuses it.", "如平台拒绝，请缩短。"))
	}
}

// checkSKUAttrs compares the SKUs of a product with the first one: buyers choose
// by the same attributes in all of them, and no two may mean the same.
func (b *builder) checkSKUAttrs(nodes []*node, skus []SKU) {
	first := slices.IndexFunc(nodes, func(n *node) bool { return !n.bad("sku_attrs") })
	seen := map[string]*node{}
	for i, n := range nodes {
		if n.bad("sku_attrs") {
			continue
		}
		if keys, want := attrKeys(skus[i]), attrKeys(skus[first]); !slices.Equal(keys, want) {
			b.add(ruleSKUAttrKeys, n.place("sku_attrs"), lang.F("This SKU has the attributes [%[1]s]; SKU %[2]q has [%[3]s].", "该 SKU 的属性为 [%[1]s]，SKU %[2]q 为 [%[3]s]。", strings.Join(keys, ", "), nodes[first].label, strings.Join(want, ", ")),
				lang.T("Give all SKUs of a product the same attributes.", "请让同一商品的所有 SKU 使用相同的属性名。"))
			continue
		}
		combination := attrCombination(skus[i])
		if earlier := seen[combination]; earlier != nil {
			b.add(ruleSKUAttrsTwice, n.place("sku_attrs"), lang.F("SKU %q has the same attributes.", "与 SKU %q 的属性相同。", earlier.label), lang.T("Change one of them, so that buyers can tell the two apart.", "请修改其中一个，使买家能够区分。"))
			continue
		}
		seen[combination] = n
	}
}

func attrKeys(s SKU) []string {
	var keys []string
	for _, a := range s.SKUAttrs {
		keys = append(keys, a.Key)
	}
	slices.Sort(keys)
	return keys
}

func attrCombination(s SKU) string {
	attrs := slices.Clone(s.SKUAttrs)
	slices.SortFunc(attrs, func(a, b Attr) int { return strings.Compare(a.Key, b.Key) })
	var b []byte
	for _, a := range attrs {
		b = append(append(strconv.AppendInt(b, int64(len(a.Key)), 10), ' '), a.Key...)
		b = append(append(strconv.AppendInt(b, int64(len(a.Value)), 10), ' '), a.Value...)
	}
	return string(b)
}
