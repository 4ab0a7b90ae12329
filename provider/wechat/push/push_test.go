package push

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	testToken = "AAAAA"
	testKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	testAppID = "wx0123456789abcdef"
)

// sentAt is when the test's messages are sent.
var sentAt = time.Unix(1714036504, 0)

func receiver(t testing.TB, key string) *Receiver {
	t.Helper()
	r, err := New(Config{Token: testToken, AESKey: key, AppIDs: []string{testAppID}, Now: func() time.Time { return sentAt }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// signedQuery is the query of a plain request.
func signedQuery(nonce string) url.Values {
	timestamp := strconv.FormatInt(sentAt.Unix(), 10)
	return url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "signature": {Signature(testToken, timestamp, nonce)}}
}

// seal is the platform's side of reference section 9.1.
func seal(t testing.TB, message, appid string) string {
	t.Helper()
	key, err := aesKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	plain := append([]byte("0123456789abcdef"), binary.BigEndian.AppendUint32(nil, uint32(len(message)))...)
	plain = append(append(plain, message...), appid...)
	pad := 32 - len(plain)%32
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// sealedRequest is an encrypted request; the envelope is in the message's format.
func sealedRequest(t testing.TB, nonce, message, appid string) (url.Values, []byte) {
	sealed := seal(t, message, appid)
	q := signedQuery(nonce)
	q.Set("encrypt_type", "aes")
	q.Set("msg_signature", Signature(testToken, q.Get("timestamp"), nonce, sealed))
	if strings.HasPrefix(message, "{") {
		return q, []byte(`{"ToUserName":"gh_0123456789ab","Encrypt":"` + sealed + `"}`)
	}
	return q, []byte(`<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[` + sealed + `]]></Encrypt></xml>`)
}

// The platform's own example (reference section 9.1).
func TestSignature(t *testing.T) {
	if got := Signature("AAAAA", "1714036504", "1514711492"); got != "f464b24fc39322e44b38aa78f5edd27bd1441696" {
		t.Errorf("got %s", got)
	}
}

// xmlMessage and jsonMessage put members into the common envelope.
func xmlMessage(event, members string) string {
	return `<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oTeam]]></FromUserName><CreateTime>1651803072</CreateTime>` +
		`<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[` + event + `]]></Event>` + members + `</xml>`
}

func jsonMessage(event, members string) string {
	return `{"ToUserName":"gh_0123456789ab","FromUserName":"oTeam","CreateTime":1651803072,"MsgType":"event","Event":"` + event + `",` + members + `}`
}

// TestEveryShape holds every message shape of reference section 9 against what it
// must be understood as. Each goes through both modes, plain and encrypted.
func TestEveryShape(t *testing.T) {
	product := func(status int, reason string) Message {
		return Message{Kind: KindProduct, OutProductID: "blanket-1", ProductID: "403700001", Status: status, Reason: reason}
	}
	tests := []struct {
		name, body string
		want       Message
	}{
		{"product passed", xmlMessage("open_product_spu_audit", `<OpenProductSpuAudit><out_product_id><![CDATA[blanket-1]]></out_product_id><product_id>403700001</product_id><status>4</status><spu_status>5</spu_status><reject_reason></reject_reason></OpenProductSpuAudit>`), product(4, "")},
		{"product rejected", jsonMessage("open_product_spu_audit", `"OpenProductSpuAudit":{"out_product_id":"blanket-1","product_id":403700001,"status":3,"spu_status":0,"reject_reason":"标题不规范"}`), product(3, "标题不规范")},
		{"numbers as strings", jsonMessage("open_product_spu_audit", `"OpenProductSpuAudit":{"out_product_id":"blanket-1","product_id":"403700001","status":"4"}`), product(4, "")},
		{"a product id above 2^53", jsonMessage("open_product_spu_audit", `"OpenProductSpuAudit":{"out_product_id":"blanket-1","product_id":18446744073709551615,"status":4}`),
			Message{Kind: KindProduct, OutProductID: "blanket-1", ProductID: "18446744073709551615", Status: 4}},
		{"flat, as one mall reads it", jsonMessage("open_product_spu_audit", `"out_product_id":"blanket-1","product_id":"403700001","status":"4"`), product(4, "")},
		{"flat XML", xmlMessage("open_product_spu_audit", `<out_product_id>blanket-1</out_product_id><product_id>403700001</product_id><status>4</status>`), product(4, "")},
		{"banned, newer page", xmlMessage("open_product_spu_status_update", `<OpenProductSpuStatusUpdate><out_product_id>blanket-1</out_product_id><product_id>403700001</product_id><status>13</status><reason><![CDATA[违规]]></reason></OpenProductSpuStatusUpdate>`), product(13, "违规")},
		{"banned, older sample", jsonMessage("open_product_spu_status_update", `"OpenProductSpuAudit":{"out_product_id":"blanket-1","product_id":403700001,"status":13,"reject_reason":"违规"}`), product(13, "违规")},
		{"banned under the name of a verdict", jsonMessage("open_product_spu_audit", `"OpenProductSpuAudit":{"out_product_id":"blanket-1","product_id":403700001,"status":13}`), product(13, "")},
		{"restored, spu_status in place of status", jsonMessage("open_product_spu_status_update", `"OpenProductSpuStatusUpdate":{"out_product_id":"blanket-1","product_id":403700001,"spu_status":5}`), product(5, "")},
		{"category passed", jsonMessage("open_product_category_audit", `"QualificationAuditResult":{"audit_id":"RQAAA","status":1,"audit_type":2,"reject_reason":""}`),
			Message{Kind: KindCategory, AuditID: "RQAAA", Status: 1}},
		{"category with an empty audit_id", xmlMessage("open_product_category_audit", `<QualificationAuditResult><audit_id></audit_id><status>9</status><audit_type>2</audit_type><reject_reason><![CDATA[证书不清晰]]></reject_reason><seq_qc_id>0</seq_qc_id></QualificationAuditResult>`),
			Message{Kind: KindCategory, Status: 9, Reason: "证书不清晰"}},
		{"brand passed", jsonMessage("open_product_brand_audit", `"QualificationAuditResult":{"audit_id":"RQAAAHVqT2xkAAAAFTrfXw","status":1,"audit_type":1,"reject_reason":"","brand_id":29001}`),
			Message{Kind: KindBrand, AuditID: "RQAAAHVqT2xkAAAAFTrfXw", Status: 1}},
		{"brand, flat strings of April 2021", jsonMessage("open_product_brand_audit", `"audit_id":"RQAAA","audit_type":"1","brand_id":"13446","reject_reason":"不符","seq_qc_id":"0","status":"9"`),
			Message{Kind: KindBrand, AuditID: "RQAAA", Status: 9, Reason: "不符"}},
		{"account opened", xmlMessage("open_product_account_register", `<OpenProductAccountRegister><status>2</status></OpenProductAccountRegister>`), Message{Kind: KindAccount, Status: 2}},
		{"scene, its list repeated", xmlMessage("open_product_scene_group_audit", `<SceneGroupAudit><group_id>1</group_id><name>视频号</name><reason></reason><scene_group_ext_list><ext_id>1</ext_id><status>1</status></scene_group_ext_list><scene_group_ext_list><ext_id>2</ext_id><status>1</status></scene_group_ext_list></SceneGroupAudit>`), Message{Kind: KindScene}},
		{"scene, its list an array", jsonMessage("open_product_scene_group_audit", `"SceneGroupAudit":{"group_id":1,"name":"视频号","reason":"资料不全","status":2,"scene_group_ext_list":[{"ext_id":1,"status":1,"name":"a"},{"ext_id":2,"status":1}]}`), Message{Kind: KindScene, Status: 2, Reason: "资料不全"}},
		{"scene under the name of a product's verdict", jsonMessage("open_product_spu_audit", `"SceneGroupAudit":{"group_id":1,"name":"视频号","reason":""}`), Message{Kind: KindScene}},
		{"scene with its CDATA mark as text", jsonMessage("![CDATA[open_product_scene_group_audit]]", `"SceneGroupAudit":{"group_id":1}`), Message{Kind: KindScene}},
		{"order", jsonMessage("open_product_order_pay", `"order_info":{"out_order_id":"1"}`), Message{Kind: KindOther}},
		{"chat", `<xml><ToUserName>gh_0123456789ab</ToUserName><FromUserName>oTeam</FromUserName><CreateTime>1651803072</CreateTime><MsgType>text</MsgType><Content>在吗</Content></xml>`, Message{Kind: KindOther}},
		{"ticket", `<xml><AppId>wxc000000000000000</AppId><CreateTime>1651803072</CreateTime><InfoType>component_verify_ticket</InfoType><ComponentVerifyTicket>ticket@@@abc</ComponentVerifyTicket></xml>`,
			Message{Kind: KindTicket, Ticket: "ticket@@@abc"}},
		{"authorisation taken back", `<xml><AppId>wxc000000000000000</AppId><CreateTime>1651803072</CreateTime><InfoType><![CDATA[unauthorized]]></InfoType><AuthorizerAppid>wx1</AuthorizerAppid></xml>`,
			Message{Kind: KindGrant, AppID: "wx1"}},
		{"byte order mark and declaration", "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xmlMessage("open_product_account_register", `<status>10</status>`), Message{Kind: KindAccount, Status: 10}},
		{"no envelope members at all", `{"OpenProductSpuAudit":{"out_product_id":"blanket-1","product_id":403700001,"status":4}}`,
			Message{Kind: KindProduct, OutProductID: "blanket-1", ProductID: "403700001", Status: 4}},
	}
	for _, tt := range tests {
		for mode, key := range map[string]string{"plain": "", "encrypted": testKey} {
			q, body := signedQuery("n"), []byte(tt.body)
			if key != "" {
				q, body = sealedRequest(t, "n", tt.body, testAppID)
			}
			got, duplicate, err := receiver(t, key).Open(q, body)
			if err != nil || duplicate {
				t.Errorf("%s, %s: %v, duplicate %v", tt.name, mode, err, duplicate)
				continue
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Message{}, "Event", "To", "From", "At")); diff != "" {
				t.Errorf("%s, %s:\n%s", tt.name, mode, diff)
			}
		}
	}
}

// The envelope is for the log.
func TestEnvelope(t *testing.T) {
	at := time.Unix(1651803072, 0)
	for body, want := range map[string]Message{
		jsonMessage("![CDATA[open_product_scene_group_audit]]", `"SceneGroupAudit":{"group_id":1}`): {Kind: KindScene, Event: "open_product_scene_group_audit", To: "gh_0123456789ab", From: "oTeam", At: at},
		xmlMessage("open_product_order_pay", ""):                                                    {Kind: KindOther, Event: "open_product_order_pay", To: "gh_0123456789ab", From: "oTeam", At: at},
		`<xml><AppId>wxc000000000000000</AppId><CreateTime>1651803072</CreateTime><InfoType><![CDATA[unauthorized]]></InfoType><AuthorizerAppid>wx1</AuthorizerAppid></xml>`: {Kind: KindGrant, Event: "unauthorized", To: "wxc000000000000000", At: at, AppID: "wx1"},
		`{"CreateTime":"soon"}`: {Kind: KindOther},
	} {
		got, _, err := receiver(t, "").Open(signedQuery("n"), []byte(body))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
	}
}

// What is not the platform's, not of now, not for us or not readable is refused,
// each for its own reason.
func TestRefusals(t *testing.T) {
	verdict := jsonMessage("open_product_spu_audit", `"OpenProductSpuAudit":{"out_product_id":"a","status":4}`)
	deep := strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1)
	many := "<xml>" + strings.Repeat("<a/>", maxElements) + "</xml>"
	tests := []struct {
		name   string
		sealed bool
		body   string
		spoil  func(q url.Values, body []byte) []byte
		want   error
	}{
		{"no signature", false, verdict, drop("signature"), ErrSignature},
		{"signature of another token", false, verdict, set("signature", Signature("BBBBB", "1714036504", "n")), ErrSignature},
		{"a part of the signature", false, verdict, func(q url.Values, b []byte) []byte { q.Set("signature", q.Get("signature")[:20]); return b }, ErrSignature},
		{"another nonce", false, verdict, set("nonce", "m"), ErrSignature},
		{"no timestamp", false, verdict, drop("timestamp"), ErrTime},
		{"timestamp of an hour ago", false, verdict, set("timestamp", "1714032904"), ErrTime},
		{"timestamp of the future", false, verdict, set("timestamp", "1714036900"), ErrTime},
		{"timestamp that is none", false, verdict, set("timestamp", "now"), ErrTime},
		{"plain where a key is set", true, verdict, func(q url.Values, _ []byte) []byte { q.Del("msg_signature"); return []byte(verdict) }, ErrPlain},
		{"plain body with a sealed signature", true, verdict, func(url.Values, []byte) []byte { return []byte(verdict) }, ErrPlain},
		{"sealed body changed", true, verdict, func(_ url.Values, b []byte) []byte {
			return bytes.Replace(b, []byte(`Encrypt":"`), []byte(`Encrypt":"A`), 1)
		}, ErrSignature},
		{"only the plain signature is wrong", true, verdict, set("signature", "0"), ErrSignature},
		{"sealed with a signature of nothing", true, verdict, set("msg_signature", Signature(testToken, "1714036504", "n")), ErrSignature},
		{"sealed for another appid", true, "other " + verdict, nil, ErrAppID},
		{"sealed rubbish", true, "rubbish", func(q url.Values, _ []byte) []byte {
			sealed := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("0123456789abcdef"), 4))
			q.Set("msg_signature", Signature(testToken, q.Get("timestamp"), "n", sealed))
			return []byte(`{"Encrypt":"` + sealed + `"}`)
		}, ErrMalformed},
		{"empty", false, "", nil, ErrMalformed},
		{"neither XML nor JSON", false, "success", nil, ErrMalformed},
		{"too large", false, "{" + strings.Repeat(" ", MaxBody) + "}", nil, ErrMalformed},
		{"XML nested too deeply", false, deep, nil, ErrMalformed},
		{"XML with too many elements", false, many, nil, ErrMalformed},
		{"JSON nested too deeply", false, strings.Repeat(`{"a":`, maxDepth) + "1" + strings.Repeat("}", maxDepth), nil, ErrMalformed},
		{"JSON with too many elements", false, `{"a":[` + strings.TrimSuffix(strings.Repeat("1,", maxElements), ",") + `]}`, nil, ErrMalformed},
		{"a document type", false, `<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Event>&x;</Event></xml>`, nil, ErrMalformed},
		{"an entity of its own", false, `<xml><Event>&x;</Event></xml>`, nil, ErrMalformed},
		{"another encoding", false, `<?xml version="1.0" encoding="gbk"?><xml/>`, nil, ErrMalformed},
		{"two elements", false, `<xml/><xml/>`, nil, ErrMalformed},
		{"two objects", false, `{}{}`, nil, ErrMalformed},
		{"cut off", false, `<xml><Event>`, nil, ErrMalformed},
	}
	for _, tt := range tests {
		key, q, body := "", signedQuery("n"), []byte(tt.body)
		if tt.sealed {
			key = testKey
			message, other := strings.CutPrefix(tt.body, "other ")
			appid := testAppID
			if other {
				appid = "wx9999999999999999"
			}
			q, body = sealedRequest(t, "n", message, appid)
		}
		if tt.spoil != nil {
			body = tt.spoil(q, body)
		}
		if _, _, err := receiver(t, key).Open(q, body); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func drop(name string) func(url.Values, []byte) []byte {
	return func(q url.Values, b []byte) []byte { q.Del(name); return b }
}

func set(name, value string) func(url.Values, []byte) []byte {
	return func(q url.Values, b []byte) []byte { q.Set(name, value); return b }
}

func TestReplays(t *testing.T) {
	now := sentAt
	plain, err := New(Config{Token: testToken, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	open := func(nonce, product string) string {
		body := jsonMessage("open_product_spu_audit", `"OpenProductSpuAudit":{"out_product_id":"`+product+`","status":4}`)
		_, duplicate, err := plain.Open(signedQuery(nonce), []byte(body))
		return fmt.Sprint(duplicate, " ", err)
	}
	for _, step := range []struct{ name, got, want string }{
		{"first", open("1", "a"), "false <nil>"},
		{"the same once more", open("1", "a"), "true <nil>"},
		{"sent again, signed anew", open("2", "a"), "true <nil>"},
		{"another message under a used signature", open("1", "b"), "false " + ErrReplay.Error()},
		{"another message", open("3", "b"), "false <nil>"},
	} {
		if step.got != step.want {
			t.Errorf("%s: %s, want %s", step.name, step.got, step.want)
		}
	}
	now = now.Add(DefaultWindow + time.Second)
	if got := open("1", "a"); got != "false "+ErrTime.Error() {
		t.Errorf("after the window: %s", got)
	}
}

// What is remembered has an end: the oldest half goes when there is too much.
func TestMemoryIsBounded(t *testing.T) {
	m := newMemory(time.Hour, func() time.Time { return sentAt })
	for i := range 3 * maxSeen {
		m.add(digest{byte(i), byte(i >> 8), byte(i >> 16)})
	}
	if n := len(m.young.messages) + len(m.old.messages); n > 2*maxSeen {
		t.Errorf("%d messages are remembered", n)
	}
}

func TestEcho(t *testing.T) {
	r := receiver(t, testKey)
	q := signedQuery("n")
	q.Set("echostr", "4375120948345356249")
	if got, err := r.Echo(q); got != "4375120948345356249" || err != nil {
		t.Error(got, err)
	}
	for name, spoil := range map[string]func(url.Values, []byte) []byte{
		"wrong signature": set("signature", "0"), "old": set("timestamp", "1714030000"), "no echostr": drop("echostr"), "long echostr": set("echostr", strings.Repeat("x", maxEcho+1)),
	} {
		q := signedQuery("n")
		q.Set("echostr", "1")
		spoil(q, nil)
		if got, err := r.Echo(q); got != "" || err == nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, c := range []Config{{}, {Token: "t", AESKey: "short"}, {Token: "t", AESKey: testKey + "H"}, {Token: "t", AESKey: strings.Repeat("-", 43)}} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

// FuzzOpen: whatever arrives, nothing panics, and nothing is opened without the
// platform's signature.
func FuzzOpen(f *testing.F) {
	f.Add(xmlMessage("open_product_spu_audit", `<OpenProductSpuAudit><out_product_id>a</out_product_id></OpenProductSpuAudit>`), "n", true)
	f.Add(jsonMessage("open_product_brand_audit", `"audit_id":["1",{"a":null}]`), "n", false)
	f.Add(`{"Encrypt":"AAAA"}`, "", true)
	f.Fuzz(func(t *testing.T, body, nonce string, sealed bool) {
		key := ""
		if sealed {
			key = testKey
		}
		q := signedQuery("n")
		q.Set("nonce", nonce)
		q.Set("msg_signature", q.Get("signature"))
		if _, _, err := receiver(t, key).Open(q, []byte(body)); err == nil && (nonce != "n" || sealed) {
			t.Errorf("opened %q", body)
		}
		q, b := sealedRequest(t, "n", body, testAppID)
		if _, _, err := receiver(t, testKey).Open(q, b); err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", body, err)
		}
	})
}

// BenchmarkOpen measures a message that is good, one that is forged, and one that
// came before.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	message := jsonMessage("open_product_spu_audit", `"OpenProductSpuAudit":{"out_product_id":"blanket-1","product_id":403700001,"status":4}`)
	b.Run("good", func(b *testing.B) {
		r := receiver(b, testKey)
		q, body := sealedRequest(b, "n", message, testAppID)
		for b.Loop() {
			r.Open(q, body)
		}
	})
	b.Run("forged", func(b *testing.B) {
		r := receiver(b, testKey)
		q, _ := sealedRequest(b, "n", message, testAppID)
		q.Set("signature", Signature("BBBBB"))
		body := []byte(`{"Encrypt":"` + strings.Repeat("A", MaxBody-20) + `"}`)
		for b.Loop() {
			r.Open(q, body)
		}
	})
}
