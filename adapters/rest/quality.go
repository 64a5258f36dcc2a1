package rest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/football-prediction/football-prediction/domain/identity"
	"github.com/football-prediction/football-prediction/domain/quality"
	"github.com/football-prediction/football-prediction/ports/catalogue"
)

func registerQuality(r routes, q catalogue.Quality) {
	read(r, operation{
		ID: "list-data-quality", Path: "/data-quality", Tag: tagQuality, Needs: identity.ReadFootball,
		Summary: "List the quality of the data",
		Description: "The latest report on each competition, in order of code: a score from 0 to 1, the threshold below which nothing is trained, " +
			"and how often each rule was broken.",
	}, listReports(q))
	read(r, operation{
		ID: "list-data-quality-findings", Path: "/data-quality/findings", Tag: tagQuality, Needs: identity.ReadFootball,
		Summary:     "List what is wrong with the data",
		Description: "Rows that were rejected or let in with a warning, newest first: where they stand, which rule they break, and the row as it was read.",
	}, listFindings(q))
}

type reportJSON struct {
	Competition string          `json:"competition" example:"premier-league" doc:"The competition's code."`
	Score       float64         `json:"score" minimum:"0" maximum:"1" example:"0.9992" doc:"1 for clean data; it falls with the weighted share of broken rows."`
	Threshold   float64         `json:"threshold" minimum:"0" maximum:"1" example:"0.9" doc:"The score below which nothing is trained."`
	Passes      bool            `json:"passes" example:"true" doc:"Whether the score reaches the threshold."`
	Rows        int             `json:"rows" minimum:"0" example:"4180" doc:"Rows read, good and bad."`
	Stale       bool            `json:"stale" example:"false" doc:"Whether nothing new has come for longer than any regular break."`
	Newest      *time.Time      `json:"newest_result_at" example:"2026-08-10T16:30:00Z" doc:"Kick-off of the newest result; null when there is none."`
	MeasuredAt  time.Time       `json:"measured_at" example:"2026-08-01T03:10:00Z" doc:"When it was measured."`
	Findings    []ruleCountJSON `json:"findings" nullable:"false" doc:"How often each rule was broken, in order of rule."`
}

type ruleCountJSON struct {
	Rule     string `json:"rule" example:"duplicate_match" doc:"The rule."`
	Severity string `json:"severity" enum:"info,warning,error" example:"warning" doc:"How much it matters: an error keeps a row out."`
	Meaning  string `json:"meaning" example:"the match is given twice" doc:"What is wrong, in words."`
	Count    int    `json:"count" minimum:"0" example:"3" doc:"How often."`
}

func toReport(r catalogue.Report) reportJSON {
	counts := make([]ruleCountJSON, 0, len(r.Broken))
	for rule, n := range r.Broken {
		counts = append(counts, ruleCountJSON{Rule: string(rule), Severity: string(rule.Severity()), Meaning: rule.Meaning(), Count: n})
	}
	slices.SortFunc(counts, func(a, b ruleCountJSON) int { return cmp.Compare(a.Rule, b.Rule) })
	return reportJSON{
		Competition: string(r.Competition), Score: r.Score(), Threshold: r.Threshold, Passes: r.Passes(r.Threshold),
		Rows: r.Rows, Stale: r.Stale(), Newest: known(r.Newest), MeasuredAt: r.MeasuredAt.UTC(), Findings: counts,
	}
}

type listReportsInput struct{ Paging }

func listReports(q catalogue.Quality) func(context.Context, *listReportsInput) (*listOutput[reportJSON], error) {
	at := func(r catalogue.Report) catalogue.Position { return catalogue.Position{Name: string(r.Competition)} }
	return func(ctx context.Context, in *listReportsInput) (*listOutput[reportJSON], error) {
		all, err := q.Reports(ctx)
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, within(&in.Paging, all, at), at, toReport), nil
	}
}

type listFindingsInput struct {
	Paging
	Competition codeParam   `query:"competition" doc:"Only findings about this competition."`
	Season      seasonParam `query:"season" doc:"Only findings about this season."`
	Rule        string      `query:"rule" maxLength:"64" example:"duplicate_match" doc:"Only findings that break this rule."`
	Severity    string      `query:"severity" enum:"info,warning,error" doc:"Only findings of this severity."`
	Source      string      `query:"source" maxLength:"100" example:"openfootball" doc:"Only findings in what this provider told."`
}

func listFindings(q catalogue.Quality) func(context.Context, *listFindingsInput) (*listOutput[findingJSON], error) {
	at := func(f catalogue.Finding) catalogue.Position { return catalogue.Position{Time: f.FoundAt, ID: f.ID} }
	return func(ctx context.Context, in *listFindingsInput) (*listOutput[findingJSON], error) {
		found, err := q.Findings(ctx, catalogue.FindingFilter{
			Competition: in.Competition.CompetitionCode, Season: in.Season.Season,
			Rule: quality.Rule(in.Rule), Severity: quality.Severity(in.Severity), Source: in.Source,
		}, in.page())
		if err != nil {
			return nil, err
		}
		return paged(&in.Paging, found, at, toFinding), nil
	}
}
