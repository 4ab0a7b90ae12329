//go:build unix

package postgres

import (
	"fmt"
	"testing"

	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/statetest"
)

// large is a state of n products with a kilobyte each.
func large(n int) *state.State {
	s := state.New(statetest.Shop)
	full := statetest.Full().Records[product(719)]
	for i := range n {
		r := full.Clone()
		r.Address = product(i)
		for sku := range 4 {
			for _, field := range []string{"sale_price", "market_price", "stock_num", "thumb_img"} {
				r.Memo[fmt.Sprintf("sku.%d%d.%s", i, sku, field)] = "#0123456789abcdef"
			}
		}
		s.Records[r.Address] = r
	}
	s.Seq = uint64(n)
	return s
}

var sizes = []int{1_000, 10_000, 100_000}

func BenchmarkLoad(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			store := at(b, 0)()
			defer store.Close()
			must(b, store.Save(b.Context(), large(n)))
			b.ReportAllocs()
			for b.Loop() {
				st, _, err := store.Load(b.Context())
				must(b, err)
				if len(st.Records) != n {
					b.Fatalf("%d records, want %d", len(st.Records), n)
				}
			}
		})
	}
}

// The first snapshot writes every line, the next ones none.
func BenchmarkSave(b *testing.B) {
	for _, n := range sizes {
		st := large(n)
		b.Run(fmt.Sprintf("first/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				store := at(b, 0)()
				must(b, store.Save(b.Context(), st), store.Close())
			}
		})
		b.Run(fmt.Sprintf("next/%d", n), func(b *testing.B) {
			store := at(b, 0)()
			defer store.Close()
			must(b, store.Save(b.Context(), st))
			b.ReportAllocs()
			for b.Loop() {
				must(b, store.Save(b.Context(), st))
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	store := at(b, 0)()
	defer store.Close()
	must(b, store.Save(b.Context(), large(1_000)))
	seq := 1_000
	for b.Loop() {
		seq++
		must(b, store.Append(b.Context(), entry(seq, "1")))
	}
}
