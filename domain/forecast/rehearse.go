package forecast

import (
	"context"
	"math"

	"github.com/football-prediction/football-prediction/domain/football"
)

// trial is a forecast that a model gave in a walk through its own past, before
// recalibration, and what happened.
type trial struct {
	middle, gap float64 // see [cuts]
	happened    football.Outcome
	// surprise is minus the log-likelihood of the score in nats, without
	// the terms that depend on no forecast.
	surprise float64
}

// rehearse walks a forecaster through history, which is chronological, and
// returns a trial for each match from number first on. It stops when ctx ends.
func rehearse(ctx context.Context, f Forecaster, history []Result, first int) []trial {
	if first >= len(history) {
		return nil
	}
	trials := make([]trial, 0, len(history)-first)
	// The only error is that of ctx, which the caller looks at.
	_ = walk(ctx, f, history, history[first].Date, history[len(history)-1].Date, func(r Result, f Forecast) error {
		middle, gap := cuts(f.parameters.Home, f.parameters.Away)
		trials = append(trials, trial{middle: middle, gap: gap, happened: r.Outcome(), surprise: f.parameters.surprise(r)})
		return nil
	})
	return trials
}

// surprise is how unlikely the goal model held the score of r.
func (p Parameters) surprise(r Result) float64 {
	home, away := r.goals()
	loss := p.LambdaHome + p.LambdaAway - home*math.Log(p.LambdaHome) - away*math.Log(p.LambdaAway)
	if home < 2 && away < 2 {
		loss -= math.Log(max(tau(int(home), int(away), p.LambdaHome, p.LambdaAway, p.Rho), leastLogged))
	}
	return loss
}
