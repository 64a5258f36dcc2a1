package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/publishing"
)

var _ publishing.Settlements = (*Settlements)(nil)

// Settlements is the table of how forecasts did.
type Settlements struct{ db *bun.DB }

// NewSettlements returns the table in db.
func NewSettlements(db *bun.DB) *Settlements { return &Settlements{db: db} }

type unsettledRow struct {
	ID              string
	MatchID         string
	CompetitionCode string
	ModelVersion    string
	HomeGoals       int
	AwayGoals       int
	parametersRow
}

// Unsettled implements [publishing.Settlements]. What counts is the last
// forecast published before kick-off; one made later is none.
func (s *Settlements) Unsettled(ctx context.Context, limit int) ([]publishing.Unsettled, error) {
	var rows []unsettledRow
	err := s.db.NewRaw(`
		SELECT f.id, f.match_id, m.competition_code, f.model_version, m.home_goals, m.away_goals,
			f.lambda_home, f.lambda_away, f.rho, f.home, f.draw, f.away, f.pick
		FROM matches m
		JOIN LATERAL (
			SELECT * FROM forecasts f WHERE f.match_id = m.id AND f.published_at <= m.kick_off
			ORDER BY f.published_at DESC, f.id DESC LIMIT 1
		) f ON true
		LEFT JOIN settlements s ON s.match_id = m.id
		WHERE m.status = 'finished'
			AND (s.match_id IS NULL OR s.forecast_id <> f.id OR (s.home_goals, s.away_goals) <> (m.home_goals, m.away_goals))
		ORDER BY m.id LIMIT ?`, limit).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("select unsettled forecasts: %w", err)
	}
	waiting := make([]publishing.Unsettled, len(rows))
	for i, row := range rows {
		if waiting[i], err = fromUnsettledRow(row); err != nil {
			return nil, err
		}
	}
	return waiting, nil
}

func fromUnsettledRow(r unsettledRow) (publishing.Unsettled, error) {
	u := publishing.Unsettled{
		ForecastID: r.ID, Match: football.MatchID(r.MatchID),
		Competition: football.CompetitionCode(r.CompetitionCode), Model: r.ModelVersion,
	}
	var err error
	if u.Forecast, u.Pick, u.HasPick, err = r.forecast(r.ID); err != nil {
		return u, err
	}
	if u.Result, err = football.NewScore(r.HomeGoals, r.AwayGoals); err != nil {
		return u, fmt.Errorf("match row %s: %v", r.MatchID, err) //nolint:errorlint // a bad row is our fault, not the caller's
	}
	return u, nil
}

type settlementRow struct {
	bun.BaseModel `bun:"table:settlements,alias:s"`

	MatchID    string `bun:",pk"`
	ForecastID string
	HomeGoals  int
	AwayGoals  int
	RPS        float64 `bun:"rps"`
	LogLoss    float64
	PickRight  *bool
	SettledAt  time.Time
}

// Settle implements [publishing.Settlements].
func (s *Settlements) Settle(ctx context.Context, all []publishing.Settlement) error {
	rows := make([]settlementRow, len(all))
	for i, one := range all {
		rows[i] = settlementRow{
			MatchID: string(one.Match), ForecastID: one.ForecastID,
			HomeGoals: one.Result.Home(), AwayGoals: one.Result.Away(),
			RPS: one.RPS, LogLoss: one.LogLoss, SettledAt: one.At,
		}
		if one.HasPick {
			rows[i].PickRight = &all[i].PickRight
		}
	}
	_, err := s.db.NewInsert().Model(&rows).On("CONFLICT (match_id) DO UPDATE").
		Set(`forecast_id = excluded.forecast_id, home_goals = excluded.home_goals, away_goals = excluded.away_goals,
			rps = excluded.rps, log_loss = excluded.log_loss, pick_right = excluded.pick_right, settled_at = excluded.settled_at`).
		Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert settlements: %w", err)
	}
	return nil
}

type accuracyRow struct {
	CompetitionCode string
	ModelVersion    string
	Matches         int
	RPS             float64 `bun:"rps"`
	LogLoss         float64
	Picks           int
	PicksRight      int
	Newest          time.Time
}

// Accuracy implements [publishing.Settlements].
func (s *Settlements) Accuracy(ctx context.Context) ([]publishing.Accuracy, error) {
	var rows []accuracyRow
	err := s.db.NewRaw(`
		SELECT m.competition_code, f.model_version, count(*) AS matches, avg(s.rps) AS rps, avg(s.log_loss) AS log_loss,
			count(s.pick_right) AS picks, count(*) FILTER (WHERE s.pick_right) AS picks_right, max(s.settled_at) AS newest
		FROM settlements s JOIN forecasts f ON f.id = s.forecast_id JOIN matches m ON m.id = s.match_id
		GROUP BY 1, 2 ORDER BY 1, 2`).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("sum up settlements: %w", err)
	}
	all := make([]publishing.Accuracy, len(rows))
	for i, r := range rows {
		all[i] = publishing.Accuracy{
			Competition: football.CompetitionCode(r.CompetitionCode), Model: r.ModelVersion, Matches: r.Matches,
			RPS: r.RPS, LogLoss: r.LogLoss, Picks: r.Picks, PicksRight: r.PicksRight, Newest: r.Newest.UTC(),
		}
	}
	return all, nil
}
