package predicting

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/prediction"
)

// Over is a match that is over, with or without a result, while predictions of
// it wait, or were settled with another result.
type Over struct {
	Match  football.MatchID
	Result *football.Score // nil when there will be none
}

// Settlements reaches the predictions of all tenants.
type Settlements interface {
	// Over returns up to limit matches with predictions to settle.
	Over(ctx context.Context, limit int) ([]Over, error)
	// Settle passes up to limit predictions of a match, that wait or were
	// settled with another result, through settle and keeps what comes of it,
	// with the standings it adds up to. It returns how many: fewer than limit
	// when none is left.
	Settle(ctx context.Context, o Over, limit int, settle func(prediction.Prediction) prediction.Prediction) (int, error)
}

// Settler settles predictions once their matches are over.
type Settler struct {
	settlements Settlements
	now         domain.Clock
}

// NewSettler returns a Settler.
func NewSettler(s Settlements, now domain.Clock) *Settler { return &Settler{settlements: s, now: now} }

// How much is done at once.
const (
	matchesAtOnce     = 100
	predictionsAtOnce = 1_000
)

// Settle settles everything that waits, and everything whose result was
// corrected, and returns how much that was. Repeating it is safe; progress may
// be nil.
func (s *Settler) Settle(ctx context.Context, progress func(done int)) (settled int, err error) {
	for {
		matches, err := s.settlements.Over(ctx, matchesAtOnce)
		if err != nil {
			return settled, fmt.Errorf("find matches that are over: %w", err)
		}
		for _, m := range matches {
			for {
				n, err := s.settlements.Settle(ctx, m, predictionsAtOnce, m.settle(s.now()))
				if err != nil {
					return settled, fmt.Errorf("settle predictions of match %s: %w", m.Match, err)
				}
				settled += n
				if progress != nil {
					progress(settled)
				}
				if n < predictionsAtOnce {
					break
				}
			}
		}
		if len(matches) < matchesAtOnce {
			return settled, nil
		}
	}
}

func (o Over) settle(at time.Time) func(prediction.Prediction) prediction.Prediction {
	return func(p prediction.Prediction) prediction.Prediction {
		if o.Result == nil {
			p.Status, p.SettledAt = prediction.Expired, at
			p.Result, p.Points, p.Brier = nil, 0, 0
			return p
		}
		return p.Settle(*o.Result, at)
	}
}
