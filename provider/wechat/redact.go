package wechat

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// redacted stands where a secret stood.
const redacted = "[secret]"

// Redactor cuts known secrets out of texts. Its zero value knows none. It never
// forgets one: a run sees one app secret and a new token every two hours. It may
// be used by many goroutines.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// Add makes a value secret from now on, as it is and as it stands in a URL. An
// empty value is ignored.
func (r *Redactor) Add(secret string) {
	if secret == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
		if !slices.Contains(r.secrets, form) {
			r.secrets = append(r.secrets, form)
		}
	}
}

// Text returns s with every known secret replaced.
func (r *Redactor) Text(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, redacted)
	}
	return s
}

// Error returns an error fit to be shown: without the URL that net/http puts in
// front, because its query holds the token, and without any known secret. What
// it wraps stays reachable as long as that shows no secret either.
func (r *Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		err = urlErr.Err
	}
	text := err.Error()
	if clean := r.Text(text); clean != text {
		return errors.New(clean)
	}
	return err
}
