package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden is a small state with every kind of line and every member of a record.
func golden() *State {
	at := sampleTime
	s := &State{
		Header:  Header{Version: Version, Lineage: "00112233445566778899aabbccddeeff", Serial: 4, Seq: 17, Shop: sampleShop},
		Records: map[schema.Address]*Record{},
		Images: map[schema.ImageKey]ImageRecord{
			"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": {URL: "https://mmecimage.cn/p/1?a=1&b=2", At: at},
			"https://example.com/towel.png":                                           {URL: "https://mmecimage.cn/p/2", At: at},
		},
		Intents: map[uint64]Intent{
			17: {Address: spu("721"), Call: "add", Stamp: "sc1-ffeeddccbbaa99887766554433221100", At: at, Submits: true},
			9:  {Address: schema.Address{Kind: schema.KindBrand, Name: "cxy"}, Call: "submit-brand", At: at},
		},
		Submissions: map[uint64]Submission{
			12: {Address: spu("719"), At: at},
			17: {Address: spu("721"), At: at},
		},
		Limits: map[string]Limit{LimitHour: {On: LimitHour, Count: 150, At: at, Until: at.Add(24 * time.Hour)}},
	}
	for _, r := range []*Record{
		{Address: spu("719"), RemoteID: "9007199254740993", SKUIDs: schema.SKUIDs{{OutSKUID: "27359029914", SKUID: "9007199254740995"}, {OutSKUID: "27359029915", SKUID: "9007199254740997"}},
			Stamp: "sc1-00112233445566778899aabbccddeeff", Version: "spring-2", SubmittedAt: &at,
			Memo:     map[string]string{"title": "毛毯 <100*150cm> & more", "sku.27359029914": Sent, "sku.27359029914.sale_price": "990", "listing": "on"},
			Rejected: &Rejection{Stamp: "sc1-0123456789abcdef0123456789abcdef", Reason: "主图不清晰", At: at}, OnRemove: schema.OnRemoveDelist,
			History: []Verdict{
				{Kind: VerdictApproved, At: at, Category: "1445"},
				{Kind: VerdictRejected, At: at, SubmittedAt: &at, Category: "1445", Stamp: "sc1-0123456789abcdef0123456789abcdef", Reason: "主图不清晰"},
			}},
		{Address: spu("720"), RemoteID: "23424", Withdrawn: true, Repushed: true, Burnt: true, BannedStamp: "sc1-0123456789abcdef0123456789abcdef"},
		{Address: spu("722"), RemoteID: "23425", Stamp: "sc1-ffeeddccbbaa99887766554433221100", SubmittedAt: &at, Memo: map[string]string{"third_cat_id": "1445"},
			History: []Verdict{{Kind: VerdictApproved, At: at, SubmittedAt: &at, Category: "1445", Stamp: "sc1-ffeeddccbbaa99887766554433221100"}}},
		{Address: schema.Address{Kind: schema.KindBrand, Name: "cxy"}, AuditID: "RQAAAAANL3oM", AuditPending: true},
		{Address: schema.Address{Kind: schema.KindMerchant}, Memo: map[string]string{"service_agent_type": "0,1,2"}},
	} {
		s.Records[r.Address] = r
	}
	return s
}

func TestSnapshotIsPinned(t *testing.T) {
	const name = "testdata/snapshot.jsonl"
	var b bytes.Buffer
	must(t, Encode(&b, golden()))
	if *update {
		must(t, os.WriteFile(name, b.Bytes(), 0o644))
	}
	want, err := os.ReadFile(name)
	must(t, err)
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("Encode gives\n%s\nwant\n%s", b.Bytes(), want)
	}
	got, err := Decode(bytes.NewReader(want))
	must(t, err)
	if d := diff(golden(), got); d != "" {
		t.Errorf("Decode gives another state (-want +got):\n%s", d)
	}
}

// People merge and sort these files; lines in another order, blank lines and
// Windows line ends are still the same state.
func TestDecodeForgivesWhatMergingLeaves(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(goldenText(t)), "\n")
	var b strings.Builder
	b.WriteString(lines[0] + "\r\n\r\n")
	for i := len(lines) - 1; i > 0; i-- {
		b.WriteString(" " + lines[i] + "\r\n\n")
	}
	got, err := Decode(strings.NewReader(strings.TrimSuffix(b.String(), "\r\n\n")))
	must(t, err)
	if d := diff(golden(), got); d != "" {
		t.Errorf("another state (-want +got):\n%s", d)
	}
}

func goldenText(t testing.TB) string {
	var b bytes.Buffer
	must(t, Encode(&b, golden()))
	return b.String()
}

func TestDecodeNamesTheLine(t *testing.T) {
	const header = `{"version":1,"lineage":"00","serial":1,"seq":0,"shop":{"platform":"component","appid":"wx"}}` + "\n"
	const record = `{"address":"spu.719"}` + "\n"
	for _, test := range []struct {
		name, text string
		line       int
		says       string
	}{
		{"nothing at all", "", 1, "the file is empty"},
		{"not JSON", "shopctl\n", 1, "the header is not JSON"},
		{"header of no version", `{"lineage":"00","shop":{"platform":"c","appid":"wx"}}`, 1, "must say version"},
		{"header of no shop", `{"version":1,"lineage":"00"}`, 1, "must say version, lineage and shop"},
		{"header with more than we know", `{"version":1,"zstd":true}`, 1, `unknown field "zstd"`},
		{"no header", record, 1, "unknown field"},
		{"conflict marker of git", header + record + "<<<<<<< HEAD\n", 3, `not with "<<<<<<< HEAD"`},
		{"torn record", header + `{"address":"spu.719","remo`, 2, "unexpected EOF"},
		{"two values on a line", header + `{"address":"spu.719"}{"address":"spu.720"}`, 2, "more than one JSON value"},
		{"record with more than we know", header + `{"address":"spu.719","colour":"red"}`, 2, `unknown field "colour"`},
		{"address of no kind", header + `{"address":"sku.719"}`, 2, `unknown kind "sku"`},
		{"address that is null", header + `{"address":null}`, 2, "the address of the record is missing"},
		{"record twice", header + record + "\n" + record, 4, "spu.719 stands twice"},
		{"picture without url", header + `{"image":"sha256:00","at":"2026-11-22T08:00:00Z"}`, 2, "the key or the url"},
		{"picture twice", header + strings.Repeat(`{"image":"k","url":"u","at":"2026-11-22T08:00:00Z"}`+"\n", 2), 3, "the image k stands twice"},
		{"picture at no time", header + `{"image":"k","url":"u","at":"yesterday"}`, 2, "parsing time"},
		{"intent without number", header + `{"intent":0,"address":"spu.719","call":"spu/add"}`, 2, "the number or the address"},
		{"intent twice", header + strings.Repeat(`{"intent":3,"address":"spu.719","call":"spu/add","at":"2026-11-22T08:00:00Z"}`+"\n", 2), 3, "the intent 3 stands twice"},
		{"line beyond the limit", header + `{"address":"spu.719","remote_id":"` + strings.Repeat("1", maxLine) + `"}`, 2, "longer than 4194304 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decode(strings.NewReader(test.text))
			e, ok := errors.AsType[*LineError](err)
			if !ok || e.Line != test.line || !strings.Contains(e.Error(), test.says) {
				t.Errorf("got %v, want a LineError of line %d that says %q", err, test.line, test.says)
			}
		})
	}
}

func TestLinesUpToTheLimitAreReadBack(t *testing.T) {
	s := New(sampleShop)
	frame := len(`{"address":"spu.719","remote_id":""}` + "\n")
	s.Records[spu("719")] = &Record{Address: spu("719"), RemoteID: strings.Repeat("1", maxLine-frame)}
	var b bytes.Buffer
	must(t, Encode(&b, s))
	for _, text := range []string{b.String(), strings.TrimSuffix(b.String(), "\n")} {
		got, err := Decode(strings.NewReader(text))
		must(t, err)
		if d := diff(s, got); d != "" {
			t.Error("the longest line is another one when it is read back")
		}
	}
	s.Records[spu("719")].RemoteID += "1"
	if err := Encode(&b, s); err == nil {
		t.Error("a line that could not be read back was written")
	}
}

func TestWhatCouldNotBeReadBackIsNotWritten(t *testing.T) {
	for name, spoil := range map[string]func(*State){
		"no record":                     func(s *State) { s.Records[spu("1")] = nil },
		"record of nothing":             func(s *State) { s.Records[schema.Address{}] = &Record{} },
		"record under another's name":   func(s *State) { s.Records[spu("1")] = &Record{Address: spu("2")} },
		"picture without URL":           func(s *State) { s.Images["sha256:00"] = ImageRecord{} },
		"intent without number":         func(s *State) { s.Intents[0] = Intent{Address: spu("1")} },
		"intent for nothing":            func(s *State) { s.Intents[1] = Intent{} },
		"a time that JSON cannot write": func(s *State) { s.Images["k"] = ImageRecord{URL: "u", At: sampleTime.AddDate(9000, 0, 0)} },
	} {
		s := golden()
		spoil(s)
		if err := Encode(io.Discard, s); err == nil {
			t.Errorf("%s: it was written", name)
		}
	}
}

func TestNewerVersionIsRefused(t *testing.T) {
	_, err := Decode(strings.NewReader(`{"version":3,"compression":"zstd"}` + "\n\x28\xb5\x2f\xfd"))
	e, ok := errors.AsType[*VersionError](err)
	if !ok || e.Have != 3 {
		t.Fatalf("got %v, want a VersionError of version 3", err)
	}
	if !strings.Contains(e.Text().EN, "install a newer shopctl") || !strings.Contains(e.Text().ZH, "安装") {
		t.Errorf("the error does not say what to do: %v", e.Text())
	}
}

// The state lies in git and in logs of CI: no member may ever hold a secret.
func TestNoMemberHoldsASecret(t *testing.T) {
	secret := regexp.MustCompile(`(?i)secret|token|password|credential|private`)
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice:
			walk(typ.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[typ] || typ.PkgPath() == "time" {
			return
		}
		seen[typ] = true
		for f := range typ.Fields() {
			if secret.MatchString(f.Name + " " + f.Tag.Get("json")) {
				t.Errorf("%s.%s sounds like a secret", typ, f.Name)
			}
			walk(f.Type)
		}
	}
	for _, v := range []any{State{}, journalLine{}, imageLine{}, intentLine{}, LockInfo{}} {
		walk(reflect.TypeOf(v))
	}
	for _, typ := range []reflect.Type{reflect.TypeFor[Record](), reflect.TypeFor[Entry](), reflect.TypeFor[ShopID]()} {
		if !seen[typ] {
			t.Errorf("%s was not looked at", typ)
		}
	}
}

// A clone shares nothing: every member that can be shared is filled, changed in
// the clone, and must stay in the original.
func TestCloneSharesNothing(t *testing.T) {
	var r Record
	fill(reflect.ValueOf(&r).Elem(), "a")
	before, err := json.Marshal(r)
	must(t, err)
	c := r.Clone()
	if cloned, _ := json.Marshal(c); !bytes.Equal(cloned, before) {
		t.Fatalf("the clone is %s, want %s", cloned, before)
	}
	overwrite(reflect.ValueOf(c).Elem())
	if now, _ := json.Marshal(r); !bytes.Equal(now, before) {
		t.Errorf("a change of the clone changed the original:\n%s\n%s", before, now)
	}
	if (*Record)(nil).Clone() != nil {
		t.Error("the clone of no record is a record")
	}
}

// fill sets every member of a struct to something that is not zero.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"key": text}))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[schema.Address]() {
			v.Set(reflect.ValueOf(spu(text)))
			return
		}
		if v.Type() == reflect.TypeOf(sampleTime) {
			v.Set(reflect.ValueOf(sampleTime))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), text)
			}
		}
	default:
		panic("fill does not know " + v.Type().String())
	}
}

// overwrite changes whatever is behind a pointer, in a map or in a list.
func overwrite(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Map:
			f.SetMapIndex(reflect.ValueOf("key"), reflect.ValueOf("changed"))
		case reflect.Pointer:
			f.Elem().SetZero()
		case reflect.Slice:
			if f.Len() > 0 { // the packed memo is nobody else's business
				f.Index(0).SetZero()
			}
		}
	}
}
