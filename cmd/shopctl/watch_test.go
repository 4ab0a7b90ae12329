package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider"
	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/view"
)

// reviewing is a shop in which reviews end after a while, and that notes what it
// was asked for.
type reviewing struct {
	provider.Provider
	ends  map[string]time.Time
	fails int // so many readings first
	asked []provider.Scope
}

func (r *reviewing) Observe(_ context.Context, scope provider.Scope) (*provider.Observation, error) {
	r.asked = append(r.asked, scope)
	if r.fails > 0 && scope.Only {
		r.fails--
		return nil, &provider.Error{Class: provider.ClassRetry, Call: "spu/get", Code: -1, Message: "system error"}
	}
	seen := &provider.Observation{At: time.Now(), Products: map[string]*provider.Product{}}
	for id, end := range r.ends {
		p := &provider.Product{ProductID: "1" + id, OutProductID: id, Draft: copyOf(id), Review: provider.ReviewRunning, Shelf: provider.ShelfInitial}
		if !time.Now().Before(end) {
			p.Review, p.Shelf, p.Online = provider.ReviewApproved, provider.ShelfListed, p.Draft
		}
		seen.Products[id] = p
	}
	return seen, nil
}

func copyOf(id string) *provider.Copy {
	return &provider.Copy{SPU: schema.SPU{OutProductID: id, Title: "毛毯" + id, Listing: true}}
}

// watched is a watcher of two products whose reviews end after a minute and after
// ten.
func watched(platform *reviewing, out *bytes.Buffer, backend state.Backend) *watcher {
	start := time.Now()
	platform.ends = map[string]time.Time{"719": start.Add(time.Minute), "720": start.Add(10 * time.Minute)}
	catalog := &schema.Catalog{SPUs: map[string]*schema.SPU{}, Sources: map[schema.Address]schema.Source{}}
	for id := range platform.ends {
		catalog.SPUs[id] = &copyOf(id).SPU
		catalog.Sources[schema.Address{Kind: schema.KindSPU, Name: id}] = schema.Source{}
	}
	id := state.ShopID{Platform: "component", AppID: "wx0123456789abcdef"}
	s := &situation{desired: &desired{catalog: catalog, shop: &shop{provider: platform, state: backend, id: id, now: time.Now}}, state: state.New(id)}
	s.policy.Now = start
	s.seen, _ = platform.Observe(context.Background(), provider.Scope{})
	w := &watcher{situation: s, board: *s.board(), readAll: start.Add(readAllEvery)}
	w.show = (&view.View{Out: out, Err: out, Lang: lang.EN, Format: view.Text}).Watch(nil, false)
	return w
}

// What is in review is read again and again, and nothing else; the whole shop
// every five minutes. The watch ends when nothing is in review.
func TestWatching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		shop := &reviewing{fails: 1}
		w := watched(shop, &out, state.NewMemory())
		over, err := (&statusFlags{until: untilDone}).ending()
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := w.run(t.Context(), over); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 10*time.Minute || took > 11*time.Minute {
			t.Errorf("the watch took %v, want as long as the reviews, ten minutes", took)
		}
		whole, parts, last := 0, 0, []string{}
		for _, scope := range shop.asked {
			if !scope.Only {
				whole++
				continue
			}
			parts++
			last = slices.Concat(scope.Products, scope.Fresh)
		}
		if whole != 3 || parts < 20 || parts > 40 {
			t.Errorf("the whole shop was read %d times and a part %d times in ten minutes", whole, parts)
		}
		if len(last) != 1 || last[0] != "720" {
			t.Errorf("at the end %v was read, want what was left in review, 720", last)
		}
		text := out.String()
		if strings.Count(text, "in review → ● on shelf") != 2 || strings.Count(text, "system error") != 1 {
			t.Errorf("said:\n%s", text)
		}
	})
}

// Another run that writes to the state makes the whole shop be read again.
func TestWatchingHearsOfOtherRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		shop, backend := &reviewing{}, state.NewMemory()
		w := watched(shop, &out, backend)
		other := state.New(w.situation.shop.id)
		other.Seq = 7
		if err := backend.Save(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		if _, err := w.look(t.Context()); err != nil || shop.asked[len(shop.asked)-1].Only {
			t.Errorf("%v; asked for %+v, want the whole shop", err, shop.asked[len(shop.asked)-1])
		}
	})
}

func TestPausesOfAWatch(t *testing.T) {
	for _, c := range []struct {
		what        string
		pause, took time.Duration
		moved       bool
		want        time.Duration
	}{
		{"grows by half", 4 * time.Second, 0, false, 6 * time.Second},
		{"to half a minute", 25 * time.Second, 0, false, longestLook},
		{"and begins anew when something moves", longestLook, 0, true, firstLook},
		{"a shop that answers slowly is asked seldom", longestLook, 20 * time.Second, true, 100 * time.Second},
	} {
		if got := nextPause(c.pause, c.moved, c.took); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, address string
		want             bool
	}{
		{"spu.719", "spu.719", true},
		{"spu.7*", "spu.719", true},
		{"spu.*", "spu.a/b", true},
		{"*", "brand.cxy", true},
		{"spu.[a]", "spu.[a]", true},
		{"spu.7", "spu.719", false},
		{"brand.*", "spu.719", false},
	} {
		address, err := schema.ParseAddress(c.address)
		if err != nil {
			t.Fatal(err)
		}
		if got := names(c.pattern, address); got != c.want {
			t.Errorf("%s names %s: %v", c.pattern, c.address, got)
		}
	}
}
