package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

func registerForecasts(r routes, f catalogue.Forecasts, calendar football.Calendar) {
	readShared(r, operation{
		ID: "list-forecasts", Path: "/forecasts", Tag: tagForecasts, Needs: identity.ReadFootball, Shared: caching.Forecasts,
		Summary:     "List forecasts",
		Description: "The current forecasts of many matches at once, in order of kick-off.",
	}, listForecasts(f, calendar))
	readShared(r, operation{
		ID: "get-match-forecast", Path: "/matches/{id}/forecast", Tag: tagForecasts, Needs: identity.ReadFootball, Shared: caching.Forecasts,
		Summary: "Get a match's forecast",
		Description: "The current forecast of a match with all its markets. Every market is a sum over one grid of scores, " +
			"so no two of them disagree. Nothing is rounded.",
		Errors: []int{http.StatusNotFound},
	}, getForecast(f))
	read(r, operation{
		ID: "list-match-forecast-history", Path: "/matches/{id}/forecast/history", Tag: tagForecasts, Needs: identity.ReadFootball,
		Summary:     "List all forecasts of a match",
		Description: "Every forecast of the match that was published, newest first, with how it did once the match was settled.",
		Errors:      []int{http.StatusNotFound},
	}, listHistory(f))
}

// ForecastJSON is a forecast as lists show it. It is exported because Huma sees
// no fields of an unexported embedded type.
type ForecastJSON struct {
	Match         FixtureJSON       `json:"match" doc:"The match."`
	Model         string            `json:"model" example:"score-driven-8fc4c7a122" doc:"The version of the model that made it."`
	PublishedAt   time.Time         `json:"published_at" example:"2026-08-14T06:00:00Z" doc:"When it became public."`
	ExpectedGoals expectedGoalsJSON `json:"expected_goals" doc:"The goals expected of each side."`
	Outcome       outcomeJSON       `json:"outcome" doc:"The probabilities of the three outcomes; they sum to one."`
	Pick          pickJSON          `json:"pick"`
	Confidence    float64           `json:"confidence" minimum:"0" maximum:"1" example:"0.4817329" doc:"The probability of the likeliest outcome."`
}

func toForecast(f catalogue.Forecast) ForecastJSON {
	return ForecastJSON{
		Match: toFixture(f.Match), Model: f.Model, PublishedAt: f.At.UTC(),
		ExpectedGoals: toExpectedGoals(f.Forecast), Outcome: toOutcome(f.Forecast),
		Pick: toPick(f.Pick, f.HasPick), Confidence: f.Forecast.Confidence(),
	}
}

type listForecastsInput struct {
	Paging
	Competition codeParam   `query:"competition" doc:"Only matches of this competition."`
	Season      seasonParam `query:"season" doc:"Only matches of this season."`
	Team        idParam     `query:"team" doc:"Only matches of this team, at home or away."`
	IDs         []idParam   `query:"ids" nullable:"false" maxItems:"200" doc:"Only these matches: their ids, divided by commas."`
	Date        dateParam   `query:"date" doc:"Only matches that kick off on this day, in UTC; short for from and to."`
	From        dateParam   `query:"from" doc:"Only matches that kick off on or after this day, in UTC."`
	To          dateParam   `query:"to" doc:"Only matches that kick off on or before this day, in UTC."`
	Upcoming    bool        `query:"upcoming" doc:"Only matches that are still to be played."`
}

func (in *listForecastsInput) filter(calendar football.Calendar) catalogue.MatchFilter {
	f := catalogue.MatchFilter{
		Competition: in.Competition.CompetitionCode, Season: in.Season.Season, Team: football.TeamID(in.Team.text),
		From: in.From.Time, To: in.To.after(),
	}
	if !in.Date.IsZero() {
		f.From, f.To = in.Date.Time, in.Date.after()
	}
	if in.Upcoming {
		f.Status = football.Scheduled
		if now := calendar(); f.From.Before(now) {
			f.From = now
		}
	}
	for _, id := range in.IDs {
		f.IDs = append(f.IDs, football.MatchID(id.text))
	}
	return f
}

func listForecasts(f catalogue.Forecasts, calendar football.Calendar) func(context.Context, *listForecastsInput) (*listOutput[ForecastJSON], error) {
	at := func(f catalogue.Forecast) catalogue.Position {
		return catalogue.Position{Time: f.Match.KickOff, ID: string(f.Match.ID)}
	}
	return func(ctx context.Context, in *listForecastsInput) (*listOutput[ForecastJSON], error) {
		if err := inOrder(in.From, in.To); err != nil {
			return nil, err
		}
		found, err := f.Forecasts(ctx, in.filter(calendar), in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toForecast), nil
	}
}
