package component

import (
	"context"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/schema"
)

// BrandAudit is the request of audit/audit_brand (section 6.1).
type BrandAudit struct {
	License   []string  `json:"license"` // an array (section 13.5)
	BrandInfo BrandInfo `json:"brand_info"`
	Scenes    []int     `json:"scene_group_list"`
}

// BrandInfo is the trademark in BrandAudit. Which members are needed depends on
// the two types; the language's rules check that before anything is sent.
type BrandInfo struct {
	BrandAuditType                   int      `json:"brand_audit_type"`
	TrademarkType                    string   `json:"trademark_type"`
	BrandManagementType              int      `json:"brand_management_type"`
	CommodityOriginType              int      `json:"commodity_origin_type"`
	BrandWording                     string   `json:"brand_wording"`
	SaleAuthorization                []string `json:"sale_authorization,omitempty"`
	TrademarkRegistrationCertificate []string `json:"trademark_registration_certificate,omitempty"`
	TrademarkChangeCertificate       []string `json:"trademark_change_certificate,omitempty"`
	TrademarkRegistrant              string   `json:"trademark_registrant,omitempty"`
	TrademarkRegistrantNu            string   `json:"trademark_registrant_nu"`
	TrademarkAuthorizationPeriod     string   `json:"trademark_authorization_period,omitempty"`
	TrademarkRegistrationApplication []string `json:"trademark_registration_application,omitempty"`
	TrademarkApplicant               string   `json:"trademark_applicant,omitempty"`
	TrademarkApplicationTime         string   `json:"trademark_application_time,omitempty"`
	ImportedGoodsForm                []string `json:"imported_goods_form,omitempty"`
}

// auditRequest is the wrapper around both kinds of audits.
type auditRequest[T any] struct {
	AuditReq T `json:"audit_req"`
}

// AuditBrand is audit/audit_brand.
func (a *API) AuditBrand(ctx context.Context, body *BrandAudit) (auditID string, err error) {
	return a.submit(ctx, "/shop/audit/audit_brand", "audit/audit_brand", auditRequest[*BrandAudit]{body})
}

// BrandRow is one granted brand.
type BrandRow struct {
	BrandID      wechat.ID   `json:"brand_id"`
	BrandWording wechat.Text `json:"brand_wording"`
}

// BrandList is account/get_brand_list.
func (a *API) BrandList(ctx context.Context) ([]BrandRow, error) {
	reply, err := read[struct {
		Data wechat.List[BrandRow] `json:"data"`
	}](ctx, a, "/shop/account/get_brand_list", nil)
	if err != nil {
		return nil, err
	}
	return reply.Data, nil
}

// SubmitBrand implements provider.Provider.
func (p *Provider) SubmitBrand(ctx context.Context, b *schema.Brand, links provider.Links) (string, error) {
	r := resolver{call: "audit/audit_brand", links: links}
	body := &BrandAudit{
		License: r.pictures(b.License),
		BrandInfo: BrandInfo{
			BrandAuditType:                   b.BrandAuditType,
			TrademarkType:                    b.TrademarkType,
			BrandManagementType:              b.BrandManagementType,
			CommodityOriginType:              b.CommodityOriginType,
			BrandWording:                     b.BrandWording,
			SaleAuthorization:                r.pictures(b.SaleAuthorization),
			TrademarkRegistrationCertificate: r.pictures(b.TrademarkRegistrationCertificate),
			TrademarkChangeCertificate:       r.pictures(b.TrademarkChangeCertificate),
			TrademarkRegistrant:              b.TrademarkRegistrant,
			TrademarkRegistrantNu:            b.TrademarkRegistrantNu,
			TrademarkAuthorizationPeriod:     b.TrademarkAuthorizationPeriod,
			TrademarkRegistrationApplication: r.pictures(b.TrademarkRegistrationApplication),
			TrademarkApplicant:               b.TrademarkApplicant,
			TrademarkApplicationTime:         b.TrademarkApplicationTime,
			ImportedGoodsForm:                r.pictures(b.ImportedGoodsForm),
		},
		Scenes: scenes(b.Scenes),
	}
	if r.err != nil {
		return "", r.err
	}
	return p.api.AuditBrand(ctx, body)
}

// brands reads the granted brands, by wording.
func (p *Provider) brands(ctx context.Context) (map[string]provider.BrandGrant, error) {
	rows, err := p.api.BrandList(ctx)
	if err != nil {
		return nil, err
	}
	grants := make(map[string]provider.BrandGrant, len(rows))
	for _, row := range rows {
		wording := string(row.BrandWording)
		grants[wording] = provider.BrandGrant{BrandID: string(row.BrandID), Wording: wording}
	}
	return grants, nil
}
