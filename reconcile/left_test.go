package reconcile

import (
	"strings"
	"testing"

	"github.com/shopctl/shopctl/schema"
)

// apply --approve free does what is at once, can be undone and breaks no guard. The
// rest is left, and says why.
func TestLeaveToHumans(t *testing.T) {
	change := func(name string, needs []string, steps ...Op) Change {
		c := Change{Steps: steps}
		for _, need := range needs {
			c.Needs = append(c.Needs, spuAddress(need))
		}
		c.finish(spuAddress(name), schema.Source{})
		return c
	}
	breach := func(guard GuardName, names ...string) Breach {
		b := Breach{Guard: guard}
		for _, name := range names {
			b.Objects = append(b.Objects, spuAddress(name))
		}
		return b
	}
	for _, test := range []struct {
		name     string
		changes  []Change
		breaches []Breach
		kept     string
		left     string
	}{
		{"prices and shelf are at once", []Change{change("1", nil, OpUpdateFree), change("2", nil, OpList), change("3", nil, OpDelist)}, nil, "spu.1 spu.2 spu.3", ""},
		{"taking back a submission is at once", []Change{change("1", nil, OpWithdraw)}, nil, "spu.1", ""},
		{"new content goes to review, with all that comes after it", []Change{change("1", nil, OpUpdate, OpList), change("2", nil, OpAdd)}, nil, "", "spu.1 review, spu.2 review"},
		{"a brand goes to review", []Change{change("1", nil, OpSubmitBrand)}, nil, "", "spu.1 review"},
		{"deleting cannot be undone", []Change{change("1", nil, OpDelete)}, []Breach{breach(GuardRemovals, "1")}, "", "spu.1 irreversible"},
		{"a price that falls too far", []Change{change("1", nil, OpUpdateFree), change("2", nil, OpUpdateFree)}, []Breach{breach(GuardPriceDrop, "2")}, "spu.1", "spu.2 guard max_price_drop"},
		{"of two guards the first is named", []Change{change("1", nil, OpUpdateFree)}, []Breach{breach(GuardPriceDrop, "1"), breach(GuardChanges, "1")}, "", "spu.1 guard max_price_drop"},
		{"what needs something that is left", []Change{change("1", nil, OpSubmitBrand), change("2", []string{"1"}, OpList), change("3", []string{"2"}, OpList)}, nil, "", "spu.1 review, spu.2 needs spu.1, spu.3 needs spu.2"},
		{"what sends nothing waits as before", []Change{change("1", nil)}, nil, "spu.1", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := &Plan{Changes: test.changes, Breaches: test.breaches}
			var left, kept []string
			for _, res := range plan.LeaveToHumans() {
				w := res.Waits[0]
				why := res.Address.String() + " " + strings.TrimSpace(string(w.Why)+" "+string(w.Guard))
				if w.On != nil {
					why += " " + w.On.String()
				}
				if res.Outcome != OutcomeLater || w.Kind != WaitApproval {
					t.Errorf("%s is %s, waiting for %s", res.Address, res.Outcome, w.Kind)
				}
				left = append(left, why)
			}
			for i := range plan.Changes {
				kept = append(kept, plan.Changes[i].Address.String())
			}
			if got := strings.Join(left, ", "); got != test.left {
				t.Errorf("left %q, want %q", got, test.left)
			}
			if got := strings.Join(kept, " "); got != test.kept {
				t.Errorf("kept %q, want %q", got, test.kept)
			}
			if len(plan.Breaches) > 0 {
				t.Error("what is left to do breaks a guard")
			}
		})
	}
}
