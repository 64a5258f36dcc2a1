package publishing

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
)

// Unsettled is the last forecast published before a match that is over and
// was not settled yet, or was settled on a result since corrected.
type Unsettled struct {
	ForecastID  string
	Match       football.MatchID
	Competition football.CompetitionCode
	Model       string
	Forecast    forecast.Forecast
	Pick        football.Outcome
	HasPick     bool
	Result      football.Score
}

// Settlement is how a forecast did.
type Settlement struct {
	Unsettled
	At      time.Time
	RPS     float64 // ranked probability score, 0 best
	LogLoss float64 // nats
	// PickRight is meaningful only when the forecast had a pick.
	PickRight bool
}

// Settlements keeps how forecasts did.
type Settlements interface {
	// Unsettled returns up to limit forecasts that wait for settlement.
	Unsettled(ctx context.Context, limit int) ([]Unsettled, error)
	// Settle keeps settlements, in place of earlier ones of the same matches.
	Settle(ctx context.Context, all []Settlement) error
	// Accuracy sums up what is settled, by competition and model.
	Accuracy(ctx context.Context) ([]Accuracy, error)
}

// Accuracy is how the published forecasts of one model did in one competition.
type Accuracy struct {
	Competition football.CompetitionCode
	Model       string
	Matches     int
	RPS         float64 // mean
	LogLoss     float64 // mean, nats
	Picks       int
	PicksRight  int
	Newest      time.Time // when the last of them was settled
}

// Share is the share of picks that were right; false when there were none.
func (a Accuracy) Share() (float64, bool) {
	if a.Picks == 0 {
		return 0, false
	}
	return float64(a.PicksRight) / float64(a.Picks), true
}

// Settler settles forecasts once their matches are over.
type Settler struct {
	settlements Settlements
	calendar    football.Calendar
}

// NewSettler returns a Settler.
func NewSettler(settlements Settlements, calendar football.Calendar) *Settler {
	return &Settler{settlements: settlements, calendar: calendar}
}

// Settle settles everything that waits, and returns how much that was.
// Repeating it is safe; progress may be nil.
func (s *Settler) Settle(ctx context.Context, progress func(done int)) (int, error) {
	settled := 0
	for {
		waiting, err := s.settlements.Unsettled(ctx, chunk)
		if err != nil {
			return settled, fmt.Errorf("list unsettled forecasts: %w", err)
		}
		if len(waiting) == 0 {
			return settled, nil
		}
		if err := s.settlements.Settle(ctx, s.score(waiting)); err != nil {
			return settled, fmt.Errorf("settle forecasts: %w", err)
		}
		settled += len(waiting)
		if progress != nil {
			progress(settled)
		}
	}
}

func (s *Settler) score(waiting []Unsettled) []Settlement {
	all := make([]Settlement, len(waiting))
	for i, u := range waiting {
		outcome := u.Result.Outcome()
		home, draw, away := u.Forecast.Outcome()
		all[i] = Settlement{
			Unsettled: u, At: s.calendar(),
			RPS:       forecast.RPS(home, draw, away, outcome),
			LogLoss:   forecast.LogLoss(home, draw, away, outcome),
			PickRight: u.HasPick && u.Pick == outcome,
		}
	}
	return all
}
