package s3

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/state"
)

// script answers requests one after the other and keeps them.
type script struct {
	answers []func(*http.Request) (*http.Response, error)
	heard   []*http.Request
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := s.answers[len(s.heard)]
	s.heard = append(s.heard, r)
	return answer(r)
}

func says(status int, date time.Time, body string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		header := http.Header{"Etag": {`"1"`}, "Date": {date.UTC().Format(http.TimeFormat)}}
		return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

// bucketAt is a bucket of a server that follows a script.
func bucketAt(t *testing.T, endpoint string, answers ...func(*http.Request) (*http.Response, error)) (*bucket, *script) {
	t.Helper()
	network := &script{answers: answers}
	store, err := New(Config{Endpoint: endpoint, Bucket: testBucket, Key: "t", Region: "ap-shanghai", Credentials: Credentials{testKeyID, testSecret, ""}, Transport: network})
	if err != nil {
		t.Fatal(err)
	}
	return store.bucket, network
}

// Each family of servers is asked in its own words not to overwrite an object,
// and nothing is sent that only AWS understands.
func TestAnObjectIsCreatedOnEveryServer(t *testing.T) {
	for _, test := range []struct{ endpoint, own string }{
		{"https://s3.eu-west-1.amazonaws.com", ""},
		{"https://cos.ap-shanghai.myqcloud.com", "X-Cos-Forbid-Overwrite"},
		{"https://oss-cn-hangzhou.aliyuncs.com", "X-Oss-Forbid-Overwrite"},
	} {
		t.Run(test.endpoint, func(t *testing.T) {
			b, network := bucketAt(t, test.endpoint, says(200, time.Now(), ""))
			if etag, err := b.put(t.Context(), "t/字 1", []byte("{}"), condition{absent: true}); err != nil || etag != `"1"` {
				t.Fatalf("put: %q, %v", etag, err)
			}
			r := network.heard[0]
			if host := testBucket + "." + strings.TrimPrefix(test.endpoint, "https://"); r.URL.Host != host || r.URL.Path != "/t/字 1" {
				t.Errorf("asked %s%s", r.URL.Host, r.URL.Path)
			}
			if r.Header.Get("If-None-Match") != "*" || test.own != "" && r.Header.Get(test.own) != "true" {
				t.Errorf("nothing forbids to overwrite: %v", r.Header)
			}
			if signed := r.Header.Get("Authorization"); test.own != "" && !strings.Contains(signed, strings.ToLower(test.own)) {
				t.Errorf("%s is not signed: %s", test.own, signed)
			}
			if r.ContentLength != 2 || len(r.TransferEncoding) > 0 || r.Header.Get("X-Amz-Trailer")+r.Header.Get("Content-Encoding") != "" {
				t.Errorf("the body is wrapped: %v", r.Header)
			}
		})
	}
}

// A server whose clock differs from ours is asked again with its own time.
func TestAClockThatIsWrong(t *testing.T) {
	there := time.Now().Add(3 * time.Hour)
	b, network := bucketAt(t, "https://s3.eu-west-1.amazonaws.com",
		says(403, there, `<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large.</Message></Error>`),
		says(200, there, ""))
	if _, err := b.put(t.Context(), "t/x", []byte("{}"), condition{}); err != nil {
		t.Fatal(err)
	}
	signed, err := time.Parse("20060102T150405Z", network.heard[1].Header.Get("X-Amz-Date"))
	if err != nil || signed.Sub(there).Abs() > time.Minute {
		t.Errorf("signed for %v, %v", signed, err)
	}
}

// What a server refuses is told once, in its words and ours, and without secrets;
// silence is left to be tried again.
func TestRefusals(t *testing.T) {
	lost := errors.New("the network is broken")
	for _, test := range []struct {
		name   string
		answer func(*http.Request) (*http.Response, error)
		want   string
		silent bool
	}{
		{"no bucket", says(404, time.Now(), `<Error><Code>NoSuchBucket</Code></Error>`), "there is no bucket team-state", false},
		{"no permission", says(403, time.Now(), `<Error><Code>AccessDenied</Code><Message>No.</Message></Error>`), "refuses us: GET t/x, HTTP 403: AccessDenied No.", false},
		{"busy", says(503, time.Now(), `<Error><Code>SlowDown</Code></Error>`), "HTTP 503", true},
		{"elsewhere", says(301, time.Now(), ""), "sends us to another address", false},
		{"silence", func(*http.Request) (*http.Response, error) { return nil, lost }, lost.Error(), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, network := bucketAt(t, "https://s3.eu-west-1.amazonaws.com", test.answer)
			o, err := b.get(t.Context(), "t/x")
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), testKeyID) {
				t.Fatalf("get: %v, %v", o, err)
			}
			if _, silent := errors.AsType[*state.UnreachableError](err); silent != test.silent || len(network.heard) != 1 {
				t.Errorf("asked %d times: %v", len(network.heard), err)
			}
		})
	}
	b, _ := bucketAt(t, "https://s3.eu-west-1.amazonaws.com", says(404, time.Now(), `<Error><Code>NoSuchKey</Code></Error>`))
	if o, err := b.get(t.Context(), "t/x"); o != nil || err != nil {
		t.Errorf("an object that is not there: %v, %v", o, err)
	}
}
