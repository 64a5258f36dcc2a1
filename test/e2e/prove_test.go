//go:build prove

package e2e_test

import (
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/workflows/ingestion"
	"github.com/football-prediction/football-prediction/workflows/retraining"
)

// TestProveAWorkerThatKeepsDyingGetsThere kills the worker a few seconds after
// each start until the work is done all the same: whatever step it dies at,
// nothing is lost and nothing is there twice.
func TestProveAWorkerThatKeepsDyingGetsThere(t *testing.T) {
	dir, matches := leagues(t, 6, 12)
	s := newSystem(t, "DATA="+dir, "AS_OF="+asOf)
	runs := temporal.NewRuns(s.client(t))
	for _, workflow := range []string{ingestion.IngestWorkflow, retraining.RetrainWorkflow} {
		began := time.Now()
		done := make(chan error, 1)
		run := begin(t, runs, workflow)
		go func() { done <- runs.Follow(t.Context(), run, nil, nil) }()
		kills := s.killUntil(t, done)
		t.Logf("%s ended after %d kills in %s", workflow, kills, time.Since(began).Round(time.Second))
		if kills == 0 {
			t.Error("it ended before the first kill: the test shows nothing")
		}
	}
	if n := s.count(t, "SELECT count(*) FROM matches"); n != matches {
		t.Errorf("%d of %d matches", n, matches)
	}
	if n := s.count(t, "SELECT count(*) FROM models"); n != 2 {
		t.Errorf("%d models of two kinds", n)
	}
}

// killUntil kills the worker at growing intervals, so that in the end even the
// longest step fits between two kills.
func (s *system) killUntil(t *testing.T, done <-chan error) (kills int) {
	t.Helper()
	for life := 700 * time.Millisecond; ; life = life * 5 / 4 {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			return kills
		case <-time.After(life):
			s.worker.Kill()
			kills++
			s.again(t)
		}
	}
}
