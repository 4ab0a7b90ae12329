package listen

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/shopctl/shopctl/view"
)

// metrics are the counters of a server. A dozen series need no library: the text
// format is a line for each.
type metrics struct {
	messages tally // by outcome
	reads    tally // by outcome
	tickets  tally // by outcome

	mu      sync.Mutex
	seconds float64 // spent reading
	count   int64
}

// tally counts by one label. Labels are words of ours, never what was received.
type tally struct {
	mu sync.Mutex
	n  map[string]int64
}

func (t *tally) add(label string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n == nil {
		t.n = map[string]int64{}
	}
	t.n[label]++
}

func (t *tally) snapshot() map[string]int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.n)
}

func (m *metrics) readSeconds(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seconds += d.Seconds()
	m.count++
}

// write puts out all series in the text format of Prometheus, version 0.0.4.
func (s *Server) writeMetrics(w io.Writer) {
	m := s.metrics
	m.messages.write(w, "shopctl_listen_messages_total", "Messages received, by what became of them.")
	m.reads.write(w, "shopctl_listen_reads_total", "Readings of the shop, by outcome.")
	m.tickets.write(w, "shopctl_listen_tickets_total", "Tickets of the third-party platform, by outcome.")
	m.mu.Lock()
	seconds, count := m.seconds, m.count
	m.mu.Unlock()
	fmt.Fprintf(w, "# HELP shopctl_listen_read_seconds Time that readings took.\n# TYPE shopctl_listen_read_seconds summary\n")
	fmt.Fprintf(w, "shopctl_listen_read_seconds_sum %g\nshopctl_listen_read_seconds_count %d\n", seconds, count)
	gauge(w, "shopctl_listen_pending", "Objects that wait to be read.", float64(s.queue.len()))
	gauge(w, "shopctl_listen_pages", "Pages of the board that are open.", float64(s.board.watching()))
	counts, read := s.board.counts()
	at := 0.0
	if !read.IsZero() {
		at = float64(read.Unix())
	}
	gauge(w, "shopctl_listen_last_read_timestamp_seconds", "When the shop was last read, in Unix time; 0: not yet.", at)
	fmt.Fprintf(w, "# HELP shopctl_objects Objects of the shop, by status.\n# TYPE shopctl_objects gauge\n")
	for _, status := range view.Statuses {
		fmt.Fprintf(w, "shopctl_objects{status=%q} %d\n", status, counts[status])
	}
	if s.config.Extra != nil {
		io.WriteString(w, s.config.Extra())
	}
}

func (t *tally) write(w io.Writer, name, help string) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s counter\n", name, help, name)
	n := t.snapshot()
	for _, label := range slices.Sorted(maps.Keys(n)) {
		fmt.Fprintf(w, "%s{outcome=%q} %d\n", name, label, n[label])
	}
}

func gauge(w io.Writer, name, help string, value float64) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s gauge\n%s %.0f\n", name, help, name, name, value)
}
