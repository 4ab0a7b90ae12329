package state

import (
	"slices"
	"time"
)

// Verdict is what became of one submission of an object, or that it was edited at
// once, without a review.
type Verdict struct {
	Kind VerdictKind `json:"verdict"`
	At   time.Time   `json:"at"` // to the second
	// SubmittedAt is when the content was submitted; nil when that is not known.
	SubmittedAt *time.Time `json:"submitted_at,omitempty"`
	// Category is the leaf id of a product or a qualification, in decimal.
	Category string `json:"category,omitempty"`
	// Stamp names the content that was judged.
	Stamp string `json:"stamp,omitempty"`
	// Reason is the reviewer's, in full.
	Reason string `json:"reason,omitempty"`
	// Said is what the author gave as the reason when the content was submitted, or
	// edited.
	Said string `json:"said,omitempty"`
}

// VerdictKind is how it ended.
type VerdictKind string

// The kinds. A ban may follow an approval, long after. VerdictEdited is nobody's
// verdict: it dates an edit at once whose reason the author gave.
const (
	VerdictApproved  VerdictKind = "approved"
	VerdictRejected  VerdictKind = "rejected"
	VerdictBanned    VerdictKind = "banned"
	VerdictWithdrawn VerdictKind = "withdrawn"
	VerdictEdited    VerdictKind = "edited"
)

const (
	// historyKeeps is how many verdicts of one object are kept.
	historyKeeps = 10
	// editsKeep is how many edits are kept beside them.
	editsKeep = 5
	// approvalsKeep is how long approvals are kept when newer verdicts follow; what
	// they tell of the time that reviews take is old then.
	approvalsKeep = 90 * 24 * time.Hour
)

// Judge adds a verdict to the history of an object, and drops what is too old to
// keep. The histories of clones are not touched.
func (r *Record) Judge(v Verdict) {
	v.At = v.At.UTC().Truncate(time.Second)
	if v.SubmittedAt != nil {
		at := v.SubmittedAt.UTC().Truncate(time.Second)
		v.SubmittedAt = &at
	}
	kept := slices.DeleteFunc(slices.Clone(r.History), func(old Verdict) bool {
		return old.Kind == VerdictApproved && v.Kind != VerdictEdited && v.At.Sub(old.At) > approvalsKeep
	})
	r.History = newest(append(kept, v))
}

// newest keeps as many verdicts and edits as there may be, each in their turn.
func newest(all []Verdict) []Verdict {
	verdicts, edits := 0, 0
	kept := make([]Verdict, 0, len(all))
	for _, v := range slices.Backward(all) {
		count, limit := &verdicts, historyKeeps
		if v.Kind == VerdictEdited {
			count, limit = &edits, editsKeep
		}
		if *count++; *count <= limit {
			kept = append(kept, v)
		}
	}
	slices.Reverse(kept)
	return kept
}

// LastVerdict is the newest verdict, nil when none is known. An edit is none.
func (r *Record) LastVerdict() *Verdict {
	if r == nil {
		return nil
	}
	for i := range slices.Backward(r.History) {
		if r.History[i].Kind != VerdictEdited {
			return &r.History[i]
		}
	}
	return nil
}
