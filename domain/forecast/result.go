package forecast

import (
	"cmp"
	"slices"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
)

// Result is a match that was played, as a forecaster sees it.
type Result struct {
	Competition football.CompetitionCode
	// Season tells forecasters when teams were promoted and relegated. The
	// zero value stands for the winter season that Date falls in.
	Season               football.Season
	Date                 time.Time // only its day in UTC counts
	Home, Away           football.TeamID
	HomeGoals, AwayGoals int
	// Stats are kept for forecasters that use more than goals.
	Stats football.Stats
	// Neutral is true when neither side played at home.
	Neutral bool
}

// Fixture is a match to forecast.
type Fixture struct {
	Competition football.CompetitionCode
	Season      football.Season // as in [Result]
	Date        time.Time       // as in [Result]
	Home, Away  football.TeamID
	Neutral     bool
}

// Fixture is the match as it stood before it was played.
func (r Result) Fixture() Fixture {
	return Fixture{
		Competition: r.Competition, Season: r.Season, Date: r.Date,
		Home: r.Home, Away: r.Away, Neutral: r.Neutral,
	}
}

// Outcome is who won.
func (r Result) Outcome() football.Outcome {
	switch {
	case r.HomeGoals > r.AwayGoals:
		return football.HomeWin
	case r.HomeGoals < r.AwayGoals:
		return football.AwayWin
	}
	return football.Draw
}

// goals are the goals of both sides, held to what is believable, so that one
// impossible row cannot ruin a forecaster.
func (r Result) goals() (home, away float64) {
	bounded := func(n int) float64 { return float64(min(max(n, 0), football.MaxGoals)) }
	return bounded(r.HomeGoals), bounded(r.AwayGoals)
}

// seasonAt is season, or the winter season of date when season is unknown.
func seasonAt(season football.Season, date time.Time) football.Season {
	if season == (football.Season{}) {
		return football.SeasonOf(date)
	}
	return season
}

// day counts the days from 1 January 1970 to t in UTC.
func day(t time.Time) int {
	const seconds = 24 * 60 * 60
	unix := t.Unix()
	if unix < 0 {
		unix -= seconds - 1
	}
	return int(unix / seconds)
}

// chronological is history in the one order that walking it uses: by day,
// competition, home and away team. Rows alike in all four, which only bad data
// holds, are ordered by what else they say. History itself stays as it is.
func chronological(history []Result) []Result {
	if slices.IsSortedFunc(history, inTime) {
		return history
	}
	sorted := slices.Clone(history)
	slices.SortFunc(sorted, inTime)
	return sorted
}

func inTime(a, b Result) int {
	if order := cmp.Compare(day(a.Date), day(b.Date)); order != 0 {
		return order
	}
	if order := cmp.Compare(a.Competition, b.Competition); order != 0 {
		return order
	}
	return cmp.Or(
		cmp.Compare(a.Home, b.Home),
		cmp.Compare(a.Away, b.Away),
		cmp.Compare(a.HomeGoals, b.HomeGoals),
		cmp.Compare(a.AwayGoals, b.AwayGoals),
		cmp.Compare(a.Season.FirstYear(), b.Season.FirstYear()),
		cmp.Compare(a.Season.LastYear(), b.Season.LastYear()),
		cmp.Compare(indicator(a.Neutral), indicator(b.Neutral)),
	)
}
