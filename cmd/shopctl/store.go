package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/httpstore"
	"github.com/shopctl/shopctl/state/postgres"
	"github.com/shopctl/shopctl/state/s3"
	"github.com/shopctl/shopctl/state/web"
	"github.com/shopctl/shopctl/view"
)

// backend is where the state of a catalog is kept. That of the sandbox is always
// a file of its own. The caller closes it.
func (a *app) backend(catalog *schema.Catalog) (state.Backend, error) {
	if a.global.sandbox {
		return state.NewLocal(filepath.Join(a.dataDir(), "state.jsonl")), nil
	}
	return a.backendAt(catalog.Shop.State)
}

// settled is where a state is kept, with what the block leaves to the environment.
func (a *app) settled(c schema.StateConfig) schema.StateConfig {
	switch c.Store {
	case "http":
		c.HTTP.Address = cmp.Or(c.HTTP.Address, a.env("SHOPCTL_STATE_HTTP_ADDRESS", "TF_HTTP_ADDRESS"))
	case "s3":
		c.S3.Region = cmp.Or(c.S3.Region, a.env("AWS_REGION", "AWS_DEFAULT_REGION"), "us-east-1")
		c.S3.Endpoint = strings.TrimSuffix(cmp.Or(c.S3.Endpoint, a.bucketServer(), amazon(c.S3.Region)), "/")
	}
	return c
}

// bucketServer is the server of buckets that the environment names, or "".
func (a *app) bucketServer() string { return a.env("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") }

func (a *app) backendAt(c schema.StateConfig) (state.Backend, error) {
	c = a.settled(c)
	var store state.Leased
	var err error
	switch c.Store {
	case "local":
		return state.NewLocal(filepath.Join(a.global.dir, filepath.FromSlash(c.Path))), nil
	case "http":
		store, err = a.httpStore(c.HTTP)
	case "s3":
		store, err = a.s3Store(c.S3)
	case "postgres":
		store, err = a.postgresStore(c)
	default:
		return nil, fmt.Errorf("no store %q: the rules of the shop block let it pass", c.Store)
	}
	if err != nil {
		return nil, err
	}
	return state.NewRemote(store, state.Rescue{Dir: a.dataDir()}), nil
}

// openingPatience is how long a database may take to answer at the start.
const openingPatience = 20 * time.Second

func (a *app) postgresStore(c schema.StateConfig) (*postgres.Store, error) {
	ctx, cancel := context.WithTimeout(context.Background(), openingPatience)
	defer cancel()
	dsn := a.getenv("SHOPCTL_STATE_DSN")
	store, err := postgres.Open(ctx, dsn, c.Schema, c.Name)
	if err != nil && dsn+a.getenv("PGHOST") == "" {
		return nil, &view.Problem{
			What:   lang.T("the state is in PostgreSQL, and the environment does not say where that is", "状态保存在 PostgreSQL 中，但环境变量没有说明它在哪里"),
			Remedy: lang.T("Set SHOPCTL_STATE_DSN, such as postgres://user:password@host/database, or PGHOST and its like.", "请设置 SHOPCTL_STATE_DSN（例如 postgres://用户:密码@主机/数据库），或 PGHOST 等变量。"),
			Err:    err,
		}
	}
	return store, err
}

// httpStore asks only a server that the environment names: the files may be a
// stranger's. Without credentials it also asks this machine.
func (a *app) httpStore(c schema.StateHTTP) (*httpstore.Store, error) {
	username, password := a.httpCredentials()
	config := httpstore.Config{
		Address:     c.Address,
		LockAddress: c.LockAddress, LockMethod: c.LockMethod, UnlockAddress: c.UnlockAddress, UnlockMethod: c.UnlockMethod,
		Username: username, Password: password, Transport: web.NewTransport(),
	}
	for _, address := range []string{config.Address, cmp.Or(c.LockAddress, config.Address), cmp.Or(c.UnlockAddress, config.Address)} {
		if err := a.mayAsk(address, username != "" || password != ""); err != nil {
			return nil, err
		}
	}
	if config.Address == a.getenv("TF_HTTP_ADDRESS") { // the lock of another address is that of another state
		config.LockAddress = cmp.Or(config.LockAddress, a.getenv("TF_HTTP_LOCK_ADDRESS"))
		config.UnlockAddress = cmp.Or(config.UnlockAddress, a.getenv("TF_HTTP_UNLOCK_ADDRESS"))
		config.LockMethod = cmp.Or(config.LockMethod, a.getenv("TF_HTTP_LOCK_METHOD"))
		config.UnlockMethod = cmp.Or(config.UnlockMethod, a.getenv("TF_HTTP_UNLOCK_METHOD"))
	}
	return httpstore.New(config)
}

// httpCredentials are ours, those that are there for Terraform, or those of a
// job of GitLab.
func (a *app) httpCredentials() (username, password string) {
	username = a.env("SHOPCTL_STATE_HTTP_USERNAME", "TF_HTTP_USERNAME")
	password = a.env("SHOPCTL_STATE_HTTP_PASSWORD", "TF_HTTP_PASSWORD")
	if token := a.getenv("CI_JOB_TOKEN"); username == "" && password == "" && token != "" {
		return "gitlab-ci-token", token
	}
	return username, password
}

// env is the first of the variables that is set.
func (a *app) env(names ...string) string {
	for _, name := range names {
		if value := a.getenv(name); value != "" {
			return value
		}
	}
	return ""
}

func (a *app) mayAsk(address string, credentials bool) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && web.Loopback(u.Host)) {
		return &view.Problem{
			What: lang.T("there is no address for the state, or it is not https", "没有状态的地址，或不是 https 地址"),
			Remedy: lang.T("Set SHOPCTL_STATE_HTTP_ADDRESS in the environment, or address in the state block.",
				"请设置环境变量 SHOPCTL_STATE_HTTP_ADDRESS，或 state 块中的 address。"),
		}
	}
	if web.Loopback(u.Host) && !credentials {
		return nil
	}
	named := []string{a.getenv("SHOPCTL_STATE_HTTP_ADDRESS"), a.getenv("TF_HTTP_ADDRESS")}
	if api, project := a.getenv("CI_API_V4_URL"), a.getenv("CI_PROJECT_ID"); api != "" && project != "" {
		named = append(named, api+"/projects/"+project+"/terraform/state")
	}
	for _, name := range named {
		if below(u, name) {
			return nil
		}
	}
	return &view.Problem{
		What: lang.F("the files name a server that the environment does not: %s", "目录文件指定了环境变量中没有的服务器：%s", u.Scheme+"://"+u.Host),
		Remedy: lang.T("If it is right, set SHOPCTL_STATE_HTTP_ADDRESS to this address, or to one above it; credentials go nowhere else.",
			"若确认无误，请把 SHOPCTL_STATE_HTTP_ADDRESS 设为该地址或其上级地址；凭据不会发往别处。"),
	}
}

// below reports whether u is the address name or stands below it.
func below(u *url.URL, name string) bool {
	n, err := url.Parse(name)
	if err != nil || n.Host == "" || u.Scheme != n.Scheme || u.Host != n.Host || path.Clean("/"+u.Path) != "/"+strings.Trim(u.Path, "/") {
		return false
	}
	above := strings.TrimSuffix(n.Path, "/")
	return u.Path == above || strings.HasPrefix(u.Path, above+"/")
}

// official are the servers of S3, COS and OSS, which may be asked unnamed: a
// signature is worth nothing elsewhere, and the secret is not sent.
var official = regexp.MustCompile(`^(s3[.-][a-z0-9-]+\.amazonaws\.com(\.cn)?|cos\.[a-z0-9-]+\.myqcloud\.com|(s3\.)?oss-[a-z0-9-]+\.aliyuncs\.com)$`)

func (a *app) s3Store(c schema.StateS3) (*s3.Store, error) {
	credentials := s3.Credentials{KeyID: a.getenv("AWS_ACCESS_KEY_ID"), Secret: a.getenv("AWS_SECRET_ACCESS_KEY"), Token: a.getenv("AWS_SESSION_TOKEN")}
	if credentials.KeyID == "" || credentials.Secret == "" {
		return nil, &view.Problem{
			What:   lang.T("there are no credentials for the bucket of the state", "没有访问状态存储桶的凭据"),
			Remedy: lang.T("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (for COS and OSS too), and AWS_SESSION_TOKEN where they are temporary.", "请设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY（COS、OSS 同样如此），临时凭据还需 AWS_SESSION_TOKEN。"),
		}
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && web.Loopback(u.Host)) {
		return nil, &view.Problem{
			What:   lang.T("the endpoint of the bucket is no https address", "存储桶的 endpoint 不是 https 地址"),
			Remedy: lang.T("Write it as https://host.", "请写成 https://主机。"),
		}
	}
	if c.Endpoint != strings.TrimSuffix(a.bucketServer(), "/") && !official.MatchString(u.Host) && !web.Loopback(u.Host) {
		return nil, &view.Problem{
			What:   lang.F("the files name a server that the environment does not: %s", "目录文件指定了环境变量中没有的服务器：%s", u.Scheme+"://"+u.Host),
			Remedy: lang.T("If it is right, set AWS_ENDPOINT_URL_S3 to this address.", "若确认无误，请把 AWS_ENDPOINT_URL_S3 设为该地址。"),
		}
	}
	return s3.New(s3.Config{
		Endpoint: c.Endpoint, Bucket: c.Bucket, Key: c.Key, Region: c.Region,
		PathStyle: c.PathStyle || web.Loopback(u.Host), Credentials: credentials, Transport: web.NewTransport(),
	})
}

func amazon(region string) string {
	host := "https://s3." + region + ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		host += ".cn"
	}
	return host
}

// runPage is the page of the CI job that we are, or "".
func (a *app) runPage() string {
	if server, repository, run := a.getenv("GITHUB_SERVER_URL"), a.getenv("GITHUB_REPOSITORY"), a.getenv("GITHUB_RUN_ID"); server != "" && repository != "" && run != "" {
		return server + "/" + repository + "/actions/runs/" + run
	}
	return a.env("CI_JOB_URL", "BUILD_URL")
}
