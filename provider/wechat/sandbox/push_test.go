package sandbox

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestSignature(t *testing.T) {
	// The platform's own example (reference section 9.1).
	if got := signature("AAAAA", "1714036504", "1514711492"); got != "f464b24fc39322e44b38aa78f5edd27bd1441696" {
		t.Errorf("got %s", got)
	}
}

const aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// decrypt is the receiver's side, written from reference section 9.1.
func decrypt(t *testing.T, sealed string) (message, appID string) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(aesKey + "=")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCDecrypter(block, key[:16]).CryptBlocks(raw, raw)
	pad := int(raw[len(raw)-1])
	if pad < 1 || pad > 32 || len(raw)%32 != 0 {
		t.Fatalf("padding of %d in %d bytes", pad, len(raw))
	}
	raw = raw[:len(raw)-pad]
	n := binary.BigEndian.Uint32(raw[16:20])
	return string(raw[20 : 20+n]), string(raw[20+n:])
}

func TestEncryption(t *testing.T) {
	key, err := Push{AESKey: aesKey}.key()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 70 { // every length of the padding
		want := strings.Repeat("x", n)
		got, appID := decrypt(t, encrypt(key, []byte("0123456789abcdef"), []byte(want), DefaultAppID))
		if got != want || appID != DefaultAppID {
			t.Errorf("%d bytes: got %q for %q", n, got, appID)
		}
	}
}

// received is one message as the merchant's server sees it.
type received struct {
	query url.Values
	kind  string
	body  string
}

// listen is a merchant's server that answers with answer.
func listen(t *testing.T, answer func() string) (address string, inbox chan received) {
	t.Helper()
	inbox = make(chan received, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		inbox <- received{r.URL.Query(), r.Header.Get("Content-Type"), string(b)}
		io.WriteString(w, answer())
	}))
	t.Cleanup(server.Close)
	return server.URL + "/wx?shop=1", inbox
}

func success() string { return "success" }

func take(t *testing.T, inbox chan received) received {
	t.Helper()
	select {
	case m := <-inbox:
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("no message")
		return received{}
	}
}

func TestMessages(t *testing.T) {
	const plainXML = `<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oWeChatTeamOpenid0000000000]]></FromUserName>` +
		`<CreateTime>1651809604</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[open_product_spu_audit]]></Event>` +
		`<OpenProductSpuAudit><out_product_id><![CDATA[b1]]></out_product_id><product_id>%d</product_id><status>4</status>` +
		`<spu_status>5</spu_status><reject_reason><![CDATA[]]></reject_reason></OpenProductSpuAudit></xml>`
	const plainJSON = `{"ToUserName":"gh_0123456789ab","FromUserName":"oWeChatTeamOpenid0000000000","CreateTime":1651809604,"MsgType":"event",` +
		`"Event":"open_product_spu_audit","OpenProductSpuAudit":{"out_product_id":"b1","product_id":%d,"status":4,"spu_status":5,"reject_reason":""}}`
	for _, c := range []struct {
		format string
		secure bool
		want   string
	}{
		{"xml", false, plainXML}, {"json", false, plainJSON}, {"xml", true, plainXML}, {"json", true, plainJSON},
	} {
		t.Run(fmt.Sprint(c.format, " secure=", c.secure), func(t *testing.T) {
			address, inbox := listen(t, success)
			k := DefaultKnobs()
			k.Push = Push{URL: address, Token: "AAAAA", AESKey: aesKey, Format: c.format, Secure: c.secure}
			h := openShop(t, Options{Knobs: &k})
			h.openForBusiness()
			h.listed("b1")
			h.must("/shop/cat/get", `{}`) // the review runs when somebody asks
			m := take(t, inbox)
			q := m.query
			if q.Get("shop") != "1" || q.Get("signature") != signature("AAAAA", q.Get("timestamp"), q.Get("nonce")) {
				t.Errorf("query is %v", q)
			}
			if c.secure {
				m.body = open(t, c.format, m)
			}
			if want := fmt.Sprintf(c.want, h.products["b1"].ProductID); m.body != want {
				t.Errorf("got\n%s\nwant\n%s", m.body, want)
			}
		})
	}
}

// open checks the signature of a sealed message and decrypts it.
func open(t *testing.T, format string, m received) string {
	t.Helper()
	var envelope struct{ ToUserName, Encrypt string }
	decode := xml.Unmarshal
	if format == "json" {
		decode = json.Unmarshal
	}
	if err := decode([]byte(m.body), &envelope); err != nil {
		t.Fatal(err)
	}
	q := m.query
	if q.Get("encrypt_type") != "aes" || q.Get("msg_signature") != signature("AAAAA", q.Get("timestamp"), q.Get("nonce"), envelope.Encrypt) {
		t.Errorf("query is %v", q)
	}
	message, appID := decrypt(t, envelope.Encrypt)
	if appID != DefaultAppID {
		t.Errorf("appid %q", appID)
	}
	return message
}

// TestEvents lets everything happen that is announced, and reads the announcements.
func TestEvents(t *testing.T) {
	address, inbox := listen(t, success)
	k := DefaultKnobs()
	k.StartUnjoined = true
	k.Push = Push{URL: address, Format: "json"}
	h := openShop(t, Options{Knobs: &k})
	next := func(event string, want fields) {
		t.Helper()
		h.turn(time.Minute)
		h.post("/shop/register/check", `{}`)
		m := take(t, inbox)
		var got map[string]any
		if err := json.Unmarshal([]byte(m.body), &got); err != nil {
			t.Fatal(err)
		}
		if got["Event"] != event {
			t.Fatalf("got %s, want %s", m.body, event)
		}
		for name, v := range want {
			for _, object := range got {
				if members, ok := object.(map[string]any); ok && fmt.Sprint(members[name]) != fmt.Sprint(v) {
					t.Errorf("%s: %s is %v, want %v", event, name, members[name], v)
				}
			}
		}
	}
	h.must("/shop/register/apply", `{}`)
	next("open_product_account_register", fields{"status": 2})
	h.openForBusiness()
	h.must("/shop/spu/add", h.blanket("b1", fields{"title": "测试商品勿拍", "scene_group_list": nil}))
	next("open_product_spu_audit", fields{"status": 3, "spu_status": 0})
	h.must("/shop/spu/update", h.blanket("b1", fields{"scene_group_list": nil}))
	next("open_product_spu_audit", fields{"status": 4, "spu_status": 5, "reject_reason": ""})
	if err := h.Console().Ban("b1", "涉嫌虚假宣传"); err != nil {
		t.Fatal(err)
	}
	next("open_product_spu_status_update", fields{"status": 13, "reason": "涉嫌虚假宣传"})
	if err := h.Console().Restore("b1"); err != nil {
		t.Fatal(err)
	}
	next("open_product_spu_status_update", fields{"status": 5, "reason": ""})
	id := h.audit("/shop/audit/audit_brand", strings.Replace(h.brandAudit("示例牌", nil), `,"scene_group_list":[1]`, "", 1))
	next("open_product_brand_audit", fields{"audit_id": id, "status": 1, "audit_type": 1})
	h.account.setTasks(1)
	h.must("/shop/register/apply_scene", `{"scene_group_id":1}`)
	next("open_product_scene_group_audit", fields{"group_id": 1, "status": 1})
	id = h.audit("/shop/audit/audit_category", h.categoryAudit(leaves[1446], nil))
	next("open_product_category_audit", fields{"audit_id": id, "status": 1, "audit_type": 2})
}

// TestDelivery announces three verdicts and counts what arrives.
func TestDelivery(t *testing.T) {
	for _, c := range []struct {
		name    string
		turn    func(*Push)
		answer  string
		arrived string // out_product_id and status
	}{
		{"each once", func(*Push) {}, "success", "a4 b4 c4"},
		{"an empty answer is fine", func(*Push) {}, "", "a4 b4 c4"},
		{"three attempts", func(*Push) {}, "error", "a4 a4 a4 b4 b4 b4 c4 c4 c4"},
		{"dropped", func(p *Push) { p.DropEvery = 2 }, "success", "a4 c4"},
		{"duplicated", func(p *Push) { p.DuplicateEvery = 2 }, "success", "a4 b4 b4 c4"},
		{"stale verdicts", func(p *Push) { p.StaleVerdicts = true }, "success", "a4 a3 b4 b3 c4 c3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address, inbox := listen(t, func() string { return c.answer })
			k := DefaultKnobs()
			k.Push = Push{URL: address, Format: "json"}
			c.turn(&k.Push)
			h := openShop(t, Options{Knobs: &k})
			h.openForBusiness()
			for _, id := range []string{"a", "b", "c"} {
				h.listed(id)
			}
			h.must("/shop/cat/get", `{}`)
			h.pusher.worker.Wait()
			close(inbox)
			var arrived []string
			for m := range inbox {
				var got struct {
					OpenProductSpuAudit struct {
						ID     string `json:"out_product_id"`
						Status int    `json:"status"`
					}
				}
				if err := json.Unmarshal([]byte(m.body), &got); err != nil {
					t.Fatal(err)
				}
				arrived = append(arrived, fmt.Sprint(got.OpenProductSpuAudit.ID, got.OpenProductSpuAudit.Status))
			}
			if got := strings.Join(arrived, " "); got != c.arrived {
				t.Errorf("arrived %s, want %s", got, c.arrived)
			}
		})
	}
}

func TestVerifyPush(t *testing.T) {
	honest := func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("signature") == signature("AAAAA", q.Get("timestamp"), q.Get("nonce")) {
			io.WriteString(w, q.Get("echostr"))
		}
	}
	for _, c := range []struct {
		name, token string
		answer      http.HandlerFunc
		ok          bool
	}{
		{"the echostr", "AAAAA", honest, true},
		{"another token", "BBBBB", honest, false},
		{"something else", "AAAAA", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "success") }, false},
	} {
		server := httptest.NewServer(c.answer)
		defer server.Close()
		h := openShop(t, Options{Knobs: &Knobs{Push: Push{URL: server.URL, Token: c.token}}})
		if status, reply := h.control("POST", "/sandbox/verify_push", ""); (status == 200) != c.ok {
			t.Errorf("%s: status %d: %s", c.name, status, reply)
		}
	}
	if err := openShop(t, Options{}).Console().VerifyPush(t.Context()); err == nil {
		t.Error("no URL was verified")
	}
}

func TestXMLEscapesItself(t *testing.T) {
	hostile := `]]></reason><status>4</status>`
	body := Push{}.encode(reply{{"reason", hostile}, {"item", []reply{{{"id", 1}}, {{"id", 2}}}}})
	var got struct {
		Reason string `xml:"reason"`
		Status string `xml:"status"`
		IDs    []int  `xml:"item>id"`
	}
	if err := xml.NewDecoder(bytes.NewReader(body)).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Reason != hostile || got.Status != "" || fmt.Sprint(got.IDs) != "[1 2]" {
		t.Errorf("%s decodes to %+v", body, got)
	}
}
