package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/view"
)

// A platform that hangs is told of without a terminal too, naming the call and the
// object, and no more once the shop is closed.
func TestASilentPlatformIsToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		a := newApp(nil, nil, nil, func(string) string { return "" })
		a.view = &view.View{Err: &said, Lang: lang.EN}
		silent := a.tellOfWaiting()
		call := a.underway.Begin(provider.About(t.Context(), "spu.towel"), "spu/add")
		time.Sleep(time.Minute) // it waits for its turn
		a.underway.Sent(call, time.Now())
		time.Sleep(view.SlowAfter + 2*lookEvery)
		silent()
		time.Sleep(time.Minute)
		if got := said.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "no answer to spu/add (spu.towel) since ") {
			t.Errorf("said:\n%s", got)
		}
	})
}
