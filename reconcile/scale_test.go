package reconcile_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
)

// tally stands before the sandbox and counts what reaches it, by path; of
// uploads, by file.
type tally struct {
	mu      sync.Mutex
	calls   map[string]int
	uploads map[string]int
}

var fileName = regexp.MustCompile(`filename="([^"]*)"`)

// count puts a tally before the shop.
func (s *shop) count() *tally {
	y := &tally{calls: map[string]int{}, uploads: map[string]int{}}
	s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.sandbox.ServeHTTP(w, r)
		y.mu.Lock()
		defer y.mu.Unlock()
		y.calls[r.URL.Path]++
		if file := fileName.FindSubmatch(body); file != nil {
			y.uploads[string(file[1])]++
		}
	})
	return y
}

// gallery declares products with ten pictures each, all different, until there
// are n pictures.
func (s *shop) gallery(n int) {
	for id := range n / 10 {
		var names []string
		for i := range 10 {
			names = append(names, fmt.Sprintf("%q", fmt.Sprintf("g%d.png", 10*id+i)))
			s.picture(fmt.Sprintf("g%d.png", 10*id+i), 1000+10*id+i)
		}
		s.write(fmt.Sprintf("spu-%d.hcl", id), fmt.Sprintf(`spu "%d" {
  title    = "第%d号毛毯加厚"
  path     = "pages/p?id=%d"
  head_img = [%s]
  category = 1445
  sku "%d-1" {
    thumb_img  = %s
    sale_price = 9.90
    stock_num  = 20
  }
}
`, id, id, id, strings.Join(names[:9], ", "), id, names[9]))
	}
}

// An upload of 500 pictures is killed at several points, after the platform has
// taken what was on its way, and begun again. What was remembered is not sent
// again; the only ones that may be sent twice are those whose answers were lost,
// because nobody can ask the platform for them.
func TestUploadsGoOnWhereTheyWereKilled(t *testing.T) {
	const pictures, width, kills = 500, 4, 5
	s := newShop(t, sandbox.Knobs{})
	y := s.count()
	s.gallery(pictures)
	for _, at := range [kills]int{9, 30, 100, 101, 170} {
		s.wire.arm(at, true)
		s.run(0, func(r *reconcile.Run) { r.UploadParallelism = width })
		if s.wire.count < at {
			t.Fatalf("the run ended before call %d", at)
		}
	}
	s.wire.arm(0, false)
	s.settle(t)
	sent := 0
	for _, n := range y.uploads {
		sent += n
	}
	if len(y.uploads) != pictures+1 || sent > pictures+1+kills*width { // and the licence
		t.Errorf("%d pictures in %d uploads, killed %d times", len(y.uploads), sent, kills)
	}
	s.quiet(t)
}

// One upload at a time, killed before it leaves: each picture is sent once.
func TestEachPictureIsSentOnce(t *testing.T) {
	const pictures = 500
	s := newShop(t, sandbox.Knobs{})
	y := s.count()
	s.gallery(pictures)
	for _, at := range []int{5, 50, 120, 121, 180} {
		s.wire.arm(at, false)
		s.run(0, func(r *reconcile.Run) { r.UploadParallelism, r.Parallelism = 1, 1 })
	}
	s.wire.arm(0, false)
	s.settle(t)
	for _, name := range slices.Sorted(maps.Keys(y.uploads)) {
		if y.uploads[name] != 1 {
			t.Errorf("%s was sent %d times", name, y.uploads[name])
		}
	}
	if len(y.uploads) != pictures+1 {
		t.Errorf("%d pictures were sent, want %d", len(y.uploads), pictures+1)
	}
}

// A plan without changes of N products lists both planes, a hundred products a
// page, and asks for no product by itself.
func TestAPlanWithoutChangesOnlyLists(t *testing.T) {
	const products = 250
	s := newShop(t, sandbox.Knobs{})
	s.write("shop.hcl", strings.Replace(shopHCL, `appid    = "wx0123456789abcdef"`, "appid = \"wx0123456789abcdef\"\n  budget {\n    per_hour = 1000\n  }\n", 1))
	for i := range products {
		s.product(product{id: fmt.Sprint(i), title: fmt.Sprintf("第%d号毛毯加厚", i), fen: 990, picture: 10 + i%7})
	}
	s.settle(t)
	y := s.count()
	s.now.Add(int64(time.Hour))
	if r := s.run(0, nil); r.err != nil || !r.plan.Empty() || r.plan.Unchanged < products {
		t.Fatalf("%v, %d unchanged", r.err, r.plan.Unchanged)
	}
	want := map[string]int{"/cgi-bin/stable_token": 1, "/shop/cat/get": 1, "/shop/account/get_info": 1, "/shop/account/get_brand_list": 1, "/shop/account/get_category_list": 1,
		"/shop/spu/get_list": 2 * (products + 99) / 100}
	for path, n := range y.calls {
		if n != want[path] {
			t.Errorf("%s was called %d times, want %d", path, n, want[path])
		}
	}
	if y.calls["/shop/spu/get_list"] == 0 {
		t.Error("the shop was not read")
	}
}
