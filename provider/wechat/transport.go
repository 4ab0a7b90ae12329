package wechat

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
)

// maxAnswer is the largest answer that is read, in bytes, after decompression.
// The category list is the largest known, about 2 MB.
const maxAnswer = 64 << 20

// Form is a multipart body: text fields first, then at most one file.
type Form struct {
	Fields []Field
	File   *File
}

// Field is a text part. It carries no content type of its own, because giving
// it one made the platform answer 1070001 (reference section 5).
type Field struct{ Name, Value string }

// File is the file part. Its bytes are streamed, never held in memory.
type File struct {
	Field       string // name of the part
	Name        string // file name
	ContentType string
	Size        int64 // bytes; the file must have exactly as many
	// Open is called once for each attempt.
	Open func() (io.ReadCloser, error)
}

// errFileChanged is found in the error of an upload whose file did not have the
// size it was announced with.
var errFileChanged = errors.New("the file changed while it was sent")

// payload is a body ready to be sent as often as needed.
type payload struct {
	json []byte
	form *encodedForm
}

// encodedForm is a Form with its framing written: what stands before the file
// and what stands behind it.
type encodedForm struct {
	head, tail  []byte
	file        *File
	contentType string
}

func encodeForm(f *Form) (*encodedForm, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, field := range f.Fields {
		if err := w.WriteField(field.Name, field.Value); err != nil {
			return nil, err
		}
	}
	if f.File != nil {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", multipart.FileContentDisposition(f.File.Field, f.File.Name))
		header.Set("Content-Type", f.File.ContentType)
		if _, err := w.CreatePart(header); err != nil {
			return nil, err
		}
	}
	split := b.Len()
	if err := w.Close(); err != nil {
		return nil, err
	}
	whole := b.Bytes()
	return &encodedForm{head: whole[:split], tail: whole[split:], file: f.File, contentType: w.FormDataContentType()}, nil
}

// length is the Content-Length: the platform's gateway is not known to take chunked bodies.
func (f *encodedForm) length() int64 {
	n := int64(len(f.head) + len(f.tail))
	if f.file != nil {
		n += f.file.Size
	}
	return n
}

func (f *encodedForm) open() (io.ReadCloser, error) {
	if f.file == nil {
		return io.NopCloser(io.MultiReader(bytes.NewReader(f.head), bytes.NewReader(f.tail))), nil
	}
	file, err := f.file.Open()
	if err != nil {
		return nil, err
	}
	exact := &exactReader{r: file, left: f.file.Size}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(f.head), exact, bytes.NewReader(f.tail)), file}, nil
}

// exactReader yields exactly left bytes of r, or errFileChanged.
type exactReader struct {
	r    io.Reader
	left int64
}

func (e *exactReader) Read(p []byte) (int, error) {
	if e.left == 0 {
		if n, err := e.r.Read(make([]byte, 1)); n > 0 || err != nil && err != io.EOF {
			return 0, errFileChanged
		}
		return 0, io.EOF
	}
	n, err := e.r.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		return n, errFileChanged
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// transport sends one request and reads one answer. It repeats nothing and
// decides nothing. Answers are decoded by judge whatever their Content-Type:
// resty's own decoding passes over an error that comes as text/plain, so that it
// would look like a success.
type transport struct {
	resty   *resty.Client
	timeout time.Duration
}

// answer is what came back, and how far the request got.
type answer struct {
	status int
	body   string
	sent   int64 // bytes of the request body
	// reached is false when no connection was made, so that the platform cannot
	// have seen the request.
	reached bool
}

type formKey struct{}

func newTransport(endpoint string, concurrency int, timeout time.Duration, base http.RoundTripper, clock *Clock) *transport {
	if base == nil {
		base = defaultRoundTripper(concurrency)
	}
	if clock != nil {
		base = listener{base, clock}
	}
	client := resty.NewWithClient(&http.Client{Transport: base})
	client.SetBaseURL(endpoint)
	client.SetLogger(silent{})
	client.SetHeader("User-Agent", "shopctl")
	// A redirect is shown to us as it is: following it would carry the token to
	// wherever it points.
	client.SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}))
	client.SetPreRequestHook(streamForm)
	return &transport{resty: client, timeout: timeout}
}

// defaultRoundTripper keeps as many idle connections as there are calls at a
// time; the default of net/http closes and dials again all the time.
func defaultRoundTripper(concurrency int) http.RoundTripper {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        2 * concurrency,
		MaxIdleConnsPerHost: concurrency,
		// A writing call on a connection that the other side has just closed has
		// an unknown outcome, so idle connections are given up early.
		IdleConnTimeout:       30 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// streamForm puts a multipart body into the raw request. Given to resty itself,
// the body would be copied into memory.
func streamForm(_ *resty.Client, r *http.Request) error {
	form, ok := r.Context().Value(formKey{}).(*encodedForm)
	if !ok {
		return nil
	}
	body, err := form.open()
	if err != nil {
		return err
	}
	r.Body, r.GetBody, r.ContentLength = body, form.open, form.length()
	return nil
}

// send makes the request of a call. The answer is never nil; with an error it
// says how far the request got.
func (t *transport) send(caller context.Context, call *Call, token string, body payload) (*answer, error) {
	var connected atomic.Bool
	timeout := t.timeout
	if body.form == nil {
		timeout /= jsonShare
	}
	ctx, cancel := context.WithTimeout(caller, timeout)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})

	request := t.resty.R()
	if token != "" {
		request.SetQueryParam(cmp.Or(call.TokenIn, "access_token"), token)
	}
	method, a := http.MethodPost, &answer{sent: int64(len(body.json))}
	switch {
	case call.Query != nil:
		method, a.sent = http.MethodGet, 0
		request.SetQueryParamsFromValues(call.Query)
	case body.form != nil:
		ctx = context.WithValue(ctx, formKey{}, body.form)
		request.SetHeader("Content-Type", body.form.contentType)
		a.sent = body.form.length()
	default:
		request.SetHeader("Content-Type", "application/json").SetBody(body.json)
	}
	response, err := request.SetDoNotParseResponse(true).SetContext(ctx).Execute(method, call.Path)
	a.reached = connected.Load()
	if response != nil && response.RawResponse != nil {
		text, failed := readAnswer(response.RawBody())
		a.status, a.body, err = response.StatusCode(), text, cmp.Or(err, failed)
	}
	if errors.Is(err, context.DeadlineExceeded) && caller.Err() == nil {
		err = fmt.Errorf("there was no whole answer within %v", timeout)
	}
	return a, err
}

// readAnswer reads the body of an answer and closes it. It is read into a buffer
// that the next answer uses again, because a large shop is told in thousands of
// answers of a few hundred kilobytes.
func readAnswer(body io.ReadCloser) (string, error) {
	defer body.Close()
	buf := answerBuffers.Get().(*bytes.Buffer)
	defer answerBuffers.Put(buf)
	buf.Reset()
	if _, err := buf.ReadFrom(io.LimitReader(body, maxAnswer+1)); err != nil {
		return "", err
	}
	if buf.Len() > maxAnswer {
		return "", errLongAnswer
	}
	return buf.String(), nil
}

var answerBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// errLongAnswer is found in the error of a call whose answer was not read to its end.
var errLongAnswer = fmt.Errorf("the answer is longer than %d bytes", maxAnswer)

// silent drops what resty would print: its lines hold URLs with tokens.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}

// CheckEndpoint refuses an endpoint to which a token would travel in clear:
// anything but https, unless the host is this machine.
func CheckEndpoint(endpoint string) error {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return fmt.Errorf("endpoint: %w", errors.Unwrap(err))
	case u.Host == "", u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("endpoint %q is not an http(s) URL", u.Redacted())
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return fmt.Errorf("endpoint %q may only hold scheme, host and path", u.Redacted())
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fmt.Errorf("endpoint %q: https is required except for this machine, because the access token travels in the URL", endpoint)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
