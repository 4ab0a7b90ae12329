package state

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/schema"
)

// A state of format 1, in which the fields of a SKU stood by name, is the same
// state, and is written as format 2.
func TestFormat1IsRead(t *testing.T) {
	old, err := os.ReadFile("testdata/format1.jsonl")
	must(t, err)
	got, err := Decode(bytes.NewReader(old))
	must(t, err)
	if d := diff(golden(), got); d != "" {
		t.Errorf("another state (-want +got):\n%s", d)
	}
	var now bytes.Buffer
	must(t, Encode(&now, got))
	if now.String() != goldenText(t) {
		t.Errorf("written again:\n%s\nwant\n%s", now.String(), goldenText(t))
	}
}

// Every member of a record is written in its place, and read and compared.
func TestEveryMemberOfARecordCounts(t *testing.T) {
	full := &Record{}
	fill(reflect.ValueOf(full).Elem(), "a\u2028<\"&\\>\x01毛")
	full.Address, full.packed, full.Memo = spu("7"), "", Memo{"title": "毛毯", "sku.a.b": Sent, "sku.a.b.sale_price": "990"}
	type bare Record // encoding/json without our own writer
	want, err := marshal((*bare)(full))
	must(t, err)
	if got, err := full.line(nil); err != nil || string(got) != string(want) {
		t.Errorf("written as\n%s, %v\nwant\n%s", got, err, want)
	}
	for i := range reflect.TypeFor[Record]().NumField() {
		other := *full
		field := reflect.ValueOf(&other).Elem().Field(i)
		if !field.CanSet() {
			continue // packed
		}
		field.SetZero()
		if other.Equal(full) || !full.Equal(full.Clone()) {
			t.Errorf("%s makes no difference", reflect.TypeFor[Record]().Field(i).Name)
		}
	}
}

// What plainRecord understands means the same to encoding/json.
func TestPlainReadingIsReading(t *testing.T) {
	for line := range strings.Lines(goldenText(t)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, string(recordStart)) && plainRecord(line) == nil {
			t.Errorf("not understood, although we write it: %s", line)
		}
		samePlain(t, line)
	}
}

func FuzzPlainReadingIsReading(f *testing.F) {
	for line := range strings.Lines(goldenText(f)) {
		f.Add(strings.TrimSpace(line))
	}
	f.Add(`{"address":"spu.1","memo":{"sku":{"a":["","1"],"b":{"x":"1"}},"title":"\u6bdb"}}`)
	f.Add(`{"address":"spu.1","stamp":"a","memo":{"sku":{"a":[]},"third_cat_id":"1"},"approved":{"at":"2026-11-22T08:00:00Z"}}`)
	f.Add(`{"address":"spu.1","sku_ids":{},"memo":{},"history":[]}`)
	f.Fuzz(samePlain)
}

func samePlain(t *testing.T, line string) {
	strict := new(Record)
	if got := plainRecord(line); got != nil {
		if err := decodeStrict([]byte(line), strict); err != nil {
			t.Fatalf("%q is understood, and is %v", line, err)
		}
		if d := cmp.Diff(strict.Packed(), got.Packed(), cmp.AllowUnexported(Record{})); d != "" {
			t.Fatalf("%q is understood as another record (-want +got):\n%s", line, d)
		}
		if d := cmp.Diff(Memo(nilIfEmpty(strict.Memo)), got.Unpacked().Memo); d != "" {
			t.Fatalf("%q has another memo (-want +got):\n%s", line, d)
		}
	}
	key, image, ok := plainImage(line)
	var i imageLine
	if err := json.Unmarshal([]byte(line), &i); ok && (err != nil || i.Key != key || i.URL != image.URL || !i.At.Equal(image.At)) {
		t.Fatalf("%q is understood as the picture %s %v, and is %v, %v", line, key, image, i, err)
	}
}

func nilIfEmpty(m Memo) Memo {
	if len(m) == 0 {
		return nil
	}
	return m
}

// Visiting a memo finds what unpacking it does, also where a text needs escapes.
func TestEachSentIsTheMemo(t *testing.T) {
	for _, memo := range []Memo{
		{"title": "毛毯", "sku.a.b": Sent, "sku.a.b.sale_price": "990", "sku.a.b.barcode": "1", "sku.c": Sent, "listing": "on"},
		{"title": "\"", "sku.a": Sent, "sku.a.sale_price": "990"},
		{"sku.a": Sent, "sku.a.weight": "3", "sku.a.sale_price": "990"},
	} {
		r := &Record{Address: schema.Address{Kind: schema.KindSPU, Name: "7"}, Memo: memo}
		for _, r := range []*Record{r, r.Packed()} {
			got := Memo{}
			r.EachSent(func(sku, field, value string) { got[memoPath(sku, field)] = value })
			if d := cmp.Diff(memo, got); d != "" {
				t.Errorf("visited (-want +got):\n%s", d)
			}
		}
	}
}
