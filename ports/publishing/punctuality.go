package publishing

import (
	"context"

	"github.com/football-prediction/football-prediction/domain/football"
)

// Punctuality is how many matches of a competition had a forecast before they
// kicked off, of those that were known by then, in the last seven days.
type Punctuality struct {
	Competition football.CompetitionCode
	Due, InTime int
}

// Timekeeper tells whether forecasts were published in time.
type Timekeeper interface {
	Punctuality(ctx context.Context) ([]Punctuality, error)
}
