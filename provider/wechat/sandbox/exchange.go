package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody is how many bytes of a request are read.
const maxBody = 16 << 20

// ServeHTTP answers the platform's API, and the sandbox's own addresses: the
// page at /, pictures below /img/, and the console below /sandbox/. Every other
// path is one on a picture host: the sandbox serves its pictures there as well.
//
// A reply that a Fault drops ends in a panic with http.ErrAbortHandler, by
// which net/http closes the connection.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/":
		s.servePage(w, r)
	case strings.HasPrefix(r.URL.Path, "/img/"):
		s.servePicture(w, r, strings.TrimPrefix(r.URL.Path, "/img/"))
	case strings.HasPrefix(r.URL.Path, "/sandbox/"):
		s.serveConsole(w, r)
	case strings.HasPrefix(r.URL.Path, "/shop/"), strings.HasPrefix(r.URL.Path, "/cgi-bin/"):
		s.serveAPI(w, r)
	default:
		s.servePicture(w, r, s.pictureAt(r.URL.Path))
	}
}

func (s *Sandbox) serveAPI(w http.ResponseWriter, r *http.Request) {
	x, err := s.read(w, r)
	if err != nil {
		panic(http.ErrAbortHandler) // the body did not arrive, as when a connection breaks
	}
	reply := s.answer(x)
	s.sleep(r.Context(), x.latency)
	if x.drop {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Date", x.now.UTC().Format(http.TimeFormat)) // by the shop's clock, which can be turned
	w.Write(reply)
}

// exchange is one request to the API while it is being handled.
type exchange struct {
	*Sandbox
	route  route
	path   string
	method string
	query  url.Values
	ip     string
	body   []byte
	upload *upload // for img/upload

	now     time.Time
	call    *Call
	changes changes
	fault   Fault // the fault that hits this call, or zero
	latency time.Duration
	drop    bool
}

// read takes the request off the wire. Nothing is locked yet, because pictures
// are decoded and fetched here.
func (s *Sandbox) read(w http.ResponseWriter, r *http.Request) (*exchange, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	ip, _, _ := net.SplitHostPort(r.RemoteAddr)
	x := &exchange{
		Sandbox: s, route: s.routes[r.URL.Path], path: r.URL.Path, method: r.Method,
		query: r.URL.Query(), ip: ip, body: body, changes: changes{},
	}
	if x.path == uploadPath {
		x.upload = readUpload(r, body)
		x.upload.fetch(r.Context(), s.fetch)
	}
	return x, nil
}

// answer handles one request from beginning to end and returns the reply.
func (s *Sandbox) answer(x *exchange) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	x.now = s.now()
	s.settle(x.now, x.changes)
	s.account.Calls++
	x.changes.add(s.account)
	x.call = &Call{Seq: s.account.Calls, Time: x.now, Path: x.path, Writing: x.route.writes, IP: x.ip}
	x.call.Body = x.summary()
	x.fault = s.hit(x)

	out, refused := x.handle()
	x.latency = time.Duration(s.knobs.Latency + x.fault.Latency)
	x.drop = x.fault.Drop
	reply := x.envelope(out, refused)
	x.remember(refused, reply)
	if s.commit(x.changes) != nil {
		x.drop = true // done and not kept: the caller must not believe in it
	}
	return reply
}

// handle lets the fault strike before or after the work.
func (x *exchange) handle() (reply, *refusal) {
	f := x.fault
	strikes := f.ErrCode != 0 || f.Drop
	if strikes && !f.After {
		return nil, f.refusal()
	}
	out, refused := x.dispatch()
	if strikes && refused == nil && f.ErrCode != 0 {
		return nil, f.refusal()
	}
	return out, refused
}

// dispatch checks what holds for every endpoint, in the platform's order, and
// then does the work.
func (x *exchange) dispatch() (reply, *refusal) {
	if x.broken != nil {
		return nil, refusef(-1, "system error: %v", x.broken)
	}
	if x.route.handle == nil {
		return nil, refuse(40066)
	}
	for _, check := range []func() *refusal{x.checkMethod, x.checkToken, x.checkRate, x.checkOpen} {
		if r := check(); r != nil {
			return nil, r
		}
	}
	return x.route.handle(x)
}

func (x *exchange) checkMethod() *refusal {
	if want := orElse(x.route.method, http.MethodPost); x.method == want {
		return nil
	}
	if x.route.method == http.MethodGet {
		return refuse(43001)
	}
	return refuse(43002)
}

// checkOpen refuses those who have not opened the component, and those who
// have, as long as the platform's permission cache is stale (reference section 1).
func (x *exchange) checkOpen() *refusal {
	if x.route.before {
		return nil
	}
	a := x.account
	if !a.Joined || x.now.Before(a.JoinedAt.Add(time.Duration(x.knobs.PermissionDelay))) {
		return refuse(48001)
	}
	return nil
}

// reply is the members of a successful answer, in order, without the envelope.
type reply []member

type member struct {
	name  string
	value any
}

// done is the answer that has nothing to tell.
var done = reply{}

// data is the answer whose payload stands in the member of that name.
func data(v any) reply { return reply{{"data", v}} }

// envelope writes the answer. The errmsg of a success is "ok", "" or missing;
// that of a refusal ends with the rid, and sometimes is nothing else
// (reference section 1).
func (x *exchange) envelope(out reply, refused *refusal) []byte {
	if refused != nil {
		x.call.ErrCode, x.call.RID = refused.code, x.rid()
		msg := refused.text + " rid: " + x.call.RID
		switch {
		case x.knobs.NoRID:
			msg = refused.text
		case refused.code == 990007 && x.call.Seq%2 == 1:
			msg = " rid: " + x.call.RID
		}
		return object(reply{{"errcode", refused.code}, {"errmsg", msg}})
	}
	if x.route.bare {
		return object(out)
	}
	full := reply{{"errcode", 0}}
	switch x.turn(x.knobs.ErrMsg, "ok", "empty", "absent") {
	case "empty":
		full = append(full, member{"errmsg", ""})
	case "ok", "":
		full = append(full, member{"errmsg", "ok"})
	}
	return object(append(full, out...))
}

// turn is the knob's word, or, when it says "turns", one word after the other.
func (x *exchange) turn(knob string, words ...string) string {
	if knob != "turns" {
		return knob
	}
	return words[x.call.Seq%uint64(len(words))]
}

// rid names this call, for rid/get: three groups of eight hexadecimal digits.
func (x *exchange) rid() string {
	b := x.opaque("rid", x.call.Seq)
	return fmt.Sprintf("%08x-%x-%x", uint32(x.now.Unix()), b[:4], b[4:8])
}

// object writes the members in their order, Chinese and HTML characters as they are.
func object(members reply) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for i, m := range members {
		b.WriteByte("{,"[min(i, 1)])
		fmt.Fprintf(&b, "%q:", m.name)
		if err := enc.Encode(m.value); err != nil {
			panic(err) // our own types always encode
		}
		b.Truncate(b.Len() - 1) // Encode's newline
	}
	if len(members) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes()
}

// MarshalJSON lets an object stand inside another one.
func (r reply) MarshalJSON() ([]byte, error) { return object(r), nil }
