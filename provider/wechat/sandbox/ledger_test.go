package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// reopen closes the shop and opens its directory again, at the same time of day.
func (h *shop) reopen(dir string, knobs *Knobs) *shop {
	h.t.Helper()
	if err := h.Close(); err != nil {
		h.t.Fatal(err)
	}
	again := &shop{t: h.t, at: h.at, token: h.token}
	s, err := New(Options{Dir: dir, Now: func() time.Time { return again.at }, Knobs: knobs})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { s.Close() })
	again.Sandbox = s
	return again
}

// contents is everything in the books but the calls.
func (h *shop) contents() string {
	var b strings.Builder
	for r := range h.all() {
		if _, isCall := r.(*Call); !isCall {
			fmt.Fprintln(&b, r.key(), jsonOf(r))
		}
	}
	return b.String()
}

func TestAShopOutlivesItsProcess(t *testing.T) {
	dir := t.TempDir()
	h := openShop(t, Options{Dir: dir})
	h.openForBusiness()
	h.listed("b1")
	h.must("/shop/spu/update", h.blanket("b1"))
	h.audit("/shop/audit/audit_brand", h.brandAudit("示例牌", nil))
	c := h.Console()
	if err := errors.Join(c.ScriptVerdict("b1", Verdict{Reason: "主图模糊"}), c.Inject(Fault{Path: "/shop/none", ErrCode: -1}),
		c.Advance(time.Second), c.mergeKnobs([]byte(`{"list_order":"oldest"}`))); err != nil {
		t.Fatal(err)
	}
	want, calls := h.contents(), len(h.Calls())

	again := h.reopen(dir, nil)
	if got := again.contents(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := len(again.Calls()); got != calls {
		t.Errorf("%d calls, want %d", got, calls)
	}
	again.turn(time.Minute) // the token, the review, the script and the audit go on
	if got := again.spu("b1", 1); fmt.Sprint(got["edit_status"]) != "3" {
		t.Errorf("edit_status %v, want 3", got["edit_status"])
	}
	if n := len(again.must("/shop/account/get_brand_list", `{}`)["data"].([]any)); n != 1 {
		t.Errorf("%d brands, want 1", n)
	}
}

func TestGivenKnobsWinOverKept(t *testing.T) {
	dir := t.TempDir()
	h := openShop(t, Options{Dir: dir})
	k := Knobs{ListOrder: "oldest"}
	h = h.reopen(dir, &k)
	h = h.reopen(dir, nil)
	if got := h.Console().Knobs(); got.ListOrder != "oldest" {
		t.Errorf("knobs are %+v", got)
	}
}

// TestATornLedger cuts and spoils the file at many places of its last line, as a
// killed process or a bad disk would. What was answered before is never lost.
func TestATornLedger(t *testing.T) {
	dir := t.TempDir()
	h := openShop(t, Options{Dir: dir})
	h.openForBusiness()
	h.listed("first")
	before := h.spu("first", 0)
	h.must("/shop/spu/add", h.blanket("last"))
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, ledgerName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lastLine := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := lastLine; cut < len(whole); cut += 211 {
		for _, tail := range []string{"", "\x00\x00\x00", "}garbage\n"} {
			if err := os.WriteFile(path, append(slices.Clone(whole[:cut]), tail...), 0o644); err != nil {
				t.Fatal(err)
			}
			again := h.reopened(t, dir)
			if got := again.spu("first", 0); got["update_time"] != before["update_time"] {
				t.Fatalf("cut at %d: first product is %v", cut, got)
			}
			again.refused("/shop/spu/get", idOf("last"), 1000011)
			again.must("/shop/spu/add", again.blanket("last"))
			once := again.reopen(dir, nil)
			if n := len(once.products); n != 2 {
				t.Fatalf("cut at %d: %d products after writing on, want 2", cut, n)
			}
			if err := once.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// reopened is reopen for a shop that is closed already.
func (h *shop) reopened(t *testing.T, dir string) *shop {
	t.Helper()
	s, err := New(Options{Dir: dir, Now: func() time.Time { return h.at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &shop{Sandbox: s, t: t, at: h.at, token: h.token}
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	h := openShop(t, Options{Dir: dir})
	if _, err := New(Options{Dir: dir}); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), dir) {
		t.Errorf("second opening: %v, want ErrInUse with the directory", err)
	}
	h.reopen(dir, nil)
}

func TestAnotherVersionsLedgerIsRefused(t *testing.T) {
	dir := t.TempDir()
	l, err := openLedger(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.append(slices.Values([]record{foreign{}})), l.close()); err != nil {
		t.Fatal(err)
	}
	if s, err := New(Options{Dir: dir}); err == nil {
		s.Close()
		t.Error("a row of an unknown kind was accepted")
	}
}

// foreign is a row that this version does not know.
type foreign struct{}

func (foreign) key() string { return "coupon/1" }

// TestTheLedgerStaysSmall writes the same rows again and again.
func TestTheLedgerStaysSmall(t *testing.T) {
	dir := t.TempDir()
	l, err := openLedger(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	p := &product{OutProductID: "b1", Draft: Content{Desc: strings.Repeat("毯", 10_000)}}
	all := slices.Values([]record{p})
	rewritten := 0
	for range 300 {
		if err := l.append(all); err != nil {
			t.Fatal(err)
		}
		if l.stale() {
			rewritten++
			if err := l.rewrite(all); err != nil {
				t.Fatal(err)
			}
		}
	}
	info, err := os.Stat(filepath.Join(dir, ledgerName))
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() != l.size || l.size > 2*l.live+rewriteSlack || rewritten == 0 {
		t.Errorf("file of %d bytes (counted %d), %d living, rewritten %d times", info.Size(), l.size, l.live, rewritten)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 3 { // the file, the pictures, the lock
		t.Errorf("left in the directory: %q, %v", names, err)
	}
}

func TestOldCallsAreForgotten(t *testing.T) {
	h := openShop(t, Options{})
	last := uint64(maxCalls + maxCalls/2)
	for seq := uint64(1); seq <= last; seq++ {
		h.books.remember(&Call{Seq: seq})
	}
	calls := h.Calls()
	if got := calls[len(calls)-1].Seq; got != last || len(calls) > maxCalls+maxCalls/4 {
		t.Errorf("%d calls, the last is %d", len(calls), got)
	}
	if got, want := callBefore(callKey(last)), callKey(last-maxCalls); got != want {
		t.Errorf("call %d pushes out %q, want %q", last, got, want)
	}
}

func TestAFullDiskIsSaid(t *testing.T) {
	dir := t.TempDir()
	h := openShop(t, Options{Dir: dir})
	h.ledger.file.Close() // every write fails from now on
	if got := h.attempt("/shop/cat/get", `{}`); got != "drop" {
		t.Errorf("a call that is not kept is answered %s", got)
	}
	h.refused("/shop/cat/get", `{}`, -1)
	if err := h.Console().Ban("b1", ""); err == nil {
		t.Error("the console goes on without a disk")
	}
}

func TestResetForgetsEverythingButTheKnobs(t *testing.T) {
	dir := t.TempDir()
	h := openShop(t, Options{Dir: dir})
	h.openForBusiness()
	h.listed("b1")
	c := h.Console()
	if err := errors.Join(c.mergeKnobs([]byte(`{"list_order":"oldest"}`)), c.Advance(time.Hour), c.Reset()); err != nil {
		t.Fatal(err)
	}
	h = h.reopen(dir, nil)
	if v := h.Console().Shop(); len(v.Products) != 0 || v.CallCount != 0 || v.Now != "2022-05-06 12:01:00" {
		t.Errorf("after reset: %+v", v)
	}
	if h.Console().Knobs().ListOrder != "oldest" {
		t.Error("the knobs were reset")
	}
	h.refused("/shop/cat/get", `{}`, 40001) // the token was another shop's
}

func TestNoSecretIsKept(t *testing.T) {
	dir := t.TempDir()
	h := openShop(t, Options{Dir: dir})
	classic, _ := h.ask("token")
	h.refused("/shop/spu/get", `{"out_product_id":"`+h.token+`"}`, 1000011)
	h.refused("/shop/spu/get", `{"out_product_id":"`+DefaultSecret+`"}`, 1000011)
	h.request("POST", stableTokenPath, "application/json", `{"appid":"x","grant_type":"client_credential","secret":"`+DefaultSecret+`"}`)
	file, err := os.ReadFile(filepath.Join(dir, ledgerName))
	if err != nil {
		t.Fatal(err)
	}
	everything := string(file) + jsonOf(h.Calls())
	for name, secret := range map[string]string{"secret": DefaultSecret, "token": h.token, "classic token": classic} {
		if strings.Contains(everything, secret) {
			t.Errorf("the %s is kept", name)
		}
	}
}
