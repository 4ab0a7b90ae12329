package state

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopctl/shopctl/schema"
)

// A state of a large shop has a hundred thousand lines, nearly all of the one
// form in which Encode writes them: members in order, no space, text without an
// escape. Those are read here in one pass. Whatever looks different in any way is
// not understood, and is left to encoding/json, which decides what it means or
// what is wrong with it; TestPlainReadingIsReading compares the two.
type plain struct {
	text string
	at   int
	odd  bool // something was not understood: the result is worth nothing
}

// recordMembers are the members of a record in the order in which they are written.
var recordMembers = map[string]int{
	"address": 1, "remote_id": 2, "sku_ids": 3, "stamp": 4, "version": 5, "submitted_at": 6, "memo": 7, "audit_id": 8,
	"audit_pending": 9, "withdrawn": 10, "repushed": 11, "burnt": 12, "rejected": 13, "banned_stamp": 14, "on_remove": 15, "history": 16,
}

// plainRecord reads the line of a record; nil when it is not plain. The texts of
// the record are pieces of the line.
func plainRecord(line string) *Record {
	p := &plain{text: line}
	r := new(Record)
	before := 0
	p.object(func(member string) {
		place := recordMembers[member]
		p.odd = p.odd || place <= before // unknown, out of order or twice
		before = place
		r.readPlain(p, member)
	})
	if p.odd || p.at != len(line) || r.Address == (schema.Address{}) {
		return nil
	}
	return r
}

func (r *Record) readPlain(p *plain, member string) {
	switch member {
	case "address":
		r.Address = p.address()
	case "remote_id":
		r.RemoteID = p.string()
	case "sku_ids":
		r.SKUIDs = make(map[string]string, 4)
		p.object(func(id string) { r.SKUIDs[id] = p.string() })
	case "stamp":
		r.Stamp = p.string()
	case "version":
		r.Version = p.string()
	case "submitted_at":
		r.SubmittedAt = p.timeRef()
	case "memo":
		if r.packed = p.memo(); r.packed == "{}" {
			r.packed = ""
		}
	case "audit_id":
		r.AuditID = p.string()
	case "audit_pending":
		r.AuditPending = p.bool()
	case "withdrawn":
		r.Withdrawn = p.bool()
	case "repushed":
		r.Repushed = p.bool()
	case "burnt":
		r.Burnt = p.bool()
	case "rejected":
		r.Rejected = p.rejection()
	case "banned_stamp":
		r.BannedStamp = p.string()
	case "on_remove":
		r.OnRemove = schema.OnRemove(p.string())
	case "history":
		p.list(func() { r.History = append(r.History, p.verdict()) })
	}
}

func (p *plain) rejection() *Rejection {
	r := new(Rejection)
	p.object(func(member string) {
		switch member {
		case "stamp":
			r.Stamp = p.string()
		case "reason":
			r.Reason = p.string()
		case "at":
			r.At = p.time()
		default:
			p.odd = true
		}
	})
	return r
}

func (p *plain) verdict() Verdict {
	var v Verdict
	p.object(func(member string) {
		switch member {
		case "verdict":
			v.Kind = VerdictKind(p.string())
		case "at":
			v.At = p.time()
		case "submitted_at":
			v.SubmittedAt = p.timeRef()
		case "category":
			v.Category = p.string()
		case "stamp":
			v.Stamp = p.string()
		case "reason":
			v.Reason = p.string()
		default:
			p.odd = true
		}
	})
	return v
}

// plainImage reads the line of a picture; false when it is not plain.
func plainImage(line string) (schema.ImageKey, ImageRecord, bool) {
	p := &plain{text: line}
	var key schema.ImageKey
	var i ImageRecord
	p.object(func(member string) {
		switch member {
		case "image":
			key = schema.ImageKey(p.string())
		case "url":
			i.URL = p.string()
		case "at":
			i.At = p.time()
		default:
			p.odd = true
		}
	})
	return key, i, !p.odd && p.at == len(line) && key != "" && i.URL != ""
}

// memo passes over a memo and returns it as it stands, if it is as Memo writes it:
// texts by path and SKUs by id, sorted, each SKU a list.
func (p *plain) memo() string {
	start := p.at
	var path, sku string
	p.object(func(next string) {
		p.odd, path = p.odd || next <= path, next
		if path != skuMember {
			p.string()
			return
		}
		p.object(func(next string) {
			p.odd, sku = p.odd || next <= sku, next
			last := Sent
			n := p.list(func() { last = p.string() })
			p.odd = p.odd || n > len(skuOrder) || last == ""
		})
		p.odd = p.odd || sku == "" // no SKU at all is not written
	})
	return p.text[start:p.at]
}

func (p *plain) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// next passes over c, or finds the line odd.
func (p *plain) next(c byte) {
	if p.odd = p.odd || p.peek() != c; !p.odd {
		p.at++
	}
}

// object reads {"member":value,...}, the values by calls of read.
func (p *plain) object(read func(member string)) {
	p.next('{')
	for first := true; !p.odd && p.peek() != '}'; first = false {
		if !first {
			p.next(',')
		}
		member := p.string()
		p.next(':')
		if !p.odd {
			read(member)
		}
	}
	p.next('}')
}

// list reads [value,...] and returns how many there were.
func (p *plain) list(read func()) (n int) {
	p.next('[')
	for ; !p.odd && p.peek() != ']'; n++ {
		if n > 0 {
			p.next(',')
		}
		read()
	}
	p.next(']')
	return n
}

// string reads a text that stands for its own bytes.
func (p *plain) string() string {
	p.next('"')
	if p.odd {
		return ""
	}
	rest := p.text[p.at:]
	n := strings.IndexByte(rest, '"')
	if n < 0 || !verbatim(rest[:n]) {
		p.odd = true
		return ""
	}
	p.at += n + 1
	return rest[:n]
}

// verbatim reports whether a text between quotes means its own bytes in JSON.
func verbatim(s string) bool {
	ascii := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' {
			return false
		}
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(s)
}

func (p *plain) bool() bool {
	p.odd = p.odd || !strings.HasPrefix(p.text[p.at:], "true")
	if !p.odd {
		p.at += len("true")
	}
	return !p.odd
}

func (p *plain) time() (t time.Time) {
	if s := p.string(); !p.odd {
		p.odd = t.UnmarshalText([]byte(s)) != nil
	}
	return t
}

func (p *plain) timeRef() *time.Time {
	t := p.time()
	return &t
}

func (p *plain) address() schema.Address {
	a, err := schema.ParseAddress(p.string())
	p.odd = p.odd || err != nil
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
	b, err := t.AppendText(l.b)
	if err != nil {
		l.err = err
		return
	}
	l.b = append(b, '"')
}

func (l *lineBuilder) texts(name string, texts map[string]string) {
	if len(texts) == 0 {
		return
	}
	l.member(name)
	l.b = append(l.b, '{')
	for _, key := range sortedKeys(texts) {
		l.b = append(appendText(commaAfterFirst(l.b), key), ':')
		l.b = appendText(l.b, texts[key])
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
	if verbatim(s) && !strings.ContainsAny(s, "\"\u2028\u2029") {
		return append(append(append(b, '"'), s...), '"')
	}
	text, err := marshal(s)
	if err != nil {
		return strconv.AppendQuote(b, s) // a string is always written
	}
	return append(b, text...)
}

// line appends the record as one JSON object.
func (r *Record) line(b []byte) ([]byte, error) {
	l := lineBuilder{b: append(b, '{')}
	l.member("address")
	l.b = appendText(l.b, r.Address.String())
	l.string("remote_id", r.RemoteID)
	l.texts("sku_ids", r.SKUIDs)
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
	if len(r.History) > 0 {
		l.value("history", r.History)
	}
	return append(l.b, '}'), l.err
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
