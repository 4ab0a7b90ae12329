package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/provider/wechat/push"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
)

// What the message push of the scripts is set to.
const (
	pushToken  = "AAAAA"
	pushAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	boardToken = "0123456789abcdef"
)

// listening is a "shopctl listen" that a script has started.
type listening struct {
	url    string
	cmd    *exec.Cmd
	stderr *strings.Builder
}

// patience bounds what a script waits for.
const patience = 30 * time.Second

// cmdListen starts the listener and has the served sandbox push to it, the tickets
// of the third-party platform too. With "plain" or "json" its messages come so, otherwise as encrypted XML.
func cmdListen(ts *testscript.TestScript, _ bool, args []string) {
	push := sandbox.Push{Token: pushToken, AESKey: pushAESKey, Secure: true, DuplicateEvery: 2, StaleVerdicts: true}
	ts.Setenv("WECHAT_PUSH_TOKEN", pushToken)
	ts.Setenv("WECHAT_PUSH_AESKEY", pushAESKey)
	ts.Setenv("SHOPCTL_LISTEN_TOKEN", boardToken)
	for _, arg := range args {
		switch arg {
		case "plain":
			push.Secure = false
			ts.Setenv("WECHAT_PUSH_AESKEY", "")
		case "json":
			push.Format = "json"
		}
	}
	dir, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator))
	l := &listening{stderr: &strings.Builder{}}
	l.cmd = exec.Command(filepath.Join(dir, "shopctl"), "listen", "--addr", "127.0.0.1:0", "--log-level", "debug")
	l.cmd.Dir, l.cmd.Stderr = ts.MkAbs("."), l.stderr
	for _, name := range []string{"PATH", "HOME", "LC_ALL", "SHOPCTL_ENDPOINT", "WECHAT_APPSECRET", "WECHAT_PUSH_TOKEN", "WECHAT_PUSH_AESKEY", "SHOPCTL_LISTEN_TOKEN", "SHOPCTL_NOTIFY_WEBHOOK", "SHOPCTL_NOTIFY_WEBHOOK_SECRET", "WECHAT_COMPONENT_APPID", "WECHAT_COMPONENT_TICKET_STORE_COMMAND"} {
		l.cmd.Env = append(l.cmd.Env, name+"="+ts.Getenv(name))
	}
	out, err := l.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(l.cmd.Start())
	ts.Defer(func() { l.cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		l.cmd.Wait()
		ts.Fatalf("listen ended: %v\n%s", err, l.stderr)
	}
	l.url = strings.TrimSpace(line)
	push.URL = l.url + "/wechat"
	boxOf(ts).listening = l
	knobs := boxOf(ts).served.Console().Knobs()
	knobs.Push, knobs.ThirdParty.URL = push, push.URL
	ts.Check(boxOf(ts).served.Console().SetKnobs(knobs))
}

// cmdUnlisten asks the listener to stop, as a supervisor does, and wants it to end
// well. What it said stands on stderr.
func cmdUnlisten(ts *testscript.TestScript, _ bool, _ []string) {
	l := boxOf(ts).listening
	ts.Check(l.cmd.Process.Signal(syscall.SIGTERM))
	err := l.cmd.Wait()
	io.WriteString(ts.Stderr(), l.stderr.String())
	ts.Check(err)
}

// cmdHear opens the board as a browser does and waits until it shows a text.
func cmdHear(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, boxOf(ts).listening.url+"/events", nil)
	ts.Check(err)
	request.SetBasicAuth("anybody", boardToken)
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.Contains(lines.Text(), args[0]) {
			io.WriteString(ts.Stdout(), lines.Text()+"\n")
			return
		}
	}
	ts.Fatalf("the board never showed %q: %v", args[0], lines.Err())
}

// cmdFetch gets an address of the listener, "as TOKEN" or without one, and prints
// status and body.
func cmdFetch(ts *testscript.TestScript, _ bool, args []string) {
	request, err := http.NewRequest(http.MethodGet, boxOf(ts).listening.url+args[0], nil)
	ts.Check(err)
	if len(args) == 3 && args[1] == "as" {
		request.Header.Set("Authorization", "Bearer "+args[2])
	}
	printResponse(ts, request)
}

func printResponse(ts *testscript.TestScript, request *http.Request) {
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	io.WriteString(ts.Stdout(), strconv.Itoa(response.StatusCode)+" "+string(body)+"\n")
}

// cmdPost sends a message as somebody else than the sandbox does: "forged" without
// the token, "old" of an hour ago, or "plain" as the platform would, unencrypted.
func cmdPost(ts *testscript.TestScript, _ bool, args []string) {
	token, at := pushToken, time.Now()
	switch args[0] {
	case "forged":
		token = "BBBBB"
	case "old":
		at = at.Add(-time.Hour)
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	q := url.Values{"timestamp": {timestamp}, "nonce": {"n"}, "signature": {push.Signature(token, timestamp, "n")}}
	body := `{"Event":"open_product_spu_audit","OpenProductSpuAudit":{"out_product_id":"` + args[1] + `","status":3,"reject_reason":"forged"}}`
	request, err := http.NewRequest(http.MethodPost, boxOf(ts).listening.url+"/wechat?"+q.Encode(), strings.NewReader(body))
	ts.Check(err)
	printResponse(ts, request)
}

// cmdGroup serves a webhook to SHOPCTL_NOTIFY_WEBHOOK; "group TEXT" waits until it
// was told something with that text.
func cmdGroup(ts *testscript.TestScript, _ bool, args []string) {
	b := boxOf(ts)
	if len(args) == 0 {
		b.told = make(chan string, 1000)
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err == nil {
				b.told <- string(body)
			}
		}))
		ts.Defer(server.Close)
		ts.Setenv("SHOPCTL_NOTIFY_WEBHOOK", server.URL+"/hook/very-secret-key")
		return
	}
	timeout := time.After(patience)
	for {
		select {
		case text := <-b.told:
			io.WriteString(ts.Stdout(), text+"\n")
			if strings.Contains(text, args[0]) {
				return
			}
		case <-timeout:
			ts.Fatalf("nobody told %q", args[0])
		}
	}
}
