package rest

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

type predictionBatchInput struct{ Body predictionBatchJSON }

type predictionBatchJSON struct {
	Predictions []predictionItemJSON `json:"predictions" nullable:"false" minItems:"1" maxItems:"1000" doc:"What to predict."`
}

// predictionItemJSON asks for less than newPredictionJSON does: one bad item
// must not spoil the others.
type predictionItemJSON struct {
	MatchID    string  `json:"match_id" maxLength:"100" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The match."`
	UserID     string  `json:"user_id,omitempty" maxLength:"100" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"For whom an API key predicts. A user leaves it out."`
	Outcome    string  `json:"outcome,omitempty" maxLength:"100" example:"home" doc:"home, draw or away. May be left out when both goals are given."`
	HomeGoals  *int    `json:"home_goals,omitempty" example:"2" doc:"The goals of the home side; only with away_goals."`
	AwayGoals  *int    `json:"away_goals,omitempty" example:"1" doc:"The goals of the away side; only with home_goals."`
	Confidence float64 `json:"confidence" example:"0.6" doc:"How probable the outcome is, from 0 to 1."`
}

type predictionBatchOutput struct{ Body predictionResultsJSON }

type predictionResultsJSON struct {
	Created int                    `json:"created" minimum:"0" example:"2" doc:"How many were created."`
	Refused int                    `json:"refused" minimum:"0" example:"1" doc:"How many were not."`
	Results []predictionResultJSON `json:"results" nullable:"false" doc:"What became of each, in the order they were sent."`
}

type predictionResultJSON struct {
	Index      int             `json:"index" minimum:"0" example:"0" doc:"The item's place in the request, from 0."`
	Status     string          `json:"status" enum:"created,refused" example:"created" doc:"What became of it."`
	Prediction *predictionJSON `json:"prediction,omitempty" doc:"The prediction, when it was created."`
	Code       string          `json:"code,omitempty" example:"prediction.too_late" doc:"A stable name of why it was refused."`
	Detail     string          `json:"detail,omitempty" example:"the match has kicked off, or is not to be played as planned" doc:"Why it was refused, in words."`
	Field      string          `json:"field,omitempty" example:"outcome" doc:"What of the item is wrong, when it is one field."`
}

func createPredictionBatch(b *predicting.Book) func(context.Context, *predictionBatchInput) (*predictionBatchOutput, error) {
	return func(ctx context.Context, in *predictionBatchInput) (*predictionBatchOutput, error) {
		items := in.Body.Predictions
		out := predictionResultsJSON{Results: make([]predictionResultJSON, len(items))}
		var orders []predicting.Order
		var places []int
		for i, item := range items {
			out.Results[i].Index = i
			order, err := item.order()
			if err != nil {
				out.Results[i].refuse(err)
				continue
			}
			orders, places = append(orders, order), append(places, i)
		}
		if err := out.fill(ctx, b, orders, places); err != nil {
			return nil, err
		}
		for _, r := range out.Results {
			if r.Prediction != nil {
				out.Created++
			}
		}
		out.Refused = len(items) - out.Created
		return &predictionBatchOutput{Body: out}, nil
	}
}

func (out *predictionResultsJSON) fill(ctx context.Context, b *predicting.Book, orders []predicting.Order, places []int) error {
	if len(orders) == 0 {
		return nil
	}
	made, refused, err := b.Batch(ctx, orders)
	if err != nil {
		return err
	}
	for n, i := range places {
		if refused[n] != nil {
			out.Results[i].refuse(refused[n])
			continue
		}
		p := toPrediction(made[n])
		out.Results[i].Status, out.Results[i].Prediction = "created", &p
	}
	return nil
}

func (r *predictionResultJSON) refuse(err error) {
	r.Status, r.Code = "refused", "internal"
	var known *domain.Error
	if errors.As(err, &known) {
		r.Code, r.Detail, r.Field = known.Code, known.Detail, known.Field
	}
}

// order reads an item; what its ids must look like is the wire's affair.
func (i predictionItemJSON) order() (predicting.Order, error) {
	for _, id := range []struct{ text, field string }{{i.MatchID, "match_id"}, {i.UserID, "user_id"}} {
		if _, err := uuid.Parse(id.text); (id.text != "" || id.field == "match_id") && (err != nil || len(id.text) != len(exampleID)) {
			return predicting.Order{}, domain.Errorf(domain.Invalid, "request.invalid", "write a UUID, such as %s", exampleID).In(id.field)
		}
	}
	return predicting.Order{
		UserID: i.UserID, Match: football.MatchID(i.MatchID), Outcome: i.Outcome, HomeGoals: i.HomeGoals, AwayGoals: i.AwayGoals,
		Confidence: i.Confidence,
	}, nil
}
