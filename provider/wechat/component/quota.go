package component

import (
	"context"
	"strings"

	"github.com/shopctl/shopctl/provider/wechat"
)

// Quota is how much of an endpoint's daily quota is left.
type Quota struct {
	DailyLimit wechat.Int `json:"daily_limit"`
	Used       wechat.Int `json:"used"`
	Remain     wechat.Int `json:"remain"`
}

// GetQuota is openapi/quota/get for a path such as "/shop/spu/add".
func (a *API) GetQuota(ctx context.Context, path string) (*Quota, error) {
	body := struct {
		Path string `json:"cgi_path"`
	}{path}
	reply, err := read[struct {
		Quota wechat.Object[Quota] `json:"quota"`
	}](ctx, a, "/cgi-bin/openapi/quota/get", body)
	if err != nil {
		return nil, err
	}
	return &reply.Quota.Value, nil
}

// ClearQuota is clear_quota: resets the daily counters of all endpoints. It is
// allowed a few times a month.
func (a *API) ClearQuota(ctx context.Context) error {
	body := struct {
		AppID string `json:"appid"`
	}{a.appid}
	_, err := write[nothing](ctx, a, "/cgi-bin/clear_quota", body)
	return err
}

// RIDReport is what the platform received and answered under a rid.
type RIDReport struct {
	InvokeTime   wechat.Int  `json:"invoke_time"` // Unix seconds
	CostMS       wechat.Int  `json:"cost_in_ms"`
	RequestURL   wechat.Text `json:"request_url"` // without its query
	RequestBody  wechat.Text `json:"request_body"`
	ResponseBody wechat.Text `json:"response_body"`
	ClientIP     wechat.Text `json:"client_ip"`
}

// GetRID is openapi/rid/get, for seven days after the call. The query of the
// reported URL is cut off, because it holds the token of that call, and the
// bodies of calls for a token are not shown.
func (a *API) GetRID(ctx context.Context, rid string) (*RIDReport, error) {
	body := struct {
		RID string `json:"rid"`
	}{rid}
	reply, err := read[struct {
		Request wechat.Object[RIDReport] `json:"request"`
	}](ctx, a, "/cgi-bin/openapi/rid/get", body)
	if err != nil {
		return nil, err
	}
	report := &reply.Request.Value
	report.RequestURL = wechat.Text(withoutQuery(string(report.RequestURL)))
	for _, body := range []*wechat.Text{&report.RequestBody, &report.ResponseBody} {
		if strings.Contains(string(*body), "secret") || strings.Contains(string(*body), "access_token") {
			*body = "[secret]"
		}
	}
	return report, nil
}

// withoutQuery cuts the query off a URL; the platform has also shown the query alone.
func withoutQuery(requestURL string) string {
	base, _, _ := strings.Cut(requestURL, "?")
	if strings.Contains(base, "=") {
		return ""
	}
	return base
}
