package provider

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopctl/shopctl/lang"
)

// Class says what a refusal means for whoever asked. Codes become classes once,
// in the provider; nobody else looks at a code to decide.
type Class string

// The classes.
const (
	ClassRetry      Class = "retry"      // nothing happened; the same call may pass soon
	ClassLater      Class = "later"      // a quota is spent; RetryAfter says when to come back
	ClassFix        Class = "fix"        // the input is wrong; only its author can help
	ClassPermission Class = "permission" // a grant or a setting in the console is missing
	ClassConflict   Class = "conflict"   // the object is in another state than we thought: read it again
	ClassNoop       Class = "noop"       // already as wanted
	ClassAuth       Class = "auth"       // the token is not accepted
	ClassUnknown    Class = "unknown"    // sent, but no answer: it may or may not have happened
)

// ErrNotFound is what errors.Is finds in an Error about a missing object.
var ErrNotFound = errors.New("not found")

// Error is one refusal of the platform, or one failure to reach it. It never
// holds a token or a secret: Message and the wrapped cause are cleaned before
// they get here.
type Error struct {
	Class Class
	Call  string // "spu/add"
	Code  int    // errcode; 0 when there was no answer
	// Message is the platform's errmsg without the rid, as it came.
	Message string
	RID     string // for POST /cgi-bin/openapi/rid/get, kept there for 7 days
	Meaning lang.Text
	Remedy  lang.Text
	// RetryAfter is how long the limit lasts; zero when unknown.
	RetryAfter time.Duration
	// SubmissionLimit is set when what is spent is the shop's or the product's
	// quota of submissions, not the quota of an endpoint.
	SubmissionLimit bool
	// Everywhere is set when the same refusal would meet every call of the run
	// (token, IP list, API not granted), so that going on is pointless.
	Everywhere bool
	// NotFound and Conflict tell the cases apart that the caller handles by itself.
	NotFound bool
	Conflict Conflict
	Err      error // cause, for failures without an answer
}

// Conflict names a state of the object that a refusal reveals.
type Conflict string

// The conflicts the planner knows an answer to. All others are answered by
// reading the object again.
const (
	ConflictNone      Conflict = ""
	ConflictInReview  Conflict = "in-review"  // 1000002, 1050009
	ConflictExists    Conflict = "exists"     // 1000012
	ConflictNotOnline Conflict = "not-online" // 1000003: no approved copy
	ConflictSKU       Conflict = "sku"        // 1000004: SKU not in the approved copy
	ConflictNotPushed Conflict = "not-pushed" // 1000017: saved, but not sent to review: call update again
	ConflictChanged   Conflict = "changed"    // 1000013: written at the same time
)

func (e *Error) Error() string {
	switch {
	case e.Code != 0 && e.RID != "":
		return fmt.Sprintf("%s: errcode %d: %s (rid %s)", e.Call, e.Code, e.Message, e.RID)
	case e.Code != 0:
		return fmt.Sprintf("%s: errcode %d: %s", e.Call, e.Code, e.Message)
	case e.Err != nil:
		return fmt.Sprintf("%s: %v", e.Call, e.Err)
	}
	return e.Call + ": " + string(e.Class) + " " + e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, ErrNotFound) work.
func (e *Error) Is(target error) bool { return target == ErrNotFound && e.NotFound }

// ClassOf is the class of err, or "" when it is no Error of a provider.
func ClassOf(err error) Class {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Class
	}
	return ""
}
