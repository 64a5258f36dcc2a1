package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/football-prediction/football-prediction/domain/football"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

// dataFlags are what check data is asked.
type dataFlags struct {
	rejected, findings                          bool
	competition, season, rule, severity, source string
	after                                       string
	limit                                       int
}

func (p *program) checkData() *cobra.Command {
	var f dataFlags
	cmd := &cobra.Command{
		Use: "data", Short: "Show the quality of the data, and what was found in them (DATABASE_URL)", Args: cobra.NoArgs,
		Long: `Without flags, show each competition's quality as it was last measured, and fail when one is below the threshold that training asks for.
With --findings, list what was found; with --rejected, only the rows that were kept out, each with file, line and column.`,
		Example: "  footballctl check data\n  footballctl check data --rejected --competition premier-league --limit 20",
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, after, err := f.filter()
			if err != nil {
				return err
			}
			ctx, cancel := p.bounded(cmd, quick)
			defer cancel()
			var kept catalogue.Catalogue
			return p.with(ctx, databaseGraph, func() error {
				if f.listing() {
					return p.showFindings(ctx, kept, filter, after, f.limit)
				}
				return p.showReports(ctx, kept, filter.Competition)
			}, &kept)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.findings, "findings", false, "list findings, newest first")
	flags.BoolVar(&f.rejected, "rejected", false, "list the rows that were kept out")
	flags.StringVar(&f.competition, "competition", "", "only this competition, by code")
	flags.StringVar(&f.season, "season", "", "only findings of this season, such as 2021-22")
	flags.StringVar(&f.rule, "rule", "", "only findings of this rule, such as impossible_score")
	flags.StringVar(&f.severity, "severity", "", "only findings this severe: error, warning or info")
	flags.StringVar(&f.source, "source", "", "only findings in this source")
	flags.IntVar(&f.limit, "limit", 50, "at most so many findings")
	flags.StringVar(&f.after, "after", "", "go on after this place in the list, as the end of the last page names it")
	return cmd
}

// listing reports whether findings are asked for: by name, or by a filter that
// only they have.
func (f dataFlags) listing() bool {
	return f.rejected || f.findings || f.season+f.rule+f.severity+f.source+f.after != ""
}

func (f dataFlags) filter() (catalogue.FindingFilter, *catalogue.Position, error) {
	out := catalogue.FindingFilter{
		Competition: football.CompetitionCode(f.competition), Rule: quality.Rule(f.rule),
		Severity: quality.Severity(f.severity), Source: f.source,
	}
	if f.limit < 1 {
		return out, nil, usagef("--limit %d: say 1 or more", f.limit)
	}
	if f.season != "" {
		season, err := football.ParseSeason(f.season)
		if err != nil {
			return out, nil, usagef("--season: %s", message(err))
		}
		out.Season = season
	}
	switch {
	case f.rule != "" && out.Rule.Meaning() == "":
		return out, nil, usagef("--rule %q is no rule; the findings name theirs, see footballctl check data --findings", f.rule)
	case f.severity != "" && out.Severity != quality.Error && out.Severity != quality.Warning && out.Severity != quality.Info:
		return out, nil, usagef("--severity %q: say error, warning or info", f.severity)
	case f.rejected && f.severity != "" && out.Severity != quality.Error:
		return out, nil, usagef("--rejected lists errors, so --severity %s finds nothing", f.severity)
	case f.rejected:
		out.Severity = quality.Error
	}
	after, err := parsePosition(f.after)
	return out, after, err
}

// dataFit fails when a competition is below its threshold.
func (p *program) dataFit(ctx context.Context) error {
	var kept catalogue.Catalogue
	return p.with(ctx, databaseGraph, func() error {
		reports, err := kept.Reports(ctx)
		if err != nil {
			return err
		}
		return unfit(reports)
	}, &kept)
}

func unfit(reports []catalogue.Report) error {
	if len(reports) == 0 {
		return errNoReports
	}
	var names []string
	for _, r := range reports {
		if !r.Passes(r.Threshold) {
			names = append(names, fmt.Sprintf("%s %.3f", r.Competition, r.Score()))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("below the quality that training asks for: %s; footballctl check data shows what was found", strings.Join(names, ", "))
}

var errNoReports = errors.New("no data have been measured yet; footballctl ingest takes some in")

// place is file:line:column, as editors take it, as far as it is known.
func place(at quality.Place) string {
	text := orDash(at.File)
	if at.Line > 0 {
		text += fmt.Sprintf(":%d", at.Line)
		if at.Column > 0 {
			text += fmt.Sprintf(":%d", at.Column)
		}
	}
	return text
}

// tellLeftOut says on standard error what a backtest does without.
func (p *program) tellLeftOut(h *history) {
	if len(h.leftOut) == 0 || p.json {
		return
	}
	fmt.Fprintf(p.err, "left out: %s\n", plural(len(h.leftOut), "row", "rows"))
	const shown = 10
	for i, f := range h.leftOut {
		if i == shown {
			fmt.Fprintf(p.err, "  and %d more\n", len(h.leftOut)-shown)
			return
		}
		_, _ = io.WriteString(p.err, "  "+place(f.Place)+": "+f.Reason+"\n")
	}
}
