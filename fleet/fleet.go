// Package fleet runs one command for many shops. It finds the shops of a
// repository, refuses those that would fight over one shop or one state, has
// every shop done on its own, and sums up what became of them.
//
// What is said of a shop here is plain data, so that it crosses from one machine
// to another as it is: a Task goes out, a Result comes back. Who carries them is
// an Engine: Local has goroutines, another one a queue that many machines share.
//
//	shops, err := fleet.Find(root, options)     // all there are
//	fights := fleet.Fights(root, shops, settle) // must be none
//	tasks := fleet.Tasks(verb, shops, options)
//	tally := fleet.NewTally(verb, tasks)
//	err = engine.Run(ctx, tasks, func(r fleet.Result, _ fleet.Logs) { tally.Add(r) })
//	report := tally.Report() // sorted and summed up
package fleet

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// Verb is what is done with every shop.
type Verb string

// The verbs: the commands of the same name.
const (
	VerbPlan   Verb = "plan"
	VerbApply  Verb = "apply"
	VerbStatus Verb = "status"
)

// Task is one verb for one shop: all that a machine must know to do it, beside
// its own checkout of the repository and its own way to the credentials. It
// holds no secret.
type Task struct {
	Verb Verb `json:"verb"`
	// Dir is the shop's directory below the root of the fleet, with slashes; "."
	// for the root itself. It names the shop in reports and logs.
	Dir string `json:"dir"`
	// Name and Shop are what the shop block said when the fleet was looked
	// through; both are empty when it could not be read. A directory that is by
	// now about another shop is refused.
	Name string       `json:"name,omitempty"`
	Shop state.ShopID `json:"shop"`
	// Source is where the shop block stands, below the shop's directory; zero when
	// it could not be read.
	Source schema.Range `json:"source,omitzero"`
	Options
	// Read names the plan of this shop that a human has read and approved
	// (Result.Plan): another plan is refused. Empty where nobody was asked.
	Read string `json:"read,omitempty"`
}

// Options are the flags that are the same for all shops.
type Options struct {
	// Refresh reads the shop; without it a plan is made from the state alone.
	Refresh bool `json:"refresh"`
	// Parallelism bounds the objects of one shop that are worked on at the same
	// time, Uploads its pictures on their way.
	Parallelism int `json:"parallelism,omitempty"`
	Uploads     int `json:"uploads,omitempty"`
	// Timeout ends the work on one shop gently: calls in flight finish and are
	// saved. Zero is no limit. It is in nanoseconds in JSON.
	Timeout time.Duration `json:"timeout,omitempty"`
	// Sandbox runs the shop against its private sandbox.
	Sandbox bool `json:"sandbox,omitempty"`
	// Deadline is what --deadline says; empty for the one of each shop block.
	Deadline string `json:"deadline,omitempty"`
	// Override are the guards that are waved through, and Approve is what --approve
	// says: "free", or nothing.
	Override []string `json:"override,omitempty"`
	Approve  string   `json:"approve,omitempty"`
}

// RunShop does one task and tells how it went. It never fails and never panics:
// whatever goes wrong is the Result of that shop. The end of the context ends
// the work gently, and the Result is Interrupted; a lease that is lost must end
// it too. It may be called by many goroutines, for different shops.
type RunShop func(ctx context.Context, t Task) (Result, Logs)

// Engine has tasks done.
type Engine interface {
	// Run has every task done and calls done with each result as it comes, from
	// one goroutine at a time. It returns when all have come. When the context
	// ends, tasks that have not begun are answered as Skipped, and those under way
	// end gently. An error says that the engine itself is broken; shops that it has
	// no result of are missing then, and Tally.Report counts them as failed.
	Run(ctx context.Context, tasks []Task, done func(Result, Logs)) error
}

// Logs are the reports of one shop in full, as its own command would have
// printed them: for people, and as a JSON document. Either may be empty.
type Logs struct {
	Text []byte `json:"text,omitempty"`
	JSON []byte `json:"json,omitempty"`
}

// Outcome is where a shop stands after its task.
type Outcome string

// The outcomes, best first. Where several apply, the last one counts.
const (
	OutcomeDone        Outcome = "done"        // as declared
	OutcomeChanges     Outcome = "changes"     // plan: there is something to apply
	OutcomePending     Outcome = "pending"     // something is in review, or left for later
	OutcomeBlocked     Outcome = "blocked"     // something is rejected, banned or blocked
	OutcomeFailed      Outcome = "failed"      // Error says why, or Objects do
	OutcomeSkipped     Outcome = "skipped"     // not begun: the run was interrupted
	OutcomeInterrupted Outcome = "interrupted" // ended gently before it was through
)

// Result is what became of one shop: plain data of bounded size, whatever the
// size of its catalog. Logs hold the rest.
type Result struct {
	Dir     string       `json:"dir"`
	Name    string       `json:"name,omitempty"`
	Shop    state.ShopID `json:"shop"`
	Source  schema.Range `json:"source,omitzero"` // of the shop block
	Outcome Outcome      `json:"outcome"`
	// Counts are the objects of a plan by action, of an apply by outcome, and of a
	// status by status, in the words of the documents of these commands.
	Counts map[string]int `json:"counts"`
	// Work is what the plan costs, or what apply has spent.
	Work Work `json:"work"`
	// Objects are those that somebody should know of: waiting, blocked, failed, the
	// gravest first. There are at most MaxObjects; More counts the others.
	Objects []Object `json:"objects"`
	More    int      `json:"more,omitempty"`
	// Breaches are the guards that the plan breaks.
	Breaches []string `json:"breaches,omitempty"`
	// Diagnostics are the first findings about the catalog that ended the run.
	Diagnostics []schema.Diagnostic `json:"diagnostics,omitempty"`
	// Budget is how many product submissions the shop has left; nil when that was not
	// looked at.
	Budget *Budget `json:"budget,omitempty"`
	// Forecast is what will be on the shelf by the deadline; nil without one.
	Forecast *Forecast `json:"forecast,omitempty"`
	// RetryAfter is when a quota lets the shop go on, in seconds from the end of its
	// run; zero when no quota ended it.
	RetryAfter float64 `json:"retry_after_seconds,omitempty"`
	// Error ended the work on this shop.
	Error *Failure `json:"error,omitempty"`
	// Plan names what the plan would do; the same plan has the same name.
	Plan string `json:"plan,omitempty"`
	// Began and Took are when the work began and how long it took, in seconds.
	Began time.Time `json:"began,omitzero"`
	Took  float64   `json:"took_seconds"`
}

// MaxObjects and MaxDiagnostics bound what a Result tells of single objects.
const (
	MaxObjects     = 20
	MaxDiagnostics = 5
)

// Work is what a plan costs, or what an apply has spent.
type Work struct {
	Calls        int `json:"calls"`        // writing calls, uploads included
	Uploads      int `json:"uploads"`      // pictures
	Reviews      int `json:"reviews"`      // of a plan: products and audits that go to review
	Submissions  int `json:"submissions"`  // the part of them that the platform rations
	Irreversible int `json:"irreversible"` // of a plan: changes that cannot be undone
	Refused      int `json:"refused"`      // of an apply: writing calls that the platform refused
}

// Budget is how many product submissions a shop has left of its two sliding
// windows, and which wait for them.
type Budget struct {
	HourLeft  int `json:"hour_left"`
	HourLimit int `json:"hour_limit"`
	DayLeft   int `json:"day_left"`
	DayLimit  int `json:"day_limit"`
	// Waiting products have no room now; from Next on the first of them has.
	Waiting int        `json:"waiting"`
	Next    *time.Time `json:"next,omitempty"`
}

// Forecast counts the products that are wanted on the shelf by what will become
// of them until the deadline.
type Forecast struct {
	Deadline time.Time `json:"deadline"`
	There    int       `json:"there"`
	Will     int       `json:"will"`
	May      int       `json:"may"`
	WillNot  int       `json:"will_not"`
}

// Object is one object of a shop that somebody should know of.
type Object struct {
	Address schema.Address `json:"address"`
	Title   string         `json:"title,omitempty"`
	// State is the word for it: an outcome of apply, a status, or an action.
	State string    `json:"state"`
	Why   lang.Text `json:"why,omitzero"`
}

// Failure is an error in the words of people, as data.
type Failure struct {
	What    lang.Text `json:"what"`
	Meaning lang.Text `json:"meaning,omitzero"`
	Remedy  lang.Text `json:"remedy,omitzero"`
	// Class, Call, Code and RID are those of a refusal by the platform.
	Class provider.Class `json:"class,omitempty"`
	Call  string         `json:"call,omitempty"`
	Code  int            `json:"code,omitempty"`
	RID   string         `json:"rid,omitempty"`
}
