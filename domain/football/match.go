package football

import (
	"time"

	"github.com/football-prediction/football-prediction/domain"
)

// MatchID is a UUIDv7 in its text form.
type MatchID string

// TeamID is a UUIDv7 in its text form.
type TeamID string

// Team is a club.
type Team struct {
	ID      TeamID
	Name    string
	Country string
}

// Status is where a match stands.
type Status string

// The statuses. Only a finished match has a score that counts.
const (
	Scheduled Status = "scheduled"
	Postponed Status = "postponed"
	Finished  Status = "finished"
	Abandoned Status = "abandoned"
	Cancelled Status = "cancelled"
)

// ErrMatch is returned for a match that cannot exist.
var ErrMatch = &domain.Error{Kind: domain.Invalid, Code: "football.match"}

// Match is a fixture and, once played, its result.
type Match struct {
	ID          MatchID
	Competition CompetitionCode
	Season      Season
	Home, Away  TeamID
	// Leg tells apart meetings of one pair at one ground within a season; it
	// is 1 except where a league plays more than two rounds.
	Leg int
	// KickOff is in UTC. When only the date is known it is that day's
	// midnight and TimeKnown is false.
	KickOff   time.Time
	TimeKnown bool
	Status    Status
	FullTime  *Score // nil unless Finished
	HalfTime  *Score
	Stats     Stats
}

// Validate joins what makes the match impossible; nil when nothing does.
func (m Match) Validate() error {
	switch {
	case m.Home == m.Away:
		return domain.Errorf(domain.Invalid, ErrMatch.Code, "a team cannot play itself")
	case m.KickOff.IsZero():
		return domain.Errorf(domain.Invalid, ErrMatch.Code, "a match needs a date")
	case m.Status == Finished && m.FullTime == nil:
		return domain.Errorf(domain.Invalid, ErrMatch.Code, "a finished match needs a score")
	case m.Status != Finished && m.FullTime != nil:
		return domain.Errorf(domain.Invalid, ErrMatch.Code, "a match that is %s has no final score", m.Status)
	case m.FullTime != nil && m.HalfTime != nil && !m.HalfTime.Before(*m.FullTime):
		return domain.Errorf(domain.Invalid, ErrMatch.Code, "half-time score %s exceeds the final score %s", m.HalfTime, m.FullTime)
	}
	return nil
}

// Before reports whether a match may go from s to later.
func (s Score) Before(later Score) bool { return s.home <= later.home && s.away <= later.away }

// Stats are the counts of a match that some sources give. A nil pair is
// unknown, which is not the same as none.
type Stats struct {
	Shots, ShotsOnTarget, Corners, YellowCards, RedCards *Count
}

// Count is a number for each side, never negative.
type Count struct{ home, away int }

// MaxCount bounds what is believed of a count; more is a wrong column.
const MaxCount = 200

// NewCount returns a Count, or [ErrMatch] outside 0…[MaxCount].
func NewCount(home, away int) (Count, error) {
	if home < 0 || away < 0 || home > MaxCount || away > MaxCount {
		return Count{}, domain.Errorf(domain.Invalid, ErrMatch.Code, "counts %d and %d must lie between 0 and %d", home, away, MaxCount)
	}
	return Count{home: home, away: away}, nil
}

// Home is the home side's number.
func (c Count) Home() int { return c.home }

// Away is the away side's number.
func (c Count) Away() int { return c.away }
