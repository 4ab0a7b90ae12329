// Package sandbox is the WeChat custom trading component platform (/shop/*) as
// an http.Handler: one shop that can be filled, reviewed and broken without an
// account.
//
// It is written from the platform's documents and from what users saw, gathered
// in one reference whose sections the comments name, and knows nothing of this
// repository's client. It refuses what the platform refuses, with the same
// codes, and is as awkward where clients must tolerate it. What is undocumented
// or disputed is a knob.
//
// The map:
//
//	sandbox.go    Options, New, Close, the shop's clock
//	exchange.go   one request from the wire to the reply: order of checks, envelope, rid
//	routes.go     the table of endpoints
//	decode.go     strict JSON
//	codes.go      errcode and the platform's text
//	knobs.go      everything that can be set
//	calls.go      what was called, rid/get, injected faults
//	token.go      token, stable_token, access_token
//	quota.go      limits of calls and of submissions, clear_quota, quota/get
//	register.go   onboarding, scenes
//	account.go    merchant settings, granted brands and categories
//	category.go   the category tree (categories.json)
//	upload.go     img/upload
//	picture.go    links to pictures and their rewriting
//	audit.go      audits of brands and categories
//	spu.go        products and their two copies
//	spu_submit.go add, update, del, del_audit: what goes to review
//	spu_direct.go listing, delisting, update_without_audit: what does not
//	spu_rules.go  what a product must be like
//	spu_read.go   get, get_list
//	review.go     what happens by itself when time passes
//	push.go       messages to the merchant's server
//	console.go    what merchant and reviewer do in the web console
//	control.go    the console over HTTP, below /sandbox/
//	shop.go       the shop as people see it
//	page.go       the page at /, with page.html
//	books.go      everything the platform remembers
//	ledger.go     the same on disk
package sandbox
