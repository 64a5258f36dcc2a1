package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/workflows/maintenance"
)

// checkMaintenance works through all plans and reads the reports. The worker
// has neither the owner's rights nor a mail server, and its Redis is away.
func checkMaintenance(t *testing.T, environ []string) {
	t.Helper()
	for _, plan := range operation.Plans {
		a := ctl(t, environ, "maintenance", "run", string(plan), "--json")
		done := decode[maintenance.Result](t, a.out)
		if a.code != 0 || len(done.Steps) != len(operation.Checklist(plan)) || done.Outcome != string(operation.Attention) {
			t.Fatalf("%s: code %d, %+v\n%s", plan, a.code, done, a.err)
		}
		page := filepath.Join(t.TempDir(), "report.html")
		succeed(t, environ, "maintenance", "show", done.Report, "--html", page)
		if text, err := os.ReadFile(page); err != nil || !strings.HasPrefix(string(text), "<!DOCTYPE html>") || !strings.Contains(string(text), done.Report) {
			t.Errorf("the page: %v, %.80s", err, text)
		}
		shown := decode[struct {
			ID      string
			Outcome string
			Steps   []struct{ Step, Verdict string }
		}](t, succeed(t, environ, "maintenance", "show", done.Report, "--json"))
		if shown.ID != done.Report || shown.Outcome != done.Outcome || len(shown.Steps) != len(done.Steps) || shown.Steps[0].Step != done.Steps[0].Step {
			t.Errorf("shown %+v", shown)
		}
	}
	out := succeed(t, environ, "maintenance", "run", "monthly", "--step", "reindex", "--dry-run")
	if !strings.Contains(out, "skipped") || !strings.Contains(out, "the platform's tenant has no operator") || strings.Count(out, "\n") != 4 {
		t.Errorf("one step prints %q", out)
	}
	all := decode[[]maintenanceJSON](t, succeed(t, environ, "maintenance", "list", "--json"))
	if len(all) != 4 || !all[0].DryRun || all[0].Plan != operation.Monthly {
		t.Errorf("it lists %+v", all)
	}
	if out := succeed(t, environ, "maintenance", "show", all[3].ID); !strings.Contains(out, "Prometheus is not known here") || !strings.Contains(out, "PROMETHEUS_URL") {
		t.Errorf("it shows %q", out)
	}
	if a := ctl(t, environ, "maintenance", "show", "nothing"); a.code != exitFailure || !strings.Contains(a.err, "no such report") {
		t.Errorf("an unknown report: code %d, %q", a.code, a.err)
	}
}

func TestMaintenanceCommandLines(t *testing.T) {
	if out := succeed(t, nil, "maintenance", "steps"); strings.Count(out, "\n") != 23 || !strings.Contains(out, "reindex") {
		t.Errorf("steps are\n%s", out)
	}
	for says, args := range map[string][]string{
		"daily, weekly or monthly": {"maintenance", "run", "hourly"},
		"it has health":            {"maintenance", "run", "daily", "--step", "reindex"},
		"--limit 0":                {"maintenance", "list", "--limit", "0"},
		"--plan":                   {"maintenance", "list", "--plan", "hourly"},
	} {
		if a := ctl(t, nil, args...); a.code != exitUsage || !strings.Contains(a.err, says) {
			t.Errorf("%v: code %d, %q", args, a.code, a.err)
		}
	}
}
