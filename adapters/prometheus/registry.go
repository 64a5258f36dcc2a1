// Package prometheus counts and shows: it owns the names, labels and buckets
// of every metric, and bounds how many series there can be. What happens
// elsewhere is told to it through small methods; nothing here decides anything.
package prometheus

import (
	"net/http"
	"time"

	prom "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// NewRegistry returns a registry that shows the Go runtime and the process.
func NewRegistry() *prom.Registry {
	r := prom.NewRegistry()
	r.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return r
}

// maxScrapes bounds what scraping may cost when scrapers pile up.
const (
	maxScrapes    = 3
	scrapeTimeout = 10 * time.Second
)

// Handler serves what r holds. A metric that cannot be read is left out; it
// does not hide the others.
func Handler(r *prom.Registry) http.Handler {
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: maxScrapes, Timeout: scrapeTimeout, Registry: r,
	})
}
