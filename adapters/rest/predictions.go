package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/prediction"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

const tagPredictions = "predictions"

func registerPredictions(r routes, b *predicting.Book) {
	missing := []int{http.StatusNotFound}
	changed := []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed}
	create(r, operation{
		ID: "create-prediction", Path: "/predictions", Tag: tagPredictions, Needs: identity.WritePredictions,
		Errors: []int{http.StatusNotFound, http.StatusConflict}, Summary: "Predict a match",
		Description: "Predicts an outcome, or a score that implies it, before kick-off. A user predicts for himself; an API key names the user it predicts for. " +
			"A user has one prediction of a match, which he may change. Predictions count towards the tenant's daily quota (429 when it is used up).",
	}, createPrediction(b))
	change(r, operation{
		ID: "create-prediction-batch", Path: "/predictions/batch", Tag: tagPredictions, Needs: identity.WritePredictions, Body: 512 << 10, Repeatable: true,
		Summary:     "Predict many matches",
		Description: "Makes up to 1,000 predictions, each on its own: the answer says of each, in order, whether it was created or why not.",
	}, createPredictionBatch(b))
	read(r, operation{
		ID: "list-predictions", Path: "/predictions", Tag: tagPredictions, Needs: identity.ReadPredictions,
		Summary:     "List predictions",
		Description: "Predictions, newest first: a user's own, or all of the tenant for its administrators and API keys.",
	}, listPredictions(b))
	read(r, operation{
		ID: "get-prediction", Path: "/predictions/{id}", Tag: tagPredictions, Needs: identity.ReadPredictions, Errors: missing,
		Summary: "Get a prediction", Description: "One prediction, with its points once it is settled.",
	}, getPrediction(b))
	change(r, operation{
		ID: "update-prediction", Method: http.MethodPatch, Path: "/predictions/{id}", Tag: tagPredictions, Needs: identity.WritePredictions,
		Errors: changed, Summary: "Change a prediction", Description: "Replaces what is predicted, before kick-off.",
	}, updatePrediction(b))
	change(r, operation{
		ID: "cancel-prediction", Method: http.MethodDelete, Path: "/predictions/{id}", Tag: tagPredictions, Needs: identity.WritePredictions,
		Errors: changed, Status: http.StatusNoContent, Summary: "Take a prediction back", Description: "Cancels the prediction, before kick-off. The match can then be predicted anew.",
	}, cancelPrediction(b))
	registerStandings(r, b)
}

// PickInput is what is predicted. It is exported because Huma sees no fields of
// an unexported embedded type.
type PickInput struct {
	Outcome    string  `json:"outcome,omitempty" enum:"home,draw,away" example:"home" doc:"Who wins. May be left out when both goals are given."`
	HomeGoals  *int    `json:"home_goals,omitempty" minimum:"0" maximum:"40" example:"2" doc:"The goals of the home side; only with away_goals."`
	AwayGoals  *int    `json:"away_goals,omitempty" minimum:"0" maximum:"40" example:"1" doc:"The goals of the away side; only with home_goals."`
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1" example:"0.6" doc:"How probable the outcome is, in the user's opinion."`
}

func (p PickInput) order() predicting.Order {
	return predicting.Order{Outcome: p.Outcome, HomeGoals: p.HomeGoals, AwayGoals: p.AwayGoals, Confidence: p.Confidence}
}

type newPredictionJSON struct {
	MatchID string `json:"match_id" format:"uuid" maxLength:"36" minLength:"36" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The match."`
	UserID  string `json:"user_id,omitempty" format:"uuid" maxLength:"36" minLength:"36" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"For whom an API key predicts. A user leaves it out."`
	PickInput
}

type predictionJSON struct {
	ID         string     `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The prediction's id."`
	MatchID    string     `json:"match_id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The match."`
	UserID     string     `json:"user_id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Whose it is."`
	Outcome    string     `json:"outcome" enum:"home,draw,away" example:"home" doc:"Who wins."`
	HomeGoals  *int       `json:"home_goals" minimum:"0" example:"2" doc:"The goals of the home side; null when only the outcome is predicted."`
	AwayGoals  *int       `json:"away_goals" minimum:"0" example:"1" doc:"The goals of the away side; null when only the outcome is predicted."`
	Confidence float64    `json:"confidence" minimum:"0" maximum:"1" example:"0.6" doc:"How probable the outcome is, in the user's opinion."`
	Status     string     `json:"status" enum:"pending,settled,cancelled,expired" example:"pending" doc:"pending until the match is over; expired when it has no result."`
	ResultHome *int       `json:"result_home_goals" minimum:"0" example:"2" doc:"The result it was settled with; null before."`
	ResultAway *int       `json:"result_away_goals" minimum:"0" example:"0" doc:"The result it was settled with; null before."`
	Points     *int       `json:"points" minimum:"0" maximum:"10" example:"3" doc:"10 for the exact score, 5 for the goal difference, 3 for the outcome; null until settled."`
	BrierScore *float64   `json:"brier_score" minimum:"0" maximum:"2" example:"0.24" doc:"0 is best; saying what one believes does best on average. Null until settled."`
	CreatedAt  time.Time  `json:"created_at" example:"2026-08-14T12:00:00Z" doc:"When it was made."`
	UpdatedAt  time.Time  `json:"updated_at" example:"2026-08-14T12:00:00Z" doc:"When the user last changed it."`
	SettledAt  *time.Time `json:"settled_at" example:"2026-08-15T17:00:00Z" doc:"When it was last settled; null before."`
}

func toPrediction(p prediction.Prediction) predictionJSON {
	out := predictionJSON{
		ID: p.ID, MatchID: string(p.Match), UserID: p.UserID, Outcome: p.Pick.Outcome.String(), Confidence: p.Pick.Confidence,
		Status: string(p.Status), CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(), SettledAt: known(p.SettledAt),
	}
	out.HomeGoals, out.AwayGoals = goalsOf(p.Pick.Score)
	out.ResultHome, out.ResultAway = goalsOf(p.Result)
	if p.Status == prediction.Settled {
		out.Points, out.BrierScore = &p.Points, &p.Brier
	}
	return out
}

func goalsOf(s *football.Score) (home, away *int) {
	if s == nil {
		return nil, nil
	}
	h, a := s.Home(), s.Away()
	return &h, &a
}

type predictionOutput struct{ Body predictionJSON }

func onePrediction(p prediction.Prediction, err error) (*predictionOutput, error) {
	if err != nil {
		return nil, err
	}
	return &predictionOutput{Body: toPrediction(p)}, nil
}

type createPredictionInput struct{ Body newPredictionJSON }

func createPrediction(b *predicting.Book) func(context.Context, *createPredictionInput) (*predictionOutput, error) {
	return func(ctx context.Context, in *createPredictionInput) (*predictionOutput, error) {
		order := in.Body.order()
		order.Match, order.UserID = football.MatchID(in.Body.MatchID), in.Body.UserID
		return onePrediction(b.Make(ctx, order))
	}
}

type listPredictionsInput struct {
	Paging
	Match  idParam `query:"match" doc:"Only predictions of this match."`
	User   idParam `query:"user" doc:"Only predictions of this user."`
	Status string  `query:"status" enum:"pending,settled,cancelled,expired" doc:"Only predictions that stand so."`
}

func listPredictions(b *predicting.Book) func(context.Context, *listPredictionsInput) (*listOutput[predictionJSON], error) {
	at := func(p prediction.Prediction) catalogue.Position {
		return catalogue.Position{Time: p.CreatedAt, ID: p.ID}
	}
	return func(ctx context.Context, in *listPredictionsInput) (*listOutput[predictionJSON], error) {
		found, err := b.List(ctx, predicting.Filter{
			UserID: in.User.text, Match: football.MatchID(in.Match.text), Status: prediction.Status(in.Status),
		}, in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toPrediction), nil
	}
}

type predictionInput struct {
	ID idParam `path:"id" doc:"The prediction's id."`
}

func getPrediction(b *predicting.Book) func(context.Context, *predictionInput) (*predictionOutput, error) {
	return func(ctx context.Context, in *predictionInput) (*predictionOutput, error) {
		return onePrediction(b.Get(ctx, in.ID.text))
	}
}

type updatePredictionInput struct {
	IfMatch
	ID   idParam `path:"id" doc:"The prediction's id."`
	Body predictionChangeJSON
}

type predictionChangeJSON struct{ PickInput }

func updatePrediction(b *predicting.Book) func(context.Context, *updatePredictionInput) (*predictionOutput, error) {
	return func(ctx context.Context, in *updatePredictionInput) (*predictionOutput, error) {
		return onePrediction(b.Change(ctx, in.ID.text, in.Body.order(), guard(in.IfMatch, toPrediction)))
	}
}

type cancelPredictionInput struct {
	IfMatch
	ID idParam `path:"id" doc:"The prediction's id."`
}

func cancelPrediction(b *predicting.Book) func(context.Context, *cancelPredictionInput) (*struct{}, error) {
	return func(ctx context.Context, in *cancelPredictionInput) (*struct{}, error) {
		return nil, b.Cancel(ctx, in.ID.text, guard(in.IfMatch, toPrediction))
	}
}
