package reconcile_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/reconcile"
)

// An audit is answered, and the disk is full: its id stands in the error, because
// no call would ever tell it again.
func TestAnAuditIDThatCannotBeSavedIsTold(t *testing.T) {
	tr := newTrial(t, quick(), stock(t, nil))
	tr.width = 1
	submitted := func() bool {
		return len(tr.accepted("/shop/audit/audit_brand"))+len(tr.accepted("/shop/audit/audit_category")) > 0
	}
	tr.full = submitted
	err, failed := errors.AsType[*reconcile.StateError](tr.life(0).err)
	if !failed {
		t.Fatalf("got %v, want a StateError", tr.last.err)
	}
	i := slices.IndexFunc(err.Unsaved, func(u reconcile.Unsaved) bool { return u.AuditID != "" })
	if i < 0 || !errors.Is(err, errDiskFull) {
		t.Fatalf("got %+v, want an audit id", err.Unsaved)
	}
	u := err.Unsaved[i]
	tr.sleep(t.Context(), time.Hour) // the platform knows an audit a little later than its answer
	if v, lost := tr.provider().Audit(t.Context(), u.AuditID); lost != nil || v.Status == provider.VerdictUnknown {
		t.Errorf("the platform does not know %q of %s: %v, %v", u.AuditID, u.Address, v, lost)
	}
}
