package state

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopctl/shopctl/schema"
)

// slow is a store that takes a second for every write, and many writes at a time.
type slow struct{ *Memory }

func (s slow) Append(ctx context.Context, entries ...Entry) error {
	time.Sleep(time.Second)
	return s.Memory.Append(ctx, entries...)
}

// The changes of one object wait for each other; no object waits for another, and no
// answer about a call for that about another call.
func TestWhoWaitsForWhom(t *testing.T) {
	const n = 300
	product := func(name string) *Record {
		return &Record{Address: schema.Address{Kind: schema.KindSPU, Name: name}, RemoteID: name}
	}
	tests := []struct {
		name   string
		change func(ctx context.Context, s *Session, i int) error
		want   time.Duration
	}{
		{"one record", func(ctx context.Context, s *Session, i int) error {
			r := product("a")
			r.RemoteID = fmt.Sprint(i)
			return s.Put(ctx, r, 0)
		}, n * time.Second},
		{"many records", func(ctx context.Context, s *Session, i int) error { return s.Put(ctx, product(fmt.Sprint(i)), 0) }, time.Second},
		{"many answers", func(ctx context.Context, s *Session, i int) error { return s.Refuse(ctx, uint64(i+1)) }, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, slow{NewMemory()})
				announceMany(t, s, n)
				began := time.Now()
				var all sync.WaitGroup
				for i := range n {
					all.Go(func() {
						if err := test.change(t.Context(), s, i); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
				if took := time.Since(began); took != test.want {
					t.Errorf("%d changes took %v, want %v", n, took, test.want)
				}
				must(t, s.Close(t.Context()))
			})
		})
	}
}

// announceMany announces n calls, which have the numbers 1 to n.
func announceMany(t *testing.T, s *Session, n int) {
	t.Helper()
	for i := range n {
		seq, err := s.Announce(t.Context(), Intent{Address: schema.Address{Kind: schema.KindSPU, Name: fmt.Sprint(i)}, Call: "delist"})
		must(t, err)
		if seq != uint64(i+1) {
			t.Fatalf("the call %d has the number %d", i, seq)
		}
	}
}
