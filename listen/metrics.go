package listen

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/shopctl/shopctl/view"
)

// metrics are the series of one server, in a registry of their own. Labels are
// words of ours, never what was received.
type metrics struct {
	registry                 *prometheus.Registry
	messages, reads, tickets *prometheus.CounterVec // by outcome
	seconds                  prometheus.Histogram   // of a reading
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		messages: byOutcome("shopctl_listen_messages_total", "Messages received, by what became of them."),
		reads:    byOutcome("shopctl_listen_reads_total", "Readings of the shop, by outcome."),
		tickets:  byOutcome("shopctl_listen_tickets_total", "Tickets of the third-party platform, by outcome."),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "shopctl_listen_read_seconds", Help: "Time that a reading took.", Buckets: []float64{0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000},
		}),
	}
	m.registry.MustRegister(m.messages, m.reads, m.tickets, m.seconds,
		gauge("shopctl_listen_pending", "Objects that wait to be read.", func() float64 { return float64(s.queue.len()) }),
		gauge("shopctl_listen_pages", "Pages of the board that are open.", func() float64 { return float64(s.board.watching()) }),
		statuses{s.board}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(s.config.Metrics...)
	return m
}

func byOutcome(name, help string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{"outcome"})
}

func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
}

// statuses are the series of the board: how many objects have each status, and
// when the shop was read.
type statuses struct{ board *board }

var (
	objectsDesc  = prometheus.NewDesc("shopctl_objects", "Objects of the shop, by status.", []string{"status"}, nil)
	lastReadDesc = prometheus.NewDesc("shopctl_listen_last_read_timestamp_seconds", "When the shop was last read, in Unix time; 0: not yet.", nil, nil)
)

// Describe implements prometheus.Collector.
func (s statuses) Describe(out chan<- *prometheus.Desc) { out <- objectsDesc; out <- lastReadDesc }

// Collect implements prometheus.Collector.
func (s statuses) Collect(out chan<- prometheus.Metric) {
	counts, read := s.board.counts()
	at := 0.0
	if !read.IsZero() {
		at = float64(read.Unix())
	}
	out <- prometheus.MustNewConstMetric(lastReadDesc, prometheus.GaugeValue, at)
	for _, status := range view.Statuses {
		out <- prometheus.MustNewConstMetric(objectsDesc, prometheus.GaugeValue, float64(counts[status]), string(status))
	}
}
