package state

import (
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
	const want = `{"listing":"on","sku":{"a":{"barcode":"<1&2>","sale_price":"990"},"b.1":{"sale_price":"890"},"bare":{}},"title":"#YBFS8QhN"}`
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
	for _, text := range []string{`[]`, `{"title":1}`, `{"sku":[]}`, `{"sku":{"a":1}}`, `{"sku":{"a":{"x":1}}}`} {
		var m Memo
		if err := json.Unmarshal([]byte(text), &m); err == nil {
			t.Errorf("%s was read as %v", text, m)
		}
	}
}
