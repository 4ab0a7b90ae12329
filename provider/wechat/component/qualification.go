package component

import (
	"context"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/schema"
)

// CategoryAudit is the request of audit/audit_category (section 6.2).
type CategoryAudit struct {
	License      []string     `json:"license"`
	CategoryInfo CategoryInfo `json:"category_info"`
	// Scenes stands inside audit_req; without it the platform answers 1040035.
	Scenes []int `json:"scene_group_list"`
}

// CategoryInfo is the category in CategoryAudit.
type CategoryInfo struct {
	Level1      uint64   `json:"level1"`
	Level2      uint64   `json:"level2"`
	Level3      uint64   `json:"level3"`
	Certificate []string `json:"certificate"`
}

// AuditCategory is audit/audit_category.
func (a *API) AuditCategory(ctx context.Context, body *CategoryAudit) (auditID string, err error) {
	return a.submit(ctx, "/shop/audit/audit_category", "audit/audit_category", auditRequest[*CategoryAudit]{body})
}

// CategoryGrant is one category that was granted by an audit.
type CategoryGrant struct {
	FirstCatID    wechat.Int  `json:"first_cat_id"`
	FirstCatName  wechat.Text `json:"first_cat_name"`
	SecondCatID   wechat.Int  `json:"second_cat_id"`
	SecondCatName wechat.Text `json:"second_cat_name"`
	ThirdCatID    wechat.Int  `json:"third_cat_id"`
	ThirdCatName  wechat.Text `json:"third_cat_name"`
}

// CategoryList is account/get_category_list.
func (a *API) CategoryList(ctx context.Context) ([]CategoryGrant, error) {
	reply, err := read[struct {
		Data wechat.List[CategoryGrant] `json:"data"`
	}](ctx, a, "/shop/account/get_category_list", nil)
	if err != nil {
		return nil, err
	}
	return reply.Data, nil
}

// SubmitQualification implements provider.Provider. links.Category gives the
// three levels.
func (p *Provider) SubmitQualification(ctx context.Context, q *schema.Qualification, links provider.Links) (string, error) {
	r := resolver{call: "audit/audit_category", links: links}
	body := &CategoryAudit{
		License:      r.pictures(q.License),
		CategoryInfo: CategoryInfo{Certificate: r.pictures(q.Certificate)},
		Scenes:       scenes(q.Scenes),
	}
	if leaf := links.Category; leaf != nil {
		body.CategoryInfo.Level1, body.CategoryInfo.Level2, body.CategoryInfo.Level3 = leaf.FirstID, leaf.SecondID, leaf.ID
	} else {
		r.fail("the category %s is not resolved", q.Category)
	}
	if r.err != nil {
		return "", r.err
	}
	return p.api.AuditCategory(ctx, body)
}

// grantedCategories reads the categories that were granted by an audit, by leaf id.
func (p *Provider) grantedCategories(ctx context.Context) (map[uint64]bool, error) {
	rows, err := p.api.CategoryList(ctx)
	if err != nil {
		return nil, err
	}
	granted := make(map[uint64]bool, len(rows))
	for _, row := range rows {
		granted[uint64(row.ThirdCatID)] = true
	}
	return granted, nil
}
