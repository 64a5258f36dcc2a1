// Package catalogue answers what everybody may read: competitions, teams,
// matches, odds, forecasts, models and the state of the data. None of it
// belongs to a tenant.
package catalogue

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

// Errors of every method that names one thing.
var (
	ErrNoCompetition = &domain.Error{Kind: domain.NotFound, Code: "competition.unknown", Detail: "there is no such competition"}
	ErrNoSeason      = &domain.Error{Kind: domain.NotFound, Code: "season.unknown", Detail: "the competition has no such season"}
	ErrNoTeam        = &domain.Error{Kind: domain.NotFound, Code: "team.unknown", Detail: "there is no such team"}
	ErrNoMatch       = &domain.Error{Kind: domain.NotFound, Code: "match.unknown", Detail: "there is no such match"}
	ErrNoForecast    = &domain.Error{Kind: domain.NotFound, Code: "forecast.unpublished", Detail: "no forecast of this match has been published"}
)

// MaxLimit is the most items of one page.
const MaxLimit = 200

// Page asks for the items after a position in a list. Lists are ordered by a
// time or a name and then by id, so a position is both.
type Page struct {
	After *Position // nil for the first page
	Limit int       // 1 to MaxLimit
}

// Position is where the last page ended.
type Position struct {
	Time time.Time
	Name string
	ID   string
}

// Competition is a competition with what is known of it.
type Competition struct {
	football.Competition
	Seasons  []football.Season // newest first
	Matches  int
	Finished int
	Newest   time.Time // kick-off of the newest result, zero when none
}

// Competitions lists competitions.
type Competitions interface {
	// Competitions returns all, in order of code.
	Competitions(ctx context.Context) ([]Competition, error)
	// Season returns the matches of a season, or [ErrNoCompetition] or
	// [ErrNoSeason]. The zero season stands for the newest begun one.
	Season(ctx context.Context, code football.CompetitionCode, season football.Season) (football.Season, []football.Match, error)
}

// TeamFilter narrows a list of teams; zero fields do not.
type TeamFilter struct {
	Competition football.CompetitionCode
	Season      football.Season
	Name        string // part of the name, whatever its case
}

// RatingPoint is a team's rating after a day's match.
type RatingPoint struct {
	Competition football.CompetitionCode
	Model       string
	On          time.Time
	Rating      forecast.Rating
}

// Teams lists teams.
type Teams interface {
	// Teams returns a page in order of name.
	Teams(ctx context.Context, f TeamFilter, p Page) ([]football.Team, error)
	// Team returns a team, or [ErrNoTeam].
	Team(ctx context.Context, id football.TeamID) (football.Team, error)
	// TeamsByID returns those of ids that exist.
	TeamsByID(ctx context.Context, ids []football.TeamID) (map[football.TeamID]football.Team, error)
	// Ratings returns a page of a team's ratings by the champion (or the model
	// named), newest first, or [ErrNoTeam].
	Ratings(ctx context.Context, id football.TeamID, model string, p Page) ([]RatingPoint, error)
}

// MatchFilter narrows a list of matches; zero fields do not.
type MatchFilter struct {
	Competition football.CompetitionCode
	Season      football.Season
	Team        football.TeamID
	Status      football.Status
	// From and To bound the kick-off, From included, To excluded. A match of
	// which only the day is known may kick off at any time of it.
	From, To time.Time
	IDs      []football.MatchID
}

// Match is a match with the names a reader needs and where it comes from.
type Match struct {
	football.Match
	CompetitionName    string
	HomeName, AwayName string
	Round              string
	Source             string // the provider that told it
	SourceRef          string // where in the source
	UpdatedAt          time.Time
}

// Quote is odds with where they come from.
type Quote struct {
	Odds   football.Odds
	Source string
}

// Matches lists matches.
type Matches interface {
	// Matches returns a page in order of kick-off.
	Matches(ctx context.Context, f MatchFilter, p Page) ([]Match, error)
	// Match returns a match, or [ErrNoMatch].
	Match(ctx context.Context, id football.MatchID) (Match, error)
	// Odds returns the odds of a match by bookmaker and stage, or [ErrNoMatch].
	Odds(ctx context.Context, id football.MatchID) ([]Quote, error)
}

// Forecast is a published forecast with its match.
type Forecast struct {
	ID        string
	Match     Match
	Model     string
	At        time.Time
	DataUntil time.Time
	Forecast  forecast.Forecast
	Pick      football.Outcome
	HasPick   bool
	// SupersededAt is when a newer forecast took its place, zero if current.
	SupersededAt time.Time
	Settlement   *Settlement // nil until the match is over and settled
}

// Settlement is how a forecast did.
type Settlement struct {
	At        time.Time
	Result    football.Score
	RPS       float64
	LogLoss   float64
	PickRight bool // meaningful only with a pick
}

// Forecasts lists published forecasts.
type Forecasts interface {
	// Forecasts returns a page of current forecasts in order of kick-off.
	Forecasts(ctx context.Context, f MatchFilter, p Page) ([]Forecast, error)
	// Forecast returns the current forecast of a match, or [ErrNoMatch] or
	// [ErrNoForecast].
	Forecast(ctx context.Context, id football.MatchID) (Forecast, error)
	// ForecastHistory returns a page of all forecasts of a match, newest
	// first, or [ErrNoMatch].
	ForecastHistory(ctx context.Context, id football.MatchID, p Page) ([]Forecast, error)
}

// Models lists the registry.
type Models interface {
	// Models returns a page, newest first.
	Models(ctx context.Context, p Page) ([]modelling.Entry, error)
	// Get returns a model, or [modelling.ErrNoModel].
	Get(ctx context.Context, version string) (modelling.Entry, error)
}

// FindingFilter narrows a list of findings; zero fields do not.
type FindingFilter struct {
	Competition football.CompetitionCode
	Season      football.Season
	Rule        quality.Rule
	Severity    quality.Severity
	Source      string
}

// Finding is a kept finding.
type Finding struct {
	ID      string
	FoundAt time.Time
	quality.Finding
}

// Report is a kept quality report with the threshold it was judged by.
type Report struct {
	quality.Report
	Threshold float64
}

// Quality lists the state of the data.
type Quality interface {
	// Reports returns the latest report of each competition, in order of code.
	Reports(ctx context.Context) ([]Report, error)
	// Findings returns a page, newest first.
	Findings(ctx context.Context, f FindingFilter, p Page) ([]Finding, error)
}

// Freshness is when a source last brought something.
type Freshness struct {
	Source string
	At     time.Time
}

// Catalogue answers all of it.
type Catalogue interface {
	Competitions
	Teams
	Matches
	Forecasts
	Quality
	// Freshness returns each source with the time of its last ingestion.
	Freshness(ctx context.Context) ([]Freshness, error)
}
