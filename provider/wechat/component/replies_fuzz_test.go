package component_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/schema"
)

// fuzzToken is what no error may hold.
const fuzzToken = "TOKEN-THAT-NOBODY-MAY-SEE"

// parrot answers every call with the same bytes.
type parrot struct {
	status int
	body   []byte
	calls  atomic.Int64 // methods may read in several places at once
}

func (p *parrot) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	p.calls.Add(1)
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	return &http.Response{StatusCode: p.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(p.body)), Request: r, ContentLength: -1}, nil
}

// FuzzReplies gives the same foreign bytes to every method as the answer to all
// its calls. Whatever they are, a method returns soon, with a result or with a
// provider.Error that holds no token; a writing one makes one call.
func FuzzReplies(f *testing.F) {
	for _, seed := range []string{
		`{"errcode":0}`, `{"errcode":0,"data":null}`, `{"errcode":-1,"errmsg":"` + fuzzToken + ` rid: 1-2-3"}`, `{"errcode":"1e999"}`, `[]`, `null`, `{`, ``, `<html>` + fuzzToken,
		`{"errcode":0,"total_num":1000000000,"spus":[{"product_id":1,"out_product_id":"a","skus":[{}]}]}`,
		`{"errcode":0,"total_num":"-1","spus":{"product_id":[]}}`,
		`{"errcode":0,"spu":{"product_id":99999999999999999999,"out_product_id":"a\u0000","skus":[{"sku_id":"x","sale_price":1e300}]}}`,
		`{"errcode":0,"data":{"product_id":0,"skus":[null],"status":1,"brand_id":-1,"reject_reason":{"a":1}}}`,
		`{"errcode":0,"data":[{"brand_id":1,"brand_wording":"a"},{"third_cat_id":18446744073709551616}],"audit_id":{}}`,
		`{"errcode":0,"img_info":{"temp_img_url":"http://127.0.0.1/` + fuzzToken + `","media_id":1}}`,
		`{"errcode":0,"third_cat_list":[{"third_cat_id":1,"third_cat_name":"a","second_cat_id":1},{"third_cat_id":1}]}`,
		`{"errcode":45011}`, `{"errcode":42001}`, `{"errcode":1000011,"errcode":0}`, `{"errcode":1050005}`,
	} {
		f.Add([]byte(seed), 200)
		f.Add([]byte(seed), 502)
	}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		if status < 200 || status > 599 {
			return
		}
		for name, call := range everyMethod() {
			answers := &parrot{status: status, body: body}
			p, err := component.New(component.Config{
				AppID: "wx0123456789abcdef", Tokens: wechat.StaticToken(fuzzToken), Transport: answers, Limits: []wechat.Limit{},
				Now: func() time.Time { return testNow }, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
			})
			if err != nil {
				t.Fatal(err)
			}
			writes, err := call(t.Context(), p)
			if err != nil && (provider.ClassOf(err) == "" || strings.Contains(err.Error(), fuzzToken)) {
				t.Errorf("%s: the error %q has no class, or holds the token", name, err)
			}
			if answers.calls.Load() > 200 {
				t.Errorf("%s makes %d calls", name, answers.calls.Load())
			}
			if class := provider.ClassOf(err); writes && answers.calls.Load() > 1 && (err == nil || class == provider.ClassUnknown) {
				t.Errorf("%s: sent %d times, and then: %v", name, answers.calls.Load(), err)
			}
		}
	})
}

// everyMethod calls each method once, and says whether it writes.
func everyMethod() map[string]func(context.Context, *component.Provider) (writes bool, err error) {
	brand := &schema.Brand{BrandWording: "A"}
	qualification := &schema.Qualification{Category: schema.CategoryRef{ID: 1}}
	spu := &schema.SPU{OutProductID: "a", Title: "b", SKUs: []schema.SKU{{OutSKUID: "c"}}}
	ref, links := provider.Ref{ProductID: "1", OutProductID: "a"}, provider.Links{Category: &schema.Category{ID: 1}}
	everything := provider.Scope{Products: []string{"a", "b"}, AuditIDs: []string{"x"}, Merchant: true, Brands: true, Qualifications: true}
	picture := provider.Picture{Name: "a.png", Size: 1, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("x")), nil }}
	return map[string]func(context.Context, *component.Provider) (bool, error){
		"Observe": func(ctx context.Context, p *component.Provider) (bool, error) {
			_, err := p.Observe(ctx, everything)
			return false, err
		},
		"Product": func(ctx context.Context, p *component.Provider) (bool, error) {
			_, err := p.Product(ctx, "a")
			return false, err
		},
		"Audit": func(ctx context.Context, p *component.Provider) (bool, error) {
			_, err := p.Audit(ctx, "x")
			return false, err
		},
		"Categories": func(ctx context.Context, p *component.Provider) (bool, error) {
			_, err := p.Categories(ctx, true)
			return false, err
		},
		"Upload": func(ctx context.Context, p *component.Provider) (bool, error) {
			_, err := p.UploadImage(ctx, picture)
			return false, err
		},
		"Merchant": func(ctx context.Context, p *component.Provider) (bool, error) {
			return true, p.UpdateMerchant(ctx, &schema.Merchant{})
		},
		"Brand": func(ctx context.Context, p *component.Provider) (bool, error) {
			_, err := p.SubmitBrand(ctx, brand, links)
			return true, err
		},
		"Qualification": func(ctx context.Context, p *component.Provider) (bool, error) {
			_, err := p.SubmitQualification(ctx, qualification, links)
			return true, err
		},
		"Add": func(ctx context.Context, p *component.Provider) (bool, error) {
			_, err := p.Add(ctx, spu, links)
			return true, err
		},
		"Update": func(ctx context.Context, p *component.Provider) (bool, error) {
			_, err := p.Update(ctx, ref, spu, links)
			return true, err
		},
		"UpdateFree": func(ctx context.Context, p *component.Provider) (bool, error) {
			return true, p.UpdateFree(ctx, ref, []provider.FreeEdit{{OutSKUID: "c"}})
		},
		"Withdraw": func(ctx context.Context, p *component.Provider) (bool, error) { return true, p.Withdraw(ctx, ref) },
		"List":     func(ctx context.Context, p *component.Provider) (bool, error) { return true, p.List(ctx, ref) },
		"Delist":   func(ctx context.Context, p *component.Provider) (bool, error) { return true, p.Delist(ctx, ref) },
		"Delete":   func(ctx context.Context, p *component.Provider) (bool, error) { return true, p.Delete(ctx, ref) },
	}
}

// A category cache that was damaged, or written by somebody else, is passed over
// or used; it never ends the run by a panic.
func FuzzCategoryCache(f *testing.F) {
	f.Add([]byte(`{`))
	f.Add([]byte(`{"endpoint":"https://api.weixin.qq.com","at":"2026-03-01T11:00:00+08:00","leaves":[{"ID":1}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "component-categories.json"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := component.New(component.Config{
			AppID: "wx0123456789abcdef", Tokens: wechat.StaticToken(fuzzToken), CacheDir: dir, Limits: []wechat.Limit{},
			Transport: &parrot{status: 200, body: []byte(`{"errcode":0,"third_cat_list":[{"third_cat_id":1,"third_cat_name":"a","second_cat_id":2,"second_cat_name":"b","first_cat_id":3,"first_cat_name":"c"}]}`)},
			Now:       func() time.Time { return testNow }, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		})
		if err != nil {
			t.Fatal(err)
		}
		if tree, err := p.Categories(t.Context(), false); err != nil || tree == nil {
			t.Errorf("%v, %v", tree, err)
		}
	})
}
