package reconcile

import (
	"slices"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Event is one thing that happened during Apply. Events come from many
// goroutines, one at a time.
type Event struct {
	At      time.Time
	Kind    EventKind
	Address schema.Address
	Op      Op              // for EventStarted, EventDone and EventFailed
	Image   schema.ImageKey // for EventUploaded
	// Done of Total are finished in the phase of this event, which began at Began:
	// pictures for EventUploaded, else objects. Bytes of TotalBytes are those of the
	// pictures.
	Done, Total       int
	Bytes, TotalBytes int64
	Began             time.Time
	Wait              *Wait  // for EventWaiting
	Block             *Block // for EventBlocked
	Err               error  // for EventFailed and EventRetry
	// Until is when work goes on: for EventPolling and EventRetry.
	Until time.Time
	// Left is how many products wait for the submission budget, and Opens when the
	// first of them may go on: for EventPolling.
	Left  int
	Opens time.Time
}

// EventKind is what an Event tells.
type EventKind string

// The events.
const (
	EventUploaded EventKind = "uploaded" // one picture
	EventStarted  EventKind = "started"  // a call is about to leave
	EventDone     EventKind = "done"     // a call succeeded
	EventRetry    EventKind = "retry"    // a call is tried again at Until
	EventFailed   EventKind = "failed"   // an object is given up for this run
	EventWaiting  EventKind = "waiting"  // an object has come as far as it can for now
	EventBlocked  EventKind = "blocked"  // only a human can help this object
	EventSettled  EventKind = "settled"  // an object is as declared
	EventPolling  EventKind = "polling"  // Total objects are under review, Left wait for the budget; the next look is at Until
)

// Outcome is where an object stands at the end of a run.
type Outcome string

// The outcomes, best first.
const (
	OutcomeDone    Outcome = "done"    // as declared
	OutcomePending Outcome = "pending" // Waits says for what
	OutcomeLater   Outcome = "later"   // not tried or cut short: a quota, or an interrupt
	OutcomeBlocked Outcome = "blocked" // Block says why
	OutcomeFailed  Outcome = "failed"  // Err says why
)

// Result is what became of one object.
type Result struct {
	Address schema.Address
	Title   string
	Outcome Outcome
	Steps   []Op // the writing calls that succeeded, in order
	Waits   []Wait
	Block   *Block
	Err     error
	Source  schema.Source
}

// Report is what one Apply did and left undone.
type Report struct {
	Results  []Result // sorted by address
	Uploaded int      // pictures
	Calls    int      // writing calls that succeeded, including uploads
	Refused  int      // writing calls that did not
	// Stopped is set when a quota ended the run early; RetryAfter is its advice.
	Stopped    *provider.Error
	RetryAfter time.Duration
	// Budget is the submission budget at the end of the run.
	Budget Spending
	// Interrupted is set when the context ended before the work did.
	Interrupted bool
	Took        time.Duration
}

// Spending is where the submission budget stands at the end of a run.
type Spending struct {
	At   time.Time `json:"at,omitzero"`
	Hour Window    `json:"hour"`
	Day  Window    `json:"day"`
	// Left are the products that wait for it, in the order in which they will be
	// submitted, and Continue is when the first of them may be; nil when none waits.
	Left     []schema.Address `json:"left"`
	Continue *time.Time       `json:"continue,omitempty"`
}

// Add puts results beside those of the run, of objects that it did not touch.
func (r *Report) Add(results []Result) {
	r.Results = append(r.Results, results...)
	slices.SortStableFunc(r.Results, func(a, b Result) int { return a.Address.Compare(b.Address) })
}

// Count is the number of objects with an outcome.
func (r *Report) Count(o Outcome) int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Outcome == o {
			n++
		}
	}
	return n
}

// Standing is one object for the status board: what is declared, what the shop
// shows, and what stands in the way.
type Standing struct {
	Address  schema.Address
	Title    string
	Declared bool // in the files; otherwise unmanaged or about to be removed
	Managed  bool // in the state
	Wanted   bool // wanted on the shelf (SPU only)
	Shelf    provider.Shelf
	Review   provider.Review
	Present  bool // in the shop
	// Change is what a plan would do about it; nil when it is as declared.
	Change      *Change
	Rejected    *Block // an open rejection, also when newer content is on its way
	SubmittedAt time.Time
	// Last is the newest verdict that is remembered, nil for none.
	Last   *state.Verdict
	Source schema.Source
}
