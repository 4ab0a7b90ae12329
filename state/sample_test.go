package state

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shopctl/shopctl/schema"
)

var (
	sampleShop = ShopID{Platform: "component", AppID: "wx0123456789abcdef"}
	sampleTime = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
)

func spu(name string) schema.Address { return schema.Address{Kind: schema.KindSPU, Name: name} }

// product is what is remembered of a product with four SKUs after it was
// submitted: every field that was sent, by path.
func product(name string) *Record {
	at := sampleTime
	r := &Record{
		Address: spu(name), RemoteID: "9007199254740993",
		Memo: map[string]string{
			"title": "#3q2-7wAAq83vEjRW", "path": "#AAECAwQFBgcICQoL", "third_cat_id": "1445", "brand": "brand.cxy",
			"head_img": "#DA0ODxAREhMUFRYX", "desc_info.desc": "#GBkaGxwdHh8gISIj", "desc_info.imgs": "#JCUmJygpKissLS4v",
			"scene_group_list": "1", "listing": "on",
		},
		Stamp: "sc1-00112233445566778899aabbccddeeff", SubmittedAt: &at, OnRemove: schema.OnRemoveDelist,
	}
	for i := range 4 {
		sku := fmt.Sprintf("%s%d", "2735902991", 4+i)
		r.Memo["sku."+sku] = Sent
		r.SKUIDs = r.SKUIDs.With(schema.SKUIDs{{OutSKUID: sku, SKUID: fmt.Sprint(uint64(9007199254740995 + i))}})
		for path, value := range map[string]string{
			"thumb_img": "#MDEyMzQ1Njc4OTo7", "sale_price": "990", "market_price": "1990", "stock_num": "200",
			"sku_code": "sku" + sku, "barcode": sku[4:], "sku_attrs": "#PD0-P0BBQkNERUZH",
		} {
			r.Memo["sku."+sku+"."+path] = value
		}
	}
	return r
}

// catalog is a saved state of n such products, each with a picture of its own.
func catalog(n int) *State {
	s := New(sampleShop)
	for i := range n {
		name := fmt.Sprintf("p%06d", i)
		s.Records[spu(name)] = product(name)
		s.Images[schema.ImageKey(fmt.Sprintf("sha256:%064x", i))] = ImageRecord{
			URL: fmt.Sprintf("https://mmecimage.cn/p/wx0123456789abcdef/%064x", i), At: sampleTime,
		}
	}
	return s
}

// steps are entries of every kind that a run writes.
func steps() []Entry {
	gone := spu("720")
	return []Entry{
		{Seq: 1, Kind: EntryImage, Key: "sha256:01", Image: &ImageRecord{URL: "https://mmecimage.cn/p/1?a=1&b=2", At: sampleTime}},
		{Seq: 2, Kind: EntryIntent, Intent: &Intent{Address: spu("719"), Call: "spu/add", Stamp: "sc1-0", At: sampleTime}},
		{Seq: 3, Kind: EntryRecord, Record: &Record{Address: spu("719"), RemoteID: "23423"}, Settles: 2},
		{Seq: 4, Kind: EntryRecord, Record: &Record{Address: gone, RemoteID: "23424"}},
		{Seq: 5, Kind: EntryIntent, Intent: &Intent{Address: gone, Call: "spu/del", At: sampleTime}},
		{Seq: 6, Kind: EntryForget, Address: &gone, Settles: 5},
		{Seq: 7, Kind: EntryIntent, Intent: &Intent{Address: spu("721"), Call: "spu/add", At: sampleTime}},
		{Seq: 8, Kind: EntrySettle, Settles: 7},
	}
}

// after is a copy of s with entries applied.
func after(t testing.TB, s *State, entries ...Entry) *State {
	t.Helper()
	next := s.share()
	for _, e := range entries {
		if err := next.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return next
}

func diff(want, got *State) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
