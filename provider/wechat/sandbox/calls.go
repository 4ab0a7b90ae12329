package sandbox

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Call is one request to the API, as GET /sandbox/calls shows it. It holds
// neither the secret nor a token.
type Call struct {
	Seq     uint64    `json:"seq"` // from 1, also over restarts
	Time    time.Time `json:"time"`
	Path    string    `json:"path"`
	Body    string    `json:"body"` // as it came; of a picture, its form in a line; of a token request, nothing
	ErrCode int       `json:"errcode"`
	RID     string    `json:"rid,omitempty"`     // of a refusal
	Reply   string    `json:"reply,omitempty"`   // of a refusal
	Writing bool      `json:"writing"`           // the endpoint changes the shop
	Dropped bool      `json:"dropped,omitempty"` // the caller got no answer
	IP      string    `json:"ip,omitempty"`
}

func (c *Call) key() string { return callKey(c.Seq) }

func callKey(seq uint64) string { return fmt.Sprintf("call/%d", seq) }

// callBefore is the key of the call that is forgotten when the one with key
// comes; "" when key is no call or there is none.
func callBefore(key string) string {
	digits, isCall := strings.CutPrefix(key, "call/")
	seq, err := strconv.ParseUint(digits, 10, 64)
	if !isCall || err != nil || seq <= maxCalls {
		return ""
	}
	return callKey(seq - maxCalls)
}

// Calls returns the API calls so far, oldest first, at most the latest 20,000.
func (s *Sandbox) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Call, len(s.calls))
	for i, c := range s.calls {
		list[i] = *c
	}
	return list
}

// summary is the body as Call keeps it.
func (x *exchange) summary() string {
	switch {
	case x.route.secret:
		return ""
	case x.upload != nil:
		return x.upload.summary()
	}
	return x.redact(string(x.body))
}

// redact takes the secret and the caller's token out of s.
func (x *exchange) redact(s string) string {
	for _, private := range []string{x.secret, x.query.Get("access_token"), x.query.Get("component_access_token")} {
		if private != "" {
			s = strings.ReplaceAll(s, private, "***")
		}
	}
	return s
}

// remember keeps the call with its outcome.
func (x *exchange) remember(refused *refusal, answer []byte) {
	x.call.Dropped = x.drop
	if refused != nil {
		x.call.Reply = x.redact(string(answer))
	}
	x.books.remember(x.call)
	x.changes.add(x.call)
}

// rids are kept for 7 days (reference section 2.6).
const ridRetention = 7 * 24 * time.Hour

type ridRequest struct {
	RID string `json:"rid"`
}

// getRID tells what the platform received in an earlier, refused call.
func getRID(x *exchange, in *ridRequest) (reply, *refusal) {
	i := slices.IndexFunc(x.calls, func(c *Call) bool { return c.RID != "" && c.RID == in.RID })
	if i < 0 || x.now.Sub(x.calls[i].Time) > ridRetention {
		return nil, refuse(76001)
	}
	c := x.calls[i]
	return reply{{"request", reply{
		{"invoke_time", c.Time.Unix()},
		{"cost_in_ms", 1},
		{"request_url", c.Path + "?access_token=***"},
		{"request_body", c.Body},
		{"response_body", c.Reply},
		{"client_ip", c.IP},
	}}}, nil
}

// escapesAsSeen is the body with its \uXXXX escapes left as they are written,
// where the knob asks for it (reference section 1, "Encode Chinese raw").
func (x *exchange) escapesAsSeen() []byte {
	if !x.knobs.GarbleEscapes {
		return x.body
	}
	return bytes.ReplaceAll(x.body, []byte(`\u`), []byte(`\\u`))
}

// Fault makes calls fail.
type Fault struct {
	Path    string   `json:"path,omitempty"`    // which endpoint, "/shop/spu/add"; "": each
	Naming  string   `json:"naming,omitempty"`  // only calls whose body contains this, such as an out_product_id
	Skip    int      `json:"skip,omitempty"`    // so many matching calls pass first
	Times   int      `json:"times,omitempty"`   // how many are hit then; 0: one, -1: all
	ErrCode int      `json:"errcode,omitempty"` // what is answered
	Drop    bool     `json:"drop,omitempty"`    // the connection is closed without an answer
	After   bool     `json:"after,omitempty"`   // the work is done before ErrCode or Drop strikes; 1000017 always works so
	Latency Duration `json:"latency,omitempty"` // time until the reply
}

func (f Fault) refusal() *refusal {
	if f.ErrCode == 0 {
		return refuse(-1) // nobody will read it: the reply is dropped
	}
	return refuse(f.ErrCode)
}

// scripts are what the console was told about calls and reviews to come.
type scripts struct {
	Faults     []Fault            `json:"faults,omitempty"`
	Products   map[string]Verdict `json:"products,omitempty"`   // by out_product_id
	Brands     map[string]Verdict `json:"brands,omitempty"`     // by brand_wording
	Categories map[string]Verdict `json:"categories,omitempty"` // by leaf id
}

func (s *scripts) key() string { return "scripts" }

// hit finds the first fault that matches the call, and counts it down.
func (s *Sandbox) hit(x *exchange) Fault {
	for i := range s.scripts.Faults {
		f := &s.scripts.Faults[i]
		if f.Path != "" && f.Path != x.path || !bytes.Contains(x.body, []byte(f.Naming)) {
			continue
		}
		x.changes.add(s.scripts)
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		hit := *f
		hit.After = hit.After || hit.ErrCode == 1000017
		if f.Times == 0 || f.Times == 1 {
			s.scripts.Faults = slices.Delete(s.scripts.Faults, i, i+1)
		} else if f.Times > 0 {
			f.Times--
		}
		return hit
	}
	return Fault{}
}
