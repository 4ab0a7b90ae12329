package push

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// Kind is what a message is about, as far as it concerns the catalog.
type Kind string

// The kinds.
const (
	KindProduct  Kind = "product"  // a verdict on a product, or a move on or off the shelf by the platform
	KindBrand    Kind = "brand"    // a verdict on a brand audit
	KindCategory Kind = "category" // a verdict on a qualification audit
	KindAccount  Kind = "account"  // the component was opened or cancelled
	KindScene    Kind = "scene"    // a verdict on a scene
	KindTicket   Kind = "ticket"   // a component_verify_ticket for the third-party platform
	KindGrant    Kind = "grant"    // a merchant has authorised the third-party platform, or taken it back
	KindOther    Kind = "other"    // orders, after-sales, chats: nothing of the catalog
)

// Message is a message of the platform, opened. What it claims (Status, Reason)
// is for the log; only what it is about is acted upon.
type Message struct {
	Kind  Kind
	Event string // as it came: Event, or InfoType
	// To is the mini-program (gh_...), From WeChat's team; of a ticket or a grant,
	// To is the third-party platform's appid.
	To, From string
	At       time.Time // CreateTime; zero when there is none

	OutProductID string
	ProductID    string // decimal
	AuditID      string // of a brand or qualification; may be empty although there is one
	Status       int    // 4 and 3: product passed, rejected; 13 and 5: banned, restored; 1 and 9: audit passed, rejected
	Reason       string

	Ticket string // of KindTicket; secret
	AppID  string // of KindGrant: the merchant
}

// Objects that carry the members of a message. Each is also looked for under the
// other names, and at the top, because documents and observations disagree
// (reference section 9.1).
const (
	spuAudit      = "OpenProductSpuAudit"
	spuStatus     = "OpenProductSpuStatusUpdate"
	qualification = "QualificationAuditResult"
	account       = "OpenProductAccountRegister"
	scene         = "SceneGroupAudit"
)

var bodies = []string{spuAudit, spuStatus, qualification, account, scene}

// read says what a tree is about. It understands whatever it can, and never
// fails: what it does not understand is KindOther.
func read(t tree) Message {
	m := Message{
		To: t.text("ToUserName"), From: t.text("FromUserName"), Event: bare(t.text("Event")), Kind: KindOther,
	}
	if seconds, err := strconv.ParseInt(t.text("CreateTime"), 10, 64); err == nil && seconds > 0 {
		m.At = time.Unix(seconds, 0)
	}
	if info := bare(t.text("InfoType")); info != "" {
		m.readInfo(t, info)
		return m
	}
	about, name := t, ""
	for _, body := range bodies {
		if child, ok := t.child(body); ok {
			about, name = child, body
			break
		}
	}
	m.Kind = kindOf(m.Event, name, about)
	if m.Kind == KindOther {
		return m
	}
	m.OutProductID, m.ProductID, m.AuditID = about.text("out_product_id"), id(about.text("product_id")), id(about.text("audit_id"))
	m.Status, m.Reason = number(about.text("status")), cmp.Or(about.text("reject_reason"), about.text("reason"))
	if m.Kind == KindProduct && m.Status == 0 {
		m.Status = number(about.text("spu_status"))
	}
	return m
}

// kindOf goes by the body where the event lies: an early page calls a scene's
// verdict, and an old sample a ban, open_product_spu_audit.
func kindOf(event, body string, about tree) Kind {
	switch {
	case body == scene:
		return KindScene
	case event == "open_product_spu_audit", event == "open_product_spu_status_update":
		return KindProduct
	case event == "open_product_category_audit":
		return KindCategory
	case event == "open_product_brand_audit":
		return KindBrand
	case event == "open_product_account_register":
		return KindAccount
	case event == "open_product_scene_group_audit":
		return KindScene
	case event != "":
		return KindOther
	case body == spuAudit, body == spuStatus:
		return KindProduct
	case body == qualification && about.text("audit_type") == "1":
		return KindBrand
	case body == qualification:
		return KindCategory
	}
	return KindOther
}

// readInfo reads what is sent to the third-party platform itself (reference
// section 2.4).
func (m *Message) readInfo(t tree, info string) {
	m.Event, m.To = info, t.text("AppId")
	switch info {
	case "component_verify_ticket":
		m.Kind, m.Ticket = KindTicket, t.text("ComponentVerifyTicket")
	case "authorized", "updateauthorized", "unauthorized":
		m.Kind, m.AppID = KindGrant, t.text("AuthorizerAppid")
	}
}

// bare undoes a CDATA mark that was sent as text: one code base compares with it
// (reference section 9.2).
func bare(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "<"), "![CDATA[")
	return strings.TrimSuffix(strings.TrimSuffix(s, ">"), "]]")
}

// id is an id as text; 0 is none.
func id(s string) string {
	if s == "0" {
		return ""
	}
	return s
}

// number is an integer, 0 when there is none.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
