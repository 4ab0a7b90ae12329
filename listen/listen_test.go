package listen

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/provider/wechat/push"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

const (
	pushToken  = "AAAAA"
	boardToken = "0123456789abcdef"
	appid      = "wx0123456789abcdef"
)

func spu(id string) schema.Address { return schema.Address{Kind: schema.KindSPU, Name: id} }

// shelf is a shop that the test fills: products by id and where they stand. It
// reads when it is let.
type shelf struct {
	mu     sync.Mutex
	stands map[string]provider.Shelf
	fails  []error     // of the readings to come
	reads  chan string // what was read: "all", or ids
	gate   chan bool   // nil, or one value for each reading that may begin
	lock   chan bool   // nil, or one value when the lock gets free
}

func newShelf() *shelf {
	return &shelf{stands: map[string]provider.Shelf{"719": provider.ShelfInitial, "720": provider.ShelfInitial}, reads: make(chan string, 1000)}
}

func (f *shelf) put(id string, at provider.Shelf) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stands[id] = at
}

func (f *shelf) Read(ctx context.Context, objects []schema.Address) ([]reconcile.Standing, error) {
	if f.gate != nil {
		select {
		case <-f.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	what := "all"
	var rows []reconcile.Standing
	for id, at := range f.stands {
		if len(objects) == 0 || slices.Contains(objects, spu(id)) {
			rows = append(rows, reconcile.Standing{Address: spu(id), Title: "毛毯<b>", Declared: true, Managed: true, Wanted: true, Present: true, Shelf: at, Review: provider.ReviewRunning})
			if at == provider.ShelfListed {
				rows[len(rows)-1].Review = provider.ReviewApproved
			}
		}
	}
	if len(objects) > 0 {
		var ids []string
		for _, o := range objects {
			ids = append(ids, o.Name)
		}
		what = strings.Join(ids, " ")
	}
	f.reads <- what
	if len(f.fails) > 0 {
		err := f.fails[0]
		f.fails = f.fails[1:]
		if _, locked := errors.AsType[*state.LockError](err); locked && f.lock != nil {
			return rows, err
		}
		return nil, err
	}
	return rows, nil
}

// Free lets pass, or waits for the gate of the lock.
func (f *shelf) Free(ctx context.Context) bool {
	if f.lock == nil {
		return true
	}
	select {
	case <-f.lock:
		return true
	case <-ctx.Done():
		return false
	}
}

func (f *shelf) Find(m push.Message) ([]schema.Address, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.stands[m.OutProductID]; m.Kind == push.KindProduct && known {
		return []schema.Address{spu(m.OutProductID)}, false
	}
	return nil, m.Kind == push.KindBrand
}

// bench is a server under test. Nothing in it waits for the clock: pauses return
// at once, but the one until the next reading of the whole shop, which lasts.
type bench struct {
	t *testing.T
	*Server
	shelf    *shelf
	url      string
	verdicts chan string
	stop     context.CancelFunc
	ended    chan error
}

func start(t *testing.T, shelf *shelf, change ...func(*Config)) *bench {
	t.Helper()
	receiver, err := push.New(push.Config{Token: pushToken})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, shelf: shelf, verdicts: make(chan string, 100), ended: make(chan error, 1)}
	c := Config{
		Shop: "blankets", AppID: appid, Receiver: receiver, Reader: shelf, Token: boardToken, Every: time.Hour,
		Sleep: func(ctx context.Context, d time.Duration) error {
			if d == time.Hour {
				<-ctx.Done()
			}
			return ctx.Err()
		},
		Verdicts: func(rows []reconcile.Standing) {
			for _, row := range rows {
				b.verdicts <- row.Address.Name
			}
		},
	}
	for _, f := range change {
		f(&c)
	}
	b.Server = New(c)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.url = "http://" + listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	b.stop = cancel
	go func() { b.ended <- b.Serve(ctx, listener) }()
	t.Cleanup(cancel)
	return b
}

// read waits for the next reading and holds it against what was wanted.
func (b *bench) read(want string) {
	b.t.Helper()
	select {
	case got := <-b.shelf.reads:
		if got != want {
			b.t.Errorf("read %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		b.t.Fatalf("%q was never read", want)
	}
}

// message is a signed request about a product.
func message(path, product, nonce string) *http.Request {
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	q := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "signature": {push.Signature(pushToken, timestamp, nonce)}}
	body := `{"Event":"open_product_spu_audit","CreateTime":` + timestamp + `,"nonce":"` + nonce + `","OpenProductSpuAudit":{"out_product_id":"` + product + `","status":4}}`
	r, err := http.NewRequest(http.MethodPost, path+"?"+q.Encode(), strings.NewReader(body))
	if err != nil {
		panic(err) // the test's own address
	}
	return r
}

func (b *bench) do(r *http.Request) (status int, body string) {
	b.t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

func (b *bench) get(path, token string) (status int, body string) {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if token != "" {
		r.SetBasicAuth("anybody", token)
	}
	return b.do(r)
}

func (b *bench) push(product, nonce string) {
	b.t.Helper()
	if status, body := b.do(message(b.url+"/wechat", product, nonce)); status != 200 || body != "success" {
		b.t.Errorf("%s: %d %s", product, status, body)
	}
}

// However many messages come while the shop is read, each object is read once.
func TestMessagesCoalesce(t *testing.T) {
	shelf := newShelf()
	shelf.gate = make(chan bool)
	b := start(t, shelf)
	shelf.gate <- true
	b.read("all")
	b.push("719", "first")
	for i := range 200 {
		b.push([]string{"719", "720"}[i%2], fmt.Sprint("n", i))
	}
	// The worker may have taken the first message by itself; whatever came since
	// is one reading.
	shelf.gate <- true
	if got := <-shelf.reads; got == "719" || got == "719 720" {
		if got == "719" {
			shelf.gate <- true
			b.read("719 720")
		}
	} else {
		t.Errorf("read %q", got)
	}
	if n := b.queue.len(); n != 0 {
		t.Errorf("%d objects still wait", n)
	}
}

// A message of the platform, its verdict in the group chat, on the page and in
// the metrics.
func TestVerdictIsTold(t *testing.T) {
	b := start(t, newShelf())
	b.read("all")
	page := b.watch()
	page("毛毯&lt;b&gt;") // and nothing of it is markup
	b.shelf.put("719", provider.ShelfListed)
	b.push("719", "1")
	b.read("719")
	if got := <-b.verdicts; got != "719" {
		t.Errorf("told of %s", got)
	}
	page("1 of 2 products")
	if _, body := b.get("/metrics", boardToken); !strings.Contains(body, `shopctl_objects{status="on-shelf"} 1`) || !strings.Contains(body, `shopctl_listen_messages_total{outcome="accepted"} 1`) {
		t.Error(body)
	}
}

// watch opens the events; the function that it returns waits for a text.
func (b *bench) watch() func(text string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+"/events", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.SetBasicAuth("anybody", boardToken)
	response, err := http.DefaultClient.Do(r)
	if err != nil || response.StatusCode != 200 {
		b.t.Fatal(response, err)
	}
	b.t.Cleanup(func() { response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	return func(text string) {
		b.t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), text) {
				return
			}
		}
		b.t.Errorf("the page never showed %q: %v", text, lines.Err())
	}
}

// What could not be read stays to be read: when apply holds the lock, when the
// platform is busy, when the token is refused.
func TestFailedReadingsAreRepeated(t *testing.T) {
	shelf := newShelf()
	refused := &provider.Error{Class: provider.ClassAuth, Call: "token", Meaning: lang.T("The token is wrong.", "token 不正确。"), Remedy: lang.T("Set another.", "请更换。")}
	shelf.fails = []error{&state.LockError{}, errors.New("busy"), refused}
	b := start(t, shelf)
	for range 4 {
		b.read("all")
	}
	page := b.watch()
	page("0 of 2 products")
	shelf.mu.Lock()
	shelf.fails = []error{refused}
	shelf.mu.Unlock()
	b.push("719", "1")
	b.read("719")
	b.read("719")
	if _, body := b.get("/metrics", boardToken); !strings.Contains(body, `reads_total{outcome="locked"} 1`) || !strings.Contains(body, `reads_total{outcome="failed"} 3`) {
		t.Error(body)
	}
}

// While apply holds the lock for hours, verdicts are shown and told all the same.
// The state learns of them when the lock is free, and nobody asks the platform
// again and again until then.
func TestLockedStateIsToldLater(t *testing.T) {
	shelf := newShelf()
	shelf.lock = make(chan bool)
	b := start(t, shelf)
	b.read("all")
	page := b.watch()
	page("0 of 2 products")
	shelf.mu.Lock()
	shelf.fails = []error{&state.LockError{}}
	shelf.mu.Unlock()
	shelf.put("719", provider.ShelfListed)
	b.push("719", "1")
	b.read("719")
	page("1 of 2 products")
	if got := <-b.verdicts; got != "719" {
		t.Errorf("told of %s", got)
	}
	b.push("720", "2") // other objects are read meanwhile
	b.read("720")
	shelf.lock <- true
	b.read("719")
	if got := b.outcomes("shopctl_listen_reads_total")["locked"]; got != 1 {
		t.Errorf("locked %v times, want once", got)
	}
}

// Each request is answered as its sender deserves.
func TestDoor(t *testing.T) {
	b := start(t, newShelf())
	b.read("all")
	// The reading is on the board before the door is tried.
	b.watch()("0 of 2 products")
	forged := message(b.url+"/wechat", "719", "1")
	forged.URL.RawQuery = strings.Replace(forged.URL.RawQuery, "nonce=1", "nonce=2", 1)
	long := message(b.url+"/wechat", "719", "3")
	long.Body, long.ContentLength = io.NopCloser(strings.NewReader("{"+strings.Repeat(" ", push.MaxBody)+"}")), -1
	echo := message(b.url+"/wechat", "", "4")
	echo.Method, echo.Body, echo.ContentLength = http.MethodGet, nil, 0
	echo.URL.RawQuery += "&echostr=" + url.QueryEscape("<b>7</b>")
	tests := []struct {
		name   string
		r      *http.Request
		status int
		body   string
	}{
		{"good", message(b.url+"/wechat", "719", "5"), 200, "success"},
		{"for us by name", message(b.url+"/wechat/"+appid, "719", "6"), 200, "success"},
		{"for another shop of the platform", message(b.url+"/wechat/wx9999999999999999", "719", "7"), 200, "success"},
		{"about nothing of ours", message(b.url+"/wechat", "unknown", "8"), 200, "success"},
		{"forged", forged, 403, "refused"},
		{"too long", long, 403, "refused"},
		{"echostr", echo, 200, "<b>7</b>"},
	}
	for _, tt := range tests {
		if status, body := b.do(tt.r); status != tt.status || body != tt.body {
			t.Errorf("%s: %d %q, want %d %q", tt.name, status, body, tt.status, tt.body)
		}
	}
	pages := map[string]int{"/": 200, "/events?x": 200, "/metrics": 200, "/healthz": 200, "/other": 404, "/wechat": 403}
	for path, want := range pages {
		for _, token := range []string{"", "0123456789abcdeX", boardToken} {
			expected := want
			if token != boardToken && want == 200 && path != "/healthz" {
				expected = 401
			}
			if path == "/events?x" && expected == 200 {
				continue // it does not end
			}
			if got, _ := b.get(path, token); got != expected {
				t.Errorf("%s with %q: %d, want %d", path, token, got, expected)
			}
		}
	}
	want := map[string]float64{"accepted": 2, "other-shop": 1, "ignored": 1, "bad-signature": 1, "malformed": 1, "checked": 1, "bad-time": 3}
	if diff := cmp.Diff(want, b.outcomes("shopctl_listen_messages_total")); diff != "" {
		t.Error(diff)
	}
}

// outcomes are the counts of one series.
func (b *bench) outcomes(name string) map[string]float64 {
	b.t.Helper()
	families, err := b.metrics.registry.Gather()
	if err != nil {
		b.t.Fatal(err)
	}
	counts := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			counts[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
		}
	}
	return counts
}

// Without a token nothing but messages and health is served.
func TestNoTokenNoBoard(t *testing.T) {
	b := start(t, newShelf(), func(c *Config) { c.Token = "" })
	for _, path := range []string{"/", "/events", "/metrics"} {
		if status, _ := b.get(path, ""); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// The page runs only its own script, and is not kept or framed by anybody.
func TestPageIsClosed(t *testing.T) {
	b := start(t, newShelf())
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.SetBasicAuth("", boardToken)
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	policy := w.Header().Get("Content-Security-Policy")
	_, nonce, _ := strings.Cut(policy, "script-src 'nonce-")
	nonce, _, _ = strings.Cut(nonce, "'")
	if len(nonce) < 20 || !strings.Contains(w.Body.String(), `<script nonce="`+nonce+`">`) {
		t.Errorf("nonce %q", nonce)
	}
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %s in %s", want, policy)
		}
	}
	if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Error(w.Header())
	}
}

func TestPagesAreCounted(t *testing.T) {
	b := start(t, newShelf())
	var leaves []func()
	for range maxWatchers {
		_, leave := b.board.watch()
		leaves = append(leaves, leave)
	}
	if status, _ := b.get("/events", boardToken); status != http.StatusServiceUnavailable {
		t.Errorf("one page too many: %d", status)
	}
	leaves[0]()
	b.watch()
}

// Told to stop, the server lets the pages go and ends well, in the middle of a
// reading too.
func TestStops(t *testing.T) {
	shelf := newShelf()
	shelf.gate = make(chan bool, 1)
	b := start(t, shelf)
	if status, _ := b.get("/healthz", ""); status != http.StatusServiceUnavailable {
		t.Errorf("healthy before the shop was read: %d", status)
	}
	b.watch()
	b.stop()
	select {
	case err := <-b.ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(2 * stopTimeout):
		t.Fatal("the server does not end")
	}
}

func TestTicketsAreStored(t *testing.T) {
	stored := make(chan string, 1)
	b := start(t, newShelf(), func(c *Config) {
		c.Ticket = func(_ context.Context, ticket string) error { stored <- ticket; return nil }
	})
	r := message(b.url+"/wechat", "", "1")
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(`<xml><AppId>wxc</AppId><InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket>ticket@@@1</ComponentVerifyTicket></xml>`)), -1
	if status, body := b.do(r); status != 200 || body != "success" {
		t.Fatal(status, body)
	}
	if got := <-stored; got != "ticket@@@1" {
		t.Errorf("stored %q", got)
	}
}

// BenchmarkFlood measures what one message costs the server in all: good ones, the
// same again, and forged ones. A thousand a second is a good deal less than one
// core as long as an operation takes less than a millisecond.
func BenchmarkFlood(b *testing.B) {
	receiver, err := push.New(push.Config{Token: pushToken})
	if err != nil {
		b.Fatal(err)
	}
	s := New(Config{Shop: "blankets", AppID: appid, Receiver: receiver, Reader: newShelf()})
	handler := s.Handler()
	serve := func(b *testing.B, want int, next func(i int) *http.Request) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			w := httptest.NewRecorder()
			if handler.ServeHTTP(w, next(i)); w.Code != want {
				b.Fatal(w.Code, w.Body)
			}
		}
		if n := s.queue.len(); n > 2 {
			b.Errorf("%d objects wait", n)
		}
	}
	b.Run("good", func(b *testing.B) {
		serve(b, 200, func(i int) *http.Request { return message("/wechat", "719", strconv.Itoa(i)) })
	})
	b.Run("replayed", func(b *testing.B) {
		serve(b, 200, func(int) *http.Request { return message("/wechat", "720", "same") })
	})
	b.Run("forged", func(b *testing.B) {
		serve(b, 403, func(int) *http.Request {
			r := message("/wechat", "719", "x")
			q := r.URL.Query()
			q.Set("nonce", "y")
			r.URL.RawQuery = q.Encode()
			return r
		})
	})
}
