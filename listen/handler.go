package listen

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat/push"
	"github.com/shopctl/shopctl/view"
)

// Handler answers the platform, the monitoring and people.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	path := strings.TrimSuffix(s.config.Path, "/")
	mux.HandleFunc("GET "+path, s.echo)
	mux.HandleFunc("POST "+path, s.push)
	mux.HandleFunc("GET "+path+"/{appid}", s.echo)
	mux.HandleFunc("POST "+path+"/{appid}", s.push)
	mux.HandleFunc("GET /healthz", s.health)
	if s.config.Token != "" {
		mux.HandleFunc("GET /{$}", s.private(s.page))
		mux.HandleFunc("GET /events", s.private(s.events))
		mux.HandleFunc("GET /metrics", s.private(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP))
	}
	return mux
}

// echo answers the question by which the console checks the address.
func (s *Server) echo(w http.ResponseWriter, r *http.Request) {
	echo, err := s.config.Receiver.Echo(r.URL.Query())
	if err != nil {
		s.refuse(w, err)
		return
	}
	s.metrics.messages.WithLabelValues("checked").Inc()
	s.config.Log.Info("the console has checked the address")
	plainText(w, http.StatusOK, echo)
}

// push takes a message. The platform wants its answer within five seconds, so it
// gets it at once, and the work is done later.
func (s *Server) push(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if err := s.config.Receiver.Check(query); err != nil {
		s.refuse(w, err)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, push.MaxBody))
	if err != nil {
		s.refuse(w, push.ErrMalformed)
		return
	}
	m, duplicate, err := s.config.Receiver.Open(query, body)
	if err != nil {
		s.refuse(w, err)
		return
	}
	plainText(w, http.StatusOK, "success")
	appid := r.PathValue("appid")
	switch {
	case duplicate:
		s.metrics.messages.WithLabelValues("duplicate").Inc()
	case appid != "" && appid != s.config.AppID:
		s.metrics.messages.WithLabelValues("other-shop").Inc()
	default:
		s.take(m)
	}
}

// outcomes are the labels of refusals.
var outcomes = []struct {
	err   error
	label string
}{
	{push.ErrSignature, "bad-signature"}, {push.ErrTime, "bad-time"}, {push.ErrReplay, "replayed"},
	{push.ErrPlain, "not-encrypted"}, {push.ErrAppID, "bad-appid"}, {push.ErrMalformed, "malformed"},
}

// refuse answers without a word of why: the reason is for our own log.
func (s *Server) refuse(w http.ResponseWriter, err error) {
	for _, o := range outcomes {
		if errors.Is(err, o.err) {
			s.metrics.messages.WithLabelValues(o.label).Inc()
		}
	}
	s.config.Log.Debug("message refused", "reason", err)
	plainText(w, http.StatusForbidden, "refused")
}

// take puts what a message is about into the queue.
func (s *Server) take(m push.Message) {
	objects, all := s.config.Reader.Find(m)
	label := "accepted"
	switch {
	case m.Kind == push.KindTicket && s.config.Ticket != nil:
		s.storing.Go(func() { s.store(m.Ticket) })
	case len(objects) == 0 && !all:
		label = "ignored"
	}
	s.metrics.messages.WithLabelValues(label).Inc()
	s.config.Log.Info("message", "event", m.Event, "about", m.OutProductID, "audit", m.AuditID, "status", m.Status, "outcome", label)
	s.queue.add(objects, all)
}

// ticketTimeout bounds the storing of one ticket; the next comes in ten minutes.
const ticketTimeout = time.Minute

// store keeps a ticket; several never at the same time.
func (s *Server) store(ticket string) {
	s.tickets.Lock()
	defer s.tickets.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), ticketTimeout)
	defer cancel()
	if err := s.config.Ticket(ctx, ticket); err != nil {
		s.metrics.tickets.WithLabelValues("failed").Inc()
		s.config.Log.Warn("the component_verify_ticket could not be stored", "error", err)
		return
	}
	s.metrics.tickets.WithLabelValues("stored").Inc()
}

// health is 200 once the shop was read, so that a pipeline can wait for it.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	if s.board.unread() {
		plainText(w, http.StatusServiceUnavailable, "the shop was not read yet")
		return
	}
	plainText(w, http.StatusOK, "ok")
}

func plainText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// private lets in who has the token: as the password of any user, which browsers
// ask for by themselves, or as a bearer token.
func (s *Server) private(next http.HandlerFunc) http.HandlerFunc {
	want := sha256.Sum256([]byte(s.config.Token))
	return func(w http.ResponseWriter, r *http.Request) {
		_, given, _ := r.BasicAuth()
		if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			given = bearer
		}
		got := sha256.Sum256([]byte(given))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="shopctl", charset="UTF-8"`)
			plainText(w, http.StatusUnauthorized, "the token is the password")
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next(w, r)
	}
}

// language is the one that the address asks for (?lang=zh), or the browser.
func (s *Server) language(r *http.Request) lang.Lang {
	for _, asked := range []string{r.URL.Query().Get("lang"), r.Header.Get("Accept-Language")} {
		if l, ok := lang.Parse(asked); ok && asked != "" {
			return l
		}
	}
	return s.config.Lang
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	nonce := rand.Text()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'nonce-"+nonce+"'; script-src 'nonce-"+nonce+"'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	if err := view.BoardPage(w, s.board.live(s.config.Shop, s.config.AppID), s.language(r), nonce); err != nil {
		s.config.Log.Debug("page not written", "error", err)
	}
}
