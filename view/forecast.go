package view

import (
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

var chanceNames = map[reconcile.Chance]headline{
	reconcile.ChanceThere:   {"●", lang.T("there already", "已在架"), green},
	reconcile.ChanceWill:    {"✓", lang.T("will be there", "预计能上架"), green},
	reconcile.ChanceMay:     {"?", lang.T("may be there", "可能上架"), yellow},
	reconcile.ChanceWillNot: {"✗", lang.T("will not be there", "预计来不及"), red},
}

var prospectWhys = map[reconcile.ProspectWhy]lang.Text{
	reconcile.WhyAtOnce:  lang.T("needs no review", "无需审核"),
	reconcile.WhyReview:  lang.T("its review is running", "正在审核"),
	reconcile.WhySubmit:  lang.T("is submitted now", "现在提交"),
	reconcile.WhyBudget:  lang.T("waits for the submission budget", "等待提交额度"),
	reconcile.WhyGrant:   lang.T("waits for a brand or a category", "等待品牌或类目审核"),
	reconcile.WhyBlocked: lang.T("is blocked", "受阻"),
}

// maxProspects is how many products of each chance a forecast names.
const maxProspects = 20

// forecast adds what will be on the shelf by the deadline: counts, those that may
// not make it, what the times are taken from, and what would help.
func (p *page) forecast(f *reconcile.Forecast) {
	if f == nil {
		return
	}
	p.blank()
	p.line(0, format("By %s: ", "到 %s 为止：", clock(f.Deadline)).as(bold), words(sentence(listed(chances(f)))))
	for _, chance := range []reconcile.Chance{reconcile.ChanceWillNot, reconcile.ChanceMay} {
		p.prospects(f, chance)
	}
	for _, basis := range basesOf(f) {
		p.line(0, words(basis).as(faint))
	}
	for _, a := range f.Advice {
		p.line(0, both("Advice: ", "建议：").as(green), words(adviceOf(a, f.At)))
	}
}

// chances counts the products of a forecast, leaving out what does not occur.
func chances(f *reconcile.Forecast) []lang.Text {
	var parts []lang.Text
	for _, c := range []struct {
		chance reconcile.Chance
		n      int
	}{{reconcile.ChanceThere, f.There}, {reconcile.ChanceWill, f.Will}, {reconcile.ChanceMay, f.May}, {reconcile.ChanceWillNot, f.WillNot}} {
		if c.n > 0 {
			name := chanceNames[c.chance].word
			parts = append(parts, counted(c.n, name.EN, name.EN, "个"+name.ZH))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, lang.T("nothing is wanted on the shelf", "没有需要上架的商品"))
	}
	return parts
}

// prospects adds the products of one chance.
func (p *page) prospects(f *reconcile.Forecast, chance reconcile.Chance) {
	h := chanceNames[chance]
	named, more := 0, 0
	for i := range f.Products {
		x := &f.Products[i]
		switch {
		case x.Chance != chance:
		case named == maxProspects:
			more++
		default:
			named++
			p.line(2, raw(h.symbol+" ").as(h.style), words(h.word).as(h.style), raw("  "+x.Address.String()).as(bold), raw("  "+x.Title), both(": ", "："), words(prospectOf(x, f.At)))
		}
	}
	if more > 0 {
		p.line(4, words(andMore(more)))
	}
}

// prospectOf says why, when it is submitted, and when it is expected.
func prospectOf(x *reconcile.Prospect, now time.Time) lang.Text {
	parts := []lang.Text{prospectWhys[x.Why]}
	if x.Block != nil {
		parts = []lang.Text{blockOf(x.Block)}
	}
	if x.Why == reconcile.WhyBudget {
		at := when(*x.SubmitAt, now)
		parts = append(parts, lang.F("submitted at %s", "%s 提交", at))
	}
	switch {
	case x.Early != nil && x.Late != nil:
		parts = append(parts, lang.F("there between %s and %s", "预计 %s 至 %s 之间上架", when(*x.Early, now), when(*x.Late, now)))
	case x.Early != nil:
		parts = append(parts, lang.T("its review takes longer than any before", "审核时间已超过以往任何一次"))
	}
	if x.Likely != nil && x.Early != nil && !x.Likely.Equal(*x.Early) {
		parts = append(parts, lang.F("most likely %s", "很可能在 %s", when(*x.Likely, now)))
	}
	if x.ShowsOld {
		parts = append(parts, lang.T("buyers see the old content meanwhile", "期间买家看到的是旧内容"))
	}
	return semicolons(parts)
}

// basesOf says what the times of a forecast are taken from.
func basesOf(f *reconcile.Forecast) []lang.Text {
	fewest, reference := 0, false
	for i := range f.Products {
		switch b := f.Products[i].Basis; {
		case b == nil:
		case b.Source == reconcile.BasisReference:
			reference = true
		case fewest == 0 || b.Samples < fewest:
			fewest = b.Samples
		}
	}
	var parts []lang.Text
	if fewest > 0 {
		parts = append(parts, lang.F("The times are taken from earlier reviews of this shop, at least %d for each product.", "时间依据本店以往的审核，每个商品至少参考 %d 次。", fewest))
	}
	if reference {
		parts = append(parts, lang.T("Where this shop has no reviews to go by, the times are those known of the platform: a product takes minutes to a day, a brand or a category hours to a week.", "本店没有可参考的审核时，时间依据平台的已知情况：商品几分钟到一天，品牌和类目几小时到一周。"))
	}
	return parts
}

// adviceOf says what would bring more products there.
func adviceOf(a reconcile.Advice, now time.Time) lang.Text {
	names := someOf(a.Objects)
	switch a.Kind {
	case reconcile.AdviceFirst:
		return lang.F("submit these first (give them a higher priority), and %[1]d more can make it: %[2]s.", "先提交这些商品（提高 priority），还能多赶上 %[1]d 个：%[3]s。", a.Gain, names.EN, names.ZH)
	case reconcile.AdviceLeaveOut:
		return lang.F("or leave these for later, with the same effect: %[1]s.", "或者把这些商品留到以后，效果相同：%[2]s。", names.EN, names.ZH)
	case reconcile.AdviceChoose:
		return lang.F("the budget does not suffice for all; choose by priority which are to be there. Too late as it stands: %[1]s.", "额度不足以提交全部商品，请用 priority 决定先后。照目前的顺序来不及的有：%[2]s。", names.EN, names.ZH)
	case reconcile.AdviceRepair:
		return lang.F("change what was rejected or banned and submit it by %[1]s: %[2]s.", "请在 %[1]s 前修改被驳回或被下架的商品并重新提交：%[3]s。", when(*a.By, now), names.EN, names.ZH)
	case reconcile.AdviceKeepGoing:
		return lang.F("keep apply running until %s (--wait), or run it again when the budget opens.", "让 apply 持续运行到 %s（--wait），或在额度恢复时再次运行。", when(*a.By, now))
	}
	return lang.Same(string(a.Kind))
}

// someOf names the first of a list of objects.
func someOf(list []schema.Address) lang.Text {
	names := addresses(list[:min(len(list), maxBreachObjects)])
	if more := andMore(len(list) - maxBreachObjects); !more.IsZero() {
		return lang.T(names.EN+", "+more.EN, names.ZH+"，"+more.ZH)
	}
	return names
}
