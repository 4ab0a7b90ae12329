package reconcile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
)

// fate is what becomes of one request.
type fate string

const (
	answered       fate = ""
	lost           fate = "lost before it arrives"
	unanswered     fate = "its reply lost"
	busy           fate = "answered -1, nothing done"
	busyDone       fate = "answered -1, done all the same"
	broken         fate = "answered 502, nothing done"
	brokenDone     fate = "answered 502, done all the same"
	minuteFull     fate = "answered 45011"
	changed        fate = "answered 1000013, nothing done"
	expired        fate = "answered 42001"
	dayFull        fate = "answered 45009"
	notPushed      fate = "answered 1000017, saved and not pushed to review"
	killedBefore   fate = "the process killed before it leaves"
	killedAfter    fate = "the process killed before the reply"
	killedAnswered fate = "the process killed before the reply is recorded"
)

func (f fate) kills() bool { return f == killedBefore || f == killedAfter || f == killedAnswered }

// refusals are the codes that a fate answers with.
var refusals = map[fate]int{busy: -1, busyDone: -1, minuteFull: 45011, changed: 1000013, expired: 42001, dayFull: 45009}

// writing are the calls that change the shop.
var writing = map[string]bool{
	"/shop/img/upload": true, "/shop/account/update_info": true,
	"/shop/audit/audit_brand": true, "/shop/audit/audit_category": true,
	"/shop/spu/add": true, "/shop/spu/update": true, "/shop/spu/update_without_audit": true, "/shop/spu/del_audit": true,
	"/shop/spu/listing": true, "/shop/spu/delisting": true, "/shop/spu/del": true,
}

// line carries requests to a sandbox in the same process, decides their fates,
// and takes down what the platform accepted.
type line struct {
	sandbox *sandbox.Sandbox
	// fateOf decides about a request before it leaves.
	fateOf func(path string, body []byte) fate
	die    func(cutOff bool)

	mu     sync.Mutex
	dead   bool
	writes int
	// taken counts what was accepted, by call and body; audits are the ids of
	// accepted audits, and whether the process lived to hear them.
	taken  map[string]int
	audits map[string]bool
	// doubled are submissions that the platform refused because the same brand or
	// category, or the same content of a product, was under review.
	doubled []string
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	f, alive := l.next(r.URL.Path, body)
	if !alive || f == killedBefore {
		l.die(true)
		return nil, errDead
	}
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		trace.GotConn(httptrace.GotConnInfo{}) // from here on it may have arrived
	}
	switch f {
	case lost:
		return nil, io.ErrUnexpectedEOF
	case broken:
		return reply(r, http.StatusBadGateway, nil), nil
	case busy, minuteFull, changed, expired, dayFull:
		return refused(r, f), nil
	case notPushed:
		if err := l.sandbox.Console().Inject(sandbox.Fault{Path: r.URL.Path, ErrCode: 1000017}); err != nil {
			return nil, err
		}
	}
	response := l.serve(r, body)
	l.take(r.URL.Path, body, response, f)
	switch f {
	case unanswered:
		return nil, io.ErrUnexpectedEOF
	case brokenDone:
		return reply(r, http.StatusBadGateway, nil), nil
	case busyDone:
		return refused(r, f), nil
	case killedAfter:
		l.die(true)
		return nil, errDead
	case killedAnswered:
		l.die(false)
	}
	return reply(r, http.StatusOK, response), nil
}

// next decides about a request; alive is false when there is no process any more
// that could have sent it.
func (l *line) next(path string, body []byte) (f fate, alive bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return answered, false
	}
	if writing[path] {
		l.writes++
	}
	f = l.fateOf(path, body)
	l.dead = f.kills()
	return f, true
}

func (l *line) serve(r *http.Request, body []byte) []byte {
	in := r.Clone(r.Context())
	in.Body, in.RemoteAddr = io.NopCloser(bytes.NewReader(body)), "127.0.0.1:1"
	out := httptest.NewRecorder()
	l.sandbox.ServeHTTP(out, in)
	return out.Body.Bytes()
}

// take notes what the platform has accepted.
func (l *line) take(path string, body, response []byte, f fate) {
	var answer struct {
		ErrCode int    `json:"errcode"`
		AuditID string `json:"audit_id"`
	}
	if json.Unmarshal(response, &answer) != nil || !writing[path] {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	again := answer.ErrCode == 1000002 && l.taken[path+" "+string(body)] > 0
	if again || answer.ErrCode == 1050003 || answer.ErrCode == 1050009 {
		l.doubled = append(l.doubled, path+" "+string(body))
	}
	if answer.ErrCode != 0 {
		return
	}
	if path == "/shop/img/upload" {
		body = nil // a boundary of its own each time
	}
	l.taken[path+" "+string(body)]++
	if answer.AuditID != "" {
		l.audits[answer.AuditID] = f == answered
	}
}

func refused(r *http.Request, f fate) *http.Response {
	text, _ := json.Marshal(map[string]any{"errcode": refusals[f], "errmsg": "refused"})
	return reply(r, http.StatusOK, text)
}

func reply(r *http.Request, status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Request: r, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}
}

// trial is one shop and one state under test, with a catalog that many trials
// share. Nothing of it touches the disk or the network.
type trial struct {
	*shop
	cat  *schema.Catalog
	line *line
	// full, when set, is asked before each entry whether the disk is full.
	full func() bool
	// width is how many objects are worked on at a time; 4 when zero.
	width int
	last  run
}

func newTrial(t testing.TB, knobs sandbox.Knobs, cat *schema.Catalog) *trial {
	tr := &trial{shop: &shop{t: t, store: &mortalStore{Memory: newMemory()}, wire: &wire{}}, cat: cat}
	tr.now.Store(time.Date(2026, 11, 22, 9, 0, 0, 0, schema.Beijing).UnixNano())
	var err error
	if tr.sandbox, err = sandbox.New(sandbox.Options{Now: tr.clock, Knobs: &knobs}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.sandbox.Close() })
	tr.line = &line{sandbox: tr.sandbox, taken: map[string]int{}, audits: map[string]bool{}}
	tr.calm()
	return tr
}

// calm lets every request be answered from now on.
func (tr *trial) calm() { tr.line.fateOf = func(string, []byte) fate { return answered } }

// strike gives the nth writing call from now on its fate.
func (tr *trial) strike(n int, f fate) {
	count := 0
	tr.line.fateOf = func(path string, _ []byte) fate {
		if !writing[path] {
			return answered
		}
		if count++; count == n {
			return f
		}
		return answered
	}
}

func (tr *trial) provider() *component.Provider {
	tr.t.Helper()
	common := wechat.Options{Endpoint: "http://127.0.0.1", Now: tr.clock, Sleep: tr.sleep, Transport: tr.line, Log: slog.New(slog.DiscardHandler)}
	tokens, err := wechat.NewStableToken(sandbox.DefaultAppID, sandbox.DefaultSecret, common)
	if err != nil {
		tr.t.Fatal(err)
	}
	p, err := component.New(component.Config{Endpoint: common.Endpoint, AppID: sandbox.DefaultAppID, Tokens: tokens,
		Now: tr.clock, Sleep: tr.sleep, Transport: tr.line, Limits: []wechat.Limit{}, Log: common.Log})
	if err != nil {
		tr.t.Fatal(err)
	}
	return p
}

// diskful is a store whose disk is full at times.
type diskful struct {
	*mortalStore
	full func() bool
}

var errDiskFull = errors.New("no space left on device")

func (d diskful) Append(ctx context.Context, entries ...state.Entry) error {
	if d.full != nil && d.full() {
		return errDiskFull
	}
	return d.mortalStore.Append(ctx, entries...)
}

// life is one process: it observes, plans and applies, and may be killed.
func (tr *trial) life(wait time.Duration) run {
	tr.t.Helper()
	tr.last = tr.live(wait)
	return tr.last
}

func (tr *trial) live(wait time.Duration) run {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tr.line.dead = false
	tr.line.die = func(cutOff bool) {
		tr.store.dead.Store(true)
		if cutOff {
			cancel()
		}
	}
	tr.store.dead.Store(false)
	store := diskful{tr.store, tr.full}
	session, _, err := state.Open(ctx, store, state.ShopID{Platform: "component", AppID: sandbox.DefaultAppID}, state.LockInfo{ID: "test", Operation: "apply"})
	if err != nil {
		return run{err: err}
	}
	defer func() {
		session.Close(ctx)
		if tr.line.dead { // the kernel frees the lock
			tr.store.Memory.Unlock(context.Background(), "test")
		}
	}()
	p, pol := tr.provider(), reconcile.Policy{Now: tr.clock()}
	obs, err := p.Observe(ctx, reconcile.ScopeOf(tr.cat, session.State(), pol))
	if err != nil {
		return run{err: err}
	}
	plan := reconcile.Make(tr.cat, session.State(), obs, pol)
	r := &reconcile.Run{Catalog: tr.cat, Provider: p, Session: session, Policy: pol, Observation: obs, Wait: wait,
		Parallelism: tr.width, UploadParallelism: tr.width, Allow: plan.Approver(), Now: tr.clock, Sleep: tr.sleep}
	report, err := r.Apply(ctx, plan)
	return run{plan: plan, report: report, err: err}
}

// remembered is the state as the next process will find it.
func (tr *trial) remembered() *state.State {
	tr.t.Helper()
	st, _, err := state.Read(context.Background(), tr.store.Memory, state.ShopID{Platform: "component", AppID: sandbox.DefaultAppID})
	if err != nil {
		tr.t.Fatal(err)
	}
	return st
}
