package component_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/provider"
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

// startSandbox opens a sandbox for tests that are no walk of the contract.
func startSandbox(t *testing.T, change func(*sandbox.Knobs)) (*sandbox.Sandbox, *component.API) {
	knobs := sandbox.DefaultKnobs()
	change(&knobs)
	shop, err := sandbox.New(sandbox.Options{Knobs: &knobs})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(shop)
	t.Cleanup(server.Close)
	return shop, connect(t, server.URL).API()
}

// From a Mini Program that has not joined to one that may sell in Channels.
func TestJoining(t *testing.T) {
	shop, api := startSandbox(t, func(k *sandbox.Knobs) { k.StartUnjoined = true })
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check := func(joined, tasksDone bool, scene int) {
		t.Helper()
		got, err := api.Check(t.Context())
		if !joined {
			if provider.ClassOf(err) != provider.ClassPermission {
				t.Fatalf("check before joining: %v", err)
			}
			return
		}
		must(err)
		if got.Status != 2 || (got.AccessInfo.OpenProductTaskFinished == 1) != tasksDone || int(got.Scenes[0].Status) != scene {
			t.Fatalf("registration = %+v", got)
		}
	}
	check(false, false, 0)
	must(api.Apply(t.Context()))
	must(shop.Console().Advance(time.Minute))
	check(true, false, 3)
	if err := api.ApplyScene(t.Context(), 1); provider.ClassOf(err) != provider.ClassPermission {
		t.Errorf("the scene before the tasks: %v", err)
	}
	must(shop.Console().CompleteTasks())
	for _, item := range []int{6, 19, 8, 20, 10, 11} {
		must(api.FinishAccessInfo(t.Context(), item))
	}
	must(api.ApplyScene(t.Context(), 1))
	must(shop.Console().Advance(time.Minute))
	check(true, true, 1)
	for scene, want := range map[int]bool{1175: true, 1001: false} {
		if got, err := api.CheckScene(t.Context(), scene); got != want || err != nil {
			t.Errorf("scene %d: %v, %v", scene, got, err)
		}
	}
}

// The endpoints that no provider method uses, and a look at what the platform
// has kept of them: nothing it did not know, and no secret.
func TestQuotaAndRID(t *testing.T) {
	shop, api := startSandbox(t, func(*sandbox.Knobs) {})
	before, err := api.GetQuota(t.Context(), "/shop/spu/get")
	if err != nil {
		t.Fatal(err)
	}
	_, missing := api.GetSPU(t.Context(), component.SPURef{OutProductID: "nothing"}, component.PlaneDraft, 0)
	after, err := api.GetQuota(t.Context(), "/shop/spu/get")
	if err != nil || after.Used != before.Used+1 || after.Remain != before.Remain-1 {
		t.Errorf("quota before %+v, after %+v, %v", before, after, err)
	}
	refusal, isRefusal := errors.AsType[*provider.Error](missing)
	if !isRefusal {
		t.Fatalf("error = %v", missing)
	}
	report, err := api.GetRID(t.Context(), refusal.RID)
	if err != nil || report.RequestBody != `{"out_product_id":"nothing","need_edit_spu":1}` {
		t.Errorf("report = %+v, %v", report, err)
	}
	if err := api.ClearQuota(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := api.MiniappCertificate(t.Context(), component.CertificateCategory); err != nil {
		t.Error(err)
	}
	for _, call := range shop.Calls() {
		if call.ErrCode != 0 && call.ErrCode != refusal.Code && call.ErrCode != 1050006 || strings.Contains(call.Body, sandbox.DefaultSecret) {
			t.Errorf("%s: errcode %d: %s", call.Path, call.ErrCode, call.Reply)
		}
	}
}
