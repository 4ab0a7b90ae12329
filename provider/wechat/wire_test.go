package wechat

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// decoded reads one member "v" in the way that all replies are read.
func decoded[T any](t *testing.T, v string) T {
	t.Helper()
	var reply struct{ V T }
	if err := json.Unmarshal([]byte(`{"v":`+v+`}`), &reply); err != nil {
		t.Fatalf("%s: %v", v, err)
	}
	return reply.V
}

func TestID(t *testing.T) {
	tests := []struct{ in, want string }{
		{`403700001`, "403700001"},
		{`"403700001"`, "403700001"},
		{`9007199254740993`, "9007199254740993"}, // 2^53 + 1: a float64 would lose it
		{`18446744073709551615`, "18446744073709551615"},
		{`0`, ""},
		{`"0"`, ""},
		{`""`, ""},
		{`null`, ""},
	}
	for _, tt := range tests {
		if got := decoded[ID](t, tt.in); got != ID(tt.want) {
			t.Errorf("ID %s = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestIDNumber(t *testing.T) {
	for in, want := range map[ID]json.Number{"18446744073709551615": "18446744073709551615", "": "", "abc": "", "-1": "", "1.5": ""} {
		if got := in.Number(); got != want {
			t.Errorf("ID(%q).Number() = %q, want %q", in, got, want)
		}
	}
}

func TestInt(t *testing.T) {
	for in, want := range map[string]Int{`990`: 990, `"990"`: 990, `990.0`: 990, `-1`: -1, `""`: 0, `null`: 0, `true`: 1, `false`: 0} {
		if got := decoded[Int](t, in); got != want {
			t.Errorf("Int %s = %d, want %d", in, got, want)
		}
	}
	for _, in := range []string{`"abc"`, `9.90`, `[1]`, `{}`, `1e3`} {
		var i Int
		if err := json.Unmarshal([]byte(in), &i); err == nil {
			t.Errorf("Int %s = %d, want an error", in, i)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]Text{`"ok"`: "ok", `1`: "1", `null`: "", `"a\u003cb"`: "a<b", `true`: "true", `{"a":1}`: `{"a":1}`} {
		if got := decoded[Text](t, in); got != want {
			t.Errorf("Text %s = %q, want %q", in, got, want)
		}
	}
}

func TestList(t *testing.T) {
	tests := []struct {
		in   string
		want List[Text]
	}{
		{`["a","b"]`, List[Text]{"a", "b"}},
		{`"a"`, List[Text]{"a"}},
		{`1`, List[Text]{"1"}},
		{`[]`, List[Text]{}},
		{`null`, nil},
		{`""`, nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, decoded[List[Text]](t, tt.in)); diff != "" {
			t.Errorf("%s: %s", tt.in, diff)
		}
	}
}

func TestObject(t *testing.T) {
	type pair struct{ A Int }
	for in, want := range map[string]pair{`{"a":"7"}`: {7}, `null`: {}, `""`: {}, `[]`: {}} {
		if got := decoded[Object[pair]](t, in).Value; got != want {
			t.Errorf("%s = %v, want %v", in, got, want)
		}
	}
}

func TestSnakeKeys(t *testing.T) {
	got, err := SnakeKeys([]byte(`{"outProductId":"camelCase stays","skus":[{"skuId":9007199254740993,"salePrice":990}],"descInfo":{"imgs":["https://a?b=1&c=2"]},"already_snake":null}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"already_snake":null,"desc_info":{"imgs":["https://a?b=1&c=2"]},"out_product_id":"camelCase stays","skus":[{"sale_price":990,"sku_id":9007199254740993}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestEncode(t *testing.T) {
	got, err := encode(map[string]string{"path": "pages/a?b=1&c=<毛毯>"})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"path":"pages/a?b=1&c=<毛毯>"}`; string(got) != want {
		t.Errorf("encode = %s, want %s", got, want)
	}
	if got, _ := encode(nil); string(got) != "{}" {
		t.Errorf("encode(nil) = %s, want {}", got)
	}
}

func TestSplitRID(t *testing.T) {
	tests := []struct{ in, message, rid string }{
		{"该小程序还没接入 rid: 64aa0011-00112233-44556677", "该小程序还没接入", "64aa0011-00112233-44556677"},
		{" rid: 61138036-369570df-662222ee", "", "61138036-369570df-662222ee"},
		{"rid: 61138036-369570df-662222ee", "", "61138036-369570df-662222ee"},
		{"api unauthorized", "api unauthorized", ""},
		{"", "", ""},
		{"bad grid: 1-2-3", "bad grid: 1-2-3", ""},
		{"see rid: 1-2-3 above", "see rid: 1-2-3 above", ""},
	}
	for _, tt := range tests {
		if message, rid := splitRID(tt.in); message != tt.message || rid != tt.rid {
			t.Errorf("splitRID(%q) = %q, %q, want %q, %q", tt.in, message, rid, tt.message, tt.rid)
		}
	}
}

// An answer is a success only if it says so.
func TestReadEnvelope(t *testing.T) {
	tests := []struct {
		in    string
		bare  bool
		code  int
		valid bool
	}{
		{in: `{"errcode":0,"errmsg":"ok"}`, valid: true},
		{in: `{"errcode":0}`, valid: true},
		{in: `{"errcode":0,"errmsg":""}`, valid: true},
		{in: `{"errcode":0,"errmsg":null}`, valid: true},
		{in: `{"errcode":0,"errmsg":{"odd":1}}`, valid: true},
		{in: `{"errcode":"0"}`, valid: true},
		{in: `{"errcode":"40001"}`, code: 40001, valid: true},
		{in: ` {"errCode":-1} `, code: -1, valid: true},
		{in: `{"access_token":"T"}`, bare: true, valid: true},
		{in: `{"access_token":"T"}`},
		{in: `{}`},
		{in: `{"errcode":null}`},
		{in: ``},
		{in: `null`},
		{in: `[]`},
		{in: `"ok"`},
		{in: `<html>502 Bad Gateway</html>`},
		{in: `{"errcode":0`},
		{in: `{"errcode":0}{"errcode":1}`},
		{in: `{"errcode":"zero"}`},
	}
	for _, tt := range tests {
		env, err := readEnvelope(tt.in, tt.bare)
		if (err == nil) != tt.valid || env.code() != tt.code && tt.valid {
			t.Errorf("readEnvelope(%q) = %d, %v", tt.in, env.code(), err)
		}
	}
}
