package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// result is "status brand_id reject_reason" of an audit.
func (h *shop) result(id string) string {
	h.t.Helper()
	d := h.must("/shop/audit/result", `{"audit_id":"`+id+`"}`)["data"].(map[string]any)
	return strings.TrimSpace(fmt.Sprintf("%v %v %v", d["status"], d["brand_id"], d["reject_reason"]))
}

func (h *shop) audit(path, body string) (id string) {
	h.t.Helper()
	return h.must(path, body)["audit_id"].(string)
}

func TestABrandIsGranted(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	id := h.audit("/shop/audit/audit_brand", h.brandAudit("示例牌", nil))
	if got := h.result(id); got != "0 0" {
		t.Errorf("at once: %s", got)
	}
	h.refused("/shop/audit/audit_brand", h.brandAudit("示例牌", nil), 1050009)
	h.turn(2 * time.Second)
	brands := h.must("/shop/account/get_brand_list", `{}`)["data"].([]any)
	if len(brands) != 1 || brands[0].(map[string]any)["brand_wording"] != "示例牌" {
		t.Fatalf("brands are %v", brands)
	}
	brandID := brands[0].(map[string]any)["brand_id"]
	if got, want := h.result(id), fmt.Sprintf("1 %v", brandID); got != want {
		t.Errorf("audit says %s, want %s", got, want)
	}
	h.must("/shop/spu/add", h.blanket("b1", fields{"brand_id": brandID}))

	again := h.audit("/shop/audit/audit_brand", h.brandAudit("示例牌", nil))
	h.turn(time.Minute)
	if got, want := h.result(again), fmt.Sprintf("1 %v", brandID); got != want {
		t.Errorf("the second audit of the wording says %s, want %s", got, want)
	}
}

func TestBrandReviewers(t *testing.T) {
	for _, c := range []struct {
		name    string
		wording string
		change  fields
		script  *Verdict
		want    string // status
	}{
		{"pass", "示例牌", nil, nil, "1"},
		{"boast", "驰名示例", nil, nil, "9"},
		{"expired trademark", "示例牌", fields{"trademark_authorization_period": "2022-05-06 11:59:59"}, nil, "9"},
		{"scripted rejection", "示例牌", nil, &Verdict{Reason: "授权书不清晰"}, "9"},
		{"scripted approval", "驰名示例", nil, &Verdict{Pass: true}, "1"},
		{"scripted silence", "示例牌", nil, &Verdict{After: Never}, "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := openShop(t, Options{})
			if c.script != nil {
				if err := h.Console().ScriptBrand(c.wording, *c.script); err != nil {
					t.Fatal(err)
				}
			}
			id := h.audit("/shop/audit/audit_brand", h.brandAudit(c.wording, c.change))
			h.turn(time.Hour)
			got := h.result(id)
			if got[:1] != c.want || (got[:1] == "9") != (len(strings.Fields(got)) == 3) {
				t.Errorf("audit says %q, want status %s, and a reason only with 9", got, c.want)
			}
		})
	}
}

// TestBrandPapers leaves out one member of brand_info after the other. The
// table is the one of reference 6.1.
func TestBrandPapers(t *testing.T) {
	h := openShop(t, Options{})
	picture := []string{h.upload(1)}
	all := fields{
		"sale_authorization": picture, "trademark_registration_certificate": picture,
		"trademark_registrant": "示例", "trademark_authorization_period": "2030-01-01 00:00:00",
		"trademark_registration_application": picture, "trademark_applicant": "示例",
		"trademark_application_time": "2021-01-01 00:00:00",
	}
	needed := map[string]string{ // by member: columns in which it is required
		"brand_wording": "R-own TM-own R-agent TM-agent", "trademark_type": "R-own TM-own R-agent TM-agent",
		"trademark_registrant_nu": "R-own TM-own R-agent TM-agent", "brand_audit_type": "R-own TM-own R-agent TM-agent",
		"brand_management_type": "R-own TM-own R-agent TM-agent", "commodity_origin_type": "R-own TM-own R-agent TM-agent",
		"sale_authorization":                 "R-agent TM-agent",
		"trademark_registration_certificate": "R-own R-agent", "trademark_registrant": "R-own R-agent",
		"trademark_authorization_period":     "R-own R-agent",
		"trademark_registration_application": "TM-own TM-agent", "trademark_applicant": "TM-own TM-agent",
		"trademark_application_time":   "TM-own TM-agent",
		"trademark_change_certificate": "", "imported_goods_form": "",
	}
	for i, column := range []string{"R-own", "TM-own", "R-agent", "TM-agent"} {
		for member, columns := range needed {
			change := fields{"brand_audit_type": 1 + i%2, "brand_management_type": 1 + i/2}
			for name, v := range all {
				change[name] = v
			}
			change[member] = nil
			got := h.post("/shop/audit/audit_brand", h.brandAudit(fmt.Sprint("示例", column, member), change))
			want := json.Number("0")
			if strings.Contains(columns, column) {
				want = "990007"
			}
			if got["errcode"] != want {
				t.Errorf("%s without %s: %v, want %s", column, member, got, want)
			}
		}
	}
}

func TestBrandValues(t *testing.T) {
	h := openShop(t, Options{})
	for _, c := range []struct {
		change fields
		code   int
	}{
		{fields{"trademark_type": "46"}, 990007},
		{fields{"trademark_type": 24}, 47001},
		{fields{"brand_audit_type": 5}, 990007},
		{fields{"brand_management_type": 4}, 990007},
		{fields{"commodity_origin_type": 3}, 990007},
		{fields{"trademark_authorization_period": "2030-01-01"}, 990007},
		{fields{"trademark_registration_certificate": []string{"https://example.com/a.png"}}, 1070010},
		{fields{"trademark_registration_certificate": []string{"wxashop_unknown"}}, 1070011},
		{fields{"grant_level": 1}, 47001},
	} {
		h.refused("/shop/audit/audit_brand", h.brandAudit("示例牌", c.change), c.code)
	}
}

func TestAuditsTakeMediaIDsAndSingleStrings(t *testing.T) {
	h := openShop(t, Options{})
	kind, body := form(map[string]string{"resp_type": "0", "upload_type": "0"}, "a.png", pixel(3))
	_, info := h.send(kind, body)
	h.must("/shop/audit/audit_brand", h.brandAudit("示例牌", fields{"trademark_registration_certificate": info["media_id"]}))
}

func TestACategoryIsGranted(t *testing.T) {
	h := openShop(t, Options{})
	h.openForBusiness()
	blanket := leaves[1446]
	product := h.blanket("b1", fields{"third_cat_id": 1446})
	h.refused("/shop/spu/add", product, 1000005)
	id := h.audit("/shop/audit/audit_category", h.categoryAudit(blanket, nil))
	h.refused("/shop/audit/audit_category", h.categoryAudit(blanket, nil), 1050009)
	h.refused("/shop/spu/add", product, 1000005)
	h.turn(2 * time.Second)
	if got := h.result(id); got != "1 0" {
		t.Errorf("audit says %s", got)
	}
	h.must("/shop/spu/add", product)
	h.refused("/shop/audit/audit_category", h.categoryAudit(blanket, nil), 1050003)
	list := h.must("/shop/account/get_category_list", `{}`)["data"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["third_cat_name"] != "电热毯" {
		t.Errorf("granted categories are %v", list)
	}
}

func TestCategoryAuditRefuses(t *testing.T) {
	h := openShop(t, Options{})
	leaf := leaves[1446]
	info := func(l1, l2, l3 int) fields {
		return fields{"level1": l1, "level2": l2, "level3": l3, "certificate": []string{h.upload(1)}}
	}
	eleven := make([]string, 11)
	for i := range eleven {
		eleven[i] = h.upload(1)
	}
	for _, c := range []struct {
		name   string
		change fields
		code   int
	}{
		{"free category", fields{"category_info": info(1400, 1420, 1445)}, 1050011},
		{"unknown category", fields{"category_info": info(1400, 1420, 99999)}, 1000009},
		{"second level as the leaf", fields{"category_info": info(1400, 1420, 1420)}, 1000007},
		{"leaf of other parents", fields{"category_info": info(1400, 1430, 1446)}, 1000009},
		{"no category", fields{"category_info": nil}, 1000009},
		{"no licence", fields{"license": nil}, 1000009},
		{"no certificate", fields{"category_info": fields{"level1": 1400, "level2": 1420, "level3": 1446}}, 1000009},
		{"eleven certificates", fields{"category_info": fields{"level1": 1400, "level2": 1420, "level3": 1446, "certificate": eleven}}, 990008},
		{"licence elsewhere", fields{"license": []string{"https://example.com/a.png"}}, 1070010},
		{"no scenes", fields{"scene_group_list": nil}, 1040035},
		{"empty scenes", fields{"scene_group_list": []int{}}, 1000009},
		{"scene not opened", fields{"scene_group_list": []int{1, 3}}, 1000042},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.t = t
			h.refused("/shop/audit/audit_category", h.categoryAudit(leaf, c.change), c.code)
		})
	}
	h.t = t
	h.refused("/shop/audit/audit_category", `{}`, 1000009)
	h.must("/shop/audit/audit_category", h.categoryAudit(leaf,
		fields{"category_info": fields{"level1": "1400", "level2": "1420", "level3": "1446", "certificate": h.upload(1)}}))
}

func TestCategoryScripts(t *testing.T) {
	h := openShop(t, Options{})
	if err := h.Console().ScriptCategory(1446, Verdict{Reason: "证书已过期", Once: true}); err != nil {
		t.Fatal(err)
	}
	first := h.audit("/shop/audit/audit_category", h.categoryAudit(leaves[1446], nil))
	h.turn(time.Minute)
	if got := h.result(first); got != "9 0 证书已过期" {
		t.Errorf("audit says %s", got)
	}
	second := h.audit("/shop/audit/audit_category", h.categoryAudit(leaves[1446], nil))
	h.turn(time.Minute)
	if got := h.result(second); got != "1 0" {
		t.Errorf("the next audit says %s", got)
	}
}

func TestResultLag(t *testing.T) {
	k := DefaultKnobs()
	k.ResultLag = Duration(time.Minute)
	h := openShop(t, Options{Knobs: &k})
	id := h.audit("/shop/audit/audit_brand", h.brandAudit("示例牌", nil))
	h.refused("/shop/audit/result", `{"audit_id":"`+id+`"}`, 1050005)
	h.turn(time.Minute)
	if got := h.result(id); got[:1] != "1" {
		t.Errorf("audit says %s", got)
	}
}

func TestTheCategoryTree(t *testing.T) {
	h := openShop(t, Options{})
	rows := h.must("/shop/cat/get", `{}`)["third_cat_list"].([]any)
	first, seen, orphans := map[any]bool{}, map[any]int{}, 0
	for _, r := range rows {
		row := r.(map[string]any)
		seen[row["third_cat_id"]]++
		if row["first_cat_id"] == json.Number("0") {
			orphans++
			continue
		}
		first[row["first_cat_name"]] = true
		if row["qualification_type"] == json.Number("1") && row["qualification"] == "" {
			t.Errorf("%v asks for papers and does not say which", row["third_cat_name"])
		}
	}
	if len(seen) < 80 || len(first) < 10 || orphans != 1 || len(rows) != len(seen)+1 {
		t.Errorf("%d leaves below %d first levels, %d rows, %d without parents", len(seen), len(first), len(rows), orphans)
	}
	for id, path := range map[int]string{1445: "家纺/毯类/毛毯", 1446: "家纺/毯类/电热毯", 1461: "家纺/毛巾/面巾"} {
		if got := categoryPath(id); got != path {
			t.Errorf("%d is %s, want %s", id, got, path)
		}
	}
}

func TestCertificatesFromOutside(t *testing.T) {
	h := openShop(t, Options{})
	h.refused("/shop/audit/get_miniapp_certificate", `{"req_type":1}`, 1050006)
	papers := Certificates{
		Brand:      &BrandCertificate{Wording: "示例牌", Registration: []string{"https://store.mp.video.tencent-cloud.com/r"}},
		Categories: []CategoryCertificate{{FirstID: 304, First: "商家自营", SecondID: 321, Second: "食品", Documents: []string{"https://store.mp.video.tencent-cloud.com/c"}}},
	}
	if err := h.Console().FileCertificates(papers); err != nil {
		t.Fatal(err)
	}
	list := h.must("/shop/audit/get_miniapp_certificate", `{"req_type":1}`)["category_info_list"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["second_category_name"] != "食品" {
		t.Errorf("categories are %v", list)
	}
	reply := h.must("/shop/audit/get_miniapp_certificate", `{"req_type":2}`)
	if brand := reply["brand_info"].(map[string]any); brand["brand_wording"] != "示例牌" || len(reply["category_info_list"].([]any)) != 0 {
		t.Errorf("the brand is %v", reply)
	}
}
