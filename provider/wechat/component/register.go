package component

import (
	"context"

	"github.com/shopctl/shopctl/provider/wechat"
)

// Apply is register/apply: opens the component. The administrator must confirm an
// agreement in WeChat; the outcome is read from Check (section 13.1).
func (a *API) Apply(ctx context.Context) error {
	_, err := write[nothing](ctx, a, "/shop/register/apply", nil)
	return err
}

// Registration is the reply of register/check.
type Registration struct {
	Status     wechat.Int               `json:"status"` // 2 joined, 3 banned; some versions omit it
	AccessInfo AccessInfo               `json:"access_info"`
	Scenes     wechat.List[SceneStatus] `json:"scene_group_list"`
}

// AccessInfo are the tasks of joining, each 0 or 1. Older servers name two of
// them otherwise; both names are read (section 13.4).
type AccessInfo struct {
	SPUAuditSuccess         wechat.Int `json:"spu_audit_success"`
	SPUAuditFinished        wechat.Int `json:"spu_audit_finished"`
	ECOrderSuccess          wechat.Int `json:"ec_order_success"`
	ECOrderFinished         wechat.Int `json:"ec_order_finished"`
	PayOrderSuccess         wechat.Int `json:"pay_order_success"`
	PayOrderFinished        wechat.Int `json:"pay_order_finished"`
	SendDeliverySuccess     wechat.Int `json:"send_delivery_success"`
	SendDeliveryFinished    wechat.Int `json:"send_delivery_finished"`
	ECAfterSaleSuccess      wechat.Int `json:"ec_after_sale_success"`
	ECAfterSaleFinished     wechat.Int `json:"ec_after_sale_finished"`
	AddAfterSaleSuccess     wechat.Int `json:"add_aftersale_success"`
	AddAfterSaleFinished    wechat.Int `json:"add_aftersale_finished"`
	TestAPIFinished         wechat.Int `json:"test_api_finished"`
	DeployWXAFinished       wechat.Int `json:"deploy_wxa_finished"`
	OpenProductTaskFinished wechat.Int `json:"open_product_task_finished"`
}

// OrderDone reports whether the order task is finished, under either name.
func (a *AccessInfo) OrderDone() bool { return a.ECOrderFinished == 1 || a.PayOrderFinished == 1 }

// AfterSaleDone reports whether the after-sale task is finished, under either name.
func (a *AccessInfo) AfterSaleDone() bool {
	return a.ECAfterSaleFinished == 1 || a.AddAfterSaleFinished == 1
}

// SceneStatus is one scene of the shop.
type SceneStatus struct {
	GroupID wechat.Int  `json:"group_id"`
	Name    wechat.Text `json:"name"`
	Status  wechat.Int  `json:"status"` // 0 in audit, 1 complete, 2 failed, 3 not audited
	Reason  wechat.Text `json:"reason"`
	// Exts are audit items. What their ids mean is contradictory (section 13.3):
	// show Name and Status.
	Exts wechat.List[struct {
		ExtID  wechat.Int  `json:"ext_id"`
		Name   wechat.Text `json:"name"`
		Status wechat.Int  `json:"status"`
	}] `json:"scene_group_ext_list"`
}

// Check is register/check: how far the shop has come in joining.
func (a *API) Check(ctx context.Context) (*Registration, error) {
	reply, err := read[struct {
		Data wechat.Object[Registration] `json:"data"`
	}](ctx, a, "/shop/register/check", nil)
	if err != nil {
		return nil, err
	}
	return &reply.Data.Value, nil
}

// FinishAccessInfo is register/finish_access_info: marks a task as done
// (6 product, 7 or 19 order, 8 delivery, 9 or 20 after-sale, 10 test, 11 release).
func (a *API) FinishAccessInfo(ctx context.Context, item int) error {
	body := struct {
		Item int `json:"access_info_item"`
	}{item}
	_, err := write[nothing](ctx, a, "/shop/register/finish_access_info", body)
	return err
}

// ApplyScene is register/apply_scene. The parameter is named as in the sample and
// all SDKs, not as in the table (section 13.2).
func (a *API) ApplyScene(ctx context.Context, sceneGroupID int) error {
	body := struct {
		SceneGroupID int `json:"scene_group_id"`
	}{sceneGroupID}
	_, err := write[nothing](ctx, a, "/shop/register/apply_scene", body)
	return err
}

// CheckScene is scene/check: whether payments are looked at when the Mini Program
// is opened with this scene value.
func (a *API) CheckScene(ctx context.Context, scene int) (matched bool, err error) {
	body := struct {
		Scene int `json:"scene"`
	}{scene}
	reply, err := read[struct {
		IsMatched wechat.Int `json:"is_matched"`
	}](ctx, a, "/shop/scene/check", body)
	if err != nil {
		return false, err
	}
	return reply.IsMatched == 1, nil
}
