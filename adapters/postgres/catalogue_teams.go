package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/forecast"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

type teamRow struct {
	bun.BaseModel `bun:"table:teams,alias:t"`

	ID      string
	Name    string
	Country string
}

func fromTeamRow(r teamRow) football.Team {
	return football.Team{ID: football.TeamID(r.ID), Name: r.Name, Country: r.Country}
}

// Teams implements [catalogue.Teams].
func (s *Catalogue) Teams(ctx context.Context, f catalogue.TeamFilter, p catalogue.Page) ([]football.Team, error) {
	q := s.db.NewSelect().Model((*teamRow)(nil)).OrderExpr("t.name, t.id").Limit(int64(p.Limit))
	if p.After != nil {
		q = after(q, "(t.name, t.id)", p.After.Name, p.After.ID)
	}
	if f.Name != "" {
		q = q.Where("t.name ILIKE ?", "%"+literal(f.Name)+"%")
	}
	if f.Competition != "" || f.Season != (football.Season{}) {
		played := narrowed(s.db.NewSelect().TableExpr("matches AS m").ColumnExpr("1"),
			catalogue.MatchFilter{Competition: f.Competition, Season: f.Season}).
			Where("t.id IN (m.home_team_id, m.away_team_id)")
		q = q.Where("EXISTS (?)", played)
	}
	var rows []teamRow
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("select teams: %w", err)
	}
	teams := make([]football.Team, len(rows))
	for i, row := range rows {
		teams[i] = fromTeamRow(row)
	}
	return teams, nil
}

// literal keeps LIKE from reading wildcards in what a caller searches for.
func literal(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// Team implements [catalogue.Teams].
func (s *Catalogue) Team(ctx context.Context, id football.TeamID) (football.Team, error) {
	var row teamRow
	err := s.db.NewSelect().Model(&row).Where("t.id = ?", string(id)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return football.Team{}, catalogue.ErrNoTeam
	}
	if err != nil {
		return football.Team{}, fmt.Errorf("select team: %w", err)
	}
	return fromTeamRow(row), nil
}

// TeamsByID implements [catalogue.Teams].
func (s *Catalogue) TeamsByID(ctx context.Context, ids []football.TeamID) (map[football.TeamID]football.Team, error) {
	if len(ids) == 0 {
		return map[football.TeamID]football.Team{}, nil
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	var rows []teamRow
	if err := s.db.NewSelect().Model(&rows).Where("t.id IN ?", bun.Tuple(texts)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("select teams: %w", err)
	}
	teams := make(map[football.TeamID]football.Team, len(rows))
	for _, row := range rows {
		teams[football.TeamID(row.ID)] = fromTeamRow(row)
	}
	return teams, nil
}

type ratingRow struct {
	bun.BaseModel `bun:"table:team_ratings,alias:r"`

	ModelVersion    string
	TeamID          string
	CompetitionCode string
	RatedOn         time.Time
	Attack          float64
	Defence         float64
	Matches         int
}

// Ratings implements [catalogue.Teams].
func (s *Catalogue) Ratings(ctx context.Context, id football.TeamID, model string, p catalogue.Page) ([]catalogue.RatingPoint, error) {
	if err := s.exists(ctx, "teams WHERE id = ?", string(id), catalogue.ErrNoTeam); err != nil {
		return nil, err
	}
	q := s.db.NewSelect().Model((*ratingRow)(nil)).Where("r.team_id = ?", string(id)).
		OrderExpr("r.rated_on DESC, r.competition_code DESC").Limit(int64(p.Limit))
	if model == "" {
		q = q.Where("r.model_version = (SELECT version FROM champion)")
	} else {
		q = q.Where("r.model_version = ?", model)
	}
	if p.After != nil {
		q = q.Where("(r.rated_on, r.competition_code) < (?::date, ?)", p.After.Time, p.After.ID)
	}
	var rows []ratingRow
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("select ratings: %w", err)
	}
	points := make([]catalogue.RatingPoint, len(rows))
	for i, r := range rows {
		on := midnight(r.RatedOn)
		points[i] = catalogue.RatingPoint{
			Competition: football.CompetitionCode(r.CompetitionCode), Model: r.ModelVersion, On: on,
			Rating: forecast.Rating{Team: id, Attack: r.Attack, Defence: r.Defence, Matches: r.Matches, LastPlayed: on},
		}
	}
	return points, nil
}
