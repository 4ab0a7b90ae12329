package s3

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/web"
)

// condition is what must be true of an object for a write to happen.
type condition struct {
	absent bool
	etag   string // the object is as it was when this was its ETag
}

// object is one object as it was read or written.
type object struct {
	etag string
	body []byte
}

// errCondition is answered when the condition of a write is not true.
var errCondition = errors.New("the object is not as it was")

// bucket does what is done with single objects.
type bucket struct {
	config Config
	base   url.URL // of the bucket
	client web.Client
}

// do asks once, and once more when the server tells that our clock is wrong: its
// answer has the right time.
func (b *bucket) do(ctx context.Context, method, name string, body []byte, header http.Header) (*web.Answer, error) {
	a, err := b.ask(ctx, method, name, body, header.Clone())
	if err == nil && a.Status == http.StatusForbidden && strings.Contains(string(a.Body), "RequestTimeTooSkewed") {
		return b.ask(ctx, method, name, body, header.Clone())
	}
	return a, err
}

func (b *bucket) ask(ctx context.Context, method, name string, body []byte, header http.Header) (*web.Answer, error) {
	u := b.base
	u.Path += "/" + name
	u.RawPath = escape(u.Path)
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be asked for %q", b.client.Where, name)
	}
	r.URL.RawPath = u.RawPath
	r.Header = header
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("User-Agent", "shopctl")
	b.config.Credentials.sign(r, body, b.config.Region, b.client.Clock.Now())
	return b.client.Do(r)
}

// get reads an object, nil when there is none.
func (b *bucket) get(ctx context.Context, name string) (*object, error) {
	a, err := b.do(ctx, http.MethodGet, name, nil, nil)
	if err != nil {
		return nil, err
	}
	switch {
	case a.Status == http.StatusOK:
		return &object{etag: a.Header.Get("ETag"), body: a.Body}, nil
	case a.Status == http.StatusNotFound && !strings.Contains(string(a.Body), "NoSuchBucket"):
		return nil, nil
	}
	return nil, b.refused(http.MethodGet, name, a)
}

// etag is that of an object, "" when there is none.
func (b *bucket) etag(ctx context.Context, name string) (string, error) {
	a, err := b.do(ctx, http.MethodHead, name, nil, nil)
	if err != nil {
		return "", err
	}
	switch a.Status {
	case http.StatusOK:
		return a.Header.Get("ETag"), nil
	case http.StatusNotFound:
		return "", nil
	}
	return "", b.refused(http.MethodHead, name, a)
}

// put writes an object, or answers errCondition. COS and OSS have headers of
// their own for an object that must not be there.
func (b *bucket) put(ctx context.Context, name string, body []byte, c condition) (etag string, err error) {
	header := http.Header{}
	switch {
	case c.absent:
		header.Set("If-None-Match", "*")
		if own := forbidOverwrite(b.base.Host); own != "" {
			header.Set(own, "true")
		}
	case c.etag != "":
		header.Set("If-Match", c.etag)
	}
	a, err := b.do(ctx, http.MethodPut, name, body, header)
	if err != nil {
		return "", err
	}
	switch {
	case a.Status == http.StatusOK:
		return a.Header.Get("ETag"), nil
	case a.Status == http.StatusPreconditionFailed, a.Status == http.StatusConflict,
		a.Status == http.StatusNotFound && c.etag != "" && !strings.Contains(string(a.Body), "NoSuchBucket"):
		return "", errCondition
	}
	return "", b.refused(http.MethodPut, name, a)
}

func forbidOverwrite(host string) string {
	switch {
	case strings.HasSuffix(host, ".myqcloud.com"):
		return "X-Cos-Forbid-Overwrite"
	case strings.HasSuffix(host, ".aliyuncs.com"):
		return "X-Oss-Forbid-Overwrite"
	}
	return ""
}

// replace writes an object, and knows its own write again when only the answer
// to it was lost. errCondition means that it was somebody else's.
func (b *bucket) replace(ctx context.Context, name string, body []byte, c condition) (etag string, err error) {
	etag, err = b.put(ctx, name, body, c)
	if !errors.Is(err, errCondition) {
		return etag, err
	}
	now, err := b.get(ctx, name)
	switch {
	case err != nil:
		return "", err
	case now != nil && bytes.Equal(now.body, body):
		return now.etag, nil
	case c.absent && now == nil, c.etag != "" && now != nil && now.etag == c.etag:
		// The server was busy with another write of the object.
		return "", &state.UnreachableError{Where: b.client.Where, Err: errCondition}
	}
	return "", errCondition
}

func (b *bucket) remove(ctx context.Context, name string) error {
	a, err := b.do(ctx, http.MethodDelete, name, nil, nil)
	if err != nil {
		return err
	}
	if a.Status == http.StatusNoContent || a.Status == http.StatusOK || a.Status == http.StatusNotFound {
		return nil
	}
	return b.refused(http.MethodDelete, name, a)
}

func (b *bucket) refused(verb, name string, a *web.Answer) error {
	if strings.Contains(string(a.Body), "NoSuchBucket") {
		return &web.Problem{
			What:   lang.F("there is no bucket %s", "没有存储桶 %s", b.config.Bucket),
			Remedy: lang.T("Create it, or check its name, region and endpoint in the state block.", "请先创建，或检查 state 块中的名称、地域和 endpoint。"),
		}
	}
	return b.client.Refused(verb+" "+name, a)
}

// holder reads the lock, nil when there is none.
func (b *bucket) holder(ctx context.Context, name string) (*state.LockInfo, string, error) {
	o, err := b.get(ctx, name)
	if err != nil || o == nil {
		return nil, "", err
	}
	var info state.LockInfo
	if err := json.Unmarshal(o.body, &info); err != nil {
		return nil, "", fmt.Errorf("%s: the lock %s cannot be read: %w", b.client.Where, name, err)
	}
	return &info, o.etag, nil
}
