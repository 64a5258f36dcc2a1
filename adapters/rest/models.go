package rest

import (
	"context"
	"net/http"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/modelling"
)

func registerModels(r routes, m catalogue.Models, p *modelling.Promoter) {
	missing := []int{http.StatusNotFound}
	read(r, operation{
		ID: "list-models", Path: "/models", Tag: tagModels, Needs: identity.ReadFootball,
		Summary: "List models", Description: "The models in the registry, newest first.",
	}, listModels(m))
	read(r, operation{
		ID: "get-model", Path: "/models/{version}", Tag: tagModels, Needs: identity.ReadFootball, Errors: missing,
		Summary: "Get a model", Description: "One model with its parameters.",
	}, getModel(m))
	read(r, operation{
		ID: "get-model-evaluation", Path: "/models/{version}/evaluation", Tag: tagModels, Needs: identity.ReadFootball, Errors: missing,
		Summary: "Get a model's evaluation",
		Description: "How the model did on held-out matches that it was not tuned on, beside league base rates and the champion of that time " +
			"on the same matches.",
	}, getEvaluation(m))
	change(r, operation{
		ID: "promote-model", Path: "/models/{version}/promote", Tag: tagModels, Needs: identity.RunOperations, Repeatable: true,
		Summary: "Promote a model", Description: "Makes the model the champion, whose forecasts are published. Promoting the champion changes nothing.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, promote(p))
	change(r, operation{
		ID: "rollback-model", Path: "/models/rollback", Tag: tagModels, Needs: identity.RunOperations, Repeatable: true,
		Summary: "Roll back to the former model", Description: "Makes the former champion the champion again.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, rollback(p))
}

type listModelsInput struct{ Paging }

func listModels(m catalogue.Models) func(context.Context, *listModelsInput) (*listOutput[ModelJSON], error) {
	at := func(e modelling.Entry) catalogue.Position {
		return catalogue.Position{Time: e.TrainedAt, ID: e.Version}
	}
	return func(ctx context.Context, in *listModelsInput) (*listOutput[ModelJSON], error) {
		found, err := m.Models(ctx, in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toModel), nil
	}
}

type modelInput struct {
	Version string `path:"version" maxLength:"100" example:"score-driven-8fc4c7a122" doc:"The model's version."`
}

type modelOutput struct{ Body modelDetailJSON }

func getModel(m catalogue.Models) func(context.Context, *modelInput) (*modelOutput, error) {
	return func(ctx context.Context, in *modelInput) (*modelOutput, error) {
		found, err := m.Get(ctx, in.Version)
		if err != nil {
			return nil, err
		}
		body, err := toModelDetail(found)
		return &modelOutput{Body: body}, err
	}
}

// errNotEvaluated is about a model that is there but was never measured.
var errNotEvaluated = &domain.Error{Kind: domain.NotFound, Code: "model.not_evaluated", Detail: "the model has not been evaluated yet"}

type evaluationOutput struct{ Body evaluationJSON }

func getEvaluation(m catalogue.Models) func(context.Context, *modelInput) (*evaluationOutput, error) {
	return func(ctx context.Context, in *modelInput) (*evaluationOutput, error) {
		found, err := m.Get(ctx, in.Version)
		if err != nil {
			return nil, err
		}
		if found.Evaluation == nil {
			return nil, errNotEvaluated
		}
		return &evaluationOutput{Body: toEvaluation(*found.Evaluation)}, nil
	}
}
