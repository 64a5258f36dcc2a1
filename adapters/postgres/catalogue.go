package postgres

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain"
	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

var _ catalogue.Catalogue = (*Catalogue)(nil)

// Catalogue reads what everybody may see.
type Catalogue struct{ db *bun.DB }

// NewCatalogue returns the Catalogue in db.
func NewCatalogue(db *bun.DB) *Catalogue { return &Catalogue{db: db} }

// after narrows q to rows behind the position, in an order of two columns.
func after(q *bun.SelectQuery, columns string, first, id any) *bun.SelectQuery {
	return q.Where(columns+" > (?, ?)", first, id)
}

// exists returns missing unless a table, named with its condition such as
// "teams WHERE id = ?", has a row for value.
func (s *Catalogue) exists(ctx context.Context, where, value string, missing *domain.Error) error {
	var found bool
	if err := s.db.NewRaw("SELECT EXISTS (SELECT FROM "+where+")", value).Scan(ctx, &found); err != nil {
		return fmt.Errorf("look into %s: %w", where, err)
	}
	if !found {
		return missing
	}
	return nil
}

type freshnessRow = catalogue.Freshness

// Freshness implements [catalogue.Catalogue].
func (s *Catalogue) Freshness(ctx context.Context) ([]catalogue.Freshness, error) {
	var rows []freshnessRow
	err := s.db.NewRaw(`SELECT source, max(loaded_at) AS at FROM ingested_editions WHERE loaded_at > 'epoch' GROUP BY 1 ORDER BY 1`).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("select freshness: %w", err)
	}
	return rows, nil
}

func parsedSeason(label, owner string) (football.Season, error) {
	s, err := football.ParseSeason(label)
	if err != nil {
		return s, fmt.Errorf("season row of %s: %v", owner, err) //nolint:errorlint // a bad row is our fault, not the caller's
	}
	return s, nil
}
