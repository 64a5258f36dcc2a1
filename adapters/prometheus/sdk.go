package prometheus

import (
	"maps"
	"sync"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"
)

// mostLabelValues bounds the values of one label of the SDK's metrics. Those
// after that are told together as "other".
const mostLabelValues = 100

// SDK shows what Temporal's SDK counts. It implements [client.MetricsHandler].
type SDK struct {
	kept *sdkVectors
	tags map[string]string
}

type sdkVectors struct {
	counters map[string]*prom.CounterVec
	gauges   map[string]*prom.GaugeVec
	timers   map[string]*prom.HistogramVec

	mu     sync.Mutex
	values map[string]map[string]bool // of each label
}

// NewSDK returns a handler whose metrics are in r.
func NewSDK(r prom.Registerer) *SDK {
	v := &sdkVectors{
		counters: make(map[string]*prom.CounterVec), gauges: make(map[string]*prom.GaugeVec), timers: make(map[string]*prom.HistogramVec),
		values: make(map[string]map[string]bool),
	}
	for name, m := range sdkCounters {
		v.counters[name] = prom.NewCounterVec(prom.CounterOpts{Name: name + "_total", Help: m.help}, m.labels)
		r.MustRegister(v.counters[name])
	}
	for name, m := range sdkGauges {
		v.gauges[name] = prom.NewGaugeVec(prom.GaugeOpts{Name: name, Help: m.help}, m.labels)
		r.MustRegister(v.gauges[name])
	}
	for name, m := range sdkTimers {
		v.timers[name] = prom.NewHistogramVec(prom.HistogramOpts{Name: name + "_seconds", Help: m.help, Buckets: sdkBuckets}, m.labels)
		r.MustRegister(v.timers[name])
	}
	return &SDK{kept: v}
}

// Expect begins at zero what counts failures of workflow tasks and of a server
// that is away: the first would otherwise be no increase of anything.
func (s *SDK) Expect(workflows []string) {
	for _, operation := range []string{"StartWorkflowExecution", "RespondWorkflowTaskCompleted", "RespondActivityTaskCompleted"} {
		s.kept.counters["temporal_request_failure"].WithLabelValues(operation, "UNAVAILABLE")
	}
	for _, workflow := range workflows {
		for _, reason := range []string{"NonDeterminismError", "WorkflowError"} {
			s.kept.counters["temporal_workflow_task_execution_failed"].WithLabelValues(workflow, reason)
		}
	}
}

// WithTags implements [client.MetricsHandler].
func (s *SDK) WithTags(tags map[string]string) client.MetricsHandler {
	all := maps.Clone(s.tags)
	if all == nil {
		all = make(map[string]string)
	}
	maps.Copy(all, tags)
	return &SDK{kept: s.kept, tags: all}
}

// Counter implements [client.MetricsHandler].
func (s *SDK) Counter(name string) client.MetricsCounter {
	v, ok := s.kept.counters[name]
	if !ok {
		return client.MetricsNopHandler.Counter(name)
	}
	return sdkCounter{v.With(s.labels(sdkCounters[name]))}
}

// Gauge implements [client.MetricsHandler].
func (s *SDK) Gauge(name string) client.MetricsGauge {
	v, ok := s.kept.gauges[name]
	if !ok {
		return client.MetricsNopHandler.Gauge(name)
	}
	return sdkGauge{v.With(s.labels(sdkGauges[name]))}
}

// Timer implements [client.MetricsHandler].
func (s *SDK) Timer(name string) client.MetricsTimer {
	v, ok := s.kept.timers[name]
	if !ok {
		return client.MetricsNopHandler.Timer(name)
	}
	return sdkTimer{v.With(s.labels(sdkTimers[name]))}
}

type sdkCounter struct{ to prom.Counter }

func (c sdkCounter) Inc(n int64) { c.to.Add(float64(max(n, 0))) }

type sdkGauge struct{ to prom.Gauge }

func (g sdkGauge) Update(value float64) { g.to.Set(value) }

type sdkTimer struct{ to prom.Observer }

func (t sdkTimer) Record(d time.Duration) { t.to.Observe(d.Seconds()) }

// labels are those that m keeps of the tags.
func (s *SDK) labels(m sdkMetric) prom.Labels {
	labels := make(prom.Labels, len(m.labels))
	for _, name := range m.labels {
		labels[name] = s.kept.bounded(name, s.tags[name])
	}
	return labels
}

func (v *sdkVectors) bounded(label, value string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	known := v.values[label]
	if known == nil {
		known = make(map[string]bool)
		v.values[label] = known
	}
	if !known[value] {
		if len(known) >= mostLabelValues {
			return "other"
		}
		known[value] = true
	}
	return value
}
