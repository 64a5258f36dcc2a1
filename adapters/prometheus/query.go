package prometheus

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

var _ maintaining.Traffic = (*Query)(nil)

// Query asks a Prometheus server about our metrics.
type Query struct {
	base   string
	client *http.Client
}

const (
	// queryTimeout bounds a question: a week of a busy API is much to add up.
	queryTimeout = 30 * time.Second
	// mostAnswer bounds an answer.
	mostAnswer = 8 << 20
	// routesShown is how many of the routes that fail are told.
	routesShown = 20
)

// NewQuery returns a Query of the server at address, such as
// http://prometheus:9090.
func NewQuery(address string) *Query {
	return &Query{base: strings.TrimRight(address, "/"), client: &http.Client{Timeout: queryTimeout}}
}

// errAway is about a server that gives no answer that can be used.
func errAway(format string, args ...any) error {
	return domain.Errorf(domain.Unavailable, "prometheus.away", format, args...)
}

// Ping is nil while the server answers.
func (q *Query) Ping(ctx context.Context) error {
	_, err := q.ask(ctx, "vector(1)")
	return err
}

// Requests implements [maintaining.Traffic].
func (q *Query) Requests(ctx context.Context, window time.Duration) (maintaining.Requests, error) {
	over := fmt.Sprintf("[%ds]", int(window.Seconds()))
	var (
		r    = maintaining.Requests{P95: math.NaN()}
		errs error
	)
	scalar := func(query string) float64 {
		found, err := q.ask(ctx, query)
		if err != nil && errs == nil {
			errs = err
		}
		if len(found) == 0 {
			return math.NaN()
		}
		return found[0].value
	}
	r.Total = orZero(scalar(`sum(increase(http_requests_total` + over + `))`))
	r.Failed = orZero(scalar(`sum(increase(http_requests_total{status=~"5.."}` + over + `))`))
	r.P95 = scalar(`histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket` + over + `)))`)
	if errs != nil {
		return r, errs
	}
	routes, err := q.ask(ctx, fmt.Sprintf(`topk(%d, sum by (route) (increase(http_requests_total{status=~"5.."}%s)) > 0)`, routesShown, over))
	for _, found := range routes {
		r.Routes = append(r.Routes, maintaining.Route{Name: found.labels["route"], Failed: found.value})
	}
	return r, err
}

func orZero(value float64) float64 {
	if math.IsNaN(value) {
		return 0
	}
	return value
}

// answer is a series of the result with its value.
type answer struct {
	labels map[string]string
	value  float64
}

// ask runs an instant query.
// https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries
func (q *Query) ask(ctx context.Context, query string) ([]answer, error) {
	form := strings.NewReader(url.Values{"query": {query}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, q.base+"/api/v1/query", form)
	if err != nil {
		return nil, errAway("PROMETHEUS_URL is no address of a server")
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := q.client.Do(request)
	if err != nil {
		return nil, errAway("Prometheus does not answer")
	}
	defer func() { _ = response.Body.Close() }()
	var wire struct {
		Status string `json:"status"`
		Error  string `json:"error"`
		Data   struct {
			Result []struct {
				Metric map[string]string  `json:"metric"`
				Value  [2]json.RawMessage `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, mostAnswer)).Decode(&wire); err != nil {
		return nil, errAway("what answers at PROMETHEUS_URL, with status %d, is no Prometheus", response.StatusCode)
	}
	if wire.Status != "success" {
		return nil, errAway("Prometheus refused a question: %s", wire.Error)
	}
	found := make([]answer, 0, len(wire.Data.Result))
	for _, r := range wire.Data.Result {
		var text string
		if err := json.Unmarshal(r.Value[1], &text); err != nil {
			return nil, errAway("Prometheus gave a value that is none")
		}
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, errAway("Prometheus gave a value that is none")
		}
		found = append(found, answer{r.Metric, value})
	}
	return found, nil
}
