package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

type forecastRow struct {
	bun.BaseModel `bun:"table:forecasts,alias:f"`

	ID           string
	MatchID      string
	ModelVersion string
	PublishedAt  time.Time
	DataUntil    bun.NullTime
	SupersededAt bun.NullTime

	parametersRow

	SettledAt bun.NullTime `bun:",scanonly"`
	HomeGoals *int         `bun:",scanonly"`
	AwayGoals *int         `bun:",scanonly"`
	RPS       float64      `bun:"rps,scanonly"`
	LogLoss   float64      `bun:",scanonly"`
	PickRight bool         `bun:",scanonly"`
}

func (s *Catalogue) forecastQuery() *bun.SelectQuery {
	return s.db.NewSelect().Model((*forecastRow)(nil)).
		ColumnExpr(`f.id, f.match_id, f.model_version, f.published_at, f.data_until, f.superseded_at,
			f.lambda_home, f.lambda_away, f.rho, f.home, f.draw, f.away, f.pick`).
		ColumnExpr(`s.settled_at, s.home_goals, s.away_goals, coalesce(s.rps, 0) AS rps, coalesce(s.log_loss, 0) AS log_loss,
			coalesce(s.pick_right, false) AS pick_right`).
		Join("LEFT JOIN settlements AS s ON s.forecast_id = f.id")
}

// Forecasts implements [catalogue.Forecasts].
func (s *Catalogue) Forecasts(ctx context.Context, f catalogue.MatchFilter, p catalogue.Page) ([]catalogue.Forecast, error) {
	q := s.forecastQuery().Join("JOIN matches AS m ON m.id = f.match_id").Where("f.superseded_at IS NULL")
	var rows []forecastRow
	if err := byKickOff(narrowed(q, f), p).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("select forecasts: %w", err)
	}
	return s.withMatches(ctx, rows)
}

// Forecast implements [catalogue.Forecasts].
func (s *Catalogue) Forecast(ctx context.Context, id football.MatchID) (catalogue.Forecast, error) {
	if err := s.exists(ctx, "matches WHERE id = ?", string(id), catalogue.ErrNoMatch); err != nil {
		return catalogue.Forecast{}, err
	}
	var rows []forecastRow
	err := s.forecastQuery().Where("f.match_id = ? AND f.superseded_at IS NULL", string(id)).Scan(ctx, &rows)
	if err != nil {
		return catalogue.Forecast{}, fmt.Errorf("select forecast: %w", err)
	}
	all, err := s.withMatches(ctx, rows)
	if err == nil && len(all) == 0 {
		err = catalogue.ErrNoForecast
	}
	if err != nil {
		return catalogue.Forecast{}, err
	}
	return all[0], nil
}

// ForecastHistory implements [catalogue.Forecasts].
func (s *Catalogue) ForecastHistory(ctx context.Context, id football.MatchID, p catalogue.Page) ([]catalogue.Forecast, error) {
	if err := s.exists(ctx, "matches WHERE id = ?", string(id), catalogue.ErrNoMatch); err != nil {
		return nil, err
	}
	q := s.forecastQuery().Where("f.match_id = ?", string(id)).
		OrderExpr("f.published_at DESC, f.id DESC").Limit(int64(p.Limit))
	if p.After != nil {
		q = q.Where("(f.published_at, f.id) < (?, ?)", p.After.Time, p.After.ID)
	}
	var rows []forecastRow
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("select forecast history: %w", err)
	}
	return s.withMatches(ctx, rows)
}

// withMatches reads the matches of a page of forecasts in one more query.
func (s *Catalogue) withMatches(ctx context.Context, rows []forecastRow) ([]catalogue.Forecast, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]football.MatchID, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, football.MatchID(r.MatchID))
	}
	found, err := s.Matches(ctx, catalogue.MatchFilter{IDs: ids}, catalogue.Page{Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	matches := make(map[football.MatchID]catalogue.Match, len(found))
	for _, m := range found {
		matches[m.ID] = m
	}
	all := make([]catalogue.Forecast, len(rows))
	for i, r := range rows {
		if all[i], err = fromForecastRow(r, matches[football.MatchID(r.MatchID)]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func fromForecastRow(r forecastRow, m catalogue.Match) (catalogue.Forecast, error) {
	f := catalogue.Forecast{
		ID: r.ID, Match: m, Model: r.ModelVersion, At: r.PublishedAt.UTC(),
		DataUntil: r.DataUntil.UTC(), SupersededAt: r.SupersededAt.UTC(),
	}
	var err error
	if f.Forecast, f.Pick, f.HasPick, err = r.forecast(r.ID); err != nil {
		return f, err
	}
	if result := toScore(r.HomeGoals, r.AwayGoals); result != nil {
		f.Settlement = &catalogue.Settlement{
			At: r.SettledAt.UTC(), Result: *result, RPS: r.RPS, LogLoss: r.LogLoss, PickRight: r.PickRight,
		}
	}
	return f, nil
}
