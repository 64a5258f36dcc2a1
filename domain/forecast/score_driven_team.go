package forecast

import (
	"math"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
)

// scoreDrivenTeam is what is known of one team in one league.
type scoreDrivenTeam struct {
	slow, fast, style float64
	season            football.Season // the latest it played in
	newcomer          bool            // came into the league with that season
	day               int             // that fast belongs to
	played            int             // in that season
	matches           int             // in all
}

func (t *scoreDrivenTeam) quality() float64 { return t.slow + t.fast }

// fade lets the fast part die away until day.
func (t *scoreDrivenTeam) fade(day int, s *scoreDrivenSettings) {
	if days := day - t.day; days > 0 {
		t.fast *= math.Exp2(-float64(days) / s.fastHalfLife)
		t.day = day
	}
}

// learn moves the team along the scaled gradients of one match.
func (t *scoreDrivenTeam) learn(margin, total float64, s *scoreDrivenSettings) {
	boost := s.boost
	if t.newcomer {
		boost += s.newcomerBoost
	}
	boost = 1 + boost*math.Exp(-float64(t.played)/s.boostMatches)
	t.slow += s.slowGain * boost * margin
	t.fast += s.fastGain * margin
	t.style += s.styleGain * boost * total
	t.played++
	t.matches++
}

func (t *scoreDrivenTeam) rating(id football.TeamID) Rating {
	return Rating{
		Team: id, Attack: t.quality() + t.style, Defence: t.quality() - t.style,
		Matches: t.matches, LastPlayed: time.Unix(int64(t.day)*24*60*60, 0).UTC(),
	}
}
