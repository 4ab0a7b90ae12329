//go:build unix

package postgres

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/shopctl/shopctl/internal/pgtest"
)

// proxy is the network between a store and the server.
type proxy struct {
	port   int
	behind int // the port of the server
	// mute keeps the answers of the server back: requests arrive and are done.
	mute atomic.Bool

	mu    sync.Mutex
	conns []net.Conn
	gone  bool
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{port: l.Addr().(*net.TCPAddr).Port, behind: pgtest.Need(t).Port}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.join(client)
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
		p.cut()
	})
	return p
}

// join carries bytes both ways. A connection that cannot be made ends at once.
func (p *proxy) join(client net.Conn) {
	target, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.behind))
	if err != nil || p.down() {
		client.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, client, target)
	p.mu.Unlock()
	go carry(target, client, nil)
	go carry(client, target, &p.mute)
}

func carry(to, from net.Conn, mute *atomic.Bool) {
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && (mute == nil || !mute.Load()) {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// cut ends all connections, as a router that restarts does.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

func (p *proxy) down() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
}

// setDown lets no connection through while it is down.
func (p *proxy) setDown(down bool) {
	p.mu.Lock()
	p.gone = down
	p.mu.Unlock()
	if down {
		p.cut()
	}
}
