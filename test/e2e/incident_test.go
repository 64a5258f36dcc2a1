package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/football-prediction/football-prediction/adapters/devserver"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/process"
)

// watched is a system that alerts are told to, through the API and the worker.
type watched struct {
	*system

	api   apiClient
	hooks []string
	mails *harness.PostOffice
}

const onDuty = "duty@example.com"

// newWatched is a system whose contacts are two, by mail.
func newWatched(t *testing.T, s *system) *watched {
	t.Helper()
	w := &watched{system: s, mails: harness.OpenPostOffice(t)}
	file := filepath.Join(t.TempDir(), "contacts.json")
	contacts := `[{"role":"operations","name":"Ada","email":"` + onDuty + `"},{"role":"development","name":"Bob","email":"bob@example.com"}]`
	if err := os.WriteFile(file, []byte(contacts), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := []string{"ALERTMANAGER_TOKEN=" + hookWord, "CONTACTS_FILE=" + file, "SMTP_URL=" + w.mails.URL}
	s.start(t, settings...)
	w.api = s.restartAPI(t, harness.Redis(t), s.newKey(t), settings...)
	w.hooks = []string{w.api.url + "/api/v1/hooks/alertmanager", strings.TrimSuffix(s.metrics, "/metrics") + "/hooks/alertmanager"}
	return w
}

// tell posts an alert of a group as Alertmanager does, and returns the status.
func (w *watched) tell(t *testing.T, hook, group, status string) int {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"version": "4", "groupKey": group, "status": status, "commonLabels": map[string]string{"alertname": group, "severity": "critical"},
		"commonAnnotations": map[string]string{"summary": "it is down"},
		"alerts":            []any{map[string]any{"status": status, "labels": map[string]string{"severity": "critical"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, hook, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+hookWord)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

func (w *watched) told(group string) int {
	n := 0
	for _, m := range w.mails.Mails(onDuty) {
		if strings.Contains(m.Text, "Subject: [P1] "+group) {
			n++
		}
	}
	return n
}

// A hundred copies of one alert, through both hooks at once, are one incident,
// of which one person is told once. He says that he is on it, by footballctl, and
// the end of the alert ends it but for the time in which it must stay quiet.
func TestAHundredCopiesOfAnAlertAreOneIncident(t *testing.T) {
	t.Parallel()
	w := newWatched(t, &system{db: harness.Postgres(t), temporal: harness.Temporal(t)})
	var wait sync.WaitGroup
	for n := range 100 {
		wait.Go(func() {
			if status := w.tell(t, w.hooks[n%2], "SystemDown", "firing"); status != http.StatusNoContent {
				t.Errorf("the hook answers %d", status)
			}
		})
	}
	wait.Wait()
	waitFor(t, "somebody to be told", func() bool { return w.told("SystemDown") > 0 })
	ctl := func(args ...string) string {
		return w.footballctl(t, append([]string{"incident"}, args...)...)
	}
	var open []struct{ ID, Status string }
	if err := json.Unmarshal([]byte(ctl("list", "--json")), &open); err != nil || len(open) != 1 || open[0].Status != "open" {
		t.Fatalf("%+v, %v", open, err)
	}
	id := open[0].ID
	if shown := ctl("ack", id, "--text", "looking"); !strings.Contains(shown, "acknowledged") || !strings.Contains(shown, "looking") {
		t.Errorf("acknowledging shows %s", shown)
	}
	ctl("step", id, "assess", "--text", "all requests fail")
	token := w.operator(t, w.api, "ada")
	path := "/api/v1/incidents/" + id
	var seen struct {
		Status         string
		AcknowledgedBy string `json:"acknowledged_by"`
		Told           int
	}
	if status := w.api.post(t, path, token, nil, &seen); status != http.StatusOK || seen.Status != "acknowledged" || seen.Told != 1 {
		t.Errorf("GET %s = %d %+v", path, status, seen)
	}
	if status := w.tell(t, w.hooks[1], "SystemDown", "resolved"); status != http.StatusNoContent {
		t.Errorf("the hook answers %d", status)
	}
	waitFor(t, "the run to watch that it stays over", func() bool {
		return strings.Contains(w.says(t), "Next: close at ")
	})
	if w.api.post(t, path, token, nil, &seen); seen.Status != "verifying" {
		t.Errorf("the incident is %s", seen.Status)
	}
	if n := w.count(t, "SELECT count(*) FROM incidents"); n != 1 || w.told("SystemDown") != 1 {
		t.Errorf("%d incidents, told %d times", n, w.told("SystemDown"))
	}
	w.replay(t, "RespondToIncident")
}

// Temporal and PostgreSQL go away, one after the other, for longer than
// Alertmanager waits between attempts. What is told meanwhile is taken in, and
// somebody hears of it in the end; only when nobody can keep it, it is refused.
func TestNoAlertIsLost(t *testing.T) {
	t.Parallel()
	loseNoAlert(t, 6*time.Second)
}

func loseNoAlert(t *testing.T, away time.Duration) {
	t.Helper()
	db, database := harness.PrivatePostgres(t)
	server, orchestrator := harness.PrivateTemporal(t)
	w := newWatched(t, &system{db: db, temporal: server})
	without := func(what string, servers []devserver.Unit, want int) {
		for _, s := range servers {
			goAway(t, s)
		}
		began := time.Now()
		for time.Since(began) < away {
			for _, hook := range w.hooks {
				if status := w.tell(t, hook, what, "firing"); status != want {
					t.Errorf("without %s %s answers %d, want %d", what, hook, status, want)
				}
			}
			time.Sleep(min(away/5, 10*time.Second))
		}
		for _, s := range servers {
			comeBack(t, s)
		}
		if want == http.StatusServiceUnavailable {
			waitFor(t, "the hook to take it again", func() bool { return w.tell(t, w.hooks[0], what, "firing") == http.StatusNoContent })
		}
		waitFor(t, "somebody to be told of what happened without "+what, func() bool { return w.told(what) > 0 })
	}
	without("Temporal", []devserver.Unit{orchestrator}, http.StatusNoContent)
	without("PostgreSQL", []devserver.Unit{database}, http.StatusNoContent)
	without("both", []devserver.Unit{orchestrator, database}, http.StatusServiceUnavailable)
	if n := w.count(t, "SELECT count(*) FROM incidents"); n != 3 {
		t.Errorf("%d incidents", n)
	}
	for _, what := range []string{"Temporal", "PostgreSQL", "both"} {
		if n := w.told(what); n != 1 {
			t.Errorf("of what happened without %s, somebody was told %d times", what, n)
		}
	}
	if t.Failed() {
		t.Log(fmt.Sprint(w.mails.Mails(onDuty)))
	}
}

// says is what a run that follows an incident tells an operator.
func (w *watched) says(t *testing.T) string {
	t.Helper()
	c := w.client(t)
	runs, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: "WorkflowType = 'RespondToIncident'"})
	if err != nil || len(runs.GetExecutions()) == 0 {
		return ""
	}
	value, err := c.QueryWorkflow(t.Context(), runs.GetExecutions()[0].GetExecution().GetWorkflowId(), "", process.ProgressQuery)
	if err != nil {
		return err.Error()
	}
	var p process.Progress
	if err := value.Get(&p); err != nil {
		t.Fatal(err)
	}
	return p.Message
}

// footballctl runs footballctl beside the servers.
func (s *system) footballctl(t *testing.T, args ...string) string {
	t.Helper()
	ctl := exec.CommandContext(t.Context(), binary(t, "footballctl"), args...)
	ctl.Env = append(os.Environ(), "DATABASE_URL="+s.db.AppURL, "TEMPORAL_ADDRESS="+s.temporal.Address, "TEMPORAL_NAMESPACE="+s.temporal.Namespace)
	out, err := ctl.CombinedOutput()
	if err != nil {
		t.Fatalf("footballctl %v: %v\n%s", args, err, out)
	}
	return string(out)
}
