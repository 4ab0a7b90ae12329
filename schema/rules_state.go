package schema

import (
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/lang"
)

// What a state block leaves out.
const (
	defaultStatePath   = "shopctl.state.jsonl"
	defaultStateSchema = "shopctl"
)

// stateAttrs are the attributes that each store has.
var stateAttrs = map[string][]string{
	"local":    {"path"},
	"http":     {"address", "lock_address", "lock_method", "unlock_address", "unlock_method"},
	"s3":       {"bucket", "key", "region", "endpoint", "path_style"},
	"postgres": {"schema"},
}

var (
	methodPattern = regexp.MustCompile(`^[A-Z]{1,20}$`)
	bucketPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	schemaPattern = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)
)

// state reads the block of a shop whose platform and appid are known.
func (b *builder) state(n *node, s *Shop) StateConfig {
	c := StateConfig{Store: n.label}
	attrs, known := stateAttrs[n.label]
	if !known {
		b.add(ruleStateStore, n.at, lang.F("There is no state store %q.", "没有状态存储 %q。", n.label),
			lang.T(`Write state "local", "http", "s3" or "postgres".`, `请写 state "local"、"http"、"s3" 或 "postgres"。`))
		return c
	}
	for _, attr := range n.spec.Attrs {
		if _, given := n.values[attr.Name]; given && !slices.Contains(attrs, attr.Name) {
			b.add(ruleStateAttr, n.place(attr.Name), lang.F("state %q has no %s.", "state %q 没有属性 %s。", n.label, attr.Name),
				lang.F("It has %s.", "可用的属性：%s。", strings.Join(attrs, ", ")))
		}
	}
	switch n.label {
	case "local":
		c.Path = b.statePath(n)
	case "http":
		c.HTTP = b.stateHTTP(n)
	case "s3":
		c.S3 = b.stateS3(n, s)
	case "postgres":
		c.Schema, c.Name = b.stateSchema(n), shopKey(s)
	}
	return c
}

// shopKey names a shop where many share a place.
func shopKey(s *Shop) string { return s.Platform + "/" + s.AppID }

func (b *builder) statePath(n *node) string {
	if !n.has("path") {
		return defaultStatePath
	}
	name := get[string](n, "path")
	b.checkStatePath(n, name)
	return name
}

func (b *builder) checkStatePath(n *node, name string) {
	cleaned, err := clean(name)
	if err != nil {
		_, why, remedy := readFailure(name, err)
		b.add(ruleStatePath, n.place("path"), why, remedy)
		return
	}
	if name == "" || cleaned == "." || strings.HasSuffix(name, "/") || strings.HasPrefix(path.Base(cleaned), "..") || isCatalogFile(cleaned) {
		b.add(ruleStatePath, n.place("path"), lang.F("%q is no name for a state file.", "%q 不能作为状态文件名。", name), lang.T(`Write for example "shopctl.state.jsonl".`, `例如 "shopctl.state.jsonl"。`))
	}
}

func (b *builder) stateHTTP(n *node) StateHTTP {
	return StateHTTP{
		Address:     b.stateURL(n, "address"),
		LockAddress: b.stateURL(n, "lock_address"), LockMethod: b.stateMethod(n, "lock_method"),
		UnlockAddress: b.stateURL(n, "unlock_address"), UnlockMethod: b.stateMethod(n, "unlock_method"),
	}
}

// stateURL is an address: https, or http of this machine, without a password.
func (b *builder) stateURL(n *node, attr string) string {
	address := get[string](n, attr)
	if !n.has(attr) {
		return ""
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		b.add(ruleStateAttr, n.place(attr), lang.F("%s is no URL.", "%s 不是 URL。", attr), lang.T("Write https://host/path.", "请写成 https://主机/路径。"))
	case u.User != nil:
		b.add(ruleSecret, n.place(attr), lang.F("%s holds a user or a password.", "%s 中含有用户名或密码。", attr),
			lang.T("Put them into the environment (SHOPCTL_STATE_HTTP_USERNAME, SHOPCTL_STATE_HTTP_PASSWORD).", "请放到环境变量中（SHOPCTL_STATE_HTTP_USERNAME、SHOPCTL_STATE_HTTP_PASSWORD）。"))
	case u.Scheme == "http" && !loopback(u.Hostname()):
		b.add(ruleStateAttr, n.place(attr), lang.T("Everybody on the way can read and change what goes over http.", "http 传输的内容可被途经的任何人读取和篡改。"), lang.T("Write https://.", "请使用 https://。"))
	}
	return address
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func (b *builder) stateMethod(n *node, attr string) string {
	method := get[string](n, attr)
	if n.has(attr) && !methodPattern.MatchString(method) {
		b.add(ruleStateAttr, n.place(attr), lang.F("%q is no HTTP method.", "%q 不是 HTTP 方法。", method), lang.T("Write for example POST.", "例如 POST。"))
	}
	return method
}

func (b *builder) stateS3(n *node, s *Shop) StateS3 {
	c := StateS3{
		Bucket: get[string](n, "bucket"), Key: "shopctl/" + shopKey(s), Region: get[string](n, "region"),
		Endpoint: b.stateURL(n, "endpoint"), PathStyle: get[bool](n, "path_style"),
	}
	if !bucketPattern.MatchString(c.Bucket) && !n.bad("bucket") {
		b.add(ruleStateAttr, n.place("bucket"), lang.F("%q is no name of a bucket.", "%q 不是存储桶的名称。", c.Bucket), lang.T(`Write bucket = "NAME".`, `请写 bucket = "名称"。`))
	}
	if n.has("key") {
		c.Key = get[string](n, "key")
		if c.Key == "" || path.Clean("/"+c.Key) != "/"+c.Key {
			b.add(ruleStateAttr, n.place("key"), lang.F("%q cannot begin the name of an object.", "%q 不能作为对象名称的前缀。", c.Key), lang.T("Write for example shopctl/blankets.", "例如 shopctl/blankets。"))
		}
	}
	return c
}

func (b *builder) stateSchema(n *node) string {
	if !n.has("schema") {
		return defaultStateSchema
	}
	name := get[string](n, "schema")
	if !schemaPattern.MatchString(name) {
		b.add(ruleStateAttr, n.place("schema"), lang.F("%q is no name of a schema.", "%q 不是模式的名称。", name),
			lang.T("Write small letters, digits and underscores.", "请使用小写字母、数字和下划线。"))
	}
	return name
}
