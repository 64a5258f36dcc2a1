package prometheus_test

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/prometheus"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/ports/maintaining"
)

// server answers queries that begin so with a vector of these series.
func server(t *testing.T, answers map[string]string) (*prometheus.Query, *[]string) {
	t.Helper()
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.FormValue("query")
		asked = append(asked, query)
		result := ""
		for begin, found := range answers {
			if strings.HasPrefix(query, begin) {
				result = found
			}
		}
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":"vector","result":[%s]}}`, result)
	}))
	t.Cleanup(s.Close)
	return prometheus.NewQuery(s.URL + "/"), &asked
}

func TestRequestsAreAsked(t *testing.T) {
	q, asked := server(t, map[string]string{
		`sum(increase(http_requests_total[`:        `{"metric":{},"value":[1,"1000"]}`,
		`sum(increase(http_requests_total{status`:  `{"metric":{},"value":[1,"3"]}`,
		`histogram_quantile(0.95, sum by (le)`:     `{"metric":{},"value":[1,"0.25"]}`,
		`topk(20, sum by (route) (increase(http_r`: `{"metric":{"route":"/api/v1/forecasts"},"value":[1,"3"]}`,
	})
	got, err := q.Requests(t.Context(), time.Hour)
	want := maintaining.Requests{Total: 1000, Failed: 3, P95: 0.25, Routes: []maintaining.Route{{Name: "/api/v1/forecasts", Failed: 3}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, query := range *asked {
		if !strings.Contains(query, "[3600s]") {
			t.Errorf("asked %s", query)
		}
	}
}

func TestNothingMeasuredIsNotZeroSeconds(t *testing.T) {
	q, _ := server(t, map[string]string{"histogram": `{"metric":{},"value":[1,"NaN"]}`})
	got, err := q.Requests(t.Context(), time.Hour)
	if err != nil || got.Total != 0 || !math.IsNaN(got.P95) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatIsNoPrometheusIsAway(t *testing.T) {
	serve := func(code int, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	for name, address := range map[string]string{
		"nobody":      "http://127.0.0.1:1",
		"a web page":  serve(200, "<html>"),
		"an error":    serve(400, `{"status":"error","error":"parse error"}`),
		"a bad value": serve(200, `{"status":"success","data":{"result":[{"metric":{},"value":[1,"x"]}]}}`),
	} {
		var known *domain.Error
		if err := prometheus.NewQuery(address).Ping(t.Context()); !errors.As(err, &known) || known.Kind != domain.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}
