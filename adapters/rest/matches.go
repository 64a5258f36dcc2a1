package rest

import (
	"context"
	"net/http"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

func registerMatches(r routes, m catalogue.Matches) {
	readShared(r, operation{
		ID: "list-matches", Path: "/matches", Tag: tagFootball, Needs: identity.ReadFootball, Shared: caching.Football,
		Summary: "List matches", Description: "Matches, played and to be played, in order of kick-off.",
	}, listMatches(m))
	readShared(r, operation{
		ID: "get-match", Path: "/matches/{id}", Tag: tagFootball, Needs: identity.ReadFootball, Shared: caching.Football,
		Summary: "Get a match", Description: "One match with all that is known of it and where that comes from.",
		Errors: []int{http.StatusNotFound},
	}, getMatch(m))
	read(r, operation{
		ID: "list-match-odds", Path: "/matches/{id}/odds", Tag: tagFootball, Needs: identity.ReadFootball,
		Summary:     "List a match's odds",
		Description: "Decimal odds of home win, draw and away win, by bookmaker and stage.",
		Errors:      []int{http.StatusNotFound},
	}, listOdds(m))
}

type listMatchesInput struct {
	Paging
	Competition codeParam   `query:"competition" doc:"Only matches of this competition."`
	Season      seasonParam `query:"season" doc:"Only matches of this season."`
	Team        idParam     `query:"team" doc:"Only matches of this team, at home or away."`
	Status      string      `query:"status" enum:"scheduled,postponed,finished,abandoned,cancelled" doc:"Only matches that stand so."`
	From        dateParam   `query:"from" doc:"Only matches that kick off on or after this day, in UTC."`
	To          dateParam   `query:"to" doc:"Only matches that kick off on or before this day, in UTC."`
}

func (in *listMatchesInput) filter() catalogue.MatchFilter {
	return catalogue.MatchFilter{
		Competition: in.Competition.CompetitionCode, Season: in.Season.Season, Team: football.TeamID(in.Team.text),
		Status: football.Status(in.Status), From: in.From.Time, To: in.To.after(),
	}
}

func listMatches(m catalogue.Matches) func(context.Context, *listMatchesInput) (*listOutput[matchJSON], error) {
	at := func(m catalogue.Match) catalogue.Position {
		return catalogue.Position{Time: m.KickOff, ID: string(m.ID)}
	}
	return func(ctx context.Context, in *listMatchesInput) (*listOutput[matchJSON], error) {
		if err := inOrder(in.From, in.To); err != nil {
			return nil, err
		}
		found, err := m.Matches(ctx, in.filter(), in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toMatch), nil
	}
}

type matchInput struct {
	ID idParam `path:"id" doc:"The match's id."`
}

func (in *matchInput) match() football.MatchID { return football.MatchID(in.ID.text) }

type matchOutput struct{ Body matchJSON }

func (o *matchOutput) told() (body any, link string) { return o.Body, "" }

func getMatch(m catalogue.Matches) func(context.Context, *matchInput) (*matchOutput, error) {
	return func(ctx context.Context, in *matchInput) (*matchOutput, error) {
		found, err := m.Match(ctx, in.match())
		if err != nil {
			return nil, err
		}
		return &matchOutput{Body: toMatch(found)}, nil
	}
}
