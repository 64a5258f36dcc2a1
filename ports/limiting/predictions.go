package limiting

import (
	"context"

	"github.com/football-prediction/football-prediction/domain/tenancy"
	"github.com/football-prediction/football-prediction/ports/access"
)

// Predictions is the daily quota of predictions, with the limit that the
// caller's credential carries.
type Predictions struct{ daily *Daily }

// NewPredictions returns the quota that d hands out.
func NewPredictions(d *Daily) *Predictions { return &Predictions{daily: d} }

// Take takes n predictions of today, or as many as there are, and returns how
// many. It must not be called inside a unit of work.
func (p *Predictions) Take(ctx context.Context, tenantID string, n int) (int, error) {
	caller, err := access.From(ctx)
	if err != nil {
		return 0, err
	}
	limit := caller.Limits.Predictions
	if limit <= 0 {
		smallest, _ := tenancy.LimitsOf(tenancy.Basic, tenancy.Limits{}) // as for calls
		limit = smallest.Predictions
	}
	granted, _, err := p.daily.Take(ctx, tenantID, limit, n)
	return granted, err
}

// Return gives back n predictions that were taken and not made.
func (p *Predictions) Return(_ context.Context, tenantID string, n int) error {
	p.daily.Return(tenantID, n)
	return nil
}
