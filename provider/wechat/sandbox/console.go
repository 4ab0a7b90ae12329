package sandbox

import "net/http"

func (s *Sandbox) serveConsole(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }
