package component_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
)

// The endpoints that no provider method uses: path, request and reply as in
// section 16 of the reference.
func TestAPI(t *testing.T) {
	tests := []struct {
		name, path, request, reply string
		call                       func(*component.API) (any, error)
		want                       any
	}{
		{"finish_access_info", "/shop/register/finish_access_info", `{"access_info_item":6}`, ok,
			func(a *component.API) (any, error) { return nil, a.FinishAccessInfo(t.Context(), 6) }, nil},
		{"quota/get", "/cgi-bin/openapi/quota/get", `{"cgi_path":"/shop/spu/add"}`, `{"errcode":0,"errmsg":"ok","quota":{"daily_limit":10000,"used":12,"remain":9988},"rate_limit":{"call_count":1}}`,
			func(a *component.API) (any, error) { return a.GetQuota(t.Context(), "/shop/spu/add") },
			&component.Quota{DailyLimit: 10000, Used: 12, Remain: 9988}},
		{"clear_quota", "/cgi-bin/clear_quota", `{"appid":"wx0123456789abcdef"}`, ok,
			func(a *component.API) (any, error) { return nil, a.ClearQuota(t.Context()) }, nil},
		{"rid/get", "/cgi-bin/openapi/rid/get", `{"rid":"61138036-369570df-662222ee"}`,
			`{"errcode":0,"request":{"invoke_time":1635156704,"cost_in_ms":30,"request_url":"access_token=50_Im7xxxx","request_body":"{}","response_body":"{\"errcode\":47001}","client_ip":"113.0.0.1"}}`,
			func(a *component.API) (any, error) { return a.GetRID(t.Context(), "61138036-369570df-662222ee") },
			&component.RIDReport{InvokeTime: 1635156704, CostMS: 30, RequestBody: "{}", ResponseBody: `{"errcode":47001}`, ClientIP: "113.0.0.1"}},
		{"rid/get with a whole URL", "/cgi-bin/openapi/rid/get", `{"rid":"1-2-3"}`,
			`{"errcode":0,"request":{"request_url":"https://api.weixin.qq.com/shop/spu/add?access_token=50_Im7xxxx"}}`,
			func(a *component.API) (any, error) { return a.GetRID(t.Context(), "1-2-3") },
			&component.RIDReport{RequestURL: "https://api.weixin.qq.com/shop/spu/add"}},
		{"rid/get of a token call", "/cgi-bin/openapi/rid/get", `{"rid":"1-2-3"}`,
			`{"errcode":0,"request":{"request_body":"{\"secret\":\"0123\"}","response_body":"{\"access_token\":\"50_Im7xxxx\"}"}}`,
			func(a *component.API) (any, error) { return a.GetRID(t.Context(), "1-2-3") },
			&component.RIDReport{RequestBody: "[secret]", ResponseBody: "[secret]"}},
		{"get_miniapp_certificate", "/shop/audit/get_miniapp_certificate", `{"req_type":1}`,
			`{"errcode":0,"errmsg":"","category_info_list":[{"first_category_id":304,"first_category_name":"商家自营","second_category_id":321,"second_category_name":"食品","certificate_url":"https://store.mp.video.tencent-cloud.com/x1"}]}`,
			func(a *component.API) (any, error) {
				return a.MiniappCertificate(t.Context(), component.CertificateCategory)
			},
			&component.Certificates{Categories: wechat.List[component.CategoryCertificate]{{FirstCategoryID: 304, FirstCategoryName: "商家自营", SecondCategoryID: 321, SecondCategoryName: "食品", CertificateURL: wechat.List[wechat.Text]{"https://store.mp.video.tencent-cloud.com/x1"}}}}},
		{"get_miniapp_certificate of nothing", "/shop/audit/get_miniapp_certificate", `{"req_type":2}`, `{"errcode":1050006,"errmsg":"x"}`,
			func(a *component.API) (any, error) {
				return a.MiniappCertificate(t.Context(), component.CertificateBrand)
			},
			&component.Certificates{}},
		{"flash sale", "/shop/spu/update_without_audit", `{"product_id":1,"limited_discount_info":{"start_time":1,"end_time":2,"limited_discount_sku_list":[{"sku_id":9007199254740993,"sale_price":890,"sale_stock":5,"total_stock":9}]}}`, ok,
			func(a *component.API) (any, error) {
				return a.UpdateSPUWithoutAudit(t.Context(), &component.FreeBody{
					SPURef: component.SPURef{ProductID: "1"},
					LimitedDiscountInfo: &component.LimitedDiscount{StartTime: 1, EndTime: 2,
						SKUs: []component.DiscountSKU{{SKUID: "9007199254740993", SalePrice: 890, SaleStock: 5, TotalStock: 9}}},
				})
			}, &component.SPUReceipt{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var path, request string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				path, request = r.URL.Path, string(body)
				io.WriteString(w, tt.reply)
			}))
			defer server.Close()
			shop, err := component.New(component.Config{Endpoint: server.URL, AppID: "wx0123456789abcdef", Tokens: wechat.StaticToken("T")})
			if err != nil {
				t.Fatal(err)
			}
			got, err := tt.call(shop.API())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]any{tt.path, tt.request, tt.want}, []any{path, request, got}); diff != "" {
				t.Error(diff)
			}
		})
	}
}
