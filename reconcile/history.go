package reconcile

import (
	"strconv"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// The verdicts of reviewers are kept with the objects they are about: what became
// of each submission, and how long it took. People read them (shopctl history),
// and the forecast is made from them.

// judgeProduct adds to the history of a product what the shop shows and the
// history does not hold yet. before is the record as it was, nil for none.
func (pl *planner) judgeProduct(f *facts, before, rec *state.Record) {
	v := state.Verdict{At: f.have.AuditedAt, Category: f.categoryShown(), Stamp: f.draftStamp(rec)}
	if v.At.IsZero() {
		v.At = pl.obs.At
	}
	if v.SubmittedAt = rec.SubmittedAt; !f.have.SubmittedAt.IsZero() && !f.have.AuditedAt.IsZero() {
		v.SubmittedAt = &f.have.SubmittedAt // both by the platform's clock
	}
	open := unjudged(rec)
	turned := rec.Rejected != nil && (before == nil || before.Rejected != rec.Rejected)
	switch {
	case f.have.Review == provider.ReviewRejected && (open || turned):
		v.Kind, v.Reason = state.VerdictRejected, f.have.Reason
		judge(rec, v)
	case f.have.Review == provider.ReviewApproved && (open || before != nil && before.Rejected != nil):
		v.Kind = state.VerdictApproved
		judge(rec, v)
	}
	if rec.BannedStamp != "" && (before == nil || before.BannedStamp == "") {
		judge(rec, state.Verdict{Kind: state.VerdictBanned, At: pl.obs.At, Category: v.Category, Stamp: rec.BannedStamp, Reason: f.have.Reason})
	}
}

// judge adds a verdict that is no older than the last submission, so that clocks
// that differ do not make it look like one on an earlier content.
func judge(rec *state.Record, v state.Verdict) {
	if rec.SubmittedAt != nil && v.At.Before(*rec.SubmittedAt) {
		v.At = *rec.SubmittedAt
	}
	if v.Stamp == rec.Stamp {
		v.Said = rec.Reason
	}
	rec.Judge(v)
}

// unjudged reports whether the history holds nothing about the last submission.
// One that took the place of a withdrawn one may have left in the same second.
func unjudged(rec *state.Record) bool {
	last := rec.LastVerdict()
	if last != nil && last.Kind == state.VerdictWithdrawn {
		return !rec.Withdrawn
	}
	return last == nil || rec.SubmittedAt != nil && last.At.Before(rec.SubmittedAt.Truncate(time.Second))
}

// categoryShown is the leaf id of the content that was judged.
func (f *facts) categoryShown() string {
	for _, c := range []*provider.Copy{f.have.Draft, f.have.Online} {
		if c != nil && c.SPU.Category.ID != 0 {
			return strconv.FormatUint(c.SPU.Category.ID, 10)
		}
	}
	return ""
}

// judgeClaim adds the verdict on the running audit of a brand or a category. The
// platform does not say when it was given: it is dated when it was first seen.
func (pl *planner) judgeClaim(c *claim, rec *state.Record, kind state.VerdictKind, reason string) {
	v := state.Verdict{Kind: kind, At: pl.obs.At, SubmittedAt: rec.SubmittedAt, Stamp: rec.Stamp, Reason: reason}
	if c.addr.Kind == schema.KindQualification {
		v.Category = c.remoteID
	}
	judge(rec, v)
}

// History are the verdicts on an object, the newest first.
func History(st *state.State, addr schema.Address) []state.Verdict {
	rec := st.Records[addr]
	if rec == nil {
		return nil
	}
	list := make([]state.Verdict, 0, len(rec.History))
	for i := len(rec.History) - 1; i >= 0; i-- {
		list = append(list, rec.History[i])
	}
	return list
}
