package fleet

import (
	"testing"

	"github.com/shopctl/shopctl/schema"
)

// One place has one name, however it is spelled, and two places have two.
func TestPlaceOfAnAddress(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"https://example.com/state/a", "https://EXAMPLE.com:443/state/a", true},
		{"https://example.com/state/a", "https://example.com./state//a/", true},
		{"https://example.com/state/a", "https://example.com/x/../state/%61", true},
		{"https://example.com/state?team=a&x=1", "https://example.com/state?x=1&team=a#top", true},
		{"http://localhost:8080/a", "http://127.0.0.1:8080/a", true},
		{"http://127.0.0.1/a", "http://[::1]:80/a", true},
		{"https://example.com/state/a", "https://example.com/state/A", false},
		{"https://example.com/state/a", "https://example.com:8443/state/a", false},
		{"https://example.com/state/a", "http://example.com/state/a", false},
		{"https://example.com/state?team=a", "https://example.com/state?team=b", false},
	} {
		place := func(address string) string {
			return Place("", schema.StateConfig{Store: "http", HTTP: schema.StateHTTP{Address: address}})
		}
		if got := place(c.a) == place(c.b); got != c.same {
			t.Errorf("%s (%s) and %s (%s): same %v, want %v", c.a, place(c.a), c.b, place(c.b), got, c.same)
		}
	}
}

// A bucket is the same through every server that has it.
func TestPlaceInABucket(t *testing.T) {
	for _, c := range []struct {
		a, b string // endpoints
		same bool
	}{
		{"https://s3.us-east-1.amazonaws.com", "https://s3.amazonaws.com", true},
		{"https://s3.eu-west-1.amazonaws.com", "https://s3.dualstack.eu-west-1.amazonaws.com/", true},
		{"https://s3-us-west-2.amazonaws.com", "https://s3.us-west-2.amazonaws.com:443", true},
		{"https://oss-cn-shanghai.aliyuncs.com", "https://oss-cn-shanghai-internal.aliyuncs.com", true},
		{"https://oss-cn-shanghai.aliyuncs.com", "https://s3.oss-cn-shanghai.aliyuncs.com", true},
		{"https://cos.ap-guangzhou.myqcloud.com", "https://COS.ap-guangzhou.myqcloud.com/", true},
		{"https://s3.cn-north-1.amazonaws.com.cn", "https://s3.us-east-1.amazonaws.com", false},
		{"https://cos.ap-guangzhou.myqcloud.com", "https://cos.ap-beijing.myqcloud.com", false},
		{"https://oss-cn-shanghai.aliyuncs.com", "https://oss-cn-beijing.aliyuncs.com", false},
		{"https://minio.example.com", "https://s3.amazonaws.com", false},
	} {
		place := func(endpoint string) string {
			return Place("", schema.StateConfig{Store: "s3", S3: schema.StateS3{Endpoint: endpoint, Bucket: "states", Key: "shopctl/a"}})
		}
		if got := place(c.a) == place(c.b); got != c.same {
			t.Errorf("%s (%s) and %s (%s): same %v, want %v", c.a, place(c.a), c.b, place(c.b), got, c.same)
		}
	}
}
