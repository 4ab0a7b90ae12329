package s3

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

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

// bucket does what is done with single objects. The SDK signs and is sent through
// our own client, which tells a silent server in the same words as every store.
type bucket struct {
	name   string
	host   string // of the endpoint
	client web.Client
	api    *s3.Client
}

func newBucket(c Config, endpoint *url.URL) *bucket {
	b := &bucket{name: c.Bucket, host: endpoint.Host, client: web.Client{Where: "s3://" + c.Bucket + "/" + c.Key, Transport: c.Transport}}
	b.api = s3.New(s3.Options{
		BaseEndpoint: aws.String(endpoint.Scheme + "://" + endpoint.Host),
		Region:       c.Region,
		UsePathStyle: c.PathStyle,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: c.Credentials.KeyID, SecretAccessKey: c.Credentials.Secret, SessionToken: c.Credentials.Token}, nil
		}),
		HTTPClient: carrier{&b.client},
		Retryer:    onlyForTheClock(),
		// Without these the SDK sends checksums in trailers, which not every server
		// of this protocol takes.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})
	return b
}

// onlyForTheClock asks once more when the server tells that our clock is wrong; the
// SDK has learned its time by then. All other patience is state.Remote's.
func onlyForTheClock() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = 2
		o.Retryables = []retry.IsErrorRetryable{retry.RetryableErrorCode{Codes: map[string]struct{}{"RequestTimeTooSkewed": {}}}}
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		o.RateLimiter = ratelimit.None
	})
}

// carrier sends the requests of the SDK.
type carrier struct{ client *web.Client }

// notAnswered is an error of the way to the server, which the SDK hands on wrapped.
type notAnswered struct{ error }

func (c carrier) Do(r *http.Request) (*http.Response, error) {
	a, err := c.client.Do(r)
	if err != nil {
		return nil, notAnswered{err}
	}
	return &http.Response{StatusCode: a.Status, Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body)), ContentLength: int64(len(a.Body)), Request: r}, nil
}

// refusal is an answer of the server that is no success.
type refusal struct {
	web.Answer
	code string // "NoSuchBucket"; "" where it names none
}

// refusalOf reads an error of the SDK: what the server refused, or why there was no
// answer of it.
func (b *bucket) refusalOf(err error) (refusal, error) {
	if silent, ok := errors.AsType[notAnswered](err); ok {
		return refusal{}, silent.error
	}
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	if !ok {
		return refusal{}, &state.UnreachableError{Where: b.client.Where, Err: err}
	}
	r := refusal{Answer: web.Answer{Status: response.HTTPStatusCode()}}
	if said, ok := errors.AsType[smithy.APIError](err); ok {
		r.code = said.ErrorCode()
		r.Body = []byte(r.code + " " + said.ErrorMessage())
	}
	return r, nil
}

const noSuchBucket = "NoSuchBucket"

// absent reports whether the object is not there, and its bucket is.
func (r refusal) absent() bool { return r.Status == http.StatusNotFound && r.code != noSuchBucket }

// get reads an object, nil when there is none.
func (b *bucket) get(ctx context.Context, name string) (*object, error) {
	out, err := b.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &name})
	if err != nil {
		return nil, b.unlessAbsent(http.MethodGet, name, err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		return nil, &state.UnreachableError{Where: b.client.Where, Err: err}
	}
	return &object{etag: aws.ToString(out.ETag), body: body}, nil
}

// etag is that of an object, "" when there is none.
func (b *bucket) etag(ctx context.Context, name string) (string, error) {
	out, err := b.api.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.name, Key: &name})
	if err != nil {
		return "", b.unlessAbsent(http.MethodHead, name, err)
	}
	return aws.ToString(out.ETag), nil
}

// unlessAbsent is the error of a call, nil when it only says that there is no such
// object.
func (b *bucket) unlessAbsent(verb, name string, err error) error {
	r, err := b.refusalOf(err)
	if err != nil || r.absent() {
		return err
	}
	return b.refused(verb, name, r)
}

// put writes an object, or answers errCondition. COS and OSS have headers of
// their own for an object that must not be there.
func (b *bucket) put(ctx context.Context, name string, body []byte, c condition) (etag string, err error) {
	in := &s3.PutObjectInput{Bucket: &b.name, Key: &name, Body: bytes.NewReader(body)}
	var how []func(*s3.Options)
	switch {
	case c.absent:
		in.IfNoneMatch = aws.String("*")
		if own := forbidOverwrite(b.host); own != "" {
			how = append(how, s3.WithAPIOptions(smithyhttp.AddHeaderValue(own, "true")))
		}
	case c.etag != "":
		in.IfMatch = &c.etag
	}
	out, err := b.api.PutObject(ctx, in, how...)
	if err == nil {
		return aws.ToString(out.ETag), nil
	}
	r, err := b.refusalOf(err)
	switch {
	case err != nil:
		return "", err
	case r.Status == http.StatusPreconditionFailed, r.Status == http.StatusConflict, r.absent() && c.etag != "":
		return "", errCondition
	}
	return "", b.refused(http.MethodPut, name, r)
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
	_, err := b.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: &name})
	if err == nil {
		return nil
	}
	return b.unlessAbsent(http.MethodDelete, name, err)
}

func (b *bucket) refused(verb, name string, r refusal) error {
	if r.code == noSuchBucket {
		return &web.Problem{
			What:   lang.F("there is no bucket %s", "没有存储桶 %s", b.name),
			Remedy: lang.T("Create it, or check its name, region and endpoint in the state block.", "请先创建，或检查 state 块中的名称、地域和 endpoint。"),
		}
	}
	return b.client.Refused(verb+" "+name, &r.Answer)
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
