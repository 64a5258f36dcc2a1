package postgres_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/football-prediction/football-prediction/adapters/postgres"
	"github.com/football-prediction/football-prediction/domain/operation"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/operating"
	"github.com/football-prediction/football-prediction/test/harness"
)

func request(workflowID string, at time.Time) operating.Operation {
	return operating.Operation{
		ID: postgres.NewID(), Kind: "restores", Workflow: "RestoreDatabase", WorkflowID: workflowID, Input: []byte(`{"backup": "b"}`), Reason: "it is gone",
		RequestedBy: "user:ada", Person: "user:ada", RequestedAt: at, SeenAt: at, Seen: operating.Sight{Status: operating.Requested},
	}
}

func TestOneOfManyRequestsIsKept(t *testing.T) {
	t.Parallel()
	s := postgres.NewOperations(open(t))
	var (
		wait   sync.WaitGroup
		mu     sync.Mutex
		opened int
		ids    = map[string]bool{}
	)
	for range 20 {
		wait.Go(func() {
			kept, fresh, err := s.Open(t.Context(), request("restore", now))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if ids[kept.ID] = true; fresh {
				opened++
			}
		})
	}
	if wait.Wait(); opened != 1 || len(ids) != 1 {
		t.Errorf("%d opened, %d are kept", opened, len(ids))
	}
}

// What has ended stays ended as it did, and makes room.
func TestAnOperationEndsOnce(t *testing.T) {
	t.Parallel()
	s := postgres.NewOperations(open(t))
	first, _, err := s.Open(t.Context(), request("restore", now))
	must(t, err)
	ended := operating.Sight{
		RunID: "r1", LatestRun: "r2", Status: operating.Failed, StartedAt: now, EndedAt: now.Add(time.Minute), Outcome: "no such backup", Result: []byte(`{"a": 1}`),
	}
	must(t, s.See(t.Context(), first.ID, ended, now.Add(time.Minute)))
	must(t, s.See(t.Context(), first.ID, operating.Sight{Status: operating.Running}, now.Add(time.Hour)))
	got, err := s.Get(t.Context(), first.ID)
	must(t, err)
	want := first
	want.RunID, want.Seen, want.SeenAt = "r1", ended, now.Add(time.Minute)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	second, fresh, err := s.Open(t.Context(), request("restore", now.Add(time.Hour)))
	if err != nil || !fresh {
		t.Errorf("after its end: %v, %v", fresh, err)
	}
	all, err := s.List(t.Context(), operating.Filter{Kind: "restores"}, catalogue.Page{Limit: 1})
	if err != nil || len(all) != 1 || all[0].ID != second.ID {
		t.Errorf("the newest is %+v, %v", all, err)
	}
	all, err = s.List(t.Context(), operating.Filter{Status: operating.Failed}, catalogue.Page{Limit: 5, After: &catalogue.Position{Time: second.RequestedAt, ID: second.ID}})
	if err != nil || len(all) != 1 || all[0].ID != first.ID {
		t.Errorf("after it comes %+v, %v", all, err)
	}
	known, err := s.Known(t.Context(), []string{"r2", "r3"})
	if err != nil || !known["r2"] || known["r3"] {
		t.Errorf("known are %v, %v", known, err)
	}
	if _, err := s.Get(t.Context(), "no uuid"); !errors.Is(err, operating.ErrUnknown) {
		t.Errorf("no operation: %v", err)
	}
}

func TestAnApprovalIsUsedOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	s, a := postgres.NewOperations(db), postgres.NewApprovals(db)
	o, _, err := s.Open(t.Context(), request("restore", now))
	must(t, err)
	approval := func(actor, step string) operation.Approval {
		return operation.Approval{Signature: []byte(actor + step), Statement: operation.Statement{Operation: o.ID, Step: step, Actor: actor, Nonce: postgres.NewID(), At: now}}
	}
	first := approval("user:bob", "swap")
	for i, want := range []bool{true, false} {
		if fresh, err := a.Use(t.Context(), first); err != nil || fresh != want {
			t.Errorf("use %d: %v, %v", i+1, fresh, err)
		}
	}
	if _, err := a.Use(t.Context(), approval("user:bob", "swap")); !errors.Is(err, operation.ErrTwice) {
		t.Errorf("the same person again: %v", err)
	}
	stolen := approval("user:cyd", "swap")
	stolen.Nonce = first.Nonce
	if _, err := a.Use(t.Context(), stolen); !errors.Is(err, operation.ErrUsed) {
		t.Errorf("a nonce that was used: %v", err)
	}
	for _, more := range []operation.Approval{approval("user:cyd", "swap"), approval("user:bob", "stop")} {
		if _, err := a.Use(t.Context(), more); err != nil {
			t.Error(err)
		}
	}
	who, err := a.Approvers(t.Context(), o.ID, "swap")
	if err != nil || len(who) != 2 {
		t.Errorf("approved by %v, %v", who, err)
	}
}

// Nobody, not even the services, changes afterwards what was asked, by whom,
// and who approved.
func TestWhatWasAskedIsNotChanged(t *testing.T) {
	t.Parallel()
	app := connect(t, harness.Postgres(t).AppURL)
	_, _, err := postgres.NewOperations(app).Open(t.Context(), request("restore", now))
	must(t, err)
	for _, statement := range []string{
		`UPDATE operations SET requested_by = 'user:eve'`, `UPDATE operations SET person = ''`, `UPDATE operations SET input = '{}'`,
		`DELETE FROM operations`, `DELETE FROM operation_approvals`, `UPDATE operation_approvals SET actor = 'user:eve'`, `TRUNCATE operation_approvals`,
	} {
		if _, err := app.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("a service may %s", statement)
		}
	}
}
