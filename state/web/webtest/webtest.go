// Package webtest breaks the way between a store and its server, for tests.
package webtest

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
)

// Transport carries requests, or loses them. Its zero value loses none. It is a
// statetest.Network.
type Transport struct {
	mu   sync.Mutex
	cut  bool
	dice *rand.Rand // nil while nothing is lost by chance
}

// Cut loses every request until Heal.
func (t *Transport) Cut() { t.set(true, nil) }

// Heal ends what Cut and Shake have begun.
func (t *Transport) Heal() { t.set(false, nil) }

// Shake loses a third of the requests and answers, in the ways that there are.
func (t *Transport) Shake(seed uint64) { t.set(false, rand.New(rand.NewPCG(seed, seed))) }

func (t *Transport) set(cut bool, dice *rand.Rand) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cut, t.dice = cut, dice
}

var errLost = errors.New("the network is broken")

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	switch t.fate() {
	case 0: // it never arrives
		return nil, errLost
	case 1: // it is done, and the answer is lost
		if res, err := http.DefaultTransport.RoundTrip(r); err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		return nil, errLost
	case 2: // it breaks off in the middle
		broken := r.Clone(r.Context())
		if r.Body != nil {
			broken.Body = &half{r.Body, r.ContentLength / 2}
		}
		if res, err := http.DefaultTransport.RoundTrip(broken); err == nil {
			res.Body.Close()
		}
		return nil, errLost
	case 3:
		return &http.Response{StatusCode: http.StatusBadGateway, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("bad gateway")), Request: r}, nil
	}
	return http.DefaultTransport.RoundTrip(r)
}

// fate is what happens to a request; more than 3 is nothing.
func (t *Transport) fate() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.cut:
		return 0
	case t.dice != nil:
		return t.dice.IntN(12)
	}
	return 4
}

// half is a body that ends in an error.
type half struct {
	io.ReadCloser
	left int64
}

func (h *half) Read(p []byte) (int, error) {
	if h.left <= 0 {
		return 0, errLost
	}
	n, err := h.ReadCloser.Read(p[:min(int64(len(p)), h.left)])
	h.left -= int64(n)
	return n, err
}
