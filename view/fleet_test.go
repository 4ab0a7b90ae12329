package view

import (
	"bytes"
	"fmt"
	"html"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// fleetResult is a shop with a name and an id.
func fleetResult(dir string, o fleet.Outcome, counts map[string]int) fleet.Result {
	return fleet.Result{
		Dir: dir, Name: "shop of " + dir, Shop: state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"},
		Outcome: o, Counts: counts, Began: friday, Took: 2.4,
	}
}

func sampleFleet() *fleet.Report {
	pending := fleetResult("shops/blankets", fleet.OutcomePending, map[string]int{"done": 12, "pending": 1, "later": 3})
	pending.Work = fleet.Work{Calls: 16, Uploads: 4, Refused: 1}
	pending.Objects = []fleet.Object{{Address: spu("719"), Title: "毛毯百搭休闲珊瑚绒毯子100*150cm，一个很长很长很长的标题", State: "pending", Why: lang.T("its review is running", "正在审核")}}
	pending.More = 3
	next := friday.Add(time.Hour)
	pending.Budget = &fleet.Budget{HourLimit: 200, DayLeft: 800, DayLimit: 1000, Waiting: 3, Next: &next}
	closed := fleetResult("shops/rugs", fleet.OutcomeFailed, nil)
	closed.Error = FailureOf(&Problem{What: lang.T("there are no credentials", "没有访问凭据"), Remedy: lang.T("Set WECHAT_APPSECRET_wx0123456789abcdef.", "请设置 WECHAT_APPSECRET_wx0123456789abcdef。")})
	closed.Source = schema.Range{File: "shop.hcl", Start: schema.Pos{Line: 1, Column: 1}}
	failed := fleetResult("shops/torn", fleet.OutcomeFailed, nil)
	FleetFindings(&failed, schema.Diagnostics{diagnostic("shop.hcl", 3, "appid", "appid = [", schema.SeverityError)})
	refused := fleetResult("shops/towels", fleet.OutcomeFailed, nil)
	refused.Error = FailureOf(sampleReport().Results[3].Err)
	quota := fleetResult("shops/socks", fleet.OutcomePending, map[string]int{"later": 2})
	quota.RetryAfter = 600
	guarded := fleetResult("shops/linen", fleet.OutcomeFailed, map[string]int{"edit": 4})
	guarded.Breaches = []string{"max_price_drop"}
	skipped := fleetResult("shops/zebra", fleet.OutcomeSkipped, nil)
	skipped.Took = 0
	return &fleet.Report{Verb: fleet.VerbApply, Took: 95 * time.Second, Results: []fleet.Result{
		fleetResult(".", fleet.OutcomeDone, map[string]int{"done": 1}), pending, guarded, quota, closed, failed, refused, skipped,
		fleetResult("shops/炉子", fleet.OutcomeInterrupted, map[string]int{"done": 1}),
	}}
}

func TestFleet(t *testing.T) {
	golden(t, "fleet", func(v *View) error { return v.Fleet(sampleFleet()) })

	plan := fleetResult("shops/blankets", "", nil)
	FleetPlan(&plan, samplePlan())
	plan.Outcome = fleet.OutcomeChanges
	plan.Plan = "00112233445566778899aabbccddeeff"
	golden(t, "fleet-plan", func(v *View) error {
		return v.Fleet(&fleet.Report{Verb: fleet.VerbPlan, Took: time.Second, Results: []fleet.Result{plan}})
	})

	report := fleetResult("shops/blankets", fleet.OutcomeFailed, nil)
	FleetReport(&report, sampleReport())
	golden(t, "fleet-apply", func(v *View) error {
		return v.Fleet(&fleet.Report{Verb: fleet.VerbApply, Took: time.Second, Results: []fleet.Result{report}})
	})

	board := fleetResult("shops/blankets", fleet.OutcomeBlocked, nil)
	FleetBoard(&board, sampleBoard())
	FleetForecast(&board, &reconcile.Forecast{Deadline: friday.Add(3 * time.Hour), There: 1, Will: 2, May: 1, WillNot: 4})
	golden(t, "fleet-status", func(v *View) error {
		return v.Fleet(&fleet.Report{Verb: fleet.VerbStatus, Took: time.Second, Results: []fleet.Result{board}})
	})
}

// fleetAs is a report in a format.
func fleetAs(t *testing.T, format Format, r *fleet.Report, l lang.Lang) string {
	t.Helper()
	var b bytes.Buffer
	if err := (&View{Out: &b, Lang: l, Format: format}).Fleet(r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFleetMarkdown(t *testing.T) {
	for name, l := range map[string]lang.Lang{"en": lang.EN, "zh": lang.ZH} {
		compare(t, filepath.Join("testdata", "golden", "fleet."+name+".md"), []byte(fleetAs(t, Markdown, sampleFleet(), l)))
	}
}

// A comment holds what it can, what needs a human first, and counts the rest.
func TestFleetFitsAComment(t *testing.T) {
	for _, n := range []int{0, 1, 60, 2000} {
		r := &fleet.Report{Verb: fleet.VerbPlan}
		for i := range n {
			good := fleetResult(fmt.Sprintf("shops/good-%d", i), fleet.OutcomeDone, nil)
			bad := fleetResult(fmt.Sprintf("shops/bad-%d", i), fleet.OutcomeFailed, nil)
			bad.Error = FailureOf(&Problem{What: lang.Same(strings.Repeat("坏", 100)), Remedy: lang.Same(strings.Repeat("修", 100))})
			r.Results = append(r.Results, good, bad)
		}
		text := fleetAs(t, Markdown, r, lang.ZH)
		if got := len([]rune(text)); got > commentLimit {
			t.Errorf("%d shops make %d characters, more than %d", 2*n, got, commentLimit)
		}
		good, bad := strings.Count(text, "| ✓ |"), strings.Count(text, "| ✗ |")
		if left := 2*n - good - bad; left > 0 && !strings.Contains(text, fmt.Sprintf("另有 %d 个店铺超出评论长度", left)) {
			t.Errorf("%d shops: %d rows, and nothing counts the others", 2*n, good+bad)
		}
		if good > 0 && bad < n {
			t.Errorf("%d shops: one that is done has room, one that failed has not", 2*n)
		}
		if opened, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); opened != closed {
			t.Errorf("%d shops: %d folds begin and %d end", 2*n, opened, closed)
		}
	}
}

// What a directory, a shop or a platform is called is not our comment's to obey.
func TestFleetMarkdownIsProofAgainstNames(t *testing.T) {
	for _, hostile := range []string{"a | b", "@everyone", "<img src=x onerror=alert(1)>", "[pay](https://evil.example)", "line\n# head", "<!-- shopctl fleet plan -->", "</summary></details>"} {
		r := sampleFleet()
		x := &r.Results[1]
		x.Dir, x.Name, x.Objects[0].Title, x.Objects[0].Why = hostile, hostile, hostile, lang.Same(hostile)
		x.Error = FailureOf(&Problem{What: lang.Same(hostile), Remedy: lang.Same(hostile)})
		text := fleetAs(t, Markdown, r, lang.EN)
		if strings.Contains(text, hostile) || strings.Count(text, "<!-- shopctl fleet") != 1 {
			t.Errorf("%q stands in the comment as it is", hostile)
		}
	}
}

// Whatever the text says of a shop, Markdown and the page say too.
func TestFleetSaysTheSameEverywhere(t *testing.T) {
	for _, l := range []lang.Lang{lang.EN, lang.ZH} {
		page, comment := fleetAs(t, HTML, sampleFleet(), l), fleetAs(t, Markdown, sampleFleet(), l)
		for _, x := range sampleFleet().Results {
			said := []string{x.Dir, fleetOutcomes[x.Outcome].word.In(l)}
			for _, n := range fleetNotes(&x) {
				said = append(said, n.label.In(l), n.text.In(l))
			}
			for _, text := range said {
				if !strings.Contains(html.UnescapeString(page), text) {
					t.Errorf("%s: the page lacks %q", x.Dir, text)
				}
				if !strings.Contains(comment, md(text)) {
					t.Errorf("%s: the comment lacks %q", x.Dir, text)
				}
			}
		}
	}
}

// A group chat hears of shops that need somebody, and nothing of a quiet run.
func TestFleetMessage(t *testing.T) {
	quiet := &fleet.Report{Verb: fleet.VerbApply, Results: []fleet.Result{fleetResult("shops/a", fleet.OutcomeDone, map[string]int{"done": 3})}}
	if title, lines := FleetMessage(quiet, lang.EN); title != "" || lines != nil {
		t.Errorf("a run in which nothing happened is told as %q, %q", title, lines)
	}
	var b bytes.Buffer
	for _, l := range []lang.Lang{lang.EN, lang.ZH} {
		title, lines := FleetMessage(sampleFleet(), l)
		fmt.Fprintln(&b, title)
		fmt.Fprintln(&b, strings.Join(lines, "\n"))
	}
	compare(t, filepath.Join("testdata", "golden", "fleet-messages.txt"), b.Bytes())
}

// A result stays small whatever its shop: enough objects are named, the gravest
// first, and the others counted.
func TestFleetResultIsBounded(t *testing.T) {
	report := sampleReport()
	for i := range 100 {
		report.Results = append(report.Results, report.Results[i%4])
	}
	r := fleetResult("shops/blankets", fleet.OutcomeFailed, nil)
	FleetReport(&r, report)
	total := 0
	for name, n := range r.Counts {
		if name != "done" {
			total += n
		}
	}
	if len(r.Objects) != fleet.MaxObjects || r.More != total-fleet.MaxObjects || r.Objects[0].State != "failed" {
		t.Errorf("%d objects and %d more of %d, the first is %s", len(r.Objects), r.More, total, r.Objects[0].State)
	}
}

func TestFleetProgress(t *testing.T) {
	run := func(v *View) error {
		var b bytes.Buffer
		out := v.Err
		v.Err = &b
		if v.Live {
			v.Err = NewStatusLine(&b)
		}
		now := friday
		g := v.FleetProgress(fleet.VerbApply, 3, func() time.Time { return now })
		g.Doing("shops/blankets", lang.T("reading the shop: 600", "正在读取店铺：600"))
		g.Doing("shops/towels", lang.T("reading the catalog: 12 of 40 products", "正在读取目录：12 / 40 个商品"))
		if v.Live { // too soon to be drawn
			g.Doing("shops/towels", lang.T("reading the catalog: 13 of 40 products", "正在读取目录：13 / 40 个商品"))
		}
		now = now.Add(time.Second)
		g.Done(sampleFleet().Results[4])
		g.Done(sampleFleet().Results[1])
		g.Again(1)
		g.Close()
		text := bytes.ReplaceAll(b.Bytes(), []byte(lineAbove), []byte("<up>"))
		_, err := out.Write(bytes.ReplaceAll(text, []byte(eraseLine), []byte("\n<erase>")))
		return err
	}
	golden(t, "fleet-progress", run)
	golden(t, "fleet-progress-live", func(v *View) error {
		v.Live, v.Width = true, func() int { return 60 }
		return run(v)
	})
}

func TestEveryFleetOutcomeHasWords(t *testing.T) {
	values := constants(t, filepath.Join("..", "fleet"), "Outcome")
	if len(values) != len(fleet.Outcomes) {
		t.Errorf("%d outcomes are declared, %d listed", len(values), len(fleet.Outcomes))
	}
	for _, v := range values {
		if fleetOutcomes[fleet.Outcome(v)].word.IsZero() {
			t.Errorf("outcome %q has no words", v)
		}
	}
}
