package httpstore

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopctl/shopctl/schema"
	"github.com/shopctl/shopctl/state"
	"github.com/shopctl/shopctl/state/httpstore/tfserver"
	"github.com/shopctl/shopctl/state/statetest"
)

// BenchmarkAppend is one push with one new entry, as it happens once a second
// while a run changes something: the whole document goes, packed.
func BenchmarkAppend(b *testing.B) {
	for _, products := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(products), func(b *testing.B) {
			server := tfserver.Start(true)
			defer server.Close()
			store, err := New(Config{Address: server.Address(), Username: tfserver.Username, Password: tfserver.Password})
			if err != nil {
				b.Fatal(err)
			}
			if err := store.Save(b.Context(), shopOf(products)); err != nil {
				b.Fatal(err)
			}
			entry := state.Entry{Kind: state.EntryRecord, Record: record(0)}
			for b.Loop() {
				entry.Seq++
				if err := store.Append(b.Context(), entry); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(server.Size())/1e6, "MB/document")
		})
	}
}

func shopOf(products int) *state.State {
	s := state.New(statetest.Shop)
	for n := range products {
		r := record(n)
		s.Records[r.Address] = r
	}
	return s
}

// record is that of a product with four SKUs: about 1 kB, of which digests and
// ids cannot be packed.
func record(n int) *state.Record {
	dice := rand.New(rand.NewPCG(uint64(n), 1))
	at := time.Date(2026, 11, 22, 8, 0, n%60, 0, time.UTC)
	r := &state.Record{
		Address:  schema.Address{Kind: schema.KindSPU, Name: fmt.Sprint("product-", n)},
		RemoteID: fmt.Sprint(dice.Uint64() >> 4), SubmittedAt: &at,
		Stamp: fmt.Sprintf("sc1-%016x%016x", dice.Uint64(), dice.Uint64()), Memo: map[string]string{},
	}
	for _, field := range []string{"title", "path", "head_img", "desc_info.desc", "desc_info.imgs", "category", "brand"} {
		r.Memo[field] = fmt.Sprintf("#%08x", dice.Uint32())
	}
	for k := range 4 {
		id := fmt.Sprintf("%d-%d", n, k)
		r.SKUIDs = r.SKUIDs.With(schema.SKUIDs{{OutSKUID: id, SKUID: fmt.Sprint(dice.Uint64() >> 4)}})
		for _, field := range []string{"sale_price", "market_price", "thumb_img", "sku_attrs"} {
			r.Memo["sku."+id+"."+field] = fmt.Sprintf("#%08x", dice.Uint32())
		}
	}
	return r
}
