// Package web is what the stores that speak HTTP share: a client that follows no
// redirect, knows the clock of its server, tells an answer from silence, and
// names no address in an error that could hold a secret.
package web

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
)

// maxAnswer is the longest answer that is read, in bytes: some two million
// products.
const maxAnswer = 1 << 30

// Client asks one server.
type Client struct {
	// Where names the server and the place in it for people, without secrets.
	Where string
	Clock state.ServerClock
	// Transport is http.DefaultTransport when nil.
	Transport http.RoundTripper
}

// Answer is what the server said, read to its end.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends a request. No answer, and one that says to come again (408, 429, 5xx),
// is a *state.UnreachableError; any other is an Answer.
func (c *Client) Do(r *http.Request) (*Answer, error) {
	r.Header.Set("User-Agent", "shopctl")
	client := http.Client{
		Transport:     c.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, c.silence(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		return nil, fmt.Errorf("%s answers with more than %s", c.Where, lang.Size(maxAnswer))
	}
	if err != nil {
		return nil, c.silence(err)
	}
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		c.Clock.Learn(date)
	}
	a := &Answer{Status: res.StatusCode, Header: res.Header, Body: body}
	if a.Status >= 500 && a.Status != http.StatusNotImplemented || a.Status == http.StatusTooManyRequests || a.Status == http.StatusRequestTimeout {
		return nil, &state.UnreachableError{Where: c.Where, Err: fmt.Errorf("HTTP %d%s", a.Status, a.Says())}
	}
	return a, nil
}

// silence is the error of a request without an answer, without its address.
func (c *Client) silence(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &Problem{
			What:   lang.F("the certificate of %s is not trusted: %v", "%s 的证书不受信任：%v", c.Where, err),
			Remedy: lang.T("Install the certificate of its authority on this machine, or name it in SSL_CERT_FILE.", "请在本机安装其 CA 证书，或用 SSL_CERT_FILE 指定。"),
		}
	}
	return &state.UnreachableError{Where: c.Where, Err: err}
}

// Refused is the error for an answer that nobody expects.
func (c *Client) Refused(verb string, a *Answer) error {
	switch {
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		return &Problem{
			What:   lang.F("%s refuses us: %s, HTTP %d%s", "%s 拒绝访问：%s，HTTP %d%s", c.Where, verb, a.Status, a.Says()),
			Remedy: lang.T("Check the credentials in the environment and what they may do (docs/state-stores.md).", "请检查环境变量中的凭据及其权限（docs/state-stores.zh-CN.md）。"),
		}
	case a.Status >= 300 && a.Status < 400:
		return &Problem{
			What:   lang.F("%s sends us to another address, which is not followed: %s, HTTP %d", "%s 要求转到其他地址，shopctl 不会跟随：%s，HTTP %d", c.Where, verb, a.Status),
			Remedy: lang.T("Name the final address.", "请填写最终地址。"),
		}
	}
	return &Problem{
		What:   lang.F("%s answers %s with HTTP %d%s", "%s 对 %s 的响应为 HTTP %d%s", c.Where, verb, a.Status, a.Says()),
		Remedy: lang.T("See docs/state-stores.md for what the server must offer.", "服务器须具备的能力见 docs/state-stores.zh-CN.md。"),
	}
}

// Says is the beginning of the text of an answer, for an error; "" without one.
func (a *Answer) Says() string {
	const enough = 200
	text := strings.Join(strings.Fields(string(bytes.ToValidUTF8(a.Body[:min(len(a.Body), enough)], nil))), " ")
	if text == "" {
		return ""
	}
	return ": " + text
}

// Problem is an error in the words of people.
type Problem struct{ What, Remedy lang.Text }

// Text says what is wrong and what to do.
func (p *Problem) Text() lang.Text {
	return lang.T(p.What.EN+". "+p.Remedy.EN, p.What.ZH+"。"+p.Remedy.ZH)
}

func (p *Problem) Error() string { return p.Text().EN }

// Loopback reports whether a host, with or without its port, is this machine.
func Loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// NewTransport is a transport that keeps few connections and gives up on a server
// that does not take one.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	t.MaxIdleConnsPerHost = 4
	return t
}
