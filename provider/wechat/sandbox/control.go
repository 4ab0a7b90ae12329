package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// serveConsole is the Console over HTTP, for tests and people in other
// processes: POST /sandbox/... with a JSON object, GET for what can be read.
// Only callers on this machine are let in, and no page of another origin.
func (s *Sandbox) serveConsole(w http.ResponseWriter, r *http.Request) {
	if !fromHere(r) {
		writeJSON(w, http.StatusForbidden, fail(errors.New("the console answers only to this machine")))
		return
	}
	action, found := consoleRoutes[r.Method+" "+r.URL.Path]
	if !found {
		writeJSON(w, http.StatusNotFound, fail(fmt.Errorf("no %s %s", r.Method, r.URL.Path)))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		writeJSON(w, http.StatusBadRequest, fail(err))
		return
	}
	answer, err := action(s.Console(), body)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, fail(err))
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// fromHere reports whether caller and address are this machine's, and the
// request was not made by a page from elsewhere.
func fromHere(r *http.Request) bool {
	origin, err := url.Parse(r.Header.Get("Origin"))
	return loopback(r.RemoteAddr) && loopback(r.Host) && err == nil && (origin.Host == "" || origin.Host == r.Host)
}

func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func fail(err error) any { return map[string]string{"error": err.Error()} }

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	enc.Encode(v)
}

type consoleAction func(c *Console, body []byte) (answer any, err error)

var consoleRoutes = map[string]consoleAction{
	"GET /sandbox/calls":  func(c *Console, _ []byte) (any, error) { return c.s.Calls(), nil },
	"GET /sandbox/shop":   func(c *Console, _ []byte) (any, error) { return c.Shop(), nil },
	"GET /sandbox/knobs":  func(c *Console, _ []byte) (any, error) { return c.Knobs(), nil },
	"GET /sandbox/clock":  func(c *Console, _ []byte) (any, error) { return c.time(), nil },
	"POST /sandbox/knobs": func(c *Console, body []byte) (any, error) { return ack, c.mergeKnobs(body) },
	"POST /sandbox/reset": func(c *Console, _ []byte) (any, error) { return ack, c.Reset() },

	"POST /sandbox/expire_tokens":  func(c *Console, _ []byte) (any, error) { return ack, c.ExpireTokens() },
	"POST /sandbox/complete_tasks": func(c *Console, _ []byte) (any, error) { return ack, c.CompleteTasks() },
	"POST /sandbox/clear_faults":   func(c *Console, _ []byte) (any, error) { return ack, c.ClearFaults() },

	"GET /sandbox/third_party": func(c *Console, _ []byte) (any, error) { return c.ThirdParty(), nil },
	"POST /sandbox/authorize": func(c *Console, _ []byte) (any, error) {
		code, err := c.Authorize()
		return map[string]string{"authorization_code": code}, err
	},

	"POST /sandbox/verify_push": func(c *Console, _ []byte) (any, error) {
		return ack, c.VerifyPush(context.Background()) // the pusher's client has a limit of its own
	},

	"POST /sandbox/certificates": posted(func(c *Console, in Certificates) error { return c.FileCertificates(in) }),

	"POST /sandbox/fault": posted(func(c *Console, in Fault) error { return c.Inject(in) }),
	"POST /sandbox/ban":   posted(func(c *Console, in banRequest) error { return c.Ban(in.OutProductID, in.Reason) }),
	"POST /sandbox/restore": posted(func(c *Console, in banRequest) error {
		return c.Restore(in.OutProductID)
	}),
	"POST /sandbox/plant": posted(func(c *Console, in Product) error { return c.Plant(in) }),
	"POST /sandbox/edit": posted(func(c *Console, in struct {
		OutProductID string `json:"out_product_id"`
		Edit
	}) error {
		return c.Edit(in.OutProductID, in.Edit)
	}),
	"POST /sandbox/verdict": posted(func(c *Console, in verdictRequest) error { return in.apply(c) }),
	"POST /sandbox/clock": func(c *Console, body []byte) (any, error) {
		_, err := posted(func(c *Console, in struct {
			Advance Duration `json:"advance"`
		}) error {
			return c.Advance(time.Duration(in.Advance))
		})(c, body)
		return c.time(), err
	},
}

// ack is the answer of an action that has nothing to tell.
var ack = map[string]bool{"ok": true}

// posted makes an action of a function that wants its body decoded, strictly.
func posted[T any](f func(*Console, T) error) consoleAction {
	return func(c *Console, body []byte) (any, error) {
		var in T
		if err := strictJSON(body, &in); err != nil {
			return nil, err
		}
		return ack, f(c, in)
	}
}

type banRequest struct {
	OutProductID string `json:"out_product_id"`
	Reason       string `json:"reason"`
}

// verdictRequest scripts a verdict about one of three kinds of things, or, with
// Now, ends the running review of a product, or, with Clear, takes a product's
// script back.
type verdictRequest struct {
	OutProductID string `json:"out_product_id"`
	BrandWording string `json:"brand_wording"`
	Category     int    `json:"third_cat_id"`
	Now          bool   `json:"now"`
	Clear        bool   `json:"clear"`
	Verdict
}

func (in verdictRequest) apply(c *Console) error {
	switch {
	case in.BrandWording != "":
		return c.ScriptBrand(in.BrandWording, in.Verdict)
	case in.Category != 0:
		return c.ScriptCategory(in.Category, in.Verdict)
	case in.OutProductID == "":
		return errors.New("verdict needs out_product_id, brand_wording or third_cat_id")
	case in.Clear:
		return c.ClearVerdict(in.OutProductID)
	case in.Now && in.Pass:
		return c.ApproveNow(in.OutProductID)
	case in.Now:
		return c.RejectNow(in.OutProductID, in.Reason)
	}
	return c.ScriptVerdict(in.OutProductID, in.Verdict)
}

func (c *Console) time() any {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return map[string]any{"now": c.s.now(), "beijing": stampOf(c.s.now()), "offset": c.s.account.ClockOffset}
}
