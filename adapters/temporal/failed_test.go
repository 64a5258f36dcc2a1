package temporal_test

import (
	"testing"
	"time"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
)

// Runs that failed since a time are counted, by how; those that ended well or
// earlier are not.
func TestFailedRunsAreCounted(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	k := &kitchen{err: domain.Errorf(domain.Conflict, "made.conflict", "the oven is off")}
	r.work(t, &tally{}, forecasting.Queue, k.register)
	runs := temporal.NewRuns(r.client)
	follow := func(id string) {
		t.Helper()
		run, err := runs.Start(t.Context(), order(id))
		if err != nil {
			t.Fatal(err)
		}
		_ = runs.Follow(t.Context(), run, nil, nil) // it fails or not, as told
	}
	follow("first")
	follow("second")
	k.err = nil
	follow("good")
	failed := temporal.NewFailedRuns(r.client, r.config)
	deadline := time.Now().Add(30 * time.Second)
	for {
		found, err := failed.Failed(t.Context(), time.Now().Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 1 && found[0].Count == 2 {
			if found[0].Workflow != forecasting.PublishWorkflow || found[0].Ending != temporal.Failed || found[0].Latest == "" || found[0].Latest == "good" {
				t.Errorf("found %+v", found)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the list, which lags, has %+v", found)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if found, err := failed.Failed(t.Context(), time.Now().Add(time.Hour)); err != nil || len(found) != 0 {
		t.Errorf("since an hour from now %+v, %v", found, err)
	}
}
