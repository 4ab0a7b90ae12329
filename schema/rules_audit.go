package schema

import (
	"strconv"

	"github.com/shopctl/shopctl/lang"
)

// brandNeed is one row of the table of reference section 6.1: an attribute that
// some kinds of brand need and others have no use for.
type brandNeed struct {
	attr      string
	needed    func(*Brand) bool
	whom      lang.Text
	pointless func(*Brand) bool // sent, it would say nothing
}

// originImported is the platform's number for imported goods.
const originImported = 1

func isR(b *Brand) bool  { return b.BrandAuditType == 1 || b.BrandAuditType == 3 }
func isTM(b *Brand) bool { return b.BrandAuditType == 2 || b.BrandAuditType == 4 }

func isAgent(b *Brand) bool { return b.BrandManagementType == 2 }
func isOwn(b *Brand) bool   { return b.BrandManagementType == 1 }

var (
	forR     = lang.T("a registered mark (R)", "已注册商标（R 标）")
	forTM    = lang.T("a mark applied for (TM)", "申请中的商标（TM 标）")
	forAgent = lang.T("an agent's brand", "代理品牌")
)

var brandNeeds = []brandNeed{
	{"sale_authorization", isAgent, forAgent, isOwn},
	{"trademark_registration_certificate", isR, forR, isTM},
	{"trademark_registrant", isR, forR, isTM},
	{"trademark_authorization_period", isR, forR, isTM},
	{"trademark_registration_application", isTM, forTM, isR},
	{"trademark_applicant", isTM, forTM, isR},
	{"trademark_application_time", isTM, forTM, isR},
}

func (b *builder) checkBrand(n *node, brand *Brand) {
	if !brand.Granted {
		b.checkBrandPapers(n, brand)
	}
	if !n.has("brand_wording") {
		return
	}
	if earlier, taken := b.wordings[brand.BrandWording]; taken {
		b.add(ruleBrandTwice, n.place("brand_wording"), lang.F("%q stands already at %s; a shop's brands are told apart by their wording.", "%q 已在 %s 出现；店铺的品牌以名称区分。", brand.BrandWording, earlier),
			lang.T("Keep one of the two.", "请只保留一个。"))
	}
	b.wordings[brand.BrandWording] = n.place("brand_wording")
}

// checkBrandPapers are the rules about what is submitted.
func (b *builder) checkBrandPapers(n *node, brand *Brand) {
	if n.has(grantedName) {
		b.checkPresent(n)
	}
	for _, need := range brandNeeds {
		given := n.has(need.attr) && (n.count(need.attr) > 0 || get[string](n, need.attr) != "")
		switch {
		case need.needed(brand) && !given && !n.bad(need.attr):
			b.add(ruleBrandNeeds, n.place(need.attr),
				lang.F("%[1]s is required for %[2]s.", "%[3]s必须提供 %[1]s。", need.attr, need.whom.EN, need.whom.ZH),
				lang.F("Add %s = ...", "请添加 %s = ...", need.attr))
		case need.pointless(brand) && given:
			b.add(ruleBrandForeign, n.place(need.attr),
				lang.F("%[1]s is for %[2]s; this brand is none.", "%[1]s 仅用于%[3]s，此品牌不是。", need.attr, need.whom.EN, need.whom.ZH),
				lang.T("Remove it, or correct brand_audit_type or brand_management_type.", "请删除它，或修正 brand_audit_type、brand_management_type。"))
		}
	}
	if brand.CommodityOriginType == originImported && n.count("imported_goods_form") == 0 && !n.bad("imported_goods_form") {
		b.add(ruleBrandImport, n.place("commodity_origin_type"), lang.T("Reviewers want the customs declaration of imported goods, though the API does not demand it.", "接口虽不强制，但审核会要求进口商品提供报关单。"),
			lang.T("Add imported_goods_form = [...].", "请添加 imported_goods_form = [...]。"))
	}
	b.checkLicense(n)
	if class, err := strconv.Atoi(brand.TrademarkType); n.has("trademark_type") && (err != nil || class < 1 || class > 45 || strconv.Itoa(class) != brand.TrademarkType) {
		b.add(ruleTrademark, n.place("trademark_type"), lang.F("%q is no class of goods.", "%q 不是商标类别。", brand.TrademarkType), lang.T(`Write a number from "1" to "45".`, `请写 "1" 到 "45" 之间的数字。`))
	}
}

// checkPresent reports the required attributes that are missing from a block
// where only its values tell whether they are required.
func (b *builder) checkPresent(n *node) {
	for i := range n.spec.Attrs {
		spec := &n.spec.Attrs[i]
		if _, given := n.values[spec.Name]; spec.Required && !given {
			b.missing(n.spec, spec, n.header)
		}
	}
}

func (b *builder) checkLicense(n *node) {
	if n.values["license"].ok && n.count("license") == 0 {
		b.add(ruleCertificates, n.place("license"), lang.T("The list is empty; at least one picture is required.", "列表为空，至少需要一张图片。"), lang.T("Add the picture of the licence.", "请添加证照图片。"))
	}
}

// maxCertificates is the platform's limit (reference section 6.2).
const maxCertificates = 10

func (b *builder) checkQualification(n *node, q *Qualification) {
	if !q.Granted {
		b.checkQualificationPapers(n)
	}
	if !n.has("category") {
		return
	}
	if earlier, taken := b.leaves[q.Category]; taken {
		b.add(ruleQualTwice, n.place("category"), lang.F("The category %s stands already at %s.", "类目 %s 已在 %s 出现。", q.Category, earlier),
			lang.T("Keep one block for the category; it may hold ten certificates.", "请为每个类目只保留一个块；一个块可包含十张证书。"))
		return
	}
	b.leaves[q.Category] = n.place("category")
}

// checkQualificationPapers are the rules about what is submitted.
func (b *builder) checkQualificationPapers(n *node) {
	if n.has(grantedName) {
		b.checkPresent(n)
	}
	b.checkLicense(n)
	if count := n.count("certificate"); n.values["certificate"].ok && (count == 0 || count > maxCertificates) {
		b.add(ruleCertificates, n.place("certificate"), lang.F("Pictures: %d. Allowed: 1 to %d.", "共有 %d 张图片，应为 1 到 %d 张。", count, maxCertificates),
			lang.T("Add or remove pictures.", "请增减图片。"))
	}
}
