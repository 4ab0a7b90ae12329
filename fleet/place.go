package fleet

import (
	"net/netip"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/shopctl/shopctl/schema"
)

// Place names where a state is kept, so that the same place has one name however
// the block spells it. dir is the shop's directory; what the block leaves to the
// environment must be filled in. Two names of one server, such as an alias, and of
// one project of GitLab, by number and by path, are two places.
func Place(dir string, c schema.StateConfig) string {
	switch c.Store {
	case "local":
		return localPlace(dir, c)
	case "http":
		return "http " + addressPlace(c.HTTP.Address)
	case "s3":
		return "s3 " + path.Join(bucketServer(c.S3.Endpoint), c.S3.Bucket, c.S3.Key)
	}
	return c.Store + " " + path.Join(c.Schema, c.Name)
}

// localPlace is the file, whatever path and links lead to it.
func localPlace(dir string, c schema.StateConfig) string {
	file := filepath.Join(dir, filepath.FromSlash(c.Path))
	if absolute, err := filepath.Abs(file); err == nil {
		file = absolute
	}
	if linked, err := filepath.EvalSymlinks(file); err == nil {
		return linked
	}
	if parent, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil { // no state yet
		return filepath.Join(parent, filepath.Base(file))
	}
	return file
}

// addressPlace is an address in its one form: escapes undone, dots and slashes
// taken out, the query in order.
func addressPlace(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	place := u.Scheme + "://" + path.Join(host(u), path.Clean("/"+u.Path))
	if query := u.Query().Encode(); query != "" {
		place += "?" + query
	}
	return place
}

// defaultPorts need not be written.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// host is the host of an address, with its port unless that is the usual one. All
// names of this machine are one.
func host(u *url.URL) string {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(name); err == nil {
		if name = ip.Unmap().String(); ip.IsLoopback() {
			name = "localhost"
		}
	}
	if port := u.Port(); port != "" && port != defaultPorts[u.Scheme] {
		name += ":" + port
	}
	return name
}

// The servers of Amazon and of OSS that have the same buckets: a bucket's name is
// there once in all regions, and a server has other names for other networks.
var (
	amazonServer = regexp.MustCompile(`^s3[.-]([a-z0-9.-]+\.)?amazonaws\.com(\.cn)?$|^s3\.amazonaws\.com$`)
	ossServer    = regexp.MustCompile(`^(?:s3\.)?(oss-[a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$`)
)

// bucketServer names the server of a bucket.
func bucketServer(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return endpoint
	}
	name := host(u)
	if m := amazonServer.FindStringSubmatch(name); m != nil {
		return "amazonaws.com" + m[2]
	}
	return ossServer.ReplaceAllString(name, "$1.aliyuncs.com")
}
