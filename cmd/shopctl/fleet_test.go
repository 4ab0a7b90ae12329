package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/fleet"
	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// platform is one endpoint with many shops behind it, each with a secret of its own.
type platform struct {
	t     testing.TB
	boxes map[string]*sandbox.Sandbox // by appid

	mu     sync.Mutex
	tokens map[string]string // appid by token
}

func secretOf(appid string) string { return fmt.Sprintf("%032s", strings.TrimPrefix(appid, "wx")) }

func newPlatform(t testing.TB, appids []string) *platform {
	p := &platform{t: t, boxes: map[string]*sandbox.Sandbox{}, tokens: map[string]string{}}
	for _, appid := range appids {
		box, err := sandbox.New(sandbox.Options{AppID: appid, Secret: secretOf(appid)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { box.Close() })
		p.boxes[appid] = box
	}
	return p
}

// ServeHTTP hands a call to the shop whose token it carries. A secret that is
// offered to another shop than its own fails the test.
func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if token := r.URL.Query().Get("access_token"); token != "" {
		p.mu.Lock()
		box := p.boxes[p.tokens[token]]
		p.mu.Unlock()
		box.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Error(err)
	}
	var login struct{ AppID, Secret string }
	if err := json.Unmarshal(body, &login); err != nil || login.Secret != secretOf(login.AppID) {
		p.t.Errorf("%s was offered the secret %s: %v", login.AppID, login.Secret, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	reply := httptest.NewRecorder()
	p.boxes[login.AppID].ServeHTTP(reply, r)
	var granted struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(reply.Body.Bytes(), &granted); err != nil {
		p.t.Error(err)
	}
	p.mu.Lock()
	p.tokens[granted.AccessToken] = login.AppID
	p.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Write(reply.Body.Bytes())
}

func appidOf(i int) string { return fmt.Sprintf("wx%016x", i+1) }

// smallShop writes a catalog that has merchant settings and nothing else.
func smallShop(t testing.TB, root string, i int) (dir string) {
	dir = filepath.Join(root, "shops", fmt.Sprintf("s%03d", i))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`shop "shop %[1]d" {
  platform = "component"
  appid    = %[2]q
}

merchant {
  service_agent_type  = ["wechat", "page", "phone"]
  service_agent_path  = "pages/service/index"
  service_agent_phone = "020-8888%04[1]d"

  default_receiving_address {
    receiver_name    = "张三"
    tel_number       = "13800000000"
    province         = "福建省"
    city             = "厦门市"
    town             = "思明区"
    detailed_address = "莲前街道 %[1]d 号"
  }
}
`, i, appidOf(i))
	if err := os.WriteFile(filepath.Join(dir, "shop.hcl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// runFleet runs the program in this process and reads its JSON document.
func runFleet(t testing.TB, ctx context.Context, env map[string]string, args ...string) (code int, doc fleetDocument) {
	t.Helper()
	open := func() *os.File {
		f, err := os.CreateTemp(t.TempDir(), "out")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	out, errs := open(), open()
	a := newApp(open(), out, errs, func(name string) string { return env[name] })
	code = a.run(ctx, append(args, "--format", "json"))
	b, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return code, doc
}

// fleetDocument is what the test reads of the report.
type fleetDocument struct {
	Shops  []fleet.Result        `json:"shops"`
	Counts map[fleet.Outcome]int `json:"counts"`
	Totals struct {
		Counts map[string]int `json:"counts"`
		Work   fleet.Work     `json:"work"`
	} `json:"totals"`
}

// newFleetOf makes a repository of so many small shops, and their platform.
func newFleetOf(t testing.TB, shops int) (root string, env map[string]string, p *platform) {
	root, env = t.TempDir(), map[string]string{}
	var appids []string
	for i := range shops {
		smallShop(t, root, i)
		appids = append(appids, appidOf(i))
		env["WECHAT_APPSECRET_"+appidOf(i)] = secretOf(appidOf(i))
	}
	p = newPlatform(t, appids)
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	env["SHOPCTL_ENDPOINT"] = server.URL
	return root, env, p
}

// Two hundred shops, four of them broken each in its own way: the others are
// done, once each, and one report says so.
func TestBrokenShopsLeaveTheOthersAlone(t *testing.T) {
	const shops = 200
	root, env, p := newFleetOf(t, shops)
	dir := func(i int) string { return filepath.Join(root, "shops", fmt.Sprintf("s%03d", i)) }
	const badHCL, noCredentials, locked, wrongState = 17, 60, 101, 180

	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir(badHCL), "shop.hcl"), "shop \"torn\" {\n  appid = [\n")
	delete(env, "WECHAT_APPSECRET_"+appidOf(noCredentials))
	env["WECHAT_APPSECRET"] = "the secret of nobody in particular"
	holder := state.NewLocal(filepath.Join(dir(locked), "shopctl.state.jsonl"))
	if _, err := holder.Lock(t.Context(), state.LockInfo{ID: "held", Operation: "apply", Who: "li@ci-7"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { holder.Unlock(context.Background(), "held") })
	other := state.NewLocal(filepath.Join(dir(wrongState), "shopctl.state.jsonl"))
	session, _, err := state.Open(t.Context(), other, state.ShopID{Platform: "component", AppID: appidOf(999)}, state.LockInfo{ID: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(session.PutImage(t.Context(), "sha256:00", "https://example.com/0", time.Now()), session.Close(t.Context())); err != nil {
		t.Fatal(err)
	}

	code, doc := runFleet(t, t.Context(), env, "-C", root, "fleet", "apply", "--auto-approve", "--parallelism", "8")
	if code != int(exitError) {
		t.Errorf("exit code %d", code)
	}
	broken := map[string]string{
		fmt.Sprintf("shops/s%03d", badHCL):        "the catalog has 1 error",
		fmt.Sprintf("shops/s%03d", noCredentials): "no credentials",
		fmt.Sprintf("shops/s%03d", locked):        "locked by li@ci-7",
		fmt.Sprintf("shops/s%03d", wrongState):    "the state belongs to",
	}
	if len(doc.Shops) != shops || doc.Counts[fleet.OutcomeDone] != shops-len(broken) || doc.Counts[fleet.OutcomeFailed] != len(broken) {
		t.Errorf("%d shops in the report: %v", len(doc.Shops), doc.Counts)
	}
	for _, r := range doc.Shops {
		if why := broken[r.Dir]; why == "" {
			if r.Outcome != fleet.OutcomeDone || r.Counts["done"] != 1 {
				t.Errorf("%s is %s: %+v", r.Dir, r.Outcome, r.Error)
			}
		} else if r.Error == nil || !strings.Contains(r.Error.What.EN, why) {
			t.Errorf("%s: %+v; want %q", r.Dir, r.Error, why)
		}
	}
	for i := range shops {
		want := 1
		if broken[fmt.Sprintf("shops/s%03d", i)] != "" {
			want = 0
		}
		if got := settingsWritten(p.boxes[appidOf(i)], fmt.Sprintf("莲前街道 %d 号", i)); got != want {
			t.Errorf("shop %d got its settings %d times", i, got)
		}
	}
}

// settingsWritten counts the writing calls of a shop that carry its own address.
// Any other makes it negative.
func settingsWritten(box *sandbox.Sandbox, address string) (n int) {
	for _, call := range box.Calls() {
		switch {
		case !call.Writing:
		case strings.Contains(call.Body, address):
			n++
		default:
			return -1
		}
	}
	return n
}

// The first interrupt ends all shops gently: those under way save what they did,
// the others are not begun, and the report tells which.
func TestInterruptedFleetTellsWhatItLeft(t *testing.T) {
	const shops = 12
	root, env, p := newFleetOf(t, shops)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var once sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.ServeHTTP(w, r)
		if strings.HasSuffix(r.URL.Path, "update_info") {
			once.Do(interrupt)
		}
	}))
	defer server.Close()
	env["SHOPCTL_ENDPOINT"] = server.URL

	code, doc := runFleet(t, ctx, env, "-C", root, "fleet", "apply", "--auto-approve", "--parallelism", "2")
	if code != int(exitInterrupted) {
		t.Errorf("exit code %d", code)
	}
	if len(doc.Shops) != shops || doc.Counts[fleet.OutcomeSkipped] < shops-4 {
		t.Errorf("%d shops in the report: %v", len(doc.Shops), doc.Counts)
	}
	code, doc = runFleet(t, t.Context(), env, "-C", root, "fleet", "apply", "--auto-approve")
	if code != int(exitDone) || doc.Counts[fleet.OutcomeDone] != shops {
		t.Errorf("the next run: exit code %d, %v", code, doc.Counts)
	}
	for i := range shops {
		if got := settingsWritten(p.boxes[appidOf(i)], fmt.Sprintf("莲前街道 %d 号", i)); got != 1 {
			t.Errorf("shop %d got its settings %d times", i, got)
		}
	}
}

// A shop whose platform does not answer has its time, and the others theirs.
func TestTimeoutOfOneShop(t *testing.T) {
	root, env, p := newFleetOf(t, 3)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		slow := p.tokens[r.URL.Query().Get("access_token")] == appidOf(1)
		p.mu.Unlock()
		if slow {
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done() // until the caller gives up
			return
		}
		p.ServeHTTP(w, r)
	}))
	defer server.Close()
	env["SHOPCTL_ENDPOINT"] = server.URL
	code, doc := runFleet(t, t.Context(), env, "-C", root, "fleet", "status", "--timeout", "2s", "s001")
	if e := doc.Shops[0].Error; code != int(exitError) || e == nil || !strings.Contains(e.What.EN, "its time was up (--timeout 2s)") {
		t.Errorf("exit code %d, %+v", code, e)
	}
	code, doc = runFleet(t, t.Context(), env, "-C", root, "fleet", "plan", "s000", "s002")
	if code != int(exitDone) || doc.Counts[fleet.OutcomeChanges] != 2 {
		t.Errorf("the others: exit code %d, %v", code, doc.Counts)
	}
}

// The group chat hears once of all shops, and nothing of a run in which nothing
// happened.
func TestFleetTellsTheChat(t *testing.T) {
	root, env, _ := newFleetOf(t, 3)
	var heard []string
	chat := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var m struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Error(err)
		}
		heard = append(heard, m.Text)
	}))
	defer chat.Close()
	env["SHOPCTL_NOTIFY_WEBHOOK"] = chat.URL
	secret := env["WECHAT_APPSECRET_"+appidOf(1)]
	delete(env, "WECHAT_APPSECRET_"+appidOf(1))
	runFleet(t, t.Context(), env, "-C", root, "--lang", "en", "fleet", "apply", "--auto-approve")
	if len(heard) != 1 || !strings.Contains(heard[0], "3 shops: 2 as declared, 1 failed.") || !strings.Contains(heard[0], "✗ shops/s001: failed: there are no credentials") {
		t.Fatalf("the chat heard %q", heard)
	}
	env["WECHAT_APPSECRET_"+appidOf(1)] = secret
	runFleet(t, t.Context(), env, "-C", root, "fleet", "apply", "--auto-approve", "s000")
	runFleet(t, t.Context(), env, "-C", root, "fleet", "plan")
	if len(heard) != 1 {
		t.Errorf("the chat heard of runs in which nothing happened: %q", heard[1:])
	}
}

// A task is done as it was read, on the shop it was read for, or not at all.
func TestTasksOfAnotherPlanOrShop(t *testing.T) {
	root, env, p := newFleetOf(t, 1)
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	a := newApp(null, null, null, func(name string) string { return env[name] })
	a.view = &view.View{Out: io.Discard, Err: io.Discard, Lang: lang.EN}
	a.log = slog.New(slog.DiscardHandler)
	a.global.dir = root
	do := a.shopRunner(true, nil)
	task := fleet.Task{
		Verb: fleet.VerbPlan, Dir: "shops/s000", Shop: state.ShopID{Platform: "component", AppID: appidOf(0)},
		Options: fleet.Options{Refresh: true, Parallelism: 1, Uploads: 1},
	}
	plan, logs := do(t.Context(), task)
	if plan.Outcome != fleet.OutcomeChanges || plan.Plan == "" || !bytes.Contains(logs.Text, []byte("change settings")) || !json.Valid(logs.JSON) {
		t.Fatalf("plan: %+v\n%s", plan, logs.Text)
	}
	task.Verb = fleet.VerbApply
	for _, c := range []struct {
		name   string
		change func(*fleet.Task)
		why    string // "" when it is done
	}{
		{"another plan", func(t *fleet.Task) { t.Read = "another" }, "not the one that was shown"},
		{"another shop", func(t *fleet.Task) { t.Shop.AppID = appidOf(7) }, "the directory is about " + appidOf(0)},
		{"no such directory", func(t *fleet.Task) { t.Dir = "shops/nowhere" }, "the catalog has 1 error"},
		{"no such verb", func(t *fleet.Task) { t.Verb = "dance" }, "does not know the task"},
		{"as it was read", func(t *fleet.Task) { t.Read = plan.Plan }, ""},
	} {
		changed := task
		c.change(&changed)
		r, _ := do(t.Context(), changed)
		if c.why == "" && (r.Error != nil || r.Outcome != fleet.OutcomeDone) || c.why != "" && (r.Error == nil || !strings.Contains(r.Error.What.EN, c.why)) {
			t.Errorf("%s: %s, %+v; want %q", c.name, r.Outcome, r.Error, c.why)
		}
	}
	if got := settingsWritten(p.boxes[appidOf(0)], "莲前街道 0 号"); got != 1 {
		t.Errorf("the settings were written %d times", got)
	}
}

// While --wait lasts, a shop is looked at again when a verdict or its budget may
// have moved it, and what follows needs no second approval.
func TestShopsThatAreDue(t *testing.T) {
	now := time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC)
	past, later := now.Add(-time.Second), now.Add(time.Hour)
	tally := fleet.NewTally(fleet.VerbApply, nil)
	var pending []fleet.Task
	for _, c := range []struct {
		dir    string
		counts map[string]int
		next   *time.Time // when there is budget again
	}{
		{"in review", map[string]int{"pending": 1}, nil},
		{"in review, and out of budget", map[string]int{"pending": 1, "later": 9}, &later},
		{"out of budget", map[string]int{"later": 9}, &later},
		{"in budget again", map[string]int{"later": 9}, &past},
		{"stopped by another quota", map[string]int{"later": 9}, nil},
	} {
		tally.Add(fleet.Result{Dir: c.dir, Outcome: fleet.OutcomePending, Counts: c.counts, Budget: &fleet.Budget{Next: c.next}})
		pending = append(pending, fleet.Task{Dir: c.dir, Read: "the first plan"})
	}
	var due []string
	for _, task := range dueNow(pending, tally, now) {
		due = append(due, task.Dir)
		if task.Read != "" {
			t.Errorf("%s is held to the plan of its first go", task.Dir)
		}
	}
	if want := []string{"in review", "in review, and out of budget", "in budget again", "stopped by another quota"}; !slices.Equal(due, want) {
		t.Errorf("due: %q, want %q", due, want)
	}
}

// A plan over two hundred small shops, from the search for them to the report.
func BenchmarkFleetPlan(b *testing.B) {
	const shops = 200
	root, env, _ := newFleetOf(b, shops)
	b.ReportAllocs()
	for b.Loop() {
		code, doc := runFleet(b, b.Context(), env, "-C", root, "fleet", "plan", "--parallelism", "8")
		if code != int(exitDone) || doc.Counts[fleet.OutcomeChanges] != shops {
			b.Fatalf("exit code %d, %v", code, doc.Counts)
		}
	}
	b.ReportMetric(float64(shops*b.N)/b.Elapsed().Seconds(), "shops/s")
}
