package temporal

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/football-prediction/football-prediction/ports/modelling"
	"github.com/football-prediction/football-prediction/workflows/forecasting"
)

var _ modelling.Republisher = (*Republisher)(nil)

// Republisher has a new champion's forecasts published.
type Republisher struct {
	runs *Runs
	log  *zap.Logger
}

// NewRepublisher returns a Republisher.
func NewRepublisher(runs *Runs, log *zap.Logger) *Republisher {
	return &Republisher{runs: runs, log: log}
}

// patience is how long a promotion waits for Temporal.
const patience = 3 * time.Second

// PublishSoon implements [modelling.Republisher]. The run's id holds the
// champion: an earlier one's publication, which goes on, is another.
func (r *Republisher) PublishSoon(ctx context.Context, champion string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := r.runs.Start(ctx, Order{
		Workflow: forecasting.PublishWorkflow, ID: "publish-" + champion,
		Input: forecasting.PublishInput{}, Summary: "Forecast with the new champion " + champion,
	})
	if err != nil {
		r.log.Warn("the new champion's forecasts have to wait for the next publication",
			zap.String("champion", champion), zap.Error(err))
	}
}
