// Package prometheus_test holds what is deployed to the rules of the house.
package prometheus_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

type rule struct {
	Alert, Record, Expr, For string
	Labels, Annotations      map[string]string
}

func alerts(t *testing.T) (all []rule) {
	t.Helper()
	for _, file := range files(t, "rules/*.yml") {
		var parsed struct{ Groups []struct{ Rules []rule } }
		read(t, file, &parsed)
		for _, g := range parsed.Groups {
			for _, r := range g.Rules {
				if r.Alert != "" {
					all = append(all, r)
				}
			}
		}
	}
	return all
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return found
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// Each alert says how bad it is, what it is, what to do first, and where the
// page about it is, which is there.
func TestAlertsTellWhatToDo(t *testing.T) {
	page, err := os.ReadFile("../../docs/runbooks/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	const base = "https://github.com/football-prediction/football-prediction/blob/main/docs/runbooks/alerts.md#"
	seen := make(map[string]bool)
	for _, a := range alerts(t) {
		if seen[a.Alert] {
			t.Errorf("there are two alerts %s", a.Alert)
		}
		seen[a.Alert] = true
		if !slices.Contains([]string{"critical", "warning", "info"}, a.Labels["severity"]) {
			t.Errorf("%s is %q", a.Alert, a.Labels["severity"])
		}
		if a.Annotations["summary"] == "" || !regexp.MustCompile(`^(First|No hurry|Nothing is to be done)`).MatchString(a.Annotations["description"]) {
			t.Errorf("%s does not say what to do first: %v", a.Alert, a.Annotations)
		}
		anchor, ok := strings.CutPrefix(a.Annotations["runbook_url"], base)
		if !ok || anchor != strings.ToLower(a.Alert) || !strings.Contains(string(page), "\n### "+a.Alert+"\n") {
			t.Errorf("%s leads to %q, which is no heading of docs/runbooks/alerts.md", a.Alert, a.Annotations["runbook_url"])
		}
	}
	if len(seen) < 40 {
		t.Errorf("only %d alerts were found", len(seen))
	}
	for _, heading := range regexp.MustCompile(`(?m)^### (.+)$`).FindAllStringSubmatch(string(page), -1) {
		if !seen[heading[1]] {
			t.Errorf("docs/runbooks/alerts.md tells of %s, which no rule raises", heading[1])
		}
	}
}

// expectation is what a test of promtool expects of an expression.
type expectation struct {
	Expr    string
	Samples []any `yaml:"exp_samples"`
}

// Each alert has a test that fires and one that stays silent, and promtool says
// that they pass. The watchdog is never silent.
func TestAlertsAreTested(t *testing.T) {
	fires, silent := make(map[string]int), make(map[string]int)
	tested := regexp.MustCompile(`^count\(ALERTS\{alertname="(\w+)",alertstate="firing"\}\)$`)
	for _, file := range files(t, "tests/*.yml") {
		var parsed struct {
			Tests []struct {
				Series []any         `yaml:"input_series"`
				Expect []expectation `yaml:"promql_expr_test"`
			}
		}
		read(t, file, &parsed)
		for _, one := range parsed.Tests {
			for _, e := range one.Expect {
				name := tested.FindStringSubmatch(e.Expr)
				switch {
				case name == nil || len(one.Series) == 0:
					t.Errorf("%s expects %q of %d series", file, e.Expr, len(one.Series))
				case len(e.Samples) > 0:
					fires[name[1]]++
				default:
					silent[name[1]]++
				}
			}
		}
	}
	for _, a := range alerts(t) {
		if fires[a.Alert] == 0 || silent[a.Alert] == 0 && a.Alert != "Watchdog" {
			t.Errorf("%s has %d tests that fire and %d that stay silent", a.Alert, fires[a.Alert], silent[a.Alert])
		}
		delete(fires, a.Alert)
	}
	if len(fires) > 0 {
		t.Errorf("tests of alerts that are not there: %v", fires)
	}
	for _, args := range [][]string{append([]string{"check", "rules"}, files(t, "rules/*.yml")...), append([]string{"test", "rules"}, files(t, "tests/*.yml")...)} {
		if out, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v (is prometheus installed? make install)\n%s", args[:2], err, out)
		}
	}
}
