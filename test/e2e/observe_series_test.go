package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/VictoriaMetrics/metricsql"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"go.yaml.in/yaml/v3"
)

// unseen are series that are not there while all is well: there is no replica
// here, and a proxy ends TLS.
var unseen = []string{"db_replica_lag_seconds", "tls_certificate_expiry_timestamp_seconds"}

// watching asks Prometheus about a running system.
type watching struct {
	t   *testing.T
	api apiClient
	url string
}

// ask returns how many series a query finds.
func (w watching) ask(query string) (found int) {
	w.t.Helper()
	response, err := http.Get(w.url + "/api/v1/query?query=" + url.QueryEscape(query))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Status, Error string
		Data          struct{ Result []json.RawMessage }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Status != "success" {
		w.t.Fatalf("%s: %v %s", query, err, answer.Error)
	}
	return len(answer.Data.Result)
}

// series requires every series that a rule or a panel names, with the labels
// that it is asked by or added up by.
func (w watching) series() {
	w.t.Helper()
	named := make(map[string]string)
	for _, e := range append(ruleQueries(w.t), panelQueries(w.t)...) {
		for _, selector := range selectors(w.t, e.query) {
			named[selector] = e.name
		}
	}
	if len(named) < 60 {
		w.t.Errorf("only %d series are named: this shows nothing", len(named))
	}
	var wanted []asked
	for selector, by := range named {
		wanted = append(wanted, asked{selector + ", which " + by + " asks for", selector})
	}
	w.find(wanted)
	if w.ask(`http_requests_total{stauts!=""}`) != 0 {
		w.t.Error("a label that is not there is found, so this shows nothing")
	}
}

// panels requires data of every panel's query.
func (w watching) panels() {
	w.t.Helper()
	w.find(panelQueries(w.t))
}

// find waits until every query has found something, and names those that have
// not.
func (w watching) find(wanted []asked) {
	w.t.Helper()
	wanted = slices.DeleteFunc(wanted, func(a asked) bool {
		return slices.ContainsFunc(unseen, func(name string) bool { return strings.Contains(a.query, name) })
	})
	for deadline := time.Now().Add(time.Minute); len(wanted) > 0 && time.Now().Before(deadline); time.Sleep(time.Second) {
		wanted = slices.DeleteFunc(wanted, func(a asked) bool { return w.ask(a.query) > 0 })
	}
	for _, a := range wanted {
		w.t.Errorf("there are no data of %s: %s", a.name, a.query)
	}
}

// asked is an expression and who asks it.
type asked struct{ name, query string }

func ruleQueries(t *testing.T) (all []asked) {
	t.Helper()
	files, err := filepath.Glob(deployed + "prometheus/rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var parsed struct {
			Groups []struct {
				Rules []struct{ Alert, Record, Expr string }
			}
		}
		if err := yaml.Unmarshal(text, &parsed); err != nil {
			t.Fatal(err)
		}
		for _, g := range parsed.Groups {
			for _, r := range g.Rules {
				all = append(all, asked{"the rule " + r.Alert + r.Record, r.Expr})
			}
		}
	}
	return all
}

func panelQueries(t *testing.T) (all []asked) {
	t.Helper()
	plugins.RegisterDefaultPlugins()
	files, err := filepath.Glob(deployed + "grafana/dashboards/*.json")
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d dashboard.Dashboard //nolint:staticcheck // see deploy/grafana/generate
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatal(err)
		}
		for _, p := range d.Panels {
			if p.Panel == nil {
				continue
			}
			for _, target := range p.Panel.Targets {
				all = append(all, asked{*d.Title + " / " + *p.Panel.Title, target.(*prometheus.Dataquery).Expr})
			}
		}
	}
	return all
}

// selectors are the series of an expression, by name, job and the names of
// labels: their values may not have come up yet.
func selectors(t *testing.T, query string) (all []string) {
	t.Helper()
	e, err := metricsql.Parse(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	metricsql.VisitAll(e, func(e metricsql.Expr) {
		m, ok := e.(*metricsql.MetricExpr)
		if !ok {
			return
		}
		for _, filters := range m.LabelFilterss {
			name, labels := "", []string{}
			for _, f := range filters {
				switch {
				case f.Label == "__name__":
					name = f.Value
				case f.Label == "job" && !f.IsNegative && !f.IsRegexp:
					labels = append(labels, fmt.Sprintf("job=%q", f.Value))
				default:
					labels = append(labels, f.Label+`!=""`)
				}
			}
			all = append(all, name+"{"+strings.Join(labels, ",")+"}")
		}
	})
	return all
}
