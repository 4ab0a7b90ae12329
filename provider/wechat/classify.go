package wechat

import (
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

// Codes that the client itself acts upon.
const (
	codeDayQuota     = 45009
	codeMinuteQuota  = 45011
	codeTooFast      = 300000
	codeSubmissions  = 1000019
	submissionWindow = time.Hour // reference section 8.9
)

// conflicts are the codes that reveal a state of the object that callers have an
// answer to.
var conflicts = map[int]provider.Conflict{
	1000002: provider.ConflictInReview,
	1050009: provider.ConflictInReview,
	1000012: provider.ConflictExists,
	9401001: provider.ConflictExists,
	1000003: provider.ConflictNotOnline,
	1000004: provider.ConflictSKU,
	1000017: provider.ConflictNotPushed,
	1000013: provider.ConflictChanged,
}

// notFound are the codes of a product that the shop does not have.
var notFound = map[int]bool{1000001: true, 1000011: true, 9401002: true}

// tokenRefused are the codes after which another token may help.
func tokenRefused(code int) bool { return code == 40001 || code == 42001 || code == 40014 }

// refusal makes the error of an errcode.
func (c *Client) refusal(call *Call, code int, errmsg string) *provider.Error {
	message, rid := splitRID(errmsg)
	e := &provider.Error{
		Call: call.name(), Code: code, Message: c.secrets.Text(message), RID: rid,
		Conflict: conflicts[code], NotFound: notFound[code] && call.Path != "/shop/spu/add",
		SubmissionLimit: code == codeSubmissions, RetryAfter: c.retryAfter(code),
	}
	if known, ok := Lookup(code); ok {
		e.Class, e.Meaning, e.Remedy = known.Class, known.Meaning, known.Remedy
		return e
	}
	e.Class = provider.ClassFix
	e.Meaning = lang.F("Code %d is not documented; the platform's message says what is wrong.", "错误码 %d 没有文档说明，请以平台返回的信息为准。", code)
	e.Remedy = lang.T("Read the platform's message; the rid can be looked up for seven days.", "请查看平台返回的信息；rid 在 7 天内可以查询。")
	return e
}

// retryAfter is how long a quota stays spent; zero for codes that are no quota.
func (c *Client) retryAfter(code int) time.Duration {
	now := c.now()
	switch code {
	case codeDayQuota:
		y, m, d := now.In(schema.Beijing).Date()
		return time.Date(y, m, d+1, 0, 0, 0, 0, schema.Beijing).Sub(now)
	case codeMinuteQuota:
		return now.Truncate(time.Minute).Add(time.Minute).Sub(now)
	case codeSubmissions:
		return submissionWindow
	}
	return 0
}
