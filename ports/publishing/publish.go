// Package publishing makes forecasts of coming fixtures public, settles them
// once the matches are over, and counts how the picks did.
package publishing

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

// Fixture is a match to be forecast.
type Fixture struct {
	Match football.MatchID
	// KickOff is midnight of the day when TimeKnown is false.
	KickOff   time.Time
	TimeKnown bool
	Fixture   forecast.Fixture
}

// begun reports whether the match is under way, as far as its time is known.
func (f Fixture) begun(now time.Time) bool { return f.TimeKnown && now.After(f.KickOff) }

// Published is a forecast that the public can see.
type Published struct {
	Match     football.MatchID
	Model     string // the version that made it
	At        time.Time
	DataUntil time.Time // kick-off of the newest result it has seen
	Forecast  forecast.Forecast
	// Pick is the outcome that the platform stands by, when it is confident
	// enough to have one.
	Pick    football.Outcome
	HasPick bool
}

// Fixtures lists what is still to be played.
type Fixtures interface {
	// Upcoming are the matches of competitions (all when empty) that are
	// scheduled to kick off at or after from, in order of kick-off. Those of
	// which only the day is known count until it is over.
	Upcoming(ctx context.Context, competitions []football.CompetitionCode, from time.Time) ([]Fixture, error)
}

// Forecasts keeps published forecasts: at most one current one a match, and
// all former ones.
type Forecasts interface {
	// Publish keeps those of all that differ from the current forecast of
	// their match, which they supersede, and returns how many did. Publishing
	// the same again changes nothing, and nothing older takes the place of
	// something newer. [modelling.ErrOvertaken] when the champion is not the
	// model that made them: its forecasts are on their way.
	Publish(ctx context.Context, all []Published) (changed int, err error)
}

// Rating is a team's rating after a day's matches.
type Rating struct {
	Team        football.TeamID
	Competition football.CompetitionCode
	On          time.Time
	Rating      forecast.Rating
}

// Ratings keeps the teams' ratings over time.
type Ratings interface {
	// Since is the last day that ratings of model are kept for, zero if none.
	Since(ctx context.Context, model string) (time.Time, error)
	// Keep adds ratings; the same team, day and model again replaces.
	Keep(ctx context.Context, model string, ratings []Rating) error
}

// Publisher publishes the champion's forecasts.
type Publisher struct {
	registry  modelling.Registry
	history   modelling.History
	fixtures  Fixtures
	forecasts Forecasts
	ratings   Ratings
	calendar  football.Calendar
}

// Dependencies are what a [Publisher] needs.
type Dependencies struct {
	Registry  modelling.Registry
	History   modelling.History
	Fixtures  Fixtures
	Forecasts Forecasts
	Ratings   Ratings
	Calendar  football.Calendar
}

// NewPublisher returns a Publisher.
func NewPublisher(d Dependencies) *Publisher {
	return &Publisher{
		registry: d.Registry, history: d.History, fixtures: d.Fixtures,
		forecasts: d.Forecasts, ratings: d.Ratings, calendar: d.Calendar,
	}
}

// Publication says what a run of [Publisher.Publish] did.
type Publication struct {
	Model    string
	Fixtures int // coming matches that were forecast
	Changed  int // of these, forecasts that are new or differ
	Picks    int
}

// chunk is how many forecasts are kept in one transaction.
const chunk = 1000

// Publish forecasts every coming fixture with the champion, on all results
// known today. Repeating it is safe. progress may be nil; it is told how many
// fixtures are done.
func (p *Publisher) Publish(ctx context.Context, progress func(done, total int)) (Publication, error) {
	champion, err := p.registry.Champion(ctx)
	if err != nil {
		return Publication{}, fmt.Errorf("find champion: %w", err)
	}
	today := p.calendar()
	fixtures, err := p.fixtures.Upcoming(ctx, nil, today)
	if err != nil {
		return Publication{}, fmt.Errorf("list fixtures: %w", err)
	}
	results, err := p.history.Results(ctx, nil, today)
	if err != nil {
		return Publication{}, fmt.Errorf("read results: %w", err)
	}
	forecaster, err := p.follow(ctx, champion, results)
	if err != nil {
		return Publication{}, err
	}
	done := Publication{Model: champion.Version, Fixtures: len(fixtures)}
	run := run{publisher: p, champion: champion, forecaster: forecaster, until: newest(results)}
	for start := 0; start < len(fixtures); start += chunk {
		end := min(start+chunk, len(fixtures))
		if err := run.publish(ctx, fixtures[start:end], &done); err != nil {
			return done, err
		}
		if progress != nil {
			progress(end, len(fixtures))
		}
	}
	return done, nil
}

func newest(results []forecast.Result) time.Time {
	if len(results) == 0 {
		return time.Time{}
	}
	return results[len(results)-1].Date
}

type run struct {
	publisher  *Publisher
	champion   modelling.Entry
	forecaster forecast.Forecaster
	until      time.Time
}

// publish stamps the forecasts with the time at which they are kept, not with
// that of the run's start: a forecast counts only when it was there before
// kick-off.
func (r run) publish(ctx context.Context, fixtures []Fixture, done *Publication) error {
	now := r.publisher.calendar()
	all := make([]Published, 0, len(fixtures))
	for _, f := range fixtures {
		if f.begun(now) {
			continue
		}
		made := r.forecaster.Forecast(f.Fixture)
		pick, ok := made.Pick(r.champion.Model.PickThreshold())
		if ok {
			done.Picks++
		}
		all = append(all, Published{
			Match: f.Match, Model: r.champion.Version, At: now, DataUntil: r.until,
			Forecast: made, Pick: pick, HasPick: ok,
		})
	}
	changed, err := r.publisher.forecasts.Publish(ctx, all)
	if err != nil {
		return fmt.Errorf("publish forecasts: %w", err)
	}
	done.Changed += changed
	return nil
}
