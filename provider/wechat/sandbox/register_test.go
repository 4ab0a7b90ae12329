package sandbox

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// TestOnboarding opens the component from nothing.
func TestOnboarding(t *testing.T) {
	k := DefaultKnobs()
	k.StartUnjoined, k.PermissionDelay = true, Duration(10*time.Minute)
	h := openShop(t, Options{Knobs: &k})
	state := func() string {
		d := h.must("/shop/register/check", `{}`)["data"].(map[string]any)
		info, scene := d["access_info"].(map[string]any), d["scene_group_list"].([]any)[0].(map[string]any)
		return fmt.Sprintf("status %v, all tasks %v, scene %v", d["status"], info["open_product_task_finished"], scene["status"])
	}
	h.refused("/shop/register/check", `{}`, 1040003)
	h.refused("/shop/cat/get", `{}`, 48001)
	h.must("/shop/register/apply", `{"action_type":1}`)
	h.refused("/shop/register/check", `{}`, 1040003) // the administrator has not confirmed yet
	h.turn(time.Second)
	if got := state(); got != "status 2, all tasks 0, scene 3" {
		t.Error("confirmed: ", got)
	}
	h.refused("/shop/cat/get", `{}`, 48001) // permission cache
	h.turn(10 * time.Minute)
	h.must("/shop/cat/get", `{}`)

	h.refused("/shop/register/apply_scene", `{"scene_group_id":1}`, 1040041)
	h.refused("/shop/audit/audit_category", h.categoryAudit(leaves[1446], nil), 1050030)
	h.refused("/shop/register/finish_access_info", `{"access_info_item":6}`, 1040041)
	h.openForBusiness()
	h.refused("/shop/spu/add", h.blanket("b1"), 1000042)
	h.must("/shop/spu/add", h.blanket("b1", fields{"scene_group_list": nil}))
	h.turn(time.Minute)
	h.must("/shop/register/finish_access_info", `{"access_info_item":6}`) // a product has passed
	h.refused("/shop/register/finish_access_info", `{"access_info_item":19}`, 1040041)
	if err := h.Console().CompleteTasks(); err != nil {
		t.Fatal(err)
	}
	for _, item := range []int{19, 8, 20, 10, 11} {
		h.must("/shop/register/finish_access_info", fmt.Sprintf(`{"access_info_item":%d}`, item))
	}
	if got := state(); got != "status 2, all tasks 1, scene 3" {
		t.Error("tasks finished: ", got)
	}
	h.must("/shop/register/apply_scene", `{"scene_group":1}`)
	if got := state(); got != "status 2, all tasks 1, scene 0" {
		t.Error("scene applied for: ", got)
	}
	h.turn(time.Minute)
	if got := state(); got != "status 2, all tasks 1, scene 1" {
		t.Error("scene opened: ", got)
	}
	h.must("/shop/spu/add", h.blanket("b2"))
}

func TestAFreshShopIsOpenForEverythingButProducts(t *testing.T) {
	h := openShop(t, Options{})
	h.must("/shop/register/check", `{}`)
	h.refused("/shop/spu/add", h.blanket("b1"), 1040042)
	h.must("/shop/account/update_info", `{"service_agent_type":[1],"service_agent_path":"pages/cs/cs"}`)
	h.refused("/shop/spu/add", h.blanket("b1"), 1040042)
	h.openForBusiness()
	h.must("/shop/spu/add", h.blanket("b1"))
}

func TestMerchantSettingsComeBack(t *testing.T) {
	h := openShop(t, Options{})
	if got := h.must("/shop/account/get_info", `{}`)["data"].(map[string]any); got["default_receiving_address"] != nil {
		t.Errorf("a fresh shop has an address: %v", got)
	}
	sent := `{"service_agent_path":"p","service_agent_phone":"1","service_agent_type":[0,1,2],"default_receiving_address":` +
		`{"receiver_name":"张三","detailed_address":"示例路1号","tel_number":"1","country":"中国","province":"广东省","city":"广州市","town":"海珠区"}}`
	h.must("/shop/account/update_info", sent)
	if got := jsonOf(h.must("/shop/account/get_info", `{}`)["data"]); !sameJSON(got, sent) {
		t.Errorf("got  %s\nwant %s", got, sent)
	}
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && equalJSON(x, y)
}

func TestSceneValues(t *testing.T) {
	h := openShop(t, Options{})
	for scene, want := range map[int]json.Number{1175: "1", 1001: "0"} {
		if got := h.must("/shop/scene/check", fmt.Sprintf(`{"scene":%d}`, scene))["is_matched"]; got != want {
			t.Errorf("scene %d: is_matched %v, want %s", scene, got, want)
		}
	}
}
