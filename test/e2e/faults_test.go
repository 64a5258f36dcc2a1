package e2e_test

import (
	"context"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/test/harness"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

// The worker is killed in the middle of an ingestion and again in the middle
// of training. Started again it goes on by itself: every match is there once,
// and one model of each kind.
func TestAKilledWorkerGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	dir, matches := leagues(t, 4, 10)
	s := newSystem(t, "DATA="+dir, "AS_OF="+asOf)
	runs := temporal.NewRuns(s.client(t))

	ingest := begin(t, runs, ingestion.IngestWorkflow)
	waitFor(t, "the first matches", func() bool { return s.count(t, "SELECT count(*) FROM matches") > 0 })
	s.worker.Kill()
	there := s.count(t, "SELECT count(*) FROM matches")
	t.Logf("killed with %d of %d matches taken in", there, matches)
	if there >= matches {
		t.Error("it was killed too late to show anything")
	}
	s.again(t)
	at := time.Now()
	var taken ingestion.Result
	if err := runs.Follow(t.Context(), ingest, &taken, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("the ingestion ended %s after the restart", time.Since(at).Round(time.Millisecond))
	if n := s.count(t, "SELECT count(*) FROM matches"); n != matches || taken.Failed > 0 {
		t.Errorf("%d matches of %d; result %+v", n, matches, taken)
	}

	retrain := begin(t, runs, retraining.RetrainWorkflow)
	waitFor(t, "training", func() bool { return s.training(t, retrain.ID) })
	s.worker.Kill()
	t.Logf("killed with %d models registered", s.count(t, "SELECT count(*) FROM models"))
	s.again(t)
	at = time.Now()
	var trained retraining.Result
	if err := runs.Follow(t.Context(), retrain, &trained, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("the training ended %s after the restart", time.Since(at).Round(time.Millisecond))
	if n := s.count(t, "SELECT count(*) FROM models"); n != len(trained.Models) || n != 2 || trained.Promoted == "" {
		t.Errorf("%d models in the registry; result %+v", n, trained)
	}
}

// PostgreSQL is killed under a running ingestion and comes back.
func TestAnIngestionOutlivesPostgreSQL(t *testing.T) {
	t.Parallel()
	dir, matches := leagues(t, 4, 10)
	db, server := harness.PrivatePostgres(t)
	s := &system{db: db, temporal: harness.Temporal(t)}
	s.start(t, "DATA="+dir, "AS_OF="+asOf)
	runs := temporal.NewRuns(s.client(t))
	run := begin(t, runs, ingestion.IngestWorkflow)
	waitFor(t, "the first matches", func() bool { return s.count(t, "SELECT count(*) FROM matches") > 0 })
	there := s.count(t, "SELECT count(*) FROM matches")
	server.Kill()
	time.Sleep(3 * time.Second)
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	var taken ingestion.Result
	if err := runs.Follow(t.Context(), run, &taken, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("PostgreSQL was killed with %d of %d matches; the ingestion ended %s after it came back",
		there, matches, time.Since(at).Round(time.Millisecond))
	if n := s.count(t, "SELECT count(*) FROM matches"); n != matches || taken.Failed > 0 {
		t.Errorf("%d matches of %d; result %+v", n, matches, taken)
	}
}

func begin(t *testing.T, runs *temporal.Runs, workflow string) temporal.Run {
	t.Helper()
	run, err := runs.Start(t.Context(), temporal.Order{Workflow: workflow, ID: workflow})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func waitFor(t *testing.T, what string, ready func() bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !ready() {
		if time.Now().After(deadline) {
			t.Fatalf("waited two minutes for %s", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (s *system) client(t *testing.T) client.Client {
	t.Helper()
	c, err := temporal.Open(temporal.Config{Address: s.temporal.Address, Namespace: s.temporal.Namespace}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// training reports whether a worker is training a model of the run.
func (s *system) training(t *testing.T, id string) bool {
	t.Helper()
	described, err := s.client(t).DescribeWorkflowExecution(t.Context(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, pending := range described.GetPendingActivities() {
		if pending.GetActivityType().GetName() == retraining.TrainActivity &&
			pending.GetState() == enums.PENDING_ACTIVITY_STATE_STARTED {
			return true
		}
	}
	return false
}

// again starts the worker after it was killed.
func (s *system) again(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.worker.Start(ctx); err != nil {
		t.Fatal(err)
	}
}
