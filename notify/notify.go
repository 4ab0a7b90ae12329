// Package notify tells people in their group chats what happened in the shop: a
// robot of 企业微信, DingTalk or Feishu, or any program behind a webhook.
//
// The senders are our own, because no library has all of them: nikoksr/notify
// 1.3.0 has no 企业微信 robot (and brings 142 modules), shoutrrr 0.13.2 has no
// DingTalk.
//
// The address of a robot is a secret: whoever knows it can write into the group.
// It appears in no error.
package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode/utf8"
)

// Message is what people read: a title, and a line for each thing. Both are plain
// text in the language of the group.
type Message struct {
	Title string
	Lines []string
}

// text is the message with as many of its lines as fit into limit bytes, and the
// number of those that do not.
func (m Message) text(limit int) string {
	whole := strings.Join(append([]string{m.Title}, m.Lines...), "\n")
	if len(whole) <= limit {
		return whole
	}
	const rest = "\n… (+%d)"
	b := cut(m.Title, limit/2)
	for i, line := range m.Lines {
		more := fmt.Sprintf(rest, len(m.Lines)-i)
		if len(b)+1+len(line)+len(more) > limit {
			return b + more
		}
		b += "\n" + line
	}
	return b
}

// cut shortens s to at most n bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Sender hands a message to one group. It may be used by many goroutines.
type Sender interface {
	// Name is the kind of channel, for logs and metrics: "wecom".
	Name() string
	// Send delivers once. Its error shows neither address nor secret.
	Send(ctx context.Context, m Message) error
}

// timeout bounds one delivery.
const timeout = 10 * time.Second

// robot is what all senders share: an address and a way to post JSON to it.
type robot struct {
	name    string
	address *url.URL
	secret  string // "": unsigned
	client  *http.Client
	now     func() time.Time
}

// newRobot checks the address. https is required except for this machine, because
// the address is a secret.
func newRobot(name, address, secret string) (robot, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return robot{}, fmt.Errorf("the address for %s is not an https URL", name)
	}
	client := &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return robot{name: name, address: u, secret: secret, client: client, now: time.Now}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Name implements Sender.
func (r *robot) Name() string { return r.name }

// maxReply is how much of an answer is read, in bytes.
const maxReply = 4 << 10

// post sends a body, with the query added to the address, and returns the answer.
func (r *robot) post(ctx context.Context, query url.Values, header http.Header, body any) ([]byte, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return r.postRaw(ctx, query, header, content)
}

func (r *robot) postRaw(ctx context.Context, query url.Values, header http.Header, content []byte) ([]byte, error) {
	u := *r.address
	all := u.Query()
	for name, values := range query {
		all[name] = values
	}
	u.RawQuery = all.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(content))
	if err != nil {
		return nil, r.clean(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	response, err := r.client.Do(request)
	if err != nil {
		return nil, r.clean(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxReply))
	if err != nil {
		return nil, r.clean(err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, fmt.Errorf("%s answered with HTTP status %d", r.name, response.StatusCode)
	}
	return answer, nil
}

// clean is an error without the address and without what is secret in it.
func (r *robot) clean(err error) error {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	return fmt.Errorf("%s: %s", r.name, r.redact(err.Error()))
}

// redact cuts the secret parts of the address, and the signing secret, out of s.
func (r *robot) redact(s string) string {
	secrets := []string{r.secret, path.Base(r.address.Path)}
	for _, values := range r.address.Query() {
		secrets = append(secrets, values...)
	}
	for _, secret := range secrets {
		if len(secret) >= 6 {
			s = strings.ReplaceAll(s, secret, "[secret]")
		}
	}
	return s
}

// verdict reads the code in the answer of a robot, which comes with HTTP status
// 200 also when the robot refuses.
func (r *robot) verdict(answer []byte, codeName, messageName string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(answer, &members); err != nil {
		return fmt.Errorf("%s: its answer is not JSON", r.name)
	}
	if code := string(members[codeName]); code != "0" {
		return fmt.Errorf("%s refused: %s %s", r.name, code, cut(r.redact(string(members[messageName])), 200))
	}
	return nil
}
