// Package providertest is the contract that every provider.Provider passes. It
// is a set of walks: small stories of a shop, in which each step acts through the
// provider and then reads the shop through it again.
//
// A provider's test opens a platform of its own for each walk, such as a sandbox,
// and tells through a Harness how to turn its clock, decide its reviews and
// break its calls:
//
//	func TestContract(t *testing.T) { providertest.Test(t, open) }
//
// A walk is a list of what a merchant would see, so it can be read as the
// documentation of what plan and apply may rely on.
package providertest
