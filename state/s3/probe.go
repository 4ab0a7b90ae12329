package s3

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/state"
)

// How hard the server is tried. A server whose If-Match is not atomic lost half
// of 80 updates (rclone 1.76 serve s3).
const (
	racers     = 16
	rounds     = 5
	counters   = 8
	increments = 10
)

// Probe implements state.Prober with objects below the key.
func (s *Store) Probe(ctx context.Context) ([]state.Finding, error) {
	p := prober{s.bucket, s.name("check-" + rand.Text() + "/")}
	var found []state.Finding
	for _, try := range []func(context.Context) (state.Finding, error){p.create, p.match, p.race, p.count} {
		f, err := try(ctx)
		if err != nil {
			return found, err
		}
		found = append(found, f)
	}
	return found, nil
}

type prober struct {
	bucket *bucket
	under  string
}

func (p prober) create(ctx context.Context) (state.Finding, error) {
	name := p.under + "create"
	_, first := p.bucket.put(ctx, name, []byte("1"), condition{absent: true})
	_, second := p.bucket.put(ctx, name, []byte("2"), condition{absent: true})
	if err := errors.Join(unexpected(first), unexpected(second)); err != nil {
		return state.Finding{}, err
	}
	return state.Finding{
		Promise: lang.T("An object that is there is not created again (If-None-Match).", "已存在的对象不会被再次创建（If-None-Match）。"),
		Kept:    first == nil && errors.Is(second, errCondition),
		Seen:    lang.F("first write: %s; second write: %s", "第一次写入：%s；第二次写入：%s", outcome(first), outcome(second)),
	}, p.bucket.remove(ctx, name)
}

func (p prober) match(ctx context.Context) (state.Finding, error) {
	name := p.under + "match"
	etag, err := p.bucket.put(ctx, name, []byte("1"), condition{})
	if err != nil {
		return state.Finding{}, err
	}
	_, right := p.bucket.put(ctx, name, []byte("2"), condition{etag: etag})
	_, old := p.bucket.put(ctx, name, []byte("3"), condition{etag: etag})
	if err := errors.Join(unexpected(right), unexpected(old)); err != nil {
		return state.Finding{}, err
	}
	return state.Finding{
		Promise: lang.T("An object is replaced only as it was last seen (If-Match).", "对象只有与上次所见一致时才会被替换（If-Match）。"),
		Kept:    right == nil && errors.Is(old, errCondition),
		Seen:    lang.F("with its ETag: %s; with an old one: %s", "使用当前 ETag：%s；使用旧 ETag：%s", outcome(right), outcome(old)),
	}, p.bucket.remove(ctx, name)
}

// race lets many create the same object at once.
func (p prober) race(ctx context.Context) (state.Finding, error) {
	wrong := 0
	for round := range rounds {
		name := p.under + "race-" + strconv.Itoa(round)
		var winners atomic.Int32
		err := together(racers, func(n int) error {
			_, err := p.bucket.put(ctx, name, []byte(strconv.Itoa(n)), condition{absent: true})
			if err == nil {
				winners.Add(1)
			}
			return unexpected(err)
		})
		if err = errors.Join(err, p.bucket.remove(ctx, name)); err != nil {
			return state.Finding{}, err
		}
		if winners.Load() != 1 {
			wrong++
		}
	}
	return state.Finding{
		Promise: lang.F("Of %d who create an object at once, one wins.", "%d 个客户端同时创建同一对象时，只有一个成功。", racers),
		Kept:    wrong == 0,
		Seen:    lang.F("%d rounds, %d with another number of winners", "%d 轮，其中 %d 轮的成功者不是一个", rounds, wrong),
	}, nil
}

// count lets many count in one object, each by compare and swap.
func (p prober) count(ctx context.Context) (state.Finding, error) {
	name := p.under + "count"
	if _, err := p.bucket.put(ctx, name, []byte("0"), condition{}); err != nil {
		return state.Finding{}, err
	}
	err := together(counters, func(int) error {
		for range increments {
			if err := p.increment(ctx, name); err != nil {
				return err
			}
		}
		return nil
	})
	last, failed := p.bucket.get(ctx, name)
	if err = errors.Join(err, failed, p.bucket.remove(ctx, name)); err != nil {
		return state.Finding{}, err
	}
	total := 0
	if last != nil {
		total, _ = strconv.Atoi(string(last.body)) // what is no number has lost all
	}
	lost := counters*increments - total
	return state.Finding{
		Promise: lang.F("Of %d updates that compare and swap, none is lost.", "%d 次比较并交换的更新一次也不丢失。", counters*increments),
		Kept:    lost == 0,
		Seen:    lang.F("%d lost", "丢失 %d 次", lost),
	}, nil
}

func (p prober) increment(ctx context.Context, name string) error {
	for {
		o, err := p.bucket.get(ctx, name)
		if err != nil {
			return err
		}
		if o == nil {
			return errors.New("the object that is counted in is gone")
		}
		n, err := strconv.Atoi(string(o.body))
		if err != nil {
			return err
		}
		_, err = p.bucket.put(ctx, name, []byte(strconv.Itoa(n+1)), condition{etag: o.etag})
		if !errors.Is(err, errCondition) {
			return err
		}
	}
}

func together(n int, do func(int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func unexpected(err error) error {
	if errors.Is(err, errCondition) {
		return nil
	}
	return err
}

func outcome(err error) string {
	if err == nil {
		return "200"
	}
	return "412"
}
