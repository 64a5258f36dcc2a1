package e2e_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// mostSeries is what one scrape of one program may bring, with a thousand
// tenants, five hundred teams and twenty competitions.
const mostSeries = 5_000

// metricsPage lists all metrics; its figures are those of a run, its names are
// compared. UPDATE=1 writes it anew.
const metricsPage = "../../docs/metrics.md"

// grow makes tenants and teams as there are in a large system.
func (s *system) grow(t *testing.T) {
	t.Helper()
	conn := dial(t, s.db.AdminURL)
	for _, statement := range []string{
		`INSERT INTO tenants (tenant_id, slug, name, created_at) SELECT gen_random_uuid(), 'tenant-' || n, 'Tenant', now() FROM generate_series(1, 1000) n`,
		`INSERT INTO teams (id, country, key, name, source, created_at) SELECT gen_random_uuid(), 'nowhere', 'large-' || n, 'Large ' || n, 'made', now() FROM generate_series(1, 500) n`,
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%v in %s", err, statement)
		}
	}
}

// A scrape of a large system stays small, and the documentation names all that
// it brings.
func (w watching) cost(programs map[string]string) {
	w.t.Helper()
	rows := make(map[string]metricRow)
	for program, address := range programs {
		began := time.Now()
		families := scrapeOf(w.t, "http://"+address+"/metrics")
		took, total := time.Since(began), 0
		for name, f := range families {
			n := seriesIn(f)
			total += n
			row := rows[name]
			row.of, row.help = strings.ToLower(f.GetType().String()), f.GetHelp()
			row.series = append(row.series, fmt.Sprintf("%s %d", program, n))
			rows[name] = row
		}
		w.t.Logf("a scrape of the %s brings %d series in %s", program, total, took.Round(100*time.Microsecond))
		if total > mostSeries || total < 200 {
			w.t.Errorf("a scrape of the %s brings %d series", program, total)
		}
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(metricsPage, []byte(page(rows)), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	text, err := os.ReadFile(metricsPage)
	if err != nil {
		w.t.Fatal(err)
	}
	if diff := cmp.Diff(named(page(rows)), named(string(text))); diff != "" {
		w.t.Errorf("docs/metrics.md is stale (-there +documented); UPDATE=1 writes it anew:\n%s", diff)
	}
}

type metricRow struct {
	of, help string
	series   []string
}

func scrapeOf(t *testing.T, address string) map[string]*dto.MetricFamily {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return families
}

// seriesIn counts as Prometheus stores: each bucket is one.
func seriesIn(f *dto.MetricFamily) (n int) {
	for _, m := range f.GetMetric() {
		switch {
		case m.GetHistogram() != nil:
			n += len(m.GetHistogram().GetBucket()) + 2
		case m.GetSummary() != nil:
			n += len(m.GetSummary().GetQuantile()) + 2
		default:
			n++
		}
	}
	return n
}

// page is the documentation of metrics.
func page(rows map[string]metricRow) string {
	var b strings.Builder
	b.WriteString(`# Metrics

What the API and a worker tell Prometheus, at ` + "`/metrics`" + ` on ` + "`METRICS_PORT`" + `. Every label has a bounded set of values: routes are
templates, tenants have series only while they are among the ten closest to a limit, and of competitions the twenty
with the most matches are told.

The series were counted in one run with a thousand tenants, five hundred teams and twenty competitions, after every
kind of work was done once; a histogram has one for each bucket and two more.

| Metric | Kind | Series | What it tells |
| --- | --- | --- | --- |
`)
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r := rows[name]
		slices.Sort(r.series)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", name, r.of, strings.Join(r.series, ", "), strings.ReplaceAll(r.help, "|", "\\|"))
	}
	return b.String()
}

// named is a page without its figures, and without what Go and the process tell,
// which depends on their versions.
func named(page string) (rows []string) {
	for line := range strings.Lines(page) {
		cells := strings.Split(line, " | ")
		if len(cells) == 4 && !strings.HasPrefix(line, "| `go_") && !strings.HasPrefix(line, "| `process_") {
			rows = append(rows, strings.Join([]string{cells[0], cells[1], cells[3]}, " | "))
		}
	}
	return rows
}
