package rest

import (
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// FixtureJSON is a match in few words, as lists of forecasts show it. It is
// exported because Huma sees no fields of an unexported embedded type.
type FixtureJSON struct {
	ID          string             `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The match's id."`
	Competition competitionRefJSON `json:"competition" doc:"The competition."`
	Season      string             `json:"season" example:"2026-27" doc:"The season."`
	KickOff     time.Time          `json:"kick_off" example:"2026-08-15T14:00:00Z" doc:"Kick-off in UTC; midnight of the day when only that is known."`
	TimeKnown   bool               `json:"kick_off_time_known" example:"true" doc:"Whether the time of kick_off is known, not only its day."`
	Home        teamRefJSON        `json:"home" doc:"The side that plays at home."`
	Away        teamRefJSON        `json:"away" doc:"The visitors."`
	Status      string             `json:"status" enum:"scheduled,postponed,finished,abandoned,cancelled" example:"scheduled" doc:"Where the match stands."`
}

func toFixture(m catalogue.Match) FixtureJSON {
	return FixtureJSON{
		ID:          string(m.ID),
		Competition: competitionRefJSON{Code: string(m.Competition), Name: m.CompetitionName},
		Season:      m.Season.String(), KickOff: m.KickOff.UTC(), TimeKnown: m.TimeKnown,
		Home:   teamRefJSON{ID: string(m.Home), Name: m.HomeName},
		Away:   teamRefJSON{ID: string(m.Away), Name: m.AwayName},
		Status: string(m.Status),
	}
}

type matchJSON struct {
	FixtureJSON
	Leg        int            `json:"leg" minimum:"1" example:"1" doc:"Which meeting of the pair at this ground in the season."`
	Round      string         `json:"round" example:"Matchday 1" doc:"What the source calls the round; empty when unknown."`
	FullTime   *goalsJSON     `json:"full_time,omitempty" doc:"The final score; only of finished matches."`
	HalfTime   *goalsJSON     `json:"half_time,omitempty" doc:"The score at half time, where known."`
	Statistics statisticsJSON `json:"statistics" doc:"Counts that some sources give; those left out are unknown."`
	Source     sourceJSON     `json:"source" doc:"Where the match comes from."`
	UpdatedAt  time.Time      `json:"updated_at" example:"2026-08-01T03:00:00Z" doc:"When any of this last changed."`
}

type statisticsJSON struct {
	Shots         *countJSON `json:"shots,omitempty" doc:"Shots."`
	ShotsOnTarget *countJSON `json:"shots_on_target,omitempty" doc:"Shots on target."`
	Corners       *countJSON `json:"corners,omitempty" doc:"Corners."`
	YellowCards   *countJSON `json:"yellow_cards,omitempty" doc:"Yellow cards."`
	RedCards      *countJSON `json:"red_cards,omitempty" doc:"Red cards."`
}

type countJSON struct {
	Home int `json:"home" minimum:"0" example:"14" doc:"Of the home side."`
	Away int `json:"away" minimum:"0" example:"9" doc:"Of the away side."`
}

type sourceJSON struct {
	Provider  string `json:"provider" example:"openfootball" doc:"Who told it."`
	Reference string `json:"reference" example:"2026-27/en.1.json" doc:"Where in the source; empty when unknown."`
}

func toMatch(m catalogue.Match) matchJSON {
	return matchJSON{
		FixtureJSON: toFixture(m),
		Leg:         m.Leg, Round: m.Round, FullTime: toGoals(m.FullTime), HalfTime: toGoals(m.HalfTime),
		Statistics: statisticsJSON{
			Shots: toCount(m.Stats.Shots), ShotsOnTarget: toCount(m.Stats.ShotsOnTarget), Corners: toCount(m.Stats.Corners),
			YellowCards: toCount(m.Stats.YellowCards), RedCards: toCount(m.Stats.RedCards),
		},
		Source:    sourceJSON{Provider: m.Source, Reference: m.SourceRef},
		UpdatedAt: m.UpdatedAt.UTC(),
	}
}

func toCount(c *football.Count) *countJSON {
	if c == nil {
		return nil
	}
	return &countJSON{Home: c.Home(), Away: c.Away()}
}
