package rest

import (
	"context"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

type tableJSON struct {
	Competition string         `json:"competition" example:"premier-league" doc:"The competition's code."`
	Season      string         `json:"season" example:"2021-22" doc:"The season."`
	Standings   []standingJSON `json:"standings" nullable:"false" doc:"The teams, best first."`
}

type standingJSON struct {
	Position       int         `json:"position" minimum:"1" example:"1" doc:"The place in the table; teams level on everything share one."`
	Team           teamRefJSON `json:"team" doc:"The team."`
	Played         int         `json:"played" minimum:"0" example:"38" doc:"Finished matches."`
	Won            int         `json:"won" minimum:"0" example:"29" doc:"Matches won."`
	Drawn          int         `json:"drawn" minimum:"0" example:"6" doc:"Matches drawn."`
	Lost           int         `json:"lost" minimum:"0" example:"3" doc:"Matches lost."`
	GoalsFor       int         `json:"goals_for" minimum:"0" example:"99" doc:"Goals scored."`
	GoalsAgainst   int         `json:"goals_against" minimum:"0" example:"26" doc:"Goals conceded."`
	GoalDifference int         `json:"goal_difference" example:"73" doc:"Goals scored less goals conceded."`
	Points         int         `json:"points" minimum:"0" example:"93" doc:"Three for a win, one for a draw."`
}

func toStanding(s football.Standing, teams map[football.TeamID]football.Team) standingJSON {
	return standingJSON{
		Position: s.Position, Team: teamRefJSON{ID: string(s.Team), Name: teams[s.Team].Name},
		Played: s.Played, Won: s.Won, Drawn: s.Drawn, Lost: s.Lost,
		GoalsFor: s.GoalsFor, GoalsAgainst: s.GoalsAgainst, GoalDifference: s.GoalDifference(), Points: s.Points,
	}
}

type getTableInput struct {
	Code   codeParam   `path:"code" doc:"The competition's code."`
	Season seasonParam `query:"season" doc:"The season; the newest that has begun when left out."`
}

type tableOutput struct{ Body tableJSON }

func (o *tableOutput) told() (body any, link string) { return o.Body, "" }

func getTable(c catalogue.Competitions, t catalogue.Teams) func(context.Context, *getTableInput) (*tableOutput, error) {
	return func(ctx context.Context, in *getTableInput) (*tableOutput, error) {
		season, matches, err := c.Season(ctx, in.Code.CompetitionCode, in.Season.Season)
		if err != nil {
			return nil, err
		}
		standings := football.Table(matches)
		ids := make([]football.TeamID, len(standings))
		for i, s := range standings {
			ids[i] = s.Team
		}
		teams, err := t.TeamsByID(ctx, ids)
		if err != nil {
			return nil, err
		}
		out := tableJSON{Competition: string(in.Code.CompetitionCode), Season: season.String(), Standings: make([]standingJSON, len(standings))}
		for i, s := range standings {
			out.Standings[i] = toStanding(s, teams)
		}
		return &tableOutput{Body: out}, nil
	}
}
