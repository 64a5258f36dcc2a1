// Package e2e holds the whole system to its contract, from outside.
package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"github.com/football-prediction/football-prediction/adapters/temporal"
)

// An operator with nothing but Temporal's command line starts each type with
// {} and sees sensible things happen.
func TestEveryWorkflowStartsWithAnEmptyInput(t *testing.T) {
	t.Parallel()
	dir, matches := leagues(t, 2, 4)
	s, _ := newBackedUp(t, "DATA="+dir, "AS_OF="+asOf)
	steps := []struct {
		workflow string
		status   string
		says     string // within the result or the failure
		kept     string // a table that must hold something afterwards
	}{
		{"PublishForecasts", "FAILED", "no model has been promoted yet; train one first", ""},
		{"RetrainModel", "FAILED", "ingest first", ""},
		{"IngestSeason", "FAILED", "the input lacks the fields source, competition, season, locator", ""},
		{"Ingest", "COMPLETED", `"failed":0`, "matches"},
		{"RetrainModel", "COMPLETED", `"promoted":"`, "models"},
		{"PublishForecasts", "COMPLETED", `"model":"`, "forecasts"},
		{"SettleMatches", "COMPLETED", `"forecasts":`, ""},
		{"OnboardTenant", "FAILED", "the input lacks the fields slug, admin_email", ""},
		{"DeleteTenant", "FAILED", "the input lacks the fields tenant, confirm, reason", ""},
		{"RestoreDatabase", "FAILED", "the input lacks the field backup (or at, undo or confirm in its place)", ""},
		{"RestoreSystem", "FAILED", "the input lacks the field backup (or at in its place)", ""},
		{"BackupThenVerify", "COMPLETED", `"verified":true`, "backups"},
		{"RunMaintenance", "COMPLETED", `"plan":"daily"`, "maintenance_reports"},
		{"RespondToIncident", "FAILED", "the input lacks the field group_key", ""},
		{"BlueGreenCutover", "FAILED", "the input lacks the field release", ""},
	}
	seen := make(map[string]bool)
	for _, step := range steps {
		seen[step.workflow] = true
		at := time.Now()
		status, text := s.startAndWait(t, step.workflow)
		t.Logf("%s %s after %s: %.300s", step.workflow, status, time.Since(at).Round(time.Millisecond), text)
		if status != step.status || !strings.Contains(text, step.says) {
			t.Fatalf("%s with {} ended %s, want %s with %q in it:\n%s", step.workflow, status, step.status, step.says, text)
		}
		if step.kept != "" && s.count(t, "SELECT count(*) FROM "+step.kept) == 0 {
			t.Errorf("after %s there are no %s", step.workflow, step.kept)
		}
	}
	if n := s.count(t, "SELECT count(*) FROM matches"); n != matches {
		t.Errorf("%d of %d matches were taken in", n, matches)
	}
	for _, name := range temporal.Types() {
		if !seen[name] {
			t.Errorf("%s is never started here", name)
		}
	}
	s.observed(t, `workflow_runs_total{outcome="completed",workflow="Ingest"} 1`, `workflow_runs_total{outcome="failed",workflow="IngestSeason"} 1`)
	s.replay(t)
}

// startAndWait starts a workflow with {} by the command line, and returns the
// status that it ends with and its result or failure as JSON.
func (s *system) startAndWait(t *testing.T, workflow string) (status, text string) {
	t.Helper()
	queue, err := temporal.QueueOf(workflow)
	if err != nil {
		t.Fatal(err)
	}
	id := strings.ToLower(workflow) + "-by-hand"
	s.cli(t, "workflow", "start", "--type", workflow, "--task-queue", queue, "--workflow-id", id, "--input", "{}")
	out := s.cli(t, "workflow", "result", "--workflow-id", id, "--output", "json")
	var ended struct {
		Status string          `json:"status"`
		Result json.RawMessage `json:"result"`
		Event  json.RawMessage `json:"closeEvent"`
	}
	if err := json.Unmarshal(out, &ended); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	said := ended.Result
	if len(said) == 0 {
		said = ended.Event
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, said); err != nil {
		t.Fatalf("%v in %s", err, said)
	}
	return ended.Status, compact.String()
}

// cli runs Temporal's command line. That a workflow failed is no error here.
func (s *system) cli(t *testing.T, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	args = append(args, "--address", s.temporal.Address, "--namespace", s.temporal.Namespace)
	command := exec.CommandContext(ctx, s.temporal.CLI, args...)
	var faults bytes.Buffer
	command.Stderr = &faults
	out, err := command.Output()
	if err != nil && len(out) == 0 {
		t.Fatalf("temporal %s: %v\n%s", strings.Join(args, " "), err, faults.String())
	}
	return out
}

func (s *system) count(t *testing.T, query string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.db.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// observed looks for lines in the worker's metrics.
func (s *system) observed(t *testing.T, lines ...string) {
	t.Helper()
	answer, err := http.Get(s.metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if !strings.Contains(string(body), line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
}

// replay holds the definitions at hand to everything that has run: each
// workflow must have, or those that are named.
func (s *system) replay(t *testing.T, ran ...string) {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: s.temporal.Address, Namespace: s.temporal.Namespace})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	found, err := temporal.NewHistories(c, temporal.Config{Namespace: s.temporal.Namespace}).Verify(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		t.Logf("%s: %d histories replayed", v.Workflow, v.Replayed)
		must := len(ran) == 0 || slices.Contains(ran, v.Workflow)
		if v.Replayed == 0 && must || len(v.Failures) > 0 {
			t.Errorf("%s: %+v", v.Workflow, v)
		}
	}
}
