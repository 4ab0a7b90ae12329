package listen

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/shopctl/shopctl/provider"
)

// browser starts headless Chromium, or skips when there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: -short starts no browser")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("skipped: no chromium on the PATH (Debian package chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// A person opens the board, and a verdict appears on it while they look. Nothing in
// a title is taken for HTML, and without the token there is no board.
func TestVerdictAppearsInABrowser(t *testing.T) {
	ctx := browser(t)
	b := start(t, newShelf())
	b.read("all")
	address, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	address.User, address.Path, address.RawQuery = url.UserPassword("me", boardToken), "/", "lang=en"
	if err := chromedp.Do(ctx, chromedp.Navigate(b.url)); err == nil && !strings.Contains(inBrowser[string](t, ctx, `document.body.textContent`), "the token is the password") {
		t.Error("the board is open without the token")
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address.String()), chromedp.WaitReady("footer")); err != nil {
		t.Fatal(err)
	}
	if text := inBrowser[string](t, ctx, `document.body.textContent`); strings.Contains(text, "1 on shelf") || !strings.Contains(text, "毛毯<b>") {
		t.Fatalf("before the verdict: %s", text)
	}
	b.shelf.put("719", provider.ShelfListed)
	b.push("719", "seen in a browser")
	until := `new Promise(done => { const look = () => document.body.textContent.includes("1 on shelf") ? done(true) : setTimeout(look, 50); look(); })`
	if !inBrowser[bool](t, ctx, until) {
		t.Fatal("no verdict appeared")
	}
	if text := inBrowser[string](t, ctx, `document.body.textContent`); !strings.Contains(text, "毛毯<b>") {
		t.Errorf("a title was taken for HTML: %s", text)
	}
}

// A proxy answers 502 while the server behind it restarts. A browser takes that for
// the end of the events; the page asks again.
func TestThePageComesBackAfterABadGateway(t *testing.T) {
	ctx := browser(t)
	b := start(t, newShelf())
	b.read("all")
	address, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: address.Scheme, Host: address.Host})
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/events" && asked.Add(1) == 1 {
			http.Error(w, "bad gateway", http.StatusBadGateway)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { front.CloseClientConnections(); front.Close() })
	if address, err = url.Parse(front.URL); err != nil {
		t.Fatal(err)
	}
	address.User, address.Path, address.RawQuery = url.UserPassword("me", boardToken), "/", "lang=en"
	soon := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error { // nobody waits in a test
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
			Source: "{ const later = setTimeout; window.setTimeout = work => later(work, 1); }",
		})
		return err
	})
	if err := chromedp.Do(ctx, soon, chromedp.Navigate(address.String()), chromedp.WaitReady("footer")); err != nil {
		t.Fatal(err)
	}
	b.shelf.put("719", provider.ShelfListed)
	b.push("719", "seen after a bad gateway")
	until := `new Promise(done => { const look = () => document.body.textContent.includes("1 on shelf") ? done(true) : requestAnimationFrame(look); look(); })`
	if !inBrowser[bool](t, ctx, until) || !inBrowser[bool](t, ctx, `document.getElementById("lost").hidden`) {
		t.Error("the page did not come back")
	}
}

func inBrowser[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}
