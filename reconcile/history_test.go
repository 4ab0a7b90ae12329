package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// remembered is the state between two runs.
func (s *shop) remembered() *state.State {
	s.t.Helper()
	st, _, err := state.Read(s.t.Context(), s.store, state.ShopID{Platform: "component", AppID: sandbox.DefaultAppID})
	s.must(err)
	return st
}

// told is a history as one line: kinds and how long each took.
func told(history []state.Verdict) string {
	var parts []string
	for _, v := range history {
		part := string(v.Kind)
		if v.SubmittedAt != nil {
			part += " after " + v.At.Sub(*v.SubmittedAt).String()
		}
		parts = append(parts, strings.TrimSpace(part+" "+v.Reason))
	}
	return strings.Join(parts, ", ")
}

// What takes the place of a withdrawn submission leaves in the same second, and is
// judged all the same.
func TestHistoryHoldsTheVerdictAfterAWithdrawal(t *testing.T) {
	knobs := quick()
	knobs.PushDelay, knobs.AuditDelay = 0, sandbox.Duration(10*time.Minute)
	s := newShop(t, knobs)
	s.product(product{id: "1", title: "珊瑚绒毛毯", fen: 990, picture: 10})
	s.run(time.Hour, nil)
	s.product(product{id: "1", title: "珊瑚绒毛毯加厚", fen: 990, picture: 10})
	s.run(0, nil)
	s.now.Add(int64(2 * time.Second))
	s.product(product{id: "1", title: "珊瑚绒毛毯加厚加长", fen: 990, picture: 10})
	s.run(0, nil)
	s.now.Add(int64(time.Hour))
	s.run(0, nil)
	got := told(reconcile.History(s.remembered(), schema.Address{Kind: schema.KindSPU, Name: "1"}))
	if want := "approved after 10m0s, withdrawn after 2s, approved after 10m0s"; got != want {
		t.Errorf("the history is %q, want %q", got, want)
	}
	s.quiet(t)
}

func TestHistoryTellsWhatBecameOfSubmissions(t *testing.T) {
	knobs := quick()
	knobs.PushDelay, knobs.AuditDelay = 0, sandbox.Duration(10*time.Minute)
	s := newShop(t, knobs)
	console := s.sandbox.Console()
	want := func(history string) {
		t.Helper()
		if got := told(reconcile.History(s.remembered(), schema.Address{Kind: schema.KindSPU, Name: "1"})); got != history {
			t.Errorf("the history is\n  %s\nwant\n  %s", got, history)
		}
	}
	s.product(product{id: "1", title: "测试毛毯", fen: 990, picture: 10})
	s.must(console.ScriptVerdict("1", sandbox.Verdict{Reason: "主图不清晰", Once: true}))
	s.run(time.Hour, nil)
	want("rejected after 10m0s 主图不清晰")
	s.product(product{id: "1", title: "珊瑚绒毛毯", fen: 990, picture: 10})
	s.run(0, nil)
	s.now.Add(int64(4 * time.Minute))
	s.product(product{id: "1", title: "珊瑚绒毛毯加厚", fen: 990, picture: 10})
	s.run(time.Hour, nil)
	const walked = "approved after 10m0s, withdrawn after 4m0s, rejected after 10m0s 主图不清晰"
	want(walked)
	s.quiet(t)
	serial := s.remembered().Serial
	s.quiet(t)
	if again := s.remembered().Serial; again != serial {
		t.Error("the state was written although nothing was learned")
	}
	want(walked)
	s.must(console.Ban("1", "涉嫌违规"))
	s.run(0, nil)
	s.run(0, nil)
	want("banned, " + walked)
	history := reconcile.History(s.remembered(), schema.Address{Kind: schema.KindSPU, Name: "1"})
	if v := history[1]; v.Category != "1445" || !strings.HasPrefix(v.Stamp, "sc1-") {
		t.Errorf("the approval is %+v", v)
	}
	brand := reconcile.History(s.remembered(), schema.Address{Kind: schema.KindBrand, Name: "cxy"})
	if len(brand) != 1 || brand[0].Kind != state.VerdictApproved {
		t.Errorf("the brand's history is %s", told(brand))
	}
}

func TestHistoriesAreBounded(t *testing.T) {
	rec := &state.Record{}
	day := func(n int) time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }
	rec.Judge(state.Verdict{Kind: state.VerdictApproved, At: day(0)})
	rec.Judge(state.Verdict{Kind: state.VerdictRejected, At: day(1), Reason: "0"})
	for i := range 5 {
		rec.Judge(state.Verdict{Kind: state.VerdictRejected, At: day(100 + i), Reason: fmt.Sprint(i + 1)})
	}
	if len(rec.History) != 6 || rec.History[0].Reason != "0" {
		t.Errorf("an approval of a hundred days ago, or not the old rejection, was kept: %s", told(rec.History))
	}
	for i := range 20 {
		rec.Judge(state.Verdict{Kind: state.VerdictRejected, At: day(200 + i), Reason: fmt.Sprint(i)})
	}
	if len(rec.History) != 10 || rec.History[9].Reason != "19" {
		t.Errorf("%d verdicts are kept, the last is %s", len(rec.History), told(rec.History))
	}
	for i := range 8 {
		rec.Judge(state.Verdict{Kind: state.VerdictEdited, At: day(400 + i), Said: fmt.Sprint(i)})
	}
	if len(rec.History) != 15 || rec.History[14].Said != "7" || rec.LastVerdict().Reason != "19" {
		t.Errorf("edits stand in the way of verdicts: %d are kept, the last verdict is %+v", len(rec.History), rec.LastVerdict())
	}
}

// What the author gave as the reason stands in the plan, and with the verdict on the
// content that was submitted with it, whatever the files say by then. Changing it
// alone changes nothing.
func TestReasonsAreKeptWithVerdicts(t *testing.T) {
	knobs := quick()
	knobs.PushDelay, knobs.AuditDelay = 0, sandbox.Duration(10*time.Minute)
	s := newShop(t, knobs)
	address := schema.Address{Kind: schema.KindSPU, Name: "1"}
	s.product(product{id: "1", title: "珊瑚绒毛毯", fen: 990, picture: 10, extra: `reason = "秋季上新"`})
	first := s.run(0, nil)
	said := ""
	for _, c := range first.plan.Changes {
		if c.Address == address {
			said = c.Reason
		}
	}
	if said != "秋季上新" {
		t.Errorf("the plan says %q", said)
	}
	s.product(product{id: "1", title: "珊瑚绒毛毯", fen: 990, picture: 10, extra: `reason = "双十一"`})
	s.run(time.Hour, nil)
	s.quiet(t)
	history := reconcile.History(s.remembered(), address)
	if len(history) != 1 || history[0].Said != "秋季上新" {
		t.Errorf("the history is %+v, want one verdict on what was submitted for autumn", history)
	}
	s.product(product{id: "1", title: "珊瑚绒毛毯加厚", fen: 990, picture: 10, extra: `reason = "双十一"`})
	s.run(time.Hour, nil)
	if history = reconcile.History(s.remembered(), address); len(history) != 2 || history[0].Said != "双十一" {
		t.Errorf("the history is %+v, want the newest verdict with the newest reason", history)
	}
}
