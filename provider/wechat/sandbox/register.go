package sandbox

import (
	"maps"
	"slices"
	"time"
)

// sceneGroup is the one scene group of the sandbox: Channels (reference 3.2).
type sceneGroup struct {
	Status  int       `json:"status"` // 0 in audit, 1 passed, 2 failed, 3 not audited
	Reason  string    `json:"reason"`
	Applied time.Time `json:"applied"`
}

const (
	sceneChannels  = 1
	sceneName      = "视频号、公众号场景"
	sceneInAudit   = 0
	scenePassed    = 1
	sceneUnaudited = 3
)

// tasks are the flags of access_info, by the item number that finishes them
// (reference section 3.3). The two without a success flag have none to check.
var tasks = map[int]struct{ success, finished string }{
	6:  {"spu_audit_success", "spu_audit_finished"},
	7:  {"pay_order_success", "pay_order_finished"},
	19: {"ec_order_success", "ec_order_finished"},
	8:  {"send_delivery_success", "send_delivery_finished"},
	9:  {"add_aftersale_success", "add_aftersale_finished"},
	20: {"ec_after_sale_success", "ec_after_sale_finished"},
	10: {"", "test_api_finished"},
	11: {"", "deploy_wxa_finished"},
}

func newAccount(seed string, unjoined bool) *account {
	a := &account{Seed: seed, Joined: !unjoined, Tasks: map[string]int{}}
	a.setTasks(0)
	if unjoined {
		a.Scene.Status = sceneUnaudited
		return a
	}
	a.setTasks(1)
	a.Scene.Status = scenePassed
	return a
}

func (a *account) setTasks(v int) {
	for _, t := range tasks {
		a.Tasks[t.finished] = v
		if t.success != "" {
			a.Tasks[t.success] = v
		}
	}
}

// onboarded reports whether every task is marked complete, orders and
// after-sales in either generation.
func (a *account) onboarded() bool {
	t := a.Tasks
	return t["spu_audit_finished"]&t["send_delivery_finished"]&t["test_api_finished"]&t["deploy_wxa_finished"]&
		(t["pay_order_finished"]|t["ec_order_finished"])&(t["add_aftersale_finished"]|t["ec_after_sale_finished"]) == 1
}

// apply is POST /shop/register/apply: it only sends the agreement to the
// administrator, who confirms after Knobs.AgreementDelay.
func apply(x *exchange, _ *struct {
	ActionType number `json:"action_type"` // deprecated, ignored
}) (reply, *refusal) {
	if x.account.Joined {
		return nil, refusef(990022, "开通失败,该小程序已开通")
	}
	x.account.Applied, x.account.AppliedAt = true, x.now
	return done, nil
}

// check is POST /shop/register/check.
func check(x *exchange, _ *empty) (reply, *refusal) {
	a := x.account
	if !a.Joined {
		return nil, refuse(1040003)
	}
	info := maps.Clone(a.Tasks)
	info["open_product_task_finished"] = 0
	if a.onboarded() {
		info["open_product_task_finished"] = 1
	}
	return data(reply{
		{"status", 2},
		{"access_info", info},
		{"scene_group_list", []reply{{
			{"group_id", sceneChannels}, {"name", sceneName},
			{"status", a.Scene.Status}, {"reason", a.Scene.Reason},
			{"scene_group_ext_list", x.sceneItems()},
		}}},
	}), nil
}

// sceneItems are the audit items of the scene, all in its own state.
func (b *books) sceneItems() []reply {
	status := b.account.Scene.Status
	return []reply{
		{{"ext_id", 1}, {"status", status}, {"name", "客服售后"}},
		{{"ext_id", 2}, {"status", status}, {"name", "电商平台"}},
	}
}

// finishAccessInfo is POST /shop/register/finish_access_info.
func finishAccessInfo(x *exchange, in *struct {
	Item int `json:"access_info_item"`
}) (reply, *refusal) {
	t, known := tasks[in.Item]
	switch {
	case in.Item == 0:
		return nil, refuse(990007)
	case !known:
		return nil, refuse(9401020)
	case t.success != "" && x.account.Tasks[t.success] == 0:
		return nil, refuse(1040041)
	}
	x.account.Tasks[t.finished] = 1
	return done, nil
}

// applyScene is POST /shop/register/apply_scene. The parameter table of its
// page and the sample disagree about the name; both are taken (reference 3.4).
func applyScene(x *exchange, in *struct {
	ID   int `json:"scene_group_id"`
	Name int `json:"scene_group"`
}) (reply, *refusal) {
	switch id := max(in.ID, in.Name); {
	case id == 0:
		return nil, refuse(990007)
	case id != sceneChannels:
		return nil, refuse(9401020)
	case !x.account.onboarded():
		return nil, refuse(1040041)
	}
	if x.account.Scene.Status != scenePassed {
		x.account.Scene = sceneGroup{Status: sceneInAudit, Applied: x.now}
	}
	return done, nil
}

// checkScene is POST /shop/scene/check: whether payments in a scene value are
// looked at. Those of Channels are.
func checkScene(x *exchange, in *struct {
	Scene int `json:"scene"`
}) (reply, *refusal) {
	matched := 0
	if slices.Contains([]int{1175, 1176, 1177, 1191, 1195}, in.Scene) {
		matched = 1
	}
	return reply{{"is_matched", matched}}, nil
}

// checkScenes refuses scenes that are not opened for the account.
func (x *exchange) checkScenes(list []int) *refusal {
	for _, id := range list {
		if id != sceneChannels || x.account.Scene.Status != scenePassed {
			return refuse(1000042)
		}
	}
	return nil
}
