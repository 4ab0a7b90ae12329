package reconcile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// PlanDocument and PlanVersion stand at the head of a plan in JSON. The version
// rises when a member changes its meaning or goes away.
const (
	PlanDocument = "plan"
	PlanVersion  = 1
)

// maxPlanFile is the largest plan that is read, in bytes. A change of a product
// with 4 SKUs takes some 3 kB.
const maxPlanFile = 1 << 30

// PlanFileError refuses a file that is no plan of ours.
type PlanFileError struct {
	Why lang.Text
	Err error
}

// Text says what is wrong with the file.
func (e *PlanFileError) Text() lang.Text { return e.Why }

func (e *PlanFileError) Error() string { return e.Why.EN }

func (e *PlanFileError) Unwrap() error { return e.Err }

// ReadPlan reads a plan as plan --out writes it. A file may come from anywhere:
// what this program would not have written is a *PlanFileError, also a member that
// it does not know, because passing over it could mean to apply something else
// than was read.
//
// The plan is one to be compared with (see Compare), not one to be applied:
// what it would send is not in it.
func ReadPlan(r io.Reader) (*Plan, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxPlanFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxPlanFile {
		return nil, &PlanFileError{Why: lang.F("the file is larger than %s", "文件大于 %s", lang.Size(maxPlanFile))}
	}
	var head planHead
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, &PlanFileError{Why: lang.F("it is not JSON: %v", "不是 JSON：%v", err), Err: err}
	}
	if head != (planHead{PlanDocument, PlanVersion}) {
		return nil, &PlanFileError{Why: lang.F(
			"it is %q version %d, not a plan of version %d that shopctl plan --out wrote", "它是 %q（版本 %d），不是 shopctl plan --out 写出的计划（版本 %d）",
			head.Document, head.Version, PlanVersion)}
	}
	var file struct {
		planHead
		Plan
		Summary json.RawMessage `json:"summary"` // counted anew
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		return nil, &PlanFileError{Why: lang.F("another version of shopctl wrote it, or somebody edited it: %v", "它由其他版本的 shopctl 写出，或被改动过：%v", err), Err: err}
	}
	if err := file.check(); err != nil {
		return nil, &PlanFileError{Why: lang.F("it does not hold together: %v", "内容自相矛盾：%v", err), Err: err}
	}
	return &file.Plan, nil
}

type planHead struct {
	Document string `json:"document"`
	Version  int    `json:"version"`
}

// check refuses what Make never makes.
func (p *Plan) check() error {
	if p.Shop.AppID == "" || p.Shop.Platform == "" {
		return errors.New("the shop is missing")
	}
	seen := map[schema.Address]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		switch {
		case c.Address == schema.Address{}:
			return fmt.Errorf("change %d has no address", i+1)
		case seen[c.Address]:
			return fmt.Errorf("%s stands twice", c.Address)
		}
		seen[c.Address] = true
		for _, op := range c.Steps {
			if !op.known() {
				return fmt.Errorf("%s has the unknown step %q", c.Address, op)
			}
		}
		if want := c.headline(); c.Action != want {
			return fmt.Errorf("%s says %q, and its steps mean %q", c.Address, c.Action, want)
		}
		if want := c.dearest(); c.Class != want {
			return fmt.Errorf("%s says %q, and its steps are %q", c.Address, c.Class, want)
		}
	}
	return nil
}

func (o Op) known() bool {
	for _, h := range headlines {
		if h.op == o {
			return true
		}
	}
	return false
}

// Resubmits are the objects that the plan sends again unchanged, as a Policy says it.
func (p *Plan) Resubmits() map[schema.Address]bool {
	m := map[schema.Address]bool{}
	for _, a := range p.Asked.Resubmit {
		m[a] = true
	}
	return m
}

// Objects are the changed objects that are still declared or remembered: about
// the others there is nothing left to do.
func (p *Plan) Objects(cat *schema.Catalog, st *state.State) []schema.Address {
	var list []schema.Address
	for i := range p.Changes {
		a := p.Changes[i].Address
		if _, declared := cat.Sources[a]; declared || st.Records[a] != nil {
			list = append(list, a)
		}
	}
	return list
}

// LeaveToHumans takes out of the plan what goes to review, cannot be undone or
// breaks a guard, and what needs any of that, and returns it as results of a run
// that was not allowed to.
func (p *Plan) LeaveToHumans() []Result {
	guarded := p.guarded()
	left := []Result{}
	gone := map[schema.Address]bool{}
	p.Only(func(c *Change) bool { // needs stand before those who need them
		wait := c.approval(guarded[c.Address], gone)
		if len(c.Steps) == 0 || wait.Why == "" {
			return true
		}
		gone[c.Address] = true
		left = append(left, Result{Address: c.Address, Title: c.Title, Source: c.Source, Outcome: OutcomeLater, Waits: []Wait{wait}})
		return false
	})
	p.Breaches = []Breach{}
	return left
}

// guarded are the objects that break a guard, with the first of their guards.
func (p *Plan) guarded() map[schema.Address]GuardName {
	guarded := map[schema.Address]GuardName{}
	for _, b := range slices.Backward(p.Breaches) {
		for _, a := range b.Objects {
			guarded[a] = b.Guard
		}
	}
	return guarded
}

// Free reports whether the change needs no review and can be undone.
func (c *Change) Free() bool { return classRank[c.Class] <= classRank[ClassFree] }

// approval is what a human has to approve of a change; Why is "" for nothing.
func (c *Change) approval(guard GuardName, gone map[schema.Address]bool) Wait {
	w := Wait{Kind: WaitApproval}
	switch {
	case c.Class == ClassIrreversible:
		w.Why = ApprovalIrreversible
	case guard != "":
		w.Why, w.Guard = ApprovalGuard, guard
	case !c.Free():
		w.Why = ApprovalReview
	default:
		for _, need := range c.Needs {
			if gone[need] {
				w.Why, w.On = ApprovalNeeds, &need
				break
			}
		}
	}
	return w
}

// Only keeps the changes that keep accepts, with their pictures, and returns the
// addresses of the others. A change goes too when one that it needs has gone.
func (p *Plan) Only(keep func(*Change) bool) (left []schema.Address) {
	gone := map[schema.Address]bool{}
	kept := []Change{}
	for i := range p.Changes { // needs stand before those who need them
		c := &p.Changes[i]
		accepted := keep(c)
		for _, need := range c.Needs {
			accepted = accepted && !gone[need]
		}
		if accepted {
			kept = append(kept, *c)
			continue
		}
		gone[c.Address] = true
		left = append(left, c.Address)
	}
	p.Changes = kept
	p.Uploads = uploadsFor(p.Uploads, gone)
	return left
}

// uploadsFor are the pictures that somebody still needs.
func uploadsFor(uploads []Upload, gone map[schema.Address]bool) []Upload {
	needed := []Upload{}
	for _, up := range uploads {
		var users []schema.Address
		for _, a := range up.For {
			if !gone[a] {
				users = append(users, a)
			}
		}
		if up.For = users; len(users) > 0 {
			needed = append(needed, up)
		}
	}
	return needed
}
