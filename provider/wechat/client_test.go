package wechat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
)

const (
	testToken  = "68_Token-That-Must/Not+Appear="
	testSecret = "0123456789abcdef0123456789abcdef"
	success    = `{"errcode":0,"errmsg":"ok"}`
	busy       = `{"errcode":-1,"errmsg":"system error rid: 61138036-369570df-662222ee"}`
)

// noon is a moment 20 seconds into a minute, Beijing time.
var noon = time.Date(2026, 3, 1, 12, 0, 20, 0, schema.Beijing)

// answers is a server that gives one reply after the other, the last one for
// ever. A reply that begins with "HTTP " is a status with a page, one with "JSON "
// a status with a body, DROP closes the connection, HANG answers nothing, REDIRECT
// points elsewhere.
type answers struct {
	*httptest.Server
	mu       sync.Mutex
	replies  []string
	requests []*http.Request
	bodies   []string
	lengths  []int64
}

func serve(t *testing.T, replies ...string) *answers {
	a := &answers{replies: replies}
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	reply := a.replies[min(len(a.requests), len(a.replies)-1)]
	a.requests, a.bodies, a.lengths = append(a.requests, r), append(a.bodies, string(body)), append(a.lengths, r.ContentLength)
	a.mu.Unlock()
	switch {
	case reply == "DROP":
		panic(http.ErrAbortHandler)
	case reply == "HANG":
		<-r.Context().Done()
	case strings.HasPrefix(reply, "JSON "):
		status, body, _ := strings.Cut(strings.TrimPrefix(reply, "JSON "), " ")
		code, _ := strconv.Atoi(status)
		w.WriteHeader(code)
		io.WriteString(w, body)
	case reply == "REDIRECT" && r.URL.Path != "/elsewhere":
		http.Redirect(w, r, "/elsewhere?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
	case strings.HasPrefix(reply, "HTTP "):
		var status int
		fmt.Sscanf(reply, "HTTP %d", &status)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<html>%s</html>", r.URL) // as proxies do, the token is echoed
	default:
		w.Header().Set("Content-Type", "text/plain") // whatever the header says, it is JSON
		io.WriteString(w, reply)
	}
}

func (a *answers) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.requests)
}

// bench is a client whose pauses are recorded instead of waited for.
type bench struct {
	*Client
	log    bytes.Buffer
	pauses []time.Duration
	now    time.Time
}

func newBench(t *testing.T, endpoint string, change ...func(*Options)) *bench {
	b := &bench{now: noon}
	o := Options{
		Endpoint: endpoint, Tokens: StaticToken(testToken),
		Log: slog.New(slog.NewTextHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time { return b.now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			b.pauses = append(b.pauses, d)
			b.now = b.now.Add(d)
			return ctx.Err()
		},
	}
	for _, c := range change {
		c(&o)
	}
	client, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	b.Client = client
	return b
}

func failure(t *testing.T, err error) *provider.Error {
	t.Helper()
	e, ok := errors.AsType[*provider.Error](err)
	if !ok {
		t.Fatalf("error is %T (%v), want *provider.Error", err, err)
	}
	return e
}

// How an answer is understood, how often the call is sent, and that this differs
// between calls that read and calls that write exactly where nobody knows what
// happened.
func TestDoByAnswer(t *testing.T) {
	const reads, writes = false, true
	tests := []struct {
		name    string
		writes  bool
		replies []string
		want    provider.Class // "" for success
		calls   int
	}{
		{"success", writes, []string{success}, "", 1},
		{"success without errmsg", writes, []string{`{"errcode":0}`}, "", 1},
		{"busy, then success", reads, []string{busy, success}, "", 2},
		{"busy, writing: it may have happened all the same", writes, []string{busy, success}, provider.ClassUnknown, 1},
		{"too fast, then success, writing: nothing happened", writes, []string{`{"errcode":300000}`, success}, "", 2},
		{"busy for ever", reads, []string{busy}, provider.ClassRetry, 5},
		{"refused", writes, []string{`{"errcode":1000045,"errmsg":"x"}`}, provider.ClassFix, 1},
		{"unknown code", writes, []string{`{"errcode":1234567,"errmsg":"x"}`}, provider.ClassFix, 1},
		{"conflict", writes, []string{`{"errcode":1000002}`}, provider.ClassConflict, 1},
		{"nothing to do", writes, []string{`{"errcode":1000016}`}, provider.ClassNoop, 1},

		{"no errcode, reading", reads, []string{`{"spu":{}}`}, provider.ClassRetry, 5},
		{"no errcode, writing", writes, []string{`{"spu":{}}`}, provider.ClassUnknown, 1},
		{"not JSON, reading", reads, []string{`<html>`}, provider.ClassRetry, 5},
		{"not JSON, writing", writes, []string{`<html>`}, provider.ClassUnknown, 1},
		{"cut JSON, writing", writes, []string{`{"errcode":0,"data`}, provider.ClassUnknown, 1},
		{"empty, writing", writes, []string{``}, provider.ClassUnknown, 1},
		{"dropped, reading", reads, []string{"DROP", success}, "", 2},
		{"dropped, writing", writes, []string{"DROP"}, provider.ClassUnknown, 1},
		{"no answer in time, reading", reads, []string{"HANG", success}, "", 2},
		{"no answer in time, writing", writes, []string{"HANG"}, provider.ClassUnknown, 1},
		{"HTTP 502, reading", reads, []string{"HTTP 502", success}, "", 2},
		{"HTTP 502, writing", writes, []string{"HTTP 502"}, provider.ClassUnknown, 1},
		{"HTTP 503 that claims to be busy, writing", writes, []string{"JSON 503 " + busy}, provider.ClassUnknown, 1},
		{"HTTP 500 that claims success, writing", writes, []string{"JSON 500 " + success}, provider.ClassUnknown, 1},
		{"HTTP 404 that claims success", writes, []string{"JSON 404 " + success}, provider.ClassFix, 1},
		{"HTTP 400 with a code", writes, []string{`JSON 400 {"errcode":1000002}`}, provider.ClassConflict, 1},
		{"HTTP 429", writes, []string{"HTTP 429", success}, "", 2},
		{"HTTP 403 of a proxy", writes, []string{"HTTP 403"}, provider.ClassFix, 1},
		{"redirect", writes, []string{"REDIRECT"}, provider.ClassFix, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := serve(t, tt.replies...)
			b := newBench(t, server.URL, func(o *Options) { o.Timeout = 200 * time.Millisecond })
			err := b.Do(t.Context(), Call{Path: "/shop/spu/any", Writes: tt.writes}, nil)
			if got := provider.ClassOf(err); got != tt.want || (err == nil) != (tt.want == "") {
				t.Errorf("class = %q (%v), want %q", got, err, tt.want)
			}
			if got := server.count(); got != tt.calls {
				t.Errorf("%d calls, want %d", got, tt.calls)
			}
		})
	}
}

func TestDoSendsOneFormOfRequest(t *testing.T) {
	server := serve(t, success)
	if err := newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/cat/get"}, nil); err != nil {
		t.Fatal(err)
	}
	r := server.requests[0]
	got := []string{r.Method, r.URL.Path, r.URL.Query().Get("access_token"), r.Header.Get("Content-Type"), server.bodies[0], fmt.Sprint(server.lengths[0])}
	if diff := cmp.Diff([]string{"POST", "/shop/cat/get", testToken, "application/json", "{}", "2"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDoDecodesTheReply(t *testing.T) {
	server := serve(t, `{"errcode":0,"data":{"product_id":9007199254740993}}`)
	var reply struct {
		Data struct {
			ProductID ID `json:"product_id"`
		}
	}
	if err := newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/x"}, &reply); err != nil {
		t.Fatal(err)
	}
	if reply.Data.ProductID != "9007199254740993" {
		t.Errorf("product_id = %s", reply.Data.ProductID)
	}
}

func TestRefusalTellsAllItKnows(t *testing.T) {
	server := serve(t, `{"errcode":1000002,"errmsg":"商品审核中 rid: 64aa0011-00112233-44556677"}`)
	e := failure(t, newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/spu/update", Writes: true}, nil))
	known, _ := Lookup(1000002)
	want := &provider.Error{
		Class: provider.ClassConflict, Call: "spu/update", Code: 1000002, Message: "商品审核中", RID: "64aa0011-00112233-44556677",
		Meaning: known.Meaning, Remedy: known.Remedy, Conflict: provider.ConflictInReview,
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
}

func TestConflictsAndMissing(t *testing.T) {
	tests := []struct {
		code     int
		path     string
		conflict provider.Conflict
		notFound bool
	}{
		{1000002, "/shop/spu/update", provider.ConflictInReview, false},
		{1050009, "/shop/audit/audit_category", provider.ConflictInReview, false},
		{1000012, "/shop/spu/add", provider.ConflictExists, false},
		{1000003, "/shop/spu/get", provider.ConflictNotOnline, false},
		{1000004, "/shop/spu/update_without_audit", provider.ConflictSKU, false},
		{1000017, "/shop/spu/add", provider.ConflictNotPushed, false},
		{1000013, "/shop/spu/update", provider.ConflictChanged, false},
		{1000011, "/shop/spu/get", provider.ConflictNone, true},
		{9401002, "/shop/spu/get", provider.ConflictNone, true},
		{1000001, "/shop/spu/del", provider.ConflictNone, true},
		{1000001, "/shop/spu/add", provider.ConflictNone, false}, // there it means that the id is missing
	}
	for _, tt := range tests {
		server := serve(t, fmt.Sprintf(`{"errcode":%d,"errmsg":"x"}`, tt.code))
		e := failure(t, newBench(t, server.URL).Do(t.Context(), Call{Path: tt.path, Writes: true}, nil))
		if e.Conflict != tt.conflict || e.NotFound != tt.notFound || e.Class != provider.ClassConflict {
			t.Errorf("%d on %s: conflict %q, not found %v, class %q", tt.code, tt.path, e.Conflict, e.NotFound, e.Class)
		}
	}
}

// Pauses double, and half of each is random.
func TestBackoff(t *testing.T) {
	server := serve(t, busy)
	b := newBench(t, server.URL)
	failure(t, b.Do(t.Context(), Call{Path: "/shop/x"}, nil))
	limits := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}
	if len(b.pauses) != len(limits) {
		t.Fatalf("pauses = %v, want %d of them", b.pauses, len(limits))
	}
	for i, d := range b.pauses {
		if d < limits[i]/2 || d > limits[i] {
			t.Errorf("pause %d = %v, want %v to %v", i+1, d, limits[i]/2, limits[i])
		}
	}
}

func TestMinuteQuotaWaitsForTheNextMinute(t *testing.T) {
	server := serve(t, `{"errcode":45011,"errmsg":"freq"}`, success)
	b := newBench(t, server.URL)
	if err := b.Do(t.Context(), Call{Path: "/shop/x", Writes: true}, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{40 * time.Second}, b.pauses); diff != "" {
		t.Error(diff)
	}
}

// A deadline before the next minute is respected, and the caller is told how long
// to wait.
func TestMinuteQuotaBeforeADeadline(t *testing.T) {
	server := serve(t, `{"errcode":45011,"errmsg":"freq"}`)
	b := newBench(t, server.URL)
	b.now = time.Now().Truncate(time.Minute).Add(20 * time.Second)
	ctx, cancel := context.WithDeadline(t.Context(), b.now.Add(30*time.Second).Add(time.Hour))
	defer cancel()
	b.now = b.now.Add(time.Hour) // 30 seconds before the deadline, 40 before the minute
	e := failure(t, b.Do(ctx, Call{Path: "/shop/x"}, nil))
	if e.Class != provider.ClassLater || e.RetryAfter != 40*time.Second || len(b.pauses) != 0 || server.count() != 1 {
		t.Errorf("class %q, retry after %v, %d pauses, %d calls", e.Class, e.RetryAfter, len(b.pauses), server.count())
	}
}

func TestQuotasSayWhenToComeBack(t *testing.T) {
	tests := []struct {
		code        int
		after       time.Duration
		submissions bool
	}{
		{45009, 12*time.Hour - 20*time.Second, false}, // midnight in Beijing
		{1000019, time.Hour, true},
	}
	for _, tt := range tests {
		server := serve(t, fmt.Sprintf(`{"errcode":%d}`, tt.code))
		e := failure(t, newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/spu/add", Writes: true}, nil))
		if e.Class != provider.ClassLater || e.RetryAfter != tt.after || e.SubmissionLimit != tt.submissions || server.count() != 1 {
			t.Errorf("%d: class %q, retry after %v, submissions %v, %d calls", tt.code, e.Class, e.RetryAfter, e.SubmissionLimit, server.count())
		}
	}
}

// Reads have denied existing products (reference 8.0): they are asked again.
func TestMissingIsRechecked(t *testing.T) {
	const missing = `{"errcode":1000011,"errmsg":"x"}`
	tests := []struct {
		name     string
		replies  []string
		rechecks int
		found    bool
		calls    int
	}{
		{"found at the third look", []string{missing, missing, success}, 2, true, 3},
		{"believed after two rechecks", []string{missing}, 2, false, 3},
		{"believed at once", []string{missing}, 0, false, 1},
	}
	for _, tt := range tests {
		server := serve(t, tt.replies...)
		err := newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/spu/get", Rechecks: tt.rechecks}, nil)
		if (err == nil) != tt.found || !tt.found && !errors.Is(err, provider.ErrNotFound) || server.count() != tt.calls {
			t.Errorf("%s: %v after %d calls", tt.name, err, server.count())
		}
	}
}

func TestFinalCodesAreNotRepeated(t *testing.T) {
	server := serve(t, `{"errcode":1050005}`)
	e := failure(t, newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/audit/result", Final: []int{1050005}}, nil))
	if e.Code != 1050005 || server.count() != 1 {
		t.Errorf("code %d after %d calls", e.Code, server.count())
	}
}

// An unreachable platform cannot have done anything, even for a writing call.
func TestUnreachable(t *testing.T) {
	server := serve(t, success)
	server.Close()
	e := failure(t, newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/spu/add", Writes: true}, nil))
	if e.Class != provider.ClassRetry {
		t.Errorf("class = %q (%v), want retry", e.Class, e)
	}
}

func TestInterruptedWriteIsUnknown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		cancel() // the call has arrived; now the user interrupts
		<-r.Context().Done()
	}))
	defer server.Close()
	err := newBench(t, server.URL).Do(ctx, Call{Path: "/shop/spu/add", Writes: true}, nil)
	if provider.ClassOf(err) != provider.ClassUnknown || !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want an unknown outcome because of the interrupt", err)
	}
}

func TestCancelledBeforeSending(t *testing.T) {
	server := serve(t, success)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := newBench(t, server.URL).Do(ctx, Call{Path: "/shop/spu/add", Writes: true}, nil)
	if provider.ClassOf(err) != provider.ClassRetry || !errors.Is(err, context.Canceled) || server.count() != 0 {
		t.Errorf("error = %v after %d calls", err, server.count())
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	server := serve(t, "REDIRECT")
	failure(t, newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/x"}, nil))
	if server.count() != 1 || server.requests[0].URL.Path == "/elsewhere" {
		t.Errorf("%d calls; the redirect was followed", server.count())
	}
}

// A file is streamed with a known length, opened anew for each attempt, and its
// text parts carry no content type (reference 5: that made 1070001).
func TestUploadStreams(t *testing.T) {
	server := serve(t, busy, success)
	content, opened := strings.Repeat("picture", 1000), 0
	form := &Form{
		Fields: []Field{{"resp_type", "1"}, {"upload_type", "0"}},
		File: &File{Field: "media", Name: `毛毯".png`, ContentType: "image/png", Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
			opened++
			return io.NopCloser(strings.NewReader(content)), nil
		}},
	}
	if err := newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/img/upload", Form: form}, nil); err != nil {
		t.Fatal(err)
	}
	if opened != 2 {
		t.Errorf("the file was opened %d times, want once for each of 2 attempts", opened)
	}
	type part struct{ Name, File, Type, Content string }
	want := []part{{"resp_type", "", "", "1"}, {"upload_type", "", "", "0"}, {"media", `毛毯".png`, "image/png", content}}
	for i, body := range server.bodies {
		if server.lengths[i] != int64(len(body)) {
			t.Errorf("attempt %d: Content-Length %d, body %d", i+1, server.lengths[i], len(body))
		}
		_, params, err := mime.ParseMediaType(server.requests[i].Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		var got []part
		reader := multipart.NewReader(strings.NewReader(body), params["boundary"])
		for p, err := reader.NextPart(); err == nil; p, err = reader.NextPart() {
			b, _ := io.ReadAll(p)
			got = append(got, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(b)})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attempt %d: %s", i+1, diff)
		}
	}
}

func TestUploadOfAFileThatChanged(t *testing.T) {
	for _, size := range []int64{3, 5} {
		server := serve(t, success)
		form := &Form{File: &File{Field: "media", Name: "a.png", Size: size, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("four")), nil
		}}}
		e := failure(t, newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/img/upload", Form: form}, nil))
		if e.Class != provider.ClassFix || !errors.Is(e, errFileChanged) {
			t.Errorf("size %d: %v", size, e)
		}
	}
}

func TestCheckEndpoint(t *testing.T) {
	for endpoint, valid := range map[string]bool{
		"https://api.weixin.qq.com":    true,
		"http://127.0.0.1:8080":        true,
		"http://localhost:1":           true,
		"http://[::1]:1/prefix":        true,
		"http://api.weixin.qq.com":     false,
		"http://127.0.0.1.example.com": false,
		"ftp://127.0.0.1":              false,
		"127.0.0.1:8080":               false,
		"https://user:pw@example.com":  false,
		"https://example.com?a=b":      false,
		"":                             false,
		"https://%zz":                  false,
	} {
		if err := CheckEndpoint(endpoint); (err == nil) != valid {
			t.Errorf("CheckEndpoint(%q) = %v", endpoint, err)
		}
	}
	if err := CheckEndpoint("https://user:hunter2@example.com"); strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error shows the password: %v", err)
	}
}

func TestTraceHasOneLineForEachAttempt(t *testing.T) {
	server := serve(t, busy, success)
	b := newBench(t, server.URL)
	if err := b.Do(t.Context(), Call{Path: "/shop/spu/get"}, nil); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines:\n%s", len(lines), b.log.String())
	}
	for _, want := range []string{"path=/shop/spu/get", "attempt=1", "errcode=-1", "rid=61138036-369570df-662222ee", "status=200", "sent=2", fmt.Sprintf("received=%d", len(busy)), "took="} {
		if !strings.Contains(lines[0], want) {
			t.Errorf("no %q in %s", want, lines[0])
		}
	}
}

// Whatever goes wrong, neither the error nor the log shows the token or the secret.
func TestNoSecretIsEverShown(t *testing.T) {
	echo := `{"errcode":40013,"errmsg":"invalid appid, secret ` + testSecret + ` token ` + testToken + `"}`
	closed := serve(t, success)
	closed.Close()
	tests := map[string]*answers{
		"refused connection": closed,
		"timeout":            serve(t, "HANG"),
		"dropped":            serve(t, "DROP"),
		"HTML that echoes":   serve(t, "HTTP 404"),
		"HTML with 502":      serve(t, "HTTP 502"),
		"redirect":           serve(t, "REDIRECT"),
		"malformed JSON":     serve(t, `{"errcode":`+testToken),
		"text that echoes":   serve(t, testToken+testSecret),
		"message that echos": serve(t, echo),
		"refused token":      serve(t, `{"errcode":40001,"errmsg":"invalid credential"}`),
		"success":            serve(t, success),
	}
	for name, server := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, server.URL, func(o *Options) { o.Timeout = 50 * time.Millisecond })
			b.secrets.Add(testSecret)
			err := b.Do(t.Context(), Call{Path: "/shop/spu/add", Writes: true}, nil)
			o := Options{Endpoint: server.URL, Log: b.Client.log, Timeout: 50 * time.Millisecond, Sleep: func(context.Context, time.Duration) error { return nil }}
			stable, stableErr := NewStableToken("wx1", testSecret, o)
			classic, classicErr := NewClassicToken("wx1", testSecret, o) // the secret stands in its URL
			if err := errors.Join(stableErr, classicErr); err != nil {
				t.Fatal(err)
			}
			shown := fmt.Sprintf("%v %+v", err, err)
			for _, source := range []*appToken{stable.appToken, classic.appToken} {
				source.client.secrets.Add(testToken) // as if it had been fetched before
				_, tokenErr := source.Token(t.Context())
				shown += fmt.Sprintf(" %v %+v", tokenErr, tokenErr)
			}
			shown += b.log.String()
			for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
				shown += inner.Error()
			}
			for _, secret := range []string{testToken, "68_Token", testSecret} {
				if strings.Contains(shown, secret) {
					t.Errorf("%q is shown: %s", secret, shown)
				}
			}
		})
	}
}

// What answers a token request may be a token, however it is wrapped.
func TestTokenReplyIsNeverQuoted(t *testing.T) {
	for _, reply := range []string{testToken, `{"access_token":"` + testToken, `{"access_token":["` + testToken + `"]}`, `["` + testToken + `"]`} {
		b, now := newBench(t, "http://127.0.0.1:1"), noon
		source := stable(t, serve(t, reply), &now)
		source.client.log = b.Client.log
		_, err := source.Token(t.Context())
		if shown := fmt.Sprint(err, b.log.String()); err == nil || strings.Contains(shown, "68_Token") {
			t.Errorf("the token is shown: %s", shown)
		}
	}
}

// What is longer than any answer is not taken into memory to its end.
func TestAnswerHasALimit(t *testing.T) {
	if _, err := readAnswer(io.NopCloser(endless{})); !errors.Is(err, errLongAnswer) {
		t.Errorf("an endless answer: %v", err)
	}
	if text, err := readAnswer(io.NopCloser(strings.NewReader("{}"))); text != "{}" || err != nil {
		t.Errorf("the next answer: %q, %v", text, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// An excerpt is cut after the secrets are taken out, not before.
func TestExcerptShowsNoPartOfASecret(t *testing.T) {
	b := newBench(t, "http://127.0.0.1:1")
	b.secrets.Add(testToken)
	if got := b.excerpt(strings.Repeat("x", excerptLen-10) + testToken); strings.Contains(got, "68_") {
		t.Errorf("excerpt = %s", got)
	}
}

// One bucket for each endpoint; the longest prefix decides.
func TestLimiter(t *testing.T) {
	b := newBench(t, "http://127.0.0.1:1", func(o *Options) {
		o.Limits = []Limit{{Prefix: "/shop/", PerSecond: 10, Burst: 2}, {Prefix: "/shop/cat/", PerSecond: 1, Burst: 1}}
	})
	wait := func(path string) time.Duration {
		t.Helper()
		b.pauses = nil
		if err := b.limiter.wait(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		var total time.Duration
		for _, d := range b.pauses {
			total += d
		}
		return total.Round(time.Millisecond)
	}
	steps := []struct {
		path string
		want time.Duration
	}{
		{"/shop/spu/get", 0}, {"/shop/spu/get", 0}, {"/shop/spu/get", 100 * time.Millisecond},
		{"/shop/spu/add", 0}, // another endpoint, another bucket
		{"/shop/cat/get", 0}, {"/shop/cat/get", time.Second},
		{"/cgi-bin/token", 0}, {"/cgi-bin/token", 0}, // nothing limits it
	}
	for i, step := range steps {
		if got := wait(step.path); got != step.want {
			t.Errorf("step %d, %s: waited %v, want %v", i+1, step.path, got, step.want)
		}
	}
}

func TestTooFastSlowsTheEndpointDownForAWhile(t *testing.T) {
	server := serve(t, `{"errcode":300000}`, success)
	b := newBench(t, server.URL, func(o *Options) { o.Limits = []Limit{{PerSecond: 8, Burst: 1}} })
	if err := b.Do(t.Context(), Call{Path: "/shop/x"}, nil); err != nil {
		t.Fatal(err)
	}
	rate := func() float64 { return float64(b.limiter.bucket("/shop/x", b.now).Limit()) }
	if got := rate(); got != 2 {
		t.Errorf("slowed down to %v per second, want 2", got)
	}
	b.now = b.now.Add(slowFor)
	if got := rate(); got != 8 {
		t.Errorf("later %v per second, want 8 again", got)
	}
}

// Within any 30 seconds the default limits stay below the platform's 800 calls.
func TestDefaultLimitsKeepWithinThePlatforms(t *testing.T) {
	for _, l := range DefaultLimits {
		if most := float64(l.Burst) + 30*l.PerSecond; most > 800 {
			t.Errorf("%q allows %v calls in 30 seconds", l.Prefix, most)
		}
		if l.Source == "" {
			t.Errorf("%q has no source", l.Prefix)
		}
	}
	if diff := cmp.Diff(Limit{Prefix: "/shop/cat/get"}, must(newLimiter(nil, nil, nil).match("/shop/cat/get")), cmpopts.IgnoreFields(Limit{}, "PerSecond", "Burst", "Source")); diff != "" {
		t.Error(diff)
	}
}

func must[T any](v T, _ bool) T { return v }

// A call is waited for while it is sent and sent again, under the name of what it is
// about, and no longer.
func TestCallsAreUnderwayUntilTheyAreOver(t *testing.T) {
	u := new(provider.Underway)
	var seen []provider.Awaited
	platform := roundTrip(func(*http.Request) (*http.Response, error) {
		oldest, _ := u.Oldest(time.Now())
		seen = append(seen, oldest)
		if len(seen) == 1 {
			return nil, errors.New("connection reset")
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"errcode":0}`))}, nil
	})
	c, err := NewClient(Options{Tokens: StaticToken("t"), Transport: platform, Underway: u, Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Do(provider.About(t.Context(), "spu.towel"), Call{Path: "/shop/spu/get"}, nil); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 2 || seen[0].Call != "spu/get" || seen[0].About != "spu.towel" || seen[1].Tries != 2 || !seen[1].Since.Equal(seen[0].Since) {
		t.Errorf("under way: %+v", seen)
	}
	if _, calls := u.Oldest(time.Now()); calls != 0 {
		t.Errorf("%d calls are under way after the end", calls)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
