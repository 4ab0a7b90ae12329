package providertest

import (
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// Harness is one fresh, empty shop: the provider under test, and what happens to
// the shop from outside. The shop is open for business: a walk need not join
// first. All functions fail the test by themselves.
type Harness struct {
	Provider provider.Provider

	// FreeLeaf is a category that anybody may sell in; RestrictedLeaf one that
	// needs a qualification, which the shop does not have.
	FreeLeaf, RestrictedLeaf uint64
	// PushDelay is how long after a submission its review begins, ReviewDelay how
	// long the review of a product takes then, AuditDelay how long the audit of a
	// brand or category takes. Nothing happens before Advance.
	PushDelay, ReviewDelay, AuditDelay time.Duration

	// Advance turns the platform's clock.
	Advance func(d time.Duration)
	// Reject makes the next review of a product end badly; others end well.
	Reject func(outProductID, reason string)
	// RejectBrand does the same for the audit of a brand.
	RejectBrand func(wording, reason string)
	// Ban takes a product off the shelf as the platform does.
	Ban func(outProductID string)
	// SetPrice edits a price in the console, behind the provider's back.
	SetPrice func(outProductID, outSKUID string, price schema.Fen)
	// Break makes the next call of a method fail in a certain way.
	Break func(m Method, f Fault)
	// Calls is how often the platform was asked to do what a method does.
	Calls func(m Method) int
}

// Method is a method of provider.Provider that a walk breaks or counts.
type Method string

// The methods.
const (
	MethodProduct     Method = "Product"
	MethodUploadImage Method = "UploadImage"
	MethodAdd         Method = "Add"
	MethodList        Method = "List"
)

// Fault is a way in which a call fails, once.
type Fault string

// The faults.
const (
	FaultBusy        Fault = "busy"         // the platform says that it is busy, and does nothing
	FaultLostRequest Fault = "lost request" // the connection breaks, and nothing was done
	FaultLostReply   Fault = "lost reply"   // it was done, and the connection breaks
	FaultToken       Fault = "token"        // the platform says that the access token has expired
	FaultMissing     Fault = "missing"      // the platform denies an object that it has
)

// Test runs every walk on a shop of its own.
func Test(t *testing.T, open func(t *testing.T) Harness) {
	for _, w := range walks {
		t.Run(w.name, func(t *testing.T) {
			w.run(&walker{T: t, Harness: open(t)})
		})
	}
}
