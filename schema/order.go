package schema

import (
	"time"

	"github.com/shopctl/shopctl/lang"
)

// The platform takes only so many product submissions. What of a catalog goes
// first is its author's to say: Order in a product, or in the shop for all.

// Budget is the block `budget { ... }`: how many product submissions (spu/add and
// spu/update together) the platform takes from the shop, in any hour and in any
// 24 hours.
type Budget struct {
	PerHour int
	PerDay  int
}

// DefaultBudget is what is known of the platform (reference section 8.9).
var DefaultBudget = Budget{PerHour: 200, PerDay: 1000}

// Order says which product is submitted first when not all can be: the higher
// Priority, then the earlier Deadline, then the one that is declared first.
type Order struct {
	Priority int `json:",omitzero"`
	// Deadline is when the product is to be on the shelf; zero for none.
	Deadline time.Time `json:",omitzero"`
}

// deadlineForms are how a deadline may be written, in Beijing time.
var deadlineForms = []string{"2006-01-02 15:04", PlatformTime}

// ParseDeadline reads a time like "2026-11-27 20:00", in Beijing time.
func ParseDeadline(text string) (time.Time, bool) {
	for _, form := range deadlineForms {
		if at, err := time.ParseInLocation(form, text, Beijing); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// order reads priority and deadline; what is left out is the outer order's.
func (b *builder) order(n *node, outer Order) Order {
	if n.has("priority") {
		outer.Priority = int(get[int64](n, "priority"))
	}
	if n.has("deadline") {
		text := get[string](n, "deadline")
		at, ok := ParseDeadline(text)
		if !ok {
			b.add(ruleDeadline, n.place("deadline"), lang.F("%q is no time.", "%q 不是时间。", shorten(text)),
				lang.T(`Write it like "2026-11-27 20:00" (Beijing time).`, `请写成 "2026-11-27 20:00" 的形式（北京时间）。`))
		}
		outer.Deadline = at
	}
	return outer
}

// budget reads the block of that name.
func (b *builder) budget(n *node) Budget {
	budget := DefaultBudget
	for name, limit := range map[string]*int{"per_hour": &budget.PerHour, "per_day": &budget.PerDay} {
		if !n.has(name) {
			continue
		}
		*limit = int(get[int64](n, name))
		if *limit < 1 {
			b.add(ruleBudget, n.place(name), lang.F("%s is %d, so nothing could be submitted.", "%s 为 %d，将无法提交任何商品。", name, *limit),
				lang.T("Write 1 or more.", "请写不小于 1 的数。"))
		}
	}
	return budget
}

func orderSpecs(shop bool) []AttrSpec {
	if shop {
		return []AttrSpec{
			{Name: "priority", Type: TypeInteger, Default: "0", Cost: CostLocal,
				Doc: lang.T("The priority of products that name none.", "未指定 priority 的商品的优先级。")},
			{Name: "deadline", Type: TypeString, Cost: CostLocal, Rule: lang.T(`such as "2026-11-27 20:00", Beijing time`, `如 "2026-11-27 20:00"，北京时间`),
				Doc: lang.T("When the products are to be on the shelf, such as the start of a live stream. plan and status forecast it.", "商品应当在架的时间，例如直播开始时间。plan 和 status 会据此预测。")},
		}
	}
	return []AttrSpec{
		{Name: "priority", Type: TypeInteger, Default: "shop.priority", Cost: CostLocal,
			Doc: lang.T("Products of a higher priority are submitted first when the budget does not suffice for all.", "提交额度不足时，优先级高的商品先提交。")},
		{Name: "deadline", Type: TypeString, Default: "shop.deadline", Cost: CostLocal, Rule: lang.T(`such as "2026-11-27 20:00", Beijing time`, `如 "2026-11-27 20:00"，北京时间`),
			Doc: lang.T("When the product is to be on the shelf. Of two products of the same priority, the one with the earlier deadline is submitted first.", "商品应当在架的时间。优先级相同时，截止时间早的先提交。")},
	}
}

var budgetSpec = BlockSpec{
	Name: "budget", Single: true,
	Doc: lang.T("How many product submissions the platform takes from this shop: new products and changed contents together, withdrawn ones included. apply sends no more.",
		"平台允许本店提交商品审核的次数：新建与更新合计，包括撤回的。apply 不会超出。"),
	Example: "budget {\n  per_hour = 200\n  per_day  = 1000\n}\n",
	Attrs: []AttrSpec{
		{Name: "per_hour", Type: TypeInteger, Default: "200", Cost: CostLocal, Rule: lang.T("1 or more", "不小于 1"), Unit: lang.T("submissions", "次"),
			Doc: lang.T("In any hour.", "任意一小时内。")},
		{Name: "per_day", Type: TypeInteger, Default: "1000", Cost: CostLocal, Rule: lang.T("1 or more", "不小于 1"), Unit: lang.T("submissions", "次"),
			Doc: lang.T("In any 24 hours.", "任意 24 小时内。")},
	},
}
