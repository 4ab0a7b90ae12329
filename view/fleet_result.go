package view

import (
	"slices"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// FleetPlan puts the plan of one shop into the result of its task.
func FleetPlan(r *fleet.Result, plan *reconcile.Plan) {
	s := plan.Summary()
	r.Work = fleet.Work{Calls: s.Calls, Uploads: s.Uploads, Reviews: s.Reviews, Submissions: s.Submissions, Irreversible: s.Irreversible}
	r.Counts = map[string]int{}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		r.Counts[string(c.Action)]++
		switch {
		case c.Block != nil:
			note(r, fleet.Object{Address: c.Address, Title: c.Title, State: string(c.Action), Why: blockOf(c.Block)})
		case c.Class == reconcile.ClassIrreversible:
			note(r, fleet.Object{Address: c.Address, Title: c.Title, State: string(c.Action), Why: costOf(c)})
		case c.Action == reconcile.ActionWait && len(c.Waits) > 0:
			note(r, fleet.Object{Address: c.Address, Title: c.Title, State: string(c.Action), Why: waitOf(c.Waits[0])})
		}
	}
	b := plan.Budget
	r.Budget = &fleet.Budget{
		HourLeft: b.Hour.Left, HourLimit: b.Hour.Limit, DayLeft: b.Day.Left, DayLimit: b.Day.Limit, Waiting: b.Needed - b.Ready, Next: b.Next,
	}
	for _, b := range plan.Breaches {
		r.Breaches = append(r.Breaches, string(b.Guard))
	}
}

// FleetForecast puts what is foreseen for one shop into the result of its task; nil
// for nothing.
func FleetForecast(r *fleet.Result, f *reconcile.Forecast) {
	if f != nil {
		r.Forecast = &fleet.Forecast{Deadline: f.Deadline, There: f.There, Will: f.Will, May: f.May, WillNot: f.WillNot}
	}
}

// FleetReport puts what apply did in one shop into the result of its task.
func FleetReport(r *fleet.Result, report *reconcile.Report) {
	r.Work = fleet.Work{Calls: report.Calls, Uploads: report.Uploaded, Refused: report.Refused}
	r.RetryAfter = report.RetryAfter.Seconds()
	b := report.Budget
	r.Budget = &fleet.Budget{
		HourLeft: b.Hour.Left, HourLimit: b.Hour.Limit, DayLeft: b.Day.Left, DayLimit: b.Day.Limit, Waiting: len(b.Left), Next: b.Continue,
	}
	r.Counts = map[string]int{}
	for _, o := range slices.Backward(outcomes) {
		if n := report.Count(o); n > 0 {
			r.Counts[string(o)] = n
		}
		for i := range report.Results {
			if x := &report.Results[i]; x.Outcome == o && o != reconcile.OutcomeDone {
				note(r, fleet.Object{Address: x.Address, Title: x.Title, State: string(o), Why: whyOf(x)})
			}
		}
	}
}

// whyOf says in one sentence why an object is not done.
func whyOf(x *reconcile.Result) lang.Text {
	switch {
	case x.Err != nil:
		return adviceOn(x.Err).What
	case x.Block != nil:
		return blockOf(x.Block)
	case len(x.Waits) > 0:
		return waitOf(x.Waits[0])
	}
	return lang.Text{}
}

// FleetBoard puts the board of one shop into the result of its task.
func FleetBoard(r *fleet.Result, board []reconcile.Standing) {
	r.Counts = map[string]int{}
	for i := range board {
		r.Counts[string(StatusOf(&board[i]))]++
	}
	for _, status := range slices.Backward(Statuses) {
		for i := range board {
			if s := &board[i]; StatusOf(s) == status && noteworthy(status) {
				note(r, fleet.Object{Address: s.Address, Title: s.Title, State: string(status), Why: boardDetail(s)})
			}
		}
	}
}

func noteworthy(s Status) bool {
	switch s {
	case StatusOnShelf, StatusOffShelf, StatusGranted, StatusUnmanaged:
		return false
	}
	return true
}

// note adds an object, or counts it when there are enough.
func note(r *fleet.Result, o fleet.Object) {
	if len(r.Objects) == fleet.MaxObjects {
		r.More++
		return
	}
	r.Objects = append(r.Objects, o)
}

// FleetFindings puts the findings that ended the reading of a catalog into the
// result of its task.
func FleetFindings(r *fleet.Result, ds schema.Diagnostics) {
	errors, _ := countDiagnostics(ds)
	t := counted(errors, "error", "errors", "个错误")
	r.Error = &fleet.Failure{What: lang.T("the catalog has "+t.EN, "商品目录有 "+t.ZH)}
	for _, d := range ds {
		if d.Severity == schema.SeverityError && len(r.Diagnostics) < fleet.MaxDiagnostics {
			r.Diagnostics = append(r.Diagnostics, d)
		}
	}
}

// FailureOf is an error in the words of people, as data.
func FailureOf(err error) *fleet.Failure {
	r := refusalOf(err)
	return &fleet.Failure{What: r.What, Meaning: r.Meaning, Remedy: r.Remedy, Class: r.Class, Call: r.Call, Code: r.Code, RID: r.RID}
}
