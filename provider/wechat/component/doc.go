// Package component is the custom trading component (自定义交易组件, /shop/*) as a
// provider.Provider. One file per kind holds the platform's requests and replies
// and the mapping both ways:
//
//	spu.go             the spu/* endpoints and what they send and show
//	product.go         products, declared and shown: the mapping both ways
//	observe.go         what the shop has: spu/get_list in both copies, and the rest
//	brand.go           audit/audit_brand, account/get_brand_list
//	qualification.go   audit/audit_category, account/get_category_list
//	audit.go           audit/result, audit/get_miniapp_certificate
//	merchant.go        account/update_info, account/get_info
//	category.go        cat/get and its cache
//	image.go, fetch.go img/upload, and the bytes of pictures declared by URL
//	register.go        register/*: opening the component
//	quota.go           quota/get, clear_quota, rid/get
//
// API has one method for each endpoint, in the platform's own terms; Provider
// stands on it. Section numbers in comments are those of the catalog reference.
package component
