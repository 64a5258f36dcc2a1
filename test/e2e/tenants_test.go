package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/tenancy"
)

// A tenant whose API key is in use is deleted, and the worker is killed while
// rows are removed. The key stops working with the suspension; started again,
// the worker ends what was begun.
func TestATenantIsDeletedThoughTheWorkerIsKilled(t *testing.T) {
	t.Parallel()
	s := newSystem(t, "DATA=simulated", "UPLOADS_DIR="+t.TempDir())
	api := s.startAPI(t, harness.Redis(t))
	const days, users = 80, 2_500
	before := s.count(t, fmt.Sprintf(`WITH made AS (
		INSERT INTO user_activity SELECT t.tenant_id, gen_random_uuid(), current_date - d FROM tenants t, generate_series(1, %d) d, generate_series(1, %d) RETURNING 1)
		SELECT count(*) FROM made`, days, users))
	if got := api.get(t, "/api/v1/competitions"); got.status != http.StatusOK {
		t.Fatalf("the key answers %d", got.status)
	}
	runs := temporal.NewRuns(s.client(t))
	run, err := runs.Start(t.Context(), temporal.Order{Workflow: tenancy.DeleteWorkflow, ID: "delete-demo", Input: tenancy.DeleteInput{
		Tenant: "demo", Confirm: "demo", Reason: "the contract ended", Grace: "3s",
	}})
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the suspension", func() bool { return s.count(t, `SELECT count(*) FROM tenants WHERE status = 'suspended'`) == 1 })
	at := time.Now()
	waitFor(t, "the key to stop working", func() bool { return api.get(t, "/api/v1/competitions").status == http.StatusUnauthorized })
	t.Logf("the key stopped working %s after the suspension was seen", time.Since(at).Round(time.Millisecond))
	waitFor(t, "the first rows to be removed", func() bool { return s.count(t, `SELECT count(*) FROM user_activity`) < before })
	s.worker.Kill()
	left := s.count(t, `SELECT count(*) FROM user_activity`)
	t.Logf("killed with %d of %d rows left", left, before)
	if left == 0 {
		t.Error("it was killed too late to show anything")
	}
	s.again(t)
	at = time.Now()
	var gone tenancy.Deleted
	if err := runs.Follow(t.Context(), run, &gone, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("the deletion ended %s after the restart: %d rows", time.Since(at).Round(time.Millisecond), gone.Rows)
	if !gone.Proof.Gone || !gone.Proof.ChainSound || gone.Removed["user_activity"] != before || gone.Removed["api_keys"] != 1 {
		t.Errorf("result %+v", gone)
	}
	if n := s.count(t, `SELECT (SELECT count(*) FROM tenants) + (SELECT count(*) FROM api_keys) + (SELECT count(*) FROM user_activity)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	if info, err := os.Stat(gone.Export.Place); err != nil || info.Size() != gone.Export.Bytes || gone.Export.Rows < before {
		t.Errorf("the archive: %+v, %v", gone.Export, err)
	}
	if got := api.get(t, "/api/v1/competitions"); got.status != http.StatusUnauthorized {
		t.Errorf("the key of a tenant that is gone answers %d", got.status)
	}
}
