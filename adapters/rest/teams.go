package rest

import (
	"context"
	"net/http"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

func registerTeams(r routes, t catalogue.Teams) {
	read(r, operation{
		ID: "list-teams", Path: "/teams", Tag: tagFootball, Needs: identity.ReadFootball,
		Summary: "List teams", Description: "Teams in order of name.",
	}, listTeams(t))
	read(r, operation{
		ID: "get-team", Path: "/teams/{id}", Tag: tagFootball, Needs: identity.ReadFootball,
		Summary: "Get a team", Description: "One team.", Errors: []int{http.StatusNotFound},
	}, getTeam(t))
	read(r, operation{
		ID: "list-team-ratings", Path: "/teams/{id}/ratings", Tag: tagFootball, Needs: identity.ReadFootball,
		Summary:     "List a team's ratings over time",
		Description: "The team's rating after each of its match days, newest first, by the champion model or the one named.",
		Errors:      []int{http.StatusNotFound},
	}, listRatings(t))
}

type teamRefJSON struct {
	ID   string `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The team's id."`
	Name string `json:"name" example:"Arsenal" doc:"The team's usual name."`
}

type teamJSON struct {
	ID      string `json:"id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The team's id."`
	Name    string `json:"name" example:"Arsenal" doc:"The team's usual name."`
	Country string `json:"country" example:"England" doc:"The country's English name."`
}

func toTeam(t football.Team) teamJSON {
	return teamJSON{ID: string(t.ID), Name: t.Name, Country: t.Country}
}

type listTeamsInput struct {
	Paging
	Competition codeParam   `query:"competition" doc:"Only teams that have played in this competition."`
	Season      seasonParam `query:"season" doc:"Only teams that have played in this season."`
	Name        string      `query:"name" maxLength:"100" example:"arsen" doc:"Only teams whose name holds this, whatever its case."`
}

func listTeams(t catalogue.Teams) func(context.Context, *listTeamsInput) (*listOutput[teamJSON], error) {
	at := func(t football.Team) catalogue.Position { return catalogue.Position{Name: t.Name, ID: string(t.ID)} }
	return func(ctx context.Context, in *listTeamsInput) (*listOutput[teamJSON], error) {
		filter := catalogue.TeamFilter{Competition: in.Competition.CompetitionCode, Season: in.Season.Season, Name: in.Name}
		found, err := t.Teams(ctx, filter, in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toTeam), nil
	}
}

type getTeamInput struct {
	ID idParam `path:"id" doc:"The team's id."`
}

type teamOutput struct{ Body teamJSON }

func getTeam(t catalogue.Teams) func(context.Context, *getTeamInput) (*teamOutput, error) {
	return func(ctx context.Context, in *getTeamInput) (*teamOutput, error) {
		found, err := t.Team(ctx, football.TeamID(in.ID.text))
		if err != nil {
			return nil, err
		}
		return &teamOutput{Body: toTeam(found)}, nil
	}
}
