package maintaining

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/responding"
)

// Runs tells how workflows ended.
type Runs interface {
	// Failed counts runs that ended since a time otherwise than well, by
	// workflow and how.
	Failed(ctx context.Context, since time.Time) ([]FailedRuns, error)
}

// FailedRuns are runs of one workflow that ended alike.
type FailedRuns struct {
	Workflow, Ending string
	Count            int
	Latest           string // the id of one of the newest
}

// Refusals tells what callers were refused, from the audit events of all
// tenants.
type Refusals interface {
	// Refused counts refusals since a time by action, the most frequent first.
	Refused(ctx context.Context, since time.Time) ([]Counted, error)
}

// Counted is how often something happened.
type Counted struct {
	What   string
	Count  int
	Latest time.Time
}

// Incidents tells what is wrong, see [responding.Store].
type Incidents interface {
	Open(ctx context.Context, groupKey string) ([]responding.Followed, error)
}

// Traffic is what Prometheus says about requests.
type Traffic interface {
	// Requests sums up the requests of the time before now.
	Requests(ctx context.Context, window time.Duration) (Requests, error)
}

// Requests are figures about HTTP requests in some time.
type Requests struct {
	Total, Failed float64 // Failed are answers of 500 and above
	P95           float64 // seconds; NaN when there were none
	Routes        []Route // with the most failures, those that had any
}

// Route is how often a route failed.
type Route struct {
	Name   string
	Failed float64
}

// failedShare is from which share of failed requests somebody should look:
// what the alert on errors pages for over two minutes is far too much over a
// day.
const failedShare = 0.001

// errors sums up what went wrong in a day. Where it cannot look, it says so.
func (m *Maintainer) errors(ctx context.Context, s *session) error {
	since := s.at.Add(-24 * time.Hour)
	requests, err := m.failedRequests(ctx, s)
	if err != nil {
		return err
	}
	runs, err := m.failedRuns(ctx, s, since)
	if err != nil {
		return err
	}
	refused, err := m.Refusals.Refused(ctx, since)
	if err != nil {
		return fmt.Errorf("count refusals: %w", err)
	}
	open, err := m.openIncidents(ctx, s)
	if err != nil {
		return err
	}
	total := 0
	rows := make([][]string, len(refused))
	for i, r := range refused {
		total += r.Count
		rows[i] = []string{r.What, fmt.Sprint(r.Count), moment(r.Latest)}
	}
	s.list("Refused, by audit event", "Action|Times|Last", rows)
	s.figure("Refusals in audit events", float64(total), operation.Count)
	s.say("In a day %s, %s failed, %s; %s open.", requests, many(runs, "run", "runs"), many(total, "refusal", "refusals"), many(open, "incident is", "incidents are"))
	return nil
}

// openIncidents lists what is still wrong: this is the maintenance window that
// a P3 waits for.
func (m *Maintainer) openIncidents(ctx context.Context, s *session) (int, error) {
	open, err := m.Incidents.Open(ctx, "")
	if err != nil {
		return 0, fmt.Errorf("list open incidents: %w", err)
	}
	rows := make([][]string, len(open))
	for n, i := range open {
		rows[n] = []string{string(i.Severity), i.Status(), moment(i.OpenedAt), i.Title, i.ID}
	}
	s.list("Open incidents", "Severity|Status|Since|What|Id", rows)
	if len(open) > 0 {
		s.warn("Work through them: docs/runbooks/incidents.md.", "%s open.", many(len(open), "incident is", "incidents are"))
	}
	return len(open), nil
}

func (m *Maintainer) failedRequests(ctx context.Context, s *session) (string, error) {
	if m.Traffic == nil {
		s.skip("Set PROMETHEUS_URL for the worker.", "Failed requests were not looked at: Prometheus is not known here.")
		return "requests unknown", nil
	}
	r, err := m.Traffic.Requests(ctx, 24*time.Hour)
	if err != nil {
		s.skip("Is PROMETHEUS_URL right, and Prometheus up?", "Failed requests were not looked at: %v", err)
		return "requests unknown", nil
	}
	s.figure("Requests", r.Total, operation.Count)
	s.figure("Failed requests", r.Failed, operation.Count)
	rows := make([][]string, len(r.Routes))
	for i, route := range r.Routes {
		rows[i] = []string{route.Name, fmt.Sprintf("%.0f", route.Failed)}
	}
	s.list("Routes that failed", "Route|Answers of 500 and above", rows)
	if r.Total > 0 && r.Failed/r.Total > failedShare {
		s.warn("Look for their request ids in the API's log.", "%s of all requests failed.", percent(r.Failed/r.Total))
	}
	return fmt.Sprintf("%.0f of %.0f requests failed", r.Failed, r.Total), nil
}

func (m *Maintainer) failedRuns(ctx context.Context, s *session, since time.Time) (total int, err error) {
	runs, err := m.Runs.Failed(ctx, since)
	if err != nil {
		return 0, fmt.Errorf("count failed runs: %w", err)
	}
	rows := make([][]string, len(runs))
	for i, r := range runs {
		total += r.Count
		rows[i] = []string{r.Workflow, r.Ending, fmt.Sprint(r.Count), r.Latest}
		s.warn("Read why in Temporal, and start it again.", "%s %s %s.", many(r.Count, "run of", "runs of"), r.Workflow, r.Ending)
	}
	s.list("Runs that did not end well", "Workflow|How|Runs|One of them", rows)
	s.figure("Failed runs", float64(total), operation.Count)
	return total, nil
}

// moment is a time to the minute, for a person.
func moment(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04")
}
