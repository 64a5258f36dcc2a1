package rest

import (
	"context"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// revisionJSON is one of the forecasts that a match has had.
type revisionJSON struct {
	ID            string            `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The forecast's id."`
	Model         string            `json:"model" example:"score-driven-8fc4c7a122" doc:"The version of the model that made it."`
	PublishedAt   time.Time         `json:"published_at" example:"2026-08-14T06:00:00Z" doc:"When it became public."`
	SupersededAt  *time.Time        `json:"superseded_at" example:"2026-08-14T03:00:00Z" doc:"When another took its place; null for the current one."`
	DataUntil     *time.Time        `json:"data_until" example:"2026-08-10T16:30:00Z" doc:"Kick-off of the newest result that the model had seen; null when there was none."`
	ExpectedGoals expectedGoalsJSON `json:"expected_goals" doc:"The goals expected of each side."`
	Outcome       outcomeJSON       `json:"outcome" doc:"The probabilities of the three outcomes; they sum to one."`
	Pick          pickJSON          `json:"pick"`
	Confidence    float64           `json:"confidence" minimum:"0" maximum:"1" example:"0.4817329" doc:"The probability of the likeliest outcome."`
	Settlement    *settlementJSON   `json:"settlement,omitempty" doc:"How it did; only of the forecast that was settled."`
}

func toRevision(f catalogue.Forecast) revisionJSON {
	return revisionJSON{
		ID: f.ID, Model: f.Model, PublishedAt: f.At.UTC(), SupersededAt: known(f.SupersededAt), DataUntil: known(f.DataUntil),
		ExpectedGoals: toExpectedGoals(f.Forecast), Outcome: toOutcome(f.Forecast),
		Pick: toPick(f.Pick, f.HasPick), Confidence: f.Forecast.Confidence(), Settlement: toSettlement(f),
	}
}

type settlementJSON struct {
	SettledAt time.Time `json:"settled_at" example:"2026-08-15T17:05:00Z" doc:"When it was settled."`
	Result    goalsJSON `json:"result" doc:"The score it was settled on."`
	RPS       float64   `json:"rps" minimum:"0" maximum:"1" example:"0.1421" doc:"Ranked probability score; 0 is best."`
	LogLoss   float64   `json:"log_loss" minimum:"0" example:"0.7304" doc:"Logarithmic loss in nats; 0 is best."`
	PickRight *bool     `json:"pick_right" example:"true" doc:"Whether the pick was right; null when there was none."`
}

func toSettlement(f catalogue.Forecast) *settlementJSON {
	s := f.Settlement
	if s == nil {
		return nil
	}
	out := &settlementJSON{SettledAt: s.At.UTC(), Result: *toGoals(&s.Result), RPS: s.RPS, LogLoss: s.LogLoss}
	if f.HasPick {
		out.PickRight = &s.PickRight
	}
	return out
}

type listHistoryInput struct {
	Paging
	ID idParam `path:"id" doc:"The match's id."`
}

func listHistory(f catalogue.Forecasts) func(context.Context, *listHistoryInput) (*listOutput[revisionJSON], error) {
	at := func(f catalogue.Forecast) catalogue.Position { return catalogue.Position{Time: f.At, ID: f.ID} }
	return func(ctx context.Context, in *listHistoryInput) (*listOutput[revisionJSON], error) {
		found, err := f.ForecastHistory(ctx, football.MatchID(in.ID.text), in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toRevision), nil
	}
}
