package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// reportJSON is a competition's quality on the wire.
type reportJSON struct {
	Competition football.CompetitionCode `json:"competition"`
	Score       float64                  `json:"score"`
	Threshold   float64                  `json:"threshold"`
	Passes      bool                     `json:"passes"`
	Stale       bool                     `json:"stale"`
	Rows        int                      `json:"rows"`
	Broken      map[quality.Rule]int     `json:"broken"`
	Newest      *time.Time               `json:"newest_result"`
	MeasuredAt  time.Time                `json:"measured_at"`
}

func (p *program) showReports(ctx context.Context, kept catalogue.Quality, only football.CompetitionCode) error {
	reports, err := kept.Reports(ctx)
	if err != nil {
		return err
	}
	if only != "" {
		reports = slices.DeleteFunc(reports, func(r catalogue.Report) bool { return r.Competition != only })
		if len(reports) == 0 {
			return fmt.Errorf("competition %s has no quality report; footballctl check data lists those that have", only)
		}
	}
	wire := make([]reportJSON, len(reports))
	rows := make([][]string, len(reports))
	for i, r := range reports {
		wire[i] = reportJSON{
			Competition: r.Competition, Score: r.Score(), Threshold: r.Threshold, Passes: r.Passes(r.Threshold), Stale: r.Stale(),
			Rows: r.Rows, Broken: r.Broken, Newest: orNull(r.Newest), MeasuredAt: r.MeasuredAt,
		}
		rows[i] = []string{
			string(r.Competition), fmt.Sprintf("%.4f", r.Score()), fmt.Sprintf("%.2f", r.Threshold), stale(r.Stale()),
			fmt.Sprint(r.Rows), date(r.Newest), orDash(broken(r.Broken)),
		}
	}
	err = p.print(wire, func(w io.Writer) {
		if len(rows) == 0 {
			fmt.Fprintln(w, "no quality report yet: footballctl ingest makes them")
			return
		}
		table(w, "COMPETITION SCORE NEEDED FRESH ROWS NEWEST FOUND", rows)
	})
	if err != nil {
		return err
	}
	return unfit(reports)
}

func broken(counts map[quality.Rule]int) string {
	var parts []string
	for rule, n := range counts {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", rule, n))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// findingJSON is a finding on the wire.
type findingJSON struct {
	ID          string                   `json:"id"`
	Rule        quality.Rule             `json:"rule"`
	Severity    quality.Severity         `json:"severity"`
	Competition football.CompetitionCode `json:"competition"`
	Season      string                   `json:"season,omitempty"`
	Source      string                   `json:"source"`
	File        string                   `json:"file,omitempty"`
	Line        int                      `json:"line,omitempty"`
	Column      int                      `json:"column,omitempty"`
	Field       string                   `json:"field,omitempty"`
	Reason      string                   `json:"reason"`
	Raw         string                   `json:"raw,omitempty"`
	FoundAt     time.Time                `json:"found_at"`
}

func toFindingJSON(f catalogue.Finding) findingJSON {
	return findingJSON{
		ID: f.ID, Rule: f.Rule, Severity: f.Rule.Severity(), Competition: f.Competition, Season: f.Season.String(), Source: f.Source,
		File: f.Place.File, Line: f.Place.Line, Column: f.Place.Column, Field: f.Place.Field, Reason: f.Reason, Raw: f.Raw, FoundAt: f.FoundAt,
	}
}

func (p *program) showFindings(ctx context.Context, kept catalogue.Quality, filter catalogue.FindingFilter, after *catalogue.Position, limit int) error {
	at := func(f catalogue.Finding) catalogue.Position { return catalogue.Position{Time: f.FoundAt, ID: f.ID} }
	next := func(ctx context.Context, page catalogue.Page) ([]catalogue.Finding, error) {
		if page.After == nil {
			page.After = after
		}
		return kept.Findings(ctx, filter, page)
	}
	found, err := pages(ctx, limit, next, at)
	if err != nil {
		return err
	}
	wire := struct {
		Items []findingJSON `json:"items"`
		Next  string        `json:"next,omitempty"` // for --after
	}{Items: make([]findingJSON, len(found))}
	for i, f := range found {
		wire.Items[i] = toFindingJSON(f)
	}
	if len(found) == limit {
		wire.Next = formatPosition(at(found[limit-1]))
	}
	return p.print(wire, func(w io.Writer) {
		for _, f := range found {
			fmt.Fprintf(w, "%s: %s %s: %s\n", place(f.Place), p.severity(w, f.Rule.Severity()), f.Rule, f.Reason)
		}
		switch {
		case wire.Next != "":
			fmt.Fprintf(p.err, "There may be more: --after %s\n", wire.Next)
		case len(found) == 0:
			fmt.Fprintln(p.err, "Nothing was found.")
		}
	})
}

func (p *program) severity(w io.Writer, s quality.Severity) string {
	switch s {
	case quality.Error:
		return p.paint(w, red, string(s))
	case quality.Warning:
		return p.paint(w, yellow, string(s))
	case quality.Info:
	}
	return string(s)
}

// formatPosition writes a place in a list of findings; parsePosition reads it.
func formatPosition(at catalogue.Position) string {
	return at.Time.UTC().Format(time.RFC3339Nano) + "/" + at.ID
}

func parsePosition(text string) (*catalogue.Position, error) {
	if text == "" {
		return nil, nil
	}
	moment, id, ok := strings.Cut(text, "/")
	t, err := time.Parse(time.RFC3339Nano, moment)
	if !ok || err != nil || id == "" {
		return nil, usagef("--after %q is no place in the list; copy it from the end of the last page", text)
	}
	return &catalogue.Position{Time: t, ID: id}, nil
}
