package rest

import (
	"context"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

type ratingJSON struct {
	On          *day    `json:"on" doc:"The day of the match that the rating follows."`
	Competition string  `json:"competition" example:"premier-league" doc:"The competition's code."`
	Model       string  `json:"model" example:"score-driven-8fc4c7a122" doc:"The version of the model that rates."`
	Attack      float64 `json:"attack" example:"0.2143" doc:"Natural logarithm of goals scored against a team of average strength: 0.1 scores 10 % more."`
	Defence     float64 `json:"defence" example:"0.1312" doc:"The same of goals prevented: 0.1 concedes 10 % less."`
	Quality     float64 `json:"quality" example:"0.1728" doc:"The mean of attack and defence."`
	Matches     int     `json:"matches" minimum:"0" example:"241" doc:"Matches in this competition that the rating rests on."`
}

func toRating(p catalogue.RatingPoint) ratingJSON {
	return ratingJSON{
		On: knownDay(p.On), Competition: string(p.Competition), Model: p.Model,
		Attack: p.Rating.Attack, Defence: p.Rating.Defence, Quality: p.Rating.Quality(), Matches: p.Rating.Matches,
	}
}

type listRatingsInput struct {
	Paging
	ID    idParam `path:"id" doc:"The team's id."`
	Model string  `query:"model" maxLength:"100" example:"score-driven-8fc4c7a122" doc:"The version of a model; the champion when left out."`
}

func listRatings(t catalogue.Teams) func(context.Context, *listRatingsInput) (*listOutput[ratingJSON], error) {
	at := func(p catalogue.RatingPoint) catalogue.Position {
		return catalogue.Position{Time: p.On, ID: string(p.Competition)}
	}
	return func(ctx context.Context, in *listRatingsInput) (*listOutput[ratingJSON], error) {
		found, err := t.Ratings(ctx, football.TeamID(in.ID.text), in.Model, in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toRating), nil
	}
}
