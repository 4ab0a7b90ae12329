package sandbox

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// audit is one order to review a brand or a category (reference section 6).
type audit struct {
	ID        string    `json:"id"`
	Serial    uint64    `json:"serial"`
	Type      int       `json:"type"` // auditOfBrand or auditOfCategory
	Wording   string    `json:"wording,omitempty"`
	Leaf      int       `json:"leaf,omitempty"`
	Ends      string    `json:"ends,omitempty"` // validity of the trademark as it was sent
	Submitted time.Time `json:"submitted"`
	Audited   time.Time `json:"audited,omitzero"`
	Status    int       `json:"status"`
	BrandID   uint64    `json:"brand_id,omitempty"`
	Reason    string    `json:"reason,omitempty"`
}

func (a *audit) key() string { return "audit/" + a.ID }

// audit_type in messages.
const (
	auditOfBrand    = 1
	auditOfCategory = 2
)

// status of audit/result.
const (
	auditPending  = 0
	auditPassed   = 1
	auditRejected = 9
)

func (x *exchange) openAudit(a *audit) reply {
	a.Serial, a.Submitted = x.account.next(), x.now
	a.ID = base64.RawURLEncoding.EncodeToString(append([]byte("E\x00\x00\x00"), x.opaque("audit", a.Serial)[:12]...))
	x.audits[a.ID] = a
	x.changes.add(a)
	return reply{{"audit_id", a.ID}}
}

// pending reports whether the same brand or category is being audited.
func (x *exchange) pending(same func(*audit) bool) bool {
	for _, a := range x.audits {
		if a.Status == auditPending && same(a) {
			return true
		}
	}
	return false
}

// checkProofs refuses pictures that are not on the platform.
func (x *exchange) checkProofs(lists ...[]string) *refusal {
	for _, list := range lists {
		for _, link := range list {
			if _, r := x.findProof(link); r != nil {
				return r
			}
		}
	}
	return nil
}

type auditBrandRequest struct {
	Req struct {
		License stringList `json:"license"`
		Brand   brandInfo  `json:"brand_info"`
		Scenes  []int      `json:"scene_group_list"`
	} `json:"audit_req"`
}

// brandInfo has the members of reference 6.1.
type brandInfo struct {
	AuditType               int        `json:"brand_audit_type"` // 1 domestic R, 2 domestic TM, 3 overseas R, 4 overseas TM
	TrademarkType           string     `json:"trademark_type"`   // class "1" to "45"
	ManagementType          int        `json:"brand_management_type"`
	OriginType              int        `json:"commodity_origin_type"` // 1 imported, 2 not
	Wording                 string     `json:"brand_wording"`
	SaleAuthorization       stringList `json:"sale_authorization"`
	RegistrationCertificate stringList `json:"trademark_registration_certificate"`
	ChangeCertificate       stringList `json:"trademark_change_certificate"`
	Registrant              string     `json:"trademark_registrant"`
	RegistrantNumber        string     `json:"trademark_registrant_nu"`
	AuthorizationPeriod     string     `json:"trademark_authorization_period"`
	RegistrationApplication stringList `json:"trademark_registration_application"`
	Applicant               string     `json:"trademark_applicant"`
	ApplicationTime         string     `json:"trademark_application_time"`
	ImportedGoodsForm       stringList `json:"imported_goods_form"`
}

// Values of brand_management_type.
const (
	brandOwn   = 1
	brandAgent = 2
	brandNone  = 3
)

// registered reports whether the mark is an R mark; otherwise it is a TM mark.
func (b *brandInfo) registered() bool { return b.AuditType == 1 || b.AuditType == 3 }

// complete is the table of members that a brand needs, by mark and management.
func (b *brandInfo) complete() bool {
	required := []bool{b.Wording != "", b.TrademarkType != "", b.RegistrantNumber != ""}
	if b.registered() {
		required = append(required, len(b.RegistrationCertificate) > 0, b.Registrant != "", b.AuthorizationPeriod != "")
	} else {
		required = append(required, len(b.RegistrationApplication) > 0, b.Applicant != "", b.ApplicationTime != "")
	}
	if b.ManagementType == brandAgent {
		required = append(required, len(b.SaleAuthorization) > 0)
	}
	for _, given := range required {
		if !given {
			return false
		}
	}
	return true
}

// known reports whether every enumerated member has one of its values, and
// every time is one.
func (b *brandInfo) known() bool {
	class, err := strconv.Atoi(b.TrademarkType)
	return err == nil && 1 <= class && class <= 45 &&
		1 <= b.AuditType && b.AuditType <= 4 &&
		brandOwn <= b.ManagementType && b.ManagementType <= brandNone &&
		1 <= b.OriginType && b.OriginType <= 2 &&
		timeOrEmpty(b.AuthorizationPeriod) && timeOrEmpty(b.ApplicationTime)
}

func timeOrEmpty(s string) bool {
	_, err := time.ParseInLocation(stamp, s, beijing)
	return s == "" || err == nil
}

// auditBrand is POST /shop/audit/audit_brand.
func auditBrand(x *exchange, in *auditBrandRequest) (reply, *refusal) {
	b := &in.Req.Brand
	if len(in.Req.License) == 0 || !b.complete() || !b.known() {
		return nil, refuse(990007)
	}
	proofs := [][]string{in.Req.License, b.SaleAuthorization, b.RegistrationCertificate, b.ChangeCertificate,
		b.RegistrationApplication, b.ImportedGoodsForm}
	if r := x.checkProofs(proofs...); r != nil {
		return nil, r
	}
	if r := x.checkScenes(in.Req.Scenes); r != nil {
		return nil, r
	}
	if x.pending(func(a *audit) bool { return a.Type == auditOfBrand && a.Wording == b.Wording }) {
		return nil, refuse(1050009)
	}
	return x.openAudit(&audit{Type: auditOfBrand, Wording: b.Wording, Ends: b.AuthorizationPeriod}), nil
}

type auditCategoryRequest struct {
	Req *struct {
		License  stringList `json:"license"`
		Category struct {
			Level1      number     `json:"level1"`
			Level2      number     `json:"level2"`
			Level3      number     `json:"level3"`
			Certificate stringList `json:"certificate"`
		} `json:"category_info"`
		Scenes *[]int `json:"scene_group_list"`
	} `json:"audit_req"`
}

const maxCertificates = 10

// auditCategory is POST /shop/audit/audit_category. A body that it does not
// understand is 1000009 (reference section 6.2).
func auditCategory(x *exchange, in *auditCategoryRequest) (reply, *refusal) {
	if in.Req == nil || len(in.Req.License) == 0 || in.Req.Category.Level3 == 0 {
		return nil, refuse(1000009)
	}
	c := &in.Req.Category
	if r := x.checkAuditScenes(in.Req.Scenes); r != nil {
		return nil, r
	}
	leaf, r := x.findLeaf(int(c.Level3))
	switch {
	case r != nil:
		return nil, r
	case leaf.FirstID != int(c.Level1) || leaf.SecondID != int(c.Level2):
		return nil, refuse(1000009)
	case leaf.QualificationType == 0 && !x.needsGrant(leaf):
		return nil, refuse(1050011)
	case x.hasCategory(leaf.ID):
		return nil, refuse(1050003)
	case x.pending(func(a *audit) bool { return a.Type == auditOfCategory && a.Leaf == leaf.ID }):
		return nil, refuse(1050009)
	case len(c.Certificate) == 0:
		return nil, refuse(1000009)
	case len(c.Certificate) > maxCertificates:
		return nil, refuse(990008)
	}
	if r := x.checkProofs(in.Req.License, c.Certificate); r != nil {
		return nil, r
	}
	return x.openAudit(&audit{Type: auditOfCategory, Leaf: leaf.ID}), nil
}

func (x *exchange) checkAuditScenes(list *[]int) *refusal {
	switch {
	case list == nil:
		return refuse(1040035)
	case len(*list) == 0:
		return refuse(1000009)
	case x.account.Scene.Status != scenePassed:
		return refuse(1050030)
	}
	return x.checkScenes(*list)
}

func (x *exchange) hasCategory(leaf int) bool {
	for _, id := range x.account.Categories {
		if id == leaf {
			return true
		}
	}
	return false
}

// auditResult is POST /shop/audit/result, for brands and categories. Right
// after the submission it may not know the order yet.
func auditResult(x *exchange, in *struct {
	ID stringOrNumber `json:"audit_id"`
}) (reply, *refusal) {
	a := x.audits[string(in.ID)]
	switch {
	case in.ID == "":
		return nil, refuse(990007)
	case a == nil || x.now.Before(a.Submitted.Add(time.Duration(x.knobs.ResultLag))):
		return nil, refuse(1050005)
	}
	return data(reply{{"status", a.Status}, {"brand_id", a.BrandID}, {"reject_reason", a.Reason}}), nil
}

// Certificates are what the Mini Program submitted in the web console, outside
// the component (reference section 6.4): the last brand record, and all
// categories, whose ids are those of the Mini Program's own services.
type Certificates struct {
	Brand      *BrandCertificate     `json:"brand,omitempty"`
	Categories []CategoryCertificate `json:"categories,omitempty"`
}

// BrandCertificate is one brand record; the lists are picture URLs.
type BrandCertificate struct {
	Wording       string   `json:"brand_wording"`
	Authorization []string `json:"sale_authorization"`
	Registration  []string `json:"trademark_registration_certificate"`
}

// CategoryCertificate is one category record.
type CategoryCertificate struct {
	FirstID   int      `json:"first_category_id"`
	First     string   `json:"first_category_name"`
	SecondID  int      `json:"second_category_id"`
	Second    string   `json:"second_category_name"`
	Documents []string `json:"certificate_url"`
}

// getCertificate is POST /shop/audit/get_miniapp_certificate.
func getCertificate(x *exchange, in *struct {
	Type int `json:"req_type"`
}) (reply, *refusal) {
	kept := x.account.Certificates
	switch {
	case in.Type == 0:
		return nil, refuse(990007)
	case in.Type == 1 && len(kept.Categories) > 0:
		return reply{{"category_info_list", kept.Categories}}, nil
	case in.Type == 2 && kept.Brand != nil:
		return reply{{"brand_info", kept.Brand}, {"category_info_list", []CategoryCertificate{}}}, nil
	case in.Type == 1, in.Type == 2:
		return nil, refuse(1050006)
	}
	return nil, refuse(9401020)
}

// reviewAudit is the default reviewer of brands and categories: the wording
// must not boast, and the trademark must be in force.
func reviewAudit(a *audit, at time.Time) (reason string) {
	if strings.Contains(a.Wording, "驰名") {
		return "品牌名称不得含有“驰名”字样"
	}
	if ends, err := time.ParseInLocation(stamp, a.Ends, beijing); err == nil && ends.Before(at) {
		return "商标注册证已过有效期"
	}
	return ""
}
