package component_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider/providertest"
	"github.com/shopctl/shopctl/provider/wechat"
	"github.com/shopctl/shopctl/provider/wechat/component"
	"github.com/shopctl/shopctl/provider/wechat/sandbox"
	"github.com/shopctl/shopctl/schema"
)

// The contract, on the platform as it is mostly seen and with every oddity at once.
func TestContract(t *testing.T) {
	for name, knobs := range map[string]func() sandbox.Knobs{"default": sandbox.DefaultKnobs, "awkward": sandbox.AwkwardKnobs} {
		t.Run(name, func(t *testing.T) {
			providertest.Test(t, func(t *testing.T) providertest.Harness { return openSandbox(t, knobs()) })
		})
	}
}

// endpoints are the calls that the methods become.
var endpoints = map[providertest.Method]string{
	providertest.MethodProduct:     "/shop/spu/get",
	providertest.MethodUploadImage: "/shop/img/upload",
	providertest.MethodAdd:         "/shop/spu/add",
	providertest.MethodList:        "/shop/spu/listing",
}

var faults = map[providertest.Fault]sandbox.Fault{
	providertest.FaultBusy:        {ErrCode: -1},
	providertest.FaultLostRequest: {Drop: true},
	providertest.FaultLostReply:   {Drop: true, After: true},
	providertest.FaultToken:       {ErrCode: 42001},
	providertest.FaultMissing:     {ErrCode: 1000011},
}

// The pace of the sandbox's reviews: nothing ends before the clock is turned.
const (
	pushDelay   = time.Hour
	reviewDelay = 10 * time.Hour
	auditDelay  = 20 * time.Hour
)

func openSandbox(t *testing.T, knobs sandbox.Knobs) providertest.Harness {
	knobs.PushDelay, knobs.AuditDelay, knobs.GrantAuditDelay = sandbox.Duration(pushDelay), sandbox.Duration(reviewDelay), sandbox.Duration(auditDelay)
	knobs.StockSoldPerRead = 0 // the walks compare stock
	shop, err := sandbox.New(sandbox.Options{Knobs: &knobs})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(shop)
	t.Cleanup(func() {
		server.Close()
		if err := shop.Close(); err != nil {
			t.Error(err)
		}
	})
	console := shop.Console()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	return providertest.Harness{
		Provider: connect(t, server.URL),
		FreeLeaf: 1445, RestrictedLeaf: 1446,
		PushDelay: pushDelay, ReviewDelay: reviewDelay, AuditDelay: auditDelay,
		Advance: func(d time.Duration) { must(console.Advance(d)) },
		Reject: func(id, reason string) {
			must(console.ScriptVerdict(id, sandbox.Verdict{Reason: reason, Once: true}))
		},
		RejectBrand: func(wording, reason string) {
			must(console.ScriptBrand(wording, sandbox.Verdict{Reason: reason}))
		},
		Ban:      func(id string) { must(console.Ban(id, "违规")) },
		SetPrice: func(id, sku string, price schema.Fen) { must(console.SetPrice(id, sku, int64(price))) },
		Break: func(m providertest.Method, f providertest.Fault) {
			fault := faults[f]
			fault.Path = endpoints[m]
			must(console.Inject(fault))
		},
		Calls: func(m providertest.Method) int {
			n := 0
			for _, call := range shop.Calls() {
				if call.Path == endpoints[m] {
					n++
				}
			}
			return n
		},
	}
}

// connect opens the sandbox as a shop is opened: with a secret. Pauses take no time.
func connect(t *testing.T, endpoint string) *component.Provider {
	options := wechat.Options{Endpoint: endpoint, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	tokens, err := wechat.NewStableToken(sandbox.DefaultAppID, sandbox.DefaultSecret, options)
	if err != nil {
		t.Fatal(err)
	}
	shop, err := component.New(component.Config{
		Endpoint: endpoint, AppID: sandbox.DefaultAppID, Tokens: tokens, Limits: []wechat.Limit{}, Sleep: options.Sleep,
	})
	if err != nil {
		t.Fatal(err)
	}
	return shop
}

// Nothing that the client sends is anything the platform does not know.
func TestSandboxSeesNoUnknownCall(t *testing.T) {
	knobs := sandbox.DefaultKnobs()
	shop, err := sandbox.New(sandbox.Options{Knobs: &knobs})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(shop)
	defer server.Close()
	api := connect(t, server.URL).API()
	if _, err := api.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := api.MiniappCertificate(t.Context(), component.CertificateCategory); err != nil {
		t.Error(err)
	}
	if _, err := api.GetQuota(t.Context(), "/shop/spu/add"); err != nil {
		t.Error(err)
	}
	if err := api.ClearQuota(t.Context()); err != nil {
		t.Error(err)
	}
	for _, call := range shop.Calls() {
		if call.ErrCode != 0 && call.ErrCode != 1050006 || strings.Contains(call.Body, sandbox.DefaultSecret) {
			t.Errorf("%s: errcode %d: %s", call.Path, call.ErrCode, call.Reply)
		}
	}
}
