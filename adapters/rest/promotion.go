package rest

import (
	"context"

	"github.com/football-prediction/football-prediction/ports/modelling"
)

// decisionJSON is what a person says when changing the champion.
type decisionJSON struct {
	Reason string `json:"reason" minLength:"3" maxLength:"500" pattern:"^[^\\x00-\\x08\\x0b-\\x1f\\x7f]*$" patternDescription:"text without control characters" example:"Better calibrated on last season's matches." doc:"Why, for the record."`
}

type promoteInput struct {
	Version string `path:"version" maxLength:"100" example:"score-driven-8fc4c7a122" doc:"The model's version."`
	Body    decisionJSON
}

type rollbackInput struct{ Body decisionJSON }

type championOutput struct{ Body ModelJSON }

func promote(p *modelling.Promoter) func(context.Context, *promoteInput) (*championOutput, error) {
	return func(ctx context.Context, in *promoteInput) (*championOutput, error) {
		champion, err := p.Promote(ctx, in.Version, in.Body.Reason)
		if err != nil {
			return nil, err
		}
		return &championOutput{Body: toModel(champion)}, nil
	}
}

func rollback(p *modelling.Promoter) func(context.Context, *rollbackInput) (*championOutput, error) {
	return func(ctx context.Context, in *rollbackInput) (*championOutput, error) {
		champion, err := p.Rollback(ctx, in.Body.Reason)
		if err != nil {
			return nil, err
		}
		return &championOutput{Body: toModel(champion)}, nil
	}
}
