package state

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMemoGroupsSKUs(t *testing.T) {
	memo := Memo{
		"title": "#YBFS8QhN", "listing": "on",
		"sku.a": Sent, "sku.a.sale_price": "990", "sku.a.barcode": "<1&2>",
		"sku.b.1": Sent, "sku.b.1.sale_price": "890",
		"sku.bare": Sent,
	}
	const want = `{"listing":"on","sku":{"a":["990","","","","","","<1&2>"],"b.1":["890"],"bare":[]},"title":"#YBFS8QhN"}`
	b, err := memo.MarshalJSON()
	if err != nil || string(b) != want {
		t.Fatalf("%s, %v\nwant %s", b, err, want)
	}
	var back Memo
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(memo, back); d != "" {
		t.Error(d)
	}
}

func TestMemoRefusesOtherShapes(t *testing.T) {
	for _, text := range []string{`[]`, `{"title":1}`, `{"sku":[]}`, `{"sku":{"a":1}}`, `{"sku":{"a":{"x":1}}}`, `{"sku":{"a":[1]}}`,
		`{"sku":{"a":["1","2","3","4","5","6","7","8"]}}`} {
		var m Memo
		if err := json.Unmarshal([]byte(text), &m); err == nil {
			t.Errorf("%s was read as %v", text, m)
		}
	}
}

// The memos of a loaded state are packed until they are wanted. Written, they
// are what they were.
func TestMemosOfALoadedStateArePacked(t *testing.T) {
	s := New(sampleShop)
	r := product("719")
	r.Memo = Memo{"title": "毛毯 <100*150cm>", "sku.a.b": Sent, "sku.a.b.sale_price": "990"}
	s.Records[r.Address] = r
	var first, again bytes.Buffer
	must(t, Encode(&first, s))
	loaded, err := Decode(bytes.NewReader(first.Bytes()))
	must(t, err)
	got := loaded.Records[r.Address]
	if got.Memo != nil || len(got.packed) == 0 {
		t.Errorf("the memo of a loaded record is not packed: %v", got.Memo)
	}
	if d := cmp.Diff(r.Memo, got.Unpacked().Memo); d != "" || !got.Equal(r) || got.Clone().packed != "" {
		t.Errorf("unpacked it is another (-want +got):\n%s", d)
	}
	must(t, Encode(&again, loaded))
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Errorf("written again:\n%s\nwas\n%s", again.Bytes(), first.Bytes())
	}
}
