package listen

import (
	"bytes"
	"net/http"
	"time"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/view"
)

// Pace of the events.
const (
	keepAlive   = 20 * time.Second // a comment, so that proxies keep the connection
	eventWrite  = 10 * time.Second // a page that takes none is let go
	eventsPause = 500 * time.Millisecond
)

// events sends the board at once and after each change, until the page is closed.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	wake, leave := s.board.watch()
	if wake == nil {
		plainText(w, http.StatusServiceUnavailable, "too many pages are open")
		return
	}
	defer leave()
	out := http.NewResponseController(w)
	out.SetReadDeadline(time.Time{}) // the request is read; this connection lives on
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	l := s.language(r)
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	event := s.event(l)
	for {
		out.SetWriteDeadline(time.Now().Add(eventWrite))
		if _, err := w.Write(event); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		case <-alive.C:
			event = []byte(": alive\n\n")
		case <-wake:
			if s.config.Sleep(r.Context(), eventsPause) != nil { // several changes, one event
				return
			}
			event = s.event(l)
		}
	}
}

// event is the board as a server-sent event: each line of it is a line of data.
func (s *Server) event(l lang.Lang) []byte {
	var html, event bytes.Buffer
	if err := view.BoardFragment(&html, s.board.live(s.config.Shop, s.config.AppID), l); err != nil {
		s.config.Log.Debug("board not rendered", "error", err)
	}
	event.WriteString("event: board\n")
	for line := range bytes.Lines(html.Bytes()) {
		event.WriteString("data: ")
		event.Write(bytes.TrimRight(line, "\r\n"))
		event.WriteByte('\n')
	}
	event.WriteByte('\n')
	return event.Bytes()
}
