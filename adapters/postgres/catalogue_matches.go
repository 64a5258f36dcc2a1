package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

type matchRow struct {
	bun.BaseModel `bun:"table:matches,alias:m"`

	ID              string
	CompetitionCode string
	Season          string
	HomeTeamID      string
	AwayTeamID      string
	Leg             int
	KickOff         time.Time
	TimeKnown       bool
	Round           sql.NullString
	Status          string
	HomeGoals       *int
	AwayGoals       *int
	HtHomeGoals     *int
	HtAwayGoals     *int
	HomeShots       *int
	AwayShots       *int
	HomeOnTarget    *int
	AwayOnTarget    *int
	HomeCorners     *int
	AwayCorners     *int
	HomeYellow      *int
	AwayYellow      *int
	HomeRed         *int
	AwayRed         *int
	Source          string
	SourceRef       string
	UpdatedAt       time.Time

	CompetitionName string `bun:",scanonly"`
	HomeName        string `bun:",scanonly"`
	AwayName        string `bun:",scanonly"`
}

func (s *Catalogue) matchQuery() *bun.SelectQuery {
	return s.db.NewSelect().Model((*matchRow)(nil)).ColumnExpr("?TableColumns").
		ColumnExpr("c.name AS competition_name, h.name AS home_name, a.name AS away_name").
		Join("JOIN competitions AS c ON c.code = m.competition_code").
		Join("JOIN teams AS h ON h.id = m.home_team_id").
		Join("JOIN teams AS a ON a.id = m.away_team_id")
}

// Matches implements [catalogue.Matches].
func (s *Catalogue) Matches(ctx context.Context, f catalogue.MatchFilter, p catalogue.Page) ([]catalogue.Match, error) {
	q := byKickOff(narrowed(s.matchQuery(), f), p)
	var rows []matchRow
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("select matches: %w", err)
	}
	all := make([]catalogue.Match, len(rows))
	for i, row := range rows {
		var err error
		if all[i], err = fromMatchRow(row); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Match implements [catalogue.Matches].
func (s *Catalogue) Match(ctx context.Context, id football.MatchID) (catalogue.Match, error) {
	var row matchRow
	err := s.matchQuery().Where("m.id = ?", string(id)).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return catalogue.Match{}, catalogue.ErrNoMatch
	}
	if err != nil {
		return catalogue.Match{}, fmt.Errorf("select match: %w", err)
	}
	return fromMatchRow(row)
}

// narrowed applies f to a query over matches AS m.
func narrowed(q *bun.SelectQuery, f catalogue.MatchFilter) *bun.SelectQuery {
	if f.Competition != "" {
		q = q.Where("m.competition_code = ?", string(f.Competition))
	}
	if f.Season != (football.Season{}) {
		q = q.Where("m.season = ?", f.Season.String())
	}
	if f.Team != "" {
		q = q.Where("(m.home_team_id = ? OR m.away_team_id = ?)", string(f.Team), string(f.Team))
	}
	if f.Status != "" {
		q = q.Where("m.status = ?", string(f.Status))
	}
	if !f.From.IsZero() {
		q = q.Where("m.kick_off >= ? AND (m.kick_off >= ? OR NOT m.time_known)", midnight(f.From), f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("m.kick_off < ?", f.To)
	}
	if f.IDs != nil {
		ids := make([]string, len(f.IDs))
		for i, id := range f.IDs {
			ids[i] = string(id)
		}
		q = q.Where("m.id IN ?", bun.Tuple(ids))
	}
	return q
}

// byKickOff orders a query over matches AS m and takes a page of it.
func byKickOff(q *bun.SelectQuery, p catalogue.Page) *bun.SelectQuery {
	if p.After != nil {
		q = after(q, "(m.kick_off, m.id)", p.After.Time, p.After.ID)
	}
	return q.OrderExpr("m.kick_off, m.id").Limit(int64(p.Limit))
}

func fromMatchRow(r matchRow) (catalogue.Match, error) {
	m := catalogue.Match{
		Match: football.Match{
			ID: football.MatchID(r.ID), Competition: football.CompetitionCode(r.CompetitionCode),
			Home: football.TeamID(r.HomeTeamID), Away: football.TeamID(r.AwayTeamID), Leg: r.Leg,
			KickOff: r.KickOff.UTC(), TimeKnown: r.TimeKnown, Status: football.Status(r.Status),
			FullTime: toScore(r.HomeGoals, r.AwayGoals), HalfTime: toScore(r.HtHomeGoals, r.HtAwayGoals),
			Stats: football.Stats{
				Shots: toCount(r.HomeShots, r.AwayShots), ShotsOnTarget: toCount(r.HomeOnTarget, r.AwayOnTarget),
				Corners: toCount(r.HomeCorners, r.AwayCorners), YellowCards: toCount(r.HomeYellow, r.AwayYellow),
				RedCards: toCount(r.HomeRed, r.AwayRed),
			},
		},
		CompetitionName: r.CompetitionName, HomeName: r.HomeName, AwayName: r.AwayName,
		Round: r.Round.String, Source: r.Source, SourceRef: r.SourceRef, UpdatedAt: r.UpdatedAt.UTC(),
	}
	var err error
	m.Season, err = parsedSeason(r.Season, r.CompetitionCode)
	return m, err
}

// toScore is nil unless both numbers are there and possible; the table's
// checks keep others out.
func toScore(home, away *int) *football.Score {
	if home == nil || away == nil {
		return nil
	}
	s, err := football.NewScore(*home, *away)
	if err != nil {
		return nil
	}
	return &s
}

type oddsRow struct {
	bun.BaseModel `bun:"table:match_odds,alias:o"`

	MatchID   string
	Bookmaker string
	Stage     string
	QuotedAt  bun.NullTime
	Home      float64
	Draw      float64
	Away      float64
	Source    string
}

// Odds implements [catalogue.Matches].
func (s *Catalogue) Odds(ctx context.Context, id football.MatchID) ([]catalogue.Quote, error) {
	if err := s.exists(ctx, "matches WHERE id = ?", string(id), catalogue.ErrNoMatch); err != nil {
		return nil, err
	}
	var rows []oddsRow
	err := s.db.NewSelect().Model(&rows).Where("match_id = ?", string(id)).Order("bookmaker", "stage DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("select odds: %w", err)
	}
	quotes := make([]catalogue.Quote, len(rows))
	for i, r := range rows {
		o, err := football.NewOdds(r.Bookmaker, football.Stage(r.Stage), r.QuotedAt.Time, r.Home, r.Draw, r.Away)
		if err != nil {
			return nil, fmt.Errorf("odds row of match %s: %v", id, err) //nolint:errorlint // a bad row is our fault, not the caller's
		}
		quotes[i] = catalogue.Quote{Odds: o, Source: r.Source}
	}
	return quotes, nil
}
