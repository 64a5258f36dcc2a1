package prometheus

import (
	"net/http"
	"strconv"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
)

// HTTP counts requests. Routes must be templates: their number is what bounds
// the series.
type HTTP struct {
	requests *prom.CounterVec
	duration *prom.HistogramVec
	inFlight prom.Gauge
}

// NewHTTP returns an HTTP whose metrics are in r.
func NewHTTP(r prom.Registerer) *HTTP {
	h := &HTTP{
		requests: prom.NewCounterVec(prom.CounterOpts{
			Name: "http_requests_total", Help: "Requests answered, by method, route template and status.",
		}, []string{"method", "route", "status"}),
		duration: prom.NewHistogramVec(prom.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "How long answering took, by method and route template.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
		inFlight: prom.NewGauge(prom.GaugeOpts{Name: "http_requests_in_flight", Help: "Requests being answered."}),
	}
	r.MustRegister(h.requests, h.duration, h.inFlight)
	return h
}

// InFlight adds delta to the requests being answered.
func (h *HTTP) InFlight(delta int) { h.inFlight.Add(float64(delta)) }

// Request counts a request that has been answered.
func (h *HTTP) Request(method, route string, status int, took time.Duration) {
	method = bounded(method)
	h.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	h.duration.WithLabelValues(method, route).Observe(took.Seconds())
}

// bounded keeps methods that strangers make up from becoming labels.
func bounded(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
