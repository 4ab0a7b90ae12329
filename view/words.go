package view

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// headline is how an action is announced: a symbol, a word, a colour.
type headline struct {
	symbol string
	word   lang.Text
	style  style
}

var headlines = map[reconcile.Action]headline{
	reconcile.ActionCreate:   {"+", lang.T("create", "新建"), green},
	reconcile.ActionSubmit:   {"+", lang.T("submit for audit", "提交资质审核"), green},
	reconcile.ActionUpdate:   {"~", lang.T("update (review)", "更新（需审核）"), yellow},
	reconcile.ActionEdit:     {"~", lang.T("edit at once", "即时修改"), cyan},
	reconcile.ActionList:     {"↑", lang.T("list", "上架"), green},
	reconcile.ActionDelist:   {"↓", lang.T("delist", "下架"), yellow},
	reconcile.ActionDelete:   {"-", lang.T("delete (irreversible)", "删除（不可恢复）"), red},
	reconcile.ActionWithdraw: {"<", lang.T("withdraw from review", "撤回审核"), yellow},
	reconcile.ActionSettings: {"~", lang.T("change settings", "修改商家设置"), cyan},
	reconcile.ActionForget:   {"×", lang.T("forget", "不再管理"), blue},
	reconcile.ActionWait:     {"⧗", lang.T("wait", "等待"), blue},
	reconcile.ActionBlock:    {"✗", lang.T("blocked", "受阻"), red},
}

func headlineOf(a reconcile.Action) headline {
	if h, ok := headlines[a]; ok {
		return h
	}
	return headline{"?", lang.Same(string(a)), plain}
}

var causes = map[reconcile.Cause]lang.Text{
	reconcile.CauseFile:      lang.T("changed in the files", "文件中有改动"),
	reconcile.CauseDrift:     lang.T("drift: somebody changed it in the shop", "店铺有漂移：有人在店铺里改过"),
	reconcile.CauseBoth:      lang.T("changed in the files, and somebody changed it in the shop too", "文件中有改动，店铺里也有人改过"),
	reconcile.CauseRejection: lang.T("an earlier submission was turned down", "之前的提交未通过审核"),
	reconcile.CauseReview:    lang.T("a review is not over yet", "审核尚未结束"),
	reconcile.CauseUnknown:   lang.T("the shop differs from the files; no record tells who changed it", "店铺与文件不一致，没有记录说明是谁改的"),
}

// causeOf says why an object is not as declared. That it is new, or gone from
// the files, says more than which side moved.
func causeOf(c *reconcile.Change) lang.Text {
	switch c.Action {
	case reconcile.ActionCreate, reconcile.ActionSubmit:
		if c.Cause == reconcile.CauseFile && !c.Again {
			return lang.T("new in the files", "文件中新增")
		}
	case reconcile.ActionDelist, reconcile.ActionDelete, reconcile.ActionForget:
		if c.Source.Range.File == "" {
			return lang.T("no longer in the files", "文件中已删除")
		}
	}
	if c.Block != nil && c.Block.Kind == reconcile.BlockBanned {
		return lang.T("the platform took it off the shelf", "平台已将其下架")
	}
	return causes[c.Cause]
}

// costOf says what a change costs and when buyers see it.
func costOf(c *reconcile.Change) lang.Text {
	switch {
	case c.SubmitAt != nil:
		return lang.F("goes to review when the budget has room for it, at %s; buyers see it after it passes",
			"需要审核，额度允许时（%s）提交，通过后买家可见", clock(*c.SubmitAt))
	case c.Class == reconcile.ClassReview && c.Submissions > 0:
		return lang.F("goes to review (%d of the submission budget); buyers see it after it passes",
			"需要审核（占用 %d 次提交额度），通过后买家可见", c.Submissions)
	case c.Class == reconcile.ClassReview:
		return lang.T("goes to review by the platform", "需要平台审核")
	case c.Class == reconcile.ClassFree:
		return lang.T("at once, no review", "立即生效，无需审核")
	case c.Class == reconcile.ClassIrreversible:
		return lang.T("cannot be undone; the id may never be used again", "不可恢复；该商品 ID 可能无法再次使用")
	case c.Action == reconcile.ActionForget:
		return lang.T("nothing is sent; only the state changes", "不发送任何请求，只更新状态文件")
	}
	return lang.Text{}
}

var steps = map[reconcile.Op]lang.Text{
	reconcile.OpUpdateMerchant: lang.T("replace the merchant settings", "更新商家设置"),
	reconcile.OpSubmitBrand:    lang.T("submit the brand", "提交品牌审核"),
	reconcile.OpSubmitCategory: lang.T("submit the category", "提交类目审核"),
	reconcile.OpAdd:            lang.T("create and submit for review", "新建并提交审核"),
	reconcile.OpUpdate:         lang.T("submit the new content for review", "提交新内容审核"),
	reconcile.OpUpdateFree:     lang.T("change price, stock or codes at once", "立即修改价格、库存或编码"),
	reconcile.OpWithdraw:       lang.T("withdraw the running review", "撤回正在进行的审核"),
	reconcile.OpList:           lang.T("put on the shelf", "上架"),
	reconcile.OpDelist:         lang.T("take off the shelf", "下架"),
	reconcile.OpDelete:         lang.T("delete for good", "永久删除"),
	reconcile.OpForget:         lang.T("forget it; the product stays in the shop as it is", "不再管理，商品在店铺中保持原样"),
}

// stepped joins steps in their order, with words from the table.
func stepped(ops []reconcile.Op, table map[reconcile.Op]lang.Text) lang.Text {
	var en, zh []string
	for _, op := range ops {
		t, ok := table[op]
		if !ok {
			t = lang.Same(string(op))
		}
		en, zh = append(en, t.EN), append(zh, t.ZH)
	}
	return lang.T(strings.Join(en, ", then "), strings.Join(zh, "，然后"))
}

// waitOf says what must happen outside.
func waitOf(w reconcile.Wait) lang.Text {
	on := ""
	if w.On != nil {
		on = w.On.String()
	}
	var t lang.Text
	switch w.Kind {
	case reconcile.WaitReview:
		t = lang.T("its review is running", "正在审核")
	case reconcile.WaitPush:
		t = lang.T("submitted; the platform has not begun its review", "已提交，平台尚未开始审核")
	case reconcile.WaitAudit:
		t = lang.T("its audit is running", "资质正在审核")
	case reconcile.WaitBrand:
		t = lang.F("%s is not granted yet", "%s 尚未获得授权", on)
	case reconcile.WaitQualification:
		t = lang.F("%s is not granted yet", "%s 尚未通过审核", on)
	case reconcile.WaitQuota:
		t = lang.T("the submission quota is spent", "提交额度已用完")
	case reconcile.WaitApproval:
		t = approvalOf(w)
	case reconcile.WaitPlatform:
		t = lang.T("the platform has not shown the result yet", "平台尚未显示结果")
	default:
		t = lang.Same(string(w.Kind) + " " + on)
	}
	if w.Since != nil {
		at := clock(*w.Since)
		t = lang.T(t.EN+", since "+at, t.ZH+"，自 "+at)
	}
	if w.Kind == reconcile.WaitQuota && w.Until != nil {
		at := clock(*w.Until)
		t = lang.T(t.EN+" until "+at, t.ZH+"，"+at+" 恢复")
	}
	if !w.AuditUnknown {
		return t
	}
	t = lang.T(t.EN+"; its audit id is not known, so only a grant can be seen: look for a rejection in the console", t.ZH+"；审核单号未知，只能看到是否获得授权，是否被驳回请在后台查看")
	if w.Until != nil {
		at := clock(*w.Until)
		t = lang.T(t.EN+"; submitted again after "+at, t.ZH+"；"+at+" 之后会再次提交")
	}
	return t
}

// approvalOf says what a human has to decide about a change that was left.
func approvalOf(w reconcile.Wait) lang.Text {
	why := approvals[w.Why]
	switch w.Why {
	case reconcile.ApprovalGuard:
		why = lang.F("it breaks the guard %[1]s (if it is meant: --override-guard %[1]s)", "触发了保护限制 %[1]s（若确认无误：--override-guard %[1]s）", w.Guard)
	case reconcile.ApprovalNeeds:
		why = lang.F("it needs %s, which was left too", "依赖 %s，而后者也未执行", w.On)
	}
	return lang.T("left to a human: "+why.EN, "留待人工决定："+why.ZH)
}

var approvals = map[reconcile.ApprovalWhy]lang.Text{
	reconcile.ApprovalIrreversible: lang.T("it cannot be undone", "不可恢复"),
	reconcile.ApprovalReview:       lang.T("it goes to review", "需要审核"),
	reconcile.ApprovalUnread:       lang.T("it was not in the plan that this run goes by; the next plan shows it", "不在本次执行的计划中，下一次计划会列出"),
}

// blockOf says why only a human can help, in the reviewer's own words where
// there are any, and remedyOf what to do.
func blockOf(b *reconcile.Block) lang.Text {
	on := ""
	if b.On != nil {
		on = b.On.String()
	}
	var t lang.Text
	switch b.Kind {
	case reconcile.BlockRejected:
		t = lang.T("rejected by the reviewer", "审核未通过")
	case reconcile.BlockBanned:
		t = lang.T("taken off the shelf by the platform", "被平台下架")
	case reconcile.BlockNeeds:
		t = lang.F("needs %s, which is blocked or missing", "依赖 %s，而它受阻或不存在", on)
	case reconcile.BlockBurnt:
		t = lang.T("its out_product_id was used before and cannot be used again", "out_product_id 曾被使用，不能再用")
	case reconcile.BlockShelf:
		return lang.F("its shelf state %s is not known to this program", "货架状态 %s 不在本程序已知范围内", b.Reason)
	case reconcile.BlockNotGranted:
		t = lang.T("it is declared as granted, and the shop does not have it", "声明为已获得（granted = true），但店铺并没有")
	default:
		t = lang.Same(string(b.Kind))
	}
	if b.At != nil {
		t = lang.T(t.EN+" on "+clock(*b.At), t.ZH+"（"+clock(*b.At)+"）")
	}
	if b.Reason != "" {
		t = lang.T(t.EN+": "+b.Reason, t.ZH+"："+b.Reason)
	}
	return t
}

func remedyOf(b *reconcile.Block, a schema.Address) lang.Text {
	switch b.Kind {
	case reconcile.BlockRejected:
		return lang.F("change what the reviewer names and apply again; to send it unchanged: --resubmit %s",
			"按审核意见修改后再次 apply；若要原样重新提交：--resubmit %s", a)
	case reconcile.BlockBanned:
		return lang.T("find the reason in the console, change the product and apply again",
			"在后台查看原因，修改商品后再次 apply")
	case reconcile.BlockNeeds:
		return lang.T("solve that first", "请先解决该项")
	case reconcile.BlockBurnt:
		return lang.T("declare the product under another out_product_id", "换一个 out_product_id 声明该商品")
	case reconcile.BlockShelf:
		return lang.T("look at the product in the console; nothing is sent for it", "请在后台查看该商品；本程序不会对它发送任何请求")
	case reconcile.BlockNotGranted:
		return lang.T("remove granted = true and add its papers, and apply submits them; or ask for it in the console",
			"删除 granted = true 并补充证照，apply 会提交审核；或在后台申请")
	}
	return lang.Text{}
}

// labels name fields for readers who do not know the language of the files.
var labels = map[string]lang.Text{
	"title":              lang.T("title", "标题"),
	"path":               lang.T("page", "页面路径"),
	"head_img":           lang.T("head pictures", "主图"),
	"qualification_pics": lang.T("qualification pictures", "商品资质图"),
	"desc_info.desc":     lang.T("description", "详情描述"),
	"desc_info.imgs":     lang.T("description pictures", "详情图"),
	"third_cat_id":       lang.T("category", "类目"),
	"category":           lang.T("category", "类目"),
	"brand":              lang.T("brand", "品牌"),
	"scene_group_list":   lang.T("scenes", "场景"),
	"info_version":       lang.T("version", "版本"),
	"listing":            lang.T("shelf", "货架"),
	"sale_price":         lang.T("price", "售价"),
	"market_price":       lang.T("market price", "市场价"),
	"stock_num":          lang.T("stock", "库存"),
	"barcode":            lang.T("barcode", "条形码"),
	"sku_code":           lang.T("SKU code", "商家编码"),
	"thumb_img":          lang.T("picture", "图片"),
	"sku_attrs":          lang.T("attributes", "规格"),

	"component.direct_path":  lang.T("buy-now page", "直接购买页"),
	"component.supplier":     lang.T("supplier", "供应商"),
	"component.express_fee":  lang.T("express fee", "快递费"),
	"component.product_type": lang.T("product type", "商品类型"),
	"component.sell_time":    lang.T("sale time", "开售时间"),
	"component.pick_up_type": lang.T("delivery", "配送方式"),
	"component.unitname":     lang.T("unit", "单位"),
	"component.unitfactor":   lang.T("unit factor", "单位换算"),

	"service_agent_type":        lang.T("customer service", "客服方式"),
	"service_agent_path":        lang.T("customer service page", "客服页面"),
	"service_agent_phone":       lang.T("customer service phone", "客服电话"),
	"default_receiving_address": lang.T("return address", "默认退货地址"),

	"default_receiving_address.receiver_name":    lang.T("return receiver", "退货收件人"),
	"default_receiving_address.tel_number":       lang.T("return phone", "退货电话"),
	"default_receiving_address.country":          lang.T("return country", "退货国家"),
	"default_receiving_address.province":         lang.T("return province", "退货省份"),
	"default_receiving_address.city":             lang.T("return city", "退货城市"),
	"default_receiving_address.town":             lang.T("return district", "退货区县"),
	"default_receiving_address.detailed_address": lang.T("return street", "退货详细地址"),

	"brand_wording":                      lang.T("trademark", "商标"),
	"brand_audit_type":                   lang.T("trademark kind", "商标状态"),
	"brand_management_type":              lang.T("brand held as", "品牌经营类型"),
	"commodity_origin_type":              lang.T("goods from", "是否进口"),
	"trademark_type":                     lang.T("Nice class", "商标分类"),
	"license":                            lang.T("business licence", "营业执照"),
	"certificate":                        lang.T("certificates", "资质材料"),
	"sale_authorization":                 lang.T("sales authorisation", "销售授权书"),
	"trademark_registration_certificate": lang.T("registration certificate", "商标注册证"),
	"trademark_change_certificate":       lang.T("change certificate", "商标变更证明"),
	"trademark_registrant":               lang.T("registrant", "商标注册人"),
	"trademark_registrant_nu":            lang.T("registration number", "商标注册号"),
	"trademark_authorization_period":     lang.T("valid until", "商标有效期"),
	"trademark_registration_application": lang.T("acceptance notice", "商标受理通知书"),
	"trademark_applicant":                lang.T("applicant", "商标申请人"),
	"trademark_application_time":         lang.T("applied on", "商标申请时间"),
	"imported_goods_form":                lang.T("customs declaration", "进口报关单"),
}

func labelOf(field string) lang.Text {
	if t, ok := labels[field]; ok {
		return t
	}
	return lang.Same(field)
}

// clock is a time as the platform's console shows it: Beijing, to the minute.
func clock(t time.Time) string { return t.In(schema.Beijing).Format("2006-01-02 15:04") }

// percent is a fraction as a percentage with at most one decimal.
func percent(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f*100, 'f', 1, 64), ".0") + "%"
}

// duration is a span of time in words, to the second below a minute and to the minute above.
func duration(d time.Duration) lang.Text {
	if d < time.Minute {
		return counted(int(d.Round(time.Second).Seconds()), "second", "seconds", "秒")
	}
	minutes := int(d.Round(time.Minute).Minutes())
	if minutes < 60 {
		return counted(minutes, "minute", "minutes", "分钟")
	}
	hours := counted(minutes/60, "hour", "hours", "小时")
	if minutes%60 == 0 {
		return hours
	}
	rest := counted(minutes%60, "minute", "minutes", "分钟")
	return lang.T(hours.EN+" "+rest.EN, hours.ZH+" "+rest.ZH)
}
