package sandbox

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// TestSubmissionLimits submits n times and sees what the next one is answered.
func TestSubmissionLimits(t *testing.T) {
	for _, c := range []struct {
		name               string
		hour, day, product int
		submit             func(h *shop)
		wait               time.Duration
		code               int // of another add
		ofSame             int // of another update of the last product
	}{
		{name: "the hour is used up", hour: 3, submit: adds(3), code: 1000019, ofSame: 1000019},
		{name: "almost", hour: 3, submit: adds(2)},
		{name: "an hour later", hour: 3, submit: adds(3), wait: time.Hour},
		{name: "a second too early", hour: 3, submit: adds(3), wait: time.Hour - time.Second, code: 1000019, ofSame: 1000019},
		{name: "the day is used up", day: 3, submit: adds(3), wait: time.Hour, code: 1000019, ofSame: 1000019},
		{name: "a day later", day: 3, submit: adds(3), wait: 24 * time.Hour},
		{name: "updates count", hour: 3, submit: func(h *shop) { adds(1)(h); updates(2)(h) }, code: 1000019, ofSame: 1000019},
		{name: "withdrawn ones count", hour: 2, submit: func(h *shop) {
			adds(1)(h)
			h.turn(time.Second)
			h.must("/shop/spu/del_audit", idOf("p0"))
			updates(1)(h)
		}, code: 1000019, ofSame: 1000019},
		{name: "deleted ones count", hour: 1, submit: func(h *shop) { adds(1)(h); h.must("/shop/spu/del", idOf("p0")) },
			code: 1000019, ofSame: 1000011},
		{name: "refused ones do not", hour: 2, submit: func(h *shop) {
			adds(1)(h)
			h.refused("/shop/spu/add", h.blanket("p0"), 1000012)
		}},
		{name: "free updates do not", hour: 2, submit: func(h *shop) {
			adds(1)(h)
			h.turn(time.Minute)
			h.must("/shop/spu/update_without_audit", `{"out_product_id":"p0","skus":[{"out_sku_id":"p0-red","stock_num":1}]}`)
		}},
		{name: "one product only", product: 2, submit: func(h *shop) { adds(1)(h); updates(1)(h) }, ofSame: 1000019},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := DefaultKnobs()
			k.SubmissionsPerHour, k.SubmissionsPerDay, k.ProductPerHour = c.hour, c.day, c.product
			h := openShop(t, Options{Knobs: &k})
			h.openForBusiness()
			c.submit(h)
			h.turn(c.wait)
			h.login()
			if c.ofSame != 0 {
				h.refused("/shop/spu/update", h.blanket("p0"), c.ofSame)
			}
			h.refused("/shop/spu/add", h.blanket("another"), c.code)
		})
	}
}

func adds(n int) func(*shop) {
	return func(h *shop) {
		for i := range n {
			h.must("/shop/spu/add", h.blanket(fmt.Sprint("p", i)))
		}
	}
}

// updates submits the product p0, before the push into review takes it away.
func updates(n int) func(*shop) {
	return func(h *shop) {
		for range n {
			h.must("/shop/spu/update", h.blanket("p0"))
		}
	}
}

// TestCallLimits calls an endpoint until it refuses.
func TestCallLimits(t *testing.T) {
	for _, c := range []struct {
		name  string
		turn  func(*Knobs)
		code  int
		pause time.Duration // until it answers again
	}{
		{"30 seconds", func(k *Knobs) { k.BurstLimit = 3 }, 300000, 30 * time.Second},
		{"a minute", func(k *Knobs) { k.MinuteLimit = 3 }, 45011, time.Minute},
		{"a day", func(k *Knobs) { k.DailyLimit = 3 }, 45009, 12 * time.Hour}, // it is noon: until midnight in Beijing
		{"a day, of this endpoint", func(k *Knobs) { k.DailyLimits = map[string]int{"/shop/account/get_info": 3} }, 45009, 12 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := DefaultKnobs()
			c.turn(&k)
			h := openShop(t, Options{Knobs: &k})
			for range 3 {
				h.must("/shop/account/get_info", `{}`)
			}
			h.refused("/shop/account/get_info", `{}`, c.code)
			h.must("/shop/account/get_brand_list", `{}`) // each endpoint has its own count
			h.turn(c.pause - time.Second)
			h.login()
			h.refused("/shop/account/get_info", `{}`, c.code)
			h.turn(time.Second)
			h.must("/shop/account/get_info", `{}`)
		})
	}
}

func TestQuotaIsShownAndCleared(t *testing.T) {
	k := DefaultKnobs()
	k.DailyLimits = map[string]int{"/shop/account/get_info": 2}
	k.ClearsPerMonth = 1
	h := openShop(t, Options{Knobs: &k})
	quota := func() string {
		q := h.must("/cgi-bin/openapi/quota/get", `{"cgi_path":"/shop/account/get_info"}`)["quota"].(map[string]any)
		return fmt.Sprintf("%v of %v, %v left", q["used"], q["daily_limit"], q["remain"])
	}
	if got := quota(); got != "0 of 2, 2 left" {
		t.Error(got)
	}
	h.must("/shop/account/get_info", `{}`)
	h.must("/shop/account/get_info", `{}`)
	h.refused("/shop/account/get_info", `{}`, 45009)
	if got := quota(); got != "2 of 2, 0 left" {
		t.Error(got)
	}
	clear := `{"appid":"` + DefaultAppID + `"}`
	h.must("/cgi-bin/clear_quota", clear)
	h.must("/shop/account/get_info", `{}`)
	h.refused("/cgi-bin/clear_quota", clear, 48006)
	h.turn(31 * 24 * time.Hour)
	h.login()
	h.must("/cgi-bin/clear_quota", clear)
}

// TestRefusedCallsCount: a refusal by content is a call like any other.
func TestRefusedCallsCount(t *testing.T) {
	h := openShop(t, Options{})
	h.refused("/shop/spu/get", `{}`, 1000001)
	q := h.must("/cgi-bin/openapi/quota/get", `{"cgi_path":"/shop/spu/get"}`)["quota"].(map[string]any)
	if q["used"] != json.Number("1") {
		t.Errorf("used %v, want 1", q["used"])
	}
}
