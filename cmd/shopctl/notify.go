package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/notify"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/view"
)

// senders are the group chats and webhooks that the environment names. Their
// addresses are secrets, so there are no flags for them.
func (a *app) senders() ([]notify.Sender, error) {
	var all []notify.Sender
	for _, channel := range []struct {
		name string
		make func(address, secret string) (notify.Sender, error)
	}{
		{"SHOPCTL_NOTIFY_WECOM", func(address, _ string) (notify.Sender, error) { return notify.NewWeCom(address) }},
		{"SHOPCTL_NOTIFY_DINGTALK", notify.NewDingTalk},
		{"SHOPCTL_NOTIFY_FEISHU", notify.NewFeishu},
		{"SHOPCTL_NOTIFY_WEBHOOK", notify.NewWebhook},
	} {
		address := a.getenv(channel.name)
		if address == "" {
			continue
		}
		sender, err := channel.make(address, a.getenv(channel.name+"_SECRET"))
		if err != nil {
			return nil, &view.Problem{
				What:   lang.F("%s is not an address for notifications", "%s 不是可用的通知地址", channel.name),
				Remedy: lang.T("Set it to the https URL that the group's robot shows.", "请填写群机器人页面给出的 https 地址。"),
			}
		}
		all = append(all, sender)
	}
	return all, nil
}

// newDeliveries counts notifications for the metrics.
func newDeliveries(senders []notify.Sender) *prometheus.CounterVec {
	sent := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "shopctl_notifications_total", Help: "Notifications, by channel and outcome.",
	}, []string{"channel", "outcome"})
	for _, sender := range senders { // a series is there before it counts
		sent.WithLabelValues(sender.Name(), "sent")
		sent.WithLabelValues(sender.Name(), "failed")
	}
	return sent
}

func deliveryOutcome(err error) string {
	if err != nil {
		return "failed"
	}
	return "sent"
}

// digestTimeout bounds how long a finished run waits for the group chats.
const digestTimeout = 30 * time.Second

// digest tells the group chats how a run of apply ended, unless nothing was done
// and nothing is wrong. What they do not take is said in the log; the run ended as
// it ended.
func (a *app) digest(ctx context.Context, senders []notify.Sender, report *reconcile.Report) {
	quiet := report.Calls == 0 && report.Count(reconcile.OutcomeBlocked)+report.Count(reconcile.OutcomeFailed) == 0
	if len(senders) == 0 || quiet {
		return
	}
	name := ""
	if catalog, err := a.loadShop(); err == nil {
		name = catalog.Shop.Name
	}
	title, lines := view.DigestMessage(name, report, a.lang)
	a.tellChats(ctx, senders, title, lines)
}

// tellChats sends one message to every group chat. A message without a title is none.
func (a *app) tellChats(ctx context.Context, senders []notify.Sender, title string, lines []string) {
	if len(senders) == 0 || title == "" {
		return
	}
	outbox := notify.NewOutbox(senders, notify.Options{Log: a.log})
	outbox.Tell(notify.Message{Title: title, Lines: lines})
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), digestTimeout)
	defer cancel()
	outbox.Close(ctx)
}
