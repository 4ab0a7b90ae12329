package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// How long a text may be, in bytes, a little below what the robots take.
const (
	weComLimit    = 2000
	dingTalkLimit = 18_000
	feishuLimit   = 18_000
)

type weCom struct{ robot }

// NewWeCom sends to a group robot of 企业微信 (qyapi.weixin.qq.com/cgi-bin/webhook/send?key=...).
func NewWeCom(address string) (Sender, error) {
	r, err := newRobot("wecom", address, "")
	return &weCom{r}, err
}

type content struct {
	Content string `json:"content"`
}

// textMessage is what 企业微信 and DingTalk take. Text, unlike their Markdown, cannot
// hide links, whatever stands in a product's title.
type textMessage struct {
	MsgType string  `json:"msgtype"`
	Text    content `json:"text"`
}

func (w *weCom) Send(ctx context.Context, m Message) error {
	// "<@userid>" in a text mentions people at 企业微信 (document 91770).
	text := strings.ReplaceAll(m.text(weComLimit), "<@", "＜@")
	answer, err := w.post(ctx, nil, nil, textMessage{"text", content{cut(text, weComLimit)}})
	if err != nil {
		return err
	}
	return w.verdict(answer, "errcode", "errmsg")
}

type dingTalk struct{ robot }

// NewDingTalk sends to a group robot of DingTalk (oapi.dingtalk.com/robot/send?access_token=...).
// secret is the robot's signing secret (SEC...); "" for one that is not signed.
func NewDingTalk(address, secret string) (Sender, error) {
	r, err := newRobot("dingtalk", address, secret)
	return &dingTalk{r}, err
}

func (d *dingTalk) Send(ctx context.Context, m Message) error {
	query := url.Values{}
	if d.secret != "" {
		timestamp := strconv.FormatInt(d.now().UnixMilli(), 10)
		query.Set("timestamp", timestamp)
		query.Set("sign", mac(d.secret, timestamp+"\n"+d.secret))
	}
	answer, err := d.post(ctx, query, nil, textMessage{"text", content{m.text(dingTalkLimit)}})
	if err != nil {
		return err
	}
	return d.verdict(answer, "errcode", "errmsg")
}

// mac is the HMAC-SHA256 of a message in base64.
func mac(key, message string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

type feishu struct{ robot }

// NewFeishu sends to a custom robot of Feishu (open.feishu.cn/open-apis/bot/v2/hook/...).
// secret is the robot's signing secret; "" for one that is not signed.
func NewFeishu(address, secret string) (Sender, error) {
	r, err := newRobot("feishu", address, secret)
	return &feishu{r}, err
}

// feishuPost is a rich text: a title and paragraphs of elements. A plain text
// would let "<at>" in a product's title mention people.
type feishuPost struct {
	Timestamp string `json:"timestamp,omitempty"` // Unix seconds
	Sign      string `json:"sign,omitempty"`
	MsgType   string `json:"msg_type"`
	Content   struct {
		Post struct {
			Language struct {
				Title   string            `json:"title"`
				Content [][]feishuElement `json:"content"`
			} `json:"zh_cn"`
		} `json:"post"`
	} `json:"content"`
}

type feishuElement struct {
	Tag  string `json:"tag"`
	Text string `json:"text"`
}

func (f *feishu) Send(ctx context.Context, m Message) error {
	post := feishuPost{MsgType: "post"}
	if f.secret != "" {
		// Here the key is what DingTalk signs, and nothing is signed with it.
		post.Timestamp = strconv.FormatInt(f.now().Unix(), 10)
		post.Sign = mac(post.Timestamp+"\n"+f.secret, "")
	}
	language := &post.Content.Post.Language
	language.Title = m.Title
	body := strings.TrimPrefix(Message{Lines: m.Lines}.text(feishuLimit), "\n")
	language.Content = [][]feishuElement{{{"text", body}}}
	answer, err := f.post(ctx, nil, nil, post)
	if err != nil {
		return err
	}
	return f.verdict(answer, "code", "msg")
}

type webhook struct{ robot }

// NewWebhook posts JSON, {"title": ..., "lines": [...], "text": ...}, to any
// program, which takes it with a status of 2xx. With a secret the body is signed:
// X-Shopctl-Signature: sha256=HEX, the HMAC-SHA256 of the body.
func NewWebhook(address, secret string) (Sender, error) {
	r, err := newRobot("webhook", address, secret)
	return &webhook{r}, err
}

type webhookMessage struct {
	Title string   `json:"title"`
	Lines []string `json:"lines"`
	Text  string   `json:"text"` // all of it
}

// webhookLimit bounds the text, in bytes; the lines are always complete.
const webhookLimit = 1 << 20

func (w *webhook) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(webhookMessage{m.Title, append([]string{}, m.Lines...), m.text(webhookLimit)})
	if err != nil {
		return err
	}
	header := http.Header{}
	if w.secret != "" {
		h := hmac.New(sha256.New, []byte(w.secret))
		h.Write(body)
		header.Set("X-Shopctl-Signature", "sha256="+hex.EncodeToString(h.Sum(nil)))
	}
	_, err = w.postRaw(ctx, nil, header, body)
	return err
}
