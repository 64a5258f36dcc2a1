package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// Reports implements [catalogue.Quality].
func (s *Catalogue) Reports(ctx context.Context) ([]catalogue.Report, error) {
	var rows []reportRow
	err := s.db.NewSelect().Model(&rows).DistinctOn("q.competition_code").
		OrderExpr("q.competition_code, q.measured_at DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("select quality reports: %w", err)
	}
	reports := make([]catalogue.Report, len(rows))
	for i, r := range rows {
		reports[i] = catalogue.Report{
			Report: quality.Report{
				Competition: football.CompetitionCode(r.CompetitionCode), MeasuredAt: r.MeasuredAt.UTC(),
				Rows: r.RowCount, Broken: r.Broken,
			},
			Threshold: r.Threshold,
		}
		if r.Newest.Valid {
			reports[i].Newest = r.Newest.Time.UTC()
		}
	}
	return reports, nil
}

type findingRow struct {
	bun.BaseModel `bun:"table:quality_findings,alias:q"`

	ID              string
	Source          string
	Rule            string
	Severity        string
	CompetitionCode string
	Season          string
	File            string
	Line            int
	ColumnNo        int
	Field           string
	Reason          string
	Raw             string
	FoundAt         time.Time
}

// Findings implements [catalogue.Quality].
func (s *Catalogue) Findings(ctx context.Context, f catalogue.FindingFilter, p catalogue.Page) ([]catalogue.Finding, error) {
	q := s.db.NewSelect().Model((*findingRow)(nil)).OrderExpr("q.found_at DESC, q.id DESC").Limit(int64(p.Limit))
	if p.After != nil {
		q = q.Where("(q.found_at, q.id) < (?, ?)", p.After.Time, p.After.ID)
	}
	for column, value := range map[string]string{
		"competition_code": string(f.Competition), "season": f.Season.String(),
		"rule": string(f.Rule), "severity": string(f.Severity), "source": f.Source,
	} {
		if value != "" {
			q = q.Where("? = ?", bun.Ident("q."+column), value)
		}
	}
	var rows []findingRow
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("select findings: %w", err)
	}
	findings := make([]catalogue.Finding, len(rows))
	for i, r := range rows {
		findings[i] = fromFindingRow(r)
	}
	return findings, nil
}

func fromFindingRow(r findingRow) catalogue.Finding {
	season, _ := football.ParseSeason(r.Season) // findings about a whole source have none
	return catalogue.Finding{
		ID: r.ID, FoundAt: r.FoundAt.UTC(),
		Finding: quality.Finding{
			Rule: quality.Rule(r.Rule), Competition: football.CompetitionCode(r.CompetitionCode), Season: season, Source: r.Source,
			Place:  quality.Place{File: r.File, Line: r.Line, Column: r.ColumnNo, Field: r.Field},
			Reason: r.Reason, Raw: r.Raw,
		},
	}
}
