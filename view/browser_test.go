package view

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/shopctl/shopctl/lang"
)

// browser starts headless Chromium, or skips when there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped: -short starts no browser")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("skipped: no chromium on the PATH (Debian package chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	return ctx
}

// watched notes what a page asks for and what its script complains about.
type watched struct {
	mu    sync.Mutex
	asked []string
	wrong []string
}

func watch(t *testing.T, ctx context.Context) *watched {
	t.Helper()
	w := &watched{}
	err := chromedp.Listen(ctx, func(event any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			w.asked = append(w.asked, e.Request.URL)
		case *runtime.EventExceptionThrown:
			w.wrong = append(w.wrong, e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// show writes a page to a file and opens it.
func show(t *testing.T, ctx context.Context, page string, width, height int64) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plan.html")
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: file}).String()
	do(t, ctx, chromedp.EmulateViewport(width, height), chromedp.Navigate(address), chromedp.WaitReady("footer"))
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func ask[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

const visibleCards = `document.querySelectorAll(".card:not([hidden])").length`

func TestPageInABrowser(t *testing.T) {
	ctx := browser(t)
	w := watch(t, ctx)
	for _, l := range []lang.Lang{lang.EN, lang.ZH} {
		show(t, ctx, planPage(t, illustrated(), l), 1100, 900)
		all := ask[int](t, ctx, visibleCards)
		if all != len(sampleChanges()) {
			t.Fatalf("%d cards, want %d", all, len(sampleChanges()))
		}
		do(t, ctx, chromedp.SendKeys("#search", "灰"))
		if n := ask[int](t, ctx, visibleCards); n != 1 {
			t.Errorf("the search finds %d cards, want the grey blanket alone", n)
		}
		do(t, ctx, chromedp.SendKeys("#search", kb.Escape))
		if n := ask[int](t, ctx, visibleCards); n != all {
			t.Errorf("Escape shows %d cards again, want %d", n, all)
		}
		do(t, ctx, chromedp.Click(`.chip[data-group="risk-price"]`))
		if n := ask[int](t, ctx, `document.querySelectorAll('.group[data-group="risk-price"]:not([hidden])').length`); n != 0 {
			t.Error("a chip that is off still shows its group")
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, address := range w.asked {
		if !strings.HasPrefix(address, "file://") && !strings.HasPrefix(address, "data:") {
			t.Errorf("the page asks for %s", address)
		}
	}
	if len(w.wrong) > 0 {
		t.Errorf("the script fails: %v", w.wrong)
	}
}

func TestPageByKeyboard(t *testing.T) {
	ctx := browser(t)
	show(t, ctx, planPage(t, illustrated(), lang.EN), 1100, 900)
	const focused = `document.activeElement.id`
	do(t, ctx, chromedp.KeyEvent("j"), chromedp.KeyEvent("j"))
	if got := ask[string](t, ctx, focused); got != "spu.725" {
		t.Errorf("after j j the focus is on %q, want the second card, spu.725", got)
	}
	do(t, ctx, chromedp.KeyEvent("j"), chromedp.KeyEvent("j")) // spu.719, which has SKUs
	open := ask[bool](t, ctx, `document.activeElement.querySelector("details").open`)
	do(t, ctx, chromedp.KeyEvent("o"))
	if ask[bool](t, ctx, `document.activeElement.querySelector("details").open`) == open {
		t.Error("o does not fold the SKUs")
	}
	do(t, ctx, chromedp.KeyEvent("k"), chromedp.KeyEvent("k"), chromedp.KeyEvent("k"))
	if got := ask[string](t, ctx, focused); got != "spu.726" {
		t.Errorf("after k k k the focus is on %q, want the first card, spu.726", got)
	}
	do(t, ctx, chromedp.KeyEvent("/"))
	if got := ask[string](t, ctx, focused); got != "search" {
		t.Errorf("after / the focus is on %q", got)
	}
}

func TestPageFitsScreensAndThemes(t *testing.T) {
	ctx := browser(t)
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{360, 1100} {
			t.Run(fmt.Sprintf("%s %d", theme, width), func(t *testing.T) {
				do(t, ctx, inTheme(theme))
				for name, page := range map[string]string{"plan": planPage(t, illustrated(), lang.ZH), "board": boardAs(t, HTML, board(sampleBoard(), sampleForecast()), lang.ZH)} {
					show(t, ctx, page, width, 800)
					if over := ask[int](t, ctx, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
						t.Errorf("the page of the %s is %d pixels wider than the screen", name, over)
					}
					if ratio := ask[float64](t, ctx, contrast); ratio < 4.5 {
						t.Errorf("%s: the worst contrast of text is %.1f, want 4.5 (WCAG AA)", name, ratio)
					}
				}
			})
		}
	}
}

// The page of a board is searched, filtered and walked through as that of a plan,
// with six thousand objects too.
func TestBoardInABrowser(t *testing.T) {
	ctx := browser(t)
	w := watch(t, ctx)
	for _, l := range []lang.Lang{lang.EN, lang.ZH} {
		show(t, ctx, boardAs(t, HTML, board(sampleBoard(), sampleForecast()), l), 1100, 900)
		if first := ask[string](t, ctx, `document.querySelector(".card").id`); first != "spu.721" {
			t.Errorf("%s stands first, want what was rejected, spu.721", first)
		}
		do(t, ctx, chromedp.Click(`.chip[data-group="rejected"]`))
		if n := ask[int](t, ctx, `document.querySelectorAll(".card.rejected:not([hidden])").length`); n != 0 {
			t.Error("a chip that is off still shows its objects")
		}
		do(t, ctx, chromedp.KeyEvent("j"))
		if got := ask[string](t, ctx, `document.activeElement.id`); got != "spu.724" {
			t.Errorf("after j the focus is on %q, want the first card that is shown, spu.724", got)
		}
	}
	const each = 3000
	show(t, ctx, boardAs(t, HTML, largeBoard(each), lang.ZH), 360, 800)
	do(t, ctx, chromedp.SendKeys("#search", "spu.b2718"))
	if shown := ask[string](t, ctx, `document.getElementById("shown").textContent`); shown != fmt.Sprintf("1 / %d", 2*each) {
		t.Errorf("the page counts %q", shown)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.wrong) > 0 {
		t.Errorf("the script fails: %v", w.wrong)
	}
}

func inTheme(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		})
		return err
	})
}

// contrast is the worst ratio between a text and what it stands on.
const contrast = `(() => {
  const rgb = s => s.match(/[\d.]+/g).map(Number);
  const light = c => { const [r,g,b] = c.map(v => { v /= 255; return v <= .03928 ? v/12.92 : ((v+.055)/1.055)**2.4 }); return .2126*r+.7152*g+.0722*b };
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0,3) } return [255,255,255] };
  let worst = 21;
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.closest("script,style,[hidden],[aria-hidden]")) continue;
    const a = light(rgb(getComputedStyle(e).color).slice(0,3)), b = light(ground(e));
    worst = Math.min(worst, (Math.max(a,b)+.05)/(Math.min(a,b)+.05));
  }
  return worst;
})()`

// Three thousand changes are a page that can still be searched.
func TestPageOfThousands(t *testing.T) {
	ctx := browser(t)
	const products = 3000
	show(t, ctx, planPage(t, manyChanges(products), lang.ZH), 1100, 900)
	do(t, ctx, chromedp.SendKeys("#search", "spu.2718"))
	if n := ask[int](t, ctx, visibleCards); n != 1 {
		t.Errorf("the search finds %d of %d cards, want one", n, products)
	}
	if shown := ask[string](t, ctx, `document.getElementById("shown").textContent`); shown != fmt.Sprintf("1 / %d", products) {
		t.Errorf("the page counts %q", shown)
	}
}
