package rest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/ports/catalogue"
	"github.com/football-prediction/football-prediction/ports/predicting"
)

func registerStandings(r routes, b *predicting.Book) {
	read(r, operation{
		ID: "get-match-prediction-statistics", Path: "/matches/{id}/prediction-statistics", Tag: tagPredictions, Needs: identity.ReadPredictions,
		Errors: []int{http.StatusNotFound}, Summary: "Get what is predicted of a match",
		Description: "What the tenant's users predict of a match, summed up.",
	}, getPredictionStatistics(b))
	read(r, operation{
		ID: "list-leaderboard", Path: "/leaderboard", Tag: tagPredictions, Needs: identity.ReadPredictions,
		Summary:     "List the leaderboard",
		Description: "How the tenant's users did with predictions that are settled, most points first; equals are told apart by the mean Brier score, or share a rank. Months are those of kick-off in UTC.",
	}, listLeaderboard(b))
	read(r, operation{
		ID: "get-my-prediction-statistics", Path: "/users/me/prediction-statistics", Tag: tagPredictions, Needs: identity.ManageAccount,
		Summary: "Get the own record", Description: "How the own predictions did over all, with streaks of predictions that earned points.",
	}, getMyRecord(b))
}

type predictionStatisticsJSON struct {
	MatchID        string           `json:"match_id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"The match."`
	Count          int              `json:"count" minimum:"0" example:"42" doc:"How many users predict it."`
	Home           int              `json:"home" minimum:"0" example:"20" doc:"How many expect the home side to win."`
	Draw           int              `json:"draw" minimum:"0" example:"12" doc:"How many expect a draw."`
	Away           int              `json:"away" minimum:"0" example:"10" doc:"How many expect the away side to win."`
	MeanConfidence float64          `json:"mean_confidence" minimum:"0" maximum:"1" example:"0.55" doc:"How sure they are; 0 when there are none."`
	Scores         []scoreCountJSON `json:"scores" nullable:"false" doc:"The five commonest scores, most first."`
}

type scoreCountJSON struct {
	HomeGoals int `json:"home_goals" minimum:"0" example:"2" doc:"The goals of the home side."`
	AwayGoals int `json:"away_goals" minimum:"0" example:"1" doc:"The goals of the away side."`
	Count     int `json:"count" minimum:"1" example:"7" doc:"How many predict it."`
}

type predictionStatisticsInput struct {
	ID idParam `path:"id" doc:"The match's id."`
}

type predictionStatisticsOutput struct{ Body predictionStatisticsJSON }

func getPredictionStatistics(b *predicting.Book) func(context.Context, *predictionStatisticsInput) (*predictionStatisticsOutput, error) {
	return func(ctx context.Context, in *predictionStatisticsInput) (*predictionStatisticsOutput, error) {
		s, err := b.Statistics(ctx, football.MatchID(in.ID.text))
		if err != nil {
			return nil, err
		}
		out := predictionStatisticsJSON{
			MatchID: in.ID.text, Count: s.Count, Home: s.ByOutcome[0], Draw: s.ByOutcome[1], Away: s.ByOutcome[2],
			MeanConfidence: s.Confidence, Scores: make([]scoreCountJSON, len(s.Scores)),
		}
		for i, c := range s.Scores {
			out.Scores[i] = scoreCountJSON{HomeGoals: c.Score.Home(), AwayGoals: c.Score.Away(), Count: c.Count}
		}
		return &predictionStatisticsOutput{Body: out}, nil
	}
}

// TallyJSON is how a user did. It is exported because Huma sees no fields of
// an unexported embedded type.
type TallyJSON struct {
	UserID     string  `json:"user_id" format:"uuid" example:"0197f3a2-5b7c-7d10-9c3e-4f2a8b6d1e05" doc:"Who it is."`
	Points     int     `json:"points" minimum:"0" example:"87" doc:"What the predictions earned."`
	Settled    int     `json:"settled" minimum:"0" example:"30" doc:"How many predictions are settled."`
	Hits       int     `json:"hits" minimum:"0" example:"16" doc:"How many of them earned points."`
	Exact      int     `json:"exact" minimum:"0" example:"4" doc:"How many of them had the exact score."`
	HitRate    float64 `json:"hit_rate" minimum:"0" maximum:"1" example:"0.5333" doc:"The share that earned points."`
	BrierScore float64 `json:"mean_brier_score" minimum:"0" maximum:"2" example:"0.61" doc:"The mean Brier score; 0 is best."`
}

type rankJSON struct {
	Rank int `json:"rank" minimum:"1" example:"1" doc:"The place; equals share one."`
	TallyJSON
}

func toTally(s predicting.Standing) TallyJSON {
	return TallyJSON{
		UserID: s.UserID, Points: s.Points, Settled: s.Settled, Hits: s.Hits, Exact: s.Exact,
		HitRate: float64(s.Hits) / float64(max(s.Settled, 1)), BrierScore: s.Brier(),
	}
}

// monthParam is a month in UTC; its zero value is none.
type monthParam struct{ time.Time }

func (p *monthParam) UnmarshalText(text []byte) error {
	month, err := time.Parse("2006-01", string(text))
	if err != nil || month.Year() < 1850 || month.Year() > 2200 {
		return errors.New("write a month between 1850 and 2200 as YYYY-MM, such as 2026-08")
	}
	p.Time = month
	return nil
}

func (monthParam) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^\d{4}-\d{2}$`, Examples: []any{"2026-08"}}
}

type listLeaderboardInput struct {
	Paging
	Competition codeParam  `query:"competition" doc:"Only matches of this competition."`
	From        monthParam `query:"from" doc:"The first month that counts."`
	To          monthParam `query:"to" doc:"The last month that counts."`
}

func listLeaderboard(b *predicting.Book) func(context.Context, *listLeaderboardInput) (*listOutput[rankJSON], error) {
	return func(ctx context.Context, in *listLeaderboardInput) (*listOutput[rankJSON], error) {
		period := predicting.Period{From: in.From.Time, Competition: in.Competition.CompetitionCode}
		if !in.To.IsZero() {
			period.To = in.To.AddDate(0, 1, 0)
		}
		page := in.page()
		found, err := b.Leaderboard(ctx, period, page)
		if err != nil {
			return nil, err
		}
		place := 0
		if page.After != nil {
			place, _ = strconv.Atoi(page.After.ID) // we signed it
		}
		last := place + min(len(found), in.Limit)
		at := func(predicting.Standing) catalogue.Position { return catalogue.Position{ID: strconv.Itoa(last)} }
		return paged(&in.Paging, found, at, func(s predicting.Standing) rankJSON {
			return rankJSON{Rank: s.Rank, TallyJSON: toTally(s)}
		}), nil
	}
}

type recordJSON struct {
	TallyJSON
	Streak        int `json:"streak" minimum:"0" example:"3" doc:"How many of the last predictions in a row earned points."`
	LongestStreak int `json:"longest_streak" minimum:"0" example:"9" doc:"The longest such row."`
}

type recordOutput struct{ Body recordJSON }

func getMyRecord(b *predicting.Book) func(context.Context, *meInput) (*recordOutput, error) {
	return func(ctx context.Context, _ *meInput) (*recordOutput, error) {
		r, err := b.Mine(ctx)
		if err != nil {
			return nil, err
		}
		return &recordOutput{Body: recordJSON{TallyJSON: toTally(r.Standing), Streak: r.Streak, LongestStreak: r.LongestStreak}}, nil
	}
}
