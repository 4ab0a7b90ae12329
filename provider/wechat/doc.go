// Package wechat is what every WeChat platform client of ours shares: access
// tokens, the HTTP transport, the error codes, the limits, and the tolerant
// decoding of the platform's JSON.
//
// One call goes through these layers, outermost first:
//
//	Client.Do     asks the token source, repeats by error class, renews a refused token once
//	limits        one token bucket for each endpoint, slowed down on 300000
//	transport     resty over a transport of our own; streams uploads, follows no redirect
//	reply         an answer without an errcode is never a success
//	errcodes      the platform's codes become provider.Error, from a table
//
// Nothing here knows a product or a brand; those are in package component.
// Access tokens and app secrets appear in no error and in no log line: URLs lose
// their query before they are shown, and known secrets are cut out of any text.
package wechat
