package provider

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/schema"
)

func TestReadingAPartAgain(t *testing.T) {
	product := func(id string, r Review) *Product { return &Product{OutProductID: id, Review: r} }
	before := &Observation{
		Merchant: &schema.Merchant{ServiceAgentPhone: "1"}, Brands: map[string]BrandGrant{"CXY": {BrandID: "7"}}, Categories: map[uint64]bool{1: true},
		Products: map[string]*Product{"1": product("1", ReviewRunning), "2": product("2", ReviewRunning), "3": product("3", ReviewApproved)},
		Verdicts: map[string]Verdict{"a": {Status: VerdictUnknown}},
	}
	newer := &Observation{
		Brands: map[string]BrandGrant{}, Products: map[string]*Product{"1": product("1", ReviewApproved)}, Verdicts: map[string]Verdict{"b": {Status: VerdictUnknown}},
	}
	got := before.With(newer, Scope{Only: true, Products: []string{"1", "2"}, Brands: true})
	want := &Observation{
		Merchant: before.Merchant, Brands: map[string]BrandGrant{}, Categories: before.Categories,
		Products: map[string]*Product{"1": product("1", ReviewApproved), "3": product("3", ReviewApproved)},
		Verdicts: map[string]Verdict{"a": {Status: VerdictUnknown}, "b": {Status: VerdictUnknown}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(before.Products) != 3 || before.Products["1"].Review != ReviewRunning {
		t.Error("the older observation was changed")
	}
	if whole := before.With(newer, Scope{Brands: true}); whole != newer {
		t.Error("a reading of the whole shop does not stand for itself")
	}
}
