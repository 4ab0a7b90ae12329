package component

import (
	"context"
	"errors"
	"sync"

	"github.com/shopctl/shopctl/internal/crash"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
)

// Codes of audit/result that say nothing about the audit.
const (
	codeAuditNotFound = 1050005 // also right after submission (section 6.3)
	codeAuditBusy     = 990010  // has lasted for days on one audit
	codeNoCertificate = 1050006
)

// AuditResult is the reply of audit/result.
type AuditResult struct {
	Status       wechat.Int  `json:"status"`
	BrandID      wechat.ID   `json:"brand_id"`
	RejectReason wechat.Text `json:"reject_reason"`
}

// AuditResult is audit/result: the verdict on a brand or category audit.
func (a *API) AuditResult(ctx context.Context, auditID string) (*AuditResult, error) {
	var reply struct {
		Data *AuditResult `json:"data"`
	}
	call := wechat.Call{
		Path: "/shop/audit/result",
		Body: struct {
			AuditID string `json:"audit_id"` // a string, whatever the table says (section 13.6)
		}{auditID},
		Final: []int{codeAuditNotFound},
	}
	if err := a.client.Do(ctx, call, &reply); err != nil {
		return nil, err
	}
	if reply.Data == nil {
		return nil, badReply("audit/result", errors.New("no data"))
	}
	return reply.Data, nil
}

// submitted is the reply of audit_brand and audit_category.
type submitted struct {
	AuditID wechat.Text `json:"audit_id"`
}

// submit sends an audit request. The id in the reply is the only handle on the
// audit (section 6.5), so a success without one is not a known success.
func (a *API) submit(ctx context.Context, path, call string, body any) (auditID string, err error) {
	reply, err := write[submitted](ctx, a, path, body)
	if err != nil {
		return "", err
	}
	if reply.AuditID == "" {
		return "", &provider.Error{
			Class: provider.ClassUnknown, Call: call, Err: errors.New("the answer holds no audit_id"),
			Meaning: lang.T("The platform accepted the submission but gave no audit_id, so its verdict cannot be asked for.", "平台接受了提审但没有返回 audit_id，无法查询审核结果。"),
			Remedy:  lang.T("Wait until the grant appears in the shop, or look in the console.", "请等待资质出现在店铺中，或在后台查看。"),
		}
	}
	return string(reply.AuditID), nil
}

// Certificates are what the Mini Program submitted outside the component.
type Certificates struct {
	Brand      wechat.Object[BrandCertificate]  `json:"brand_info"`
	Categories wechat.List[CategoryCertificate] `json:"category_info_list"`
}

// BrandCertificate is the last brand record.
type BrandCertificate struct {
	BrandWording                     wechat.Text              `json:"brand_wording"`
	SaleAuthorization                wechat.List[wechat.Text] `json:"sale_authorization"`
	TrademarkRegistrationCertificate wechat.List[wechat.Text] `json:"trademark_registration_certificate"`
}

// CategoryCertificate is one record of a service category, which is not a product category.
type CategoryCertificate struct {
	FirstCategoryID    wechat.Int               `json:"first_category_id"`
	FirstCategoryName  wechat.Text              `json:"first_category_name"`
	SecondCategoryID   wechat.Int               `json:"second_category_id"`
	SecondCategoryName wechat.Text              `json:"second_category_name"`
	CertificateURL     wechat.List[wechat.Text] `json:"certificate_url"`
}

// CertificateKind is the req_type of audit/get_miniapp_certificate.
type CertificateKind int

// The kinds.
const (
	CertificateCategory CertificateKind = 1
	CertificateBrand    CertificateKind = 2
)

// MiniappCertificate is audit/get_miniapp_certificate. What was never submitted
// (1050006) is an empty result.
func (a *API) MiniappCertificate(ctx context.Context, kind CertificateKind) (*Certificates, error) {
	body := struct {
		ReqType CertificateKind `json:"req_type"`
	}{kind}
	certificates, err := read[Certificates](ctx, a, "/shop/audit/get_miniapp_certificate", body)
	if hasCode(err, codeNoCertificate) {
		return &Certificates{}, nil
	}
	return certificates, err
}

// Audit implements provider.Provider. An audit that the platform does not know,
// or cannot look up at present, has no verdict.
func (p *Provider) Audit(ctx context.Context, auditID string) (provider.Verdict, error) {
	result, err := p.api.AuditResult(ctx, auditID)
	if hasCode(err, codeAuditNotFound) || hasCode(err, codeAuditBusy) {
		return provider.Verdict{Status: provider.VerdictUnknown}, nil
	}
	if err != nil {
		return provider.Verdict{}, err
	}
	verdict := provider.Verdict{Status: provider.VerdictStatus(result.Status), Reason: string(result.RejectReason)}
	if verdict.Status == provider.VerdictPassed {
		verdict.BrandID = string(result.BrandID) // has been set on rejections, too (section 9.1)
	}
	return verdict, nil
}

func (p *Provider) verdicts(ctx context.Context, auditIDs []string) (map[string]provider.Verdict, error) {
	var mu sync.Mutex
	verdicts := make(map[string]provider.Verdict, len(auditIDs))
	group, ctx := crash.WithContext(ctx)
	group.SetLimit(p.concurrency)
	for _, id := range auditIDs {
		group.Go(func() error {
			verdict, err := p.Audit(ctx, id)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			verdicts[id] = verdict
			return nil
		})
	}
	return verdicts, group.Wait()
}

func hasCode(err error, code int) bool {
	e, ok := errors.AsType[*provider.Error](err)
	return ok && e.Code == code
}
