package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/football-prediction/football-prediction/adapters/nginx"
	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/ports/access"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/cutover"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
)

// released is a system behind nginx, whose worker can release.
type released struct {
	*colours

	releases string
	runs     *temporal.Runs
	n        int
}

func newReleased(t *testing.T) *released {
	t.Helper()
	dir, _ := leagues(t, 2, 4)
	s := &system{db: harness.Postgres(t), temporal: harness.Temporal(t)}
	edge := harness.Nginx(t, harness.NginxOptions{Deployed: deployed + "nginx", Upstream: "slots/upstream.conf", Workers: 2})
	r := &released{
		colours: &colours{system: s, edge: edge, slots: nginx.Slots{Dir: edge.Slots, Count: 20}}, releases: t.TempDir(),
	}
	settings := t.TempDir()
	for _, colour := range []string{"blue", "green"} {
		if err := os.WriteFile(filepath.Join(settings, colour+".env"), []byte("# where it tells of itself\nMETRICS_PORT=0\nLOG_LEVEL=error\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.start(t, "DATA="+dir, "AS_OF="+asOf, "MIGRATE_DATABASE_URL="+s.db.OwnerURL, "RELEASES_DIR="+r.releases, "RELEASE_DRIVER=processes",
		"RELEASE_STATE_DIR="+filepath.Dir(edge.Slots), "RELEASE_SETTINGS_DIR="+settings, "EDGE_LOG="+edge.Log)
	t.Cleanup(func() { r.endAll(t) })
	r.runs = temporal.NewRuns(s.client(t))
	follow(t, r.runs, begin(t, r.runs, ingestion.IngestWorkflow))
	return r
}

// add puts a release into its folder, with an API of another program when one is
// named.
func (r *released) add(t *testing.T, name, api string) {
	t.Helper()
	bin := filepath.Join(r.releases, name, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"api", "worker", "footballctl"} {
		from := "../../cmd/" + program
		if program == "api" && api != "" {
			from = api
		}
		called := "-X github.com/football-prediction/football-prediction/cmd/internal/buildinfo.version=" + name
		build := exec.CommandContext(t.Context(), "go", "build", "-ldflags", called, "-o", filepath.Join(bin, program), from)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", program, err, out)
		}
	}
}

// cut releases, and returns what came of it.
func (r *released) cut(t *testing.T, in cutover.Input) (cutover.Result, error) {
	t.Helper()
	r.n++
	run, err := r.runs.Start(t.Context(), temporal.Order{Workflow: cutover.CutoverWorkflow, ID: fmt.Sprintf("cutover-%d", r.n), Input: in})
	if err != nil {
		t.Fatal(err)
	}
	var result cutover.Result
	return result, r.runs.Follow(t.Context(), run, &result, nil)
}

// tookBack is how long the last cutover needed from its verdict, the end of whatever
// went wrong, until all requests went to what ran before.
func (r *released) tookBack(t *testing.T) time.Duration {
	t.Helper()
	events := r.client(t).GetWorkflowHistory(t.Context(), fmt.Sprintf("cutover-%d", r.n), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var verdict time.Time
	var back int64
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName() == cutover.BackActivity:
			back = e.GetEventId()
		case back != 0 && e.GetActivityTaskCompletedEventAttributes().GetScheduledEventId() == back:
			return e.GetEventTime().AsTime().Sub(verdict)
		case back == 0 && (e.GetActivityTaskCompletedEventAttributes() != nil || e.GetActivityTaskFailedEventAttributes() != nil):
			verdict = e.GetEventTime().AsTime()
		}
	}
	t.Error("requests were not moved back")
	return 0
}

// errands are runs that users of the system wait for, one after another, whatever
// is released meanwhile.
type errands struct {
	stop  func()
	ended int
	wrong []error
}

func (r *released) errands(t *testing.T) *errands {
	t.Helper()
	var e errands
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			id := fmt.Sprintf("errand-%d", e.ended)
			run, err := r.runs.Start(t.Context(), temporal.Order{Workflow: forecasting.PublishWorkflow, ID: id, Input: forecasting.PublishInput{WithoutChampionDoNothing: true}})
			if err == nil {
				err = r.runs.Follow(t.Context(), run, nil, nil)
			}
			if err != nil {
				e.wrong = append(e.wrong, err)
			}
			e.ended++
		}
	}()
	e.stop = func() { close(stop); <-done }
	return &e
}

// leads is the colour that has all requests, empty when none has.
func (r *released) leads(t *testing.T) string {
	t.Helper()
	shares, err := r.slots.Shares()
	if err != nil {
		t.Fatal(err)
	}
	for _, colour := range []string{"blue", "green"} {
		if shares[r.socket(colour)] == 20 {
			return colour
		}
	}
	return ""
}

// serving are the colours that answer at their sockets.
func (r *released) serving() (all []string) {
	for _, colour := range []string{"blue", "green"} {
		if _, err := os.Stat(r.socket(colour)); err == nil {
			all = append(all, colour)
		}
	}
	return all
}

// endAll ends what was released, which outlives the worker.
func (r *released) endAll(t *testing.T) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(r.edge.Slots), "*.pid"))
	for _, file := range files {
		if pid, err := os.ReadFile(file); err == nil {
			_ = exec.Command("kill", strings.TrimSpace(string(pid))).Run()
		}
	}
}

// moment is one in which a worker is killed: while an activity goes on.
type moment struct {
	name     string
	activity string
	slots    int  // that lead to the release then, where it matters
	ill      bool // the release is one that has to be taken back
}

// moments are those of a cutover, and of one that is taken back.
var moments = []moment{
	{name: "while it migrates", activity: cutover.MigrateActivity},
	{name: "while it starts", activity: cutover.StartActivity},
	{name: "while it moves the first slot", activity: cutover.ShiftActivity, slots: 1},
	{name: "while it has a slot", activity: cutover.WatchActivity, slots: 1},
	{name: "while it has half of them", activity: cutover.WatchActivity, slots: 10},
	{name: "while it has all", activity: cutover.WatchActivity, slots: 20},
	{name: "while the old one is stopped", activity: cutover.FinishActivity},
	{name: "while an ill one is stopped", activity: cutover.GiveUpActivity, ill: true},
}

// killCutover kills the worker in a moment of a cutover; another one brings it to
// its end, in one colour, and no request is lost but those that an ill release harms.
func killCutover(t *testing.T, m moment) {
	t.Helper()
	r := newReleased(t)
	r.add(t, "v1", "")
	release, leads := "v2", "green"
	if m.ill {
		release, leads = "fails-some", "blue"
		r.add(t, release, "./testdata/illapi")
	} else {
		r.add(t, release, "")
	}
	if _, err := r.cut(t, of(quick, "v1")); err != nil {
		t.Fatal(err)
	}
	key := r.newKey(t, access.Predict)
	r.admin(t, `WITH more AS (UPDATE tenants SET limit_api_calls = 1000000000 RETURNING 1) SELECT count(*) FROM more`)
	tr := r.load(t, key)
	in := of(quick, release)
	in.StepSeconds, in.BakeSeconds = 4, 4
	run, err := r.runs.Start(t.Context(), temporal.Order{Workflow: cutover.CutoverWorkflow, ID: "cut-in", Input: in})
	if err != nil {
		t.Fatal(err)
	}
	r.await(t, run, m)
	r.worker.Kill()
	r.again(t)
	if err := r.runs.Follow(t.Context(), run, nil, nil); (err != nil) != m.ill {
		t.Errorf("it ended with %v", err)
	}
	if r.leads(t) != leads || strings.Join(r.serving(), " ") != leads {
		t.Errorf("%s leads, and %v serve", r.leads(t), r.serving())
	}
	tr.stop()
	if tr.failed.Load() > 0 && !m.ill {
		t.Errorf("of %d requests %d failed: %v", tr.done.Load(), tr.failed.Load(), tr.what)
	}
	r.leavesNoLease(t)
}

// await waits for a moment of a run. At all times every slot leads somewhere.
func (r *released) await(t *testing.T, run temporal.Run, m moment) {
	t.Helper()
	c := r.client(t)
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		shares, err := r.slots.Shares()
		if err != nil {
			t.Fatal(err)
		}
		if total := shares[r.socket("blue")] + shares[r.socket("green")]; total != 20 {
			t.Errorf("%d slots lead somewhere", total)
		}
		d, err := c.DescribeWorkflowExecution(t.Context(), run.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range d.GetPendingActivities() {
			if a.GetActivityType().GetName() == m.activity && a.GetState() == enums.PENDING_ACTIVITY_STATE_STARTED && (m.slots == 0 || shares[r.socket("green")] == m.slots) {
				return
			}
		}
	}
	t.Fatalf("it never came to the moment: %s", m.name)
}

// The short form: in the middle of the ramp. All moments are in the long proofs.
func TestACutoverSurvivesAKilledWorker(t *testing.T) {
	t.Parallel()
	for _, m := range moments {
		if m.slots == 10 {
			killCutover(t, m)
		}
	}
}

var quick = cutover.Input{Ramp: []int{1, 10}, StepSeconds: 2, BakeSeconds: 3}

func of(in cutover.Input, release string) cutover.Input {
	in.Release = release
	return in
}

// A release takes over from another while clients go on, and none of their
// requests is lost. Those that are ill are taken back by themselves, and harm no
// more than the share that they had.
func TestReleasesTakeOverAndIllOnesAreTakenBack(t *testing.T) {
	t.Parallel()
	r := newReleased(t)
	for _, name := range []string{"v1", "v2"} {
		r.add(t, name, "")
	}
	if _, err := r.cut(t, of(quick, "v1")); err != nil {
		t.Fatal(err)
	}
	if got := r.leads(t); got != "blue" {
		t.Fatalf("the first release leads as %q", got)
	}
	key := r.newKey(t, access.Predict)
	r.admin(t, `WITH more AS (UPDATE tenants SET limit_api_calls = 1000000000 RETURNING 1) SELECT count(*) FROM more`)
	tr, runs := r.load(t, key), r.errands(t)
	result, err := r.cut(t, of(quick, "v2"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("v2 took over as %s; clients saw %s", result.Colour, result.Canary)
	if r.leads(t) != "green" || strings.Join(r.serving(), " ") != "green" {
		t.Errorf("%s leads, and %v serve", r.leads(t), r.serving())
	}
	tr.stop()
	if tr.failed.Load() > 0 {
		t.Errorf("of %d requests %d failed: %v", tr.done.Load(), tr.failed.Load(), tr.what)
	}

	r.add(t, "bad-schema", "")
	script := "#!/bin/sh\necho 'canceling statement due to lock timeout' >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(r.releases, "bad-schema", "bin", "footballctl"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := r.cut(t, of(quick, "bad-schema")); err == nil || !strings.Contains(err.Error(), "the migrations of bad-schema fail: canceling statement") || r.leads(t) != "green" {
		t.Errorf("a release whose migration fails: %v; %s leads", err, r.leads(t))
	}
	for illness, says := range map[string]string{
		"never-ready": "was not ready within", "fails-some": "requests failed, and 99 % must succeed", "slow": "the 99th percentile is", "dies": "is not ready any more",
	} {
		r.add(t, illness, "./testdata/illapi")
		tr := &traffic{stop: func() {}}
		if illness != "never-ready" { // of which users see nothing
			tr = r.load(t, key)
		}
		result, err := r.cut(t, of(quick, illness))
		tr.stop()
		if err == nil {
			t.Fatalf("%s is live; clients saw %s", illness, result.Canary)
		}
		if err == nil || !strings.Contains(err.Error(), says) && illness != "dies" {
			t.Errorf("%s: %v", illness, err)
		}
		if r.leads(t) != "green" || strings.Join(r.serving(), " ") != "green" {
			t.Errorf("after %s, %s leads and %v serve", illness, r.leads(t), r.serving())
		}
		t.Logf("%s: requests were back %s after the verdict", illness, r.tookBack(t).Round(time.Millisecond))
		share := float64(tr.failed.Load()) / float64(max(tr.done.Load()+tr.failed.Load(), 1))
		t.Logf("%s: %.2f %% of %d requests were harmed: %v", illness, 100*share, tr.done.Load()+tr.failed.Load(), tr.what)
		if share > 0.05 {
			t.Errorf("%s harmed %.1f %% of the requests, more than a slot's", illness, 100*share)
		}
	}
	if _, err := r.cut(t, of(quick, "nowhere")); err == nil || !strings.Contains(err.Error(), "release nowhere is not here") {
		t.Errorf("a release that there is not: %v", err)
	}

	// One step back, at once.
	back := cutover.Input{Release: "previous", AtOnce: true, BakeSeconds: 1}
	if result, err := r.cut(t, back); err != nil || result.Release != "v1" || r.leads(t) != "blue" {
		t.Errorf("going back: %+v, %v; %s leads", result, err, r.leads(t))
	}
	runs.stop()
	t.Logf("%d runs ended meanwhile", runs.ended)
	if len(runs.wrong) > 0 || runs.ended < 10 {
		t.Errorf("of %d runs %d failed: %v", runs.ended, len(runs.wrong), runs.wrong)
	}
	if stuck, err := r.client(t).CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: "ExecutionStatus = 'Running' AND TemporalWorkerDeployment = '" + temporal.Deployment + "'"}); err != nil || stuck.GetCount() != 0 {
		t.Errorf("%d runs are stuck, %v", stuck.GetCount(), err)
	}
	if n := r.count(t, `SELECT count(*) FROM releases WHERE status = 'live'`); n != 3 || r.count(t, `SELECT count(*) FROM releases WHERE status = 'running'`) != 0 {
		t.Errorf("%d releases are recorded as live", n)
	}
	answer := patientClient()
	if response, err := answer.Get(r.edge.URL + "/health/ready"); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("at the end: %v", err)
	} else {
		_ = response.Body.Close()
	}
	r.leavesNoLease(t)
	r.replay(t, cutover.CutoverWorkflow)
}
