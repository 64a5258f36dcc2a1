package rest

import (
	"context"
	"fmt"
	"time"

	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// forecastDetailJSON is a forecast with all its markets.
type forecastDetailJSON struct {
	ForecastJSON
	DataUntil   *time.Time      `json:"data_until" example:"2026-08-10T16:30:00Z" doc:"Kick-off of the newest result that the model had seen; null when there was none."`
	Totals      []totalJSON     `json:"totals" nullable:"false" doc:"The markets on goals of both sides together, by line."`
	BothToScore bothToScoreJSON `json:"both_to_score" doc:"Whether both sides score."`
	Scores      []scoreJSON     `json:"scores" nullable:"false" doc:"The ten likeliest scores, likeliest first."`
	Settlement  *settlementJSON `json:"settlement,omitempty" doc:"How the forecast did; only once the match is over and settled."`
}

type totalJSON struct {
	Line  float64 `json:"line" example:"2.5" doc:"Goals of both sides together."`
	Over  float64 `json:"over" minimum:"0" maximum:"1" example:"0.5123" doc:"Probability of more."`
	Under float64 `json:"under" minimum:"0" maximum:"1" example:"0.4877" doc:"Probability of fewer."`
}

type bothToScoreJSON struct {
	Yes float64 `json:"yes" minimum:"0" maximum:"1" example:"0.5411" doc:"Probability that both sides score."`
	No  float64 `json:"no" minimum:"0" maximum:"1" example:"0.4589" doc:"Probability that at least one side does not."`
}

type scoreJSON struct {
	Home        int     `json:"home" minimum:"0" example:"1" doc:"Goals of the home side."`
	Away        int     `json:"away" minimum:"0" example:"1" doc:"Goals of the away side."`
	Probability float64 `json:"probability" minimum:"0" maximum:"1" example:"0.1187" doc:"Probability of this score."`
}

func toForecastDetail(f catalogue.Forecast) (forecastDetailJSON, error) {
	grid := f.Forecast.Grid()
	totals, err := totalsOf(grid)
	if err != nil {
		return forecastDetailJSON{}, fmt.Errorf("price totals of match %s: %w", f.Match.ID, err)
	}
	return forecastDetailJSON{
		ForecastJSON: toForecast(f), DataUntil: known(f.DataUntil),
		Totals: totals, BothToScore: bothToScoreOf(grid), Scores: likeliestScores(grid),
		Settlement: toSettlement(f),
	}, nil
}

type forecastOutput struct{ Body forecastDetailJSON }

func (o *forecastOutput) told() (body any, link string) { return o.Body, "" }

func getForecast(f catalogue.Forecasts) func(context.Context, *matchInput) (*forecastOutput, error) {
	return func(ctx context.Context, in *matchInput) (*forecastOutput, error) {
		found, err := f.Forecast(ctx, in.match())
		if err != nil {
			return nil, err
		}
		body, err := toForecastDetail(found)
		return &forecastOutput{Body: body}, err
	}
}
