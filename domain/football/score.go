package football

import (
	"fmt"

	"github.com/football-prediction/football-prediction/domain"
)

// MaxGoals is the most goals one side is believed to have scored in a match.
// The highest score of a played league match is 36-0 (Arbroath, 1885); more is
// a slip of the keyboard.
const MaxGoals = 40

// ErrScore is returned for a score that no match ends with.
var ErrScore = &domain.Error{Kind: domain.Invalid, Code: "football.score"}

// Score counts the goals of both sides. The zero value is a goalless score.
type Score struct{ home, away int }

// NewScore returns a Score, or [ErrScore] outside 0…[MaxGoals].
func NewScore(home, away int) (Score, error) {
	if home < 0 || away < 0 || home > MaxGoals || away > MaxGoals {
		return Score{}, domain.Errorf(domain.Invalid, ErrScore.Code,
			"score %d-%d is impossible: goals lie between 0 and %d", home, away, MaxGoals)
	}
	return Score{home: home, away: away}, nil
}

// Home is the number of goals of the home side.
func (s Score) Home() int { return s.home }

// Away is the number of goals of the away side.
func (s Score) Away() int { return s.away }

// Outcome is who won.
func (s Score) Outcome() Outcome {
	switch {
	case s.home > s.away:
		return HomeWin
	case s.home < s.away:
		return AwayWin
	}
	return Draw
}

func (s Score) String() string { return fmt.Sprintf("%d-%d", s.home, s.away) }

// Outcome is one of the three results of a match, in the order that the
// ranked probability score needs.
type Outcome int

// The outcomes.
const (
	HomeWin Outcome = iota
	Draw
	AwayWin
)

func (o Outcome) String() string {
	switch o {
	case HomeWin:
		return "home"
	case Draw:
		return "draw"
	case AwayWin:
		return "away"
	}
	return fmt.Sprintf("Outcome(%d)", int(o))
}

// ParseOutcome reads what [Outcome.String] writes.
func ParseOutcome(text string) (Outcome, error) {
	for _, o := range []Outcome{HomeWin, Draw, AwayWin} {
		if o.String() == text {
			return o, nil
		}
	}
	return 0, domain.Errorf(domain.Invalid, "football.outcome", "%q is no outcome; say home, draw or away", text)
}
