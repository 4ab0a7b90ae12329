package main

import (
	"context"
	"errors"
	"net"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/listen"
	"github.com/shopctl/shopctl/notify"
	"github.com/shopctl/shopctl/provider/wechat/push"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

type listenFlags struct {
	addr, path string
	every      time.Duration
}

func newListen(a *app) *cobra.Command {
	var f listenFlags
	cmd := &cobra.Command{
		Use:   "listen",
		Short: a.say("Receive the platform's messages, and serve the status board as a live page", "接收平台推送的消息，并提供实时状态看板"),
		Long:  a.text(listenLong),
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.listen(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.addr, "addr", "127.0.0.1:8080", a.say("the `address` to listen on; put a proxy with TLS in front of it", "监听地址（`address`），前面请放置带 TLS 的反向代理"))
	flags.StringVar(&f.path, "path", listen.DefaultPath, a.say("the `path` to which the platform sends its messages", "接收平台消息的路径（`path`）"))
	flags.DurationVar(&f.every, "every", listen.DefaultEvery, a.say("how often the whole shop is read, because messages get lost", "重新读取整个店铺的间隔，因为消息可能丢失"))
	return cmd
}

var listenLong = lang.T(
	`Receives the messages that the platform pushes: each makes the object that it is
about be read again and the state be updated under its lock. Serves the status
board at /, /metrics for Prometheus and /healthz, until it is interrupted.

Environment: WECHAT_PUSH_TOKEN and WECHAT_PUSH_AESKEY, as set in the console;
without the key, messages come unencrypted. SHOPCTL_LISTEN_TOKEN opens board and
metrics: it is the password of any user. SHOPCTL_NOTIFY_WECOM,
SHOPCTL_NOTIFY_DINGTALK, SHOPCTL_NOTIFY_FEISHU and SHOPCTL_NOTIFY_WEBHOOK are
told of verdicts; each may have a secret, such as SHOPCTL_NOTIFY_FEISHU_SECRET.
WECHAT_COMPONENT_TICKET_STORE_COMMAND keeps the tickets of a third-party platform.`,
	`接收平台推送的消息：每条消息都会触发重新读取相关对象，并在锁内更新状态。首页 / 提供
状态看板，/metrics 供 Prometheus 采集，/healthz 用于健康检查，直到被中断。

环境变量：WECHAT_PUSH_TOKEN 与 WECHAT_PUSH_AESKEY 与后台的消息推送配置一致；不设
AESKEY 则接收明文消息。SHOPCTL_LISTEN_TOKEN 是看板和指标的访问密码（用户名任意）。
SHOPCTL_NOTIFY_WECOM、SHOPCTL_NOTIFY_DINGTALK、SHOPCTL_NOTIFY_FEISHU、
SHOPCTL_NOTIFY_WEBHOOK 用于通知审核结果，可各自设置密钥，例如
SHOPCTL_NOTIFY_FEISHU_SECRET。WECHAT_COMPONENT_TICKET_STORE_COMMAND 用于保存第三方
平台的 ticket。`)

func (a *app) listen(ctx context.Context, f listenFlags) error {
	if err := a.listenable(f); err != nil {
		return err
	}
	senders, err := a.senders()
	if err != nil {
		return err
	}
	d, err := a.desire(ctx)
	if err != nil {
		return err
	}
	defer d.shop.close()
	a.ended = nil // from here on an interrupt is waited for, and what is under way ends first
	receiver, err := a.receiver(d.catalog.Shop.AppID)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.addr)
	if err != nil {
		return &view.Problem{What: lang.F("cannot listen on %s", "无法监听 %s", f.addr), Err: err}
	}
	deliveries := newDeliveries(senders)
	outbox := notify.NewOutbox(senders, notify.Options{Log: a.log, Sent: func(channel string, err error) {
		deliveries.WithLabelValues(channel, deliveryOutcome(err)).Inc()
	}})
	defer closeOutbox(ctx, outbox)
	config := listen.Config{
		Shop: d.catalog.Shop.Name, AppID: d.catalog.Shop.AppID, Receiver: receiver, Reader: a.reader(d), Path: f.path,
		Token: a.getenv("SHOPCTL_LISTEN_TOKEN"), Lang: a.lang, Every: f.every, Log: a.log, Metrics: []prometheus.Collector{deliveries},
		Ticket: a.ticketStore(),
		Verdicts: func(verdicts []reconcile.Standing) {
			title, lines := view.VerdictMessage(d.catalog.Shop.Name, verdicts, a.lang)
			outbox.Tell(notify.Message{Title: title, Lines: lines})
		},
	}
	if err := a.view.Listening("http://"+listener.Addr().String(), f.path, config.Token != "", receiver.Encrypted()); err != nil {
		return errors.Join(err, listener.Close())
	}
	return listen.New(config).Serve(ctx, listener)
}

// closeOutbox gives the group chats a moment for what still waits.
func closeOutbox(ctx context.Context, outbox *notify.Outbox) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	outbox.Close(ctx)
}

// pushPath is what a path of the message push looks like.
var pushPath = regexp.MustCompile(`^(/[A-Za-z0-9_-]+)+$`)

// minToken is how long the token of the board must be, in characters.
const minToken = 16

// listenable refuses what would not work or not be safe, before the shop is read.
func (a *app) listenable(f listenFlags) error {
	token := a.getenv("SHOPCTL_LISTEN_TOKEN")
	switch {
	case a.global.sandbox:
		return &view.Problem{
			What:   lang.T("listen does not work with --sandbox: other commands could not use the sandbox meanwhile", "listen 不能与 --sandbox 一起使用：否则其他命令无法同时使用该沙箱"),
			Remedy: lang.T("Run shopctl sandbox --push URL beside it, and set SHOPCTL_ENDPOINT.", "请另行运行 shopctl sandbox --push URL，并设置 SHOPCTL_ENDPOINT。"),
		}
	case !pushPath.MatchString(f.path) || slices.Contains([]string{"/events", "/metrics", "/healthz"}, f.path):
		return badFlag("--path", f.path, "/wechat, /push ...")
	case f.every < time.Minute:
		return badFlag("--every", f.every.String(), "1m, 15m, 1h ...")
	case token != "" && len(token) < minToken:
		return &view.Problem{
			What:   lang.F("SHOPCTL_LISTEN_TOKEN is shorter than %d characters", "SHOPCTL_LISTEN_TOKEN 少于 %d 个字符", minToken),
			Remedy: lang.T("Make one: openssl rand -hex 16", "可用以下命令生成：openssl rand -hex 16"),
		}
	case a.getenv("WECHAT_PUSH_TOKEN") == "":
		return &view.Problem{
			What:   lang.T("there is no token of the message push", "没有消息推送的 Token"),
			Remedy: lang.T("Set WECHAT_PUSH_TOKEN and WECHAT_PUSH_AESKEY as in the console, under development, message push.", "请按后台“开发管理 → 消息推送”中的配置设置 WECHAT_PUSH_TOKEN 与 WECHAT_PUSH_AESKEY。"),
		}
	}
	return nil
}

// receiver opens messages for the mini-program, and for the third-party platform
// where it gets them.
func (a *app) receiver(appid string) (*push.Receiver, error) {
	appids := []string{appid}
	if platform := a.getenv("WECHAT_COMPONENT_APPID"); platform != "" {
		appids = append(appids, platform)
	}
	receiver, err := push.New(push.Config{Token: a.getenv("WECHAT_PUSH_TOKEN"), AESKey: a.getenv("WECHAT_PUSH_AESKEY"), AppIDs: appids})
	if err != nil {
		return nil, &view.Problem{
			What:   lang.T("WECHAT_PUSH_AESKEY is not an EncodingAESKey", "WECHAT_PUSH_AESKEY 不是有效的 EncodingAESKey"),
			Remedy: lang.T("Copy all 43 characters from the console.", "请从后台完整复制 43 个字符。"),
		}
	}
	return receiver, nil
}

func (a *app) reader(d *desired) listen.Reader {
	return &listen.Shop{
		Catalog: d.catalog, Provider: d.shop.provider, Backend: d.shop.state, ID: d.shop.id, Log: a.log, Now: d.shop.now,
		Lock: func() state.LockInfo { return a.lockInfo("listen") },
		Load: func(ctx context.Context) (*schema.Catalog, error) { return a.reload(ctx, d) },
	}
}

// reload reads the catalog's files again while the program runs. The shop must be
// the one that we are connected to.
func (a *app) reload(ctx context.Context, d *desired) (*schema.Catalog, error) {
	tree, err := d.shop.provider.Categories(ctx, false)
	if err != nil {
		return nil, err
	}
	catalog, ds := a.load(tree)
	if err := a.report(ds); err != nil {
		return nil, errors.New("see the findings")
	}
	if shopID(catalog) != d.shop.id {
		return nil, errors.New("the shop block names another shop; start listen again")
	}
	return catalog, nil
}

// ticketStore hands tickets of the third-party platform to a command; nil without one.
func (a *app) ticketStore() func(context.Context, string) error {
	command := a.getenv("WECHAT_COMPONENT_TICKET_STORE_COMMAND")
	if command == "" {
		return nil
	}
	return shellCommand(command, a.getenv("WECHAT_COMPONENT_APPID")).Store
}
