package state

import (
	"slices"
	"time"
)

// Verdict is what became of one submission of an object.
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
	// Said is what the author gave as the reason when the content was submitted.
	Said string `json:"said,omitempty"`
}

// VerdictKind is how it ended.
type VerdictKind string

// The kinds. A ban may follow an approval, long after.
const (
	VerdictApproved  VerdictKind = "approved"
	VerdictRejected  VerdictKind = "rejected"
	VerdictBanned    VerdictKind = "banned"
	VerdictWithdrawn VerdictKind = "withdrawn"
)

const (
	// historyKeeps is how many verdicts of one object are kept.
	historyKeeps = 10
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
		return old.Kind == VerdictApproved && v.At.Sub(old.At) > approvalsKeep
	})
	kept = append(kept, v)
	r.History = kept[max(0, len(kept)-historyKeeps):]
}

// LastVerdict is the newest verdict, nil when none is known.
func (r *Record) LastVerdict() *Verdict {
	if r == nil || len(r.History) == 0 {
		return nil
	}
	return &r.History[len(r.History)-1]
}
