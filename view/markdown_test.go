package view

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

func TestPlanMarkdown(t *testing.T) {
	for name, l := range map[string]lang.Lang{"en": lang.EN, "zh": lang.ZH} {
		var b bytes.Buffer
		v := View{Out: &b, Lang: l, Format: Markdown}
		if err := v.Plan(samplePlan(), sampleCatalog()); err != nil {
			t.Fatal(err)
		}
		compare(t, filepath.Join("testdata", "golden", "plan."+name+".md"), b.Bytes())
	}
}

// manyChanges is a plan of n products whose titles are as long as they may be.
func manyChanges(n int) *reconcile.Plan {
	plan := samplePlan()
	plan.Changes = nil
	for i := range n {
		c := sampleChanges()[2]
		c.Address, c.Title = spu(fmt.Sprint(i)), strings.Repeat("毯", 60)
		plan.Changes = append(plan.Changes, c)
	}
	return plan
}

// A comment that is too long is refused by the site: what does not fit is counted.
func TestMarkdownFitsAComment(t *testing.T) {
	for _, n := range []int{1, 50, 100, 300, 3000} {
		v := View{Lang: lang.ZH}
		text := v.planMarkdown(manyChanges(n), sampleCatalog())
		if got := len([]rune(text)); got > commentLimit {
			t.Errorf("%d changes make %d characters, more than %d", n, got, commentLimit)
		}
		if rows := strings.Count(text, "\n| ~ |"); rows < n && !strings.Contains(text, fmt.Sprintf("另有 %d 项变更超出评论长度", n-rows)) {
			t.Errorf("%d changes: %d rows, and nothing says that there are more", n, rows)
		}
		if opened, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); opened != closed {
			t.Errorf("%d changes: %d folds begin and %d end", n, opened, closed)
		}
	}
}

// Who writes a title does not write our comment.
func TestMarkdownIsProofAgainstTitles(t *testing.T) {
	for _, hostile := range []string{
		"a | b | c", "@everyone", "<img src=x onerror=alert(1)>", "[pay](https://evil.example)", "![x](https://evil.example/t.png)",
		"`code`", "**bold**", "</details>", "https://evil.example", "line\nbreak\n# head", "$x$", "<!-- shopctl plan component wx -->", "\x1b[31m",
	} {
		plan := samplePlan()
		plan.Changes = plan.Changes[2:3]
		plan.Changes[0].Title = hostile
		plan.Changes[0].Fields = []reconcile.FieldDiff{{Path: "title", Kind: reconcile.FieldText, Old: hostile, New: hostile + hostile}}
		plan.Changes[0].Block = &reconcile.Block{Kind: reconcile.BlockRejected, Reason: hostile}
		plan.Changes[0].Address = schema.Address{Kind: schema.KindSPU, Name: strings.ReplaceAll(hostile, "\n", "")}
		text := (&View{Lang: lang.EN}).planMarkdown(plan, nil)
		if hostile != "</details>" && strings.Contains(text, hostile) || strings.Count(text, "</details>") != 1 {
			t.Errorf("%q stands in the comment as it is", hostile)
		}
		if strings.Count(text, "<!-- shopctl plan") != 1 {
			t.Errorf("%q forges the marker", hostile)
		}
	}
}

// Reviewers read from the top: what cannot be undone stands first.
func TestMarkdownIsSortedByRisk(t *testing.T) {
	_, text, _ := strings.Cut((&View{Lang: lang.EN}).planMarkdown(samplePlan(), sampleCatalog()), "|---|")
	last := -1
	for _, address := range []string{"spu.726", "spu.725", "spu.722", "spu.719", "brand.cxy", "spu.720", "merchant", "spu.721", "spu.724", "spu.723"} {
		at := strings.Index(text, "<code>"+address+"</code>")
		if at <= last {
			t.Errorf("%s stands at %d, before what should come first (%d)", address, at, last)
		}
		last = at
	}
}

// What buyers will pay for a new product stands in its row, before what only programs read.
func TestMarkdownShowsTheGistOfANewProduct(t *testing.T) {
	plan := samplePlan()
	plan.Changes = []reconcile.Change{{
		Address: spu("801"), Title: "被套", Action: reconcile.ActionCreate, Steps: []reconcile.Op{reconcile.OpAdd}, Class: reconcile.ClassReview, Cause: reconcile.CauseFile,
		Fields: []reconcile.FieldDiff{
			{Path: "path", Kind: reconcile.FieldText, New: "pages/p?id=801", Cause: reconcile.CauseFile},
			{Path: "head_img", Kind: reconcile.FieldPictures, New: "sha256:1", Cause: reconcile.CauseFile},
			{Path: "third_cat_id", Kind: reconcile.FieldText, New: "1445", Cause: reconcile.CauseFile},
			{Path: "scene_group_list", Kind: reconcile.FieldText, New: "1", Cause: reconcile.CauseFile},
			{Path: "sku.s1", Kind: reconcile.FieldSKU, New: "颜色 红 ¥9.90", Cause: reconcile.CauseFile},
		},
	}}
	text := (&View{Lang: lang.EN}).planMarkdown(plan, nil)
	_, row, _ := strings.Cut(text, "<code>spu.801</code>")
	row, _, _ = strings.Cut(row, "\n")
	if !strings.Contains(row, "¥9.90") || !strings.Contains(row, "and 2 more") || strings.Contains(row, "pages/p") {
		t.Errorf("the row of a new product: %s", row)
	}
}

// What is cut off is told by risk: a reviewer wants to know of the blocked ones at
// the end of three thousand.
func TestMarkdownCountsByRiskWhatDoesNotFit(t *testing.T) {
	plan := manyChanges(3000)
	plan.Changes = append(plan.Changes, sampleChanges()[4], sampleChanges()[6])
	text := (&View{Lang: lang.EN}).planMarkdown(plan, sampleCatalog())
	for _, want := range []string{"| | **price moves** (3000) | | |", "blocked: needs a human: 1, waiting: 1)"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q", want)
		}
	}
}

// A price that was typed with a digit too many is as bad as one with a digit too few.
func TestRiskLineTellsBothWaysOfAPrice(t *testing.T) {
	plan := samplePlan()
	plan.Changes = sampleChanges()[5:6]
	plan.Changes[0].Fields = []reconcile.FieldDiff{
		{Path: "sku.s1.sale_price", Kind: reconcile.FieldMoney, Old: "1000", New: "10000"},
		{Path: "sku.s2.sale_price", Kind: reconcile.FieldMoney, Old: "1000", New: "900"},
	}
	got := riskLine(readPlan(plan, names{})).EN
	if want := "Risk: nothing that cannot be undone, the largest price drop is 10%, the largest price rise is 900%."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A change that is sent and does not suffice tells both: its price goes out, and it stays banned.
func TestMarkdownTellsWhatIsSentOfABlockedProduct(t *testing.T) {
	plan := samplePlan()
	plan.Changes = sampleChanges()[5:6]
	plan.Changes[0].Block = &reconcile.Block{Kind: reconcile.BlockBanned}
	text := (&View{Lang: lang.EN}).planMarkdown(plan, nil)
	if want := "| at once, no review; still taken off the shelf by the platform |"; !strings.Contains(text, want) {
		t.Errorf("no cell says %q", want)
	}
}
