package sandbox

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Who messages are from and to.
const (
	miniProgram = "gh_0123456789ab"
	weChatTeam  = "oWeChatTeamOpenid0000000000"
)

// message is one event (reference section 9.2).
type message struct {
	at    time.Time
	event string
	body  string // name of the object with the members
	about reply  // the members
	info  reply  // in place of all that, for what is not about a merchant
}

func (s *Sandbox) announceVerdict(p *product, at time.Time) {
	verdict := func(status int, reason string) message {
		return message{at: at, event: "open_product_spu_audit", body: "OpenProductSpuAudit", about: reply{
			{"out_product_id", p.OutProductID}, {"product_id", p.ProductID},
			{"status", status}, {"spu_status", p.Status}, {"reject_reason", reason},
		}}
	}
	s.send(verdict(p.EditStatus, p.Reason))
	if s.knobs.Push.StaleVerdicts {
		s.send(verdict(editRejected, "标题不规范"))
	}
}

func (s *Sandbox) announceStatus(p *product, at time.Time) {
	s.send(message{at: at, event: "open_product_spu_status_update", body: "OpenProductSpuStatusUpdate", about: reply{
		{"out_product_id", p.OutProductID}, {"product_id", p.ProductID},
		{"status", p.Status}, {"reason", p.BanReason},
	}})
}

func (s *Sandbox) announceAudit(a *audit, at time.Time) {
	m := message{at: at, event: "open_product_category_audit", body: "QualificationAuditResult", about: reply{
		{"audit_id", a.ID}, {"status", a.Status}, {"audit_type", a.Type}, {"reject_reason", a.Reason},
	}}
	if a.Type == auditOfBrand {
		m.event = "open_product_brand_audit"
		m.about = append(m.about, member{"brand_id", a.BrandID})
	}
	s.send(m)
}

func (s *Sandbox) announceRegister(at time.Time) {
	s.send(message{at: at, event: "open_product_account_register", body: "OpenProductAccountRegister", about: reply{{"status", 2}}})
}

func (s *Sandbox) announceScene(at time.Time) {
	s.send(message{at: at, event: "open_product_scene_group_audit", body: "SceneGroupAudit", about: reply{
		{"group_id", sceneChannels}, {"name", sceneName}, {"reason", s.account.Scene.Reason},
		{"status", s.account.Scene.Status}, {"scene_group_ext_list", s.sceneItems()},
	}})
}

// send hands a message to the pusher, unless nobody listens.
func (s *Sandbox) send(m message) {
	push, appID := s.knobs.Push, s.appID
	if push.URL == "" {
		return
	}
	if push.OfThirdParty {
		push.URL, appID = strings.ReplaceAll(push.URL, "$APPID$", s.appID), DefaultComponentAppID
	}
	s.pusher.enqueue(delivery{push: push, appID: appID, sent: s.clock(), message: m})
}

func (m message) members() reply {
	if m.info != nil {
		return m.info
	}
	return reply{
		{"ToUserName", miniProgram}, {"FromUserName", weChatTeam}, {"CreateTime", m.at.Unix()},
		{"MsgType", "event"}, {"Event", m.event}, {m.body, m.about},
	}
}

// addressee is what stands beside the encrypted message.
func (d delivery) addressee() member {
	if d.info != nil {
		return member{"AppId", d.appID}
	}
	return member{"ToUserName", miniProgram}
}

// encode writes members in the push's format.
func (p Push) encode(members reply) []byte {
	if p.Format == "json" {
		return object(members)
	}
	return []byte("<xml>" + xmlOf(members) + "</xml>")
}

// xmlOf writes text as CDATA, numbers bare, and arrays as repeated elements.
func xmlOf(members reply) string {
	var b strings.Builder
	for _, m := range members {
		for _, v := range repeated(m.value) {
			fmt.Fprintf(&b, "<%s>%s</%s>", m.name, xmlValue(v), m.name)
		}
	}
	return b.String()
}

func repeated(v any) []any {
	list, isList := v.([]reply)
	if !isList {
		return []any{v}
	}
	all := make([]any, len(list))
	for i, r := range list {
		all[i] = r
	}
	return all
}

func xmlValue(v any) string {
	switch v := v.(type) {
	case reply:
		return xmlOf(v)
	case string:
		return "<![CDATA[" + strings.ReplaceAll(v, "]]>", "]]]]><![CDATA[>") + "]]>"
	}
	return fmt.Sprint(v)
}

// signature is hex(sha1(concat(sort(parts)))).
func signature(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

const aesBlock = 32 // of the padding (reference section 9.1)

func (p Push) key() ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(p.AESKey + "=")
	if err != nil || len(key) != 32 {
		return nil, errors.New("push.aeskey: want 43 characters of base64")
	}
	return key, nil
}

// encrypt is AES-256-CBC over 16 random bytes, the length, the message and the
// appid, in base64.
func encrypt(key, random, message []byte, appID string) string {
	plain := slices.Clone(random[:16])
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(message)))
	plain = append(append(plain, message...), appID...)
	pad := aesBlock - len(plain)%aesBlock
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // Push.check has seen 32 bytes
	}
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// check refuses addresses outside this machine and keys of another length.
func (p Push) check() error {
	if p.URL == "" {
		return nil
	}
	if err := checkPushURL("push.url", p.URL); err != nil || !p.Secure {
		return err
	}
	_, err := p.key()
	return err
}

func checkPushURL(knob, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("%s: %w", knob, err)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme != "http" || u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s: %s is not an http address of this machine", knob, address)
	}
	return nil
}

// delivery is one message on its way, with the settings it was sent under.
type delivery struct {
	push  Push
	appID string
	sent  time.Time // signed with the messages; by the clock of this machine, not the shop's
	message
}

// request signs the message, and in secure mode wraps it encrypted.
func (d delivery) request(nonce string, random []byte) (address string, body []byte) {
	q := d.push.signed(d.sent, nonce)
	body = d.push.encode(d.members())
	if d.push.Secure {
		key, _ := d.push.key() // Push.check has seen it
		sealed := encrypt(key, random, body, d.appID)
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", signature(d.push.Token, q.Get("timestamp"), nonce, sealed))
		body = d.push.encode(reply{d.addressee(), {"Encrypt", sealed}})
	}
	return d.push.address(q), body
}

// signed is the query that every request to the merchant carries.
func (p Push) signed(at time.Time, nonce string) url.Values {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	return url.Values{
		"timestamp": {timestamp}, "nonce": {nonce},
		"signature": {signature(p.Token, timestamp, nonce)},
	}
}

// address is the URL with the query added to its own.
func (p Push) address(q url.Values) string {
	joint := "?"
	if strings.Contains(p.URL, "?") {
		joint = "&"
	}
	return p.URL + joint + q.Encode()
}

// pusher delivers messages one after the other. It is best effort, as the
// platform is: what is queued when the sandbox closes is lost.
type pusher struct {
	client *http.Client
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex
	queue   []delivery
	running bool
	sent    int // messages since the start, for the every-nth knobs
	worker  sync.WaitGroup
}

// attempts is how often a message is sent until somebody answers "success".
const attempts = 3

func newPusher(client *http.Client) *pusher {
	if client == nil {
		client = &http.Client{Timeout: 5 * time.Second}
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &pusher{client: client, ctx: ctx, cancel: cancel}
}

func (p *pusher) enqueue(d delivery) {
	p.mu.Lock()
	defer p.mu.Unlock()
	every := func(n int) bool { return n > 0 && p.sent%n == 0 }
	p.sent++
	if every(d.push.DropEvery) {
		return
	}
	p.queue = append(p.queue, d)
	if every(d.push.DuplicateEvery) {
		p.queue = append(p.queue, d)
	}
	if !p.running {
		p.running = true
		p.worker.Go(p.run)
	}
}

// run delivers until the queue is empty.
func (p *pusher) run() {
	for {
		p.mu.Lock()
		if len(p.queue) == 0 || p.ctx.Err() != nil {
			p.running = false
			p.mu.Unlock()
			return
		}
		d := p.queue[0]
		p.queue = p.queue[1:]
		p.mu.Unlock()
		for range attempts {
			if p.deliver(d) {
				break
			}
		}
	}
}

// deliver sends a message once. Taken is what is answered with 200 and
// "success" or nothing.
func (p *pusher) deliver(d delivery) (taken bool) {
	address, body := d.request(nonce(), []byte(rand.Text()))
	r, err := http.NewRequestWithContext(p.ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return false
	}
	r.Header.Set("Content-Type", map[bool]string{true: "application/json", false: "text/xml"}[d.push.Format == "json"])
	res, err := p.client.Do(r)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 64))
	return err == nil && res.StatusCode == http.StatusOK && (len(answer) == 0 || string(answer) == "success")
}

// verify sends the question by which a URL is checked.
func (p *pusher) verify(ctx context.Context, push Push, now time.Time) error {
	if push.URL == "" {
		return errors.New("knob push.url is not set")
	}
	q := push.signed(now, nonce())
	echo := rand.Text()
	q.Set("echostr", echo)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, push.address(q), nil)
	if err != nil {
		return err
	}
	res, err := p.client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, int64(len(echo))+1))
	if err == nil && string(answer) != echo {
		err = fmt.Errorf("%s did not return the echostr", push.URL)
	}
	return err
}

// nonce is ten random characters.
func nonce() string { return rand.Text()[:10] }

func (p *pusher) close() {
	p.cancel()
	p.worker.Wait()
}
