package sandbox

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// FuzzBody sends anything to any endpoint. There is always an envelope, or a
// token, and the shop still works afterwards.
func FuzzBody(f *testing.F) {
	paths := slices.Sorted(maps.Keys(routes))
	for _, s := range samples {
		if i := slices.Index(paths, s.path); i >= 0 {
			f.Add(uint8(i), "application/json", s.request)
		}
	}
	kind, body := form(map[string]string{"resp_type": "1", "upload_type": "0"}, "a.png", pixel(1))
	f.Add(uint8(slices.Index(paths, uploadPath)), kind, body)
	f.Add(uint8(0), "", strings.Repeat("[", 20_000))
	f.Fuzz(func(t *testing.T, endpoint uint8, contentType, body string) {
		h := openShop(t, Options{})
		h.openForBusiness()
		path := paths[int(endpoint)%len(paths)]
		r := httptest.NewRequest("POST", path+"?access_token="+h.token, strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var got struct {
			ErrCode *int    `json:"errcode"`
			Token   *string `json:"access_token"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.ErrCode == nil && got.Token == nil {
			t.Fatalf("%s %q: no envelope: %s", path, body, w.Body)
		}
		h.turn(time.Minute)
		h.page("/", "")
		h.post("/shop/spu/get_list", `{"page":1,"page_size":100,"need_edit_spu":1}`)
	})
}
