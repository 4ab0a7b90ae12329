package provider

import (
	"maps"
	"slices"
)

// With is the observation as it is after a part of the shop was read again. scope
// is what newer was asked for; the rest stays as it was. Neither is changed.
func (o *Observation) With(newer *Observation, scope Scope) *Observation {
	if !scope.Only {
		return newer
	}
	all := *o
	all.At = newer.At
	all.Products = maps.Clone(o.Products)
	for _, id := range slices.Concat(scope.Products, scope.Fresh) {
		delete(all.Products, id)
	}
	maps.Copy(all.Products, newer.Products)
	if scope.Merchant {
		all.Merchant = newer.Merchant
	}
	if scope.Brands {
		all.Brands = newer.Brands
	}
	if scope.Qualifications {
		all.Categories = newer.Categories
	}
	all.Verdicts = maps.Clone(o.Verdicts)
	if all.Verdicts == nil {
		all.Verdicts = map[string]Verdict{}
	}
	maps.Copy(all.Verdicts, newer.Verdicts)
	return &all
}
