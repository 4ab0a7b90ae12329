package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/view"
)

func newSandbox(a *app) *cobra.Command {
	var addr, dir, pushURL string
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: a.say("Run the platform on this machine, to try things without an account", "在本机运行模拟平台，无需账号即可试用"),
		Long: a.say(`Serves the API of the custom trading component on a loopback port until it is
interrupted, with a page at / that shows the shop as a buyer would see it.
Its shop is the one that --sandbox uses, unless --dir names another folder.`,
			`在本机回环端口提供自定义交易组件 API，直到被中断；首页 / 以买家视角展示店铺。
默认使用与 --sandbox 相同的店铺，可用 --dir 指定其他目录。`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.global.sandbox = true
			if dir == "" {
				dir = a.sandboxDir()
			}
			return a.serveSandbox(cmd.Context(), addr, dir, pushURL)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:0", a.say("the loopback `address` to listen on; port 0 chooses a free one", "监听的回环地址（`address`），端口 0 表示自动选择"))
	cmd.Flags().StringVar(&dir, "dir", "", a.say("the `directory` in which the shop is kept (default .shopctl/sandbox/shop)", "店铺数据目录（`directory`，默认 .shopctl/sandbox/shop）"))
	cmd.Flags().StringVar(&pushURL, "push", "", a.say("send the platform's messages to this loopback `URL`, such as that of listen (environment WECHAT_PUSH_TOKEN, WECHAT_PUSH_AESKEY)", "把平台消息推送到该回环地址（`URL`），例如 listen 的地址（环境变量 WECHAT_PUSH_TOKEN、WECHAT_PUSH_AESKEY）"))
	return cmd
}

func (a *app) sandboxDir() string { return filepath.Join(a.dataDir(), "shop") }

// sandboxServer is a sandbox on a loopback port.
type sandboxServer struct {
	url    string
	box    *sandbox.Sandbox
	server *http.Server
}

// startSandbox opens the shop in dir and serves it. An empty appid is the
// sandbox's own.
func startSandbox(addr, dir, appid string) (*sandboxServer, error) {
	box, err := sandbox.New(sandbox.Options{Dir: dir, AppID: appid})
	if err != nil {
		return nil, sandboxProblem(err)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, sandboxProblem(errors.Join(err, box.Close()))
	}
	s := &sandboxServer{url: "http://" + listener.Addr().String(), box: box, server: &http.Server{Handler: box, ReadHeaderTimeout: 10 * time.Second}}
	go s.server.Serve(listener)
	return s, nil
}

func sandboxProblem(err error) error {
	p := &view.Problem{What: lang.T("cannot start the sandbox", "无法启动沙箱"), Err: err}
	if errors.Is(err, sandbox.ErrInUse) {
		p.Remedy = lang.T("Stop the other shopctl that uses it, or reach that one: --endpoint URL.", "请停止正在使用它的 shopctl，或改用 --endpoint URL 连接它。")
	}
	return p
}

// close saves the shop. Every command closes its sandbox after its last call,
// so there is nothing in flight to wait for.
func (s *sandboxServer) close() error { return errors.Join(s.server.Close(), s.box.Close()) }

// openSandbox runs the private sandbox of a catalog inside this process.
func (a *app) openSandbox(catalog *schema.Catalog) (*shop, error) {
	server, err := startSandbox("127.0.0.1:0", a.sandboxDir(), catalog.Shop.AppID)
	if err != nil {
		return nil, err
	}
	a.log.Info("sandbox", "url", server.url, "dir", a.sandboxDir())
	tokens, err := wechat.NewStableToken(catalog.Shop.AppID, sandbox.DefaultSecret, wechat.Options{Endpoint: server.url, Log: a.log, Underway: a.underway})
	if err != nil {
		return nil, errors.Join(err, server.close())
	}
	p, err := a.newProvider(catalog, server.url, tokens, new(wechat.Clock))
	if err != nil {
		return nil, errors.Join(err, server.close())
	}
	backend, err := a.backend(catalog)
	if err != nil {
		return nil, errors.Join(err, server.close())
	}
	return &shop{
		provider: p, state: backend, id: shopID(catalog), now: server.box.Console().Now,
		close: func() error { return errors.Join(backend.Close(), server.close()) },
	}, nil
}

// serveSandbox serves until the context ends, which is how it is meant to end.
func (a *app) serveSandbox(ctx context.Context, addr, dir, pushURL string) error {
	if host, _, err := net.SplitHostPort(addr); err != nil || !loopback(host) {
		return &view.Problem{
			What:   lang.F("--addr %s is not a loopback address", "--addr %s 不是回环地址", addr),
			Remedy: lang.T("The sandbox has no protection; use 127.0.0.1:PORT.", "沙箱没有任何防护，请使用 127.0.0.1:端口。"),
		}
	}
	appid := ""
	if shop, _ := schema.LoadShop(a.global.dir, schema.LoadOptions{Vars: a.global.vars, VarFiles: a.global.varFiles}); shop != nil {
		appid = shop.AppID
	}
	server, err := startSandbox(addr, dir, appid)
	if err != nil {
		return err
	}
	a.view.Sandbox(view.Sandbox{URL: server.url, Dir: dir, AppID: appid, Secret: sandbox.DefaultSecret})
	if pushURL != "" {
		if err := a.pushTo(server.box, pushURL); err != nil {
			return errors.Join(err, server.close())
		}
	}
	server.tick(ctx)
	return server.close()
}

// pushTo has the sandbox send its messages to a listener, as the console would be
// told to: in secure mode where there is a key.
func (a *app) pushTo(box *sandbox.Sandbox, url string) error {
	knobs := box.Console().Knobs()
	knobs.Push.URL, knobs.Push.Token, knobs.Push.AESKey = url, a.getenv("WECHAT_PUSH_TOKEN"), a.getenv("WECHAT_PUSH_AESKEY")
	knobs.Push.Secure = knobs.Push.AESKey != ""
	if err := box.Console().SetKnobs(knobs); err != nil {
		return &view.Problem{What: lang.F("the sandbox cannot push to %s", "沙箱无法推送到 %s", url), Err: err}
	}
	return nil
}

// tickEvery is how often a sandbox looks whether a review is over. Its messages
// leave then, without anybody asking.
const tickEvery = 250 * time.Millisecond

// tick lets the time of the shop pass until ctx ends.
func (s *sandboxServer) tick(ctx context.Context) {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			s.box.Console().Settle() // a broken ledger is told to whoever calls
		}
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
