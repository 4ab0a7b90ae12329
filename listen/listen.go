// Package listen is the server beside the pipeline: it receives the platform's
// messages, has what they are about read again, and shows the status board as a
// page that keeps itself up to date.
//
// A message goes this way:
//
//	push     checked, opened and answered at once (package push does the checking)
//	queue    what it is about, each object once however many messages came
//	worker   reads those objects, teaches the state under its lock, updates the board
//	board    tells the pages that are open, and the group chats of the verdicts
//
// What a message claims is never believed: it only says where to look. Because the
// platform loses messages, the whole shop is also read every now and then.
package listen

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/shopctl/shopctl/lang"
	"github.com/shopctl/shopctl/provider/wechat/push"
	"github.com/shopctl/shopctl/reconcile"
	"github.com/shopctl/shopctl/schema"
)

// Reader reads the shop and keeps its state up to date. One goroutine uses it.
type Reader interface {
	// Read reads the objects again, or everything when there are none, and returns
	// where they stand. With a *state.LockError the state was not told, because
	// somebody else holds its lock; there may be rows all the same.
	Read(ctx context.Context, objects []schema.Address) ([]reconcile.Standing, error)
	// Free reports whether nobody holds the lock of the state.
	Free(ctx context.Context) bool
	// Find is what a message is about: objects, or with all the whole shop. It is
	// neither when nobody has declared what the message names. It may be called by
	// many goroutines.
	Find(m push.Message) (objects []schema.Address, all bool)
}

// Config of a Server. Shop, AppID, Receiver and Reader have no default.
type Config struct {
	Shop, AppID string
	Receiver    *push.Receiver
	Reader      Reader
	// Path is where the platform sends its messages; "/wechat" when empty. A third-
	// party platform may add the merchant's appid: PATH/wx0123456789abcdef.
	Path string
	// Token opens the board and the metrics; without one they are not served.
	Token string
	Lang  lang.Lang // of a page that does not ask for another
	// Every is how often the whole shop is read: 15 minutes when zero.
	Every time.Duration
	// Gather is how long to wait for more messages before reading: 500 ms when zero.
	Gather time.Duration
	// Verdicts hears of objects that came to a status worth telling; nil for nobody.
	Verdicts func([]reconcile.Standing)
	// Ticket keeps a component_verify_ticket; nil when nobody wants them.
	Ticket func(ctx context.Context, ticket string) error
	// Metrics are served beside the server's own.
	Metrics []prometheus.Collector
	Log     *slog.Logger
	Now     func() time.Time
	// Sleep waits, or returns the context's error.
	Sleep func(context.Context, time.Duration) error
}

// Defaults of the configuration.
const (
	DefaultPath   = "/wechat"
	DefaultEvery  = 15 * time.Minute
	defaultGather = 500 * time.Millisecond
)

// Server is one shop's listener. Make it with New.
type Server struct {
	config  Config
	queue   *queue
	owed    *queue // what was read and not told to the state, because that was locked
	board   *board
	metrics *metrics
	tickets sync.Mutex     // one is stored at a time
	storing sync.WaitGroup // tickets
	done    chan struct{}  // closed when the server stops: pages are let go
}

// New makes a server.
func New(c Config) *Server {
	if c.Path == "" {
		c.Path = DefaultPath
	}
	if c.Every <= 0 {
		c.Every = DefaultEvery
	}
	if c.Gather <= 0 {
		c.Gather = defaultGather
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	s := &Server{config: c, queue: newQueue(), owed: newQueue(), board: newBoard(), done: make(chan struct{})}
	s.metrics = newMetrics(s)
	return s
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Bounds of a connection.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	writeTimeout  = 15 * time.Second
	idleTimeout   = 60 * time.Second
	maxHeader     = 16 << 10
	stopTimeout   = 5 * time.Second
)

// Serve answers on the listener and reads the shop until ctx ends. It returns when
// all is finished: requests in flight are answered, and a reading that has begun
// has left the state whole.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var workers sync.WaitGroup
	workers.Go(func() { s.read(ctx) })
	workers.Go(func() { s.repay(ctx) })
	workers.Go(func() { s.tick(ctx) })
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		cancel()
	}
	close(s.done)
	stop, cancelStop := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancelStop()
	err = errors.Join(err, server.Shutdown(stop))
	workers.Wait()
	s.storing.Wait()
	return err
}

// tick has the whole shop read at the start and then every so often.
func (s *Server) tick(ctx context.Context) {
	for {
		s.queue.add(nil, true)
		if s.config.Sleep(ctx, s.config.Every) != nil {
			return
		}
	}
}
