package fault_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestAKilledWorkerLosesNothing kills the worker amid an ingestion and again
// amid a training. Started anew, it ends both: every match once, one model of
// each kind, and nobody lifted a finger.
func TestAKilledWorkerLosesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, madeData(t))

	s.startWorker(t)
	ingestion := s.begin(t, "ingestion", "Ingest")
	eventually(t, "some editions are loaded", func() (bool, string) {
		n := s.count(t, `SELECT count(*) FROM ingested_editions`)
		return n > 2, fmt.Sprint(n)
	})
	s.killWorker(t)
	loaded := s.count(t, `SELECT count(*) FROM ingested_editions`)
	if loaded >= everyEdition {
		t.Fatalf("all %d editions were loaded before the kill: the test shows nothing", loaded)
	}
	t.Logf("killed with %d of %d editions loaded", loaded, everyEdition)
	began := time.Now()
	s.startWorker(t)
	s.finish(t, ingestion)
	t.Logf("ingestion ended %v after the worker was back", time.Since(began).Round(time.Millisecond))
	if n := s.count(t, `SELECT count(*) FROM matches`); n != everyMatch {
		t.Errorf("%d matches, want %d", n, everyMatch)
	}
	if n := s.count(t, `SELECT count(*) FROM (SELECT 1 FROM matches GROUP BY competition_code, season, home_team_id, away_team_id HAVING count(*) > 1) twice`); n != 0 {
		t.Errorf("%d matches are there twice", n)
	}

	training := s.begin(t, "modelling", "RetrainModel")
	eventually(t, "the training is under way", func() (bool, string) {
		run, err := s.client.DescribeWorkflowExecution(t.Context(), training.GetID(), "")
		if err != nil {
			return false, err.Error()
		}
		for _, a := range run.GetPendingActivities() {
			if strings.Contains(a.GetActivityType().GetName(), "Train") && a.GetHeartbeatDetails() != nil {
				return true, ""
			}
		}
		return false, fmt.Sprint(run.GetPendingActivities())
	})
	s.killWorker(t)
	if n := s.count(t, `SELECT count(*) FROM champion`); n != 0 {
		t.Fatal("a champion was crowned before the kill: the test shows nothing")
	}
	began = time.Now()
	s.startWorker(t)
	s.finish(t, training)
	t.Logf("training ended %v after the worker was back", time.Since(began).Round(time.Millisecond))
	if n := s.count(t, `SELECT count(*) FROM (SELECT name FROM models GROUP BY name HAVING count(*) > 1) twice`); n != 0 {
		t.Errorf("%d kinds of model are there twice", n)
	}
	if n := s.count(t, `SELECT count(*) FROM models WHERE evaluation IS NULL`); n != 0 {
		t.Errorf("%d models were never evaluated", n)
	}
	if n := s.count(t, `SELECT count(*) FROM champion`); n != 1 {
		t.Errorf("%d champions", n)
	}
}
