package reconcile_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shopctl/shopctl/state"
)

func newMemory() *state.Memory { return state.NewMemory() }

func readFile(t *testing.T, s *shop, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// post does in the sandbox what a person would do in the console.
func (s *shop) post(t testing.TB, path, body string) {
	t.Helper()
	resp, err := http.Post(s.server.URL+path, "application/json", bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("POST %s: %s", path, resp.Status)
	}
}

// mustSubmitOnce demands that no content of any product was accepted twice.
func (s *shop) mustSubmitOnce(t interface{ Errorf(string, ...any) }) {
	seen := map[string]int{}
	for _, path := range []string{"/shop/spu/add", "/shop/spu/update"} {
		for _, c := range s.accepted(path) {
			seen[c.Body]++
			if seen[c.Body] > 1 {
				t.Errorf("submitted twice: %s", c.Body)
			}
		}
	}
	for _, path := range []string{"/shop/audit/audit_brand", "/shop/audit/audit_category"} {
		if n := len(s.accepted(path)); n > 1 {
			t.Errorf("%s was accepted %d times", path, n)
		}
	}
}

// TestKilledAtEveryCall kills the program at each request of its first apply,
// before and after the platform has done its work, and lets it run again.
func TestKilledAtEveryCall(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; ; at++ {
			s := newShop(t, quick())
			s.product(product{id: "1", title: "一号毛毯加厚", fen: 990, picture: 10, extra: "brand = brand.cxy"})
			s.product(product{id: "2", title: "二号电热毯加厚", fen: 990, picture: 11, extra: "category = 1446"})
			s.product(product{id: "3", title: "三号毛毯加厚", fen: 990, picture: 11, extra: "listing = false"})
			s.wire.arm(at, after)
			s.run(time.Hour, nil)
			died := s.wire.count >= at
			s.wire.arm(0, false)
			s.settle(t)
			s.quiet(t)
			s.mustSubmitOnce(t)
			s.taken(t, "/shop/spu/add", 3)
			if t.Failed() {
				t.Fatalf("killed at call %d (after the work: %v)", at, after)
			}
			if !died {
				break
			}
		}
	}
}

// TestConverges lets a random author edit, a random operator meddle in the
// console, and the program die at random calls. When all are quiet, the shop is
// as declared and nothing was submitted twice in a row.
func TestConverges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newShop(t, quick())
		ids := []string{"a", "b", "c"}
		declared := map[string]bool{}
		version := 0
		edit := func() {
			id := rapid.SampledFrom(ids).Draw(rt, "id")
			version++
			if declared[id] && rapid.IntRange(0, 5).Draw(rt, "remove") == 0 {
				s.remove(id)
				delete(declared, id)
				return
			}
			declared[id] = true
			s.product(product{id: id,
				title:   fmt.Sprintf("第%d号毛毯加厚款", rapid.IntRange(1, 3).Draw(rt, "title")),
				fen:     rapid.SampledFrom([]int{890, 990, 1090}).Draw(rt, "fen"),
				picture: rapid.IntRange(10, 13).Draw(rt, "picture"),
				extra:   rapid.SampledFrom([]string{"", "listing = false", "brand = brand.cxy"}).Draw(rt, "extra")})
		}
		meddle := func() {
			id := rapid.SampledFrom(ids).Draw(rt, "meddled")
			body := rapid.SampledFrom([]string{
				`{"out_product_id":%q,"title":"后台改过的毛毯标题"}`,
				`{"out_product_id":%[1]q,"out_sku_id":"%[1]s-0","sale_price":123}`,
				`{"out_product_id":%[1]q,"out_sku_id":"%[1]s-1","stock_num":5}`,
			}).Draw(rt, "edit")
			resp, err := http.Post(s.server.URL+"/sandbox/edit", "application/json", bytes.NewBufferString(fmt.Sprintf(body, id)))
			if err == nil {
				resp.Body.Close() // refused when the shop does not have it
			}
		}
		edit()
		for range rapid.IntRange(1, 6).Draw(rt, "acts") {
			switch rapid.IntRange(0, 3).Draw(rt, "act") {
			case 0:
				edit()
			case 1:
				meddle()
			case 2:
				s.wire.arm(rapid.IntRange(1, 40).Draw(rt, "kill"), rapid.Bool().Draw(rt, "after"))
				s.run(time.Duration(rapid.IntRange(0, 1).Draw(rt, "wait"))*time.Hour, nil)
				s.wire.arm(0, false)
			case 3:
				s.now.Add(int64(rapid.IntRange(0, 20).Draw(rt, "seconds")) * int64(time.Second))
			}
		}
		s.settle(t)
		s.quiet(t)
	})
}
