package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// The plan of one product, for every combination of
//
//	file    is it declared?                          yes, no
//	state   do we remember it?                       yes, no
//	shop    does the shop have it?                   yes, no
//	diff    declared against what buyers see         none, free (a price), review (a title),
//	                                                 sku+ , sku-, pictures, stock
//	draft   what was submitted last                  none, same (as declared), other
//	review  edit_status                              0 none, 1 not audited, 2 running, 3 rejected, 4 approved
//	shelf   status                                   0 initial, 5 listed, 11 delisted, 13 banned
//
// A product whose shelf is 0 was never approved, so buyers see nothing. The first
// line that matches a combination tells its plan: the calls in order, then what
// is waited for, then what blocks. "." is nothing at all, "*" any value, "|"
// separates values. The test demands that every combination is matched, that
// every line is used, and that the planner agrees.
const productTable = `
# file state shop  diff             draft      review   shelf   plan
# Nobody declared it, nobody remembers it: not our business.
  no   no    *     *                *          *        *       .

# It left the files. A review that could put it back on the shelf is withdrawn.
  no   yes   no    *                *          *        *       forget
  no   yes   yes   *                *          2        0|5     withdraw delist forget
  no   yes   yes   *                *          2        11|13   withdraw forget
  no   yes   yes   *                *          1        0|5     delist forget
  no   yes   yes   *                *          *        5       delist forget
  no   yes   yes   *                *          *        *       forget

# It is not in the shop, or only as an empty shell.
  yes  *     no    *                *          *        *       add
  yes  *     yes   *                none       *        0       add

# It was never approved. The draft is all there is.
  yes  *     yes   *                same       0|1      0       wait:push
  yes  *     yes   *                same       2        0       wait:review
  yes  *     yes   *                same       3        0       block:rejected
  yes  *     yes   *                same       4        0       list
  yes  *     yes   *                other      2        0       withdraw update
  yes  *     yes   *                other      *        0       update

# Buyers see what is declared. (Stock belongs to the shop, so it never differs.)
  yes  *     yes   none|stock       none|same  2        5|11|13 wait:review +list
  yes  *     yes   none|stock       none|same  *        5       .
  yes  *     yes   none|stock       none|same  *        11      list
  yes  *     yes   none|stock       none|same  *        13      block:banned
  yes  *     yes   none|stock       other      2        5       withdraw
  yes  *     yes   none|stock       other      2        11      withdraw list
  yes  *     yes   none|stock       other      2        13      withdraw block:banned
  yes  *     yes   none|stock       other      *        5       .
  yes  *     yes   none|stock       other      *        11      list
  yes  *     yes   none|stock       other      *        13      block:banned

# Only prices or codes differ: at once, whatever is under review.
  yes  *     yes   free             none|same  2        5|13    update-free wait:review
  yes  *     yes   free             none|same  2        11      update-free list wait:review
  yes  *     yes   free             none|same  *        5       update-free
  yes  *     yes   free             none|same  *        11      update-free list
  yes  *     yes   free             none|same  *        13      update-free block:banned
  yes  *     yes   free             other      2        5       withdraw update-free
  yes  *     yes   free             other      2        11      withdraw update-free list
  yes  *     yes   free             other      2        13      withdraw update-free block:banned
  yes  *     yes   free             other      *        5       update-free
  yes  *     yes   free             other      *        11      update-free list
  yes  *     yes   free             other      *        13      update-free block:banned

# New content, and it is what was submitted last.
  yes  *     yes   *                same       0|1      *       wait:push
  yes  *     yes   *                same       2        *       wait:review
  yes  *     yes   *                same       3        *       block:rejected
  yes  *     yes   *                same       4        5|11    wait:platform
  yes  *     yes   *                same       4        13      wait:platform block:banned

# New content that was never submitted. Nothing goes onto the shelf before it passes.
  yes  *     yes   *                *          2        *       withdraw update
  yes  *     yes   *                *          *        *       update
`

var axes = []struct {
	name   string
	values []string
}{
	{"file", []string{"yes", "no"}}, {"state", []string{"yes", "no"}}, {"shop", []string{"yes", "no"}},
	{"diff", []string{"none", "free", "review", "sku+", "sku-", "pictures", "stock"}},
	{"draft", []string{"none", "same", "other"}},
	{"review", []string{"0", "1", "2", "3", "4"}},
	{"shelf", []string{"0", "5", "11", "13"}},
}

type tableLine struct {
	text    string
	pattern []string
	plan    string
	used    int
}

func parseTable(t *testing.T) []*tableLine {
	var lines []*tableLine
	for text := range strings.Lines(productTable) {
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		fields := strings.Fields(text)
		if len(fields) <= len(axes) {
			t.Fatalf("line without a plan: %s", text)
		}
		lines = append(lines, &tableLine{text: text, pattern: fields[:len(axes)], plan: strings.Join(fields[len(axes):], " ")})
	}
	return lines
}

func (l *tableLine) matches(combination []string) bool {
	for i, p := range l.pattern {
		if p != "*" && !strings.Contains("|"+p+"|", "|"+combination[i]+"|") {
			return false
		}
	}
	return true
}

// wanted is the plan of the line for a combination; "+list" stands for a list
// call in the rows where the product is delisted.
func (l *tableLine) wanted(combination []string) string {
	if rest, ok := strings.CutSuffix(l.plan, " +list"); ok {
		if combination[len(combination)-1] == "11" {
			return "list " + rest
		}
		return rest
	}
	return l.plan
}

func TestProductTable(t *testing.T) {
	lines := parseTable(t)
	total := 0
	combinations(nil, func(combination []string) {
		total++
		for _, line := range lines {
			if !line.matches(combination) {
				continue
			}
			line.used++
			if got, want := planOf(combination), line.wanted(combination); got != want {
				t.Errorf("%s\n  got  %s\n  want %s\n  line %s", describe(combination), got, want, line.text)
			}
			return
		}
		t.Errorf("no line for %s", describe(combination))
	})
	for _, line := range lines {
		if line.used == 0 {
			t.Errorf("no combination reaches the line %s", line.text)
		}
	}
	if want := 2 * 2 * 2 * 7 * 3 * 5 * 4; total != want {
		t.Errorf("%d combinations, want %d", total, want)
	}
}

func combinations(prefix []string, visit func([]string)) {
	if len(prefix) == len(axes) {
		visit(prefix)
		return
	}
	for _, value := range axes[len(prefix)].values {
		combinations(append(prefix[:len(prefix):len(prefix)], value), visit)
	}
}

func describe(combination []string) string {
	var parts []string
	for i, value := range combination {
		parts = append(parts, axes[i].name+"="+value)
	}
	return strings.Join(parts, " ")
}

var tableNow = time.Date(2026, 11, 22, 17, 0, 0, 0, schema.Beijing)

// planOf builds the combination and words its plan as the table does.
func planOf(combination []string) string {
	file, inState, inShop, diff, draft := combination[0], combination[1], combination[2], combination[3], combination[4]
	base := blanket()
	want := blanket()
	applyDiff(want, diff)
	other := blanket()
	other.Title = "后台改过的毛毯标题"

	cat := &schema.Catalog{SPUs: map[string]*schema.SPU{}}
	if file == "yes" {
		cat.SPUs[want.OutProductID] = want
	}
	st := state.New(state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"})
	if inState == "yes" {
		sent := base
		if draft == "same" {
			sent = want
		}
		addr := spuAddress(sent.OutProductID)
		st.Records[addr] = &state.Record{Address: addr, RemoteID: "403700001", Stamp: sent.Stamp(), Memo: memoOf(sent)}
	}
	obs := &provider.Observation{At: tableNow, Products: map[string]*provider.Product{}}
	if inShop == "yes" {
		p := &provider.Product{
			ProductID: "403700001", OutProductID: want.OutProductID,
			Review: provider.Review(number(combination[5])), Shelf: provider.Shelf(number(combination[6])),
			SubmittedAt: tableNow.Add(-10 * time.Minute), AuditedAt: tableNow.Add(-5 * time.Minute), Reason: "主图模糊",
		}
		if p.Shelf != provider.ShelfInitial {
			p.Online = shopCopy(base)
		}
		switch draft {
		case "same":
			p.Draft = shopCopy(want)
		case "other":
			p.Draft = shopCopy(other)
		}
		obs.Products[p.OutProductID] = p
	}
	plan := Make(cat, st, obs, Policy{Now: tableNow})
	if len(plan.Changes) == 0 {
		return "."
	}
	return word(&plan.Changes[0])
}

func word(c *Change) string {
	var words []string
	for _, op := range c.Steps {
		words = append(words, string(op))
	}
	for _, w := range c.Waits {
		words = append(words, "wait:"+string(w.Kind))
	}
	if c.Block != nil {
		words = append(words, "block:"+string(c.Block.Kind))
	}
	return strings.Join(words, " ")
}

func number(s string) (n int) {
	fmt.Sscan(s, &n)
	return n
}

func applyDiff(s *schema.SPU, diff string) {
	switch diff {
	case "free":
		s.SKUs[0].SalePrice = 890
	case "review":
		s.Title = "毛毯百搭加厚珊瑚绒毯子100*150cm"
	case "sku+":
		sku := s.SKUs[0]
		sku.OutSKUID, sku.SKUAttrs = "sku-new", []schema.Attr{{Key: "颜色", Value: "墨绿"}}
		s.SKUs = append(s.SKUs, sku)
	case "sku-":
		s.SKUs = s.SKUs[:1]
	case "pictures":
		s.HeadImg = []schema.Image{picture("new")}
	case "stock":
		s.SKUs[0].StockNum = 7
	}
}

func picture(name string) schema.Image {
	return schema.Image{Key: schema.ImageKey("sha256:" + name), Path: name + ".png"}
}

// blanket is a product with two SKUs.
func blanket() *schema.SPU {
	sku := func(id, color string) schema.SKU {
		return schema.SKU{OutSKUID: id, ThumbImg: picture(color), SalePrice: 990, MarketPrice: 1990, StockNum: 200,
			SKUCode: "c" + id, SKUAttrs: []schema.Attr{{Key: "颜色", Value: color}, {Key: "面料", Value: "珊瑚绒"}}}
	}
	return &schema.SPU{
		OutProductID: "719", Title: "毛毯百搭休闲珊瑚绒毯子100*150cm", Path: "pages/p?id=719",
		HeadImg: []schema.Image{picture("head1"), picture("head2")}, DescInfo: schema.DescInfo{Desc: "旅行毯", Imgs: []schema.Image{picture("desc")}},
		Category: schema.CategoryRef{ID: 1445}, Scenes: []int{1}, SKUs: []schema.SKU{sku("a", "酒红"), sku("b", "蓝色")},
		Listing: true, OnRemove: schema.OnRemoveDelist, InReview: schema.InReviewWithdraw,
	}
}

// shopCopy is the SPU as the shop shows it: stamped, with rewritten pictures,
// SKUs in another order, and a stock that has moved.
func shopCopy(s *schema.SPU) *provider.Copy {
	c := *s
	c.InfoVersion = s.Version()
	c.HeadImg, c.DescInfo.Imgs = rewritten(s.HeadImg), rewritten(s.DescInfo.Imgs)
	c.SKUs = nil
	for i := len(s.SKUs) - 1; i >= 0; i-- {
		sku := s.SKUs[i]
		sku.ThumbImg = rewritten([]schema.Image{sku.ThumbImg})[0]
		sku.StockNum, sku.SKUAttrs = 3, slices.Clone(sku.SKUAttrs)
		c.SKUs = append(c.SKUs, sku)
	}
	return &provider.Copy{SPU: c}
}

func rewritten(images []schema.Image) []schema.Image {
	var out []schema.Image
	for i := range images {
		url := fmt.Sprintf("https://store.mp.video.tencent-cloud.com/%d/%d", len(images), i)
		out = append(out, schema.Image{Key: schema.ImageKey(url), URL: url})
	}
	return out
}
