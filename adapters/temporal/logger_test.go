package temporal_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/football-prediction/football-prediction/adapters/temporal"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
)

// A line that a workflow logs says which run it comes from.
func TestLogLinesNameTheRun(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var out bytes.Buffer
	log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(zapcore.AddSync(&out)), zap.InfoLevel))
	c, err := temporal.Open(r.config, log)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r.client = c
	workers := r.work(t, &tally{}, forecasting.Queue, func(w worker.Registry) {
		talk := func(ctx workflow.Context) error {
			workflow.GetLogger(ctx).Info("hello", "Attempt Count", 1)
			return nil
		}
		w.RegisterWorkflowWithOptions(talk, workflow.RegisterOptions{Name: forecasting.PublishWorkflow})
	})
	runs := temporal.NewRuns(c)
	run, err := runs.Start(t.Context(), order("talk"))
	if err != nil {
		t.Fatal(err)
	}
	if err := runs.Follow(t.Context(), run, nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := workers.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(out.String(), "\n") {
		if !strings.Contains(line, `"msg":"hello"`) {
			continue
		}
		for _, want := range []string{`"workflow_id":"talk"`, `"workflow_type":"PublishForecasts"`, `"run_id":"` + run.RunID, `"attempt_count":1`} {
			if !strings.Contains(line, want) {
				t.Errorf("%s lacks %s", line, want)
			}
		}
		return
	}
	t.Errorf("nothing was logged:\n%s", out.String())
}
