package view

import (
	"fmt"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// The sample shop sells blankets. Everything below happens on one Friday.
var friday = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func at(minutes int) *time.Time {
	t := friday.Add(time.Duration(minutes) * time.Minute)
	return &t
}

func spu(id string) schema.Address { return schema.Address{Kind: schema.KindSPU, Name: id} }

var (
	brandCXY = schema.Address{Kind: schema.KindBrand, Name: "cxy"}
	merchant = schema.Address{Kind: schema.KindMerchant}
)

func line(n int) schema.Source {
	return schema.Source{Range: schema.Range{File: "products.hcl", Start: schema.Pos{Line: n, Column: 1}}}
}

func sampleCatalog() *schema.Catalog {
	attrs := []schema.Attr{{Key: "选择颜色", Value: "酒红"}, {Key: "选择套装", Value: "100cm*150cm"}}
	return &schema.Catalog{
		SPUs: map[string]*schema.SPU{"719": {OutProductID: "719", SKUs: []schema.SKU{{OutSKUID: "27359029914", SKUAttrs: attrs}}}},
		Images: map[schema.ImageKey]schema.ImageFile{
			"sha256:1": {Image: schema.Image{Key: "sha256:1", Path: "img/719/1.png"}},
			"sha256:2": {Image: schema.Image{Key: "sha256:2", Path: "img/719/2.png"}},
		},
	}
}

// samplePlan holds one change of every action, cause, wait and block.
func samplePlan() *reconcile.Plan {
	return &reconcile.Plan{
		ShopName: "blankets", Shop: state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"},
		Lineage: "c0ffee", Serial: 7, CatalogDigest: "d1", At: friday,
		Changes:  sampleChanges(),
		Uploads:  []reconcile.Upload{{Key: "sha256:2", Path: "img/719/2.png", Size: 1_250_000, OriginalSize: 4_200_000, For: []schema.Address{spu("719")}}},
		Breaches: []reconcile.Breach{{Guard: reconcile.GuardPriceDrop, Limit: 0.3, Actual: 0.455, Objects: []schema.Address{spu("722")}}, {Guard: reconcile.GuardRemovals, Limit: 1, Actual: 2, Objects: []schema.Address{spu("725"), spu("726")}}},
		Budget: reconcile.Budget{
			Hour: reconcile.Window{Limit: 200, Spent: 199, Left: 1}, Day: reconcile.Window{Limit: 700, Spent: 420, Left: 280, LearnedAt: at(-120)},
			Needed: 2, Ready: 1, Next: at(40), Through: at(40), Closed: []reconcile.Closure{{On: "spu.728", Until: *at(30)}},
		},
		Forecast:  sampleForecast(),
		Unchanged: 12, Adopted: 1, Unmanaged: 3,
	}
}

func sampleChanges() []reconcile.Change {
	return []reconcile.Change{
		{
			Address: merchant, Action: reconcile.ActionSettings, Steps: []reconcile.Op{reconcile.OpUpdateMerchant},
			Class: reconcile.ClassFree, Cause: reconcile.CauseDrift, Source: line(3),
			Fields: []reconcile.FieldDiff{{Path: "service_agent_phone", Kind: reconcile.FieldText, Old: "020-11110000", New: "020-88880000", Cause: reconcile.CauseDrift}},
		},
		{
			Address: brandCXY, Title: "CXY", Action: reconcile.ActionSubmit, Steps: []reconcile.Op{reconcile.OpSubmitBrand},
			Class: reconcile.ClassReview, Cause: reconcile.CauseFile, Source: line(9),
		},
		{
			Address: spu("719"), Title: "毛毯百搭休闲珊瑚绒毯子100*150cm", Action: reconcile.ActionUpdate,
			Steps: []reconcile.Op{reconcile.OpWithdraw, reconcile.OpUpdate}, Class: reconcile.ClassReview, Cause: reconcile.CauseFile, Submissions: 1,
			Fields: []reconcile.FieldDiff{
				{Path: "title", Kind: reconcile.FieldText, Old: "毛毯", New: "毛毯百搭休闲珊瑚绒毯子100*150cm", Cause: reconcile.CauseFile},
				{Path: "head_img", Kind: reconcile.FieldPictures, Old: "sha256:1", New: "sha256:1\nsha256:2", Cause: reconcile.CauseFile},
				{Path: "desc_info.desc", Kind: reconcile.FieldText, New: "旅行毯", Cause: reconcile.CauseFile},
				{Path: "sku.27359029914.sale_price", Kind: reconcile.FieldMoney, Old: "990", New: "890", Cause: reconcile.CauseFile},
				{Path: "sku.27359029914.market_price", Kind: reconcile.FieldMoney, Old: "2190", New: "1990", Cause: reconcile.CauseBoth},
				{Path: "sku.27359029915", Kind: reconcile.FieldSKU, New: "选择颜色 蓝色 / 选择套装 100cm*150cm ¥9.90", Cause: reconcile.CauseFile},
				{Path: "sku.red.v1", Kind: reconcile.FieldSKU, Old: "选择颜色 深红 ¥9.90", Cause: reconcile.CauseFile},
			},
			Needs: []schema.Address{brandCXY}, Images: []schema.ImageKey{"sha256:2"}, Source: line(21),
		},
		{
			Address: spu("720"), Title: "电热毯", Action: reconcile.ActionCreate, Steps: []reconcile.Op{reconcile.OpAdd},
			Class: reconcile.ClassReview, Cause: reconcile.CauseFile, Submissions: 1, SubmitAt: at(40), Needs: []schema.Address{brandCXY},
			Waits: []reconcile.Wait{{Kind: reconcile.WaitBrand, On: &brandCXY}}, Source: schema.Source{Range: line(40).Range, EachKey: "720"},
		},
		{
			Address: spu("721"), Title: "毛毯（蓝）", Action: reconcile.ActionBlock, Cause: reconcile.CauseRejection, Class: reconcile.ClassNone,
			Block:  &reconcile.Block{Kind: reconcile.BlockRejected, Reason: "标题含有极限词“最好”，请修改", At: at(-60)},
			Source: line(60),
		},
		{
			Address: spu("722"), Title: "毛毯（灰）", Action: reconcile.ActionEdit, Steps: []reconcile.Op{reconcile.OpUpdateFree, reconcile.OpList},
			Class: reconcile.ClassFree, Cause: reconcile.CauseDrift, Reason: "双十一活动价，11 月 12 日恢复",
			Fields: []reconcile.FieldDiff{
				{Path: "sku.s1.sale_price", Kind: reconcile.FieldMoney, Old: "1990", New: "1085", Cause: reconcile.CauseDrift},
				{Path: "sku.s1.stock_num", Kind: reconcile.FieldNumber, Old: "0", New: "300", Cause: reconcile.CauseDrift},
				{Path: "listing", Kind: reconcile.FieldShelf, Old: "off", New: "on", Cause: reconcile.CauseDrift},
			},
			Source: line(80),
		},
		{
			Address: spu("723"), Title: "毛毯（绿）", Action: reconcile.ActionWait, Cause: reconcile.CauseReview, Class: reconcile.ClassNone,
			Waits: []reconcile.Wait{{Kind: reconcile.WaitReview, Since: at(-15)}}, Source: line(100),
		},
		{
			Address: spu("724"), Title: "毛毯（黑）", Action: reconcile.ActionBlock, Cause: reconcile.CauseRejection, Class: reconcile.ClassNone,
			Block: &reconcile.Block{Kind: reconcile.BlockBanned}, Source: line(120),
			Notes: []lang.Text{lang.T("the online copy is older than the draft", "线上版本比草稿旧")},
		},
		{
			Address: spu("725"), Title: "旧毛毯", Action: reconcile.ActionDelist, Steps: []reconcile.Op{reconcile.OpDelist},
			Class: reconcile.ClassFree, Cause: reconcile.CauseFile,
		},
		{
			Address: spu("726"), Title: "更旧的毛毯", Action: reconcile.ActionDelete, Steps: []reconcile.Op{reconcile.OpDelete},
			Class: reconcile.ClassIrreversible, Cause: reconcile.CauseFile,
		},
		{
			Address: spu("727"), Action: reconcile.ActionForget, Steps: []reconcile.Op{reconcile.OpForget}, Class: reconcile.ClassNone, Cause: reconcile.CauseFile,
		},
	}
}

// manySKUs creates one product with more SKUs than a plan names.
func manySKUs() *reconcile.Plan {
	c := reconcile.Change{
		Address: spu("800"), Title: "被套", Action: reconcile.ActionCreate, Steps: []reconcile.Op{reconcile.OpAdd},
		Class: reconcile.ClassReview, Cause: reconcile.CauseFile, Submissions: 1, Source: line(1),
		Fields: []reconcile.FieldDiff{{Path: "title", Kind: reconcile.FieldText, New: "被套", Cause: reconcile.CauseFile}},
	}
	for i := range maxWholeSKUs + 2 {
		c.Fields = append(c.Fields, reconcile.FieldDiff{Path: fmt.Sprintf("sku.s%d", i), Kind: reconcile.FieldSKU, New: "¥9.90", Cause: reconcile.CauseFile})
	}
	return &reconcile.Plan{ShopName: "blankets", At: friday, Changes: []reconcile.Change{c}}
}

func sampleReport() *reconcile.Report {
	refused := &provider.Error{
		Class: provider.ClassFix, Call: "spu/add", Code: 1000045, Message: "标题不合规", RID: "6500aaaa-11112222-33334444",
		Meaning: lang.T("The title breaks the rules.", "标题不符合规则。"),
		Remedy:  lang.T("Rewrite the title.", "请修改标题。"),
	}
	return &reconcile.Report{
		Results: []reconcile.Result{
			{Address: merchant, Outcome: reconcile.OutcomeDone, Steps: []reconcile.Op{reconcile.OpUpdateMerchant}, Source: line(3)},
			{Address: brandCXY, Title: "CXY", Outcome: reconcile.OutcomePending, Steps: []reconcile.Op{reconcile.OpSubmitBrand}, Waits: []reconcile.Wait{{Kind: reconcile.WaitAudit, Since: at(0)}}, Source: line(9)},
			{Address: spu("719"), Title: "毛毯", Outcome: reconcile.OutcomeDone, Steps: []reconcile.Op{reconcile.OpWithdraw, reconcile.OpUpdate}, Source: line(21)},
			{Address: spu("720"), Title: "电热毯", Outcome: reconcile.OutcomeFailed, Err: refused, Source: line(40)},
			{Address: spu("721"), Title: "毛毯（蓝）", Outcome: reconcile.OutcomeBlocked, Block: &reconcile.Block{Kind: reconcile.BlockRejected, Reason: "标题含有极限词“最好”，请修改", At: at(-60)}, Source: line(60)},
			{Address: spu("722"), Title: "毛毯（灰）", Outcome: reconcile.OutcomeLater, Waits: []reconcile.Wait{{Kind: reconcile.WaitQuota, Until: at(60)}}, Source: line(80)},
			{Address: spu("723"), Title: "毛毯（绿）", Outcome: reconcile.OutcomeLater, Waits: []reconcile.Wait{{Kind: reconcile.WaitApproval, Why: reconcile.ApprovalGuard, Guard: reconcile.GuardPriceDrop}}},
			{Address: spu("724"), Title: "毛毯（黑）", Outcome: reconcile.OutcomeLater, Waits: []reconcile.Wait{{Kind: reconcile.WaitApproval, Why: reconcile.ApprovalReview}}},
			{Address: spu("725"), Title: "旧毛毯", Outcome: reconcile.OutcomeLater, Waits: []reconcile.Wait{{Kind: reconcile.WaitApproval, Why: reconcile.ApprovalIrreversible}}},
			{Address: spu("726"), Title: "新毛毯", Outcome: reconcile.OutcomeLater, Waits: []reconcile.Wait{{Kind: reconcile.WaitApproval, Why: reconcile.ApprovalNeeds, On: &brandCXY}}},
		},
		Uploaded: 3, Calls: 8,
		Stopped: &provider.Error{
			Class: provider.ClassLater, Call: "spu/update", Code: 1000019, Message: "请求过于频繁", SubmissionLimit: true,
			Meaning: lang.T("Too many submissions in the last hour.", "最近一小时内提交次数过多。"),
			Remedy:  lang.T("Wait an hour.", "请等待一小时。"),
		},
		RetryAfter: time.Hour, Took: 93 * time.Second,
		Budget: reconcile.Spending{
			At: friday, Hour: reconcile.Window{Limit: 150, Spent: 150, LearnedAt: at(0)}, Day: reconcile.Window{Limit: 1000, Spent: 150, Left: 850},
			Left: []schema.Address{spu("722")}, Continue: at(60),
		},
	}
}

// sampleBoard holds every status.
func sampleBoard() []reconcile.Standing {
	return []reconcile.Standing{
		{Address: merchant, Declared: true, Managed: true, Present: true},
		{Address: spu("719"), Title: "毛毯百搭休闲珊瑚绒毯子100*150cm加长加厚", Declared: true, Managed: true, Wanted: true, Present: true, Shelf: provider.ShelfListed,
			Last: &state.Verdict{Kind: state.VerdictApproved, At: *at(-300)}},
		{Address: spu("720"), Title: "电热毯", Declared: true, Wanted: true, Change: &reconcile.Change{Action: reconcile.ActionCreate, Steps: []reconcile.Op{reconcile.OpAdd}, Waits: []reconcile.Wait{{Kind: reconcile.WaitBrand, On: &brandCXY}}}},
		{Address: spu("721"), Title: "毛毯（蓝）", Declared: true, Managed: true, Wanted: true, Present: true, Shelf: provider.ShelfListed, Review: provider.ReviewRejected,
			Rejected: &reconcile.Block{Kind: reconcile.BlockRejected, Reason: "标题含有极限词", At: at(-60)}, Source: line(60)},
		{Address: spu("722"), Title: "毛毯（灰）", Declared: true, Managed: true, Wanted: true, Present: true, Shelf: provider.ShelfDelisted,
			Change: &reconcile.Change{Action: reconcile.ActionList, Steps: []reconcile.Op{reconcile.OpList}}},
		{Address: spu("723"), Title: "毛毯（绿）", Declared: true, Managed: true, Wanted: true, Present: true, Shelf: provider.ShelfInitial, Review: provider.ReviewRunning, SubmittedAt: *at(-15)},
		{Address: spu("724"), Title: "毛毯（黑）", Declared: true, Managed: true, Wanted: true, Present: true, Shelf: provider.ShelfBanned,
			Change: &reconcile.Change{Action: reconcile.ActionBlock, Block: &reconcile.Block{Kind: reconcile.BlockBanned}}},
		{Address: spu("725"), Title: "旧毛毯", Declared: true, Managed: true, Present: true, Shelf: provider.ShelfDelisted},
		{Address: spu("726"), Title: "新毛毯", Declared: true, Wanted: true, Change: &reconcile.Change{Action: reconcile.ActionCreate, Steps: []reconcile.Op{reconcile.OpAdd}}},
		{Address: spu("727"), Title: "毛毯（红）", Declared: true, Wanted: true, Change: &reconcile.Change{Action: reconcile.ActionBlock, Block: &reconcile.Block{Kind: reconcile.BlockNeeds, On: &brandCXY}}},
		{Address: spu("900"), Title: "别人的商品", Present: true, Shelf: provider.ShelfListed},
	}
}

// board is the board of the sample shop.
func board(standings []reconcile.Standing, forecast *reconcile.Forecast) Board {
	return Board{
		ShopName: "blankets", Shop: state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"}, At: friday,
		Standings: standings, Forecast: forecast,
	}
}

// sampleForecast holds a product of every chance and reason, and every advice.
func sampleForecast() *reconcile.Forecast {
	hour := 17
	past := &reconcile.Basis{Source: reconcile.BasisHistory, Samples: 12, Category: "1445", Hour: &hour}
	known := &reconcile.Basis{Source: reconcile.BasisReference}
	return &reconcile.Forecast{
		At: friday, Deadline: *at(180), There: 12, Will: 2, May: 2, WillNot: 2,
		Products: []reconcile.Prospect{
			{Address: spu("719"), Title: "毛毯", Chance: reconcile.ChanceWill, Why: reconcile.WhySubmit, ShowsOld: true, SubmitAt: at(0), Early: at(20), Likely: at(35), Late: at(95), Basis: past},
			{Address: spu("720"), Title: "电热毯", Chance: reconcile.ChanceMay, Why: reconcile.WhyGrant, Early: at(2), Late: at(3000), Basis: known},
			{Address: spu("721"), Title: "毛毯（蓝）", Chance: reconcile.ChanceWillNot, Why: reconcile.WhyBlocked, ShowsOld: true,
				Block: &reconcile.Block{Kind: reconcile.BlockRejected, Reason: "标题含有极限词“最好”，请修改", At: at(-60)}},
			{Address: spu("722"), Title: "毛毯（灰）", Chance: reconcile.ChanceWill, Why: reconcile.WhyAtOnce, Early: at(0), Likely: at(0), Late: at(0)},
			{Address: spu("723"), Title: "毛毯（绿）", Chance: reconcile.ChanceMay, Why: reconcile.WhyReview, SubmitAt: at(-115), Early: at(0), Basis: past},
			{Address: spu("726"), Title: "新毛毯", Chance: reconcile.ChanceWillNot, Why: reconcile.WhyBudget, SubmitAt: at(170), Early: at(190), Likely: at(205), Late: at(265), Basis: past},
		},
		Advice: []reconcile.Advice{
			{Kind: reconcile.AdviceFirst, Objects: []schema.Address{spu("726")}, Gain: 1},
			{Kind: reconcile.AdviceLeaveOut, Objects: []schema.Address{spu("719")}, Gain: 1},
			{Kind: reconcile.AdviceChoose, Objects: []schema.Address{spu("726")}},
			{Kind: reconcile.AdviceRepair, Objects: []schema.Address{spu("721")}, Gain: 1, By: at(85)},
			{Kind: reconcile.AdviceKeepGoing, By: at(170)},
		},
	}
}

// sampleHistory holds a verdict of every kind, the newest first.
func sampleHistory() []state.Verdict {
	return []state.Verdict{
		{Kind: state.VerdictEdited, At: *at(70), Said: "双十一促销"},
		{Kind: state.VerdictBanned, At: *at(60), Reason: "涉嫌违规"},
		{Kind: state.VerdictApproved, At: *at(0), SubmittedAt: at(-95), Category: "1445", Stamp: "sc1-00112233445566778899aabbccddeeff"},
		{Kind: state.VerdictWithdrawn, At: *at(-96), SubmittedAt: at(-100), Category: "1445"},
		{Kind: state.VerdictRejected, At: *at(-200), SubmittedAt: at(-230), Category: "1445", Reason: "标题含有极限词“最好”，请修改", Said: "双十一换标题"},
	}
}

func sampleState() *state.State {
	rec := func(id string) *state.Record { return &state.Record{Address: spu(id)} }
	full := rec("719")
	full.RemoteID, full.SKUIDs = "10000000000000123", schema.SKUIDs{{OutSKUID: "27359029914", SKUID: "3322"}}
	full.Stamp, full.SubmittedAt = "sc1-00112233445566778899aabbccddeeff", at(0)
	full.Memo = map[string]string{"title": "毛毯", "sku.27359029914.sale_price": "990"}
	full.OnRemove = schema.OnRemoveDelist
	rejected := rec("721")
	rejected.Rejected = &state.Rejection{Stamp: "sc1-0", Reason: "标题含有极限词", At: friday}
	rejected.Repushed, rejected.Withdrawn, rejected.Burnt, rejected.BannedStamp, rejected.Version = true, true, true, "sc1-1", "v7"
	brand := &state.Record{Address: brandCXY, AuditID: "RQ1", AuditPending: true}
	return &state.State{
		Header:  state.Header{Version: 1, Lineage: "c0ffee", Serial: 7, Shop: state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"}},
		Records: map[schema.Address]*state.Record{full.Address: full, rejected.Address: rejected, brand.Address: brand},
		Images:  map[schema.ImageKey]state.ImageRecord{"sha256:1": {URL: "https://mmecimage.cn/p/1", At: friday}},
	}
}
