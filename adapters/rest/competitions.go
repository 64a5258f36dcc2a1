package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/caching"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

func registerCompetitions(r routes, c catalogue.Competitions, t catalogue.Teams) {
	readShared(r, operation{
		ID: "list-competitions", Path: "/competitions", Tag: tagFootball, Needs: identity.ReadFootball, Shared: caching.Football,
		Summary:     "List competitions",
		Description: "All competitions in order of code, with their seasons and how many matches are known.",
	}, listCompetitions(c))
	readShared(r, operation{
		ID: "get-competition-table", Path: "/competitions/{code}/table", Tag: tagFootball, Needs: identity.ReadFootball, Shared: caching.Football,
		Summary: "Get a league table",
		Description: "The table of finished matches: three points a win, then goal difference, then goals scored. " +
			"Teams level on all three share a position, since leagues break such ties by rules of their own.",
		Errors: []int{http.StatusNotFound},
	}, getTable(c, t))
}

type competitionRefJSON struct {
	Code string `json:"code" example:"premier-league" doc:"What the competition is called in addresses."`
	Name string `json:"name" example:"Premier League" doc:"The competition's name."`
}

type competitionJSON struct {
	Code     string     `json:"code" example:"premier-league" doc:"What the competition is called in addresses."`
	Name     string     `json:"name" example:"Premier League" doc:"The competition's name."`
	Country  string     `json:"country" example:"England" doc:"The country's English name."`
	TimeZone string     `json:"time_zone" example:"Europe/London" doc:"The IANA zone that local kick-off times are in."`
	Seasons  []string   `json:"seasons" nullable:"false" example:"[\"2021-22\"]" doc:"The seasons, newest first."`
	Matches  int        `json:"matches" minimum:"0" example:"380" doc:"How many matches are known."`
	Finished int        `json:"finished" minimum:"0" example:"290" doc:"How many of them are over."`
	Newest   *time.Time `json:"newest_result_at" example:"2026-08-10T16:30:00Z" doc:"Kick-off of the newest result; null when there is none."`
}

func toCompetition(c catalogue.Competition) competitionJSON {
	seasons := make([]string, len(c.Seasons))
	for i, s := range c.Seasons {
		seasons[i] = s.String()
	}
	return competitionJSON{
		Code: string(c.Code), Name: c.Name, Country: c.Country, TimeZone: c.TimeZone, Seasons: seasons,
		Matches: c.Matches, Finished: c.Finished, Newest: known(c.Newest),
	}
}

type listCompetitionsInput struct{ Paging }

func listCompetitions(c catalogue.Competitions) func(context.Context, *listCompetitionsInput) (*listOutput[competitionJSON], error) {
	at := func(c catalogue.Competition) catalogue.Position { return catalogue.Position{Name: string(c.Code)} }
	return func(ctx context.Context, in *listCompetitionsInput) (*listOutput[competitionJSON], error) {
		all, err := c.Competitions(ctx)
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, within(&in.Paging, all, at), at, toCompetition), nil
	}
}
