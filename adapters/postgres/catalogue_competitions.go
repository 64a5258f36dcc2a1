package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

type competitionRow struct {
	Code     string
	Name     string
	Country  string
	TimeZone string
	Seasons  []string `bun:",array"`
	Matches  int
	Finished int
	Newest   bun.NullTime
}

// Competitions implements [catalogue.Competitions].
func (s *Catalogue) Competitions(ctx context.Context) ([]catalogue.Competition, error) {
	var rows []competitionRow
	err := s.db.NewRaw(`
		SELECT c.code, c.name, c.country, c.time_zone,
			ARRAY(SELECT label FROM seasons s WHERE s.competition_code = c.code ORDER BY first_year DESC, label DESC) AS seasons,
			m.matches, m.finished, m.newest
		FROM competitions c
		CROSS JOIN LATERAL (
			SELECT count(*) AS matches, count(*) FILTER (WHERE status = 'finished') AS finished,
				max(kick_off) FILTER (WHERE status = 'finished') AS newest
			FROM matches WHERE competition_code = c.code
		) m
		ORDER BY c.code COLLATE "C"`).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("select competitions: %w", err)
	}
	all := make([]catalogue.Competition, len(rows))
	for i, row := range rows {
		if all[i], err = fromCompetitionRow(row); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func fromCompetitionRow(r competitionRow) (catalogue.Competition, error) {
	c := catalogue.Competition{
		Competition: football.Competition{
			Code: football.CompetitionCode(r.Code), Name: r.Name, Country: r.Country, TimeZone: r.TimeZone,
		},
		Matches: r.Matches, Finished: r.Finished, Newest: r.Newest.UTC(),
	}
	for _, label := range r.Seasons {
		season, err := parsedSeason(label, r.Code)
		if err != nil {
			return c, err
		}
		c.Seasons = append(c.Seasons, season)
	}
	return c, nil
}

// Season implements [catalogue.Competitions].
func (s *Catalogue) Season(ctx context.Context, code football.CompetitionCode, season football.Season) (football.Season, []football.Match, error) {
	if err := s.exists(ctx, "competitions WHERE code = ?", string(code), catalogue.ErrNoCompetition); err != nil {
		return season, nil, err
	}
	label := season.String()
	if label == "" {
		// The newest begun season: one in which something has been played.
		err := s.db.NewRaw(`
			SELECT season FROM matches WHERE competition_code = ?
			ORDER BY status = 'finished' DESC, kick_off DESC LIMIT 1`, string(code)).Scan(ctx, &label)
		if errors.Is(err, sql.ErrNoRows) {
			return season, nil, catalogue.ErrNoSeason
		}
		if err != nil {
			return season, nil, fmt.Errorf("select newest season: %w", err)
		}
	}
	var rows []matchRow
	err := s.matchQuery().Where("m.competition_code = ? AND m.season = ?", string(code), label).
		OrderExpr("m.kick_off, m.id").Scan(ctx, &rows)
	if err != nil {
		return season, nil, fmt.Errorf("select matches of a season: %w", err)
	}
	if len(rows) == 0 {
		return season, nil, catalogue.ErrNoSeason
	}
	matches := make([]football.Match, len(rows))
	for i, row := range rows {
		m, err := fromMatchRow(row)
		if err != nil {
			return season, nil, err
		}
		matches[i] = m.Match
	}
	return matches[0].Season, matches, nil
}
