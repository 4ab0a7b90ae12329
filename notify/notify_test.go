package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const secret = "SECabcdefgh"

// group is a robot's server that remembers what it got.
type group struct {
	*httptest.Server
	status int
	answer string
	query  string
	header http.Header
	body   string
}

func newGroup(t *testing.T, answer string) *group {
	g := &group{status: http.StatusOK, answer: answer}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		g.query, g.header, g.body = r.URL.RawQuery, r.Header, string(b)
		w.WriteHeader(g.status)
		io.WriteString(w, g.answer)
	}))
	t.Cleanup(g.Close)
	return g
}

var verdicts = Message{Title: "blankets: 2 verdicts", Lines: []string{"spu.719 毛毯: on shelf", "spu.720 <at user_id=\"all\">: rejected, 标题不规范"}}

// TestSenders holds what each robot is sent against what its documents ask for.
// The signatures were computed with openssl.
func TestSenders(t *testing.T) {
	tests := []struct {
		name   string
		make   func(address string) (Sender, error)
		answer string
		query  string
		body   string
		header string // X-Shopctl-Signature
	}{
		{"wecom", func(a string) (Sender, error) { return NewWeCom(a + "/send?key=0123456789") }, `{"errcode":0,"errmsg":"ok"}`, "key=0123456789",
			`{"msgtype":"text","text":{"content":"blankets: 2 verdicts\nspu.719 毛毯: on shelf\nspu.720 \u003cat user_id=\"all\"\u003e: rejected, 标题不规范"}}`, ""},
		{"dingtalk", func(a string) (Sender, error) { return NewDingTalk(a+"/send?access_token=0123456789", secret) }, `{"errcode":0,"errmsg":"ok"}`,
			"access_token=0123456789&sign=nVCt%2FGg4fvGd3n6hTOZ4AiqG5iWJSrSW9UZ21v7iTUo%3D&timestamp=1714036504000",
			`{"msgtype":"text","text":{"content":"blankets: 2 verdicts\nspu.719 毛毯: on shelf\nspu.720 \u003cat user_id=\"all\"\u003e: rejected, 标题不规范"}}`, ""},
		{"feishu", func(a string) (Sender, error) { return NewFeishu(a+"/hook/0123456789", secret) }, `{"code":0,"msg":"success","data":{}}`, "",
			`{"timestamp":"1714036504","sign":"cv9nzO+uyv7opi2dUr8mK80geV/eUe3gc2WliuyFEao=","msg_type":"post","content":{"post":{"zh_cn":{"title":"blankets: 2 verdicts","content":[[{"tag":"text","text":"spu.719 毛毯: on shelf\nspu.720 \u003cat user_id=\"all\"\u003e: rejected, 标题不规范"}]]}}}}`, ""},
		{"webhook", func(a string) (Sender, error) { return NewWebhook(a+"/hook", secret) }, ``, "",
			`{"title":"blankets: 2 verdicts","lines":["spu.719 毛毯: on shelf","spu.720 \u003cat user_id=\"all\"\u003e: rejected, 标题不规范"],"text":"blankets: 2 verdicts\nspu.719 毛毯: on shelf\nspu.720 \u003cat user_id=\"all\"\u003e: rejected, 标题不规范"}`,
			"sha256=1acf8baa19edd68021f8e4f2f1a8f4b89c912ebf7318a689eeb8e6437258272f"},
	}
	for _, tt := range tests {
		g := newGroup(t, tt.answer)
		s, err := tt.make(g.URL)
		if err != nil {
			t.Fatal(err)
		}
		at(s, time.Unix(1714036504, 0))
		if err := s.Send(t.Context(), verdicts); err != nil || s.Name() != tt.name {
			t.Errorf("%s: %v", s.Name(), err)
		}
		got := []string{g.query, g.body, g.header.Get("X-Shopctl-Signature")}
		if diff := cmp.Diff([]string{tt.query, tt.body, tt.header}, got); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

// at sets the clock of a sender.
func at(s Sender, now time.Time) {
	clock := func() time.Time { return now }
	switch s := s.(type) {
	case *dingTalk:
		s.now = clock
	case *feishu:
		s.now = clock
	}
}

// A robot refuses with HTTP status 200. Neither the refusal nor a failure to reach
// the robot shows its address.
func TestFailuresShowNoSecret(t *testing.T) {
	const key = "key-0123456789"
	makers := map[string]func(string) (Sender, error){
		"wecom":    func(a string) (Sender, error) { return NewWeCom(a + "/send?key=" + key) },
		"dingtalk": func(a string) (Sender, error) { return NewDingTalk(a+"/send?access_token="+key, secret) },
		"feishu":   func(a string) (Sender, error) { return NewFeishu(a+"/hook/"+key, secret) },
		"webhook":  func(a string) (Sender, error) { return NewWebhook(a+"/hook/"+key, secret) },
	}
	for name, make := range makers {
		signed := secret
		if name == "wecom" {
			signed = "" // it has none
		}
		for _, bad := range []struct {
			status int
			answer string
		}{
			{200, `{"errcode":310000,"errmsg":"sign not match ` + key + signed + `","code":310000,"msg":"` + key + signed + `"}`},
			{200, `<html>` + key}, {404, key}, {302, ""}, {0, ""},
		} {
			g := newGroup(t, bad.answer)
			s, err := make(g.URL)
			if err != nil {
				t.Fatal(err)
			}
			if g.status = bad.status; bad.status == 0 {
				g.Close()
			}
			err = s.Send(t.Context(), verdicts)
			if name == "webhook" && bad.status == 200 {
				continue // it only looks at the status
			}
			if err == nil || strings.Contains(err.Error(), key) || strings.Contains(err.Error(), secret) {
				t.Errorf("%s, %d %s: %v", name, bad.status, bad.answer, err)
			}
		}
	}
	for _, address := range []string{"", "qyapi.weixin.qq.com/x?key=" + key, "http://qyapi.weixin.qq.com/x?key=" + key, "ftp://x/" + key, ":" + key} {
		if _, err := NewWeCom(address); err == nil || strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	m := Message{Title: "标题"}
	for range 1000 {
		m.Lines = append(m.Lines, "毛毯百搭休闲珊瑚绒毯子: 被驳回")
	}
	got := m.text(weComLimit)
	if len(got) > weComLimit || !strings.HasPrefix(got, "标题\n毛毯") || !strings.HasSuffix(got, "\n… (+956)") {
		t.Errorf("%d bytes, end %q", len(got), got[len(got)-20:])
	}
	long := Message{Title: strings.Repeat("标", 2000), Lines: []string{"x"}}.text(weComLimit)
	if len(long) > weComLimit || !strings.HasPrefix(long, "标标") {
		t.Errorf("%d bytes", len(long))
	}
}

// slow is a channel that takes one message at a time, when it is let.
type slow struct {
	let   chan error
	mu    sync.Mutex
	taken []Message
}

func (s *slow) Name() string { return "slow" }
func (s *slow) Send(_ context.Context, m Message) error {
	if err := <-s.let; err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, m)
	return nil
}

func TestOutboxJoinsWhatWaits(t *testing.T) {
	s := &slow{let: make(chan error)}
	sent := make(chan error, 10)
	b := NewOutbox([]Sender{s}, Options{
		Sent:  func(_ string, err error) { sent <- err },
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	b.Tell(Message{"verdicts", []string{"a"}})
	s.let <- errors.New("busy")
	for _, line := range []string{"b", "c"} {
		b.Tell(Message{"verdicts", []string{line}})
	}
	b.Tell(Message{"digest", []string{"d"}})
	s.let <- nil // the first, in its second try
	if err := <-sent; err != nil {
		t.Error(err)
	}
	go b.Close(t.Context())
	s.let <- nil
	if err := <-sent; err != nil {
		t.Error(err)
	}
	want := []Message{{"verdicts", []string{"a"}}, {"verdicts", []string{"b", "c", "digest", "d"}}}
	s.mu.Lock()
	defer s.mu.Unlock()
	if diff := cmp.Diff(want, s.taken); diff != "" {
		t.Error(diff)
	}
}

// What nobody takes has an end, and Close has one too.
func TestOutboxIsBounded(t *testing.T) {
	s := &slow{let: make(chan error)}
	dropped := 0
	b := NewOutbox([]Sender{s}, Options{Sent: func(_ string, err error) {
		if errors.Is(err, errBacklog) {
			dropped++ // Tell says it, so nobody else is here
		}
	}})
	for range 3 * backlog {
		b.Tell(Message{"verdicts", []string{"a"}})
	}
	if dropped < 2*backlog {
		t.Errorf("%d messages were dropped and counted, of %d", dropped, 3*backlog)
	}
	c := b.channels[0]
	c.mu.Lock()
	if c.lines > backlog+1 {
		t.Errorf("%d lines wait", c.lines)
	}
	c.mu.Unlock()
	close(s.let)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.Close(ctx)
}

// A run in which thousands of products failed has one long digest. It is the one that
// must not be lost.
func TestOutboxTakesALongMessage(t *testing.T) {
	s := &slow{let: make(chan error, 1)}
	s.let <- nil
	b := NewOutbox([]Sender{s}, Options{})
	b.Tell(Message{"digest", make([]string, 3*backlog)})
	b.Close(t.Context())
	if len(s.taken) != 1 || len(s.taken[0].Lines) != 3*backlog {
		t.Errorf("%d messages were taken, want the one of %d lines", len(s.taken), 3*backlog)
	}
}

// Who writes a title calls nobody: 企业微信 reads "<@userid>" in texts too.
func TestATitleMentionsNobodyAtWeCom(t *testing.T) {
	var got textMessage
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, `{"errcode":0}`)
	}))
	defer server.Close()
	sender, err := NewWeCom(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), Message{"verdicts", []string{"✗ spu.1 毛毯<@all>"}}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got.Text.Content, "<@") || !strings.Contains(got.Text.Content, "毛毯＜@all>") {
		t.Errorf("sent %q", got.Text.Content)
	}
}
