package state

import (
	"bytes"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// The size of a large shop. Run with
//
//	go test ./state -run '^$' -bench 'Load|Save' -benchtime 5x
//	go test ./state -run '^$' -bench Append
//
// The state has 100,000 products of four SKUs and as many pictures.
const benchmarkProducts = 100_000

// BenchmarkAppend is one finished call, durable: a line and an fsync, which
// callers at the same time share.
func BenchmarkAppend(b *testing.B) {
	for _, callers := range []int{1, 16} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			store := NewLocal(filepath.Join(b.TempDir(), "state.jsonl"))
			must(b, store.Save(b.Context(), New(sampleShop)))
			r := product("719")
			var wg sync.WaitGroup
			var taken atomic.Int64
			for range callers {
				wg.Go(func() {
					for n := taken.Add(1); n <= int64(b.N); n = taken.Add(1) {
						if err := store.Append(b.Context(), Entry{Seq: uint64(n), Kind: EntryRecord, Record: r}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(store.JournalSize())/float64(b.N), "B/entry")
			must(b, store.Close())
		})
	}
}

// BenchmarkLoad is the start of every run.
func BenchmarkLoad(b *testing.B) {
	store := NewLocal(filepath.Join(b.TempDir(), "state.jsonl"))
	must(b, store.Save(b.Context(), catalog(benchmarkProducts)))
	for b.Loop() {
		_, _, err := store.Load(b.Context())
		must(b, err)
	}
}

// BenchmarkSave is also how long the others wait when a session folds.
func BenchmarkSave(b *testing.B) {
	store := NewLocal(filepath.Join(b.TempDir(), "state.jsonl"))
	s := catalog(benchmarkProducts)
	for b.Loop() {
		must(b, store.Save(b.Context(), s))
	}
	var size bytes.Buffer
	must(b, Encode(&size, s))
	b.ReportMetric(float64(size.Len())/benchmarkProducts, "B/product+picture")
	size.Reset()
	must(b, encodeLine(&size, product("p000000")))
	b.ReportMetric(float64(size.Len()), "B/record")
}
