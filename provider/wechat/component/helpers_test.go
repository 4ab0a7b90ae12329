package component_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/schema"
)

// platform is a small stand-in for the platform: it records every request and
// answers each endpoint with the function that a test gives for it.
type platform struct {
	t       *testing.T
	mu      sync.Mutex
	answers map[string]func(body map[string]any) string
	calls   []recorded
	server  *httptest.Server
}

type recorded struct {
	path string // "spu/add"
	body string
}

const ok = `{"errcode":0,"errmsg":"ok"}`

func newPlatform(t *testing.T) *platform {
	p := &platform{t: t, answers: map[string]func(map[string]any) string{}}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// on answers an endpoint with a fixed reply.
func (p *platform) on(path, reply string) {
	p.onFunc(path, func(map[string]any) string { return reply })
}

func (p *platform) onFunc(path string, answer func(body map[string]any) string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[path] = answer
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Error(err)
	}
	path := strings.TrimPrefix(r.URL.Path, "/shop/")
	p.mu.Lock()
	p.calls = append(p.calls, recorded{path, string(raw)})
	answer := p.answers[path]
	p.mu.Unlock()
	if r.Method != http.MethodPost || r.URL.Query().Get("access_token") != "T" || r.ContentLength < 0 {
		p.t.Errorf("%s %s: want a POST with the token and a Content-Length", r.Method, path)
	}
	if answer == nil {
		io.WriteString(w, `{"errcode":40066,"errmsg":"invalid url"}`)
		return
	}
	body := map[string]any{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &body); err != nil {
			p.t.Errorf("%s: body is not JSON: %v", path, err)
		}
	}
	io.WriteString(w, answer(body))
}

// sent are the bodies that an endpoint received, in order.
func (p *platform) sent(path string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var bodies []string
	for _, c := range p.calls {
		if c.path == path {
			bodies = append(bodies, c.body)
		}
	}
	return bodies
}

var testNow = time.Date(2026, 3, 1, 12, 0, 0, 0, schema.Beijing)

// open makes a provider of the platform whose pauses take no time.
func (p *platform) open(change ...func(*component.Config)) *component.Provider {
	config := component.Config{
		Endpoint: p.server.URL, AppID: "wx0123456789abcdef", Tokens: wechat.StaticToken("T"),
		Now:   func() time.Time { return testNow },
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, c := range change {
		c(&config)
	}
	shop, err := component.New(config)
	if err != nil {
		p.t.Fatal(err)
	}
	return shop
}
