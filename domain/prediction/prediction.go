// Package prediction holds what users predict of matches and how it is scored.
// It knows no storage and no clock.
package prediction

import (
	"math"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
)

// Prediction is what one user expects of one match.
type Prediction struct {
	TenantID  string
	ID        string // UUIDv7
	UserID    string
	Match     football.MatchID
	Pick      Pick
	Status    Status
	Result    *football.Score // that it was settled with
	Points    int             // meaningful once settled
	Brier     float64         // meaningful once settled; see [Pick.Brier]
	CreatedAt time.Time
	UpdatedAt time.Time
	SettledAt time.Time
	Version   int // raised by each change, for optimistic locking
}

// Pick is an outcome, or a score that implies it, and how sure one is.
type Pick struct {
	Outcome    football.Outcome
	Score      *football.Score // nil when only the outcome is predicted
	Confidence float64         // in [0, 1], that the outcome is right
}

// Status is where a prediction stands.
type Status string

// The statuses.
const (
	Pending   Status = "pending"   // its match is not over
	Settled   Status = "settled"   // its match is over and it was scored
	Cancelled Status = "cancelled" // its user took it back
	Expired   Status = "expired"   // its match will have no result
)

// Errors about predictions.
var (
	ErrUnknown  = &domain.Error{Kind: domain.NotFound, Code: "prediction.unknown", Detail: "there is no such prediction"}
	ErrExists   = &domain.Error{Kind: domain.Conflict, Code: "prediction.exists", Detail: "the user has predicted this match already; change that prediction"}
	ErrTooLate  = &domain.Error{Kind: domain.Conflict, Code: "prediction.too_late", Detail: "the match has kicked off, or is not to be played as planned"}
	ErrNotLive  = &domain.Error{Kind: domain.Conflict, Code: "prediction.not_pending", Detail: "the prediction is no longer pending"}
	ErrNoUser   = &domain.Error{Kind: domain.Invalid, Code: "prediction.user", Detail: "the tenant has no such user", Field: "user_id"}
	errBadShape = &domain.Error{Kind: domain.Invalid, Code: "prediction.pick", Detail: "give outcome, or home_goals and away_goals", Field: "outcome"}
)

// NewPick returns a Pick from what a user says: an outcome, which may be empty
// when both goals are given, and a confidence.
func NewPick(outcome string, home, away *int, confidence float64) (p Pick, err error) {
	if math.IsNaN(confidence) || confidence < 0 || confidence > 1 {
		return p, domain.Errorf(domain.Invalid, "prediction.confidence", "confidence %v lies outside 0 to 1", confidence).In("confidence")
	}
	p.Confidence = confidence
	if (home == nil) != (away == nil) || outcome == "" && home == nil {
		return p, errBadShape
	}
	if home != nil {
		score, err := football.NewScore(*home, *away)
		if err != nil {
			return p, domain.Errorf(domain.Invalid, football.ErrScore.Code, "goals lie between 0 and %d", football.MaxGoals).In("home_goals")
		}
		p.Score, p.Outcome = &score, score.Outcome()
	}
	if outcome == "" {
		return p, nil
	}
	said, err := football.ParseOutcome(outcome)
	if err != nil {
		return p, domain.Errorf(domain.Invalid, "prediction.outcome", "%q is no outcome; say home, draw or away", outcome).In("outcome")
	}
	if p.Score != nil && said != p.Outcome {
		return p, domain.Errorf(domain.Invalid, "prediction.outcome", "the score %s is no %s", p.Score, outcome).In("outcome")
	}
	p.Outcome = said
	return p, nil
}

// The points of a settled prediction.
const (
	PointsExact      = 10
	PointsDifference = 5 // the score's goal difference is right; for a draw, another draw
	PointsOutcome    = 3
)

// Points is what a pick earns once the result is known.
func (p Pick) Points(result football.Score) int {
	switch {
	case p.Outcome != result.Outcome():
		return 0
	case p.Score == nil:
		return PointsOutcome
	case *p.Score == result:
		return PointsExact
	case p.Score.Home()-p.Score.Away() == result.Home()-result.Away():
		return PointsDifference
	}
	return PointsOutcome
}

// Brier is the score of Brier (1950) over home, draw and away, from 0, best, to
// 2. The confidence is taken as the probability of the pick and the rest is
// shared evenly by the other two outcomes. The score is proper: on average,
// nobody does better than by saying what he believes.
func (p Pick) Brier(result football.Score) float64 {
	other := (1 - p.Confidence) / 2
	sum := 0.0
	for _, o := range []football.Outcome{football.HomeWin, football.Draw, football.AwayWin} {
		said, was := other, 0.0
		if o == p.Outcome {
			said = p.Confidence
		}
		if o == result.Outcome() {
			was = 1
		}
		sum += (said - was) * (said - was)
	}
	return sum
}

// Settle scores the prediction with a result. It depends on nothing else, so
// that a corrected result settles it again.
func (p Prediction) Settle(result football.Score, at time.Time) Prediction {
	p.Status, p.Result, p.SettledAt = Settled, &result, at
	p.Points, p.Brier = p.Pick.Points(result), p.Pick.Brier(result)
	return p
}

// Streaks are the longest row of predictions that earned points and the row
// that runs, over points in order of kick-off.
func Streaks(points []int) (current, longest int) {
	for _, n := range points {
		if n > 0 {
			current++
		} else {
			current = 0
		}
		longest = max(longest, current)
	}
	return current, longest
}
