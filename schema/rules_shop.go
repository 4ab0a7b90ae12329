package schema

import (
	"regexp"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

var appIDPattern = regexp.MustCompile(`^wx[0-9a-f]{16}$`)

// shops makes the one shop of the catalog.
func (b *builder) shops(nodes []*node) {
	b.catalog.Shop = Shop{Scenes: []int{1}, OnRemove: OnRemoveDelist, InReview: InReviewWithdraw, State: StateConfig{Store: "local", Path: defaultStatePath}, Budget: DefaultBudget}
	if len(nodes) == 0 {
		b.add(ruleShopCount, wholeFile("."), lang.T("There is no shop block in the catalog directory.", "目录中没有 shop 块。"),
			lang.T(`Add shop "name" { platform = "component"  appid = "wx..." }, or name the right directory with -C.`, `请添加 shop "名称" { platform = "component"  appid = "wx..." }，或用 -C 指定正确的目录。`))
		return
	}
	for _, other := range nodes[1:] {
		b.add(ruleShopCount, other.header, lang.F("The first one stands at %s.", "第一个位于 %s。", nodes[0].header),
			lang.T("Keep one; another shop takes a directory of its own.", "请只保留一个；另一个店铺应放在单独的目录。"))
	}
	b.shop(nodes[0])
}

func (b *builder) shop(n *node) {
	s := &b.catalog.Shop
	s.Name, s.Range = n.label, n.header
	s.Platform = get[string](n, "platform")
	s.AppID = get[string](n, "appid")
	if n.has("scenes") {
		s.Scenes = b.scenes(n)
	}
	if n.has("on_remove") {
		s.OnRemove = OnRemove(get[string](n, "on_remove"))
	}
	if n.has("in_review") {
		s.InReview = InReview(get[string](n, "in_review"))
	}
	if state := n.first("state"); state != nil {
		s.State = b.state(state, s)
	}
	if guard := n.first("guard"); guard != nil {
		s.Guard = b.guard(guard)
	}
	if images := n.first("images"); images != nil {
		s.Images = b.images(images)
	}
	if budget := n.first("budget"); budget != nil {
		s.Budget = b.budget(budget)
	}
	s.Order = b.order(n, Order{})
	b.checkShop(n, s)
}

func (b *builder) scenes(n *node) []int {
	var scenes []int
	for _, scene := range listOf[int64](n.values["scenes"].v) {
		if scene <= 0 || scene > 1000 || slices.Contains(scenes, int(scene)) {
			b.add(ruleScenes, n.place("scenes"), lang.F("The scene %d is not a positive number, or stands twice.", "场景 %d 不是正整数，或重复出现。", scene),
				lang.T("Write each scene once; 1 is Channels.", "请让每个场景只出现一次；1 为视频号。"))
		}
		scenes = append(scenes, int(scene))
	}
	if len(scenes) == 0 && n.count("scenes") == 0 {
		b.add(ruleScenes, n.place("scenes"), lang.T("The list is empty; the platform needs at least one scene.", "列表为空；平台要求至少一个场景。"), lang.T("Write [1], or leave it out.", "请写 [1]，或省略。"))
	}
	return scenes
}

func (b *builder) checkShop(n *node, s *Shop) {
	switch {
	case !n.has("platform") || s.Platform == "component":
	case s.Platform == "store":
		b.add(rulePlatform, n.place("platform"), lang.T("微信小店 (store) is not supported yet.", "尚不支持微信小店（store）。"), lang.T(`Use "component".`, `请使用 "component"。`))
	default:
		b.add(rulePlatform, n.place("platform"), lang.F("%q is no platform.", "没有平台 %q。", s.Platform), lang.T(`Write "component".`, `请写 "component"。`))
	}
	if n.has("appid") && !appIDPattern.MatchString(s.AppID) {
		b.add(ruleAppID, n.place("appid"), lang.F("%q is not wx and 16 hexadecimal digits.", "%q 不是 wx 加 16 位十六进制字符。", shorten(s.AppID)),
			lang.T("Copy the AppID from the Mini Program's console (开发管理, 开发设置).", "请从小程序后台“开发管理 - 开发设置”复制 AppID。"))
	}
}

func (b *builder) guard(n *node) Guard {
	var g Guard
	if n.has("max_price_drop") {
		drop := get[float64](n, "max_price_drop")
		g.MaxPriceDrop = &drop
	}
	g.MaxRemovals = b.guardCount(n, "max_removals")
	g.MaxChanges = b.guardCount(n, "max_changes")
	return g
}

func (b *builder) guardCount(n *node, name string) *int {
	if !n.has(name) {
		return nil
	}
	count := int(get[int64](n, name))
	if count < 0 {
		b.add(ruleGuard, n.place(name), lang.F("%s is negative.", "%s 为负数。", name), lang.T("Write 0 or more, or leave it out for no limit.", "请写不小于 0 的数，或省略表示不限制。"))
	}
	return &count
}

// The bounds of max_side, in pixels.
const (
	minSide = 100
	maxSide = 10_000
)

func (b *builder) images(n *node) ImagePolicy {
	p := ImagePolicy{Fix: get[bool](n, "fix")}
	if !n.has("max_side") {
		return p
	}
	side := get[int64](n, "max_side")
	if side < minSide || side > maxSide {
		b.add(ruleMaxSide, n.place("max_side"), lang.F("max_side is %d pixels.", "max_side 为 %d 像素。", side),
			lang.F("Write %d to %d; 1440 is plenty for a product page.", "请写 %d 到 %d；商品页面 1440 已足够。", minSide, maxSide))
		return p
	}
	p.MaxSide = int(side)
	return p
}

// The values of service_agent_type (reference section 7.3).
const (
	agentWechat = 0
	agentPage   = 1
	agentPhone  = 2
)

func (b *builder) checkMerchant(n *node, m *Merchant) {
	if n.bad("service_agent_type") {
		return
	}
	types := n.place("service_agent_type")
	needs := func(agent int, word, attr string) {
		if slices.Contains(m.ServiceAgentType, agent) && strings.TrimSpace(get[string](n, attr)) == "" && !n.bad(attr) {
			b.add(ruleAgentNeeds, types, lang.F("%q needs %s.", "%q 需要 %s。", word, attr), lang.F("Add %s, or remove %q.", "请添加 %s，或删除 %q。", attr, word))
		}
	}
	needs(agentPage, "page", "service_agent_path")
	needs(agentPhone, "phone", "service_agent_phone")
	if n.has("service_agent_type") && len(m.ServiceAgentType) < 3 {
		b.add(ruleAgentAll, types,
			lang.T("The platform has refused products (1040042) of merchants that do not offer all three ways.", "商家未提供全部三种客服方式时，平台曾拒绝提交商品（1040042）。"),
			lang.T(`Write ["wechat", "page", "phone"].`, `请写 ["wechat", "page", "phone"]。`))
	}
}
