package state

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/plain"
	"github.com/shopctl/shopctl/schema"
)

// A state of a large shop has a hundred thousand lines, nearly all of the one
// form in which Encode writes them. Those are read here in one pass. What is not
// understood is left to encoding/json; TestPlainReadingIsReading compares the two.
type reader struct{ *plain.Reader }

// recordMembers are the members of a record in the order in which they are written.
var recordMembers = map[string]int{
	"address": 1, "remote_id": 2, "sku_ids": 3, "stamp": 4, "version": 5, "submitted_at": 6, "memo": 7, "audit_id": 8,
	"audit_pending": 9, "withdrawn": 10, "repushed": 11, "burnt": 12, "rejected": 13, "banned_stamp": 14, "on_remove": 15, "history": 16, "approved": 17, "reason": 18,
}

// plainRecord reads the line of a record; nil when it is not plain. The texts of
// the record are pieces of the line.
func plainRecord(line string) *Record {
	p := reader{plain.NewReader(line)}
	r := new(Record)
	var approved *approval
	before := 0
	p.Object(func(member string) {
		place := recordMembers[member]
		p.OddIf(place <= before) // unknown, out of order or twice
		before = place
		if member == "approved" {
			approved = p.approval()
			return
		}
		r.readPlain(p, member)
	})
	if !p.Understood() || r.Address == (schema.Address{}) {
		return nil
	}
	if approved != nil {
		r.History = append(r.History, r.unfold(approved, sentCategory(r.packed)))
	}
	return r
}

func (r *Record) readPlain(p reader, member string) {
	switch member {
	case "address":
		r.Address = p.address()
	case "remote_id":
		r.RemoteID = p.String()
	case "sku_ids":
		r.SKUIDs = p.skuIDs()
	case "stamp":
		r.Stamp = p.String()
	case "version":
		r.Version = p.String()
	case "submitted_at":
		r.SubmittedAt = p.timeRef()
	case "memo":
		if r.packed = p.memo(); r.packed == "{}" {
			r.packed = ""
		}
	case "audit_id":
		r.AuditID = p.String()
	case "audit_pending":
		r.AuditPending = p.true()
	case "withdrawn":
		r.Withdrawn = p.true()
	case "repushed":
		r.Repushed = p.true()
	case "burnt":
		r.Burnt = p.true()
	case "rejected":
		r.Rejected = p.rejection()
	case "banned_stamp":
		r.BannedStamp = p.String()
	case "on_remove":
		r.OnRemove = schema.OnRemove(p.String())
	case "history":
		p.List(func() { r.History = append(r.History, p.verdict()) })
	case "reason":
		r.Reason = p.String()
	}
}

// skuIDs reads ids as SKUIDs writes them, sorted.
func (p reader) skuIDs() schema.SKUIDs {
	ids := make(schema.SKUIDs, 0, 4)
	p.Object(func(out string) {
		p.OddIf(len(ids) > 0 && out <= ids[len(ids)-1].OutSKUID)
		ids = append(ids, schema.SKUID{OutSKUID: out, SKUID: p.String()})
	})
	return ids
}

func (p reader) rejection() *Rejection {
	r := new(Rejection)
	p.Object(func(member string) {
		switch member {
		case "stamp":
			r.Stamp = p.String()
		case "reason":
			r.Reason = p.String()
		case "at":
			r.At = p.time()
		default:
			p.Odd()
		}
	})
	return r
}

func (p reader) verdict() Verdict {
	var v Verdict
	p.Object(func(member string) {
		switch member {
		case "verdict":
			v.Kind = VerdictKind(p.String())
		case "at":
			v.At = p.time()
		case "submitted_at":
			v.SubmittedAt = p.timeRef()
		case "category":
			v.Category = p.String()
		case "stamp":
			v.Stamp = p.String()
		case "reason":
			v.Reason = p.String()
		case "said":
			v.Said = p.String()
		default:
			p.Odd()
		}
	})
	return v
}

func (p reader) approval() *approval {
	a := new(approval)
	p.Object(func(member string) {
		switch member {
		case "at":
			a.At = p.time()
		case "submitted_at":
			a.SubmittedAt = p.timeRef()
		default:
			p.Odd()
		}
	})
	return a
}

// plainImage reads the line of a picture; false when it is not plain.
func plainImage(line string) (schema.ImageKey, ImageRecord, bool) {
	p := reader{plain.NewReader(line)}
	var key schema.ImageKey
	var i ImageRecord
	p.Object(func(member string) {
		switch member {
		case "image":
			key = schema.ImageKey(p.String())
		case "url":
			i.URL = p.String()
		case "at":
			i.At = p.time()
		default:
			p.Odd()
		}
	})
	return key, i, p.Understood() && key != "" && i.URL != ""
}

// memo passes over a memo and returns it as it stands, if it is as Memo writes it:
// texts by path and SKUs by id, sorted, each SKU a list.
func (p reader) memo() string {
	var path, sku string
	return p.Raw(func() {
		p.Object(func(next string) {
			p.OddIf(next <= path)
			path = next
			if path != skuMember {
				_ = p.String()
				return
			}
			p.Object(func(next string) {
				p.OddIf(next <= sku)
				sku = next
				last := Sent
				n := p.List(func() { last = p.String() })
				p.OddIf(n > len(skuOrder) || last == "")
			})
			p.OddIf(sku == "") // no SKU at all is not written
		})
	})
}

func (p reader) true() bool {
	p.Literal("true")
	return true
}

func (p reader) time() (t time.Time) {
	p.OddIf(t.UnmarshalText([]byte(p.String())) != nil)
	return t
}

func (p reader) timeRef() *time.Time {
	t := p.time()
	return &t
}

func (p reader) address() schema.Address {
	a, err := schema.ParseAddress(p.String())
	p.OddIf(err != nil)
	return a
}

// A lineBuilder writes JSON as encoding/json does without the escaping of HTML,
// empty members left out.
type lineBuilder struct {
	b   []byte
	err error
}

// member begins a member.
func (l *lineBuilder) member(name string) {
	if n := len(l.b); n > 0 && l.b[n-1] != '{' {
		l.b = append(l.b, ',')
	}
	l.b = append(append(append(l.b, '"'), name...), '"', ':')
}

func (l *lineBuilder) string(name, value string) {
	if value != "" {
		l.member(name)
		l.b = appendText(l.b, value)
	}
}

func (l *lineBuilder) bool(name string, value bool) {
	if value {
		l.member(name)
		l.b = append(l.b, "true"...)
	}
}

// value writes what stands rarely enough to be left to encoding/json.
func (l *lineBuilder) value(name string, value any) {
	l.member(name)
	b, err := marshal(value)
	if err != nil && l.err == nil {
		l.err = err
	}
	l.b = append(l.b, b...)
}

func (l *lineBuilder) time(name string, t *time.Time) {
	if t == nil {
		return
	}
	l.member(name)
	l.b = append(l.b, '"')
	b, err := t.UTC().AppendText(l.b)
	if err != nil {
		l.err = err
		return
	}
	l.b = append(b, '"')
}

func (l *lineBuilder) skuIDs(name string, ids schema.SKUIDs) {
	if len(ids) == 0 {
		return
	}
	l.member(name)
	l.b = append(l.b, '{')
	for _, id := range ids {
		l.b = append(appendText(commaAfterFirst(l.b), id.OutSKUID), ':')
		l.b = appendText(l.b, id.SKUID)
	}
	l.b = append(l.b, '}')
}

// commaAfterFirst parts the members of an object and of a list.
func commaAfterFirst(b []byte) []byte {
	if last := b[len(b)-1]; last == '{' || last == '[' {
		return b
	}
	return append(b, ',')
}

// appendText writes a JSON string.
func appendText(b []byte, s string) []byte {
	if plain.Verbatim(s) && !strings.ContainsAny(s, "\"\u2028\u2029") {
		return append(append(append(b, '"'), s...), '"')
	}
	text, err := marshal(s)
	if err != nil {
		return strconv.AppendQuote(b, s) // a string is always written
	}
	return append(b, text...)
}

// append appends the record as one JSON object with so much of its history, and the
// approval that stands for the rest.
func (r *Record) append(b []byte, history []Verdict, approved *approval) ([]byte, error) {
	l := lineBuilder{b: append(b, '{')}
	l.member("address")
	l.b = appendText(l.b, r.Address.String())
	l.string("remote_id", r.RemoteID)
	l.skuIDs("sku_ids", r.SKUIDs)
	l.string("stamp", r.Stamp)
	l.string("version", r.Version)
	l.time("submitted_at", r.SubmittedAt)
	if packed := r.pack(); packed != "" {
		l.member("memo")
		l.b = append(l.b, packed...)
	}
	l.string("audit_id", r.AuditID)
	l.bool("audit_pending", r.AuditPending)
	l.bool("withdrawn", r.Withdrawn)
	l.bool("repushed", r.Repushed)
	l.bool("burnt", r.Burnt)
	if r.Rejected != nil {
		l.value("rejected", r.Rejected)
	}
	l.string("banned_stamp", r.BannedStamp)
	l.string("on_remove", string(r.OnRemove))
	if len(history) > 0 {
		l.value("history", history)
	}
	if approved != nil {
		l.approval(approved)
	}
	l.string("reason", r.Reason)
	return append(l.b, '}'), l.err
}

func (l *lineBuilder) approval(a *approval) {
	l.member("approved")
	l.b = append(l.b, '{')
	l.time("at", &a.At)
	l.time("submitted_at", a.SubmittedAt)
	l.b = append(l.b, '}')
}

func (i imageLine) line(b []byte) ([]byte, error) {
	l := lineBuilder{b: append(b, '{')}
	l.member("image")
	l.b = appendText(l.b, string(i.Key))
	l.member("url")
	l.b = appendText(l.b, i.URL)
	l.time("at", &i.At)
	return append(l.b, '}'), l.err
}

// marshal is json.Marshal without the escaping of HTML.
func marshal(v any) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return []byte(strings.TrimSuffix(b.String(), "\n")), err
}
