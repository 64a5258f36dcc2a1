package temporal_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
)

// A run of ours replays; a run that another definition of the same name left
// is found.
func TestVerifyFindsHistoriesThatDoNotReplay(t *testing.T) {
	t.Parallel()
	r, k := newRoom(t), &kitchen{}
	r.work(t, &tally{}, forecasting.Queue, k.register)
	runs := temporal.NewRuns(r.client)
	run, err := runs.Start(t.Context(), order("ours"))
	if err != nil {
		t.Fatal(err)
	}
	if err := runs.Follow(t.Context(), run, nil, nil); err != nil {
		t.Fatal(err)
	}
	r.work(t, &tally{}, "elsewhere", func(w worker.Registry) {
		other := func(ctx workflow.Context, _ forecasting.PublishInput) error { return workflow.Sleep(ctx, time.Hour) }
		w.RegisterWorkflowWithOptions(other, workflow.RegisterOptions{Name: forecasting.PublishWorkflow})
	})
	_, err = r.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "theirs", TaskQueue: "elsewhere"},
		forecasting.PublishWorkflow, forecasting.PublishInput{})
	if err != nil {
		t.Fatal(err)
	}
	published := verified(t, r, func(v temporal.Verification) bool { return v.Replayed == 2 && len(v.Failures) == 1 })
	if len(published.Failures) != 1 || published.Failures[0].ID != "theirs" || published.Failures[0].Reason == "" {
		t.Errorf("verification %+v", published)
	}
}

// verified is the verification of the publications, once the list of runs,
// which lags, is as wanted.
func verified(t *testing.T, r room, ready func(temporal.Verification) bool) temporal.Verification {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		all, err := temporal.NewHistories(r.client, r.config).Verify(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all {
			if v.Workflow == forecasting.PublishWorkflow && (ready(v) || time.Now().After(deadline)) {
				return v
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
}
