package state

import (
	"time"

	"github.com/shopctl/shopctl/internal/plain"
)

// approval is the newest verdict of a record as a snapshot has it where it says no
// more than that the content of the record's stamp was approved, in the category that
// its memo has. It does of nearly all products of a shop, and with the stamp, the
// category and both times written once more these verdicts were an eighth of a state.
type approval struct {
	At time.Time `json:"at"`
	// SubmittedAt is nil where the verdict has that of the record.
	SubmittedAt *time.Time `json:"submitted_at,omitempty"`
}

// foldApproval parts the history into what is written as verdicts, and the approval;
// nil when the newest verdict says something else.
func (r *Record) foldApproval() ([]Verdict, *approval) {
	n := len(r.History)
	if n == 0 || r.History[n-1].Kind != VerdictApproved || r.History[n-1].Stamp != r.Stamp {
		return r.History, nil // an edit may have followed the newest verdict
	}
	last := &r.History[n-1]
	folded := &approval{At: last.At}
	if !sameTime(last.SubmittedAt, r.submittedToTheSecond()) {
		folded.SubmittedAt = last.SubmittedAt
	}
	if !sameVerdict(*last, r.unfold(folded, sentCategory(r.pack()))) {
		return r.History, nil
	}
	return r.History[:n-1], folded
}

// unfold is the verdict that an approval stands for.
func (r *Record) unfold(a *approval, category string) Verdict {
	v := Verdict{Kind: VerdictApproved, At: a.At, SubmittedAt: a.SubmittedAt, Category: category, Stamp: r.Stamp, Said: r.Reason}
	if v.SubmittedAt == nil {
		v.SubmittedAt = r.submittedToTheSecond()
	}
	return v
}

// submittedToTheSecond is SubmittedAt as Judge keeps times.
func (r *Record) submittedToTheSecond() *time.Time {
	if r.SubmittedAt == nil {
		return nil
	}
	if at := r.SubmittedAt.UTC().Truncate(time.Second); !at.Equal(*r.SubmittedAt) {
		return &at
	}
	return r.SubmittedAt
}

// categoryPath is where a memo has the category of a product.
const categoryPath = "third_cat_id"

// sentCategory is the category in a packed memo, "" when there is none.
func sentCategory(packed string) (category string) {
	if packed == "" {
		return ""
	}
	p := plain.NewForeignReader(packed)
	p.Object(func(path string) {
		if path == categoryPath && p.Peek() == '"' {
			category = p.String()
			return
		}
		p.Skip()
	})
	return category
}

// UnmarshalJSON reads a record as MarshalJSON writes it, and as a snapshot has it.
func (r *Record) UnmarshalJSON(b []byte) error {
	type members Record
	read := struct {
		*members
		Approved *approval `json:"approved"`
	}{members: (*members)(r)}
	if err := decodeStrict(b, &read); err != nil {
		return err
	}
	if read.Approved != nil {
		r.History = append(r.History, r.unfold(read.Approved, r.Memo[categoryPath]))
	}
	return nil
}

// MarshalJSON writes a record with its whole history, the same packed or not.
func (r *Record) MarshalJSON() ([]byte, error) { return r.append(nil, r.History, nil) }

// line appends the record as a snapshot has it.
func (r *Record) line(b []byte) ([]byte, error) {
	history, approved := r.foldApproval()
	return r.append(b, history, approved)
}
