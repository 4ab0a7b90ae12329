package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
)

// oddShop is a sandbox with products that no program would have made.
type oddShop struct {
	t        *testing.T
	box      *sandbox.Sandbox
	url      string
	pictures []string // ids
}

func newOddShop(t *testing.T, products int) *oddShop {
	knobs := sandbox.AwkwardKnobs()
	knobs.AuditDelay, knobs.EchoExtensions = sandbox.Never, true
	box, err := sandbox.New(sandbox.Options{Secret: appSecret, Knobs: &knobs})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(func() { server.Close(); box.Close() })
	s := &oddShop{t: t, box: box, url: server.URL}
	for i := range 12 {
		s.pictures = append(s.pictures, s.upload(byte(i)))
	}
	for i := range products {
		s.plant(i)
	}
	return s
}

// upload hands a picture over and returns its id.
func (s *oddShop) upload(shade byte) string {
	var token struct {
		AccessToken string `json:"access_token"`
	}
	s.post("/cgi-bin/stable_token", "application/json", strings.NewReader(`{"grant_type":"client_credential","appid":"`+sandbox.DefaultAppID+`","secret":"`+appSecret+`"}`), &token)
	img := image.NewGray(image.Rect(0, 0, 120, 120))
	for i := range img.Pix {
		img.Pix[i] = color.Gray{Y: shade * 20}.Y
	}
	var picture, body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, _ := form.CreateFormFile("media", "a.png")
	if err := png.Encode(&picture, img); err != nil {
		s.t.Fatal(err)
	}
	io.Copy(file, &picture)
	form.WriteField("resp_type", "1")
	form.WriteField("upload_type", "0")
	form.Close()
	var reply struct {
		Info struct {
			URL string `json:"temp_img_url"`
		} `json:"img_info"`
	}
	s.post("/shop/img/upload?access_token="+token.AccessToken, form.FormDataContentType(), &body, &reply)
	return s.box.Console().PictureID(reply.Info.URL)
}

func (s *oddShop) post(path, kind string, body io.Reader, reply any) {
	response, err := http.Post(s.url+path, kind, body)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(reply); err != nil {
		s.t.Fatal(err)
	}
}

// plant puts product number i into the shop; each number is odd in its own ways.
func (s *oddShop) plant(i int) {
	id := fmt.Sprintf("p%04d", i)
	content := func() *sandbox.Content {
		c := &sandbox.Content{
			Title: "毛毯大号 " + id, Path: "pages/item?id=" + id, Leaf: []int{1445, 1461, 1463}[i%3], BrandID: 2100000000, Version: []string{"", "1", "v-" + id}[i%3],
			HeadImg: []string{s.pictures[i%12], s.pictures[(i+5)%12]}, Desc: strings.Repeat("详情，\"引号\"\n", i%4), Scenes: [][]int{{1}, nil, {1, 3}}[i%3],
			SKUs: []sandbox.SKU{
				{OutSKUID: id + "-1", ThumbImg: s.pictures[(i+1)%12], SalePrice: int64(990 + i), MarketPrice: 1990, StockNum: int64(i % 3), Attrs: []sandbox.Attr{{Key: "颜色", Value: "红,深"}}},
				{OutSKUID: id + "-2", ThumbImg: s.pictures[(i+2)%12], SalePrice: 990, MarketPrice: 990, StockNum: 4, Attrs: []sandbox.Attr{{Key: "颜色", Value: "蓝"}}},
			},
		}
		switch i % 11 {
		case 1:
			c.Title = "巾"
		case 2:
			c.SKUs[0].MarketPrice = 1
		case 3:
			c.SKUs[0].ThumbImg, c.SKUs[0].Attrs, c.SKUs = s.pictures[0], nil, c.SKUs[:1]
		case 4:
			c.HeadImg = slices.Repeat(c.HeadImg, 6)
		case 5:
			c.Leaf = 999_999
		case 6:
			c.SKUs[1].Attrs = c.SKUs[0].Attrs
		}
		return c
	}
	p := sandbox.Product{OutProductID: id, Draft: content(), Online: content(), Status: 5, EditStatus: 4}
	switch i % 10 {
	case 1:
		p.Status = 11
	case 2:
		p.Status, p.BanReason = 13, "违规"
	case 3:
		p.Online, p.Status, p.EditStatus = nil, 0, 1
	case 4:
		p.Online, p.Status, p.EditStatus, p.Reason = nil, 0, 3, "主图不清晰"
	case 5:
		p.Draft.Title, p.EditStatus, p.Reason = "毛毯新标题", 3, "标题不规范"
	case 6:
		p.Draft.Title, p.EditStatus = "毛毯新标题", 2
	case 7:
		p.Draft.Title, p.EditStatus = "毛毯新标题", 1
	case 8:
		p.EditStatus = 0
	}
	if err := s.box.Console().Plant(p); err != nil {
		s.t.Fatal(err)
	}
}

// run runs the program and returns its output.
func (s *oddShop) run(want int, args ...string) []byte {
	s.t.Helper()
	out, errs := filepath.Join(s.t.TempDir(), "out"), filepath.Join(s.t.TempDir(), "err")
	stdout, err1 := os.Create(out)
	stderr, err2 := os.Create(errs)
	if err1 != nil || err2 != nil {
		s.t.Fatal(err1, err2)
	}
	defer stdout.Close()
	defer stderr.Close()
	env := map[string]string{"WECHAT_APPSECRET": appSecret, "SHOPCTL_ENDPOINT": s.url, "LANG": "en"}
	code := newApp(os.Stdin, stdout, stderr, func(name string) string { return env[name] }).run(context.Background(), args)
	result, _ := os.ReadFile(out)
	if code != want {
		said, _ := os.ReadFile(errs)
		s.t.Fatalf("%v: exit code %d, want %d\n%s\n%s", args, code, want, said, result)
	}
	return result
}

// A shop full of odd products, on a platform with every oddity, is taken over
// without a writing call, and the plan that follows has nothing to do.
func TestTakingOverAnAwkwardShop(t *testing.T) {
	for _, layout := range []string{"blocks", "table"} {
		t.Run(layout, func(t *testing.T) {
			const products = 110 // every pair of oddities
			s := newOddShop(t, products)
			s.box.Console().Advance(time.Hour)
			before := s.writes()
			dir := filepath.Join(t.TempDir(), "shop")
			s.run(0, "import", "--from", "live", "--to", dir, "--appid", sandbox.DefaultAppID, "--as", layout)
			s.run(0, "-C", dir, "fmt", "--check")
			var plan struct {
				Changes   []reconcile.Change `json:"changes"`
				Unchanged int                `json:"unchanged"`
			}
			for range 2 {
				if err := json.Unmarshal(s.run(0, "-C", dir, "plan", "--format", "json"), &plan); err != nil {
					t.Fatal(err)
				}
				for _, c := range plan.Changes {
					if len(c.Steps) > 0 {
						t.Errorf("%s: %v %v", c.Address, c.Steps, c.Fields)
					}
				}
			}
			if len(plan.Changes) < products/5 { // rejected, in review, saved
				t.Errorf("only %d products wait or are blocked: the shop is not odd", len(plan.Changes))
			}
			if n := len(plan.Changes) + plan.Unchanged; n < products {
				t.Errorf("the catalog has %d objects, the shop %d products", n, products)
			}
			var again struct {
				Products, Known int
				Written         []string
			}
			if err := json.Unmarshal(s.run(0, "-C", dir, "import", "--from", "live", "--format", "json"), &again); err != nil || again.Products > 0 || again.Known != products || len(again.Written) > 0 {
				t.Errorf("a second import: %+v, %v", again, err)
			}
			if after := s.writes(); after != before {
				t.Errorf("%d writing calls", after-before)
			}
		})
	}
}

func (s *oddShop) writes() int {
	n := 0
	for _, c := range s.box.Calls() {
		if c.Writing {
			n++
		}
	}
	return n
}
