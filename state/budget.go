package state

import (
	"fmt"
	"time"

	"github.com/shopctl/shopctl/schema"
)

// The ledger of the budget: which product submissions were made, and what the
// platform's refusals have taught of its quotas. Both are a fold over the
// journal, so that whoever has the state next, on whatever machine, knows what
// the shop may still submit. What follows from them is decided in reconcile.

// Submission is one product submission (spu/add or spu/update) that counts
// against the shop's quota. Those that were withdrawn, and those whose outcome
// is not known, count too (reference section 8.9).
type Submission struct {
	Address schema.Address `json:"address"`
	// At is when the answer was in, so that the platform counted it no later; of one
	// that is not answered, when it was announced.
	At time.Time `json:"at"`
}

func (s Submission) check(seq uint64) error {
	if seq == 0 || s.At.IsZero() || !readable(s.Address) {
		return fmt.Errorf("the submission %d has no valid number, address or time", seq)
	}
	return nil
}

// What a limit may be on, beside the address of one product ("spu.719").
const (
	LimitHour = "hour" // product submissions of the shop in an hour
	LimitDay  = "day"  // product submissions of the shop in 24 hours
)

// Limit is what a refusal has taught: no more than Count submissions fit into the
// window that it is on; on a product, none.
type Limit struct {
	On    string `json:"limit"` // LimitHour, LimitDay, or the address of a product
	Count int    `json:"count"`
	// At is when it was learned, Until when it is forgotten: platforms change
	// their quotas, and others may have used a part of this one.
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
}

func (l Limit) same(other Limit) bool {
	return l.On == other.On && l.Count == other.Count && l.At.Equal(other.At) && l.Until.Equal(other.Until)
}

const (
	// LedgerKeeps is how long submissions are kept: the longest window, with an hour
	// to spare for clocks that differ.
	LedgerKeeps = 25 * time.Hour
	// pruneEvery is after how many entries old submissions are looked for.
	pruneEvery = 64
)

// spend enters an announced submission into the ledger.
func (s *State) spend(seq uint64, in *Intent) {
	if in.Submits {
		s.Submissions[seq] = Submission{Address: in.Address, At: in.At}
	}
}

// account brings the ledger up to the end of a submission: one that was refused
// is given back, one that was accepted counts from its answer on.
func (s *State) account(e *Entry) {
	sub, ours := s.Submissions[e.Settles]
	switch {
	case !ours:
	case e.Refused:
		delete(s.Submissions, e.Settles)
	case e.Kind == EntryRecord && e.Record.SubmittedAt != nil && e.Record.SubmittedAt.After(sub.At):
		sub.At = *e.Record.SubmittedAt
		s.Submissions[e.Settles] = sub
	}
}

// learnLimit keeps a limit and drops those that were over when it was learned.
func (s *State) learnLimit(l Limit) {
	for on, old := range s.Limits {
		if !old.Until.After(l.At) {
			delete(s.Limits, on)
		}
	}
	s.Limits[l.On] = l
}

// pruneSubmissions drops what is older than every window at the newest
// submission. It asks no clock, so that a replay drops the same.
func (s *State) pruneSubmissions() {
	var newest time.Time
	for _, sub := range s.Submissions {
		if sub.At.After(newest) {
			newest = sub.At
		}
	}
	for seq, sub := range s.Submissions {
		if _, open := s.Intents[seq]; !open && newest.Sub(sub.At) > LedgerKeeps {
			delete(s.Submissions, seq)
		}
	}
}
