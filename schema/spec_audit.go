package schema

import "github.com/shopctl/shopctl/lang"

var forEachRule = lang.T("a map, or a set of strings; at most 200,000 elements", "map 或字符串 set；最多 200,000 个元素")

var forEachSpec = AttrSpec{Name: "for_each", Type: TypeAny, Cost: CostLocal, Rule: forEachRule,
	Doc: lang.T("Repeats the block for each element; inside, each.key and each.value are the element.", "对每个元素重复该块；块内用 each.key 与 each.value 引用元素。")}

func idSpec(en, zh string) AttrSpec {
	return AttrSpec{Name: "id", Type: TypeString, Cost: CostIdentity, Rule: lang.T("only with for_each", "仅与 for_each 一起使用"), Doc: lang.T(en, zh)}
}

// grantedName is the attribute of what the shop has without our doing.
const grantedName = "granted"

func grantedSpec(en, zh string) AttrSpec {
	return AttrSpec{Name: grantedName, Type: TypeBool, Cost: CostLocal, Default: "false",
		Doc: lang.F("The shop has the %[1]s already. The papers are not needed here, and nothing is ever submitted; if the shop turns out not to have it, the plan says so and what needs it is blocked.",
			"店铺已获得该%[2]s。此处无需填写证照，也不会提交审核；如果店铺实际并未获得，计划会指出，依赖它的商品会受阻。", en, zh)}
}

// reasonName is the attribute that says why an object is changed.
const reasonName = "reason"

var reasonSpec = AttrSpec{Name: reasonName, Type: TypeString, Cost: CostLocal, Rule: lang.T("at most 200 characters", "最多 200 个字符"),
	Doc: lang.T("Why it is as it is, for people: plans show it, and the history keeps what it said when the content was submitted, or edited at once. Never sent; changing it alone changes nothing.",
		"修改的原因，给人看的：计划会显示它，历史记录会保留提交或立即修改时的说明。不会发送到平台；只改它不产生变更。")}

var brandSpec = BlockSpec{
	Name: "brand", Label: lang.T("the name, used as brand.NAME", "名称，用 brand.NAME 引用"), ForEach: true, API: "audit/audit_brand",
	Doc: lang.T("A trademark that the platform must grant before products may carry it. Which attributes are needed depends on the mark (R: registered, TM: applied for) and on whose it is.",
		"商品使用前须由平台审核通过的商标。需要哪些属性取决于商标类型（R：已注册，TM：申请中）以及归属。"),
	Example: `brand "cxy" {
  brand_wording                      = "CXY"
  brand_audit_type                   = "domestic_r"
  brand_management_type              = "own"
  commodity_origin_type              = "domestic"
  trademark_type                     = "24"
  license                            = ["files/license.png"]
  trademark_registrant               = "示例有限公司"
  trademark_registrant_nu            = "12345678"
  trademark_authorization_period     = "2030-01-01 00:00:00"
  trademark_registration_certificate = ["files/certificate.png"]
}
`,
	Attrs: []AttrSpec{
		forEachSpec,
		idSpec("The name of the brand of this element; each.key when left out.", "该元素的品牌名称；省略时为 each.key。"),
		grantedSpec("brand", "品牌"),
		reasonSpec,
		brandAttr("brand_wording", TypeString, true, "", "", "The words of the mark, exactly as on the certificate.", "商标文字，与证书完全一致。"),
		brandWord("brand_audit_type", "The kind of mark.", "商标类型。",
			Word{"domestic_r", 1, lang.T("domestic, registered", "国内 R 标")},
			Word{"domestic_tm", 2, lang.T("domestic, applied for", "国内 TM 标")},
			Word{"overseas_r", 3, lang.T("overseas, registered", "海外 R 标")},
			Word{"overseas_tm", 4, lang.T("overseas, applied for", "海外 TM 标")}),
		brandWord("brand_management_type", "Whose mark it is.", "经营类型。",
			Word{"own", 1, lang.T("own brand", "自有品牌")},
			Word{"agent", 2, lang.T("sold for its holder", "代理品牌")},
			Word{"none", 3, lang.T("no brand", "无品牌")}),
		brandWord("commodity_origin_type", "Whether the goods are imported.", "商品是否进口。",
			Word{"imported", 1, lang.T("imported", "进口")},
			Word{"domestic", 2, lang.T("not imported", "非进口")}),
		brandAttr("trademark_type", TypeString, true, `"1" to "45"`, `"1" 到 "45"`, "The class of goods (Nice classification).", "商标分类（尼斯分类）。"),
		brandAttr("license", TypePictures, true, "at least one", "至少一张", "The business licence.", "营业执照或组织机构代码证。"),
		brandAttr("sale_authorization", TypePictures, false, "required for agents", "代理品牌必填", "The letters of authorisation.", "销售授权书。"),
		brandAttr("trademark_registration_certificate", TypePictures, false, "required for R marks", "R 标必填", "The certificate of registration.", "商标注册证书。"),
		brandAttr("trademark_change_certificate", TypePictures, false, "", "", "Proof of changes of the mark.", "商标变更证明。"),
		brandAttr("trademark_registrant", TypeString, false, "required for R marks", "R 标必填", "Who registered the mark.", "商标注册人。"),
		brandAttr("trademark_registrant_nu", TypeString, true, "", "", "The number of the registration or of the application.", "商标注册号或申请号。"),
		brandAttr("trademark_authorization_period", TypeTime, false, "required for R marks", "R 标必填", "Until when the registration is valid.", "商标有效期。"),
		brandAttr("trademark_registration_application", TypePictures, false, "required for TM marks", "TM 标必填", "The notice of acceptance.", "商标注册申请受理通知书。"),
		brandAttr("trademark_applicant", TypeString, false, "required for TM marks", "TM 标必填", "Who applied for the mark.", "商标申请人。"),
		brandAttr("trademark_application_time", TypeTime, false, "required for TM marks", "TM 标必填", "When it was applied for.", "商标申请时间。"),
		brandAttr("imported_goods_form", TypePictures, false, "", "", "The customs declaration of imported goods.", "进口货物报关单。"),
	},
}

func brandAttr(name string, t Type, required bool, ruleEN, ruleZH, en, zh string) AttrSpec {
	api := "brand_info." + name
	if name == "license" {
		api = name
	}
	return AttrSpec{Name: name, Type: t, Required: required, Paper: name != "brand_wording", API: "audit_req." + api, Cost: CostReview, Rule: lang.T(ruleEN, ruleZH), Doc: lang.T(en, zh)}
}

func brandWord(name, en, zh string, words ...Word) AttrSpec {
	a := brandAttr(name, TypeWord, true, "", "", en, zh)
	a.Words = words
	return a
}

var qualificationSpec = BlockSpec{
	Name: "qualification", Label: lang.T("the name", "名称"), ForEach: true, API: "audit/audit_category",
	Doc: lang.T("The right to sell in one category. `shopctl category` shows which categories need it.", "在某个类目经营的资质。`shopctl category` 会列出哪些类目需要资质。"),
	Example: `qualification "electric-blankets" {
  category    = "家纺/毯类/电热毯"
  license     = ["files/license.png"]
  certificate = ["files/ccc.png"]
}
`,
	Attrs: []AttrSpec{
		forEachSpec,
		idSpec("The name of the qualification of this element; each.key when left out.", "该元素的资质名称；省略时为 each.key。"),
		grantedSpec("category", "类目资质"),
		reasonSpec,
		{Name: "category", Type: TypeCategory, Required: true, API: "audit_req.category_info.level1, level2, level3", Cost: CostReview,
			Rule: lang.T("a leaf, by id or by name path; one qualification per category", "末级类目的编号或名称路径；每个类目一个资质"),
			Doc:  lang.T("The category.", "类目。")},
		{Name: "license", Type: TypePictures, Required: true, Paper: true, API: "audit_req.license", Cost: CostReview, Rule: lang.T("at least one", "至少一张"),
			Doc: lang.T("The business licence.", "营业执照或组织机构代码证。")},
		{Name: "certificate", Type: TypePictures, Required: true, Paper: true, API: "audit_req.category_info.certificate", Cost: CostReview, Rule: lang.T("1 to 10", "1 到 10 张"),
			Doc: lang.T("The certificates that the category demands.", "类目要求的资质证明。")},
	},
}
