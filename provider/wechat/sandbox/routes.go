package sandbox

import "net/http"

const (
	tokenPath       = "/cgi-bin/token"
	stableTokenPath = "/cgi-bin/stable_token"
	uploadPath      = "/shop/img/upload"
)

// handler does the work of one endpoint, after method, token, limits and
// permission were checked.
type handler func(*exchange) (reply, *refusal)

// route is one endpoint. The zero value of each property is what most have.
type route struct {
	handle handler
	method string // "": POST
	open   bool   // needs no access_token
	secret bool   // carries a secret or a token: neither request nor reply is remembered
	bare   bool   // a success has no errcode
	before bool   // works before the component is opened
	writes bool   // changes the shop

	component bool // wants the third-party platform's own token
}

// routes is the API (reference sections 2 to 8).
var routes = map[string]route{
	tokenPath:                                   {handle: classicToken, method: http.MethodGet, open: true, secret: true, bare: true, before: true},
	stableTokenPath:                             {handle: body(stableToken), open: true, secret: true, bare: true, before: true},
	"/cgi-bin/component/api_component_token":    {handle: body(apiComponentToken), open: true, secret: true, bare: true, before: true},
	"/cgi-bin/component/api_create_preauthcode": {handle: body(createPreauthCode), component: true, secret: true, bare: true, before: true},
	"/cgi-bin/component/api_query_auth":         {handle: body(queryAuth), component: true, secret: true, bare: true, before: true},
	"/cgi-bin/component/api_authorizer_token":   {handle: body(apiAuthorizerToken), component: true, secret: true, bare: true, before: true},

	"/cgi-bin/clear_quota":       {handle: body(clearQuota), before: true},
	"/cgi-bin/openapi/quota/get": {handle: body(getQuota), before: true},
	"/cgi-bin/openapi/rid/get":   {handle: body(getRID), before: true},

	"/shop/register/apply":              {handle: body(apply), before: true, writes: true},
	"/shop/register/check":              {handle: body(check), before: true},
	"/shop/register/finish_access_info": {handle: body(finishAccessInfo), writes: true},
	"/shop/register/apply_scene":        {handle: body(applyScene), writes: true},
	"/shop/scene/check":                 {handle: body(checkScene)},

	"/shop/cat/get": {handle: body(getCategories)},
	uploadPath:      {handle: uploadPicture, writes: true},

	"/shop/audit/audit_brand":             {handle: body(auditBrand), writes: true},
	"/shop/audit/audit_category":          {handle: body(auditCategory), writes: true},
	"/shop/audit/result":                  {handle: body(auditResult)},
	"/shop/audit/get_miniapp_certificate": {handle: body(getCertificate)},

	"/shop/account/get_category_list": {handle: body(getCategoryList)},
	"/shop/account/get_brand_list":    {handle: body(getBrandList)},
	"/shop/account/update_info":       {handle: body(updateInfo), writes: true},
	"/shop/account/get_info":          {handle: body(getInfo)},

	"/shop/spu/add":                  {handle: body(addSPU), writes: true},
	"/shop/spu/del":                  {handle: body(deleteSPU), writes: true},
	"/shop/spu/del_audit":            {handle: body(withdrawSPU), writes: true},
	"/shop/spu/get":                  {handle: body(getSPU)},
	"/shop/spu/get_list":             {handle: body(listSPU)},
	"/shop/spu/update":               {handle: body(updateSPU), writes: true},
	"/shop/spu/update_without_audit": {handle: body(updateFree), writes: true},
	"/shop/spu/listing":              {handle: body(listing), writes: true},
	"/shop/spu/delisting":            {handle: body(delisting), writes: true},
}

// body makes a handler of a function that wants its request decoded.
func body[T any](f func(*exchange, *T) (reply, *refusal)) handler {
	return func(x *exchange) (reply, *refusal) {
		var request T
		if r := decode(x.escapesAsSeen(), &request); r != nil {
			return nil, r
		}
		return f(x, &request)
	}
}

// empty is the request of endpoints without parameters: {}.
type empty struct{}
