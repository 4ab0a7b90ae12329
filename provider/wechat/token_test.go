package wechat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/provider"
)

func stable(t *testing.T, server *answers, now *time.Time) *StableToken {
	s, err := NewStableToken("wx0123456789abcdef", testSecret, Options{
		Endpoint: server.URL,
		Now:      func() time.Time { return *now },
		Sleep:    func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStableTokenRequest(t *testing.T) {
	server, now := serve(t, `{"access_token":"T1","expires_in":7200}`), noon
	if got, err := stable(t, server, &now).Token(t.Context()); got != "T1" || err != nil {
		t.Fatal(got, err)
	}
	got := []string{server.requests[0].Method, server.requests[0].URL.String(), server.bodies[0]}
	want := []string{"POST", "/cgi-bin/stable_token", `{"grant_type":"client_credential","appid":"wx0123456789abcdef","secret":"` + testSecret + `","force_refresh":false}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestClassicTokenRequest(t *testing.T) {
	server := serve(t, `{"access_token":"T1","expires_in":7200}`)
	source, err := NewClassicToken("wx0123456789abcdef", testSecret, Options{Endpoint: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := source.Token(t.Context()); got != "T1" || err != nil {
		t.Fatal(got, err)
	}
	got := []string{server.requests[0].Method, server.requests[0].URL.String(), server.bodies[0]}
	want := []string{"GET", "/cgi-bin/token?appid=wx0123456789abcdef&grant_type=client_credential&secret=" + testSecret, ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTokenIsKeptUntilShortlyBeforeItsEnd(t *testing.T) {
	server, now := serve(t, `{"access_token":"T1","expires_in":7200}`, `{"access_token":"T2","expires_in":7200}`), noon
	s := stable(t, server, &now)
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, "T1"}, {time.Hour, "T1"}, {6899 * time.Second, "T1"}, {6900 * time.Second, "T2"}} {
		now = noon.Add(step.after)
		if got, err := s.Token(t.Context()); got != step.want || err != nil {
			t.Errorf("after %v: %s, %v; want %s", step.after, got, err, step.want)
		}
	}
}

func TestManyAskForOneToken(t *testing.T) {
	server, now := serve(t, `{"access_token":"T1","expires_in":7200}`), noon
	s := stable(t, server, &now)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got, err := s.Token(t.Context()); got != "T1" || err != nil {
				t.Error(got, err)
			}
		})
	}
	all.Wait()
	if server.count() != 1 {
		t.Errorf("%d requests for one token", server.count())
	}
}

// The one who began to fetch may leave; the others still get their token.
func TestTokenOutlivesWhoAskedFirst(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-release
		fmt.Fprint(w, `{"access_token":"T1","expires_in":7200}`)
	}))
	defer server.Close()
	s, err := NewStableToken("wx1", testSecret, Options{Endpoint: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() { _, err := s.Token(ctx); first <- err }()
	<-arrived
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the first got %v, want the end of its context", err)
	}
	close(release)
	if got, err := s.Token(t.Context()); got != "T1" || err != nil {
		t.Error(got, err)
	}
}

func TestTokenRefusals(t *testing.T) {
	tests := []struct {
		name, reply string
		class       provider.Class
		calls       int
	}{
		{"wrong secret", `{"errcode":40001,"errmsg":"invalid credential"}`, provider.ClassAuth, 1},
		{"wrong appid", `{"errcode":40013,"errmsg":"invalid appid"}`, provider.ClassFix, 1},
		{"address not allowed", `{"errcode":40164,"errmsg":"invalid ip"}`, provider.ClassPermission, 1},
		{"busy", busy, provider.ClassRetry, 5},
		{"not JSON", `<html>`, provider.ClassRetry, 5},
		{"success without a token", `{"expires_in":7200}`, provider.ClassAuth, 1},
		{"a token that is none", `{"access_token":"a b","expires_in":7200}`, provider.ClassAuth, 1},
	}
	for _, tt := range tests {
		server, now := serve(t, tt.reply), noon
		_, err := stable(t, server, &now).Token(t.Context())
		if provider.ClassOf(err) != tt.class || server.count() != tt.calls {
			t.Errorf("%s: %v after %d calls, want class %q after %d", tt.name, err, server.count(), tt.class, tt.calls)
		}
	}
}

// renewing is a token source that counts, and gives tokens one after the other.
type renewing struct {
	tokens  []string
	renewed atomic.Int32
}

func (r *renewing) Token(context.Context) (string, error) { return r.tokens[0], nil }
func (r *renewing) Renew(_ context.Context, refused string) (string, error) {
	return r.tokens[min(int(r.renewed.Add(1)), len(r.tokens)-1)], nil
}

// A refused token is replaced once: never a loop.
func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	const refused = `{"errcode":%d,"errmsg":"invalid credential"}`
	for _, code := range []int{40001, 42001, 40014} {
		no := fmt.Sprintf(refused, code)
		tests := []struct {
			name         string
			tokens       []string
			replies      []string
			passes       bool
			calls, renew int
		}{
			{"another token helps", []string{"T1", "T2"}, []string{no, success}, true, 2, 1},
			{"another token does not help", []string{"T1", "T2", "T3"}, []string{no}, false, 2, 1},
			{"the same token again does not help", []string{"T1", "T1"}, []string{no}, false, 2, 1},
			{"the same token again helps", []string{"T1", "T1"}, []string{no, success}, true, 2, 1},
		}
		for _, tt := range tests {
			server, source := serve(t, tt.replies...), &renewing{tokens: tt.tokens}
			b := newBench(t, server.URL, func(o *Options) { o.Tokens = source })
			err := b.Do(t.Context(), Call{Path: "/shop/spu/add", Writes: true}, nil)
			if (err == nil) != tt.passes || server.count() != tt.calls || int(source.renewed.Load()) != tt.renew {
				t.Errorf("%d, %s: %v after %d calls and %d renewals", code, tt.name, err, server.count(), source.renewed.Load())
			}
			if err != nil && provider.ClassOf(err) != provider.ClassAuth {
				t.Errorf("%d, %s: class %q", code, tt.name, provider.ClassOf(err))
			}
		}
	}
}

// Many calls that are refused together fetch one new token together.
func TestRenewIsShared(t *testing.T) {
	server, now := serve(t, `{"access_token":"T1","expires_in":7200}`, `{"access_token":"T2","expires_in":7200}`), noon
	s := stable(t, server, &now)
	old, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got, err := s.Renew(t.Context(), old); got != "T2" || err != nil {
				t.Error(got, err)
			}
		})
	}
	all.Wait()
	// One who comes late with the old token gets the new one, too.
	if got, err := s.Renew(t.Context(), old); got != "T2" || err != nil {
		t.Error(got, err)
	}
	if server.count() != 2 {
		t.Errorf("%d requests, want 2", server.count())
	}
	if strings.Contains(strings.Join(server.bodies, ""), `"force_refresh":true`) {
		t.Error("force_refresh would end the token of everybody else")
	}
}

func TestStaticToken(t *testing.T) {
	if got, err := StaticToken("T").Token(t.Context()); got != "T" || err != nil {
		t.Error(got, err)
	}
	if _, err := StaticToken("").Token(t.Context()); provider.ClassOf(err) != provider.ClassAuth {
		t.Errorf("empty token: %v", err)
	}
	server := serve(t, `{"errcode":42001}`)
	err := newBench(t, server.URL).Do(t.Context(), Call{Path: "/shop/x"}, nil)
	if provider.ClassOf(err) != provider.ClassAuth || server.count() != 1 {
		t.Errorf("%v after %d calls, want a refusal after one", err, server.count())
	}
}

// script writes a shell script that appends a line to its log for each run.
func script(t *testing.T, body string) (argv []string, runs func() int) {
	dir := t.TempDir()
	log, file := filepath.Join(dir, "runs"), filepath.Join(dir, "token.sh")
	if err := os.WriteFile(file, []byte("echo run >>"+log+"\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{"/bin/sh", file}, func() int {
		b, _ := os.ReadFile(log)
		return strings.Count(string(b), "run")
	}
}

func TestCommandToken(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"plain", `echo "  T1 "`, "T1"},
		{"JSON", `echo '{"access_token":"T1","expires_in":7200}'`, "T1"},
		{"fails", `echo ` + testSecret + ` >&2; echo ` + testToken + `; exit 3`, ""},
		{"prints nothing", `true`, ""},
		{"prints a sentence", `echo not logged in`, ""},
		{"prints broken JSON", `echo '{"access_token":'`, ""},
		{"prints JSON without a token", `echo '{"error":"` + testSecret + `"}'`, ""},
	}
	for _, tt := range tests {
		argv, _ := script(t, tt.body)
		got, err := NewCommandToken(Command{Argv: argv}, nil).Token(t.Context())
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
		if err == nil {
			continue
		}
		if provider.ClassOf(err) != provider.ClassAuth {
			t.Errorf("%s: class %q", tt.name, provider.ClassOf(err))
		}
		if s := err.Error(); strings.Contains(s, testSecret) || strings.Contains(s, testToken) {
			t.Errorf("%s: the error shows what the command printed: %s", tt.name, s)
		}
	}
}

// A command learns which shop is meant, and gets what is to be stored on its
// standard input, never among its arguments.
func TestCommands(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "kept")
	command := func(line string) Command {
		return Command{Argv: []string{"sh", "-c", line}, Env: []string{"WECHAT_APPID=wx1", "KEPT=" + file}}
	}
	if got, err := command(`echo "of $WECHAT_APPID" | tr " " -`).Secret(t.Context()); got != "of-wx1" || err != nil {
		t.Error(got, err)
	}
	if err := command(`cat >"$KEPT"`).Store(t.Context(), testToken); err != nil {
		t.Fatal(err)
	}
	if got, err := SecretFile(file).Secret(t.Context()); got != testToken || err != nil {
		t.Error(got, err)
	}
	for _, line := range []string{`cat >&2; exit 1`, `cat; exit 1`} {
		if err := command(line).Store(t.Context(), testToken); err == nil || strings.Contains(err.Error(), testToken) {
			t.Errorf("%s: %v", line, err)
		}
	}
	if _, err := SecretFile(filepath.Join(dir, "none")).Secret(t.Context()); err == nil {
		t.Error("a file that is not there has a secret")
	}
}

func TestCommandTokenRunsAgain(t *testing.T) {
	argv, runs := script(t, `echo '{"access_token":"T'$(wc -l <"${0%/*}/runs" | tr -d ' ')'","expires_in":1000}'`)
	now := noon
	c := NewCommandToken(Command{Argv: argv}, func() time.Time { return now })
	ask := func(want string, count int) {
		t.Helper()
		got, err := c.Token(t.Context())
		if got != want || err != nil || runs() != count {
			t.Errorf("%q, %v after %d runs, want %q after %d", got, err, runs(), want, count)
		}
	}
	ask("T1", 1)
	ask("T1", 1)
	now = now.Add(700 * time.Second) // 300 seconds before its end
	ask("T2", 2)
	if got, err := c.Renew(t.Context(), "T2"); got != "T3" || err != nil {
		t.Errorf("renewed: %q, %v", got, err)
	}
	ask("T3", 3)
}

func TestRedactor(t *testing.T) {
	var r Redactor
	r.Add("")
	r.Add("a/b+c=")
	if got, want := r.Text("x a/b+c= y a%2Fb%2Bc%3D z"), "x [secret] y [secret] z"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
}
