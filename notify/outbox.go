package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// Pace of one channel: the robots take 20 messages a minute.
const (
	pause   = 3 * time.Second // between two messages
	tries   = 3               // of one message
	backlog = 1000            // lines that wait; when there are so many, what comes is dropped and counted
)

// Outbox delivers messages to all senders, at the pace that they bear. What
// comes while one of them is busy goes out together, as one message.
type Outbox struct {
	channels []*channel
	workers  sync.WaitGroup
	stop     context.CancelFunc
}

// Options of an Outbox.
type Options struct {
	Log *slog.Logger // nil for none
	// Sent hears of every message that a channel took or gave up; nil for nobody.
	Sent func(channel string, err error)
	// Sleep waits, or returns the context's error; the real clock when nil.
	Sleep func(context.Context, time.Duration) error
}

// NewOutbox starts delivering. Close ends it.
func NewOutbox(senders []Sender, o Options) *Outbox {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Sent == nil {
		o.Sent = func(string, error) {}
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	ctx, cancel := context.WithCancel(context.Background())
	b := &Outbox{stop: cancel}
	for _, s := range senders {
		c := &channel{Sender: s, options: o, wake: make(chan struct{}, 1), closing: make(chan struct{})}
		b.channels = append(b.channels, c)
		b.workers.Go(func() { c.run(ctx) })
	}
	return b
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

// Tell hands a message to every channel. It does not wait.
func (b *Outbox) Tell(m Message) {
	for _, c := range b.channels {
		c.put(m)
	}
}

// Close delivers what waits, until ctx ends.
func (b *Outbox) Close(ctx context.Context) {
	defer b.stop()
	for _, c := range b.channels {
		close(c.closing)
	}
	done := make(chan struct{})
	go func() {
		b.workers.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		b.stop()
		<-done
	}
}

// channel is a sender with what waits for it.
type channel struct {
	Sender
	options Options
	wake    chan struct{}
	closing chan struct{}

	mu      sync.Mutex
	waiting []Message
	lines   int
}

// errBacklog is what became of a message that came when too many waited.
var errBacklog = errors.New("dropped: too many wait")

// put has a message wait, however long it is: a digest of thousands of lines is one
// message, and its sender cuts it.
func (c *channel) put(m Message) {
	if !c.enqueue(m) {
		c.options.Log.Warn("notification dropped: too many wait", "channel", c.Name())
		c.options.Sent(c.Name(), errBacklog)
	}
}

// enqueue reports whether there was room.
func (c *channel) enqueue(m Message) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lines >= backlog {
		return false
	}
	c.waiting = append(c.waiting, m)
	c.lines += len(m.Lines) + 1
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return true
}

// take is all that waits, as one message.
func (c *channel) take() (Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		return Message{}, false
	}
	all := c.waiting[0]
	all.Lines = append([]string(nil), all.Lines...)
	for _, m := range c.waiting[1:] {
		if m.Title != all.Title {
			all.Lines = append(all.Lines, m.Title)
		}
		all.Lines = append(all.Lines, m.Lines...)
	}
	c.waiting, c.lines = nil, 0
	return all, true
}

func (c *channel) run(ctx context.Context) {
	for {
		m, some := c.take()
		if some {
			c.deliver(ctx, m)
			c.rest(ctx)
			continue
		}
		select {
		case <-c.wake:
		case <-ctx.Done():
			return
		case <-c.closing:
			if m, some := c.take(); some {
				c.deliver(ctx, m)
			}
			return
		}
	}
}

// rest keeps the pace, unless the outbox closes: then the rest goes out at once.
func (c *channel) rest(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-c.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	c.options.Sleep(ctx, pause)
}

func (c *channel) deliver(ctx context.Context, m Message) {
	var err error
	for try := range tries {
		if try > 0 && c.options.Sleep(ctx, pause<<try) != nil {
			break
		}
		if err = c.Send(ctx, m); err == nil {
			break
		}
	}
	if err != nil {
		c.options.Log.Warn("notification not delivered", "channel", c.Name(), "error", err)
	}
	c.options.Sent(c.Name(), err)
}
